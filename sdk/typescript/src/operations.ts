/**
 * Every operation of the node, and the types of what they take and answer.
 *
 * Generated from the node's OpenAPI document by sdk/generate.py: change that, not this.
 */

/** Who stands in for whom. */
export interface Absence {
  /** Who stands in. */
  deputy?: PrincipalId | null;
  /** Who is away. */
  principal: PrincipalId;
  /** Until when. */
  until?: string | null;
}

/** An account, with what is shown only now. */
export interface AccountCreated {
  /** Their DID. */
  did: Did;
  /** Whose account it is. */
  id: PrincipalId;
  /** Their private key as PKCS#8 PEM: shown once, only when the node made it. */
  private_key_pem?: string | null;
  /** The entry that recorded it. */
  seq: number;
}

/** An account with another password, or a token to give it one with. */
export interface AccountRecovered {
  /** The token to send to `new_password_set` as `Authorization: Bearer`: shown once, works once. */
  access_token?: string | null;
  /** Whose account it is, once it has the password. */
  principal?: PrincipalId | null;
  /** The entry that recorded it. */
  seq?: number | null;
  /** How it is sent: `bearer`. */
  token_type?: string | null;
}

/**
 * What is called. Its digest is SHA-256 of the canonical JSON (RFC 8785) of exactly these three
 * members, and approvals are bound to it.
 */
export interface ActionCall {
  /** Its parameters. */
  params?: Record<string, unknown>;
  /** The tool's name, or the operation's id. */
  tool: string;
  /** What kind of call it is. */
  type: CallType;
}

/** The id of an action. */
export type ActionId = string;

/** A receipt, as the journal has it now. */
export interface ActionReceipt {
  /** What it says. */
  claims: Record<string, unknown>;
  /** Its id. */
  id: ReceiptId;
  /**
   * A JWS (RFC 7515) by the node's key, of type `hansa-receipt+jwt`: verify it with the keys at
   * `/.well-known/jwks.json`.
   */
  jws: string;
}

/** Where an action stands. */
export type ActionState = "started" | "claimed" | "done" | "failed" | "outcome_unknown";

/** Does something through the gate. */
export interface ActionSubmit {
  /** What is called. */
  action: ActionCall;
  /**
   * The money it moves, for a tool whose parameters do not say. Parameters that do (`amount` and
   * `currency`, or `amount_usd` and the like) must agree.
   */
  amount?: Amount | null;
  /** What else its author says. */
  annotations?: Record<string, unknown>;
  /** The request for approval that was granted. */
  approval?: string | null;
  /**
   * Where the caller wants to be told by a signed POST how it ended; a host that the operator
   * lists.
   */
  callback_url?: string | null;
  /** A principal of this node that it concerns besides the caller. */
  counterparty?: PrincipalRef | null;
  /** Of what; the node's own currency unless named. */
  currency?: CurrencyCode | null;
  /** What the agent decided. */
  decision?: string | null;
  /** The evaluation of policy that was asked for before. It may only make the gate stricter. */
  evaluation?: string | null;
  /**
   * Who carries it out and posts the receipt, where this node does not: the caller itself for a
   * tool that the operator does not list.
   */
  executor?: PrincipalRef | null;
  /** The grant it is done under. A native operation may do without. */
  grant?: GrantId | null;
  /** Who answers for it; the task's own binding where none is named, as with the next ones. */
  liability?: string | null;
  /** The task it is part of. */
  task: TaskId;
  /** Whether to wait. */
  wait?: Wait;
}

/** An action. */
export interface ActionView {
  /** The money it moves. */
  amount?: Amount | null;
  /** What else its author said. */
  annotations?: Record<string, unknown>;
  /** The request for approval that it used up. */
  approval?: string | null;
  /** Digest of the call. */
  call: Digest;
  /** Where the caller wants to be told; shown to them alone. */
  callback_url?: string | null;
  /** Who asked for it. */
  caller: PrincipalId;
  /** Of what. */
  currency?: CurrencyCode | null;
  /** When it ended. */
  ended_at?: string | null;
  /** Who carries it out: native, http, mcp or external. */
  executor: string;
  /** The grant it is done under. */
  grant?: GrantId | null;
  /** Its id, which a call to a service carries as `X-AGP-Action-ID`. */
  id: ActionId;
  /** Its parameters, for its parties; absent once they were erased. */
  params?: unknown;
  /** Why it ended as it did, where that is more than its state. */
  reason?: string | null;
  /** Its receipt. */
  receipt: ReceiptId;
  /** What came of it. */
  result?: unknown;
  /** The entry that recorded it. */
  seq: number;
  /** When it was recorded. */
  started_at: string;
  /** Where it stands. */
  state: ActionState;
  /** The status that the other side answered with. */
  status?: number | null;
  /** The task it is part of. */
  task: TaskId;
  /** What it calls. */
  tool: string;
}

/** A principal as others see it. */
export interface Agent {
  /** When that was. */
  created_at: string;
  /** Its DID. */
  did: Did;
  /** Whether it has a card. */
  has_card: boolean;
  /** Its id on this node. */
  id: PrincipalId;
  /** What it is. */
  kind: PrincipalKind;
  /** Its name, unless it was erased. */
  name?: string | null;
  /** Whether it owns the node. */
  owner?: boolean;
  /** Its public key. */
  public_key: PublicKey;
  /** The entry that registered it. */
  seq: number;
  /** Whether it may act. */
  status: PrincipalStatus;
}

/** An agent that was just registered, with what is shown only now. */
export interface AgentCreated {
  /** An API key for it: shown once. */
  api_key?: string | null;
  /** What it holds now. */
  balances?: Array<Balance>;
  /** When that was. */
  created_at: string;
  /** Its DID. */
  did: Did;
  /** The transfer of the genesis grant. */
  genesis_transfer?: TransferId | null;
  /** Its id on this node. */
  id: PrincipalId;
  /** Its name. */
  name: string;
  /** Its private key as PKCS#8 PEM: shown once, only when the node made it, never kept. */
  private_key_pem?: string | null;
  /** Its public key. */
  public_key: PublicKey;
  /**
   * The private half of its recovery key as PKCS#8 PEM, by which its owner can move its DID to
   * another node: shown once, only when the node made it, never kept.
   */
  recovery_key_pem?: string | null;
  /** The entry that registered it. */
  seq: number;
}

/** An agent's DID, and what an entry of its log must say here. */
export interface AgentDid {
  /** Which agent. */
  agent: PrincipalId;
  /** Other names of it that this node answers to. */
  also_known_as: Array<Did>;
  /** Its DID here. */
  did: Did;
  /**
   * What the next entry must say for this node to host the log; null on a node without a public
   * name.
   */
  home?: DidHome | null;
  /** The log of its DID; null without one. */
  log?: DidLog | null;
}

/** DID methods that an agent may be asked for by. */
export type AgentDidMethod = "cos" | "theprotocol" | "webvh" | "key";

/** A key that was just replaced. */
export interface AgentKeyRotated {
  /** Whose. */
  agent: PrincipalId;
  /** Its DID from now on; it is still found by the former one. */
  did: Did;
  /** Until when the former key is accepted; null if it no longer is. */
  former_accepted_until?: string | null;
  /** Its private key as PKCS#8 PEM: shown once, only when the node made it, never kept. */
  private_key_pem?: string | null;
  /** Its public key. */
  public_key: PublicKey;
  /** The entry that recorded it. */
  seq: number;
}

/** An agent that was just onboarded, with what is shown only now. */
export interface AgentOnboarded {
  /** The id of its OAuth client. */
  client_id: ClientId;
  /** The client's secret: shown once. */
  client_secret: string;
  /** When that was. */
  created_at: string;
  /** Its DID. */
  did: Did;
  /** The transfer of the genesis grant. */
  genesis_transfer?: TransferId | null;
  /** Its id on this node. */
  id: PrincipalId;
  /** Its name. */
  name: string;
  /** Its private key as PKCS#8 PEM: shown once, only when the node made it, never kept. */
  private_key_pem?: string | null;
  /** Its public key. */
  public_key: PublicKey;
  /**
   * The private half of its recovery key as PKCS#8 PEM, by which its owner can move its DID to
   * another node: shown once, only when the node made it, never kept.
   */
  recovery_key_pem?: string | null;
  /** The entry that registered it. */
  seq: number;
  /** Where the client gets tokens. */
  token_endpoint: string;
}

/** How a principal stands. */
export interface AgentStanding {
  /** What it says to that. */
  appeal?: Appeal | null;
  /** It moves no money. */
  frozen?: Halt | null;
  /** What else was said when it was stopped the last time. */
  note?: string | null;
  /** Which. */
  principal: PrincipalId;
  /** Whether it may act. */
  status: PrincipalStatus;
  /** It may not act. */
  suspended?: Halt | null;
}

/** An agent that was handed on. */
export interface AgentTransferred {
  /** Who controls it from now on. */
  controller: PrincipalId;
  /** Which. */
  id: PrincipalId;
  /** The entry that recorded it. */
  seq: number;
}

/** An amount of major units as a decimal string, never a JSON number. */
export type Amount = string;

/** A task of either kind, told apart by `terms_state` and `clearance`. */
export type AnyTask = Task | DeclaredTask;

/** An API key without its secret. */
export interface ApiKey {
  /** The operations it may be used for. */
  actions: Array<string>;
  /** When it was made. */
  created_at: string;
  /** When it expires. */
  expires_at?: string | null;
  /** Its id. */
  id: ApiKeyId;
  /** What its owner calls it. */
  label?: string | null;
  /** When it was last used, to the minute, as far as the node remembers. */
  last_used_at?: string | null;
  /** When it was revoked. */
  revoked_at?: string | null;
  /** The entry that recorded it. */
  seq: number;
}

/** An API key that was just made, with its secret. */
export interface ApiKeyCreated {
  /** The operations it may be used for. */
  actions: Array<string>;
  /** The secret to send as `Authorization: Bearer`: shown once. */
  api_key: string;
  /** When it was made. */
  created_at: string;
  /** When it expires. */
  expires_at?: string | null;
  /** Its id. */
  id: ApiKeyId;
  /** What its owner calls it. */
  label?: string | null;
  /** The entry that recorded it. */
  seq: number;
}

/** The id of an API key; not its secret. */
export type ApiKeyId = string;

/** What somebody says against being stopped. */
export interface Appeal {
  /** When. */
  lodged_at: string;
  /** What; absent once it was erased. */
  note?: string | null;
}

/** What one approver said. */
export interface Approval {
  /** When. */
  at: string;
  /** Who said it. */
  by: PrincipalId;
  /** What. */
  decision: "approved" | "rejected";
  /** Its id. */
  id: string;
  /** For whom, when somebody stood in. */
  on_behalf_of?: PrincipalId | null;
  /** In which role. */
  role?: "executive" | "compliance_monitor" | "impact_assessor" | null;
}

/** A request for approval. */
export interface ApprovalRequest {
  /** What else its author said. */
  annotations?: Record<string, unknown>;
  /** What was said. */
  approvals: Array<Approval>;
  /** Who may approve, if not everybody in the roles. */
  approvers?: Array<string>;
  /** The call, where the node knows it. */
  call?: Call | null;
  /** Digest of the call it is for. */
  call_digest?: Digest | null;
  /** Where who asked wants to be told; shown to them alone. */
  callback_url?: string | null;
  /** When it was settled, as far as somebody said something. */
  decided_at?: string | null;
  /** When silence counts as a rejection. */
  expires_at: string;
  /** Its id. */
  id: string;
  /** How many persons have to approve. */
  quorum: number;
  /** When it was asked for. */
  requested_at: string;
  /** Who asked. */
  requested_by: PrincipalId;
  /** Roles that approve. */
  roles?: Array<"executive" | "compliance_monitor" | "impact_assessor">;
  /** Its entry. */
  seq: number;
  /** Where it stands. */
  state: "pending" | "approved" | "rejected" | "expired" | "used" | "void";
  /** Whether approvers have to prove better who they are. */
  step_up?: boolean;
  /** Of which task. */
  task: TaskId;
}

/** Something on record: an artifact of a task, or the manifest of a skill. */
export interface Artifact {
  /** Who put it on record. */
  by?: PrincipalId | null;
  /** When. */
  created_at: string;
  /** Its text as it was handed in; absent where there is none, or once it was erased. */
  document?: Record<string, unknown> | null;
  /** Its id. */
  id: string;
  /** What it is, e.g. `liability_binding`. */
  kind: string;
  /** What its entry keeps: words, numbers and digests. */
  record: Record<string, unknown>;
  /** Its entry. */
  seq: number;
  /** The task it belongs to. */
  task?: TaskId | null;
}

/** Ways to another node. */
export type Backend = "2pc" | "async";

/** What an account holds in one currency. `balance = available + held`. */
export interface Balance {
  /** The part of it that can be moved now. */
  available: Amount;
  /** Everything that is booked to the account. */
  balance: Amount;
  /** The currency. */
  currency: CurrencyCode;
  /** The part of it that pending transfers hold, fees included. */
  held: Amount;
}

/** What became of one transfer of a batch. */
export interface BatchResult {
  /** Whether it was accepted. */
  ok: boolean;
  /** Why it was refused, if it was. */
  problem?: Problem | null;
  /** The transfer, if it was. */
  transfer?: Transfer | null;
}

/** What became of each transfer of a batch, in the same order. */
export interface BatchResults {
  /** One result per item. */
  results: Array<BatchResult>;
}

/** A bootstrap token. */
export interface BootstrapCreated {
  /** The token to send as `Bootstrap-Token`: shown once, works once. */
  bootstrap_token: string;
  /** When that is. */
  expires_at: string;
  /** Seconds until it stops working. */
  expires_in: number;
  /** The entry that recorded it. */
  seq: number;
}

/** What is called: its digest is what an approval is bound to. */
export interface Call {
  /** Its parameters, to the last. */
  params: Record<string, unknown>;
  /** The tool. */
  tool: string;
  /** What kind of call, e.g. `tool_call`. */
  type: string;
}

/** What kind of call it is. */
export type CallType = "tool_call" | "native";

/** A callback. */
export interface Callback {
  /** When it was asked for. */
  asked_at: string;
  /** Who wants to be told. */
  by: PrincipalId;
  /** Where; shown to them alone. */
  callback_url?: string | null;
  /** What became of it. */
  delivery: CallbackDelivery;
  /** When it was over. */
  ended_at?: string | null;
  /** When it is tried again. */
  next_try_at?: string | null;
  /** The entry that asked for it. */
  seq: number;
  /** The last status that was answered; absent where nothing was. */
  status?: number | null;
  /** What is waited for: a request for approval, an action or an evaluation. */
  subject: string;
  /** How it ended, what is waited for, while that is being told, e.g. `approved`. */
  told?: string | null;
  /** How often it was sent. Tries of a call that is not over are counted by the running node. */
  tries: number;
}

/** What became of a callback. */
export type CallbackDelivery = "open" | "delivered" | "dead";

/** An A2A card as its agent set it. */
export type CardDocument = Record<string, unknown>;

/** Which of an agent's two documents a signature is on. */
export type CardForm = "a2a" | "the_protocol";

/** A signature that was just put beside the node's. */
export interface CardSigned {
  /** Whose card. */
  agent: PrincipalId;
  /** SHA-256 of the stored profile. */
  digest: Digest;
  /** Which document it is on. */
  form: CardForm;
  /** The entry that recorded it. */
  seq: number;
}

/** A card that was just stored. */
export interface CardStored {
  /** Whose card. */
  agent: PrincipalId;
  /** SHA-256 of the card's canonical JSON. */
  digest: Digest;
  /** The entry that recorded it. */
  seq: number;
}

/** Something about an account was changed. */
export interface Changed {
  /** Whose account it is. */
  principal: PrincipalId;
  /** The entry that recorded it. */
  seq: number;
}

/** One lock of the gate. */
export interface CheckView {
  /** Its name. */
  check: string;
  /** The stable code of the refusal. */
  code?: string | null;
  /** What was wrong. */
  detail?: string | null;
  /** Whether it opens. */
  passed: boolean;
}

/** A signed note: origin, tree size, root and signatures as lines of text. */
export type CheckpointNote = string;

/** One claim of an evidence bundle. */
export interface Claim {
  /** What is claimed. */
  claim_text: string;
  /** Where that is said. */
  source_refs?: Array<string>;
  /** How far it was looked into. */
  verification_status: "unverified" | "corroborated" | "verified" | "disputed";
}

/** A client without its secret. */
export interface Client {
  /** The operations its tokens may be used for at most. */
  actions: Array<string>;
  /** Its id. */
  client_id: ClientId;
}

/** A client that was just made, with its secret. */
export interface ClientCreated {
  /** The operations its tokens may be used for at most. */
  actions: Array<string>;
  /** Its id. */
  client_id: ClientId;
  /** The secret to get tokens with: shown once. */
  client_secret: string;
  /** The entry that recorded it. */
  seq: number;
}

/** The id of an OAuth client; not its secret. */
export type ClientId = string;

/** A client that was revoked. */
export interface ClientRevoked {
  /** Its id. */
  client_id: ClientId;
  /** The entry that recorded it. */
  seq: number;
}

/** The time that counts from now on. */
export interface ClockAccepted {
  /** The node's time. */
  now: string;
  /** The entry that recorded it. */
  seq: number;
}

/** The hashes from which both roots follow. */
export interface ConsistencyProof {
  /** Entries in the earlier tree. */
  from: number;
  /** The earlier tree's root. */
  from_root: Digest;
  /** The hashes, in the order of RFC 6962. */
  proof: Array<Digest>;
  /** Entries in the later tree. */
  to: number;
  /** The later tree's root. */
  to_root: Digest;
}

/** Bounds of a goal. */
export interface Constraints {
  /** The most it may cost. */
  budget?: Money | null;
  /** When it has to be done: an RFC 3339 time, or a date, which ends that day in UTC. */
  deadline?: string | null;
  /** Whose law applies. */
  jurisdiction?: string | null;
}

/** The code of a currency. */
export type CurrencyCode = string;

/** A currency of this node. */
export interface CurrencyInfo {
  /** Its code. */
  code: CurrencyCode;
  /** Whether it is meant where a request names none. */
  default?: boolean;
  /** Whether this node issues it. */
  own: boolean;
  /** Decimals of one major unit. */
  scale: number;
  /** The entry that made it. */
  seq: number;
}

/**
 * The money of one currency. `net_supply = issued − burned`, and `delta` is what the accounts hold
 * beyond it: always zero on a sound ledger.
 */
export interface CurrencySupply {
  /** What was ever burned. */
  burned: Amount;
  /** The part of it that can be moved now. */
  circulating: Amount;
  /** The currency. */
  currency: CurrencyCode;
  /** Sum of all accounts less the net supply, as a decimal string; may have a sign. */
  delta: string;
  /** The part of it that pending transfers hold. */
  held: Amount;
  /** What was ever minted. */
  issued: Amount;
  /** What exists. */
  net_supply: Amount;
}

/** A key that the node signs with for an agent from now on. */
export interface CustodyKey {
  /** For whom. */
  agent: PrincipalId;
  /** Which of the agent's keys it is, from 1. */
  generation: number;
  /** The public half. */
  public_key: PublicKey;
  /** The entry that recorded it. */
  seq: number;
}

/** A declared task. */
export interface DeclaredTask {
  /** A2A's word for where it stands. */
  a2a_state: string;
  /** AGP's word for where it stands. */
  agp_state: string;
  /** What else its author said. */
  annotations?: Record<string, unknown>;
  /** Its requests for approval. */
  approval_requests?: Array<string>;
  /** Everything on record for it. */
  artifacts?: Array<string>;
  /** Where its clearance stands. */
  clearance: "created" | "bound" | "delegated" | "skill_bound" | "commerce_init" | "analyzing" | "decided" | "approval_pending" | "policy_checked" | "executing" | "completed" | "failed" | "denied" | "revoked";
  /** When it was declared. */
  created_at: string;
  /** Who declared it. */
  declared_by: PrincipalId;
  /** The open escalations that hold it still. */
  escalations?: Array<string>;
  /** When it fails by itself. */
  expires_at: string;
  /** By which frameworks it is bound. */
  frameworks?: Array<string>;
  /** Why it stands still. */
  hold?: "pause_and_review" | "escalate_to_human" | "quarantine" | null;
  /** Its id. */
  id: TaskId;
  /** What the last impact assessment came to. */
  impact?: "proceed" | "proceed_with_conditions" | "escalate" | "stop" | null;
  /** Where it happens. */
  jurisdictions?: Array<string>;
  /** The operation that waits in it, when policy parked one. Nothing is reserved for it. */
  parked?: string | null;
  /** What that operation says, to its last member. Approvals are bound to it. */
  parked_call?: Record<string, unknown>;
  /** Who acts. */
  principal: PrincipalId;
  /** How many persons have to approve. */
  quorum: number;
  /** The refusal that the parked operation met when it was approved. */
  refusal?: string | null;
  /** What shall come of it; absent once it was erased. */
  requested_outcome?: string | null;
  /** Governance roles that have to approve. */
  required_roles?: Array<"executive" | "compliance_monitor" | "impact_assessor">;
  /** What came of it: the id of the first thing it did. */
  result?: string | null;
  /** How much may go wrong. */
  risk_tier: "low" | "medium" | "high" | "critical";
  /** The entry that declared it. */
  seq: number;
  /** Why what it knows is not to be trusted. */
  taint?: Array<"external" | "retrieved" | "unverified" | "injected">;
  /** When it last moved. */
  updated_at: string;
}

/** An API key without its secret. */
export interface DeveloperKey {
  /** When it was made. */
  created_at: string;
  /** What its owner calls it. */
  description?: string | null;
  /** Its id. */
  id: ApiKeyId;
  /** Whether it may be used. */
  is_active: boolean;
  /** What its secret begins with; empty in a list, for the node keeps digests of secrets alone. */
  key_prefix: string;
  /** When it was last used; null for a new one. */
  last_used_at?: string | null;
}

/** An API key that was just made. */
export interface DeveloperKeyMade {
  /** What is known of it later. */
  api_key_info: DeveloperKey;
  /** The secret to send as `X-Api-Key` or `Authorization: Bearer`: shown once. */
  plain_api_key: string;
}

/** API keys, the newest first. */
export type DeveloperKeys = Array<DeveloperKey>;

/** A decentralized identifier. */
export type Did = string;

/** A DID log that was just made, with what is shown only now. */
export interface DidCreated {
  /** Whose. */
  agent: PrincipalId;
  /** Its DID from now on. */
  did: Did;
  /**
   * The private half of the recovery key as PKCS#8 PEM: shown once, only when the node made it,
   * never kept.
   */
  recovery_key_pem?: string | null;
  /** The entry that recorded it. */
  seq: number;
}

/** A DID document. */
export type DidDocument = Record<string, unknown>;

/** What an entry must say for a node to host the log. */
export interface DidHome {
  /** The DID there, with `{SCID}` for the SCID. */
  did: string;
  /**
   * The document, with `{SCID}` for the SCID; a log that moves adds its former DID to
   * `alsoKnownAs`.
   */
  document: Record<string, unknown>;
  /** The key that the node writes the entry after it with: `nextKeyHashes` must hold its hash. */
  update_key: PublicKey;
}

/** Where an agent's DID log stands. */
export interface DidLog {
  /** When the first version was made. */
  created_at: string;
  /** Whether the last version names another node as its home. */
  left: boolean;
  /** When the last one was. */
  updated_at: string;
  /** Where it is served. */
  url: string;
  /** Number and hash of the last version. */
  version_id: string;
}

/** A DID log that was just taken. */
export interface DidLogStored {
  /** Whose. */
  agent: PrincipalId;
  /** Its DID from now on, wherever that is. */
  did: Did;
  /** Whether the last version names another node as its home. */
  left: boolean;
  /** The entry that recorded it. */
  seq: number;
  /** Number and hash of the last version. */
  version_id: string;
}

/** A DID log: one version a line. */
export type DidLogText = string;

/** How a new agent is named. */
export type DidMethod = "webvh" | "key";

/** What a DID resolves to. */
export interface DidResolved {
  /** When its first version was made. */
  created_at?: string | null;
  /** Whether it has ended. */
  deactivated?: boolean;
  /** The DID of the document: where it moved to, when it did. */
  did: Did;
  /** The document. */
  document: Record<string, unknown>;
  /** The entry that keeps the digest of what was fetched. */
  pinned_seq?: number | null;
  /** Which principal of this node it names. */
  principal?: PrincipalId | null;
  /** Where it came from. */
  source: DidSource;
  /** When this one was. */
  updated_at?: string | null;
  /** Number and hash of its version. */
  version_id?: string | null;
}

/** Where a document came from. */
export type DidSource = "derived" | "local" | "fetched";

/** A SHA-256 digest as unpadded base64url. */
export type Digest = string;

/** The agents found, best first. */
export interface Discovered {
  /** One page of them. */
  agents: Array<DiscoveredAgent>;
  /** The highest entry of the journal that this page reflects. */
  as_of_seq: number;
  /** Where the next page begins; null when this is the last. */
  next_cursor?: string | null;
}

/** An agent found. */
export interface DiscoveredAgent {
  /** Its A2A card. */
  card_data?: Record<string, unknown> | null;
  /** Its DID. */
  did: Did;
  /** Why it stands where it stands, if that was asked for. */
  explanation?: Explanation | null;
  /** Its id on this node. */
  id: PrincipalId;
  /** Its name. */
  name?: string | null;
  /** Its price; null when the card names none. */
  price?: Price | null;
  /** The mean of its ratings, 1 to 5; null before the first. */
  reputation?: Hundredths | null;
  /** How well it matches, 0 to 1. */
  score: Hundredths;
  /** What was found of the signatures on its card when it came in. */
  trust: Trust;
}

/** Documents of one kind in the vault. */
export interface DocumentCount {
  /** How many. */
  count: number;
  /** What they are, e.g. `card` or `envelope`. */
  kind: string;
}

/** How a content is written as a JSON string. */
export type Encoding = "utf8" | "base64";

/** How an action ended, as whoever carried it out says. */
export type Ending = "done" | "refused" | "not_sent";

/** An entry of the journal. */
export interface EntryView {
  /** The same, as JSON. */
  entry: Record<string, unknown>;
  /** Its leaf hash: SHA-256 of a zero byte and the line. */
  leaf: Digest;
  /** The exact bytes that were hashed, as text. */
  line: string;
  /** Its number. */
  seq: number;
}

/** What an envelope led to. */
export interface EnvelopeAccepted {
  /** The envelope. */
  envelope_id: EnvelopeId;
  /** The answer of the operation, or the matches of discover. */
  result?: unknown;
  /** The entry that recorded it; absent when nothing changed. */
  seq?: number | null;
  /** The task it belongs to. */
  task?: TaskId | null;
  /** The transfer it made, posted or voided. */
  transfer?: TransferId | null;
  /** The verb or operation that was carried out. */
  verb: string;
}

/** The id of an AMP envelope: a UUID of version 4. */
export type EnvelopeId = string;

