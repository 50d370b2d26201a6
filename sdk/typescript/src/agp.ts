/** The client of the Agent Governance Protocol: registry, decision and execution. */

import { type Members, TokenRefused, Unreachable } from "./errors.js";
import { readJson, Transport, type TransportOptions } from "./transport.js";

/** An object of the protocol. What a server adds to it stays in it. */
export type AGPObject = Record<string, any>;

/** A page of a list. */
export interface AGPPage {
  items: AGPObject[];
  page: { has_more: boolean; next_cursor?: string | null };
}

/** What a single call may choose. */
export interface AGPOptions {
  idempotencyKey?: string;
  correlationId?: string;
}

/** A refusal, or a failure to reach the server. */
export class AGPError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status: number | undefined,
    readonly retryable: boolean,
    readonly details: Members = {},
  ) {
    super(`${code}: ${message}`);
    this.name = new.target.name;
  }
}

export class AGPConnectionError extends AGPError {}
export class AGPBadRequestError extends AGPError {}
export class AGPUnauthenticatedError extends AGPError {}
export class AGPForbiddenError extends AGPError {}
export class AGPNotFoundError extends AGPError {}
export class AGPConflictError extends AGPError {}
export class AGPScopeViolationError extends AGPConflictError {}
export class AGPUnprocessableError extends AGPError {}
export class AGPPolicyDeniedError extends AGPUnprocessableError {}
export class AGPTokenRevokedError extends AGPUnprocessableError {}
export class AGPTokenExpiredError extends AGPUnprocessableError {}
export class AGPApprovalRequiredError extends AGPUnprocessableError {}
export class AGPRateLimitedError extends AGPError {}
export class AGPServerError extends AGPError {}

const BY_CODE: Record<string, typeof AGPError> = {
  AGP_NOT_FOUND: AGPNotFoundError,
  AGP_POLICY_DENIED: AGPPolicyDeniedError,
  AGP_TOKEN_REVOKED: AGPTokenRevokedError,
  AGP_TOKEN_EXPIRED: AGPTokenExpiredError,
  AGP_APPROVAL_REQUIRED: AGPApprovalRequiredError,
  AGP_SCOPE_VIOLATION: AGPScopeViolationError,
};

const BY_STATUS: Record<number, typeof AGPError> = {
  401: AGPUnauthenticatedError,
  403: AGPForbiddenError,
  404: AGPNotFoundError,
  409: AGPConflictError,
  422: AGPUnprocessableError,
  429: AGPRateLimitedError,
};

/** The error of an answer, by its code first and its status otherwise. */
export function refusal(status: number, body: Members): AGPError {
  const error = (body["error"] ?? {}) as Members;
  const code = String(error["code"] ?? "AGP_ERROR");
  const byStatus = status >= 500 ? AGPServerError : (BY_STATUS[status] ?? AGPBadRequestError);
  const Kind = BY_CODE[code] ?? byStatus;
  const retryable = Boolean(error["retryable"] ?? status >= 500);
  return new Kind(code, String(error["message"] ?? `HTTP ${status}`), status, retryable, (error["details"] ?? {}) as Members);
}

interface Chosen extends AGPOptions {
  prefer?: string;
}

/** What the three domains share. */
class Domain {
  constructor(protected readonly transport: Transport) {}

  protected async send(method: string, path: string, body?: Members, chosen: Chosen = {}): Promise<AGPObject> {
    const headers: Record<string, string> = {};
    const keyed = method === "POST" && chosen.prefer !== "validate-only";
    if (keyed) headers["Idempotency-Key"] = chosen.idempotencyKey ?? crypto.randomUUID();
    if (chosen.prefer) headers["Prefer"] = chosen.prefer;
    if (chosen.correlationId) headers["X-Correlation-Id"] = chosen.correlationId;
    let response: Response;
    try {
      response = await this.transport.send({ method, path, body, headers, repeatable: method === "GET" || keyed });
    } catch (error) {
      if (error instanceof Unreachable) throw new AGPConnectionError("AGP_CONNECTION_ERROR", error.message, undefined, true);
      if (error instanceof TokenRefused) throw new AGPUnauthenticatedError("AGP_UNAUTHENTICATED", error.message, error.status, false);
      throw error;
    }
    const members = await readJson(response);
    if (!response.ok) throw refusal(response.status, members);
    return members;
  }

