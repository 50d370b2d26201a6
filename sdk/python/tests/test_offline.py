"""What needs no node: repetition, webhooks, the shape of refusals."""

import base64
import hashlib
import hmac
import json

import httpx
import pytest
from agp import AGPApprovalRequiredError, AGPClient, AGPScopeViolationError
from agp.errors import AGPServerError, refusal
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hansa import Client, Keys, NodeFailed, Retries, Untrusted, Webhook, verify_receipt, verify_webhook
from hansa.verify import Keys


class Server:
    """Answers in turn what it was told to, and remembers what it was asked."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    def __call__(self, request):
        self.asked.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def client(self):
        return httpx.Client(transport=httpx.MockTransport(self))


def patient(waited):
    return Retries(most=3, sleep=waited.append)


def test_writes_are_repeated_under_one_key_and_wait_as_told():
    server = Server(
        httpx.Response(503, json={"code": "queue_full"}, headers={"Retry-After": "2"}),
        httpx.ConnectError("gone"),
        httpx.Response(201, json={"id": "trf_1"}),
    )
    waited = []
    client = Client("http://node.test", api_key="k", retries=patient(waited), http=server.client())
    assert client.transfer_create(to="agt_1", amount="1") == {"id": "trf_1"}
    keys = {request.headers["Idempotency-Key"] for request in server.asked}
    assert len(keys) == 1 and len(server.asked) == 3
    assert waited[0] == 2.0 and len(waited) == 2


def test_what_has_no_key_is_sent_once():
    server = Server(httpx.Response(503, json={"code": "not_yet", "detail": "starting"}))
    client = Client("http://node.test", retries=patient([]), http=server.client())
    with pytest.raises(NodeFailed) as failed:
        client.setup_complete(token="t")
    assert failed.value.code == "not_yet" and len(server.asked) == 1


def test_patience_ends():
    server = Server(*[httpx.Response(503, json={}) for _ in range(4)])
    client = Client("http://node.test", retries=patient([]), http=server.client())
    with pytest.raises(NodeFailed):
        client.health()
    assert len(server.asked) == 4


def test_webhooks_verify_by_secret_and_by_key():
    body, moment = b'{"type":"test.ping"}', 1_700_000_000
    secret, key = b"s" * 32, Ed25519PrivateKey.generate()
    text = f"msg_1.{moment}.".encode() + body
    tag = base64.b64encode(hmac.new(secret, text, hashlib.sha256).digest()).decode()
    signature = base64.b64encode(key.sign(text)).decode()
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    headers = {
        "Webhook-Id": "msg_1",
        "Webhook-Timestamp": str(moment),
        "Webhook-Signature": f"v1,{tag} v1a,{signature}",
    }
    whsec = "whsec_" + base64.b64encode(secret).decode()
    whpk = "whpk_" + base64.b64encode(public).decode()
    for known in (whsec, whpk):
        webhook = Webhook(known, clock=lambda: moment + 10)
        assert webhook.verify(headers, body) == {"type": "test.ping"}
        for name, value in [
            ("Webhook-Id", "msg_2"),
            ("Webhook-Timestamp", str(moment + 1)),
            ("Webhook-Timestamp", "now"),
            ("Webhook-Signature", "v1,AAAA v1a,AAAA v2,AAAA"),
            ("Webhook-Signature", ""),
        ]:
            with pytest.raises(Untrusted):
                webhook.verify({**headers, name: value}, body)
        with pytest.raises(Untrusted):
            webhook.verify(headers, body + b" ")
        with pytest.raises(Untrusted):
            Webhook(known, clock=lambda: moment + 301).verify(headers, body)


def test_callbacks_verify_by_the_keys_of_a_node():
    body, moment = b'{"type":"approval.approved"}', 1_700_000_000
    key, former = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    keys = Keys({"k0": former.public_key(), "k1": key.public_key()})
    text = f"arq_1.{moment}.".encode() + body
    signature = base64.b64encode(key.sign(text)).decode()
    headers = {
        "webhook-id": "arq_1",
        "webhook-timestamp": str(moment),
        "webhook-signature": f"v1a,{signature}",
    }

    def verify(headers=headers, body=body, keys=keys, after=10):
        return verify_webhook(headers, body, keys, clock=lambda: moment + after)

    assert verify() == {"type": "approval.approved"}
    for wrong in [
        {"body": body + b" "},
        {"keys": Keys({"k0": former.public_key()})},
        {"keys": Keys({})},
        {"after": 301},
        {"after": -301},
        {"headers": {**headers, "webhook-id": "arq_2"}},
        {"headers": {**headers, "webhook-signature": f"v1,{signature}"}},
        {"headers": {**headers, "webhook-signature": "v1a,A"}},
        {"headers": {"webhook-id": "arq_1"}},
    ]:
        with pytest.raises(Untrusted):
            verify(**wrong)


def signed(key, claims, **header):
    def part(value):
        return base64.urlsafe_b64encode(value).rstrip(b"=").decode()

    head = json.dumps({"alg": "EdDSA", "kid": "k1", **header}).encode()
    text = f"{part(head)}.{part(json.dumps(claims).encode())}"
    return f"{text}.{part(key.sign(text.encode()))}"


def test_receipts_verify_and_their_members_are_compared():
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    x = base64.urlsafe_b64encode(public).rstrip(b"=").decode()
    keys = Keys.read({"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "k1", "x": x}, {"kty": "RSA"}]})
    said = {"receipt_id": "rcp_1", "outcome": "accepted"}
    receipt = {**said, "jws": signed(key, said), "note": "not signed"}
    assert verify_receipt(receipt, keys) == said
    stranger = Ed25519PrivateKey.generate()
    for wrong in (
        {**receipt, "outcome": "failed"},
        {**receipt, "jws": signed(stranger, said)},
        {**receipt, "jws": signed(key, said, alg="none")},
        {**receipt, "jws": signed(key, said, kid="k2")},
        {**receipt, "jws": signed(key, said, crit=["x"])},
        said,
    ):
        with pytest.raises(Untrusted):
            verify_receipt(wrong, keys)


def test_agp_tokens_are_fetched_once_and_renewed_when_refused():
    token = httpx.Response(200, json={"access_token": "t1", "expires_in": 3600})
    again = httpx.Response(200, json={"access_token": "t2", "expires_in": 3600})
    refused = httpx.Response(401, json={"error": {"code": "AGP_UNAUTHENTICATED"}})
    server = Server(token, httpx.Response(201, json={"task_id": "tsk_1"}), refused, again, httpx.Response(200, json={}))
    client = AGPClient("http://agp.test", client_id="a", client_secret="b", http=server.client())
    task = client.registry.create_task({"principal_id": "a"}, risk_tier="high")
    assert task["task_id"] == task.task_id == "tsk_1"
    client.registry.get_task("tsk_1")
    bearers = [request.headers.get("Authorization") for request in server.asked]
    assert bearers == [None, "Bearer t1", "Bearer t1", None, "Bearer t2"]
    sent = json.loads(server.asked[1].content)
    assert sent["risk_tier"] == "high" and sent["created_at"]
    assert len(server.asked[1].headers["Idempotency-Key"]) == 32


def test_submit_waits_for_a_pending_approval_under_one_key():
    pending = httpx.Response(422, json={"error": {"code": "AGP_APPROVAL_REQUIRED", "message": "pending", "retryable": True}})
    server = Server(
        pending,
        httpx.Response(200, json={"approval_id": "arq_1", "status": "pending"}),
        httpx.Response(201, json={"action_id": "act_1"}),
    )
    waited = []
    client = AGPClient("http://agp.test", http=server.client(), sleep=waited.append)
    done = client.execution.submit({"task_id": "tsk_1", "approval_artifact": "arq_1"})
    assert done.action_id == "act_1" and len(waited) == 1
    posts = [request for request in server.asked if request.method == "POST"]
    assert posts[0].headers["Idempotency-Key"] == posts[1].headers["Idempotency-Key"]


def test_submit_tries_again_what_was_approved_while_it_was_refused():
    pending = {"error": {"code": "AGP_APPROVAL_REQUIRED", "message": "pending"}}
    server = Server(
        httpx.Response(422, json=pending),
        httpx.Response(200, json={"status": "completed"}),
        httpx.Response(201, json={"action_id": "act_1"}),
    )
    waited = []
    client = AGPClient("http://agp.test", http=server.client(), sleep=waited.append)
    assert client.execution.submit(task_id="tsk_1", approval_artifact="arq_1").action_id == "act_1"
    assert waited == []


def test_submit_does_not_wait_for_what_was_rejected():
    required = {"error": {"code": "AGP_APPROVAL_REQUIRED", "message": "rejected"}}
    server = Server(
        httpx.Response(422, json=required),
        httpx.Response(200, json={"status": "denied"}),
        httpx.Response(422, json=required),
    )
    client = AGPClient("http://agp.test", http=server.client(), sleep=lambda _: None)
    with pytest.raises(AGPApprovalRequiredError):
        client.execution.submit(task_id="tsk_1", approval_artifact="arq_1")


def test_lists_are_followed_to_their_end():
    def page(items, cursor):
        return httpx.Response(200, json={"items": items, "page": {"has_more": bool(cursor), "next_cursor": cursor}})

    server = Server(page([{"task_id": "1"}], "c"), page([{"task_id": "2"}], None))
    client = AGPClient("http://agp.test", http=server.client())
    assert [task.task_id for task in client.registry.all_tasks(status="CREATED")] == ["1", "2"]
    assert server.asked[1].url.params["cursor"] == "c"


def test_refusals_are_told_apart_by_code_and_then_by_status():
    assert isinstance(refusal(409, {"error": {"code": "AGP_SCOPE_VIOLATION"}}), AGPScopeViolationError)
    failed = refusal(503, {})
    assert isinstance(failed, AGPServerError) and failed.retryable