/** An accepted envelope. */
export interface EnvelopeView {
  /** When it was accepted. */
  at: string;
  /** SHA-256 of its canonical bytes without `auth`. */
  digest: Digest;
  /** The envelope without `auth`, unless it was erased. */
  envelope?: Record<string, unknown> | null;
  /** Who signed it. */
  from: Did;
  /** Its id. */
  id: EnvelopeId;
  /** The key that signed it. */
  kid: string;
  /** Its kind. */
  kind: Kind;
  /** The envelope it follows. */
  parent?: EnvelopeId | null;
  /** The entry that recorded it. */
  seq: number;
  /** The signature over those bytes. */
  signature: Signature;
  /** The task it belongs to. */
  task?: TaskId | null;
  /** Whom it is addressed to. */
  to: string;
  /** The verb or operation that was carried out. */
  verb: string;
}

/** What an erasure destroys, and what it leaves. */
export interface Erasure {
  /** API keys revoked. */
  api_keys?: number;
  /** Money that stays on its account, which nobody can move any more. */
  balances: Array<Balance>;
  /** Documents destroyed with their key and salts. Of an erasure that is told again, nothing. */
  documents: Array<DocumentCount>;
  /** Whether this only says what would happen. */
  dry_run?: boolean;
  /** Who was, or would be, erased. */
  principal: PrincipalId;
  /** The node's word for it; not of a dry run. */
  receipt?: Receipt | null;
  /** The node's signature of the receipt's canonical JSON. */
  signature?: Signature | null;
  /** Tasks still open: they run out by their deadlines. */
  tasks: number;
}

/** An escalation. */
export interface Escalation {
  /** What else its author said. */
  annotations?: Record<string, unknown>;
  /** What it is about. */
  concern_type: "ethical_violation" | "policy_violation" | "authority_violation" | "safety" | "fraud" | "privacy" | "legal" | "framework_conflict" | "other";
  /** What was seen; absent once it was erased. */
  description?: string | null;
  /** Its id. */
  id: string;
  /** Why. */
  notes?: string | null;
  /** What came of it. */
  outcome?: "upheld" | "dismissed" | "partially_upheld" | null;
  /** When. */
  raised_at: string;
  /** Who raised it; absent when the node did. */
  raised_by?: PrincipalId | null;
  /** What happens to the task while it is open. */
  requested_action: "pause_and_review" | "escalate_to_human" | "quarantine";
  /** When. */
  resolved_at?: string | null;
  /** Who resolved it. */
  resolved_by?: PrincipalId | null;
  /** Its entry. */
  seq: number;
  /** About which task. */
  task: TaskId;
}

/** Why something is as it is. */
export interface Explained {
  /** In one sentence. */
  answer: string;
  /** What was asked about. */
  id: string;
  /** What can be done about it. */
  next_step: string;
  /** What led there, in order. */
  reasons: Array<Reason>;
  /** What else to look at. */
  see?: Array<string>;
}

/** The parts of an agent's place: agents are sorted by the first that differs. */
export interface Explanation {
  /** Tasks settled with every milestone paid. */
  completed: number;
  /** Tasks settled with a milestone refused. */
  failed: number;
  /** How many ratings that rests on, for the skill asked for or over all. */
  ratings: number;
  /**
   * First: how well the words match, in millionths of bm25 over name (weight 10), skills (5), tags
   * (4) and description (1); 0 for all without words.
   */
  relevance_millionths: number;
  /** Last: the entry that registered it, the newest first. */
  seq: number;
  /** Then: the mean rating drawn towards three stars as if there were five more ratings of three. */
  standing: Hundredths;
}

/** One line of an export. */
export type ExportLine = Record<string, unknown>;

/** What a node takes for a transfer; the payer pays it on top. */
export interface FeePolicy {
  /** The least it takes, in major units of the transfer's currency; one minor unit if that is more. */
  minimum: Amount;
  /** The fraction of the amount, e.g. `"0.005"` for half a percent. */
  rate: Amount;
}

/** One member of the request that was wrong. */
export interface FieldProblem {
  /** The stable code. */
  code: string;
  /** What was wrong with it. */
  detail: string;
  /** The path of the member, e.g. `items[3].amount`. */
  field: string;
}

/** A body of rules that somebody is bound by. */
export type Framework = string;

/** A funding request. */
export interface Funding {
  /** Who shall receive. */
  agent: PrincipalId;
  /** How much. */
  amount: Amount;
  /** In which currency. */
  currency: CurrencyCode;
  /** When it was decided. */
  decided_at?: string | null;
  /** Its id. */
  id: FundingId;
  /** When it was asked for. */
  requested_at: string;
  /** Where it stands. */
  state: FundingState;
}

/** The id of a funding request. */
export type FundingId = string;

/** Where a request stands. */
export type FundingState = "requested" | "approved" | "rejected";

/** A grant. */
export interface Grant {
  /** The operations it allows. */
  actions: Array<string>;
  /** Every grant above it, the first of the chain first; only where one grant is read. */
  chain?: Array<GrantLink>;
  /** The principals it may be used towards. */
  counterparties?: Array<PrincipalId>;
  /** When it was given. */
  created_at: string;
  /** The currency of the limits. */
  currency?: CurrencyCode | null;
  /** Links above it. */
  depth: number;
  /** How many links may stand below it. */
  depth_max?: number | null;
  /** When it expires. */
  expires_at: string;
  /** Who holds it. */
  holder: PrincipalId;
  /** The key that must prove each use. */
  holder_key?: PublicKey | null;
  /** Its id. */
  id: GrantId;
  /** Who gave it. */
  issuer: PrincipalId;
  /** Where its uses may take effect. */
  jurisdictions?: Array<Jurisdiction>;
  /** Whose things it is about. */
  on_behalf_of: PrincipalId;
  /** The grant that it narrows. */
  parent?: GrantId | null;
  /** Most that one use may move. */
  per_use?: Amount | null;
  /** The things it may be used on. */
  resources?: Array<string>;
  /** The entry that recorded it. */
  seq: number;
  /** Whether it still counts. */
  status: GrantStatus;
  /** Most that all uses together may move. */
  total?: Amount | null;
  /** What was moved with it so far. */
  used?: Amount | null;
  /** How often it was used so far, where that is limited. */
  uses?: number | null;
  /** Most uses. */
  uses_max?: number | null;
}

/**
 * A chain of grants under the node's signature: what was given, by whom to whom, and that it stands
 * in the node's journal. Everything but `signature` is signed, as canonical JSON (RFC 8785).
 */
export interface GrantDocument {
  /** The signed checkpoint whose tree the entries are in. */
  checkpoint: string;
  /** When this was written: what it says of the chain was true then. */
  exported_at: string;
  /** Always `hansa-grant`. */
  format: string;
  /** The grant that this is about: the last link. */
  grant: GrantId;
  /** Whether it counted then, with every one above it and whoever gave them. */
  in_force: boolean;
  /** The chain, the first grant first. */
  links: Array<GrantDocumentLink>;
  /** The node's key. */
  node_key: PublicKey;
  /** Where the checkpoint says it comes from. */
  origin: string;
  /** The node's signature of the rest. */
  signature: Signature;
  /** Always 1. */
  version: number;
}

/** One grant of a chain. */
export interface GrantDocumentLink {
  /** The entry that made it. */
  created: ProvenEntry;
  /** The entry that took it back or gave it up, if one did. */
  ended?: ProvenEntry | null;
  /** Decimals of a major unit of its currency, if it has one: entries hold minor units. */
  scale?: number | null;
  /** What was moved with it so far, where that is limited. */
  used?: Amount | null;
  /** How often it was used so far, where that is limited. */
  uses?: number | null;
}

/** The id of a grant. */
export type GrantId = string;

/** A grant above another one, which is charged for what is done under that. */
export interface GrantLink {
  /** The currency of both. */
  currency?: CurrencyCode | null;
  /** When it expires. */
  expires_at: string;
  /** Who holds it. */
  holder: PrincipalId;
  /** Its id. */
  id: GrantId;
  /** Who gave it. */
  issuer: PrincipalId;
  /** Whether it still counts. */
  status: GrantStatus;
  /** Most that all uses together may move. */
  total?: Amount | null;
  /** What was moved with it so far. */
  used?: Amount | null;
  /** How often it was used so far, where that is limited. */
  uses?: number | null;
  /** Most uses. */
  uses_max?: number | null;
}

/** Whether a grant still counts. */
export type GrantStatus = "active" | "expired" | "revoked" | "relinquished";

/** A graph of envelopes: each points to the one it follows. */
export interface Graph {
  /** The highest entry of the journal that this reflects. */
  as_of_seq: number;
  /** One edge per parent. */
  edges: Array<GraphEdge>;
  /** The envelopes, in the order they were accepted. */
  nodes: Array<GraphNode>;
  /** The envelope without a parent. */
  root: EnvelopeId;
  /** The task the graph is about. */
  task?: TaskId | null;
}

/** An edge of a graph. */
export interface GraphEdge {
  /** The parent. */
  from: EnvelopeId;
  /** The envelope that follows it. */
  to: EnvelopeId;
}

/** An envelope of a graph. */
export interface GraphNode {
  /** When it was accepted. */
  at: string;
  /** Who signed it. */
  from: Did;
  /** Its id. */
  id: EnvelopeId;
  /** Its kind. */
  kind: Kind;
  /** The envelope it follows. */
  parent?: EnvelopeId | null;
  /** The entry that recorded it. */
  seq: number;
  /** Whom it is addressed to. */
  to: string;
  /** The verb or operation that was carried out. */
  verb: string;
}

/** Since when somebody is stopped, and why. */
export interface Halt {
  /** Why, where that was said. */
  reason?: StopReason | null;
  /** When. */
  since: string;
}

/** The process lives. */
export interface HealthStatus {
  /** Always `ok`. */
  status: string;
}

/** Sets money aside instead of moving it at once. */
export interface Hold {
  /** Seconds until it is voided by itself; 7 days unless named. */
  expires_in_s?: number | null;
}

/** A decimal with at most two decimals, as a string. */
export type Hundredths = string;

/** The id of one incarnation of a journal. */
export type IncarnationId = string;

/** The siblings on the way from a leaf to the root. */
export interface InclusionProof {
  /** The entry's leaf hash. */
  leaf: Digest;
  /** The siblings, nearest to the leaf first. */
  proof: Array<Digest>;
  /** The tree's root. */
  root: Digest;
  /** The entry; its index in the tree is one less. */
  seq: number;
  /** Entries in the tree. */
  tree_size: number;
}

/** A goal. */
export interface Intent {
  /** What is to be done: a name both sides understand, or an operation's id. */
  action: string;
  /** Within what bounds. */
  constraints?: Constraints | null;
  /** With what. */
  params?: Record<string, unknown> | null;
}

/** An invitation that nobody has used. */
export interface Invite {
  /** When it was made. */
  created_at: string;
  /** The only address whose account may accept it. */
  email?: string | null;
  /** When it is void. */
  expires_at: string;
  /** Whether it would be accepted now. */
  good: boolean;
  /** Its id. */
  id: InviteId;
  /** Who made it. If they leave, or fall below what they offered, it is void. */
  invited_by: PrincipalId;
  /** Where to. */
  org: PrincipalId;
  /** As what. */
  role: OrgRole;
}

/** An invitation that was just made, with its token. */
export interface InviteCreated {
  /** The invitation. */
  invite: Invite;
  /** The entry that recorded it. */
  seq: number;
  /** The token to join with: shown once, good once. */
  token: string;
}

/** The id of an invitation; not its token. */
export type InviteId = string;

/** An invitation that was taken back. */
export interface InviteRevoked {
  /** Its id. */
  id: InviteId;
  /** The entry that recorded it. */
  seq: number;
}

/** Where a law holds: a country or union, perhaps with a part of it. */
export type Jurisdiction = string;

/** An Ed25519 key as JSON Web Key (RFC 8037). */
export interface Jwk {
  /** `EdDSA`. */
  alg: string;
  /** `Ed25519`. */
  crv: string;
  /** Whether the node keeps the private half for the agent. */
  custodial?: boolean | null;
  /** As headers of signatures name it. */
  kid: string;
  /** `OKP`. */
  kty: string;
  /** Until when signatures by it stand, for a key that was replaced. */
  until?: string | null;
  /** `sig`. */
  use: string;
  /** The public key, base64url. */
  x: string;
}

/** A set of keys (RFC 7517 section 5). */
export interface KeySet {
  /** The keys. */
  keys: Array<Jwk>;
}

/** What an envelope is in the graph of intents. */
export type Kind = "intent" | "delegation" | "inference" | "outcome";

/** Whom a credential stands for. */
export interface Me {
  /** What it is known by where tokens are given out. */
  client_id: string;
  /** Its DID. */
  did: Did;
  /** `active` or `suspended`. */
  status: string;
}

/** A membership that has ended. */
export interface MembershipEnded {
  /** Whose. */
  member: PrincipalId;
  /** Where. */
  org: PrincipalId;
  /** The entry that recorded it. */
  seq: number;
}

/** A memory: with its content where one was asked for, without in lists. */
export interface Memory {
  /** Whose it is. */
  agent: PrincipalId;
  /** Bytes of its content. */
  bytes: number;
  /** The content: text where it is UTF-8, or else base64; not in lists. */
  content?: string | null;
  /** What the content is. */
  content_type: string;
  /** When it was written. */
  created_at: string;
  /** How the content is written; not in lists. */
  encoding?: Encoding | null;
  /** Its id. */
  id: MemoryId;
  /** What the agent calls it. */
  label?: string | null;
  /** The entry that recorded it. */
  seq: number;
  /** Words that it is filed under. */
  tags?: Array<string>;
}

/** What an erasure destroys. */
export interface MemoryErasure {
  /** Whose it was. */
  agent: PrincipalId;
  /** Bytes of its content. */
  bytes: number;
  /** Whether this only says what would happen. */
  dry_run?: boolean;
  /** Which memory was, or would be, erased. */
  memory: MemoryId;
  /** The node's word for it; not of a dry run. */
  receipt?: Receipt | null;
  /** The node's signature of the receipt's canonical JSON. */
  signature?: Signature | null;
}

/** The id of a memory. */
export type MemoryId = string;

/** A share of the amount, and what releases it. */
export interface Milestone {
  /** What releases it. */
  on: string;
  /** The share in whole percent. */
  pct: number;
}

/** Where a milestone stands. */
export type MilestoneState = "open" | "executed" | "claimed" | "paid" | "refused";

/** An amount of major units, with its currency or beside it. */
export type Money = string;

/** What the DID of a new agent shall be. */
export interface NewDid {
  /** Its method; a node without a public name has `key` alone. */
  method?: DidMethod;
  /**
   * The public half of the owner's recovery key. Without one the node makes a pair and shows the
   * private half once.
   */
  recovery_key?: PublicKey | null;
}

/** A password that was set. */
export interface NewPasswordStored {
  /** What it means. */
  message: string;
  /** Whose account it is. */
  principal: PrincipalId;
}

/** Who a node is. */
export interface NodeInfo {
  /** The highest entry of the journal that this reflects. */
  as_of_seq: number;
  /** The currencies it holds. */
  currencies: Array<CurrencyInfo>;
  /** Its DID: the `to` of envelopes that carry operations. */
  did: Did;
  /** What it takes for a transfer. */
  fee: FeePolicy;
  /** The incarnation of its journal. */
  incarnation: IncarnationId;
  /** Whether it makes money of its own. */
  mode: NodeMode;
  /** Its public key, which signs checkpoints. */
  public_key: PublicKey;
  /** Whether it still waits for its owner. */
  setup_pending?: boolean;
  /** The version of its software. */
  version: string;
}

/** Whether a node makes money of its own. */
export type NodeMode = "sovereign" | "satellite";

/** A bootstrap token. */
export interface OnboardTokenMade {
  /** The token to send as `Bootstrap-Token`: shown once, works once. */
  bootstrap_token: string;
  /** When that is. */
  expires_at: string;
  /** Seconds until it stops working. */
  expires_in: number;
}

/** An agent that was just made, with what is shown only now. */
export interface OnboardedAgent {
  /** `active`. */
  account_status: string;
  /** The id under which its card is kept: its own. */
  agent_card_id: string;
  /** The name on its card. */
  agent_card_name: string;
  /** Its DID in The Protocol's own method, where the node's name allows one; it has others beside. */
  agent_did: Did;
  /** The id of its OAuth client. */
  client_id: ClientId;
  /** The client's secret: shown once. */
  client_secret: string;
  /** The transfer of the genesis grant; empty where there was none. */
  faucet_transaction_id: string;
  /** `completed` where it received the genesis grant, else `none`. */
  initial_funding_status: string;
  /** Its private key as PKCS#8 PEM: shown once, only when the node made it, never kept. */
  private_key_pem?: string | null;
  /** The private half of its recovery key as PKCS#8 PEM: shown once, only when there is one. */
  recovery_key_pem?: string | null;
}

/** An OpenAPI 3.1 document. */
export type OpenApiDocument = Record<string, unknown>;

/** An organization, as far as the caller sees it. */
export interface Org {
  /** How many agents belong to it; of these guests are told those they see. */
  agents: number;
  /** When it was made. */
  created_at: string;
  /** Its DID. */
  did: Did;
  /** Its id: that of a principal. */
  id: PrincipalId;
  /** How many members it has; guests are not told. */
  members?: number | null;
  /** Its name. */
  name?: string | null;
  /** What the caller is in it. */
  role?: OrgRole | null;
  /** Whether it may act. */
  status: PrincipalStatus;
}

/** An agent that belongs to an organization. */
export interface OrgAgent {
  /** Its DID. */
  did: Did;
  /** Which. */
  id: PrincipalId;
  /** Its name. */
  name?: string | null;
  /** With whom it is shared; guests are not told. */
  shared_with?: Array<SharedWith>;
  /** Whether it may act. */
  status: PrincipalStatus;
}

/** A member of an organization. */
export interface OrgMember {
  /** Their DID. */
  did: Did;
  /** Who. */
  id: PrincipalId;
  /** Their name. */
  name?: string | null;
  /** What they are. */
  role: OrgRole;
  /** When they joined. */
  since: string;
}

/** What somebody is in an organization. */
export type OrgRole = "owner" | "admin" | "member" | "guest";

/** One page of a list. */
export interface PageOfAgent {
  /** The highest entry of the journal that this page reflects. */
  as_of_seq: number;
  /** The items, in the list's order. */
  data: Array<Agent>;
  /** Where the next page begins; null when this is the last. */
  next_cursor?: string | null;
}

/** One page of a list. */
export interface PageOfAgentStanding {
  /** The highest entry of the journal that this page reflects. */
  as_of_seq: number;
  /** The items, in the list's order. */
  data: Array<AgentStanding>;
  /** Where the next page begins; null when this is the last. */
  next_cursor?: string | null;
}

/** One page of a list. */
export interface PageOfAnyTask {
  /** The highest entry of the journal that this page reflects. */
  as_of_seq: number;
  /** The items, in the list's order. */
  data: Array<AnyTask>;
  /** Where the next page begins; null when this is the last. */
  next_cursor?: string | null;
}

/** One page of a list. */
export interface PageOfApiKey {
  /** The highest entry of the journal that this page reflects. */
  as_of_seq: number;
  /** The items, in the list's order. */
  data: Array<ApiKey>;
  /** Where the next page begins; null when this is the last. */
  next_cursor?: string | null;
}

/** One page of a list. */
export interface PageOfApprovalRequest {
  /** The highest entry of the journal that this page reflects. */
  as_of_seq: number;
  /** The items, in the list's order. */
  data: Array<ApprovalRequest>;
  /** Where the next page begins; null when this is the last. */
  next_cursor?: string | null;
}

/** One page of a list. */
export interface PageOfArtifact {
  /** The highest entry of the journal that this page reflects. */
  as_of_seq: number;
  /** The items, in the list's order. */
  data: Array<Artifact>;
  /** Where the next page begins; null when this is the last. */
  next_cursor?: string | null;
}

/** One page of a list. */
export interface PageOfBalance {
  /** The highest entry of the journal that this page reflects. */
  as_of_seq: number;
  /** The items, in the list's order. */
  data: Array<Balance>;
  /** Where the next page begins; null when this is the last. */
  next_cursor?: string | null;
}

/** One page of a list. */
export interface PageOfCallback {
  /** The highest entry of the journal that this page reflects. */
  as_of_seq: number;
  /** The items, in the list's order. */
  data: Array<Callback>;
  /** Where the next page begins; null when this is the last. */
  next_cursor?: string | null;
}

/** One page of a list. */
export interface PageOfClient {
  /** The highest entry of the journal that this page reflects. */
  as_of_seq: number;
  /** The items, in the list's order. */
  data: Array<Client>;
  /** Where the next page begins; null when this is the last. */
  next_cursor?: string | null;
}

/** One page of a list. */
export interface PageOfCurrencyInfo {
  /** The highest entry of the journal that this page reflects. */
  as_of_seq: number;
  /** The items, in the list's order. */
  data: Array<CurrencyInfo>;
  /** Where the next page begins; null when this is the last. */
  next_cursor?: string | null;
}

/** One page of a list. */
export interface PageOfEscalation {
  /** The highest entry of the journal that this page reflects. */
  as_of_seq: number;
  /** The items, in the list's order. */
  data: Array<Escalation>;
  /** Where the next page begins; null when this is the last. */
  next_cursor?: string | null;
}

/** One page of a list. */
export interface PageOfFunding {
  /** The highest entry of the journal that this page reflects. */
  as_of_seq: number;
  /** The items, in the list's order. */
  data: Array<Funding>;
  /** Where the next page begins; null when this is the last. */
  next_cursor?: string | null;
}

/** One page of a list. */
export interface PageOfGrant {
  /** The highest entry of the journal that this page reflects. */
  as_of_seq: number;
  /** The items, in the list's order. */
  data: Array<Grant>;
  /** Where the next page begins; null when this is the last. */
  next_cursor?: string | null;
}

/** One page of a list. */
export interface PageOfInvite {
  /** The highest entry of the journal that this page reflects. */
  as_of_seq: number;
  /** The items, in the list's order. */
  data: Array<Invite>;
  /** Where the next page begins; null when this is the last. */
  next_cursor?: string | null;
}

/** One page of a list. */
export interface PageOfMemory {
  /** The highest entry of the journal that this page reflects. */
  as_of_seq: number;
  /** The items, in the list's order. */
  data: Array<Memory>;
  /** Where the next page begins; null when this is the last. */
  next_cursor?: string | null;
}

/** One page of a list. */
export interface PageOfOrg {
  /** The highest entry of the journal that this page reflects. */
  as_of_seq: number;
  /** The items, in the list's order. */
  data: Array<Org>;
  /** Where the next page begins; null when this is the last. */
  next_cursor?: string | null;
}

/** One page of a list. */
export interface PageOfOrgAgent {
  /** The highest entry of the journal that this page reflects. */
  as_of_seq: number;
  /** The items, in the list's order. */
  data: Array<OrgAgent>;
  /** Where the next page begins; null when this is the last. */
  next_cursor?: string | null;
}

/** One page of a list. */
export interface PageOfOrgMember {
  /** The highest entry of the journal that this page reflects. */
  as_of_seq: number;
  /** The items, in the list's order. */
  data: Array<OrgMember>;
  /** Where the next page begins; null when this is the last. */
  next_cursor?: string | null;
}

/** One page of a list. */
export interface PageOfPasskey {
  /** The highest entry of the journal that this page reflects. */
  as_of_seq: number;
  /** The items, in the list's order. */
  data: Array<Passkey>;
  /** Where the next page begins; null when this is the last. */
  next_cursor?: string | null;
}

/** One page of a list. */
export interface PageOfPolicyDifference {
  /** The highest entry of the journal that this page reflects. */
  as_of_seq: number;
  /** The items, in the list's order. */
  data: Array<PolicyDifference>;
  /** Where the next page begins; null when this is the last. */
  next_cursor?: string | null;
}

/** One page of a list. */
export interface PageOfPolicySet {
  /** The highest entry of the journal that this page reflects. */
  as_of_seq: number;
  /** The items, in the list's order. */
  data: Array<PolicySet>;
  /** Where the next page begins; null when this is the last. */
  next_cursor?: string | null;
}

/** One page of a list. */
export interface PageOfRole {
  /** The highest entry of the journal that this page reflects. */
  as_of_seq: number;
  /** The items, in the list's order. */
  data: Array<Role>;
  /** Where the next page begins; null when this is the last. */
  next_cursor?: string | null;
}

/** One page of a list. */
export interface PageOfSession {
  /** The highest entry of the journal that this page reflects. */
  as_of_seq: number;
  /** The items, in the list's order. */
  data: Array<Session>;
  /** Where the next page begins; null when this is the last. */
  next_cursor?: string | null;
}

/** One page of a list. */
export interface PageOfTeam {
  /** The highest entry of the journal that this page reflects. */
  as_of_seq: number;
  /** The items, in the list's order. */
  data: Array<Team>;
  /** Where the next page begins; null when this is the last. */
  next_cursor?: string | null;
}

/** One page of a list. */
export interface PageOfTransfer {
  /** The highest entry of the journal that this page reflects. */
  as_of_seq: number;
  /** The items, in the list's order. */
  data: Array<Transfer>;
  /** Where the next page begins; null when this is the last. */
  next_cursor?: string | null;
}

/** A passkey. */
export interface Passkey {
  /** Since when it counts. */
  added_at: string;
  /** Its id. */
  id: PasskeyId;
  /** What its owner calls it. */
  name?: string | null;
  /** The entry that recorded it, where it was just added. */
  seq?: number | null;
}

/** What a browser asks an authenticator by. It is answered once. */
export interface PasskeyChallenge {
  /** Seconds until it counts no longer. */
  expires_in_s: number;
  /** What WebAuthn's `parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON` reads. */
  public_key: Record<string, unknown>;
}

/** The id of a passkey. */
export type PasskeyId = string;

/** What is decided by the amount alone, for one action and currency. */
export interface PolicyBound {
  /** Which actions. */
  action: string;
  /** The most that is allowed without a further look. */
  allow_up_to: Amount;
  /** The most, above that, for which an approval is enough; beyond it the rules decide. */
  approve_up_to?: Amount | null;
  /** In which currency. */
  currency: CurrencyCode;
}

/** A change that waits for its second person. */
export interface PolicyChange {
  /** Which: `activate`, `deprecate`, `revoke`, `mode_shadow` or `mode_off`. */
  change: string;
  /** Until when another person may ask for the same. */
  expires_at: string;
  /** Who asked first. */
  requested_by: PrincipalId;
}

/** A command about which sets in shadow said something else than what counted. */
export interface PolicyDifference {
  /** What counted. */
  enforced: PolicyVerdict;
  /** When. */
  judged_at: string;
  /** The entry that recorded it. */
  seq: number;
  /** What the sets in shadow said. */
  shadow: Array<ShadowVerdict>;
  /** What the command brought about, by its id. */
  subject?: string | null;
}

/** What evaluates a policy set. */
export type PolicyEngine = "rego" | "opa" | "record";

/** What policy said when it was asked. */
export interface PolicyEvaluation {
  /** What else its author said. */
  annotations?: Record<string, unknown>;
  /** When it was asked, while there is no answer. */
  asked_at?: string | null;
  /** The verdict that the caller wanted at least, where it is the one that counts. */
  at_least?: PolicyVerdict | null;
  /** Who asked. */
  by: PrincipalId;
  /** Where who asked wants to be told; shown to them alone. */
  callback_url?: string | null;
  /** When it was answered, or that there will be no answer. */
  evaluated_at?: string | null;
  /** Digest of what they looked at. */
  facts?: Digest | null;
  /** Its id. */
  id: PolicyEvaluationId;
  /** The rules that said so. */
  matched_rules: Array<RuleName>;
  /** What must be so besides. */
  obligations: Array<string>;
  /** What each set said, those in shadow too. */
  policy_sets: Array<PolicySetVerdict>;
  /** Why there is no answer and will be none. */
  refusal?: string | null;
  /** The entry that recorded it. */
  seq: number;
  /** Whether it has answered. */
  state: PolicyEvaluationState;
  /** The task it is about. */
  task?: TaskId | null;
  /**
   * What counts: the strictest verdict of the enforced sets, or `at_least` if that is stricter.
   * Absent as long as there is no answer, which is no leave.
   */
  verdict?: PolicyVerdict | null;
}