  protected create(path: string, members: Members, options: AGPOptions, moment?: string): Promise<AGPObject> {
    const body = moment ? { [moment]: new Date().toISOString(), ...members } : members;
    return this.send("POST", path, body, options);
  }

  protected read(path: string, id: string): Promise<AGPObject> {
    return this.send("GET", `${path}/${encodeURIComponent(id)}`);
  }

  protected change(path: string, id: string, members: Members): Promise<AGPObject> {
    return this.send("PATCH", `${path}/${encodeURIComponent(id)}`, members);
  }

  protected async page(path: string, filters: Record<string, string | number>): Promise<AGPPage> {
    const texts = Object.entries(filters).map(([name, value]) => [name, String(value)]);
    const query = new URLSearchParams(Object.fromEntries(texts) as Record<string, string>).toString();
    return (await this.send("GET", `${path}${query && `?${query}`}`)) as unknown as AGPPage;
  }

  protected async *all(path: string, filters: Record<string, string | number>): AsyncGenerator<AGPObject> {
    for (let cursor: string | null | undefined; ; ) {
      const { items, page } = await this.page(path, cursor ? { ...filters, cursor } : filters);
      yield* items;
      cursor = page.next_cursor;
      if (!page.has_more || !cursor) return;
    }
  }
}

type Filters = Record<string, string | number>;

/** Tasks, authority, liability, skills, policy sets and revocations. */
export class Registry extends Domain {
  createTask(members: Members, options: AGPOptions = {}) {
    return this.create("/agp/tasks", members, options, "created_at");
  }
  getTask(id: string) {
    return this.read("/agp/tasks", id);
  }
  listTasks(filters: Filters = {}) {
    return this.page("/agp/tasks", filters);
  }
  allTasks(filters: Filters = {}) {
    return this.all("/agp/tasks", filters);
  }
  transitionTask(id: string, status: string, guard?: string) {
    return this.change("/agp/tasks", id, guard ? { status, transition_guard_ref: guard } : { status });
  }
  createCapability(members: Members, options: AGPOptions = {}) {
    return this.create("/agp/capabilities", members, options);
  }
  getCapability(id: string) {
    return this.read("/agp/capabilities", id);
  }
  allCapabilities(filters: Filters = {}) {
    return this.all("/agp/capabilities", filters);
  }
  createLiabilityBinding(members: Members, options: AGPOptions = {}) {
    return this.create("/agp/liability-bindings", members, options, "created_at");
  }
  getLiabilityBinding(id: string) {
    return this.read("/agp/liability-bindings", id);
  }
  createDelegation(members: Members, options: AGPOptions = {}) {
    return this.create("/agp/delegations", members, options, "accepted_at");
  }
  getDelegation(id: string) {
    return this.read("/agp/delegations", id);
  }
  registerSkill(members: Members, options: AGPOptions = {}) {
    return this.create("/agp/skills", members, options, "created_at");
  }
  getSkill(id: string) {
    return this.read("/agp/skills", id);
  }
  allSkills(filters: Filters = {}) {
    return this.all("/agp/skills", filters);
  }
  registerPolicySet(members: Members, options: AGPOptions = {}) {
    return this.create("/agp/policy-sets", members, options, "created_at");
  }
  getPolicySet(id: string) {
    return this.read("/agp/policy-sets", id);
  }
  allPolicySets(filters: Filters = {}) {
    return this.all("/agp/policy-sets", filters);
  }
  updatePolicySetStatus(id: string, status: string) {
    return this.change("/agp/policy-sets", id, { status });
  }
  revoke(members: Members, options: AGPOptions = {}) {
    return this.create("/agp/revocations", members, options, "effective_at");
  }
  getRevocation(id: string) {
    return this.read("/agp/revocations", id);
  }
}

