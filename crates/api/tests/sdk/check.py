"""Calls a running node through theprotocol-sdk as it is published, and says what holds.

Arguments: one JSON object with url, token, did, agent, receiver, private_pem, now. The last line of
standard output is a JSON object: one member for each call, true where it did what its documentation
says.
"""

import asyncio
import json
import sys
from datetime import datetime
from decimal import Decimal

import httpx
from theprotocol.agent.well_known import _CardCache, _fetch_card_from_url
from theprotocol.auth import AgentJwtVerifier
from theprotocol.auth.jws_card import sign_agent_card, verify_agent_card
from theprotocol.models.agent_card import AgentCard
from theprotocol.registry.card_verify import verify_registry_card
from theprotocol.registry.cost_composition import compute_total_cost
from theprotocol.transfer.client import SmartSendError, TransferClient


def changed(card, name):
    return {**card, name: "changed"}


async def cards(town, results):
    export = f"{town['url']}/api/v1/agents/{town['did']}/card-export"
    key_url = f"{town['url']}/api/v1/agents/{town['did']}/public-key"
    async with httpx.AsyncClient() as client:
        card = (await client.get(export)).json()
        jwk = (await client.get(key_url)).json()
        AgentCard.model_validate(card)
        results["AgentCard.model_validate"] = True
        valid, _ = verify_agent_card(card, jwk, expected_kid=jwk["kid"])
        broken, _ = verify_agent_card(changed(card, "name"), jwk)
        results["verify_agent_card"] = valid and not broken
        kid = f"{town['did']}#1"
        signed = sign_agent_card(card, private_pem=town["private_pem"], kid=kid)
        entry = signed["signatures"][-1]
        headers = {"Authorization": f"Bearer {town['token']}"}
        own = f"{town['url']}/api/v1/agents/{town['agent']}/card/signatures"
        answer = await client.post(own, json=entry, headers=headers)
        card = (await client.get(export)).json()
        own_key = next(key for key in jwk["keys"] if not key.get("custodial"))
        valid, _ = verify_agent_card(card, own_key, expected_kid=kid)
        results["sign_agent_card"] = answer.status_code == 201 and valid
        both, _ = verify_agent_card(card, jwk, expected_kid=jwk["kid"])
        results["both signatures"] = both
    cache = _CardCache()
    await _fetch_card_from_url(export, None, cache)
    results["serve_well_known_card fetch"] = cache.last_fetch_ok and json.loads(cache.body) == card


async def registry(town, results):
    async with httpx.AsyncClient() as client:
        card = (await client.get(f"{town['url']}/.well-known/registry-card.json")).json()
        jwks = (await client.get(f"{town['url']}/.well-known/registry-jwks.json")).json()
        export = f"{town['url']}/api/v1/agents/{town['did']}/card-export"
        cost = compute_total_cost((await client.get(export)).json(), card)
    currency = cost.pop("currency")
    wanted = dict(town["cost"])
    same = currency == wanted.pop("currency") and cost.keys() == wanted.keys()
    results["compute_total_cost"] = same and all(
        cost[name] == Decimal(wanted[name]) for name in cost
    )
    now = datetime.fromisoformat(town["now"])
    lies = {**card, "identity": {**card["identity"], "registry_name": "other"}}
    results["verify_registry_card"] = verify_registry_card(
        card, jwks, now=now
    ) and not verify_registry_card(lies, jwks, now=now)


async def tokens(town, results):
    verifier = AgentJwtVerifier(town["url"])
    known = await verifier.verify(town["token"])
    results["AgentJwtVerifier.verify"] = known["verified"] and known["caller_did"] == town["did"]
    wrong = await verifier.verify("wrong")
    results["AgentJwtVerifier refuses"] = not wrong["verified"] and "credential" in wrong["reason"]


async def transfers(town, results):
    client = TransferClient(town["url"])
    token, to = town["token"], town["receiver"]
    plan = await client.preview(token, to, "2.5")
    results["TransferClient.preview"] = (plan["method"], plan["status"]) == ("local", "dry_run")
    sent = [
        await client.send(token, to, "2.5", message="invoice 42", idempotency_key="inv-42")
        for _ in range(2)
    ]
    same = sent[0]["transfer_id"] == sent[1]["transfer_id"]
    results["TransferClient.send"] = sent[0]["status"] == "completed" and same
    try:
        await client.send(token, to, "1000000")
        results["TransferClient refuses"] = False
    except SmartSendError as error:
        results["TransferClient refuses"] = error.status_code == 422 and bool(error.detail)
    await client.close()


async def main():
    town, results = json.loads(sys.argv[1]), {}
    for part in (cards, registry, tokens, transfers):
        try:
            await part(town, results)
        except Exception as error:  # told as a result, so that one failure hides no other
            results[part.__name__] = f"{type(error).__name__}: {error}"
    print(json.dumps(results))


asyncio.run(main())