/** The id of an evaluation of policy. */
export type PolicyEvaluationId = string;

/** Whether policy has answered. */
export type PolicyEvaluationState = "pending" | "done" | "failed";

/** How much a policy set's verdict counts. */
export type PolicyMode = "off" | "shadow" | "enforce";

/** A policy set. */
export interface PolicySet {
  /** The operations and tools that it is about. */
  actions: Array<string>;
  /** What needs no evaluation. */
  bounds: Array<PolicyBound>;
  /** Its data, for whoever keeps the node's policy. */
  data?: Record<string, unknown>;
  /** What it is for. */
  description?: string | null;
  /** What evaluates it. */
  engine: PolicyEngine;
  /** By which frameworks; by all if empty. */
  frameworks: Array<Framework>;
  /** Its id. */
  id: PolicySetId;
  /** Where it holds; everywhere if empty. */
  jurisdictions: Array<Jurisdiction>;
  /** How much it counts. */
  mode: PolicyMode;
  /** Its modules, for whoever keeps the node's policy. */
  modules?: Record<string, string>;
  /** Its name. */
  name: string;
  /** A change that waits for its second person. */
  pending?: PolicyChange | null;
  /** SHA-256 of its rules and data: what verdicts are bound to. */
  rules_digest: Digest;
  /** Where it stands. */
  status: PolicySetStatus;
  /** Which version. */
  version: string;
}

/** The id of a policy set. */
export type PolicySetId = string;

/** Where a policy set stands. */
export type PolicySetStatus = "draft" | "active" | "deprecated" | "revoked";

/** What one policy set said. */
export interface PolicySetVerdict {
  /** Whether its engine failed, which is a deny. */
  failed?: boolean;
  /** How much it counts. */
  mode: PolicyMode;
  /** Which set. */
  policy_set: PolicySetId;
  /** SHA-256 of its rules and data. */
  rules_digest: Digest;
  /** What it said. */
  verdict: PolicyVerdict;
}

/** What policy says of an act. */
export type PolicyVerdict = "allow" | "require_stronger_auth" | "require_approval" | "escalate" | "deny" | "quarantine";

/** What an agent asks for. */
export interface Price {
  /** How much. */
  amount: Amount;
  /** Of what. */
  currency: CurrencyCode;
}

/** The id of a principal. */
export type PrincipalId = string;

/** What kind of principal it is. */
export type PrincipalKind = "agent" | "person" | "organization" | "node";

/** A principal: its agt_ id, or its DID. */
export type PrincipalRef = string;

/** Whether a principal may act. */
export type PrincipalStatus = "active" | "suspended" | "erased" | "frozen";

/** A refusal or fault (RFC 9457). */
export interface Problem {
  /** The stable code that programs branch on. */
  code: string;
  /** What exactly was wrong this time. */
  detail: string;
  /** The members of the request that were wrong. */
  errors?: Array<FieldProblem>;
  /** What the caller can do about it. */
  next_step: string;
  /** The request this answers, as the node's log names it. */
  request_id?: RequestId | null;
  /** The HTTP status. */
  status: number;
  /** What the code means, in one sentence. */
  title: string;
  /**
   * Where the code is explained: a reference relative to the node's address (RFC 9457 section
   * 3.1.1).
   */
  type: string;
}

/** An entry of the journal with its proof. */
export interface ProvenEntry {
  /** The exact bytes that were hashed, as text. */
  line: string;
  /** The siblings on the way to the checkpoint's root, nearest to the leaf first. */
  proof: Array<Digest>;
  /** Its number. */
  seq: number;
}

/** An Ed25519 public key as multibase or did:key. */
export type PublicKey = string;

/**
 * The key that the node signs an agent's card with; `keys` makes the whole a key set of that key,
 * the one before it for a while, and the agent's own.
 */
export interface PublicKeySet {
  /** `EdDSA`. */
  alg: string;
  /** `Ed25519`. */
  crv: string;
  /** Whether the node keeps the private half for the agent. */
  custodial?: boolean | null;
  /** Every key by which a signature on the agent's card may be checked. */
  keys: Array<Jwk>;
  /** As headers of signatures name it. */
  kid: string;
  /** `OKP`. */
  kty: string;
  /** Until when signatures by it stand, for a key that was replaced. */
  until?: string | null;
  /** `sig`. */
  use: string;
  /** The public key, base64url. */
  x: string;
}

/** What a transfer would cost now. */
export interface Quote {
  /** How much the payee would receive. */
  amount: Amount;
  /** The highest entry of the journal that this reflects. */
  as_of_seq: number;
  /** Of what. */
  currency: CurrencyCode;
  /** The fee on top, paid by the payer. */
  fee: Amount;
  /** Whether the payer holds the total now. */
  sufficient: boolean;
  /** What the payer's account would lose. */
  total: Amount;
}

/** How an agreement is paid (seed AMP v0.1, "Settlement Rails"). */
export type Rail = "amp-escrow" | "amp-outcome";

/** Whether the node takes requests: 200 when it does, 503 with the same body when not. */
export interface Readiness {
  /** The checks. */
  checks: Array<ReadinessCheck>;
  /** Whether every check passed. */
  ready: boolean;
}

/** One thing a node needs in order to take requests. */
export interface ReadinessCheck {
  /** What is wrong, if anything. */
  detail?: string | null;
  /** What it is. */
  name: string;
  /** Whether it is there. */
  ok: boolean;
}

/** One line of an explanation. */
export interface Reason {
  /** When it happened, for what happened. */
  at?: string | null;
  /** The stable code, for a refusal. */
  code?: string | null;
  /** The entry that says so. */
  seq?: number | null;
  /** In words. */
  text: string;
}

/** The node's word that somebody was erased, or a memory of theirs. */
export interface Receipt {
  /** When the last backup that may hold sealed copies is to be gone, if the operator prunes. */
  backups_until: string;
  /** When that was. */
  erased_at: string;
  /** Always `hansa-erasure-receipt`. */
  format: string;
  /** Whether the journal's file and its write-ahead log hold nothing of it any more. */
  journal_clean: boolean;
  /** That entry's leaf in the journal's tree. */
  leaf: Digest;
  /** The memory that was erased, where it was one. */
  memory?: MemoryId | null;
  /** The node that says so, by the key it signs with. */
  node: Did;
  /** Where its checkpoints come from. */
  origin: string;
  /** Who was erased, or whose memory. */
  principal: PrincipalId;
  /** The entry of the journal that records it. */
  seq: number;
  /** Whether the folds from before are gone. */
  snapshots_clean: boolean;
  /** Always 1. */
  version: number;
  /** Whether the read models hold nothing of it any more. */
  views_clean: boolean;
}

/** The id of a receipt. */
export type ReceiptId = string;

/** Recovery keys, shown once. */
export interface RecoveryKeys {
  /** Each sets a new password once. */
  recovery_keys: Array<string>;
  /** The entry that recorded them. */
  seq: number;
}

/** The same for an address that is known and for one that is not. */
export interface RegistrationBegun {
  /** Seconds until the mailed token is void. */
  expires_in_s: number;
  /** What happens next. */
  message: string;
  /** Each sets a new password once: shown once, and good once the account exists. */
  recovery_keys: Array<string>;
}

/** A registry card of version 0.4. */
export type RegistryCard = Record<string, unknown>;

/** The record of a task. */
export interface Replay {
  /** The highest entry of the journal that this reflects. */
  as_of_seq: number;
  /** The task's chain at its end; 32 zero bytes before the first entry. */
  head: Digest;
  /** Its steps, from where it was asked for. */
  steps: Array<ReplayStep>;
  /** Which task. */
  task: TaskId;
}

/** One step of a task. */
export interface ReplayStep {
  /** When it happened. */
  at: string;
  /** The entry. */
  entry: Record<string, unknown>;
  /** The task's chain with it: SHA-256 of `prev` and `leaf`. */
  hash: Digest;
  /** What there was of the task at this point: the ids of its entries by kind. */
  known: Record<string, unknown>;
  /** The leaf of the entry in the journal's tree. */
  leaf: Digest;
  /** The task's chain before it. */
  prev: Digest;
  /** Its place in the journal. */
  seq: number;
}

/** What an agent's counterparties made of it: accumulators over settled work. */
export interface Reputation {
  /** Whose reputation. */
  agent: PrincipalId;
  /** As the one who works; this is what discover sorts by. */
  as_agent: Standing;
  /** The highest entry of the journal that this reflects. */
  as_of_seq: number;
  /** As the one who pays. */
  as_payer: Standing;
}

/** The id of one request. */
export type RequestId = string;

/** Proofs the sender asks for. */
export interface Require {
  /** How many attestors must agree. */
  attestors?: number | null;
  /** A proof of inference. Accepted; version 0.1 of the protocol has none. */
  zkml?: boolean | null;
}

/** A governance role that somebody holds, or held. */
export interface Role {
  /** Whether they hold it. */
  active: boolean;
  /** Who. */
  principal: PrincipalId;
  /** Which. */
  role: "executive" | "compliance_monitor" | "impact_assessor";
  /** Since when they do, or do not. */
  since: string;
}

/** The name of a rule of a policy. */
export type RuleName = string;

/** A session without its secret. */
export interface Session {
  /** Whether it is the one that asks. */
  current: boolean;
  /** When it ends. */
  expires_at: string;
  /** Its id. */
  id: SessionId;
  /** When it was opened. */
  opened_at: string;
  /** Whether a second factor was shown. */
  second_factor: boolean;
}

/** The id of a session; not its secret. */
export type SessionId = string;

/** A session, with its secret. */
export interface SessionOpened {
  /** The secret to send as `Authorization: Bearer`: shown once, and not where a cookie has it. */
  access_token?: string | null;
  /** When it ends. */
  expires_at: string;
  /** Its id. */
  id: SessionId;
  /** Whose it is. */
  principal: PrincipalId;
  /** The entry that recorded it. */
  seq: number;
  /** How it is sent: `bearer` or `cookie`. */
  token_type: string;
}

/** How an envelope is paid for. */
export interface SettleSpec {
  /** The whole amount. */
  amount: Money;
  /** Its currency, when the amount does not name it. */
  currency?: CurrencyCode | null;
  /** The shares. */
  milestones?: Array<Milestone> | null;
  /** The rail. */
  rail: Rail;
}

/** The owner, with what is shown only now. */
export interface SetupDone {
  /** The owner's API key: shown once. */
  api_key: string;
  /** The owner's DID. */
  did: Did;
  /** The owner's id. */
  id: PrincipalId;
  /** The owner's private key as PKCS#8 PEM: shown once, only when the node made it. */
  private_key_pem?: string | null;
  /** The owner's public key. */
  public_key: PublicKey;
  /** The entry that recorded it. */
  seq: number;
}

/** What a set in shadow said. */
export interface ShadowVerdict {
  /** Which set. */
  policy_set: PolicySetId;
  /** What it said. */
  verdict: PolicyVerdict;
}

/** With whom an agent is shared. */
export interface SharedWith {
  /** A member. */
  member?: PrincipalId | null;
  /** A team. */
  team?: TeamId | null;
}

/** An agent that was shared, or is no longer. */
export interface Sharing {
  /** Which agent. */
  id: PrincipalId;
  /** The entry that recorded it. */
  seq: number;
  /** With whom. */
  with: SharedWith;
}

/** An Ed25519 signature as unpadded base64url. */
export type Signature = string;

/** What it does to somebody. */
export interface StakeholderImpact {
  /** Whether it harms them. */
  harmed: boolean;
  /** How much, of 100. */
  magnitude: number;
  /** What it is. */
  notes?: string | null;
  /** To whom. */
  stakeholder: "principal" | "user" | "counterparty" | "customer" | "employee" | "community" | "vulnerable_group" | "public" | "environment" | "other";
}

/** How somebody did in one role. */
export interface Standing {
  /** Tasks settled with every milestone paid. */
  completed: number;
  /** Tasks settled with a milestone refused. */
  failed: number;
  /** The mean of the ratings, 1 to 5; null before the first. */
  rating?: Hundredths | null;
  /** How many ratings. */
  ratings: number;
}

/** Why a principal is suspended or frozen. */
export type StopReason = "abuse" | "fraud" | "compromised" | "policy" | "legal" | "requested";

/** All money there is, per currency. */
export interface Supply {
  /** One row per currency. */
  currencies: Array<CurrencySupply>;
  /** The highest entry of the journal that this reflects. */
  seq: number;
}

/** A declared piece of work. */
export interface Task {
  /** Who works; absent while a skill is still being routed. */
  agent?: PrincipalId | null;
  /** The whole amount of the terms on the table. */
  amount: Amount;
  /** When it began. */
  created_at: string;
  /** Of what. */
  currency: CurrencyCode;
  /** When it has to be done. */
  deadline?: string | null;
  /** The pending transfer that holds its money. */
  escrow?: TransferId | null;
  /** Its id. */
  id: TaskId;
  /** The last envelope that moved it. */
  last_envelope?: EnvelopeId | null;
  /** Its milestones, in the order of the terms. */
  milestones: Array<TaskMilestone>;
  /** What was paid to the agent. */
  paid: Amount;
  /** Who pays. */
  payer: PrincipalId;
  /** How it is settled. */
  rail: Rail;
  /** What went back to the payer. */
  refunded: Amount;
  /** The envelope that began it. */
  root_envelope?: EnvelopeId | null;
  /** The entry that last moved it. */
  seq: number;
  /** Where the agreement stands. */
  terms_state: TermsState;
  /** When it last moved. */
  updated_at: string;
  /** Where the work stands, once it was delegated. */
  work_state?: WorkState | null;
}

/** The id of a task. */
export type TaskId = string;

/** A milestone of a task. */
export interface TaskMilestone {
  /** Its share of the money. */
  amount: Amount;
  /** Its name; the whole task under `amp-outcome` has none. */
  on?: string | null;
  /** Its share in percent. */
  pct: number;
  /** Where it stands. */
  state: MilestoneState;
}

/** A team. */
export interface Team {
  /** When it was made. */
  created_at: string;
  /** Its id. */
  id: TeamId;
  /** Who is in it; to a guest themselves alone. */
  members: Array<PrincipalId>;
  /** Its name. */
  name?: string | null;
  /** In which organization. */
  org: PrincipalId;
}

/** A team that was dissolved. */
export interface TeamDeleted {
  /** Its id. */
  id: TeamId;
  /** The entry that recorded it. */
  seq: number;
}

/** The id of a team. */
export type TeamId = string;

/** What became of the money. */
export interface TegSent {
  /** What the payee received. */
  currency_received: CurrencyCode;
  /** What the payer paid in. */
  currency_sent: CurrencyCode;
  /** In words. */
  detail: string;
  /** The way it took: `local`. */
  method: string;
  /** Whether it was accepted. */
  ok: boolean;
  /** The node of the payee. */
  receiver_registry: string;
  /** `completed`, or `dry_run` when nothing moved. */
  status: string;
  /** The transfer; null when nothing moved. */
  transfer_id?: TransferId | null;
}

/** Where the agreement stands. */
export type TermsState = "offered" | "accepted" | "rejected" | "delegated" | "settled" | "revoked" | "expired";

/** A document of text. */
export type TextDocument = string;

/** What one horizon holds. */
export interface TimeHorizon {
  /** What happens. */
  consequences?: Array<string>;
  /** How far ahead. */
  horizon: "immediate" | "short_term" | "medium_term" | "long_term";
  /** Whether it can be undone. */
  reversible?: boolean;
  /** The worst of it. */
  severity: "negligible" | "low" | "moderate" | "high" | "severe";
}

/** Whose tokens were revoked. */
export interface TokensRevoked {
  /** Its id. */
  id: PrincipalId;
  /** The entry that recorded it. */
  seq: number;
}

/** The secret of a second factor, shown once. */
export interface TotpBegun {
  /** Seconds within which a code has to be shown. */
  expires_in_s: number;
  /** The secret in base 32, for an authenticator. */
  secret: string;
  /** The same as an `otpauth:` address, for a QR code. */
  uri: string;
}

/** A movement of money. */
export interface Transfer {
  /** How much the payee receives. */
  amount: Amount;
  /** When it was made. */
  created_at: string;
  /** Of what. */
  currency: CurrencyCode;
  /** When it is voided by itself, while it is pending. */
  expires_at?: string | null;
  /** The fee on top, paid by the payer. */
  fee: Amount;
  /** Who pays: a principal's id, or the name of one of the node's own accounts. */
  from: string;
  /** Its id; absent only in the answer to a dry run. */
  id?: TransferId | null;
  /** The pending transfer that this one posts or voids. */
  of?: TransferId | null;
  /** Of a hold: how much of the amount was posted. */
  posted?: Amount | null;
  /** Of a hold: how much of the amount is set aside still. */
  remaining?: Amount | null;
  /** The entry that recorded it; absent only in the answer to a dry run. */
  seq?: number | null;
  /** Where it stands. */
  state: TransferState;
  /** Who receives: a principal's id, or the name of one of the node's own accounts. */
  to: string;
  /** What the payer's account loses. */
  total: Amount;
  /** Of a hold: how much of the amount went back. */
  voided?: Amount | null;
}

/** The id of a transfer. */
export type TransferId = string;

/** One transfer of a batch. */
export interface TransferItem {
  /** How much the payee receives. */
  amount: Amount;
  /** Of what; the node's own currency unless named. */
  currency?: CurrencyCode | null;
  /** Who pays; the caller unless named. */
  from?: PrincipalRef | null;
  /** Set it aside instead, until it is posted or voided. */
  hold?: Hold | null;
  /** Who receives. */
  to: PrincipalRef;
}

/** Where a transfer stands. */
export type TransferState = "posted" | "pending" | "voided" | "expired";

/** What was found of the signatures on a card when it came in. */
export type Trust = "verified" | "unsigned" | "invalid";

/**
 * What the gate would say. One that says no is a problem with a member of `errors` for each lock
 * that stays closed.
 */
export interface Validation {
  /** Each lock. */
  checks: Array<CheckView>;
  /** Whether it would pass. */
  permit: boolean;
}

/** Which software this is. */
export interface VersionInfo {
  /** The commit it was built from. */
  commit?: string | null;
  /** Its name. */
  name: string;
  /** Its version. */
  version: string;
}

/** Whether to wait. */
export type Wait = "done" | "started";

/** Who asked, and what was proven. */
export interface WhoAsks {
  /** Whether the principal has an account. */
  account: boolean;
  /** What the credential may be used for; `*` for everything the principal may do. */
  actions: Array<string>;
  /** The caller's DID. */
  did: Did;
  /** The account's address. */
  email?: string | null;
  /** The caller's id. */
  id: PrincipalId;
  /** What kind of principal it is. */
  kind: PrincipalKind;
  /** How the caller proved it: `api_key`, `session` or `envelope`. */
  method: string;
  /** Its passkeys; with one, a password alone is not enough either. */
  passkeys: number;
  /** Recovery keys that are left. */
  recovery_keys_left: number;
  /** Whether the caller showed one: the credential is a session that was opened with it. */
  second_factor: boolean;
  /** Whether the account asks for one-time codes. */
  totp: boolean;
}

/** Where the work stands: the eight states of A2A (A2A 1.0 section 4.1.3). */
export type WorkState = "submitted" | "working" | "completed" | "failed" | "canceled" | "rejected" | "input_required" | "auth_required";

/** What `registryCardGet` takes. */
export interface RegistryCardGetRequest {
}

/** What `registryJwks` takes. */
export interface RegistryJwksRequest {
}

/** What `agentCardWellKnown` takes. */
export interface AgentCardWellKnownRequest {
  /** Which agent. */
  agent: PrincipalRef;
}

/** What `envelopeSubmit` takes. */
export interface EnvelopeSubmitRequest {
  /** Who sends and signs it. */
  from: Did;
  /** Its id. */
  id: EnvelopeId;
  /** What it is. */
  kind: Kind;
  /** A number the sender uses once. */
  nonce: number;
  /** Whom it is addressed to. */
  to: string;
  /** When it was sent, in seconds since 1970. */
  ts: number;
  /** The version of AMP: 1. */
  v: number;
  /** The signature over everything else: `ed25519:` and 128 lower-case hex digits. */
  auth?: string | null;
  /** The goal. */
  intent?: Intent | null;
  /** The envelope it follows. */
  parent?: EnvelopeId | null;
  /** What the verb defines, and anything else. */
  payload?: Record<string, unknown> | null;
  /** Proofs the sender asks for. */
  require?: Require | null;
  /** How it is paid for. */
  settle?: SettleSpec | null;
}

/** What `envelopeGet` takes. */
export interface EnvelopeGetRequest {
  /** Which envelope. */
  envelope: EnvelopeId;
}

/** What `envelopeGraph` takes. */
export interface EnvelopeGraphRequest {
  /** Any envelope of the graph. */
  envelope: EnvelopeId;
}

/** What `absenceDelegate` takes. */
export interface AbsenceDelegateRequest {
  /** Who stands in; nobody any more when absent. */
  deputy?: PrincipalRef | null;
  /** For how many seconds; a day unless said. */
  for_s?: number | null;
}

/** What `balanceList` takes. */
export interface BalanceListRequest {
  /** Whose balances. */
  principal: PrincipalRef;
  /** Where to go on. */
  cursor?: string;
  /** How many at most. */
  limit?: number;
}

/** What `actionSubmit` takes. */
export interface ActionSubmitRequest {
  /** What is called. */
  action: ActionCall;
  /** The task it is part of. */
  task: TaskId;
  /**
   * The money it moves, for a tool whose parameters do not say. Parameters that do (`amount` and
   * `currency`, or `amount_usd` and the like) must agree.
   */
  amount?: Amount | null;
  /** What else its author says. */
  annotations?: Record<string, unknown>;
  /** The request for approval that was granted. */
  approval?: string | null;
  /**
   * Where the caller wants to be told by a signed POST how it ended; a host that the operator
   * lists.
   */
  callback_url?: string | null;
  /** A principal of this node that it concerns besides the caller. */
  counterparty?: PrincipalRef | null;
  /** Of what; the node's own currency unless named. */
  currency?: CurrencyCode | null;
  /** What the agent decided. */
  decision?: string | null;
  /** The evaluation of policy that was asked for before. It may only make the gate stricter. */
  evaluation?: string | null;
  /**
   * Who carries it out and posts the receipt, where this node does not: the caller itself for a
   * tool that the operator does not list.
   */
  executor?: PrincipalRef | null;
  /** The grant it is done under. A native operation may do without. */
  grant?: GrantId | null;
  /** Who answers for it; the task's own binding where none is named, as with the next ones. */
  liability?: string | null;
  /** Whether to wait. */
  wait?: Wait;
}

/** What `actionValidate` takes. */
export interface ActionValidateRequest {
  /** Or an action that was submitted, by whoever is about to serve it. */
  action?: ActionId | null;
  /** The call as it arrived, which must be the one that was submitted. */
  call?: ActionCall | null;
  /** An envelope as `action_submit` takes it. */
  envelope?: ActionSubmit | null;
}

/** What `actionGet` takes. */
export interface ActionGetRequest {
  /** Which action. */
  action: ActionId;
}

/** What `actionClaim` takes. */
export interface ActionClaimRequest {
  /** Which action. */
  action: ActionId;
  /** The call as it arrived, which must be the one that was submitted. */
  call?: ActionCall | null;
}

/** What `receiptPost` takes. */
export interface ReceiptPostRequest {
  /** Which action. */
  action: ActionId;
  /** How it ended. */
  outcome: Ending;
  /** What came of it; kept sealed. */
  result?: unknown;
  /** The HTTP status that was answered, if there was one. */
  status?: number | null;
}

/** What `agentList` takes. */
export interface AgentListRequest {
  /** Where to go on. */
  cursor?: string;
  /** How many at most. */
  limit?: number;
}

/** What `agentCreate` takes. */
export interface AgentCreateRequest {
  /** What people call it. */
  name: string;
  /** Its A2A card. */
  card?: Record<string, unknown> | null;
  /** What its DID shall be: one with a log and a recovery key, where the node has a public name. */
  did?: NewDid | null;
  /** Whether it receives the node's genesis grant. */
  genesis_grant?: boolean;
  /** Its public key. Without one the node makes a key pair and shows the private key once. */
  public_key?: PublicKey | null;
}

/** What `agentMe` takes. */
export interface AgentMeRequest {
}

/** What `agentGet` takes. */
export interface AgentGetRequest {
  /** Which agent. */
  agent: PrincipalRef;
}

/** What `appealLodge` takes. */
export interface AppealLodgeRequest {
  /** Who is stopped: the caller, or a principal it controls. */
  agent: PrincipalRef;
  /** What there is to say; kept sealed, for the node's owner. */
  note: string;
}

/** What `agentCardGet` takes. */
export interface AgentCardGetRequest {
  /** Which agent. */
  agent: PrincipalRef;
}

/** What `agentCardSet` takes. */
export interface AgentCardSetRequest {
  /** Which agent. */
  agent: PrincipalRef;
  /** The A2A card. */
  card: Record<string, unknown>;
}

/** What `agentCardExport` takes. */
export interface AgentCardExportRequest {
  /** Which agent. */
  agent: PrincipalRef;
}

/** What `agentCardSign` takes. */
export interface AgentCardSignRequest {
  /** Which agent. */
  agent: PrincipalRef;
  /** The JWS header, base64url: `alg` EdDSA, `kid` the agent's DID with a fragment. */
  protected: string;
  /** The signature over one of the two documents without its signatures, base64url. */
  signature: string;
}

/** What `custodyKeySet` takes. */
export interface CustodyKeySetRequest {
  /** Which agent. */
  agent: PrincipalRef;
}

/** What `didGet` takes. */
export interface DidGetRequest {
  /** Which agent. */
  agent: PrincipalRef;
}

/** What `didCreate` takes. */
export interface DidCreateRequest {
  /** Which agent. */
  agent: PrincipalRef;
  /**
   * The public half of the owner's recovery key. Without one the node makes a pair and shows the
   * private half once.
   */
  recovery_key?: PublicKey | null;
}

/** What `didLogSet` takes. */
export interface DidLogSetRequest {
  /** Which agent. */
  agent: PrincipalRef;
  /** The log: one version a line, from the first to the last. */
  log: string;
}

/** What `agentFreeze` takes. */
export interface AgentFreezeRequest {
  /** Which agent. */
  agent: PrincipalRef;
  /** What else there is to say; kept sealed, and read by the agent and its controller. */
  note?: string | null;
  /** Why. */
  reason?: StopReason | null;
}

/** What `agentKeyRotate` takes. */
export interface AgentKeyRotateRequest {
  /** Which agent. */
  agent: PrincipalRef;
  /** Shows that the caller holds the key: as for onboarding. Required beside `public_key`. */
  proof?: string | null;
  /** Its new public key. Without one the node makes a key pair and shows the private key once. */
  public_key?: PublicKey | null;
  /**
   * Whether all its former keys stop at once, as after a theft; otherwise the one that is replaced
   * is accepted for seven more days.
   */
  revoke_former?: boolean;
}

