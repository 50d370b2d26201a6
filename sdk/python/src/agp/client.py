"""The client of the Agent Governance Protocol: registry, decision and execution.

Every method that makes something takes one mapping, keywords, or both, and answers an `AGPObject`: a
dictionary whose members are attributes too. What a server adds to an object stays in it.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx

from hansa.errors import Unreachable
from hansa.transport import Retries, TokenRefused, Transport, read_json

from .errors import (
    AGPApprovalRequiredError,
    AGPConnectionError,
    AGPError,
    AGPUnauthenticatedError,
    refusal,
)

Members = Mapping[str, Any]


class AGPObject(dict[str, Any]):
    """An object of the protocol: `task["task_id"]` and `task.task_id` are the same."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _merged(members: Members | None, more: Members) -> dict[str, Any]:
    merged = {**(members or {}), **more}
    return {name: value for name, value in merged.items() if value is not None}


class _Domain:
    """What the three domains share."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def _send(
        self,
        method: str,
        path: str,
        *,
        params: Members | None = None,
        body: Members | None = None,
        idempotency_key: str | None = None,
        prefer: str | None = None,
        correlation_id: str | None = None,
    ) -> AGPObject:
        headers = {}
        if method == "POST" and prefer != "validate-only":
            headers["Idempotency-Key"] = idempotency_key or uuid.uuid4().hex
        if prefer:
            headers["Prefer"] = prefer
        if correlation_id:
            headers["X-Correlation-Id"] = correlation_id
        repeatable = method == "GET" or "Idempotency-Key" in headers
        try:
            response = self._transport.send(
                method, path, params=params, json=body, headers=headers, repeatable=repeatable
            )
        except Unreachable as error:
            raise AGPConnectionError(str(error), code="AGP_CONNECTION_ERROR", retryable=True) from error
        except TokenRefused as error:
            raise AGPUnauthenticatedError(str(error), code="AGP_UNAUTHENTICATED", http_status=error.status) from error
        if not response.is_success:
            raise refusal(response.status_code, read_json(response))
        return AGPObject(read_json(response))

    def _create(self, path: str, members: Members | None, more: Members, moment: str | None = None) -> AGPObject:
        body = _merged(members, more)
        chosen = {name: body.pop(name, None) for name in ("idempotency_key", "correlation_id")}
        if moment:
            body.setdefault(moment, _now())
        return self._send("POST", path, body=body, **chosen)

    def _get(self, path: str, id: str) -> AGPObject:
        return self._send("GET", f"{path}/{quote(id, safe='')}")

    def _page(self, path: str, filters: Members) -> AGPObject:
        page = self._send("GET", path, params=_merged(None, filters))
        page["items"] = [AGPObject(item) for item in page.get("items", [])]
        return page

    def _pages(self, path: str, filters: Members) -> Iterator[AGPObject]:
        cursor: str | None = None
        while True:
            page = self._page(path, {**filters, "cursor": cursor})
            yield from page["items"]
            place = page.get("page") or {}
            cursor = place.get("next_cursor")
            if not place.get("has_more") or not cursor:
                return


class Registry(_Domain):
    """Tasks, authority, liability, skills, policy sets and revocations."""

    def create_task(self, members: Members | None = None, /, **more: Any) -> AGPObject:
        """Declares a task."""
        return self._create("/agp/tasks", members, more, "created_at")

    def get_task(self, task_id: str) -> AGPObject:
        """Reads a task."""
        return self._get("/agp/tasks", task_id)

    def list_tasks(self, **filters: Any) -> AGPObject:
        """A page of tasks."""
        return self._page("/agp/tasks", filters)

    def all_tasks(self, **filters: Any) -> Iterator[AGPObject]:
        """All tasks, page by page."""
        return self._pages("/agp/tasks", filters)

    def transition_task(
        self, task_id: str, status: str, transition_guard_ref: str | None = None
    ) -> AGPObject:
        """Moves a task on."""
        body = _merged(None, {"status": status, "transition_guard_ref": transition_guard_ref})
        return self._send("PATCH", f"/agp/tasks/{quote(task_id, safe='')}", body=body)

    def create_capability(self, members: Members | None = None, /, **more: Any) -> AGPObject:
        """Gives authority, or narrows authority that the caller holds."""
        return self._create("/agp/capabilities", members, more)

    issue_capability = create_capability

    def get_capability(self, capability_id: str) -> AGPObject:
        """Reads a capability."""
        return self._get("/agp/capabilities", capability_id)

    def all_capabilities(self, **filters: Any) -> Iterator[AGPObject]:
        """All capabilities that the caller gave or holds."""
        return self._pages("/agp/capabilities", filters)

    def create_liability_binding(self, members: Members | None = None, /, **more: Any) -> AGPObject:
        """Binds liability for a task."""
        return self._create("/agp/liability-bindings", members, more, "created_at")

    def get_liability_binding(self, binding_id: str) -> AGPObject:
        """Reads a liability binding."""
        return self._get("/agp/liability-bindings", binding_id)

    def create_delegation(self, members: Members | None = None, /, **more: Any) -> AGPObject:
        """Hands authority on."""
        return self._create("/agp/delegations", members, more, "accepted_at")

    def get_delegation(self, delegation_id: str) -> AGPObject:
        """Reads a delegation."""
        return self._get("/agp/delegations", delegation_id)

    def register_skill(self, members: Members | None = None, /, **more: Any) -> AGPObject:
        """Registers a skill."""
        return self._create("/agp/skills", members, more, "created_at")

    def get_skill(self, skill_id: str) -> AGPObject:
        """Reads a skill."""
        return self._get("/agp/skills", skill_id)

    def all_skills(self, **filters: Any) -> Iterator[AGPObject]:
        """All skills."""
        return self._pages("/agp/skills", filters)

    def register_policy_set(self, members: Members | None = None, /, **more: Any) -> AGPObject:
        """Registers a policy set."""
        return self._create("/agp/policy-sets", members, more, "created_at")

    def get_policy_set(self, policy_set_id: str) -> AGPObject:
        """Reads a policy set."""
        return self._get("/agp/policy-sets", policy_set_id)

    def all_policy_sets(self, **filters: Any) -> Iterator[AGPObject]:
        """All policy sets."""
        return self._pages("/agp/policy-sets", filters)

    def update_policy_set_status(self, policy_set_id: str, status: str) -> AGPObject:
        """Deprecates or revokes a policy set."""
        path = f"/agp/policy-sets/{quote(policy_set_id, safe='')}"
        return self._send("PATCH", path, body={"status": status})

    def revoke(self, members: Members | None = None, /, **more: Any) -> AGPObject:
        """Revokes, with everything that rests on it."""
        return self._create("/agp/revocations", members, more, "effective_at")

    def get_revocation(self, revocation_id: str) -> AGPObject:
        """Reads a revocation."""
        return self._get("/agp/revocations", revocation_id)


class Decision(_Domain):
    """Contexts, evidence, decisions, assessments, policy, approvals and escalations."""

    def create_context(self, members: Members | None = None, /, **more: Any) -> AGPObject:
        """Attests what a task was told."""
        return self._create("/agp/decision/contexts", members, more, "created_at")

    def get_context(self, context_id: str) -> AGPObject:
        """Reads a context."""
        return self._get("/agp/decision/contexts", context_id)

    def create_evidence_bundle(self, members: Members | None = None, /, **more: Any) -> AGPObject:
        """Adds evidence to a task."""
        return self._create("/agp/decision/evidence-bundles", members, more, "created_at")

    def get_evidence_bundle(self, bundle_id: str) -> AGPObject:
        """Reads evidence."""
        return self._get("/agp/decision/evidence-bundles", bundle_id)

    def create_decision(self, members: Members | None = None, /, **more: Any) -> AGPObject:
        """Records a decision."""
        return self._create("/agp/decision/decisions", members, more, "created_at")

    def get_decision(self, decision_id: str) -> AGPObject:
        """Reads a decision."""
        return self._get("/agp/decision/decisions", decision_id)

    def evaluate_policy(self, members: Members | None = None, /, **more: Any) -> AGPObject:
        """Has policy look at a task's decision. A verdict that is sent is an upper bound."""
        return self._create("/agp/decision/policy-evaluations", members, more, "evaluated_at")

    def evaluate(self, task_id: str, **more: Any) -> AGPObject:
        """Has policy look at a task."""
        return self.evaluate_policy({"task_id": task_id}, **more)

    def evaluate_policy_async(self, members: Members | None = None, /, **more: Any) -> AGPObject:
        """As `evaluate_policy`, answered at once with an operation to wait for."""
        body = _merged(members, more)
        key = body.pop("idempotency_key", None)
        body.setdefault("evaluated_at", _now())
        path = "/agp/decision/policy-evaluations"
        return self._send("POST", path, body=body, idempotency_key=key, prefer="respond-async")

    def get_policy_evaluation(self, policy_evaluation_id: str) -> AGPObject:
        """Reads what policy said."""
        return self._get("/agp/decision/policy-evaluations", policy_evaluation_id)

    def assess_impact(self, members: Members | None = None, /, **more: Any) -> AGPObject:
        """Says what an act leads to."""
        return self._create("/agp/impact-assessments", members, more, "assessed_at")

    def get_impact_assessment(self, assessment_id: str) -> AGPObject:
        """Reads an assessment."""
        return self._get("/agp/impact-assessments", assessment_id)

    def create_approval(self, members: Members | None = None, /, **more: Any) -> AGPObject:
        """Asks a role for an approval (`approver_role`), or gives one (`decision`)."""
        return self._create("/agp/decision/approvals", members, more)

    def get_approval(self, approval_id: str) -> AGPObject:
        """Reads an approval."""
        return self._get("/agp/decision/approvals", approval_id)

    def request_approval(self, members: Members | None = None, /, **more: Any) -> AGPObject:
        """Asks for an approval; answers an operation to wait for."""
        return self._create("/agp/approval-requests", members, more, "requested_at")

    def get_approval_request(self, request_id: str) -> AGPObject:
        """Reads a request for an approval."""
        return self._get("/agp/approval-requests", request_id)

    def escalate(self, members: Members | None = None, /, **more: Any) -> AGPObject:
        """Says that something is wrong."""
        return self._create("/agp/decision/escalations", members, more, "raised_at")

    def get_escalation(self, escalation_id: str) -> AGPObject:
        """Reads an escalation."""
        return self._get("/agp/decision/escalations", escalation_id)

    def resolve_escalation(self, escalation_id: str, outcome: str, **more: Any) -> AGPObject:
        """Resolves an escalation: upheld, dismissed or partially_upheld."""
        path = f"/agp/escalations/{quote(escalation_id, safe='')}"
        return self._send("PATCH", path, body=_merged({"outcome": outcome}, more))

    def create_commerce_session(self, members: Members | None = None, /, **more: Any) -> AGPObject:
        """Begins a purchase under a task."""
        return self._create("/agp/commerce-sessions", members, more, "created_at")

    def get_commerce_session(self, commerce_session_id: str) -> AGPObject:
        """Reads a purchase."""
        return self._get("/agp/commerce-sessions", commerce_session_id)