/** Contexts, evidence, decisions, assessments, policy, approvals and escalations. */
export class Decision extends Domain {
  createContext(members: Members, options: AGPOptions = {}) {
    return this.create("/agp/decision/contexts", members, options, "created_at");
  }
  getContext(id: string) {
    return this.read("/agp/decision/contexts", id);
  }
  createEvidenceBundle(members: Members, options: AGPOptions = {}) {
    return this.create("/agp/decision/evidence-bundles", members, options, "created_at");
  }
  getEvidenceBundle(id: string) {
    return this.read("/agp/decision/evidence-bundles", id);
  }
  createDecision(members: Members, options: AGPOptions = {}) {
    return this.create("/agp/decision/decisions", members, options, "created_at");
  }
  getDecision(id: string) {
    return this.read("/agp/decision/decisions", id);
  }
  /** Has policy look at a task's decision. A verdict that is sent is an upper bound. */
  evaluatePolicy(members: Members, options: AGPOptions = {}) {
    return this.create("/agp/decision/policy-evaluations", members, options, "evaluated_at");
  }
  /** Has policy look at a task. */
  evaluate(task_id: string, members: Members = {}, options: AGPOptions = {}) {
    return this.evaluatePolicy({ ...members, task_id }, options);
  }
  /** As `evaluatePolicy`, answered at once with an operation to wait for. */
  evaluatePolicyAsync(members: Members, options: AGPOptions = {}) {
    const body = { evaluated_at: new Date().toISOString(), ...members };
    return this.send("POST", "/agp/decision/policy-evaluations", body, { ...options, prefer: "respond-async" });
  }
  getPolicyEvaluation(id: string) {
    return this.read("/agp/decision/policy-evaluations", id);
  }
  assessImpact(members: Members, options: AGPOptions = {}) {
    return this.create("/agp/impact-assessments", members, options, "assessed_at");
  }
  getImpactAssessment(id: string) {
    return this.read("/agp/impact-assessments", id);
  }
  /** Asks a role for an approval (`approver_role`), or gives one (`decision`). */
  createApproval(members: Members, options: AGPOptions = {}) {
    return this.create("/agp/decision/approvals", members, options);
  }
  getApproval(id: string) {
    return this.read("/agp/decision/approvals", id);
  }
  requestApproval(members: Members, options: AGPOptions = {}) {
    return this.create("/agp/approval-requests", members, options, "requested_at");
  }
  getApprovalRequest(id: string) {
    return this.read("/agp/approval-requests", id);
  }
  escalate(members: Members, options: AGPOptions = {}) {
    return this.create("/agp/decision/escalations", members, options, "raised_at");
  }
  getEscalation(id: string) {
    return this.read("/agp/decision/escalations", id);
  }
  resolveEscalation(id: string, outcome: string, members: Members = {}) {
    return this.change("/agp/escalations", id, { ...members, outcome });
  }
  createCommerceSession(members: Members, options: AGPOptions = {}) {
    return this.create("/agp/commerce-sessions", members, options, "created_at");
  }
  getCommerceSession(id: string) {
    return this.read("/agp/commerce-sessions", id);
  }
}

/** How long and how often something is waited for. */
export interface Waiting {
  waitMs?: number;
  pollMs?: number;
}

/** Action envelopes, receipts, the ledger of each task and its replay. */
export class Execution extends Domain {
  constructor(
    transport: Transport,
    private readonly decision: Decision,
    private readonly sleep: (ms: number) => Promise<void>,
  ) {
    super(transport);
  }