/** What `memoryList` takes. */
export interface MemoryListRequest {
  /** Whose memories. */
  agent: PrincipalRef;
  /** Where to go on. */
  cursor?: string;
  /** How many at most. */
  limit?: number;
}

/** What `memoryWrite` takes. */
export interface MemoryWriteRequest {
  /** Whose memory. */
  agent: PrincipalRef;
  /** The content, of 1 byte to 256 KiB once decoded. */
  content: string;
  /** What the content is; `text/plain` unless said, `application/octet-stream` of base64. */
  content_type?: string | null;
  /** How the content is written. */
  encoding?: Encoding;
  /** What the agent calls it. */
  label?: string | null;
  /** Words that it is filed under. */
  tags?: Array<string>;
}

/** What `agentPublicKey` takes. */
export interface AgentPublicKeyRequest {
  /** Which agent. */
  agent: PrincipalRef;
}

/** What `agentReinstate` takes. */
export interface AgentReinstateRequest {
  /** Which agent. */
  agent: PrincipalRef;
  /** What was decided on its appeal; kept sealed, beside the journal. */
  note?: string | null;
}

/** What `reputationGet` takes. */
export interface ReputationGetRequest {
  /** Which agent. */
  agent: PrincipalRef;
}

/** What `agentShare` takes. */
export interface AgentShareRequest {
  /** Which agent. */
  agent: PrincipalRef;
  /** A member of the organization. */
  member?: PrincipalRef | null;
  /** A team of the organization. */
  team?: TeamId | null;
}

/** What `standingGet` takes. */
export interface StandingGetRequest {
  /** Which principal. */
  agent: PrincipalRef;
}

/** What `agentSuspend` takes. */
export interface AgentSuspendRequest {
  /** Which agent. */
  agent: PrincipalRef;
  /** What else there is to say; kept sealed, and read by the agent and its controller. */
  note?: string | null;
  /** Why. */
  reason?: StopReason | null;
}

/** What `tokensRevoke` takes. */
export interface TokensRevokeRequest {
  /** Whose tokens. */
  agent: PrincipalRef;
}

/** What `agentTransfer` takes. */
export interface AgentTransferRequest {
  /** Which. */
  agent: PrincipalRef;
  /** To whom. */
  to: PrincipalRef;
  /** Whether its API keys, OAuth clients and tokens go on working. Otherwise they end. */
  keep_credentials?: boolean;
}

/** What `agentUnshare` takes. */
export interface AgentUnshareRequest {
  /** Which agent. */
  agent: PrincipalRef;
  /** The member it is shared with. */
  member?: PrincipalRef | null;
  /** The team it is shared with. */
  team?: TeamId | null;
}

/** What `apiKeyList` takes. */
export interface ApiKeyListRequest {
  /** Where to go on. */
  cursor?: string;
  /** How many at most. */
  limit?: number;
}

/** What `apiKeyCreate` takes. */
export interface ApiKeyCreateRequest {
  /** The operations it may be used for. */
  actions: Array<string>;
  /** Seconds until it expires; without, it does not. */
  expires_in_s?: number | null;
  /** What the caller calls it. */
  label?: string | null;
}

/** What `apiKeyRevoke` takes. */
export interface ApiKeyRevokeRequest {
  /** Which key. */
  key: ApiKeyId;
}

/** What `appealList` takes. */
export interface AppealListRequest {
  /** Where to go on. */
  cursor?: string;
  /** How many at most. */
  limit?: number;
}

/** What `approvalList` takes. */
export interface ApprovalListRequest {
  /** Only the one in which this was said. */
  approval?: string;
  /** Where to go on. */
  cursor?: string;
  /** How many at most. */
  limit?: number;
  /** Only those that stand there. */
  state?: "pending" | "approved" | "rejected" | "expired" | "used" | "void";
  /** Only those of this task. */
  task?: TaskId;
}

/** What `approvalGet` takes. */
export interface ApprovalGetRequest {
  /** Which request. */
  request: string;
}

/** What `approvalBind` takes. */
export interface ApprovalBindRequest {
  /** Which request. */
  request: string;
  /** The call. */
  call?: Call | null;
  /** Its digest, instead of the call itself. */
  call_digest?: Digest | null;
}

/** What `approvalDecide` takes. */
export interface ApprovalDecideRequest {
  /** Which request. */
  request: string;
  /** What is said. */
  decision: "approved" | "rejected";
  /** Digest of the call that the approver saw; refused if the request is for another. */
  call_digest?: Digest | null;
  /** Why. */
  notes?: string | null;
  /** For whom, when the caller stands in. */
  on_behalf_of?: PrincipalRef | null;
  /** Instead: the answer of one of the caller's passkeys to `passkey_ask`. */
  passkey?: Record<string, unknown> | null;
  /** A code of the caller's second factor, where the request asks for one. */
  totp?: string | null;
}

/** What `artifactGet` takes. */
export interface ArtifactGetRequest {
  /** Which. */
  artifact: string;
}

/** What `sessionOpen` takes. */
export interface SessionOpenRequest {
  /** For pages: whether the secret is handed to the browser as a cookie and not shown. */
  cookie?: boolean;
  /** The account's address. */
  email?: string | null;
  /** Seconds until the session ends: a day unless said, 30 days at most. */
  expires_in_s?: number | null;
  /** The answer to `passkey_ask` that `navigator.credentials.get` gave, as its `toJSON` writes it. */
  passkey?: Record<string, unknown> | null;
  /** Its password. */
  password?: string | null;
  /** The present code of its second factor, where there is one. */
  totp?: string | null;
}

/** What `sessionClose` takes. */
export interface SessionCloseRequest {
  /** Which session. */
  session?: SessionId | null;
}

/** What `passkeyList` takes. */
export interface PasskeyListRequest {
}

/** What `passkeyAdd` takes. */
export interface PasskeyAddRequest {
  /** What `navigator.credentials.create` gave, as its `toJSON` writes it. */
  credential: Record<string, unknown>;
  /** What to call it. */
  name: string;
}

/** What `passkeyAsk` takes. */
export interface PasskeyAskRequest {
  /** The account's address. */
  email?: string | null;
  /** Its password. */
  password?: string | null;
}

/** What `passkeyBegin` takes. */
export interface PasskeyBeginRequest {
  /** The caller's password. */
  password: string;
}

/** What `passkeyRemove` takes. */
export interface PasskeyRemoveRequest {
  /** Which. */
  passkey: PasskeyId;
  /** The caller's password. */
  password: string;
}

/** What `passwordChange` takes. */
export interface PasswordChangeRequest {
  /** The new one, 12 to 256 bytes. */
  new_password: string;
  /** The present one. */
  password: string;
}

/** What `accountRecover` takes. */
export interface AccountRecoverRequest {
  /** The account's address. */
  email: string;
  /** One of its recovery keys, which is then used up. */
  recovery_key: string;
  /** The new password, 12 to 256 bytes. Without it the answer is a token for `new_password_set`. */
  new_password?: string | null;
}

/** What `recoveryKeysSet` takes. */
export interface RecoveryKeysSetRequest {
  /** The caller's password. */
  password: string;
}

/** What `accountRegister` takes. */
export interface AccountRegisterRequest {
  /** Where the token is mailed. */
  email: string;
  /** What people call you. */
  name: string;
  /** 12 to 256 bytes. */
  password: string;
  /**
   * The public key you sign with. Without one the node makes a key pair and shows the private key
   * once.
   */
  public_key?: PublicKey | null;
}

/** What `sessionList` takes. */
export interface SessionListRequest {
}

/** What `newPasswordSet` takes. */
export interface NewPasswordSetRequest {
  /** 12 to 256 bytes. */
  new_password: string;
}

/** What `totpEnable` takes. */
export interface TotpEnableRequest {
  /** A code of the secret that was begun. */
  totp: string;
}

/** What `totpBegin` takes. */
export interface TotpBeginRequest {
}

/** What `totpDisable` takes. */
export interface TotpDisableRequest {
  /** The caller's password. */
  password: string;
}

/** What `accountVerify` takes. */
export interface AccountVerifyRequest {
  /** The token. */
  token: string;
}

/** What `burnCreate` takes. */
export interface BurnCreateRequest {
  /** How much. */
  amount: Amount;
  /** Of what; the node's own currency unless named. */
  currency?: CurrencyCode | null;
  /** Answer as if it were done, and do nothing. */
  dry_run?: boolean;
  /** Whose money; the caller's unless named. */
  from?: PrincipalRef | null;
}

/** What `callbackList` takes. */
export interface CallbackListRequest {
  /** Where to go on. */
  cursor?: string;
  /** Only those of which this became. */
  delivery?: CallbackDelivery;
  /** How many at most. */
  limit?: number;
}

/** What `clientList` takes. */
export interface ClientListRequest {
  /** Where to go on. */
  cursor?: string;
  /** How many at most. */
  limit?: number;
}

/** What `clientCreate` takes. */
export interface ClientCreateRequest {
  /** The operations its tokens may be used for at most. */
  actions: Array<string>;
  /** Whose client; the caller's unless named. */
  agent?: PrincipalRef | null;
}

/** What `clientRevoke` takes. */
export interface ClientRevokeRequest {
  /** Which client. */
  client: ClientId;
}

/** What `clockAccept` takes. */
export interface ClockAcceptRequest {
}

/** What `currencyList` takes. */
export interface CurrencyListRequest {
  /** Where to go on. */
  cursor?: string;
  /** How many at most. */
  limit?: number;
}

/** What `currencyCreate` takes. */
export interface CurrencyCreateRequest {
  /** Its code. */
  code: CurrencyCode;
  /** Decimals of one major unit. */
  scale: number;
}

/** What `developerKeyList` takes. */
export interface DeveloperKeyListRequest {
}

/** What `developerKeyCreate` takes. */
export interface DeveloperKeyCreateRequest {
  /** What the caller calls it. */
  description?: string | null;
}

/** What `developerKeyRevoke` takes. */
export interface DeveloperKeyRevokeRequest {
  /** Which key. */
  key: ApiKeyId;
}

/** What `didResolve` takes. */
export interface DidResolveRequest {
  /** Which DID, in any spelling; within a path `%` and `/` are escaped as everywhere. */
  did: Did;
}

/** What `discover` takes. */
export interface DiscoverRequest {
  /** The currency of the price; the node's own unless named. */
  currency?: CurrencyCode;
  /** Where to go on. */
  cursor?: string;
  /** Whether each agent comes with the parts of its place in the list. */
  explain?: boolean;
  /** How many at most. */
  limit?: number;
  /** Highest price. */
  max_price?: Amount;
  /** Lowest mean rating. */
  min_reputation?: Hundredths;
  /** Words to look for in names, descriptions, skills and tags. */
  query?: string;
  /** The id of a skill it must have. */
  skill?: string;
  /** A tag that one of its skills must have, whatever its case. */
  tag?: string;
}

/** What `escalationList` takes. */
export interface EscalationListRequest {
  /** Where to go on. */
  cursor?: string;
  /** How many at most. */
  limit?: number;
  /** Only those of this task. */
  task?: TaskId;
}

/** What `escalationGet` takes. */
export interface EscalationGetRequest {
  /** Which. */
  escalation: string;
}

/** What `escalationResolve` takes. */
export interface EscalationResolveRequest {
  /** Which. */
  escalation: string;
  /** What came of it. */
  outcome: "upheld" | "dismissed" | "partially_upheld";
  /** Why. */
  notes?: string | null;
}

/** What `explain` takes. */
export interface ExplainRequest {
  /** An action, a receipt, a task, or the code of a refusal. */
  id: string;
}

/** What `fundingList` takes. */
export interface FundingListRequest {
  /** Where to go on. */
  cursor?: string;
  /** How many at most. */
  limit?: number;
}

/** What `fundingRequest` takes. */
export interface FundingRequestRequest {
  /** How much. */
  amount: Amount;
  /** Who shall receive it; the caller unless named. */
  agent?: PrincipalRef | null;
  /** In which of the node's own currencies; its first unless named. */
  currency?: CurrencyCode | null;
}

/** What `fundingApprove` takes. */
export interface FundingApproveRequest {
  /** Which request. */
  funding: FundingId;
}

/** What `fundingReject` takes. */
export interface FundingRejectRequest {
  /** Which request. */
  funding: FundingId;
}

/** What `grantList` takes. */
export interface GrantListRequest {
  /** Where to go on. */
  cursor?: string;
  /** Only those of this holder. */
  holder?: PrincipalRef;
  /** Only those that this issuer gave. */
  issuer?: PrincipalRef;
  /** How many at most. */
  limit?: number;
}

/** What `grantCreate` takes. */
export interface GrantCreateRequest {
  /** The operations it allows. */
  actions: Array<string>;
  /** Seconds until it expires. */
  expires_in_s: number;
  /** Who receives it. */
  holder: PrincipalRef;
  /** The principals it may be used towards; any unless named. */
  counterparties?: Array<PrincipalRef>;
  /** The currency of the limits; the node's own unless named. */
  currency?: CurrencyCode | null;
  /**
   * How many links may be narrowed from it, one below the other; 0 for none. As many as the grants
   * above it leave, and 8 in all, unless named.
   */
  depth_max?: number | null;
  /** A key of the holder that must prove each use. */
  holder_key?: PublicKey | null;
  /** Where its uses may take effect; anywhere unless named. */
  jurisdictions?: Array<Jurisdiction>;
  /** Whose things it is about; the caller's own unless named. */
  on_behalf_of?: PrincipalRef | null;
  /** The grant that it narrows. */
  parent?: GrantId | null;
  /** Most that one use may move. */
  per_use?: Amount | null;
  /** The things it may be used on; any unless named. */
  resources?: Array<string>;
  /** Most that all uses together may move. */
  total?: Amount | null;
  /** Most uses. */
  uses_max?: number | null;
}

/** What `grantGet` takes. */
export interface GrantGetRequest {
  /** Which grant. */
  grant: GrantId;
}

/** What `grantExport` takes. */
export interface GrantExportRequest {
  /** Which grant. */
  grant: GrantId;
}

/** What `grantRelinquish` takes. */
export interface GrantRelinquishRequest {
  /** Which grant. */
  grant: GrantId;
}

/** What `grantRevoke` takes. */
export interface GrantRevokeRequest {
  /** Which grant. */
  grant: GrantId;
}

/** What `inviteAccept` takes. */
export interface InviteAcceptRequest {
  /** The invitation's token. */
  token: string;
}

/** What `inviteRevoke` takes. */
export interface InviteRevokeRequest {
  /** Which. */
  invite: InviteId;
}

/** What `journalCheckpoint` takes. */
export interface JournalCheckpointRequest {
}

/** What `journalConsistency` takes. */
export interface JournalConsistencyRequest {
  /** Entries in the earlier tree. */
  from: number;
  /** Entries in the later tree; the latest checkpoint's unless named. */
  to?: number;
}

/** What `entryGet` takes. */
export interface EntryGetRequest {
  /** Which entry. */
  seq: number;
}

/** What `journalExport` takes. */
export interface JournalExportRequest {
  /** The first entry; the journal's first unless named. */
  from?: number;
  /** Whether the texts that entries stand for come along, where the caller may see them. */
  texts?: boolean;
}

/** What `journalInclusion` takes. */
export interface JournalInclusionRequest {
  /** Which entry. */
  seq: number;
  /** In the tree of how many entries; the latest checkpoint's unless named. */
  tree_size?: number;
}

/** What `memoryDelete` takes. */
export interface MemoryDeleteRequest {
  /** Which. */
  memory: MemoryId;
  /** Answer what would go, and do nothing. */
  dry_run?: boolean;
}

/** What `memoryRead` takes. */
export interface MemoryReadRequest {
  /** Which. */
  memory: MemoryId;
}

/** What `mintCreate` takes. */
export interface MintCreateRequest {
  /** How much. */
  amount: Amount;
  /** Who receives it. */
  to: PrincipalRef;
  /** Of what; the node's own currency unless named. */
  currency?: CurrencyCode | null;
  /** Answer as if it were done, and do nothing. */
  dry_run?: boolean;
}

/** What `nodeGet` takes. */
export interface NodeGetRequest {
}

/** What `onboardToken` takes. */
export interface OnboardTokenRequest {
  /** What kind of agent it will be. It is not kept. */
  agent_type_hint?: string | null;
  /** Who asked for it. It is not kept: the credential says who did. */
  requested_by?: string | null;
}

/** What `onboardAgent` takes. */
export interface OnboardAgentRequest {
  /** Its card, of The Protocol or of A2A. */
  agent_card: Record<string, unknown>;
  /** What its DID shall be. */
  agent_did_method: AgentDidMethod;
  /**
   * Shows that the caller holds the key, as `agent_onboard` has it. Required beside
   * `public_key_jwk`.
   */
  proof?: string | null;
  /** This node asks for no work; a solution to any is not looked at. */
  proof_of_work_solution?: string | null;
  /**
   * Its public key, Ed25519 as JSON Web Key. Without one the node makes a key pair and shows the
   * private key once.
   */
  public_key_jwk?: Record<string, unknown> | null;
}

/** What `agentOnboard` takes. */
export interface AgentOnboardRequest {
  /** What people call it. */
  name: string;
  /** The operations that its tokens may be used for at most; everything it may do unless named. */
  actions?: Array<string> | null;
  /** Its A2A card. */
  card?: Record<string, unknown> | null;
  /** What its DID shall be: one with a log and a recovery key, where the node has a public name. */
  did?: NewDid | null;
  /** Whether it receives the node's genesis grant. */
  genesis_grant?: boolean;
  /** The organization that it shall belong to; the caller unless named. The caller is a member. */
  org?: PrincipalRef | null;
  /**
   * Shows that the caller holds the key: a JWS of type `key-proof+jwt` signed with it, whose claims
   * are `aud` (the node's DID), `iat`, and `ath`, the base64url SHA-256 of the credential of this
   * request (left out in an envelope). Required beside `public_key`.
   */
  proof?: string | null;
  /** Its public key. Without one the node makes a key pair and shows the private key once. */
  public_key?: PublicKey | null;
}

/** What `bootstrapCreate` takes. */
export interface BootstrapCreateRequest {
}

/** What `orgList` takes. */
export interface OrgListRequest {
  /** Where to go on. */
  cursor?: string;
  /** How many at most. */
  limit?: number;
}

/** What `orgCreate` takes. */
export interface OrgCreateRequest {
  /** What people call it. Everybody who is signed in can read it. */
  name: string;
}

/** What `orgGet` takes. */
export interface OrgGetRequest {
  /** Which. */
  org: PrincipalRef;
}

/** What `orgAgentList` takes. */
export interface OrgAgentListRequest {
  /** To which. */
  org: PrincipalRef;
  /** Where to go on. */
  cursor?: string;
  /** How many at most. */
  limit?: number;
}

/** What `inviteList` takes. */
export interface InviteListRequest {
  /** Of which. */
  org: PrincipalRef;
  /** Where to go on. */
  cursor?: string;
  /** How many at most. */
  limit?: number;
}

/** What `inviteCreate` takes. */
export interface InviteCreateRequest {
  /** Where to. */
  org: PrincipalRef;
  /** As what; not as owner. */
  role: OrgRole;
  /**
   * The only address whose account may accept it, to which it is mailed where this node sends mail.
   * Without one whoever holds the token may accept.
   */
  email?: string | null;
  /** Seconds until it is void: a week unless named, at most 30 days. */
  expires_in_s?: number | null;
}

/** What `orgLeave` takes. */
export interface OrgLeaveRequest {
  /** Where. */
  org: PrincipalRef;
}

/** What `orgMemberList` takes. */
export interface OrgMemberListRequest {
  /** Of which. */
  org: PrincipalRef;
  /** Where to go on. */
  cursor?: string;
  /** How many at most. */
  limit?: number;
}

/** What `orgMemberRemove` takes. */
export interface OrgMemberRemoveRequest {
  /** Where. */
  org: PrincipalRef;
  /** Whose. */
  member: PrincipalRef;
}

/** What `orgMemberRoleSet` takes. */
export interface OrgMemberRoleSetRequest {
  /** Where. */
  org: PrincipalRef;
  /** Whom. */
  member: PrincipalRef;
  /** What. */
  role: OrgRole;
}

/** What `teamList` takes. */
export interface TeamListRequest {
  /** Of which. */
  org: PrincipalRef;
  /** Where to go on. */
  cursor?: string;
  /** How many at most. */
  limit?: number;
}

/** What `teamCreate` takes. */
export interface TeamCreateRequest {
  /** In which organization. */
  org: PrincipalRef;
  /** What people call it. */
  name: string;
}

/** What `orgOwnerTransfer` takes. */
export interface OrgOwnerTransferRequest {
  /** Of which organization. */
  org: PrincipalRef;
  /** To whom. */
  to: PrincipalRef;
}

/** What `policyDifferenceList` takes. */
export interface PolicyDifferenceListRequest {
  /** Where to go on. */
  cursor?: string;
  /** How many at most. */
  limit?: number;
}

/** What `policyEvaluate` takes. */
export interface PolicyEvaluateRequest {
  /** The operation or tool; `task` unless said: the task as a whole. */
  action?: string | null;
  /** How much it moves. */
  amount?: Amount | null;
  /** What else its author says. */
  annotations?: Record<string, unknown>;
  /** The mildest verdict that the caller accepts: the stricter of it and what policy says counts. */
  at_least?: PolicyVerdict | null;
  /**
   * Where the caller wants to be told by a signed POST how it ended; a host that the operator
   * lists.
   */
  callback_url?: string | null;
  /** The other side, when it is a principal of this node. */
  counterparty?: PrincipalRef | null;
  /** The other side's name. */
  counterparty_name?: string | null;
  /** In which currency; the node's own unless said. */
  currency?: CurrencyCode | null;
  /** What else the act says. */
  parameters?: Record<string, unknown>;
  /** A set to ask beside those that concern the act. */
  policy_set?: PolicySetId | null;
  /** The task it belongs to. */
  task?: TaskId | null;
  /** Whether to wait for the answer, or to look for it later. */
  wait?: Wait;
}

/** What `policyEvaluationGet` takes. */
export interface PolicyEvaluationGetRequest {
  /** Which. */
  evaluation: PolicyEvaluationId;
}

/** What `policySetList` takes. */
export interface PolicySetListRequest {
  /** Where to go on. */
  cursor?: string;
  /** How many at most. */
  limit?: number;
  /** Only those that stand there. */
  status?: PolicySetStatus;
}

/** What `policySetCreate` takes. */
export interface PolicySetCreateRequest {
  /** The operations and tools that it is about. */
  actions: Array<string>;
  /** Its name; the sets of one name are its versions, and one of them is active. */
  name: string;
  /** Which version, in its publisher's words. */
  version: string;
  /** What needs no evaluation. */
  bounds?: Array<PolicyBound>;
  /** What the rules look things up in. */
  data?: Record<string, unknown>;
  /** What it is for. */
  description?: string | null;
  /** What evaluates it. */
  engine?: PolicyEngine;
  /** By which frameworks; by all if empty. */
  frameworks?: Array<Framework>;
  /** Where it holds; everywhere if empty. */
  jurisdictions?: Array<Jurisdiction>;
  /** How much it shall count once it is active; `enforce` unless said. */
  mode?: PolicyMode | null;
  /** Modules in Rego, by file name; `data.hansa.policy.decision` decides. */
  modules?: Record<string, string>;
  /** The path of the decision at a remote OPA; `hansa/policy/decision` unless said. */
  opa_path?: string | null;
}

/** What `policySetGet` takes. */
export interface PolicySetGetRequest {
  /** Which set. */
  policy_set: PolicySetId;
}

/** What `policySetActivate` takes. */
export interface PolicySetActivateRequest {
  /** Which set. */
  policy_set: PolicySetId;
}

/** What `policySetDeprecate` takes. */
export interface PolicySetDeprecateRequest {
  /** Which set. */
  policy_set: PolicySetId;
}

/** What `policySetModeSet` takes. */
export interface PolicySetModeSetRequest {
  /** Which set. */
  policy_set: PolicySetId;
  /** How much. */
  mode: PolicyMode;
}

/** What `policySetRevoke` takes. */
export interface PolicySetRevokeRequest {
  /** Which set. */
  policy_set: PolicySetId;
}

/** What `principalErase` takes. */
export interface PrincipalEraseRequest {
  /** Whom: the caller itself, somebody it controls, or as the owner anybody. */
  principal: PrincipalRef;
  /** Answer what would go, and do nothing. */
  dry_run?: boolean;
}

/** What `supplyAudit` takes. */
export interface SupplyAuditRequest {
}

/** What `receiptGet` takes. */
export interface ReceiptGetRequest {
  /** Which receipt: the action's id with `rcp_` before its digits. */
  receipt: ReceiptId;
}

/** What `roleList` takes. */
export interface RoleListRequest {
  /** Where to go on. */
  cursor?: string;
  /** How many at most. */
  limit?: number;
}

/** What `roleAssign` takes. */
export interface RoleAssignRequest {
  /** To whom. */
  principal: PrincipalRef;
  /** Which. */
  role: "executive" | "compliance_monitor" | "impact_assessor";
}

/** What `roleWithdraw` takes. */
export interface RoleWithdrawRequest {
  /** From whom. */
  principal: PrincipalRef;
  /** Which. */
  role: "executive" | "compliance_monitor" | "impact_assessor";
}

/** What `setupComplete` takes. */
export interface SetupCompleteRequest {
  /** The one-time token that the node printed when it started. */
  token: string;
  /** What people call the owner. */
  name?: string | null;
  /** The owner's public key. Without one the node makes a key pair and shows the private key once. */
  public_key?: PublicKey | null;
}

/** What `skillManifestList` takes. */
export interface SkillManifestListRequest {
  /** Only those vouched for so far. */
  attestation_level?: "self_attested" | "third_party_attested" | "verified";
  /** Where to go on. */
  cursor?: string;
  /** How many at most. */
  limit?: number;
  /** Only those of this publisher. */
  publisher?: PrincipalRef;
  /** Only those of this risk. */
  risk_class?: "low" | "medium" | "high" | "critical";
}

/** What `skillManifestCreate` takes. */
export interface SkillManifestCreateRequest {
  /** Its name. */
  name: string;
  /** How much may go wrong. */
  risk_class: "low" | "medium" | "high" | "critical";
  /** What it is. */
  skill_class: "protocol_adapter" | "tool" | "workflow" | "reasoning" | "knowledge";
  /** Its version. */
  version: string;
  /** What else its author says. */
  annotations?: Record<string, unknown>;
  /** Who vouches for it; its publisher unless said. */
  attestation_level?: "self_attested" | "third_party_attested" | "verified" | null;
  /** SHA-256 of its instructions. */
  instruction_hash?: Digest | null;
  /** Tools it needs. */
  required_tools?: Array<string>;
  /** Protocols it speaks. */
  supported_protocols?: Array<string>;
}

/** What `taskList` takes. */
export interface TaskListRequest {
  /** Of declared tasks only those whose state AGP calls so, e.g. `APPROVAL_PENDING`. */
  agp_state?: string;
  /** Where to go on. */
  cursor?: string;
  /** Declared tasks that the caller takes part in, instead of contracts. */
  declared?: boolean;
  /** How many at most. */
  limit?: number;
  /** Only those of this party. */
  party?: PrincipalRef;
  /** Only those whose agreement stands there. */
  terms_state?: TermsState;
}

