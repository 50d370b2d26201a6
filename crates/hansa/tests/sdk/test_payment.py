"""A payment of $125,000 by the AGP client, against a node of its own: the calls are the ones that the
protocol's users are shown. The monitor signs off while `submit` waits, and is told of by a callback.

`HANSA_PROGRAM` is the program to try; `hansa` on the path unless set.
"""

import json
import os
import queue
import re
import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from agp import AGPClient, AGPError
from hansa import Client, Untrusted, verify_receipt, verify_webhook

PROGRAM = os.environ.get("HANSA_PROGRAM", "hansa")
ROOT = Path(__file__).parents[4]
POLICIES = ROOT / "policies" / "finance-v2"
PAGE = ROOT / "docs" / "tutorial-gate.md"
WAIT_S = 30


class Services(BaseHTTPRequestHandler):
    """A bank that pays whoever it is told to, and somebody who is called back."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.path == "/told":
            self.server.told.put((dict(self.headers), body))
        else:
            self.server.paid.append((self.headers["x-agp-action-id"], json.loads(body)))
        text = b'{"ok": true}'
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def services():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Services)
    server.paid, server.told = [], queue.Queue()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


@pytest.fixture(scope="module")
def town(services, tmp_path_factory):
    """A node that lists the bank as a tool, with its owner."""
    place, port = tmp_path_factory.mktemp("town"), services.server_port
    (place / "hansa.toml").write_text(
        f"""
        [actions]
        tools = ["approve_payment=http:http://localhost:{port}/payments/acme"]
        [egress]
        webhook = ["localhost:{port}"]
        private_hosts = ["localhost:{port}"]
        [agp]
        client_id = "finance-agent"
        """
    )
    environment = {
        "HOME": str(place),
        "PATH": os.environ["PATH"],
        "AGP_AUTH_SECRET": "0123456789abcdef0123456789abcdef",
        "AGP_CLIENT_SECRET": "s3cr3t",
    }

    def start(*arguments, **more):
        return subprocess.Popen(
            [PROGRAM, *arguments], cwd=place, env=environment, stdout=subprocess.PIPE, text=True, **more
        )

    def run(*arguments, given=None, key=None):
        if key:
            arguments = (*arguments, "--node", url)
            more = {**environment, "HANSA_API_KEY": key}
        else:
            more = environment
        done = subprocess.run(
            [PROGRAM, *arguments], cwd=place, env=more, input=given, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    with (place / "node.log").open("w") as log:
        node = start("serve", "-o", "json", "--bind", "127.0.0.1:0", "--data-dir", "data", stderr=log)
    line = node.stdout.readline()
    assert line, (place / "node.log").read_text()
    told = json.loads(line)
    url = told["url"]
    owner = run("setup", "--json", "--node", url, given=told["setup_token"])["api_key"]
    yield {"url": url, "owner": owner, "run": run}
    node.terminate()
    assert node.wait(WAIT_S) == 0


@pytest.fixture(scope="module")
def cast(town):
    """Policy, the treasury's standing authority, and a compliance monitor."""
    run, key = town["run"], town["owner"]
    with Client(town["url"], api_key=key) as owner:
        owner.currency_create(code="USD", scale=2)
        made = run("policy", "create", str(POLICIES), "-q", "--json", key=key)
        run("policy", "activate", made["id"], "-q", "--json", key=key)
        treasury = owner.agent_create(name="treasury-controller")
        monitor = owner.agent_create(name="monitor")
        owner.role_assign(principal=monitor["id"], role="compliance_monitor")
        finance = next(agent for agent in owner.agent_list_all() if agent.get("name") == "finance-agent")
        authority = {
            "actions": ["approve_payment"],
            "currency": "USD",
            "per_use": "200000",
            "total": "5000000",
        }
        node = owner.node_get()["did"]
        standing = owner.grant_create(
            holder=treasury["id"], on_behalf_of=node, expires_in_s=172_800, **authority
        )
    with Client(town["url"], api_key=treasury["api_key"]) as controller:
        controller.grant_create(
            holder=finance["id"], parent=standing["id"], expires_in_s=86_400, **authority
        )
    return {"monitor": monitor, "finance": finance}


@contextmanager
def monitoring(town, cast, decision):
    """The monitor at work: speaks on the first request that is bound to a call."""
    spoken = queue.Queue()

    def watch():
        with Client(town["url"], api_key=cast["monitor"]["api_key"]) as monitor:
            while not (waiting := [r for r in monitor.approval_list(state="pending")["data"] if "call_digest" in r]):
                pass
            request = waiting[0]
            spoken.put(
                monitor.approval_decide(
                    request=request["id"], decision=decision, call_digest=request["call_digest"]
                )
            )

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    yield spoken
    thread.join(WAIT_S)