  /**
   * Acts, if every artifact holds. Waits for an approval that is still pending; with a wait of 0 it
   * does not and throws `AGPApprovalRequiredError`.
   */
  async submit(members: Members, options: AGPOptions & Waiting = {}): Promise<AGPObject> {
    const { idempotency_key, ...body } = members;
    const idempotencyKey = String(options.idempotencyKey ?? idempotency_key ?? crypto.randomUUID());
    const approval = body["approval_artifact"] ?? body["approval_ref"];
    const ends = Date.now() + (options.waitMs ?? 3_600_000);
    for (let isPending = true; ; ) {
      try {
        const path = "/agp/execution/action-envelopes";
        return await this.create(path, body, { ...options, idempotencyKey }, "created_at");
      } catch (error) {
        const waits = error instanceof AGPApprovalRequiredError && Date.now() < ends && approval;
        if (!waits || !isPending) throw error;
        // What was decided since the refusal is tried once more.
        isPending = await this.isPending(String(approval));
        if (isPending) await this.sleep(options.pollMs ?? 2_000);
      }
    }
  }

  private async isPending(id: string): Promise<boolean> {
    try {
      return (await this.decision.getApproval(id))["status"] === "pending";
    } catch {
      return false;
    }
  }

  /** As `submit`, answered at once with an operation to wait for. */
  submitAsync(members: Members, options: AGPOptions = {}) {
    const body = { created_at: new Date().toISOString(), ...members };
    return this.send("POST", "/agp/execution/action-envelopes", body, { ...options, prefer: "execute-async" });
  }
  /** Whether `submit` would go through; throws what it would. Nothing changes. */
  async validate(members: Members): Promise<boolean> {
    const path = "/agp/execution/action-envelopes";
    return Boolean((await this.send("POST", path, members, { prefer: "validate-only" }))["valid"]);
  }
  getEnvelope(id: string) {
    return this.read("/agp/execution/action-envelopes", id);
  }
  postReceipt(members: Members, options: AGPOptions = {}) {
    return this.create("/agp/execution-receipts", members, options, "executed_at");
  }
  getReceipt(id: string) {
    return this.read("/agp/execution/receipts", id);
  }
  listLedgerEvents(filters: Filters = {}) {
    return this.page("/agp/execution/ledger-events", filters);
  }
  allLedgerEvents(filters: Filters = {}) {
    return this.all("/agp/execution/ledger-events", filters);
  }
  replay(taskId: string) {
    return this.send("GET", `/agp/execution/tasks/${encodeURIComponent(taskId)}/replay`);
  }
  getOperation(id: string) {
    return this.read("/agp/operations", id);
  }
  /** Waits until an operation has ended, or the time is over. */
  async waitForOperation(id: string, waiting: Waiting = {}): Promise<AGPObject> {
    const ends = Date.now() + (waiting.waitMs ?? 3_600_000);
    for (;;) {
      const operation = await this.getOperation(id);
      if (!["pending", "running"].includes(String(operation["status"])) || Date.now() >= ends) return operation;
      await this.sleep(waiting.pollMs ?? 2_000);
    }
  }
  /** Whether an act may go through, for the service that is asked to act. */
  permit(members: Members) {
    return this.send("POST", "/agp/validate", members);
  }
}

/** What a client may choose. `client_id` and `client_secret` are the protocol's own spelling. */
export interface AGPClientOptions extends Omit<TransportOptions, "clientId" | "clientSecret"> {
  client_id?: string;
  client_secret?: string;
}

/** A server, and who asks it. */
export class AGPClient {
  readonly registry: Registry;
  readonly decision: Decision;
  readonly execution: Execution;

  constructor(url: string, options: AGPClientOptions = {}) {
    const { client_id, client_secret, ...rest } = options;
    const transport = new Transport(url, { ...rest, clientId: client_id, clientSecret: client_secret });
    const sleep = options.sleep ?? ((ms) => new Promise((done) => setTimeout(done, ms)));
    this.registry = new Registry(transport);
    this.decision = new Decision(transport);
    this.execution = new Execution(transport, this.decision, sleep);
  }
}