/** What `taskDeclare` takes. */
export interface TaskDeclareRequest {
  /** What shall come of it. */
  requested_outcome: string;
  /** How much may go wrong. */
  risk_tier: "low" | "medium" | "high" | "critical";
  /** What else its author says. */
  annotations?: Record<string, unknown>;
  /** Seconds until it fails by itself; seven days unless said. */
  expires_in_s?: number | null;
  /** By which frameworks it is bound, e.g. `eu-ai-act`. */
  frameworks?: Array<string>;
  /** Where it happens, e.g. `EU` or `US-NY`. */
  jurisdictions?: Array<string>;
  /** Who will act; the caller unless named. */
  principal?: PrincipalRef | null;
  /** How many persons have to approve. */
  quorum?: number | null;
  /** Governance roles that have to approve. */
  required_roles?: Array<"executive" | "compliance_monitor" | "impact_assessor">;
}

/** What `taskGet` takes. */
export interface TaskGetRequest {
  /** Which task. */
  task: TaskId;
}

/** What `approvalRequestCreate` takes. */
export interface ApprovalRequestCreateRequest {
  /** Of which task. */
  task: TaskId;
  /** What else its author says. */
  annotations?: Record<string, unknown>;
  /** Who may approve, if not everybody in the roles. */
  approvers?: Array<PrincipalRef>;
  /** The call; it can be bound later, before anybody approves. */
  call?: Call | null;
  /** Its digest, instead of the call itself. */
  call_digest?: Digest | null;
  /**
   * Where the caller wants to be told by a signed POST how it ended; a host that the operator
   * lists.
   */
  callback_url?: string | null;
  /** Seconds until silence counts as a rejection; a day unless said. */
  expires_in_s?: number | null;
  /** How many have to approve; one unless said. */
  mode?: "single" | "dual" | "multi" | null;
  /** For `multi`: how many. */
  quorum?: number | null;
  /** Roles that approve; any governance role unless named. */
  roles?: Array<"executive" | "compliance_monitor" | "impact_assessor">;
  /** Whether approvers have to show a second factor or sign with their own key. */
  step_up?: boolean;
}

/** What `artifactList` takes. */
export interface ArtifactListRequest {
  /** Which task. */
  task: TaskId;
  /** Where to go on. */
  cursor?: string;
  /** How many at most. */
  limit?: number;
}

/** What `governanceAttest` takes. */
export interface GovernanceAttestRequest {
  /** Which task. */
  task: TaskId;
  /** In which role. */
  role: "executive" | "compliance_monitor" | "impact_assessor";
  /** What is said. */
  verdict: "cleared" | "blocked";
  /** Why. */
  notes?: string | null;
}

/** What `commerceSessionCreate` takes. */
export interface CommerceSessionCreateRequest {
  /** Which task. */
  task: TaskId;
  /** The merchant. */
  merchant: string;
  /** The session at the merchant. */
  ucp_session_ref: string;
  /** What else its author says. */
  annotations?: Record<string, unknown>;
  /** SHA-256 of the cart. */
  cart_hash?: Digest | null;
  /** Where it stands; initialized unless said. */
  status?: "initialized" | "active" | "completed" | "cancelled" | null;
}

/** What `contextAttest` takes. */
export interface ContextAttestRequest {
  /** Of which task. */
  task: TaskId;
  /** Where it comes from. */
  source_type: "policy" | "user" | "system" | "tool" | "retrieved" | "external" | "derived";
  /** What else its author says. */
  annotations?: Record<string, unknown>;
  /** The contexts it was made of. */
  derived_from?: Array<string>;
  /** SHA-256 of its content. */
  hash?: Digest | null;
  /** What names its source. */
  source_id?: string | null;
  /** Taint it is known to have. */
  taint_labels?: Array<"external" | "retrieved" | "unverified" | "injected">;
  /** How far it claims to be trusted; untrusted unless said. */
  trust_class?: "trusted_policy" | "trusted_user" | "trusted_system" | "untrusted" | null;
}

/** What `taintPromote` takes. */
export interface TaintPromoteRequest {
  /** Of which task. */
  task: TaskId;
  /** Which context. */
  context: string;
  /** Why it can be trusted. */
  rationale: string;
}

/** What `decisionRecord` takes. */
export interface DecisionRecordRequest {
  /** Of which task. */
  task: TaskId;
  /** What kind of act that is. */
  action_class: "read" | "write" | "communicate" | "transact" | "delete" | "admin" | "unspecified";
  /** What was chosen. */
  selected_action: string;
  /** What else its author says. */
  annotations?: Record<string, unknown>;
  /** The evidence it rests on. */
  evidence?: Array<string>;
  /** Why. */
  rationale?: string | null;
  /** How unsure the agent is, in millionths. */
  uncertainty_ppm?: number | null;
}

/** What `escalationRaise` takes. */
export interface EscalationRaiseRequest {
  /** About which task. */
  task: TaskId;
  /** What it is about. */
  concern_type: "ethical_violation" | "policy_violation" | "authority_violation" | "safety" | "fraud" | "privacy" | "legal" | "framework_conflict" | "other";
  /** What was seen. */
  description: string;
  /** What else its author says. */
  annotations?: Record<string, unknown>;
  /** What shall happen to the task; it pauses for review unless said. */
  requested_action?: "pause_and_review" | "escalate_to_human" | "quarantine" | null;
}

/** What `evidenceAdd` takes. */
export interface EvidenceAddRequest {
  /** Of which task. */
  task: TaskId;
  /** What is claimed. */
  claims: Array<Claim>;
  /** What else its author says. */
  annotations?: Record<string, unknown>;
  /** Until when it counts. */
  fresh_until?: string | null;
}

/** What `impactAssess` takes. */
export interface ImpactAssessRequest {
  /** Which task. */
  task: TaskId;
  /** What the assessor advises. */
  recommendation: "proceed" | "proceed_with_conditions" | "escalate" | "stop";
  /** Whom they are about. */
  stakeholders: Array<StakeholderImpact>;
  /** Consequences over time. */
  time_horizons: Array<TimeHorizon>;
  /** What else its author says. */
  annotations?: Record<string, unknown>;
  /** Whether what harms somebody is made good. */
  mitigated?: boolean;
  /** Rights that it would violate. */
  rights_violated?: Array<"life_and_safety" | "dignity" | "privacy" | "non_discrimination" | "due_process" | "expression" | "property" | "childhood">;
}

/** What `liabilityBind` takes. */
export interface LiabilityBindRequest {
  /** Which task. */
  task: TaskId;
  /** Who is accountable; whoever declared the task unless named. */
  accountable?: PrincipalRef | null;
  /** What else its author says. */
  annotations?: Record<string, unknown>;
  /** Where. */
  jurisdiction?: string | null;
  /** On behalf of which entity. */
  sponsoring_entity?: string | null;
}

/** What `taskUpdate` takes. */
export interface TaskUpdateRequest {
  /** Which task. */
  task: TaskId;
  /** Whereto. Policy, approvals and receipts move it to the other states. */
  to: "created" | "bound" | "delegated" | "skill_bound" | "commerce_init" | "analyzing" | "decided" | "approval_pending" | "policy_checked" | "executing" | "completed" | "failed" | "denied" | "revoked";
  /** The artifact that allows it. */
  guard?: string | null;
}

/** What `taskReplay` takes. */
export interface TaskReplayRequest {
  /** Which task. */
  task: TaskId;
  /** The entry to begin at; the first of the task unless named. */
  from?: number;
}

/** What `teamDelete` takes. */
export interface TeamDeleteRequest {
  /** Which. */
  team: TeamId;
}

/** What `teamMemberRemove` takes. */
export interface TeamMemberRemoveRequest {
  /** Which. */
  team: TeamId;
  /** Whom. */
  member: PrincipalRef;
}

/** What `teamMemberAdd` takes. */
export interface TeamMemberAddRequest {
  /** Which. */
  team: TeamId;
  /** Whom. */
  member: PrincipalRef;
}

/** What `tegSend` takes. */
export interface TegSendRequest {
  /** How much, of the node's own currency. */
  amount: Amount;
  /** Who receives. */
  receiver_did: PrincipalRef;
  /** Which way to take to another node; payees of this node need none. */
  backend?: Backend | null;
  /** Answer as if it were done, and do nothing. */
  dry_run?: boolean;
  /** A word to the payee. It is not kept: the journal holds no texts. */
  message?: string | null;
}

/** What `transferList` takes. */
export interface TransferListRequest {
  /** Only those that this principal pays or receives. */
  account?: PrincipalRef;
  /** Only those of this currency. */
  currency?: CurrencyCode;
  /** Where to go on. */
  cursor?: string;
  /** How many at most. */
  limit?: number;
}

/** What `transferCreate` takes. */
export interface TransferCreateRequest {
  /** How much the payee receives. */
  amount: Amount;
  /** Who receives. */
  to: PrincipalRef;
  /** Of what; the node's own currency unless named. */
  currency?: CurrencyCode | null;
  /** Answer as if it were done, and do nothing. */
  dry_run?: boolean;
  /** Who pays; the caller unless named. */
  from?: PrincipalRef | null;
  /** Set it aside instead, until it is posted or voided. */
  hold?: Hold | null;
}

/** What `transferBatch` takes. */
export interface TransferBatchRequest {
  /** The transfers, carried out in this order. */
  items: Array<TransferItem>;
}

/** What `transferQuote` takes. */
export interface TransferQuoteRequest {
  /** How much the payee receives. */
  amount: Amount;
  /** Who receives. */
  to: PrincipalRef;
  /** Of what; the node's own currency unless named. */
  currency?: CurrencyCode | null;
  /** Who pays; the caller unless named. */
  from?: PrincipalRef | null;
}

/** What `transferGet` takes. */
export interface TransferGetRequest {
  /** Which transfer. */
  transfer: TransferId;
}

/** What `transferPost` takes. */
export interface TransferPostRequest {
  /** Which transfer. */
  transfer: TransferId;
  /** How much of it, the rest staying pending; everything that is left unless named. */
  amount?: Amount | null;
}

/** What `transferVoid` takes. */
export interface TransferVoidRequest {
  /** Which transfer. */
  transfer: TransferId;
}

/** What `whoami` takes. */
export interface WhoamiRequest {
}

/** What `didWebGet` takes. */
export interface DidWebGetRequest {
  /** Which agent. */
  agent: PrincipalRef;
}

/** What `didLogGet` takes. */
export interface DidLogGetRequest {
  /** Which agent. */
  agent: PrincipalRef;
}

/** What `docs` takes. */
export interface DocsRequest {
}

/** What `health` takes. */
export interface HealthRequest {
}

/** What `metrics` takes. */
export interface MetricsRequest {
}

/** What `openapi` takes. */
export interface OpenapiRequest {
}

/** What `ready` takes. */
export interface ReadyRequest {
}

/** What `version` takes. */
export interface VersionRequest {
}

/** How an operation is asked for. */
export interface Operation {
  id: string;
  method: string;
  path: string;
  query: readonly string[];
  takesBody: boolean;
  idempotent: boolean;
  public: boolean;
  json: boolean;
}

/** What a single call may choose. */
export interface CallOptions {
  /** Makes it safe to repeat; a fresh one unless given. */
  idempotencyKey?: string;
  /** Ends the call early. */
  signal?: AbortSignal;
}

/** Every operation. */
export const OPERATIONS = {
  registry_card_get: { id: "registry_card_get", method: "GET", path: "/.well-known/registry-card.json", query: [], takesBody: false, idempotent: false, public: true, json: true },
  registry_jwks: { id: "registry_jwks", method: "GET", path: "/.well-known/registry-jwks.json", query: [], takesBody: false, idempotent: false, public: true, json: true },
  agent_card_well_known: { id: "agent_card_well_known", method: "GET", path: "/a2a/{agent}/.well-known/agent-card.json", query: [], takesBody: false, idempotent: false, public: true, json: true },
  envelope_submit: { id: "envelope_submit", method: "POST", path: "/amp/envelopes", query: [], takesBody: true, idempotent: false, public: true, json: true },
  envelope_get: { id: "envelope_get", method: "GET", path: "/amp/envelopes/{envelope}", query: [], takesBody: false, idempotent: false, public: false, json: true },
  envelope_graph: { id: "envelope_graph", method: "GET", path: "/amp/graph/{envelope}", query: [], takesBody: false, idempotent: false, public: false, json: true },
  absence_delegate: { id: "absence_delegate", method: "POST", path: "/api/v1/absence", query: [], takesBody: true, idempotent: true, public: false, json: true },
  balance_list: { id: "balance_list", method: "GET", path: "/api/v1/accounts/{principal}/balances", query: ["cursor", "limit"], takesBody: false, idempotent: false, public: false, json: true },
  action_submit: { id: "action_submit", method: "POST", path: "/api/v1/actions", query: [], takesBody: true, idempotent: true, public: false, json: true },
  action_validate: { id: "action_validate", method: "POST", path: "/api/v1/actions/validate", query: [], takesBody: true, idempotent: false, public: false, json: true },
  action_get: { id: "action_get", method: "GET", path: "/api/v1/actions/{action}", query: [], takesBody: false, idempotent: false, public: false, json: true },
  action_claim: { id: "action_claim", method: "POST", path: "/api/v1/actions/{action}/claim", query: [], takesBody: true, idempotent: true, public: false, json: true },
  receipt_post: { id: "receipt_post", method: "POST", path: "/api/v1/actions/{action}/receipt", query: [], takesBody: true, idempotent: true, public: false, json: true },
  agent_list: { id: "agent_list", method: "GET", path: "/api/v1/agents", query: ["cursor", "limit"], takesBody: false, idempotent: false, public: false, json: true },
  agent_create: { id: "agent_create", method: "POST", path: "/api/v1/agents", query: [], takesBody: true, idempotent: true, public: false, json: true },
  agent_me: { id: "agent_me", method: "GET", path: "/api/v1/agents/me", query: [], takesBody: false, idempotent: false, public: false, json: true },
  agent_get: { id: "agent_get", method: "GET", path: "/api/v1/agents/{agent}", query: [], takesBody: false, idempotent: false, public: false, json: true },
  appeal_lodge: { id: "appeal_lodge", method: "POST", path: "/api/v1/agents/{agent}/appeal", query: [], takesBody: true, idempotent: true, public: false, json: true },
  agent_card_get: { id: "agent_card_get", method: "GET", path: "/api/v1/agents/{agent}/card", query: [], takesBody: false, idempotent: false, public: true, json: true },
  agent_card_set: { id: "agent_card_set", method: "PUT", path: "/api/v1/agents/{agent}/card", query: [], takesBody: true, idempotent: true, public: false, json: true },
  agent_card_export: { id: "agent_card_export", method: "GET", path: "/api/v1/agents/{agent}/card-export", query: [], takesBody: false, idempotent: false, public: true, json: true },
  agent_card_sign: { id: "agent_card_sign", method: "POST", path: "/api/v1/agents/{agent}/card/signatures", query: [], takesBody: true, idempotent: true, public: false, json: true },
  custody_key_set: { id: "custody_key_set", method: "POST", path: "/api/v1/agents/{agent}/custody-key", query: [], takesBody: true, idempotent: true, public: false, json: true },
  did_get: { id: "did_get", method: "GET", path: "/api/v1/agents/{agent}/did", query: [], takesBody: false, idempotent: false, public: false, json: true },
  did_create: { id: "did_create", method: "POST", path: "/api/v1/agents/{agent}/did", query: [], takesBody: true, idempotent: true, public: false, json: true },
  did_log_set: { id: "did_log_set", method: "PUT", path: "/api/v1/agents/{agent}/did/log", query: [], takesBody: true, idempotent: true, public: false, json: true },
  agent_freeze: { id: "agent_freeze", method: "POST", path: "/api/v1/agents/{agent}/freeze", query: [], takesBody: true, idempotent: true, public: false, json: true },
  agent_key_rotate: { id: "agent_key_rotate", method: "POST", path: "/api/v1/agents/{agent}/key", query: [], takesBody: true, idempotent: true, public: false, json: true },
  memory_list: { id: "memory_list", method: "GET", path: "/api/v1/agents/{agent}/memories", query: ["cursor", "limit"], takesBody: false, idempotent: false, public: false, json: true },
  memory_write: { id: "memory_write", method: "POST", path: "/api/v1/agents/{agent}/memories", query: [], takesBody: true, idempotent: true, public: false, json: true },
  agent_public_key: { id: "agent_public_key", method: "GET", path: "/api/v1/agents/{agent}/public-key", query: [], takesBody: false, idempotent: false, public: true, json: true },
  agent_reinstate: { id: "agent_reinstate", method: "POST", path: "/api/v1/agents/{agent}/reinstate", query: [], takesBody: true, idempotent: true, public: false, json: true },
  reputation_get: { id: "reputation_get", method: "GET", path: "/api/v1/agents/{agent}/reputation", query: [], takesBody: false, idempotent: false, public: true, json: true },
  agent_share: { id: "agent_share", method: "POST", path: "/api/v1/agents/{agent}/share", query: [], takesBody: true, idempotent: true, public: false, json: true },
  standing_get: { id: "standing_get", method: "GET", path: "/api/v1/agents/{agent}/standing", query: [], takesBody: false, idempotent: false, public: false, json: true },
  agent_suspend: { id: "agent_suspend", method: "POST", path: "/api/v1/agents/{agent}/suspend", query: [], takesBody: true, idempotent: true, public: false, json: true },
  tokens_revoke: { id: "tokens_revoke", method: "POST", path: "/api/v1/agents/{agent}/tokens/revoke", query: [], takesBody: true, idempotent: true, public: false, json: true },
  agent_transfer: { id: "agent_transfer", method: "POST", path: "/api/v1/agents/{agent}/transfer", query: [], takesBody: true, idempotent: true, public: false, json: true },
  agent_unshare: { id: "agent_unshare", method: "POST", path: "/api/v1/agents/{agent}/unshare", query: [], takesBody: true, idempotent: true, public: false, json: true },
  api_key_list: { id: "api_key_list", method: "GET", path: "/api/v1/api-keys", query: ["cursor", "limit"], takesBody: false, idempotent: false, public: false, json: true },
  api_key_create: { id: "api_key_create", method: "POST", path: "/api/v1/api-keys", query: [], takesBody: true, idempotent: true, public: false, json: true },
  api_key_revoke: { id: "api_key_revoke", method: "DELETE", path: "/api/v1/api-keys/{key}", query: [], takesBody: false, idempotent: true, public: false, json: true },
  appeal_list: { id: "appeal_list", method: "GET", path: "/api/v1/appeals", query: ["cursor", "limit"], takesBody: false, idempotent: false, public: false, json: true },
  approval_list: { id: "approval_list", method: "GET", path: "/api/v1/approvals", query: ["approval", "cursor", "limit", "state", "task"], takesBody: false, idempotent: false, public: false, json: true },
  approval_get: { id: "approval_get", method: "GET", path: "/api/v1/approvals/{request}", query: [], takesBody: false, idempotent: false, public: false, json: true },
  approval_bind: { id: "approval_bind", method: "POST", path: "/api/v1/approvals/{request}/bind", query: [], takesBody: true, idempotent: true, public: false, json: true },
  approval_decide: { id: "approval_decide", method: "POST", path: "/api/v1/approvals/{request}/decide", query: [], takesBody: true, idempotent: true, public: false, json: true },
  artifact_get: { id: "artifact_get", method: "GET", path: "/api/v1/artifacts/{artifact}", query: [], takesBody: false, idempotent: false, public: false, json: true },
  session_open: { id: "session_open", method: "POST", path: "/api/v1/auth/login", query: [], takesBody: true, idempotent: false, public: true, json: true },
  session_close: { id: "session_close", method: "POST", path: "/api/v1/auth/logout", query: [], takesBody: true, idempotent: false, public: false, json: true },
  passkey_list: { id: "passkey_list", method: "GET", path: "/api/v1/auth/passkeys", query: [], takesBody: false, idempotent: false, public: false, json: true },
  passkey_add: { id: "passkey_add", method: "POST", path: "/api/v1/auth/passkeys", query: [], takesBody: true, idempotent: false, public: false, json: true },
  passkey_ask: { id: "passkey_ask", method: "POST", path: "/api/v1/auth/passkeys/ask", query: [], takesBody: true, idempotent: false, public: true, json: true },
  passkey_begin: { id: "passkey_begin", method: "POST", path: "/api/v1/auth/passkeys/begin", query: [], takesBody: true, idempotent: false, public: false, json: true },
  passkey_remove: { id: "passkey_remove", method: "POST", path: "/api/v1/auth/passkeys/{passkey}/remove", query: [], takesBody: true, idempotent: false, public: false, json: true },
  password_change: { id: "password_change", method: "POST", path: "/api/v1/auth/password", query: [], takesBody: true, idempotent: false, public: false, json: true },
  account_recover: { id: "account_recover", method: "POST", path: "/api/v1/auth/recover-account", query: [], takesBody: true, idempotent: false, public: true, json: true },
  recovery_keys_set: { id: "recovery_keys_set", method: "POST", path: "/api/v1/auth/recovery-keys", query: [], takesBody: true, idempotent: false, public: false, json: true },
  account_register: { id: "account_register", method: "POST", path: "/api/v1/auth/register", query: [], takesBody: true, idempotent: false, public: true, json: true },
  session_list: { id: "session_list", method: "GET", path: "/api/v1/auth/sessions", query: [], takesBody: false, idempotent: false, public: false, json: true },
  new_password_set: { id: "new_password_set", method: "POST", path: "/api/v1/auth/set-new-password", query: [], takesBody: true, idempotent: false, public: true, json: true },
  totp_enable: { id: "totp_enable", method: "POST", path: "/api/v1/auth/totp", query: [], takesBody: true, idempotent: false, public: false, json: true },
  totp_begin: { id: "totp_begin", method: "POST", path: "/api/v1/auth/totp/begin", query: [], takesBody: true, idempotent: false, public: false, json: true },
  totp_disable: { id: "totp_disable", method: "POST", path: "/api/v1/auth/totp/disable", query: [], takesBody: true, idempotent: false, public: false, json: true },
  account_verify: { id: "account_verify", method: "POST", path: "/api/v1/auth/verify-email", query: [], takesBody: true, idempotent: false, public: true, json: true },
  burn_create: { id: "burn_create", method: "POST", path: "/api/v1/burns", query: [], takesBody: true, idempotent: true, public: false, json: true },
  callback_list: { id: "callback_list", method: "GET", path: "/api/v1/callbacks", query: ["cursor", "delivery", "limit"], takesBody: false, idempotent: false, public: false, json: true },
  client_list: { id: "client_list", method: "GET", path: "/api/v1/clients", query: ["cursor", "limit"], takesBody: false, idempotent: false, public: false, json: true },
  client_create: { id: "client_create", method: "POST", path: "/api/v1/clients", query: [], takesBody: true, idempotent: true, public: false, json: true },
  client_revoke: { id: "client_revoke", method: "DELETE", path: "/api/v1/clients/{client}", query: [], takesBody: false, idempotent: true, public: false, json: true },
  clock_accept: { id: "clock_accept", method: "POST", path: "/api/v1/clock/accept", query: [], takesBody: true, idempotent: true, public: false, json: true },
  currency_list: { id: "currency_list", method: "GET", path: "/api/v1/currencies", query: ["cursor", "limit"], takesBody: false, idempotent: false, public: true, json: true },
  currency_create: { id: "currency_create", method: "POST", path: "/api/v1/currencies", query: [], takesBody: true, idempotent: true, public: false, json: true },
  developer_key_list: { id: "developer_key_list", method: "GET", path: "/api/v1/developers/me/apikeys", query: [], takesBody: false, idempotent: false, public: false, json: true },
  developer_key_create: { id: "developer_key_create", method: "POST", path: "/api/v1/developers/me/apikeys", query: [], takesBody: true, idempotent: true, public: false, json: true },
  developer_key_revoke: { id: "developer_key_revoke", method: "DELETE", path: "/api/v1/developers/me/apikeys/{key}", query: [], takesBody: false, idempotent: true, public: false, json: true },
  did_resolve: { id: "did_resolve", method: "GET", path: "/api/v1/dids/{did}", query: [], takesBody: false, idempotent: false, public: true, json: true },
  discover: { id: "discover", method: "GET", path: "/api/v1/discover", query: ["currency", "cursor", "explain", "limit", "max_price", "min_reputation", "query", "skill", "tag"], takesBody: false, idempotent: false, public: true, json: true },
  escalation_list: { id: "escalation_list", method: "GET", path: "/api/v1/escalations", query: ["cursor", "limit", "task"], takesBody: false, idempotent: false, public: false, json: true },
  escalation_get: { id: "escalation_get", method: "GET", path: "/api/v1/escalations/{escalation}", query: [], takesBody: false, idempotent: false, public: false, json: true },
  escalation_resolve: { id: "escalation_resolve", method: "POST", path: "/api/v1/escalations/{escalation}/resolve", query: [], takesBody: true, idempotent: true, public: false, json: true },
  explain: { id: "explain", method: "GET", path: "/api/v1/explain/{id}", query: [], takesBody: false, idempotent: false, public: false, json: true },
  funding_list: { id: "funding_list", method: "GET", path: "/api/v1/fundings", query: ["cursor", "limit"], takesBody: false, idempotent: false, public: false, json: true },
  funding_request: { id: "funding_request", method: "POST", path: "/api/v1/fundings", query: [], takesBody: true, idempotent: true, public: false, json: true },
  funding_approve: { id: "funding_approve", method: "POST", path: "/api/v1/fundings/{funding}/approve", query: [], takesBody: true, idempotent: true, public: false, json: true },
  funding_reject: { id: "funding_reject", method: "POST", path: "/api/v1/fundings/{funding}/reject", query: [], takesBody: true, idempotent: true, public: false, json: true },
  grant_list: { id: "grant_list", method: "GET", path: "/api/v1/grants", query: ["cursor", "holder", "issuer", "limit"], takesBody: false, idempotent: false, public: false, json: true },
  grant_create: { id: "grant_create", method: "POST", path: "/api/v1/grants", query: [], takesBody: true, idempotent: true, public: false, json: true },
  grant_get: { id: "grant_get", method: "GET", path: "/api/v1/grants/{grant}", query: [], takesBody: false, idempotent: false, public: false, json: true },
  grant_export: { id: "grant_export", method: "GET", path: "/api/v1/grants/{grant}/export", query: [], takesBody: false, idempotent: false, public: false, json: true },
  grant_relinquish: { id: "grant_relinquish", method: "POST", path: "/api/v1/grants/{grant}/relinquish", query: [], takesBody: true, idempotent: true, public: false, json: true },
  grant_revoke: { id: "grant_revoke", method: "POST", path: "/api/v1/grants/{grant}/revoke", query: [], takesBody: true, idempotent: true, public: false, json: true },
  invite_accept: { id: "invite_accept", method: "POST", path: "/api/v1/invites/accept", query: [], takesBody: true, idempotent: true, public: false, json: true },
  invite_revoke: { id: "invite_revoke", method: "DELETE", path: "/api/v1/invites/{invite}", query: [], takesBody: false, idempotent: true, public: false, json: true },
  journal_checkpoint: { id: "journal_checkpoint", method: "GET", path: "/api/v1/journal/checkpoint", query: [], takesBody: false, idempotent: false, public: true, json: false },
  journal_consistency: { id: "journal_consistency", method: "GET", path: "/api/v1/journal/consistency", query: ["from", "to"], takesBody: false, idempotent: false, public: false, json: true },
  entry_get: { id: "entry_get", method: "GET", path: "/api/v1/journal/entries/{seq}", query: [], takesBody: false, idempotent: false, public: false, json: true },
  journal_export: { id: "journal_export", method: "GET", path: "/api/v1/journal/export", query: ["from", "texts"], takesBody: false, idempotent: false, public: false, json: false },
  journal_inclusion: { id: "journal_inclusion", method: "GET", path: "/api/v1/journal/inclusion", query: ["seq", "tree_size"], takesBody: false, idempotent: false, public: false, json: true },
  memory_delete: { id: "memory_delete", method: "DELETE", path: "/api/v1/memories/{memory}", query: ["dry_run"], takesBody: false, idempotent: true, public: false, json: true },
  memory_read: { id: "memory_read", method: "GET", path: "/api/v1/memories/{memory}", query: [], takesBody: false, idempotent: false, public: false, json: true },
  mint_create: { id: "mint_create", method: "POST", path: "/api/v1/mints", query: [], takesBody: true, idempotent: true, public: false, json: true },
  node_get: { id: "node_get", method: "GET", path: "/api/v1/node", query: [], takesBody: false, idempotent: false, public: true, json: true },
  onboard_token: { id: "onboard_token", method: "POST", path: "/api/v1/onboard/bootstrap/request-token", query: [], takesBody: true, idempotent: true, public: false, json: true },
  onboard_agent: { id: "onboard_agent", method: "POST", path: "/api/v1/onboard/create_agent", query: [], takesBody: true, idempotent: true, public: false, json: true },
  agent_onboard: { id: "agent_onboard", method: "POST", path: "/api/v1/onboarding", query: [], takesBody: true, idempotent: true, public: false, json: true },
  bootstrap_create: { id: "bootstrap_create", method: "POST", path: "/api/v1/onboarding/bootstrap", query: [], takesBody: true, idempotent: true, public: false, json: true },
  org_list: { id: "org_list", method: "GET", path: "/api/v1/orgs", query: ["cursor", "limit"], takesBody: false, idempotent: false, public: false, json: true },
  org_create: { id: "org_create", method: "POST", path: "/api/v1/orgs", query: [], takesBody: true, idempotent: true, public: false, json: true },
  org_get: { id: "org_get", method: "GET", path: "/api/v1/orgs/{org}", query: [], takesBody: false, idempotent: false, public: false, json: true },
  org_agent_list: { id: "org_agent_list", method: "GET", path: "/api/v1/orgs/{org}/agents", query: ["cursor", "limit"], takesBody: false, idempotent: false, public: false, json: true },
  invite_list: { id: "invite_list", method: "GET", path: "/api/v1/orgs/{org}/invites", query: ["cursor", "limit"], takesBody: false, idempotent: false, public: false, json: true },
  invite_create: { id: "invite_create", method: "POST", path: "/api/v1/orgs/{org}/invites", query: [], takesBody: true, idempotent: true, public: false, json: true },
  org_leave: { id: "org_leave", method: "POST", path: "/api/v1/orgs/{org}/leave", query: [], takesBody: true, idempotent: true, public: false, json: true },
  org_member_list: { id: "org_member_list", method: "GET", path: "/api/v1/orgs/{org}/members", query: ["cursor", "limit"], takesBody: false, idempotent: false, public: false, json: true },
  org_member_remove: { id: "org_member_remove", method: "DELETE", path: "/api/v1/orgs/{org}/members/{member}", query: [], takesBody: false, idempotent: true, public: false, json: true },
  org_member_role_set: { id: "org_member_role_set", method: "PUT", path: "/api/v1/orgs/{org}/members/{member}/role", query: [], takesBody: true, idempotent: true, public: false, json: true },
  team_list: { id: "team_list", method: "GET", path: "/api/v1/orgs/{org}/teams", query: ["cursor", "limit"], takesBody: false, idempotent: false, public: false, json: true },
  team_create: { id: "team_create", method: "POST", path: "/api/v1/orgs/{org}/teams", query: [], takesBody: true, idempotent: true, public: false, json: true },
  org_owner_transfer: { id: "org_owner_transfer", method: "POST", path: "/api/v1/orgs/{org}/transfer", query: [], takesBody: true, idempotent: true, public: false, json: true },
  policy_difference_list: { id: "policy_difference_list", method: "GET", path: "/api/v1/policy-differences", query: ["cursor", "limit"], takesBody: false, idempotent: false, public: false, json: true },
  policy_evaluate: { id: "policy_evaluate", method: "POST", path: "/api/v1/policy-evaluations", query: [], takesBody: true, idempotent: true, public: false, json: true },
  policy_evaluation_get: { id: "policy_evaluation_get", method: "GET", path: "/api/v1/policy-evaluations/{evaluation}", query: [], takesBody: false, idempotent: false, public: false, json: true },
  policy_set_list: { id: "policy_set_list", method: "GET", path: "/api/v1/policy-sets", query: ["cursor", "limit", "status"], takesBody: false, idempotent: false, public: false, json: true },
  policy_set_create: { id: "policy_set_create", method: "POST", path: "/api/v1/policy-sets", query: [], takesBody: true, idempotent: true, public: false, json: true },
  policy_set_get: { id: "policy_set_get", method: "GET", path: "/api/v1/policy-sets/{policy_set}", query: [], takesBody: false, idempotent: false, public: false, json: true },
  policy_set_activate: { id: "policy_set_activate", method: "POST", path: "/api/v1/policy-sets/{policy_set}/activate", query: [], takesBody: true, idempotent: true, public: false, json: true },
  policy_set_deprecate: { id: "policy_set_deprecate", method: "POST", path: "/api/v1/policy-sets/{policy_set}/deprecate", query: [], takesBody: true, idempotent: true, public: false, json: true },
  policy_set_mode_set: { id: "policy_set_mode_set", method: "POST", path: "/api/v1/policy-sets/{policy_set}/mode", query: [], takesBody: true, idempotent: true, public: false, json: true },
  policy_set_revoke: { id: "policy_set_revoke", method: "POST", path: "/api/v1/policy-sets/{policy_set}/revoke", query: [], takesBody: true, idempotent: true, public: false, json: true },
  principal_erase: { id: "principal_erase", method: "POST", path: "/api/v1/principals/{principal}/erase", query: [], takesBody: true, idempotent: true, public: false, json: true },
  supply_audit: { id: "supply_audit", method: "GET", path: "/api/v1/projections/supply-audit", query: [], takesBody: false, idempotent: false, public: true, json: true },
  receipt_get: { id: "receipt_get", method: "GET", path: "/api/v1/receipts/{receipt}", query: [], takesBody: false, idempotent: false, public: false, json: true },
  role_list: { id: "role_list", method: "GET", path: "/api/v1/roles", query: ["cursor", "limit"], takesBody: false, idempotent: false, public: false, json: true },
  role_assign: { id: "role_assign", method: "POST", path: "/api/v1/roles", query: [], takesBody: true, idempotent: true, public: false, json: true },
  role_withdraw: { id: "role_withdraw", method: "POST", path: "/api/v1/roles/withdraw", query: [], takesBody: true, idempotent: true, public: false, json: true },
  setup_complete: { id: "setup_complete", method: "POST", path: "/api/v1/setup", query: [], takesBody: true, idempotent: false, public: true, json: true },
  skill_manifest_list: { id: "skill_manifest_list", method: "GET", path: "/api/v1/skills", query: ["attestation_level", "cursor", "limit", "publisher", "risk_class"], takesBody: false, idempotent: false, public: false, json: true },
  skill_manifest_create: { id: "skill_manifest_create", method: "POST", path: "/api/v1/skills", query: [], takesBody: true, idempotent: true, public: false, json: true },
  task_list: { id: "task_list", method: "GET", path: "/api/v1/tasks", query: ["agp_state", "cursor", "declared", "limit", "party", "terms_state"], takesBody: false, idempotent: false, public: false, json: true },
  task_declare: { id: "task_declare", method: "POST", path: "/api/v1/tasks", query: [], takesBody: true, idempotent: true, public: false, json: true },
  task_get: { id: "task_get", method: "GET", path: "/api/v1/tasks/{task}", query: [], takesBody: false, idempotent: false, public: false, json: true },
  approval_request_create: { id: "approval_request_create", method: "POST", path: "/api/v1/tasks/{task}/approval-requests", query: [], takesBody: true, idempotent: true, public: false, json: true },
  artifact_list: { id: "artifact_list", method: "GET", path: "/api/v1/tasks/{task}/artifacts", query: ["cursor", "limit"], takesBody: false, idempotent: false, public: false, json: true },
  governance_attest: { id: "governance_attest", method: "POST", path: "/api/v1/tasks/{task}/attestations", query: [], takesBody: true, idempotent: true, public: false, json: true },
  commerce_session_create: { id: "commerce_session_create", method: "POST", path: "/api/v1/tasks/{task}/commerce-sessions", query: [], takesBody: true, idempotent: true, public: false, json: true },
  context_attest: { id: "context_attest", method: "POST", path: "/api/v1/tasks/{task}/contexts", query: [], takesBody: true, idempotent: true, public: false, json: true },
  taint_promote: { id: "taint_promote", method: "POST", path: "/api/v1/tasks/{task}/contexts/{context}/promote", query: [], takesBody: true, idempotent: true, public: false, json: true },
  decision_record: { id: "decision_record", method: "POST", path: "/api/v1/tasks/{task}/decisions", query: [], takesBody: true, idempotent: true, public: false, json: true },
  escalation_raise: { id: "escalation_raise", method: "POST", path: "/api/v1/tasks/{task}/escalations", query: [], takesBody: true, idempotent: true, public: false, json: true },
  evidence_add: { id: "evidence_add", method: "POST", path: "/api/v1/tasks/{task}/evidence-bundles", query: [], takesBody: true, idempotent: true, public: false, json: true },
  impact_assess: { id: "impact_assess", method: "POST", path: "/api/v1/tasks/{task}/impact-assessments", query: [], takesBody: true, idempotent: true, public: false, json: true },
  liability_bind: { id: "liability_bind", method: "POST", path: "/api/v1/tasks/{task}/liability-bindings", query: [], takesBody: true, idempotent: true, public: false, json: true },
  task_update: { id: "task_update", method: "POST", path: "/api/v1/tasks/{task}/move", query: [], takesBody: true, idempotent: true, public: false, json: true },
  task_replay: { id: "task_replay", method: "GET", path: "/api/v1/tasks/{task}/replay", query: ["from"], takesBody: false, idempotent: false, public: false, json: true },
  team_delete: { id: "team_delete", method: "DELETE", path: "/api/v1/teams/{team}", query: [], takesBody: false, idempotent: true, public: false, json: true },
  team_member_remove: { id: "team_member_remove", method: "DELETE", path: "/api/v1/teams/{team}/members/{member}", query: [], takesBody: false, idempotent: true, public: false, json: true },
  team_member_add: { id: "team_member_add", method: "PUT", path: "/api/v1/teams/{team}/members/{member}", query: [], takesBody: true, idempotent: true, public: false, json: true },
  teg_send: { id: "teg_send", method: "POST", path: "/api/v1/teg/send", query: [], takesBody: true, idempotent: true, public: false, json: true },
  transfer_list: { id: "transfer_list", method: "GET", path: "/api/v1/transfers", query: ["account", "currency", "cursor", "limit"], takesBody: false, idempotent: false, public: false, json: true },
  transfer_create: { id: "transfer_create", method: "POST", path: "/api/v1/transfers", query: [], takesBody: true, idempotent: true, public: false, json: true },
  transfer_batch: { id: "transfer_batch", method: "POST", path: "/api/v1/transfers/batch", query: [], takesBody: true, idempotent: true, public: false, json: true },
  transfer_quote: { id: "transfer_quote", method: "POST", path: "/api/v1/transfers/quote", query: [], takesBody: true, idempotent: false, public: false, json: true },
  transfer_get: { id: "transfer_get", method: "GET", path: "/api/v1/transfers/{transfer}", query: [], takesBody: false, idempotent: false, public: false, json: true },
  transfer_post: { id: "transfer_post", method: "POST", path: "/api/v1/transfers/{transfer}/post", query: [], takesBody: true, idempotent: true, public: false, json: true },
  transfer_void: { id: "transfer_void", method: "POST", path: "/api/v1/transfers/{transfer}/void", query: [], takesBody: true, idempotent: true, public: false, json: true },
  whoami: { id: "whoami", method: "GET", path: "/api/v1/whoami", query: [], takesBody: false, idempotent: false, public: false, json: true },
  did_web_get: { id: "did_web_get", method: "GET", path: "/dids/{agent}/did.json", query: [], takesBody: false, idempotent: false, public: true, json: true },
  did_log_get: { id: "did_log_get", method: "GET", path: "/dids/{agent}/did.jsonl", query: [], takesBody: false, idempotent: false, public: true, json: false },
  docs: { id: "docs", method: "GET", path: "/docs", query: [], takesBody: false, idempotent: false, public: true, json: false },
  health: { id: "health", method: "GET", path: "/healthz", query: [], takesBody: false, idempotent: false, public: true, json: true },
  metrics: { id: "metrics", method: "GET", path: "/metrics", query: [], takesBody: false, idempotent: false, public: true, json: false },
  openapi: { id: "openapi", method: "GET", path: "/openapi.json", query: [], takesBody: false, idempotent: false, public: true, json: true },
  ready: { id: "ready", method: "GET", path: "/readyz", query: [], takesBody: false, idempotent: false, public: true, json: true },
  version: { id: "version", method: "GET", path: "/version", query: [], takesBody: false, idempotent: false, public: true, json: true },
} as const satisfies Record<string, Operation>;