def agp(town):
    return AGPClient(town["url"], client_id="finance-agent", client_secret="s3cr3t")


def pay(client, approval_more):
    """The steps of the payment, as they are shown."""
    task = client.registry.create_task({
        "principal_id": "finance-agent",
        "requested_outcome": "Approve $125k payment to Acme Corp",
        "risk_tier": "high",
        "created_at": "2024-01-15T09:00:00Z",
    })
    capability = client.registry.create_capability({
        "task_id": task["task_id"],
        "granted_by": "treasury-controller",
        "scope": ["approve_payment"],
        "max_amount_usd": 200000,
    })
    policy = client.decision.evaluate_policy({
        "task_id": task["task_id"],
        "policy_set_id": "finance-v2",
    })
    assert policy["verdict"] == "require_approval"
    approval = client.decision.create_approval({
        "task_id": task["task_id"],
        "approver_role": "compliance_monitor",
        **approval_more,
    })
    envelope = {
        "task_id": task["task_id"],
        "capability_token": capability["token_id"],
        "policy_decision": policy["evaluation_id"],
        "approval_artifact": approval["approval_id"],
        "action": {
            "type": "tool_call",
            "tool": "approve_payment",
            "params": {"vendor": "Acme Corp", "amount_usd": 125000},
        },
    }
    return task, approval, lambda: client.execution.submit(envelope, wait_s=WAIT_S, poll_s=0.05)


def test_the_payment_is_made_once_signed_and_replayed(town, cast, services):
    with agp(town) as client, monitoring(town, cast, "approved") as spoken:
        told_at = f"http://localhost:{services.server_port}/told"
        task, approval, submit = pay(client, {"callback_url": told_at})
        result = submit()
        assert spoken.get(timeout=WAIT_S)["state"] == "approved"
        assert result["status"] == "completed", result
        assert services.paid == [(result["action_id"], {"amount_usd": 125000, "vendor": "Acme Corp"})]
        receipt = client.execution.get_receipt(result["receipt_ref"])
        replay = client.execution.replay(task["task_id"])
    with Client(town["url"]) as anybody:
        keys = anybody.keys()
    signed = keys.verify(receipt["jws"])
    assert (signed["tool"], signed["state"], signed["task"]) == ("approve_payment", "done", task["task_id"])
    assert verify_receipt({"jws": receipt["jws"], "state": "done"}, keys) == signed
    with pytest.raises(Untrusted):
        verify_receipt({"jws": receipt["jws"], "state": "failed"}, keys)
    outcomes = [event["outcome"] for event in replay["events"]]
    order = [outcome for outcome in outcomes if outcome in ("initiated", "accepted", "executed")]
    assert order == ["initiated", "accepted", "executed"], outcomes

    headers, body = services.told.get(timeout=WAIT_S)
    message = verify_webhook(headers, body, keys)
    assert message["type"] == "approval.approved"
    assert message["data"]["operation_id"] == approval["approval_id"]
    assert message["data"]["status"] == "completed"
    with pytest.raises(Untrusted):
        verify_webhook(headers, body.replace(b"approved", b"rejected"), keys)


def test_the_page_shows_what_happens(town, cast, services, capsys):
    """The program of the tutorial, to the letter."""
    [program] = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    program = program.replace("http://127.0.0.1:7471", town["url"]).replace('client_secret="…"', 'client_secret="s3cr3t"')
    paid = len(services.paid)
    with monitoring(town, cast, "approved") as spoken:
        exec(program, {})
        assert spoken.get(timeout=WAIT_S)["state"] == "approved"
    assert capsys.readouterr().out.startswith("completed rcp_")
    assert len(services.paid) == paid + 1


def test_a_payment_that_the_monitor_rejects_is_not_made(town, cast, services):
    paid = len(services.paid)
    with agp(town) as client, monitoring(town, cast, "rejected") as spoken:
        _, approval, submit = pay(client, {})
        with pytest.raises(AGPError) as refused:
            submit()
        assert spoken.get(timeout=WAIT_S)["state"] == "rejected"
        assert client.decision.get_approval(approval["approval_id"])["decision"] == "denied"
    assert refused.value.http_status in (403, 409, 422), refused.value
    assert len(services.paid) == paid


def test_nobody_is_called_back_where_the_operator_does_not_say(town, cast):
    with agp(town) as client:
        task, _, _ = pay(client, {})
        for url in ("https://elsewhere.example/told", "http://localhost:1/told", "ftp://localhost/told", "told"):
            with pytest.raises(AGPError) as refused:
                client.decision.request_approval(task_id=task["task_id"], callback_url=url)
            assert refused.value.http_status == 400 and "callback_url" in str(refused.value), url