class Execution(_Domain):
    """Action envelopes, receipts, the ledger of each task and its replay."""

    def __init__(self, transport: Transport, decision: Decision, sleep: Callable[[float], None]) -> None:
        super().__init__(transport)
        self._decision = decision
        self._sleep = sleep

    def submit(
        self,
        members: Members | None = None,
        /,
        *,
        wait_s: float = 3600.0,
        poll_s: float = 2.0,
        **more: Any,
    ) -> AGPObject:
        """Acts, if every artifact holds.

        Waits for an approval that is still pending, at most `wait_s` seconds; with 0 it does not wait
        and raises `AGPApprovalRequiredError`.
        """
        body = _merged(members, more)
        key = body.pop("idempotency_key", None) or uuid.uuid4().hex
        approval = body.get("approval_artifact") or body.get("approval_ref")
        ends = time.monotonic() + wait_s
        is_pending = True
        while True:
            try:
                return self._create("/agp/execution/action-envelopes", body, {"idempotency_key": key}, "created_at")
            except AGPApprovalRequiredError:
                left = ends - time.monotonic()
                if left <= 0 or not approval or not is_pending:
                    raise
                # What was decided since the refusal is tried once more.
                is_pending = self._is_pending(str(approval))
                if is_pending:
                    self._sleep(min(poll_s, left))

    def _is_pending(self, approval_id: str) -> bool:
        try:
            return self._decision.get_approval(approval_id).get("status") == "pending"
        except AGPError:
            return False

    def submit_async(self, members: Members | None = None, /, **more: Any) -> AGPObject:
        """As `submit`, answered at once with an operation to wait for."""
        body = _merged(members, more)
        key = body.pop("idempotency_key", None)
        body.setdefault("created_at", _now())
        return self._send(
            "POST", "/agp/execution/action-envelopes", body=body, idempotency_key=key, prefer="execute-async"
        )

    def validate(self, members: Members | None = None, /, **more: Any) -> bool:
        """Whether `submit` would go through; raises what it would. Nothing changes."""
        body = _merged(members, more)
        answer = self._send("POST", "/agp/execution/action-envelopes", body=body, prefer="validate-only")
        return bool(answer.get("valid"))

    def get_envelope(self, action_id: str) -> AGPObject:
        """Reads an envelope."""
        return self._get("/agp/execution/action-envelopes", action_id)

    def post_receipt(self, members: Members | None = None, /, **more: Any) -> AGPObject:
        """Says what became of an act that the caller carried out."""
        return self._create("/agp/execution-receipts", members, more, "executed_at")

    def get_receipt(self, receipt_id: str) -> AGPObject:
        """Reads a receipt."""
        return self._get("/agp/execution/receipts", receipt_id)

    def list_ledger_events(self, **filters: Any) -> AGPObject:
        """A page of the steps of a task."""
        return self._page("/agp/execution/ledger-events", filters)

    def all_ledger_events(self, **filters: Any) -> Iterator[AGPObject]:
        """All steps of a task."""
        return self._pages("/agp/execution/ledger-events", filters)

    def replay(self, task_id: str) -> AGPObject:
        """Every step of a task, in order."""
        return self._send("GET", f"/agp/execution/tasks/{quote(task_id, safe='')}/replay")

    def get_operation(self, operation_id: str) -> AGPObject:
        """Where an asynchronous operation stands."""
        return self._get("/agp/operations", operation_id)

    def wait_for_operation(
        self, operation_id: str, *, wait_s: float = 3600.0, poll_s: float = 2.0
    ) -> AGPObject:
        """Waits until an operation has ended, or the time is over."""
        ends = time.monotonic() + wait_s
        while True:
            operation = self.get_operation(operation_id)
            left = ends - time.monotonic()
            if operation["status"] not in ("pending", "running") or left <= 0:
                return operation
            self._sleep(min(poll_s, left))

    def permit(self, members: Members | None = None, /, **more: Any) -> AGPObject:
        """Whether an act may go through, for the service that is asked to act."""
        return self._send("POST", "/agp/validate", body=_merged(members, more))


class AGPClient:
    """A server, and who asks it.

    With `client_id` and `client_secret` tokens are fetched, kept and renewed by themselves; with
    `api_key` a key of the node's own is sent; with neither the server must be open.
    """

    def __init__(
        self,
        url: str,
        *,
        client_id: str | None = None,
        client_secret: str | None = None,
        api_key: str | None = None,
        scope: str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 30.0,
        retries: Retries | None = None,
        sleep: Callable[[float], None] = time.sleep,
        http: httpx.Client | None = None,
    ) -> None:
        self.transport = Transport(
            url,
            api_key=api_key,
            client_id=client_id,
            client_secret=client_secret,
            scope=scope,
            headers=headers,
            timeout_s=timeout,
            retries=retries or Retries(),
            http=http,
        )
        self.registry = Registry(self.transport)
        self.decision = Decision(self.transport)
        self.execution = Execution(self.transport, self.decision, sleep)

    def close(self) -> None:
        """Ends all connections."""
        self.transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