/** One method for each operation; `Client` says how they are carried out. */
export abstract class Operations {
  protected abstract call(operation: Operation, request: object, options: CallOptions): Promise<unknown>;
  protected abstract pages(operation: Operation, request: object): AsyncGenerator<unknown>;

  /**
   * Read the node's signed card. Version 0.4 of The Protocol's registry card: who the node is, what
   * it charges, and its supply as it knows it. The ETag changes only when the operator changes
   * something.
   */
  registryCardGet(request: RegistryCardGetRequest = {}, options: CallOptions = {}): Promise<RegistryCard> {
    return this.call(OPERATIONS.registry_card_get, request, options) as Promise<RegistryCard>;
  }

  /** Read the keys of the node's card. A JSON Web Key Set. */
  registryJwks(request: RegistryJwksRequest = {}, options: CallOptions = {}): Promise<KeySet> {
    return this.call(OPERATIONS.registry_jwks, request, options) as Promise<KeySet>;
  }

  /**
   * Read an agent's signed A2A card. A2A v1.0.1, signed over RFC 8785 bytes by the key that the
   * node keeps for the agent, and by the agent itself if it did.
   */
  agentCardWellKnown(request: AgentCardWellKnownRequest, options: CallOptions = {}): Promise<CardDocument> {
    return this.call(OPERATIONS.agent_card_well_known, request, options) as Promise<CardDocument>;
  }

  /**
   * Hand in an envelope. The body is a signed AMP envelope, authenticated by its own signature: no
   * other credential is read. Repeats are told by the envelope's id and nonce.
   */
  envelopeSubmit(request: EnvelopeSubmitRequest, options: CallOptions = {}): Promise<EnvelopeAccepted> {
    return this.call(OPERATIONS.envelope_submit, request, options) as Promise<EnvelopeAccepted>;
  }

  /**
   * Read an envelope. One that was accepted, with its signature. May also be carried by a signed
   * envelope addressed to the node.
   */
  envelopeGet(request: EnvelopeGetRequest, options: CallOptions = {}): Promise<EnvelopeView> {
    return this.call(OPERATIONS.envelope_get, request, options) as Promise<EnvelopeView>;
  }

  /**
   * Read a graph of envelopes. From the root intent to the last outcomes. May also be carried by a
   * signed envelope addressed to the node.
   */
  envelopeGraph(request: EnvelopeGraphRequest, options: CallOptions = {}): Promise<Graph> {
    return this.call(OPERATIONS.envelope_graph, request, options) as Promise<Graph>;
  }

  /**
   * Name a deputy. Who speaks in the caller's governance roles while the caller is away. May also
   * be carried by a signed envelope addressed to the node.
   */
  absenceDelegate(request: AbsenceDelegateRequest = {}, options: CallOptions = {}): Promise<Absence> {
    return this.call(OPERATIONS.absence_delegate, request, options) as Promise<Absence>;
  }

  /**
   * Read balances. What a principal holds, per currency. May also be carried by a signed envelope
   * addressed to the node.
   */
  balanceList(request: BalanceListRequest, options: CallOptions = {}): Promise<PageOfBalance> {
    return this.call(OPERATIONS.balance_list, request, options) as Promise<PageOfBalance>;
  }

  /** Read balances: all pages, item by item. */
  balanceListAll(request: BalanceListRequest): AsyncGenerator<Balance> {
    return this.pages(OPERATIONS.balance_list, request) as AsyncGenerator<Balance>;
  }

  /**
   * Do something through the gate. A native operation in the same step, a tool that the operator
   * lists, or an act of the caller's own, whose receipt it posts. 202 while it is under way. May
   * also be carried by a signed envelope addressed to the node.
   */
  actionSubmit(request: ActionSubmitRequest, options: CallOptions = {}): Promise<ActionView> {
    return this.call(OPERATIONS.action_submit, request, options) as Promise<ActionView>;
  }

  /**
   * Ask the gate. Whether an envelope would pass, or whether a submitted action covers a call that
   * arrived: 200, or 403 with an error for each lock that stays closed. May also be carried by a
   * signed envelope addressed to the node.
   */
  actionValidate(request: ActionValidateRequest = {}, options: CallOptions = {}): Promise<Validation> {
    return this.call(OPERATIONS.action_validate, request, options) as Promise<Validation>;
  }

  /**
   * Read an action. With its present state, and for who asked for it what came of it. May also be
   * carried by a signed envelope addressed to the node.
   */
  actionGet(request: ActionGetRequest, options: CallOptions = {}): Promise<ActionView> {
    return this.call(OPERATIONS.action_get, request, options) as Promise<ActionView>;
  }

  /**
   * Take an action. Its executor takes it to carry it out, once. May also be carried by a signed
   * envelope addressed to the node.
   */
  actionClaim(request: ActionClaimRequest, options: CallOptions = {}): Promise<ActionView> {
    return this.call(OPERATIONS.action_claim, request, options) as Promise<ActionView>;
  }

  /**
   * Post a receipt. Says how an action ended that was carried out outside of the node. May also be
   * carried by a signed envelope addressed to the node.
   */
  receiptPost(request: ReceiptPostRequest, options: CallOptions = {}): Promise<ActionView> {
    return this.call(OPERATIONS.receipt_post, request, options) as Promise<ActionView>;
  }

  /** List agents. The newest first. May also be carried by a signed envelope addressed to the node. */
  agentList(request: AgentListRequest = {}, options: CallOptions = {}): Promise<PageOfAgent> {
    return this.call(OPERATIONS.agent_list, request, options) as Promise<PageOfAgent>;
  }

  /** List agents: all pages, item by item. */
  agentListAll(request: AgentListRequest = {}): AsyncGenerator<Agent> {
    return this.pages(OPERATIONS.agent_list, request) as AsyncGenerator<Agent>;
  }

  /**
   * Register an agent. With a public key of the caller's, or with a key pair the node makes;
   * private key and API key are shown once and never kept. May also be carried by a signed envelope
   * addressed to the node.
   */
  agentCreate(request: AgentCreateRequest, options: CallOptions = {}): Promise<AgentCreated> {
    return this.call(OPERATIONS.agent_create, request, options) as Promise<AgentCreated>;
  }

  /**
   * Say whom the credential stands for. Its DID and whether it may act, for those who check a
   * credential that was shown to them. May also be carried by a signed envelope addressed to the
   * node.
   */
  agentMe(request: AgentMeRequest = {}, options: CallOptions = {}): Promise<Me> {
    return this.call(OPERATIONS.agent_me, request, options) as Promise<Me>;
  }

  /**
   * Read an agent. By its id or its DID. May also be carried by a signed envelope addressed to the
   * node.
   */
  agentGet(request: AgentGetRequest, options: CallOptions = {}): Promise<Agent> {
    return this.call(OPERATIONS.agent_get, request, options) as Promise<Agent>;
  }

  /**
   * Appeal against being stopped. By whoever is suspended or frozen, or its controller: one note
   * each time, which the owner reads. May also be carried by a signed envelope addressed to the
   * node.
   */
  appealLodge(request: AppealLodgeRequest, options: CallOptions = {}): Promise<AgentStanding> {
    return this.call(OPERATIONS.appeal_lodge, request, options) as Promise<AgentStanding>;
  }

  /**
   * Read an agent's card. The A2A card as its agent set it. May also be carried by a signed
   * envelope addressed to the node.
   */
  agentCardGet(request: AgentCardGetRequest, options: CallOptions = {}): Promise<CardDocument> {
    return this.call(OPERATIONS.agent_card_get, request, options) as Promise<CardDocument>;
  }

  /**
   * Set an agent's card. Replaces the whole A2A card; search and routing follow it. May also be
   * carried by a signed envelope addressed to the node.
   */
  agentCardSet(request: AgentCardSetRequest, options: CallOptions = {}): Promise<CardStored> {
    return this.call(OPERATIONS.agent_card_set, request, options) as Promise<CardStored>;
  }

  /**
   * Read an agent's signed card of The Protocol. The same profile in The Protocol's shape, signed
   * over its own canonical bytes. May also be carried by a signed envelope addressed to the node.
   */
  agentCardExport(request: AgentCardExportRequest, options: CallOptions = {}): Promise<CardDocument> {
    return this.call(OPERATIONS.agent_card_export, request, options) as Promise<CardDocument>;
  }

  /**
   * Sign a card as its agent. Puts the agent's own signature on either of its two documents beside
   * the node's; one that does not verify is refused. May also be carried by a signed envelope
   * addressed to the node.
   */
  agentCardSign(request: AgentCardSignRequest, options: CallOptions = {}): Promise<CardSigned> {
    return this.call(OPERATIONS.agent_card_sign, request, options) as Promise<CardSigned>;
  }

  /**
   * Rotate an agent's custodial key. The node signs the agent's documents with a new key from now
   * on; signatures by the last one stand for 7 days. May also be carried by a signed envelope
   * addressed to the node.
   */
  custodyKeySet(request: CustodyKeySetRequest, options: CallOptions = {}): Promise<CustodyKey> {
    return this.call(OPERATIONS.custody_key_set, request, options) as Promise<CustodyKey>;
  }

  /**
   * Read an agent's DID. With its aliases, its log, and what an entry must say for this node to
   * host the log. May also be carried by a signed envelope addressed to the node.
   */
  didGet(request: DidGetRequest, options: CallOptions = {}): Promise<AgentDid> {
    return this.call(OPERATIONS.did_get, request, options) as Promise<AgentDid>;
  }

  /**
   * Give an agent a DID log. In place of the DID of its key. The recovery key, by which its owner
   * can move it, is shown once unless it was brought. May also be carried by a signed envelope
   * addressed to the node.
   */
  didCreate(request: DidCreateRequest, options: CallOptions = {}): Promise<DidCreated> {
    return this.call(OPERATIONS.did_create, request, options) as Promise<DidCreated>;
  }

  /**
   * Hand in an agent's DID log. One that comes from another node, one that its owner wrote an entry
   * to, or one that leaves. It must prove itself and go on from the one that is here. May also be
   * carried by a signed envelope addressed to the node.
   */
  didLogSet(request: DidLogSetRequest, options: CallOptions = {}): Promise<DidLogStored> {
    return this.call(OPERATIONS.did_log_set, request, options) as Promise<DidLogStored>;
  }

  /**
   * Freeze an agent. Its money stays where it is until it is reinstated; whatever else it does, it
   * may do still. Only the node's owner, or whoever holds a grant from them. May also be carried by
   * a signed envelope addressed to the node.
   */
  agentFreeze(request: AgentFreezeRequest, options: CallOptions = {}): Promise<Agent> {
    return this.call(OPERATIONS.agent_freeze, request, options) as Promise<Agent>;
  }

  /**
   * Give an agent another key. The agent itself or who registered it may. The former key is
   * accepted for seven more days unless it is revoked; it cannot rotate again. Waits for another
   * person once somebody else was given a governance role. May also be carried by a signed envelope
   * addressed to the node.
   */
  agentKeyRotate(request: AgentKeyRotateRequest, options: CallOptions = {}): Promise<AgentKeyRotated> {
    return this.call(OPERATIONS.agent_key_rotate, request, options) as Promise<AgentKeyRotated>;
  }

  /**
   * List an agent's memories. The latest first, without their contents. May also be carried by a
   * signed envelope addressed to the node.
   */
  memoryList(request: MemoryListRequest, options: CallOptions = {}): Promise<PageOfMemory> {
    return this.call(OPERATIONS.memory_list, request, options) as Promise<PageOfMemory>;
  }

  /** List an agent's memories: all pages, item by item. */
  memoryListAll(request: MemoryListRequest): AsyncGenerator<Memory> {
    return this.pages(OPERATIONS.memory_list, request) as AsyncGenerator<Memory>;
  }

  /**
   * Write a memory. Text or bytes of up to 256 KiB, with a label and tags if wanted: all of it
   * sealed under a key of its own. By the agent, whoever manages it, or somebody it granted this;
   * never in an envelope, whose text is kept.
   */
  memoryWrite(request: MemoryWriteRequest, options: CallOptions = {}): Promise<Memory> {
    return this.call(OPERATIONS.memory_write, request, options) as Promise<Memory>;
  }

  /**
   * Read the keys of an agent's card. The key the node signs with as JSON Web Key, and in keys
   * every key that a signature on the card may be checked by. May also be carried by a signed
   * envelope addressed to the node.
   */
  agentPublicKey(request: AgentPublicKeyRequest, options: CallOptions = {}): Promise<PublicKeySet> {
    return this.call(OPERATIONS.agent_public_key, request, options) as Promise<PublicKeySet>;
  }

  /**
   * Reinstate an agent. It can act again. Only the node's owner, or whoever holds a grant from
   * them. May also be carried by a signed envelope addressed to the node.
   */
  agentReinstate(request: AgentReinstateRequest, options: CallOptions = {}): Promise<Agent> {
    return this.call(OPERATIONS.agent_reinstate, request, options) as Promise<Agent>;
  }

  /**
   * Read an agent's reputation. Ratings and outcomes of settled work, added up from the journal.
   * May also be carried by a signed envelope addressed to the node.
   */
  reputationGet(request: ReputationGetRequest, options: CallOptions = {}): Promise<Reputation> {
    return this.call(OPERATIONS.reputation_get, request, options) as Promise<Reputation>;
  }

  /**
   * Share an agent. A member or a team may look into what an agent of their organization does. May
   * also be carried by a signed envelope addressed to the node.
   */
  agentShare(request: AgentShareRequest, options: CallOptions = {}): Promise<Sharing> {
    return this.call(OPERATIONS.agent_share, request, options) as Promise<Sharing>;
  }

