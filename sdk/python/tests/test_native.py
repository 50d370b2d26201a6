"""The native client against a live node."""

import pytest
from hansa import (
    BadRequest,
    Client,
    Forbidden,
    NotFound,
    Retries,
    TokenRefused,
    Unauthenticated,
    Unreachable,
    Untrusted,
)
from hansa.operations import OPERATIONS


@pytest.fixture(scope="session")
def owner(town):
    with Client(town["url"], api_key=town["key"]) as client:
        yield client


@pytest.fixture(scope="session")
def alice(owner):
    return owner.agent_create(name="alice", genesis_grant=True)


@pytest.fixture(scope="session")
def bob(owner):
    return owner.agent_create(name="bob", genesis_grant=True)


def test_every_operation_of_the_node_is_a_method(owner, town):
    document = owner.openapi()
    served = {
        described["operationId"]
        for methods in document["paths"].values()
        for described in methods.values()
    }
    assert served == set(OPERATIONS)
    assert all(callable(getattr(owner, name)) for name in served)


def test_money_moves_once_for_a_key(town, owner, alice, bob):
    with Client(town["url"], api_key=alice["api_key"]) as client:
        sent = [
            client.transfer_create(to=bob["id"], amount="2.5", idempotency_key="invoice-42")
            for _ in range(2)
        ]
    assert sent[0]["id"] == sent[1]["id"]
    assert sent[0]["amount"] == "2.5"


def test_lists_are_followed_to_their_end(town, alice, bob):
    with Client(town["url"], api_key=alice["api_key"]) as client:
        sent = [client.transfer_create(to=bob["id"], amount="0.1") for _ in range(5)]
        # Lists follow the journal and say how far they are.
        while client.transfer_list()["as_of_seq"] < sent[-1]["seq"]:
            pass
        made = {transfer["id"] for transfer in sent}
        listed = [transfer["id"] for transfer in client.transfer_list_all(limit=2)]
    assert made <= set(listed)
    assert len(listed) == len(set(listed))


def test_refusals_are_typed(town, owner, alice, bob):
    with Client(town["url"], api_key=alice["api_key"]) as client:
        with pytest.raises(BadRequest) as refused:
            client.transfer_create(to=bob["id"], amount="1000000")
        assert refused.value.code == "insufficient_funds"
        assert refused.value.next_step and refused.value.request_id
        with pytest.raises(Forbidden):
            client.mint_create(to=alice["id"], amount="1")
        with pytest.raises(NotFound):
            client.transfer_get(transfer="trf_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD")
        with pytest.raises(ValueError):
            client.transfer_get(transfer="")
    with Client(town["url"], api_key="wrong") as nobody, pytest.raises(Unauthenticated):
        nobody.agent_list()
    with Client(town["url"]) as nobody, pytest.raises(Unauthenticated):
        nobody.agent_list()
    unreachable = Client("http://127.0.0.1:9", retries=Retries(most=1, sleep=lambda _: None))
    with pytest.raises(Unreachable):
        unreachable.health()


def test_tokens_are_fetched_kept_and_renewed(town, owner, alice):
    with Client(town["url"], api_key=alice["api_key"]) as by_key:
        made = by_key.client_create(actions=["*"])
    secrets = {"client_id": made["client_id"], "client_secret": made["client_secret"]}
    with Client(town["url"], **secrets) as client:
        assert client.agent_me()["client_id"] == alice["id"]
        first = client.transport._token.text
        client.agent_me()
        assert client.transport._token.text == first
        client.tokens_revoke(agent=alice["id"])
        assert client.agent_me()["client_id"] == alice["id"]
        assert client.transport._token.text != first
    with Client(town["url"], client_id=made["client_id"], client_secret="wrong") as wrong:
        with pytest.raises(TokenRefused):
            wrong.agent_me()
    with pytest.raises(ValueError):
        Client(town["url"], client_id="a")


def test_what_the_node_signed_verifies(town, alice):
    with Client(town["url"], api_key=alice["api_key"]) as client:
        made = client.client_create(actions=["*"])
    with Client(town["url"], client_id=made["client_id"], client_secret=made["client_secret"]) as client:
        client.agent_me()
        token = client.transport._token.text
        keys = client.keys()
        assert keys.verify(token)["client_id"] == made["client_id"]
        head, said, signature = token.split(".")
        for wrong in (f"{head}.{said}", f"{head}.{said[:-2]}.{signature}", f"{said}.{said}.{signature}"):
            with pytest.raises(Untrusted):
                keys.verify(wrong)