  /**
   * Read why an agent is stopped. Since when it is suspended or frozen, why, and its appeal; for
   * itself, suspended or not, its controller and the owner. May also be carried by a signed
   * envelope addressed to the node.
   */
  standingGet(request: StandingGetRequest, options: CallOptions = {}): Promise<AgentStanding> {
    return this.call(OPERATIONS.standing_get, request, options) as Promise<AgentStanding>;
  }

  /**
   * Suspend an agent. It cannot act until it is reinstated; its money stays. Only the node's owner,
   * or whoever holds a grant from them. May also be carried by a signed envelope addressed to the
   * node.
   */
  agentSuspend(request: AgentSuspendRequest, options: CallOptions = {}): Promise<Agent> {
    return this.call(OPERATIONS.agent_suspend, request, options) as Promise<Agent>;
  }

  /**
   * Revoke an agent's tokens. Every token its clients were given so far stops working; the clients
   * can get new ones. May also be carried by a signed envelope addressed to the node.
   */
  tokensRevoke(request: TokensRevokeRequest, options: CallOptions = {}): Promise<TokensRevoked> {
    return this.call(OPERATIONS.tokens_revoke, request, options) as Promise<TokensRevoked>;
  }

  /**
   * Hand an agent on. To an organization that the caller works in, or from one to a member. Its
   * credentials end unless they are kept. May also be carried by a signed envelope addressed to the
   * node.
   */
  agentTransfer(request: AgentTransferRequest, options: CallOptions = {}): Promise<AgentTransferred> {
    return this.call(OPERATIONS.agent_transfer, request, options) as Promise<AgentTransferred>;
  }

  /**
   * Share an agent no longer. With a member or a team. May also be carried by a signed envelope
   * addressed to the node.
   */
  agentUnshare(request: AgentUnshareRequest, options: CallOptions = {}): Promise<Sharing> {
    return this.call(OPERATIONS.agent_unshare, request, options) as Promise<Sharing>;
  }

  /**
   * List API keys. The caller's own, without their secrets. May also be carried by a signed
   * envelope addressed to the node.
   */
  apiKeyList(request: ApiKeyListRequest = {}, options: CallOptions = {}): Promise<PageOfApiKey> {
    return this.call(OPERATIONS.api_key_list, request, options) as Promise<PageOfApiKey>;
  }

  /** List API keys: all pages, item by item. */
  apiKeyListAll(request: ApiKeyListRequest = {}): AsyncGenerator<ApiKey> {
    return this.pages(OPERATIONS.api_key_list, request) as AsyncGenerator<ApiKey>;
  }

  /**
   * Make an API key. Of the caller, for the operations named; the secret is shown once. May also be
   * carried by a signed envelope addressed to the node.
   */
  apiKeyCreate(request: ApiKeyCreateRequest, options: CallOptions = {}): Promise<ApiKeyCreated> {
    return this.call(OPERATIONS.api_key_create, request, options) as Promise<ApiKeyCreated>;
  }

  /**
   * Revoke an API key. It stops working at once. May also be carried by a signed envelope addressed
   * to the node.
   */
  apiKeyRevoke(request: ApiKeyRevokeRequest, options: CallOptions = {}): Promise<ApiKey> {
    return this.call(OPERATIONS.api_key_revoke, request, options) as Promise<ApiKey>;
  }

  /**
   * List appeals. Those who are stopped and have said something to it, until they are reinstated.
   * Only the node's owner, or whoever holds a grant from them. May also be carried by a signed
   * envelope addressed to the node.
   */
  appealList(request: AppealListRequest = {}, options: CallOptions = {}): Promise<PageOfAgentStanding> {
    return this.call(OPERATIONS.appeal_list, request, options) as Promise<PageOfAgentStanding>;
  }

  /** List appeals: all pages, item by item. */
  appealListAll(request: AppealListRequest = {}): AsyncGenerator<AgentStanding> {
    return this.pages(OPERATIONS.appeal_list, request) as AsyncGenerator<AgentStanding>;
  }

  /**
   * List requests for approval. Those the caller asked for or has a say in, the newest first. May
   * also be carried by a signed envelope addressed to the node.
   */
  approvalList(request: ApprovalListRequest = {}, options: CallOptions = {}): Promise<PageOfApprovalRequest> {
    return this.call(OPERATIONS.approval_list, request, options) as Promise<PageOfApprovalRequest>;
  }

  /** List requests for approval: all pages, item by item. */
  approvalListAll(request: ApprovalListRequest = {}): AsyncGenerator<ApprovalRequest> {
    return this.pages(OPERATIONS.approval_list, request) as AsyncGenerator<ApprovalRequest>;
  }

  /**
   * Read a request for approval. With what was said so far. May also be carried by a signed
   * envelope addressed to the node.
   */
  approvalGet(request: ApprovalGetRequest, options: CallOptions = {}): Promise<ApprovalRequest> {
    return this.call(OPERATIONS.approval_get, request, options) as Promise<ApprovalRequest>;
  }

  /**
   * Bind a request to a call. Once, before anybody approves. May also be carried by a signed
   * envelope addressed to the node.
   */
  approvalBind(request: ApprovalBindRequest, options: CallOptions = {}): Promise<ApprovalRequest> {
    return this.call(OPERATIONS.approval_bind, request, options) as Promise<ApprovalRequest>;
  }

  /**
   * Approve or reject. By somebody without a part in it, once. A parked operation completes with
   * the last approval. May also be carried by a signed envelope addressed to the node.
   */
  approvalDecide(request: ApprovalDecideRequest, options: CallOptions = {}): Promise<ApprovalRequest> {
    return this.call(OPERATIONS.approval_decide, request, options) as Promise<ApprovalRequest>;
  }

  /**
   * Read an artifact. One of a task, or the manifest of a skill. May also be carried by a signed
   * envelope addressed to the node.
   */
  artifactGet(request: ArtifactGetRequest, options: CallOptions = {}): Promise<Artifact> {
    return this.call(OPERATIONS.artifact_get, request, options) as Promise<Artifact>;
  }

  /**
   * Log in. By e-mail address and password, with a code or a passkey where the account has a second
   * factor; or by a passkey alone.
   */
  sessionOpen(request: SessionOpenRequest = {}, options: CallOptions = {}): Promise<SessionOpened> {
    return this.call(OPERATIONS.session_open, request, options) as Promise<SessionOpened>;
  }

  /** Log out. Ends the session that asks, or another of the caller's. */
  sessionClose(request: SessionCloseRequest = {}, options: CallOptions = {}): Promise<Changed> {
    return this.call(OPERATIONS.session_close, request, options) as Promise<Changed>;
  }

  /** List passkeys. The caller's own. */
  passkeyList(request: PasskeyListRequest = {}, options: CallOptions = {}): Promise<PageOfPasskey> {
    return this.call(OPERATIONS.passkey_list, request, options) as Promise<PageOfPasskey>;
  }

  /** Add a passkey. The one that was begun: from now on a password alone is not enough. */
  passkeyAdd(request: PasskeyAddRequest, options: CallOptions = {}): Promise<Passkey> {
    return this.call(OPERATIONS.passkey_add, request, options) as Promise<Passkey>;
  }

  /**
   * Ask for a passkey. Gives what a browser asks an authenticator by, to log in or to approve:
   * once, within five minutes.
   */
  passkeyAsk(request: PasskeyAskRequest = {}, options: CallOptions = {}): Promise<PasskeyChallenge> {
    return this.call(OPERATIONS.passkey_ask, request, options) as Promise<PasskeyChallenge>;
  }

  /** Begin a passkey. Gives what a browser makes one by; it counts once passkey_add has its answer. */
  passkeyBegin(request: PasskeyBeginRequest, options: CallOptions = {}): Promise<PasskeyChallenge> {
    return this.call(OPERATIONS.passkey_begin, request, options) as Promise<PasskeyChallenge>;
  }

  /** Remove a passkey. By the password. It counts no longer. */
  passkeyRemove(request: PasskeyRemoveRequest, options: CallOptions = {}): Promise<Changed> {
    return this.call(OPERATIONS.passkey_remove, request, options) as Promise<Changed>;
  }

  /** Change the password. Every session ends. */
  passwordChange(request: PasswordChangeRequest, options: CallOptions = {}): Promise<Changed> {
    return this.call(OPERATIONS.password_change, request, options) as Promise<Changed>;
  }

  /**
   * Recover an account. Sets a new password by a recovery key; every session and every second
   * factor ends.
   */
  accountRecover(request: AccountRecoverRequest, options: CallOptions = {}): Promise<AccountRecovered> {
    return this.call(OPERATIONS.account_recover, request, options) as Promise<AccountRecovered>;
  }

  /** Make recovery keys. New ones, shown once; those before are void. */
  recoveryKeysSet(request: RecoveryKeysSetRequest, options: CallOptions = {}): Promise<RecoveryKeys> {
    return this.call(OPERATIONS.recovery_keys_set, request, options) as Promise<RecoveryKeys>;
  }

  /**
   * Ask for an account. A token is mailed to the address; nothing is recorded before it was shown.
   * The answer is the same whether the address is known.
   */
  accountRegister(request: AccountRegisterRequest, options: CallOptions = {}): Promise<RegistrationBegun> {
    return this.call(OPERATIONS.account_register, request, options) as Promise<RegistrationBegun>;
  }

  /** List sessions. The caller's own, without their secrets. */
  sessionList(request: SessionListRequest = {}, options: CallOptions = {}): Promise<PageOfSession> {
    return this.call(OPERATIONS.session_list, request, options) as Promise<PageOfSession>;
  }

  /**
   * Set a new password. By the token that account_recover gave: once, within ten minutes. The
   * recovery key is used up then.
   */
  newPasswordSet(request: NewPasswordSetRequest, options: CallOptions = {}): Promise<NewPasswordStored> {
    return this.call(OPERATIONS.new_password_set, request, options) as Promise<NewPasswordStored>;
  }

  /** Enable a second factor. By a code of the secret that was begun. */
  totpEnable(request: TotpEnableRequest, options: CallOptions = {}): Promise<Changed> {
    return this.call(OPERATIONS.totp_enable, request, options) as Promise<Changed>;
  }

  /**
   * Begin a second factor. Makes a secret for an authenticator; it counts once a code of it was
   * shown.
   */
  totpBegin(request: TotpBeginRequest = {}, options: CallOptions = {}): Promise<TotpBegun> {
    return this.call(OPERATIONS.totp_begin, request, options) as Promise<TotpBegun>;
  }

  /** Disable the second factor. By the password. */
  totpDisable(request: TotpDisableRequest, options: CallOptions = {}): Promise<Changed> {
    return this.call(OPERATIONS.totp_disable, request, options) as Promise<Changed>;
  }

  /** Make the account. By the token that was mailed: once, within an hour. */
  accountVerify(request: AccountVerifyRequest, options: CallOptions = {}): Promise<AccountCreated> {
    return this.call(OPERATIONS.account_verify, request, options) as Promise<AccountCreated>;
  }

  /**
   * Burn money. Destroys money of a currency that this node issues. Waits for another person once
   * somebody else was given a governance role. Only the node's owner, or whoever holds a grant from
   * them. With dry_run the answer says what would happen, and nothing does. May also be carried by
   * a signed envelope addressed to the node.
   */
  burnCreate(request: BurnCreateRequest, options: CallOptions = {}): Promise<Transfer> {
    return this.call(OPERATIONS.burn_create, request, options) as Promise<Transfer>;
  }

  /**
   * List callbacks. What became of the calls by which somebody wanted to be told how an approval,
   * an action or an evaluation ended: open, delivered or dead, with how often they were sent. May
   * also be carried by a signed envelope addressed to the node.
   */
  callbackList(request: CallbackListRequest = {}, options: CallOptions = {}): Promise<PageOfCallback> {
    return this.call(OPERATIONS.callback_list, request, options) as Promise<PageOfCallback>;
  }

  /** List callbacks: all pages, item by item. */
  callbackListAll(request: CallbackListRequest = {}): AsyncGenerator<Callback> {
    return this.pages(OPERATIONS.callback_list, request) as AsyncGenerator<Callback>;
  }

  /**
   * List OAuth clients. The caller's own, without their secrets. May also be carried by a signed
   * envelope addressed to the node.
   */
  clientList(request: ClientListRequest = {}, options: CallOptions = {}): Promise<PageOfClient> {
    return this.call(OPERATIONS.client_list, request, options) as Promise<PageOfClient>;
  }

  /** List OAuth clients: all pages, item by item. */
  clientListAll(request: ClientListRequest = {}): AsyncGenerator<Client> {
    return this.pages(OPERATIONS.client_list, request) as AsyncGenerator<Client>;
  }

  /**
   * Make an OAuth client. Of the caller or an agent it controls; the secret is shown once and gets
   * tokens of an hour at /oauth/token. May also be carried by a signed envelope addressed to the
   * node.
   */
  clientCreate(request: ClientCreateRequest, options: CallOptions = {}): Promise<ClientCreated> {
    return this.call(OPERATIONS.client_create, request, options) as Promise<ClientCreated>;
  }

  /**
   * Revoke an OAuth client. With every token it was given, at once. May also be carried by a signed
   * envelope addressed to the node.
   */
  clientRevoke(request: ClientRevokeRequest, options: CallOptions = {}): Promise<ClientRevoked> {
    return this.call(OPERATIONS.client_revoke, request, options) as Promise<ClientRevoked>;
  }

  /**
   * Accept a jump of the clock. Ends clock_unsure after the machine's clock moved by more than 5
   * seconds. Only the node's owner, or whoever holds a grant from them. May also be carried by a
   * signed envelope addressed to the node.
   */
  clockAccept(request: ClockAcceptRequest = {}, options: CallOptions = {}): Promise<ClockAccepted> {
    return this.call(OPERATIONS.clock_accept, request, options) as Promise<ClockAccepted>;
  }

  /**
   * List currencies. Those this node holds, its own and foreign ones. May also be carried by a
   * signed envelope addressed to the node.
   */
  currencyList(request: CurrencyListRequest = {}, options: CallOptions = {}): Promise<PageOfCurrencyInfo> {
    return this.call(OPERATIONS.currency_list, request, options) as Promise<PageOfCurrencyInfo>;
  }

  /** List currencies: all pages, item by item. */
  currencyListAll(request: CurrencyListRequest = {}): AsyncGenerator<CurrencyInfo> {
    return this.pages(OPERATIONS.currency_list, request) as AsyncGenerator<CurrencyInfo>;
  }

  /**
   * Make a currency. One that this node issues. Only the node's owner, or whoever holds a grant
   * from them. May also be carried by a signed envelope addressed to the node.
   */
  currencyCreate(request: CurrencyCreateRequest, options: CallOptions = {}): Promise<CurrencyInfo> {
    return this.call(OPERATIONS.currency_create, request, options) as Promise<CurrencyInfo>;
  }

  /**
   * List API keys that may be used. As The Protocol's clients ask for them: the caller's own, in
   * one array. May also be carried by a signed envelope addressed to the node.
   */
  developerKeyList(request: DeveloperKeyListRequest = {}, options: CallOptions = {}): Promise<DeveloperKeys> {
    return this.call(OPERATIONS.developer_key_list, request, options) as Promise<DeveloperKeys>;
  }

  /**
   * Make an API key for everything. As The Protocol's clients ask for one; the secret is shown
   * once. May also be carried by a signed envelope addressed to the node.
   */
  developerKeyCreate(request: DeveloperKeyCreateRequest = {}, options: CallOptions = {}): Promise<DeveloperKeyMade> {
    return this.call(OPERATIONS.developer_key_create, request, options) as Promise<DeveloperKeyMade>;
  }

  /**
   * Take an API key back. As The Protocol's clients ask for it; it stops working at once. May also
   * be carried by a signed envelope addressed to the node.
   */
  developerKeyRevoke(request: DeveloperKeyRevokeRequest, options: CallOptions = {}): Promise<DeveloperKey> {
    return this.call(OPERATIONS.developer_key_revoke, request, options) as Promise<DeveloperKey>;
  }

  /**
   * Resolve a DID. Of this node, for everyone; did:key; for principals also did:webvh and did:web
   * of other hosts, fetched by the rules for going out and remembered, so that no host can take
   * back what it showed. May also be carried by a signed envelope addressed to the node.
   */
  didResolve(request: DidResolveRequest, options: CallOptions = {}): Promise<DidResolved> {
    return this.call(OPERATIONS.did_resolve, request, options) as Promise<DidResolved>;
  }

  /**
   * Find agents. By words, skill, highest price and lowest reputation; best matches first. May also
   * be carried by a signed envelope addressed to the node.
   */
  discover(request: DiscoverRequest = {}, options: CallOptions = {}): Promise<Discovered> {
    return this.call(OPERATIONS.discover, request, options) as Promise<Discovered>;
  }

  /**
   * List escalations. Of tasks the caller takes part in, the newest first. May also be carried by a
   * signed envelope addressed to the node.
   */
  escalationList(request: EscalationListRequest = {}, options: CallOptions = {}): Promise<PageOfEscalation> {
    return this.call(OPERATIONS.escalation_list, request, options) as Promise<PageOfEscalation>;
  }

  /** List escalations: all pages, item by item. */
  escalationListAll(request: EscalationListRequest = {}): AsyncGenerator<Escalation> {
    return this.pages(OPERATIONS.escalation_list, request) as AsyncGenerator<Escalation>;
  }

  /**
   * Read an escalation. With what came of it. May also be carried by a signed envelope addressed to
   * the node.
   */
  escalationGet(request: EscalationGetRequest, options: CallOptions = {}): Promise<Escalation> {
    return this.call(OPERATIONS.escalation_get, request, options) as Promise<Escalation>;
  }

  /**
   * Resolve an escalation. Upheld ends the task, dismissed restores it, partially upheld has it
   * approved anew. May also be carried by a signed envelope addressed to the node.
   */
  escalationResolve(request: EscalationResolveRequest, options: CallOptions = {}): Promise<Escalation> {
    return this.call(OPERATIONS.escalation_resolve, request, options) as Promise<Escalation>;
  }

  /**
   * Explain. Why something was blocked, or how it came to be: by the id of an action, a receipt or
   * a task, or by the code of a refusal. May also be carried by a signed envelope addressed to the
   * node.
   */
  explain(request: ExplainRequest, options: CallOptions = {}): Promise<Explained> {
    return this.call(OPERATIONS.explain, request, options) as Promise<Explained>;
  }

  /**
   * List funding requests. Those of the caller and of agents it controls, for the owner everyone's;
   * decided ones for 30 days. May also be carried by a signed envelope addressed to the node.
   */
  fundingList(request: FundingListRequest = {}, options: CallOptions = {}): Promise<PageOfFunding> {
    return this.call(OPERATIONS.funding_list, request, options) as Promise<PageOfFunding>;
  }

  /** List funding requests: all pages, item by item. */
  fundingListAll(request: FundingListRequest = {}): AsyncGenerator<Funding> {
    return this.pages(OPERATIONS.funding_list, request) as AsyncGenerator<Funding>;
  }

  /**
   * Ask the node for money. For the caller or an agent it controls; the owner approves or rejects.
   * May also be carried by a signed envelope addressed to the node.
   */
  fundingRequest(request: FundingRequestRequest, options: CallOptions = {}): Promise<Funding> {
    return this.call(OPERATIONS.funding_request, request, options) as Promise<Funding>;
  }

  /**
   * Approve a funding request. Mints what was asked for. Only the node's owner, or whoever holds a
   * grant from them. May also be carried by a signed envelope addressed to the node.
   */
  fundingApprove(request: FundingApproveRequest, options: CallOptions = {}): Promise<Funding> {
    return this.call(OPERATIONS.funding_approve, request, options) as Promise<Funding>;
  }

  /**
   * Reject a funding request. Nothing moves. Only the node's owner, or whoever holds a grant from
   * them. May also be carried by a signed envelope addressed to the node.
   */
  fundingReject(request: FundingRejectRequest, options: CallOptions = {}): Promise<Funding> {
    return this.call(OPERATIONS.funding_reject, request, options) as Promise<Funding>;
  }

  /**
   * List grants. Those the caller gave or holds; the node's owner may name whose. May also be
   * carried by a signed envelope addressed to the node.
   */
  grantList(request: GrantListRequest = {}, options: CallOptions = {}): Promise<PageOfGrant> {
    return this.call(OPERATIONS.grant_list, request, options) as Promise<PageOfGrant>;
  }

  /** List grants: all pages, item by item. */
  grantListAll(request: GrantListRequest = {}): AsyncGenerator<Grant> {
    return this.pages(OPERATIONS.grant_list, request) as AsyncGenerator<Grant>;
  }

  /**
   * Give authority. Over the caller's own things, or narrowed from a grant the caller holds. May
   * also be carried by a signed envelope addressed to the node.
   */
  grantCreate(request: GrantCreateRequest, options: CallOptions = {}): Promise<Grant> {
    return this.call(OPERATIONS.grant_create, request, options) as Promise<Grant>;
  }

  /**
   * Read a grant. With what was used of it and every grant above it. May also be carried by a
   * signed envelope addressed to the node.
   */
  grantGet(request: GrantGetRequest, options: CallOptions = {}): Promise<Grant> {
    return this.call(OPERATIONS.grant_get, request, options) as Promise<Grant>;
  }

  /**
   * Export a grant. With every one above it, signed by the node and proven to stand in its journal:
   * for whoever verifies it offline. May also be carried by a signed envelope addressed to the
   * node.
   */
  grantExport(request: GrantExportRequest, options: CallOptions = {}): Promise<GrantDocument> {
    return this.call(OPERATIONS.grant_export, request, options) as Promise<GrantDocument>;
  }

  /**
   * Give a grant up. One that the caller, or a principal it controls, holds; with everything that
   * was narrowed from it. May also be carried by a signed envelope addressed to the node.
   */
  grantRelinquish(request: GrantRelinquishRequest, options: CallOptions = {}): Promise<Grant> {
    return this.call(OPERATIONS.grant_relinquish, request, options) as Promise<Grant>;
  }

  /**
   * Take authority back. With everything that was narrowed from it. May also be carried by a signed
   * envelope addressed to the node.
   */
  grantRevoke(request: GrantRevokeRequest, options: CallOptions = {}): Promise<Grant> {
    return this.call(OPERATIONS.grant_revoke, request, options) as Promise<Grant>;
  }

  /**
   * Join an organization. By the token of an invitation. May also be carried by a signed envelope
   * addressed to the node.
   */
  inviteAccept(request: InviteAcceptRequest, options: CallOptions = {}): Promise<Org> {
    return this.call(OPERATIONS.invite_accept, request, options) as Promise<Org>;
  }

  /**
   * Take an invitation back. Nobody joins by it any more. May also be carried by a signed envelope
   * addressed to the node.
   */
  inviteRevoke(request: InviteRevokeRequest, options: CallOptions = {}): Promise<InviteRevoked> {
    return this.call(OPERATIONS.invite_revoke, request, options) as Promise<InviteRevoked>;
  }

  /** Read the latest checkpoint. A signed note: origin, tree size and root. */
  journalCheckpoint(request: JournalCheckpointRequest = {}, options: CallOptions = {}): Promise<Uint8Array> {
    return this.call(OPERATIONS.journal_checkpoint, request, options) as Promise<Uint8Array>;
  }

  /**
   * Prove that nothing was rewritten. That a later tree only appended to an earlier one. May also
   * be carried by a signed envelope addressed to the node.
   */
  journalConsistency(request: JournalConsistencyRequest, options: CallOptions = {}): Promise<ConsistencyProof> {
    return this.call(OPERATIONS.journal_consistency, request, options) as Promise<ConsistencyProof>;
  }

  /**
   * Read an entry. With the exact bytes that were hashed. May also be carried by a signed envelope
   * addressed to the node.
   */
  entryGet(request: EntryGetRequest, options: CallOptions = {}): Promise<EntryView> {
    return this.call(OPERATIONS.entry_get, request, options) as Promise<EntryView>;
  }

  /**
   * Export the journal. A stream of lines that hansa audit verifies offline; what the caller may
   * not see stands as its leaf hash.
   */
  journalExport(request: JournalExportRequest = {}, options: CallOptions = {}): Promise<Uint8Array> {
    return this.call(OPERATIONS.journal_export, request, options) as Promise<Uint8Array>;
  }

  /**
   * Prove that an entry is included. The siblings from the entry's leaf to the root. May also be
   * carried by a signed envelope addressed to the node.
   */
  journalInclusion(request: JournalInclusionRequest, options: CallOptions = {}): Promise<InclusionProof> {
    return this.call(OPERATIONS.journal_inclusion, request, options) as Promise<InclusionProof>;
  }

  /**
   * Erase a memory. Destroys its key, salts and records. Answers with a signed receipt. With
   * dry_run the answer says what would happen, and nothing does. May also be carried by a signed
   * envelope addressed to the node.
   */
  memoryDelete(request: MemoryDeleteRequest, options: CallOptions = {}): Promise<MemoryErasure> {
    return this.call(OPERATIONS.memory_delete, request, options) as Promise<MemoryErasure>;
  }

  /**
   * Read a memory. With its content; for whoever may write to the agent's memories, and for nobody
   * else, the node's owner included. May also be carried by a signed envelope addressed to the
   * node.
   */
  memoryRead(request: MemoryReadRequest, options: CallOptions = {}): Promise<Memory> {
    return this.call(OPERATIONS.memory_read, request, options) as Promise<Memory>;
  }

  /**
   * Mint money. Makes money of a currency that this node issues. Waits for another person once
   * somebody else was given a governance role. Only the node's owner, or whoever holds a grant from
   * them. With dry_run the answer says what would happen, and nothing does. May also be carried by
   * a signed envelope addressed to the node.
   */
  mintCreate(request: MintCreateRequest, options: CallOptions = {}): Promise<Transfer> {
    return this.call(OPERATIONS.mint_create, request, options) as Promise<Transfer>;
  }

  /**
   * Describe this node. Its DID and key, its incarnation and mode, the currencies it holds and the
   * fee it takes. May also be carried by a signed envelope addressed to the node.
   */
  nodeGet(request: NodeGetRequest = {}, options: CallOptions = {}): Promise<NodeInfo> {
    return this.call(OPERATIONS.node_get, request, options) as Promise<NodeInfo>;
  }

  /**
   * Make a bootstrap token. As The Protocol's clients ask for one: 5 minutes, single use, 5 a
   * minute. May also be carried by a signed envelope addressed to the node.
   */
  onboardToken(request: OnboardTokenRequest = {}, options: CallOptions = {}): Promise<OnboardTokenMade> {
    return this.call(OPERATIONS.onboard_token, request, options) as Promise<OnboardTokenMade>;
  }

  /**
   * Onboard an agent with its card. As The Protocol's clients ask for it: card, DID, OAuth client
   * and genesis grant in one call; secrets are shown once. May also be carried by a signed envelope
   * addressed to the node.
   */
  onboardAgent(request: OnboardAgentRequest, options: CallOptions = {}): Promise<OnboardedAgent> {
    return this.call(OPERATIONS.onboard_agent, request, options) as Promise<OnboardedAgent>;
  }

  /**
   * Onboard an agent. Key, DID, OAuth client and genesis grant in one call, by an API key, a token,
   * an envelope or the header Bootstrap-Token; secrets are shown once. May also be carried by a
   * signed envelope addressed to the node.
   */
  agentOnboard(request: AgentOnboardRequest, options: CallOptions = {}): Promise<AgentOnboarded> {
    return this.call(OPERATIONS.agent_onboard, request, options) as Promise<AgentOnboarded>;
  }

  /**
   * Make a bootstrap token. With it somebody else onboards one agent in the caller's name: 5
   * minutes, single use, 5 a minute. May also be carried by a signed envelope addressed to the
   * node.
   */
  bootstrapCreate(request: BootstrapCreateRequest = {}, options: CallOptions = {}): Promise<BootstrapCreated> {
    return this.call(OPERATIONS.bootstrap_create, request, options) as Promise<BootstrapCreated>;
  }

  /**
   * List organizations. Those the caller is in, and as what. May also be carried by a signed
   * envelope addressed to the node.
   */
  orgList(request: OrgListRequest = {}, options: CallOptions = {}): Promise<PageOfOrg> {
    return this.call(OPERATIONS.org_list, request, options) as Promise<PageOfOrg>;
  }

  /** List organizations: all pages, item by item. */
  orgListAll(request: OrgListRequest = {}): AsyncGenerator<Org> {
    return this.pages(OPERATIONS.org_list, request) as AsyncGenerator<Org>;
  }

  /**
   * Make an organization. Owned by the caller. It has no credentials: its members act for it by
   * their roles. May also be carried by a signed envelope addressed to the node.
   */
  orgCreate(request: OrgCreateRequest, options: CallOptions = {}): Promise<Org> {
    return this.call(OPERATIONS.org_create, request, options) as Promise<Org>;
  }

  /**
   * Read an organization. One that the caller is in. May also be carried by a signed envelope
   * addressed to the node.
   */
  orgGet(request: OrgGetRequest, options: CallOptions = {}): Promise<Org> {
    return this.call(OPERATIONS.org_get, request, options) as Promise<Org>;
  }

  /**
   * List an organization's agents. A guest sees those that are shared with them. May also be
   * carried by a signed envelope addressed to the node.
   */
  orgAgentList(request: OrgAgentListRequest, options: CallOptions = {}): Promise<PageOfOrgAgent> {
    return this.call(OPERATIONS.org_agent_list, request, options) as Promise<PageOfOrgAgent>;
  }

  /** List an organization's agents: all pages, item by item. */
  orgAgentListAll(request: OrgAgentListRequest): AsyncGenerator<OrgAgent> {
    return this.pages(OPERATIONS.org_agent_list, request) as AsyncGenerator<OrgAgent>;
  }

  /**
   * List invitations. Those that nobody has used, for owners and admins. May also be carried by a
   * signed envelope addressed to the node.
   */
  inviteList(request: InviteListRequest, options: CallOptions = {}): Promise<PageOfInvite> {
    return this.call(OPERATIONS.invite_list, request, options) as Promise<PageOfInvite>;
  }

  /** List invitations: all pages, item by item. */
  inviteListAll(request: InviteListRequest): AsyncGenerator<Invite> {
    return this.pages(OPERATIONS.invite_list, request) as AsyncGenerator<Invite>;
  }

  /**
   * Invite somebody. The token is shown once and good once; with an e-mail address for its account
   * alone. May also be carried by a signed envelope addressed to the node.
   */
  inviteCreate(request: InviteCreateRequest, options: CallOptions = {}): Promise<InviteCreated> {
    return this.call(OPERATIONS.invite_create, request, options) as Promise<InviteCreated>;
  }

  /**
   * Leave an organization. The last owner cannot. May also be carried by a signed envelope
   * addressed to the node.
   */
  orgLeave(request: OrgLeaveRequest, options: CallOptions = {}): Promise<MembershipEnded> {
    return this.call(OPERATIONS.org_leave, request, options) as Promise<MembershipEnded>;
  }

  /**
   * List members. With their roles; a guest sees themselves alone. May also be carried by a signed
   * envelope addressed to the node.
   */
  orgMemberList(request: OrgMemberListRequest, options: CallOptions = {}): Promise<PageOfOrgMember> {
    return this.call(OPERATIONS.org_member_list, request, options) as Promise<PageOfOrgMember>;
  }

  /** List members: all pages, item by item. */
  orgMemberListAll(request: OrgMemberListRequest): AsyncGenerator<OrgMember> {
    return this.pages(OPERATIONS.org_member_list, request) as AsyncGenerator<OrgMember>;
  }

  /**
   * Remove a member. With the authority that came with their role, and what they handed on of it.
   * May also be carried by a signed envelope addressed to the node.
   */
  orgMemberRemove(request: OrgMemberRemoveRequest, options: CallOptions = {}): Promise<MembershipEnded> {
    return this.call(OPERATIONS.org_member_remove, request, options) as Promise<MembershipEnded>;
  }

  /**
   * Set a member's role. An owner everybody's, an admin that of members and guests. An organization
   * keeps an owner. May also be carried by a signed envelope addressed to the node.
   */
  orgMemberRoleSet(request: OrgMemberRoleSetRequest, options: CallOptions = {}): Promise<OrgMember> {
    return this.call(OPERATIONS.org_member_role_set, request, options) as Promise<OrgMember>;
  }

  /**
   * List teams. A guest sees those they are in. May also be carried by a signed envelope addressed
   * to the node.
   */
  teamList(request: TeamListRequest, options: CallOptions = {}): Promise<PageOfTeam> {
    return this.call(OPERATIONS.team_list, request, options) as Promise<PageOfTeam>;
  }

  /** List teams: all pages, item by item. */
  teamListAll(request: TeamListRequest): AsyncGenerator<Team> {
    return this.pages(OPERATIONS.team_list, request) as AsyncGenerator<Team>;
  }

  /**
   * Make a team. A named subset of the members, with whom agents are shared at once. May also be
   * carried by a signed envelope addressed to the node.
   */
  teamCreate(request: TeamCreateRequest, options: CallOptions = {}): Promise<Team> {
    return this.call(OPERATIONS.team_create, request, options) as Promise<Team>;
  }

  /**
   * Hand an organization on. Another member becomes its owner, and the caller an admin. May also be
   * carried by a signed envelope addressed to the node.
   */
  orgOwnerTransfer(request: OrgOwnerTransferRequest, options: CallOptions = {}): Promise<Org> {
    return this.call(OPERATIONS.org_owner_transfer, request, options) as Promise<Org>;
  }

  /**
   * List what shadow sets would have decided. Acts about which a set in shadow said something else
   * than what counted, the latest first. May also be carried by a signed envelope addressed to the
   * node.
   */
  policyDifferenceList(request: PolicyDifferenceListRequest = {}, options: CallOptions = {}): Promise<PageOfPolicyDifference> {
    return this.call(OPERATIONS.policy_difference_list, request, options) as Promise<PageOfPolicyDifference>;
  }

  /** List what shadow sets would have decided: all pages, item by item. */
  policyDifferenceListAll(request: PolicyDifferenceListRequest = {}): AsyncGenerator<PolicyDifference> {
    return this.pages(OPERATIONS.policy_difference_list, request) as AsyncGenerator<PolicyDifference>;
  }

  /**
   * Ask what policy would say. Of an act of the caller's, recorded. It is no leave to act: whoever
   * acts is judged again. May also be carried by a signed envelope addressed to the node.
   */
  policyEvaluate(request: PolicyEvaluateRequest = {}, options: CallOptions = {}): Promise<PolicyEvaluation> {
    return this.call(OPERATIONS.policy_evaluate, request, options) as Promise<PolicyEvaluation>;
  }

  /**
   * Read what policy said. One's own, or one of a task that the caller takes part in. May also be
   * carried by a signed envelope addressed to the node.
   */
  policyEvaluationGet(request: PolicyEvaluationGetRequest, options: CallOptions = {}): Promise<PolicyEvaluation> {
    return this.call(OPERATIONS.policy_evaluation_get, request, options) as Promise<PolicyEvaluation>;
  }

  /**
   * List policy sets. The newest first, without their rules. May also be carried by a signed
   * envelope addressed to the node.
   */
  policySetList(request: PolicySetListRequest = {}, options: CallOptions = {}): Promise<PageOfPolicySet> {
    return this.call(OPERATIONS.policy_set_list, request, options) as Promise<PageOfPolicySet>;
  }

  /** List policy sets: all pages, item by item. */
  policySetListAll(request: PolicySetListRequest = {}): AsyncGenerator<PolicySet> {
    return this.pages(OPERATIONS.policy_set_list, request) as AsyncGenerator<PolicySet>;
  }

  /**
   * Make a policy set. As a draft: it decides nothing until it is activated. Its rules must
   * compile. Only the node's owner, or whoever holds a grant from them. May also be carried by a
   * signed envelope addressed to the node.
   */
  policySetCreate(request: PolicySetCreateRequest, options: CallOptions = {}): Promise<PolicySet> {
    return this.call(OPERATIONS.policy_set_create, request, options) as Promise<PolicySet>;
  }

  /**
   * Read a policy set. With its rules, for whoever sees everything of the node. May also be carried
   * by a signed envelope addressed to the node.
   */
  policySetGet(request: PolicySetGetRequest, options: CallOptions = {}): Promise<PolicySet> {
    return this.call(OPERATIONS.policy_set_get, request, options) as Promise<PolicySet>;
  }

  /**
   * Activate a policy set. In the place of the active one of its name. Taking the place of an
   * enforced one takes two people: the second asks for the same. Only the node's owner, or whoever
   * holds a grant from them. May also be carried by a signed envelope addressed to the node.
   */
  policySetActivate(request: PolicySetActivateRequest, options: CallOptions = {}): Promise<PolicySet> {
    return this.call(OPERATIONS.policy_set_activate, request, options) as Promise<PolicySet>;
  }

  /**
   * Deprecate a policy set. It is no longer asked by itself. Of an enforced set this takes two
   * people. Only the node's owner, or whoever holds a grant from them. May also be carried by a
   * signed envelope addressed to the node.
   */
  policySetDeprecate(request: PolicySetDeprecateRequest, options: CallOptions = {}): Promise<PolicySet> {
    return this.call(OPERATIONS.policy_set_deprecate, request, options) as Promise<PolicySet>;
  }

  /**
   * Set a policy set's mode. Anything less than before takes two people: the second asks for the
   * same. Only the node's owner, or whoever holds a grant from them. May also be carried by a
   * signed envelope addressed to the node.
   */
  policySetModeSet(request: PolicySetModeSetRequest, options: CallOptions = {}): Promise<PolicySet> {
    return this.call(OPERATIONS.policy_set_mode_set, request, options) as Promise<PolicySet>;
  }

  /**
   * Revoke a policy set. For good. Of an enforced set this takes two people. Only the node's owner,
   * or whoever holds a grant from them. May also be carried by a signed envelope addressed to the
   * node.
   */
  policySetRevoke(request: PolicySetRevokeRequest, options: CallOptions = {}): Promise<PolicySet> {
    return this.call(OPERATIONS.policy_set_revoke, request, options) as Promise<PolicySet>;
  }

  /**
   * Erase a principal. Destroys its documents with their key, revokes its API keys and ends its
   * acting for good; its money and its history stay. Answers with a signed receipt. With dry_run
   * the answer says what would happen, and nothing does. May also be carried by a signed envelope
   * addressed to the node.
   */
  principalErase(request: PrincipalEraseRequest, options: CallOptions = {}): Promise<Erasure> {
    return this.call(OPERATIONS.principal_erase, request, options) as Promise<Erasure>;
  }

  /**
   * Audit the supply. Adds all accounts up, per currency; delta is always zero on a sound ledger.
   * May also be carried by a signed envelope addressed to the node.
   */
  supplyAudit(request: SupplyAuditRequest = {}, options: CallOptions = {}): Promise<Supply> {
    return this.call(OPERATIONS.supply_audit, request, options) as Promise<Supply>;
  }

  /**
   * Read a receipt. Signed by the node's key, for its parties. May also be carried by a signed
   * envelope addressed to the node.
   */
  receiptGet(request: ReceiptGetRequest, options: CallOptions = {}): Promise<ActionReceipt> {
    return this.call(OPERATIONS.receipt_get, request, options) as Promise<ActionReceipt>;
  }

  /**
   * List governance roles. Who holds which. May also be carried by a signed envelope addressed to
   * the node.
   */
  roleList(request: RoleListRequest = {}, options: CallOptions = {}): Promise<PageOfRole> {
    return this.call(OPERATIONS.role_list, request, options) as Promise<PageOfRole>;
  }

  /** List governance roles: all pages, item by item. */
  roleListAll(request: RoleListRequest = {}): AsyncGenerator<Role> {
    return this.pages(OPERATIONS.role_list, request) as AsyncGenerator<Role>;
  }

  /**
   * Assign a governance role. executive, compliance_monitor or impact_assessor. From the first that
   * somebody else is given, minting, burning, funding and key rotations wait for an approval. Only
   * the node's owner, or whoever holds a grant from them. May also be carried by a signed envelope
   * addressed to the node.
   */
  roleAssign(request: RoleAssignRequest, options: CallOptions = {}): Promise<Role> {
    return this.call(OPERATIONS.role_assign, request, options) as Promise<Role>;
  }

  /**
   * Withdraw a governance role. What its holder approved and nobody used counts no longer. Only the
   * node's owner, or whoever holds a grant from them. May also be carried by a signed envelope
   * addressed to the node.
   */
  roleWithdraw(request: RoleWithdrawRequest, options: CallOptions = {}): Promise<Role> {
    return this.call(OPERATIONS.role_withdraw, request, options) as Promise<Role>;
  }

  /**
   * Make the first owner. Needs the one-time token the node printed when it started (30 minutes, 5
   * tries). Secrets in the answer are shown once.
   */
  setupComplete(request: SetupCompleteRequest, options: CallOptions = {}): Promise<SetupDone> {
    return this.call(OPERATIONS.setup_complete, request, options) as Promise<SetupDone>;
  }

  /**
   * List skills. Their manifests, the newest first. May also be carried by a signed envelope
   * addressed to the node.
   */
  skillManifestList(request: SkillManifestListRequest = {}, options: CallOptions = {}): Promise<PageOfArtifact> {
    return this.call(OPERATIONS.skill_manifest_list, request, options) as Promise<PageOfArtifact>;
  }

  /** List skills: all pages, item by item. */
  skillManifestListAll(request: SkillManifestListRequest = {}): AsyncGenerator<Artifact> {
    return this.pages(OPERATIONS.skill_manifest_list, request) as AsyncGenerator<Artifact>;
  }

  /**
   * Register a skill. Its manifest, how risky it is and who vouches for it. May also be carried by
   * a signed envelope addressed to the node.
   */
  skillManifestCreate(request: SkillManifestCreateRequest, options: CallOptions = {}): Promise<Artifact> {
    return this.call(OPERATIONS.skill_manifest_create, request, options) as Promise<Artifact>;
  }

  /**
   * List tasks. Those the caller is a party of, the latest first. May also be carried by a signed
   * envelope addressed to the node.
   */
  taskList(request: TaskListRequest = {}, options: CallOptions = {}): Promise<PageOfAnyTask> {
    return this.call(OPERATIONS.task_list, request, options) as Promise<PageOfAnyTask>;
  }

  /** List tasks: all pages, item by item. */
  taskListAll(request: TaskListRequest = {}): AsyncGenerator<AnyTask> {
    return this.pages(OPERATIONS.task_list, request) as AsyncGenerator<AnyTask>;
  }

  /**
   * Declare a task. Who acts, what shall come of it and how risky it is, before anything happens.
   * May also be carried by a signed envelope addressed to the node.
   */
  taskDeclare(request: TaskDeclareRequest, options: CallOptions = {}): Promise<DeclaredTask> {
    return this.call(OPERATIONS.task_declare, request, options) as Promise<DeclaredTask>;
  }

  /**
   * Read a task. Terms, milestones, money and state. May also be carried by a signed envelope
   * addressed to the node.
   */
  taskGet(request: TaskGetRequest, options: CallOptions = {}): Promise<AnyTask> {
    return this.call(OPERATIONS.task_get, request, options) as Promise<AnyTask>;
  }

  /**
   * Ask for approval. Of one exact call, by one, two or more persons in governance roles. May also
   * be carried by a signed envelope addressed to the node.
   */
  approvalRequestCreate(request: ApprovalRequestCreateRequest, options: CallOptions = {}): Promise<ApprovalRequest> {
    return this.call(OPERATIONS.approval_request_create, request, options) as Promise<ApprovalRequest>;
  }

  /**
   * List what is on record for a task. In order, with the texts that were not erased. May also be
   * carried by a signed envelope addressed to the node.
   */
  artifactList(request: ArtifactListRequest, options: CallOptions = {}): Promise<PageOfArtifact> {
    return this.call(OPERATIONS.artifact_list, request, options) as Promise<PageOfArtifact>;
  }

  /** List what is on record for a task: all pages, item by item. */
  artifactListAll(request: ArtifactListRequest): AsyncGenerator<Artifact> {
    return this.pages(OPERATIONS.artifact_list, request) as AsyncGenerator<Artifact>;
  }

  /**
   * Attest in a governance role. Cleared or blocked, by a holder of the role without a part in the
   * task. May also be carried by a signed envelope addressed to the node.
   */
  governanceAttest(request: GovernanceAttestRequest, options: CallOptions = {}): Promise<Artifact> {
    return this.call(OPERATIONS.governance_attest, request, options) as Promise<Artifact>;
  }

  /**
   * Open a commerce session. The shopping that a task belongs to. May also be carried by a signed
   * envelope addressed to the node.
   */
  commerceSessionCreate(request: CommerceSessionCreateRequest, options: CallOptions = {}): Promise<Artifact> {
    return this.call(OPERATIONS.commerce_session_create, request, options) as Promise<Artifact>;
  }

  /**
   * Attest a context. What comes from outside or was retrieved is tainted, and so is what is
   * derived from it. May also be carried by a signed envelope addressed to the node.
   */
  contextAttest(request: ContextAttestRequest, options: CallOptions = {}): Promise<Artifact> {
    return this.call(OPERATIONS.context_attest, request, options) as Promise<Artifact>;
  }

  /**
   * Vouch for a context. By a compliance monitor without a part in the task; it alone clears taint.
   * May also be carried by a signed envelope addressed to the node.
   */
  taintPromote(request: TaintPromoteRequest, options: CallOptions = {}): Promise<DeclaredTask> {
    return this.call(OPERATIONS.taint_promote, request, options) as Promise<DeclaredTask>;
  }

  /**
   * Record a decision. What the agent chose, why, and how unsure it is. May also be carried by a
   * signed envelope addressed to the node.
   */
  decisionRecord(request: DecisionRecordRequest, options: CallOptions = {}): Promise<Artifact> {
    return this.call(OPERATIONS.decision_record, request, options) as Promise<Artifact>;
  }

  /**
   * Raise a concern. The task stands still until a compliance monitor without a part in it has
   * looked. May also be carried by a signed envelope addressed to the node.
   */
  escalationRaise(request: EscalationRaiseRequest, options: CallOptions = {}): Promise<Escalation> {
    return this.call(OPERATIONS.escalation_raise, request, options) as Promise<Escalation>;
  }

  /**
   * Add evidence. Claims with their sources and how far they were looked into. May also be carried
   * by a signed envelope addressed to the node.
   */
  evidenceAdd(request: EvidenceAddRequest, options: CallOptions = {}): Promise<Artifact> {
    return this.call(OPERATIONS.evidence_add, request, options) as Promise<Artifact>;
  }

  /**
   * Assess the impact of a task. Evaluated by the node: horizons, the worst off, Pareto and rights.
   * Frameworks in conflict escalate to a person. May also be carried by a signed envelope addressed
   * to the node.
   */
  impactAssess(request: ImpactAssessRequest, options: CallOptions = {}): Promise<Artifact> {
    return this.call(OPERATIONS.impact_assess, request, options) as Promise<Artifact>;
  }

  /**
   * Say who answers for a task. Moves a new task to bound. May also be carried by a signed envelope
   * addressed to the node.
   */
  liabilityBind(request: LiabilityBindRequest, options: CallOptions = {}): Promise<Artifact> {
    return this.call(OPERATIONS.liability_bind, request, options) as Promise<Artifact>;
  }

  /**
   * Move a declared task. By the artifact that allows it; policy, approvals and receipts move it by
   * themselves. May also be carried by a signed envelope addressed to the node.
   */
  taskUpdate(request: TaskUpdateRequest, options: CallOptions = {}): Promise<DeclaredTask> {
    return this.call(OPERATIONS.task_update, request, options) as Promise<DeclaredTask>;
  }

  /**
   * Replay a task. Every entry of it in order, chained, with what was known at each step. May also
   * be carried by a signed envelope addressed to the node.
   */
  taskReplay(request: TaskReplayRequest, options: CallOptions = {}): Promise<Replay> {
    return this.call(OPERATIONS.task_replay, request, options) as Promise<Replay>;
  }

  /**
   * Dissolve a team. Its members stay in the organization. May also be carried by a signed envelope
   * addressed to the node.
   */
  teamDelete(request: TeamDeleteRequest, options: CallOptions = {}): Promise<TeamDeleted> {
    return this.call(OPERATIONS.team_delete, request, options) as Promise<TeamDeleted>;
  }

  /**
   * Take a member out of a team. They stay in the organization. May also be carried by a signed
   * envelope addressed to the node.
   */
  teamMemberRemove(request: TeamMemberRemoveRequest, options: CallOptions = {}): Promise<Team> {
    return this.call(OPERATIONS.team_member_remove, request, options) as Promise<Team>;
  }

  /**
   * Put a member into a team. One of the organization. May also be carried by a signed envelope
   * addressed to the node.
   */
  teamMemberAdd(request: TeamMemberAddRequest, options: CallOptions = {}): Promise<Team> {
    return this.call(OPERATIONS.team_member_add, request, options) as Promise<Team>;
  }

  /**
   * Send money. As The Protocol's clients ask for it: from the caller, in the node's own currency,
   * to an agent of this node. With dry_run the answer says what would happen, and nothing does. May
   * also be carried by a signed envelope addressed to the node.
   */
  tegSend(request: TegSendRequest, options: CallOptions = {}): Promise<TegSent> {
    return this.call(OPERATIONS.teg_send, request, options) as Promise<TegSent>;
  }

  /**
   * List transfers. The latest first, of one account or currency if named. May also be carried by a
   * signed envelope addressed to the node.
   */
  transferList(request: TransferListRequest = {}, options: CallOptions = {}): Promise<PageOfTransfer> {
    return this.call(OPERATIONS.transfer_list, request, options) as Promise<PageOfTransfer>;
  }

  /** List transfers: all pages, item by item. */
  transferListAll(request: TransferListRequest = {}): AsyncGenerator<Transfer> {
    return this.pages(OPERATIONS.transfer_list, request) as AsyncGenerator<Transfer>;
  }

  /**
   * Move money. At once, or set aside with hold until it is posted or voided. The payer pays the
   * fee on top. With dry_run the answer says what would happen, and nothing does. May also be
   * carried by a signed envelope addressed to the node.
   */
  transferCreate(request: TransferCreateRequest, options: CallOptions = {}): Promise<Transfer> {
    return this.call(OPERATIONS.transfer_create, request, options) as Promise<Transfer>;
  }

  /**
   * Make many transfers. Up to 1,000, each by itself: one that is refused does not stop the others.
   * May also be carried by a signed envelope addressed to the node.
   */
  transferBatch(request: TransferBatchRequest, options: CallOptions = {}): Promise<BatchResults> {
    return this.call(OPERATIONS.transfer_batch, request, options) as Promise<BatchResults>;
  }

  /**
   * Quote a transfer. The fee and total it would cost now; nothing is reserved. May also be carried
   * by a signed envelope addressed to the node.
   */
  transferQuote(request: TransferQuoteRequest, options: CallOptions = {}): Promise<Quote> {
    return this.call(OPERATIONS.transfer_quote, request, options) as Promise<Quote>;
  }

  /**
   * Read a transfer. With its present state. May also be carried by a signed envelope addressed to
   * the node.
   */
  transferGet(request: TransferGetRequest, options: CallOptions = {}): Promise<Transfer> {
    return this.call(OPERATIONS.transfer_get, request, options) as Promise<Transfer>;
  }

  /**
   * Post a pending transfer. Everything that is left, or a part of it; the rest stays pending. May
   * also be carried by a signed envelope addressed to the node.
   */
  transferPost(request: TransferPostRequest, options: CallOptions = {}): Promise<Transfer> {
    return this.call(OPERATIONS.transfer_post, request, options) as Promise<Transfer>;
  }

  /**
   * Void a pending transfer. The money goes back, with the fee. May also be carried by a signed
   * envelope addressed to the node.
   */
  transferVoid(request: TransferVoidRequest, options: CallOptions = {}): Promise<Transfer> {
    return this.call(OPERATIONS.transfer_void, request, options) as Promise<Transfer>;
  }

  /**
   * Who asks. The caller's principal, credential and account. May also be carried by a signed
   * envelope addressed to the node.
   */
  whoami(request: WhoamiRequest = {}, options: CallOptions = {}): Promise<WhoAsks> {
    return this.call(OPERATIONS.whoami, request, options) as Promise<WhoAsks>;
  }

  /**
   * Read an agent's did:web document. The document of the last version under the name that did:web
   * has for it.
   */
  didWebGet(request: DidWebGetRequest, options: CallOptions = {}): Promise<DidDocument> {
    return this.call(OPERATIONS.did_web_get, request, options) as Promise<DidDocument>;
  }

  /**
   * Read an agent's DID log. As did:webvh looks for it; the last one is served after the agent has
   * left.
   */
  didLogGet(request: DidLogGetRequest, options: CallOptions = {}): Promise<Uint8Array> {
    return this.call(OPERATIONS.did_log_get, request, options) as Promise<Uint8Array>;
  }

  /**
   * Documentation for people. A page that shows this API; error codes are explained at
   * /docs/errors.
   */
  docs(request: DocsRequest = {}, options: CallOptions = {}): Promise<Uint8Array> {
    return this.call(OPERATIONS.docs, request, options) as Promise<Uint8Array>;
  }

  /** Is the process alive. Answers without asking anything it depends on. */
  health(request: HealthRequest = {}, options: CallOptions = {}): Promise<HealthStatus> {
    return this.call(OPERATIONS.health, request, options) as Promise<HealthStatus>;
  }

  /** Metrics in OpenMetrics text. Counters and gauges for a Prometheus scraper. */
  metrics(request: MetricsRequest = {}, options: CallOptions = {}): Promise<Uint8Array> {
    return this.call(OPERATIONS.metrics, request, options) as Promise<Uint8Array>;
  }

  /** This description. The whole native API as an OpenAPI 3.1 document. */
  openapi(request: OpenapiRequest = {}, options: CallOptions = {}): Promise<OpenApiDocument> {
    return this.call(OPERATIONS.openapi, request, options) as Promise<OpenApiDocument>;
  }

  /**
   * Does the node take requests. 200 when every check passes, 503 with the same body when one does
   * not.
   */
  ready(request: ReadyRequest = {}, options: CallOptions = {}): Promise<Readiness> {
    return this.call(OPERATIONS.ready, request, options) as Promise<Readiness>;
  }

  /** Which software this is. Name, version and commit. */
  version(request: VersionRequest = {}, options: CallOptions = {}): Promise<VersionInfo> {
    return this.call(OPERATIONS.version, request, options) as Promise<VersionInfo>;
  }
}
