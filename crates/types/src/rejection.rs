//! Expected refusals: one flat registry of codes that every layer and dialect shares.
//!
//! A rejection is an answer, not a fault: the command was understood and refused, and nothing
//! changed. The code is stable and part of the public interface; the detail is for people.

use std::borrow::Cow;
use std::fmt;

/// A refusal: which rule said no, and what the caller should know about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct Rejection {
    /// The rule that refused.
    pub code: Code,
    /// What exactly was wrong, for a person. Never holds a secret or another tenant's data.
    pub detail: Cow<'static, str>,
}

impl Rejection {
    /// A refusal with a detail of its own.
    pub fn new(code: Code, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { code, detail: detail.into() }
    }
}

impl From<Code> for Rejection {
    fn from(code: Code) -> Self {
        Self { code, detail: Cow::Borrowed(code.title()) }
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $status:literal, $title:literal, $next:literal;)*) => {
        /// Every reason for which Hansa refuses something.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code {
            $(#[doc = $title] $(#[$doc])* $name,)*
        }

        impl Code {
            /// Every code, in the order of this registry.
            pub const ALL: &'static [Code] = &[$(Code::$name),*];

            /// The stable snake_case code.
            pub const fn as_str(self) -> &'static str {
                match self { $(Code::$name => $text),* }
            }

            /// The HTTP status that native edges answer with (RFC 9110 section 15).
            pub const fn status(self) -> u16 {
                match self { $(Code::$name => $status),* }
            }

            /// One sentence on what the code means.
            pub const fn title(self) -> &'static str {
                match self { $(Code::$name => $title),* }
            }

            /// What the caller can do about it.
            pub const fn next_step(self) -> &'static str {
                match self { $(Code::$name => $next),* }
            }
        }
    };
}

codes! {
    // Reading a request.
    MalformedJson = "malformed_json", 400, "The body is not valid JSON.", "Send one JSON value in UTF-8 without duplicate keys.";
    DuplicateKey = "duplicate_key", 400, "An object names the same key twice.", "Remove the repeated key; which of the two counts would be ambiguous.";
    TooDeep = "too_deep", 400, "The JSON nests deeper than 32 levels.", "Flatten the document.";
    BodyTooLarge = "body_too_large", 413, "The body is larger than this operation accepts.", "Send less at once; batches take up to 1,000 items and 1 MiB.";
    BodyTooSlow = "body_too_slow", 408, "The body did not arrive in time.", "Send the whole body within 30 seconds.";
    UnsupportedMediaType = "unsupported_media_type", 415, "The content type is not accepted here.", "Send Content-Type: application/json.";
    NotFound = "not_found", 404, "There is no such thing here, or you may not see it.", "Check the id and the credential you use.";
    MethodNotAllowed = "method_not_allowed", 405, "The path exists, but not with this method.", "See /openapi.json for the methods of each path.";
    InvalidField = "invalid_field", 422, "A field has the wrong type or value.", "Correct the named field; /openapi.json describes it.";
    UnknownField = "unknown_field", 422, "The object has a field that is not known here.", "Remove or rename the field.";
    MissingField = "missing_field", 422, "A required field is missing.", "Add the named field.";
    InvalidCursor = "invalid_cursor", 422, "The cursor is not one that this list gave out.", "Start again without a cursor.";
    HostNotAllowed = "host_not_allowed", 421, "This node does not answer under that host name.", "Use the node's own address, or set server.allowed_hosts.";
    OriginNotAllowed = "origin_not_allowed", 403, "Requests from that web origin are not accepted.", "Call from the node's own origin.";

    // Who is asking.
    Unauthenticated = "unauthenticated", 401, "The request carries no credential.", "Send Authorization: Bearer <api key>, or sign an envelope.";
    CredentialInvalid = "credential_invalid", 401, "The credential is unknown, expired or revoked.", "Get a new API key, or sign with the current key.";
    DidUnknown = "did_unknown", 401, "This node does not know the sender's DID.", "Register the agent first (agent_create).";
    SignatureInvalid = "signature_invalid", 401, "The signature does not verify under the sender's key.", "Sign the canonical JSON of the envelope without auth, with the sender's current key.";
    EnvelopeExpired = "envelope_expired", 401, "The envelope's ts is more than 300 seconds from the node's clock.", "Set ts to now and sign again.";
    SetupTokenInvalid = "setup_token_invalid", 401, "The setup token is wrong, used or older than 30 minutes.", "Restart the node for a new token, or run hansa admin create on the machine.";
    AlreadySetUp = "already_set_up", 409, "This node has an owner already.", "Ask the owner for a grant.";

    // Accounts.
    LoginInvalid = "login_invalid", 401, "E-mail address and secret do not belong together.", "Check both; a recovery key sets a new password.";
    TotpRequired = "totp_required", 401, "The account asks for a second factor.", "Send a fresh code as totp, or the answer of a passkey as passkey.";
    TotpState = "totp_state", 409, "The second factor is not in the state this step needs.", "See whoami; begin with totp_begin.";
    PasskeyInvalid = "passkey_invalid", 401, "The authenticator's answer does not verify.", "Begin again: each challenge is answered once, by a passkey of the account that passkey_list shows.";
    PasskeyUnavailable = "passkey_unavailable", 409, "This node has no name that a passkey could belong to.", "Ask the operator to set server.public_url to a URL with a host name.";
    MailTokenInvalid = "mail_token_invalid", 401, "The mailed token is wrong, used or expired.", "Register again for a new one.";
    SecondFactorRequired = "second_factor_required", 403, "This node asks its owners for a second factor.", "Enable one with totp_begin or passkey_begin, and log in again.";
    TooManyTries = "too_many_tries", 429, "There were too many tries.", "Retry after the given delay.";
    LoginsBusy = "logins_busy", 503, "More passwords wait to be checked than this node takes at once.", "Retry after the given delay.";
    MailUnavailable = "mail_unavailable", 503, "This node sends no mail, so nobody registers.", "Ask the operator to set accounts.mail.";
    AccountExists = "account_exists", 409, "This principal or this e-mail address has an account already.", "Log in instead.";
    AccountUnknown = "account_unknown", 404, "This principal has no account.", "Register one with account_register.";

    // What they may do.
    Forbidden = "forbidden", 403, "You have no grant for this.", "Ask the owner of the resource, or the node's owner, for a grant.";
    GrantExpired = "grant_expired", 403, "The grant that would allow this has expired.", "Ask for a new grant.";
    GrantRevoked = "grant_revoked", 403, "The grant, or one above it, was revoked.", "Ask for a new grant.";
    GrantLimitExceeded = "grant_limit_exceeded", 403, "The grant does not reach this far.", "Ask for a grant with a higher limit.";
    GrantNotNarrower = "grant_not_narrower", 422, "A delegated grant must be narrower than its parent in every way.", "Ask for less than the parent allows.";
    GrantTooDeep = "grant_too_deep", 422, "Delegation is at most 8 deep, or as deep as a grant above says.", "Delegate from a grant nearer to the root, or ask its issuer for one that may be delegated.";
    GrantUsedUp = "grant_used_up", 403, "The grant was used as often as it may be.", "Ask for a new grant.";
    GrantOutOfScope = "grant_out_of_scope", 403, "The grant is for other resources, counterparties or jurisdictions.", "Stay within what the grant names, or ask for a grant that names this.";
    GrantKeyRequired = "grant_key_required", 403, "The grant counts only when the key it names proves the call.", "Send the request as an envelope signed with that key.";
    PrincipalSuspended = "principal_suspended", 403, "The principal is suspended.", "Read why with standing_get, and appeal with appeal_lodge.";
    ProofInvalid = "proof_invalid", 422, "The proof does not show that the caller holds the key.", "Sign a key-proof+jwt for this node and this credential with the key itself, within 300 seconds.";
    QuotaExceeded = "quota_exceeded", 403, "The developer has as many agents as this node allows.", "Ask the node's owner for a grant of agent_onboard.";
    RateLimited = "rate_limited", 429, "Too many of these in a short time.", "Wait a minute.";
    PrincipalErased = "principal_erased", 410, "The principal was erased.", "Nothing is left to change; what it holds stays on its account.";
    NotStopped = "not_stopped", 409, "The principal is neither suspended nor frozen.", "Nothing stands in the way; there is nothing to appeal against.";
    AppealLodged = "appeal_lodged", 409, "An appeal was lodged already.", "Wait for the node's owner to decide on it.";
    PrincipalFrozen = "principal_frozen", 403, "The principal is frozen: its money stays where it is.", "Read why with standing_get, and appeal with appeal_lodge.";

    // What policy says.
    PolicyDenied = "policy_denied", 403, "Policy denies this.", "See the matched rules; ask whoever keeps the policy set.";
    PolicyEngineUnavailable = "policy_engine_unavailable", 503, "Policy could not be evaluated, so the act is denied.", "Retry later; acts within a policy set's native bounds pass meanwhile.";
    ApprovalRequired = "approval_required", 403, "Policy asks for an approval before this.", "Ask for an approval, or stay within what policy allows.";
    StrongerAuthRequired = "stronger_auth_required", 403, "Policy asks for a stronger proof of who you are.", "Log in with a second factor, or sign an envelope with your own key.";
    PolicyEscalated = "policy_escalated", 403, "Policy escalates this to its monitors.", "Wait for the escalation to be resolved.";
    PolicyQuarantined = "policy_quarantined", 403, "Policy puts this under quarantine.", "Wait for the quarantine to be lifted.";
    ObligationUnmet = "obligation_unmet", 403, "Policy allows this only with something that is missing.", "Provide what the detail names.";
    VerdictStale = "verdict_stale", 409, "What policy looked at kept changing.", "Send the request again.";
    PolicyInvalid = "policy_invalid", 422, "The policy does not compile, or decides nothing.", "Run hansa policy test on its directory.";
    PolicySetState = "policy_set_state", 409, "The policy set is not in a state for this.", "Look at it with policy_set_get.";
    SecondPersonRequired = "second_person_required", 409, "This weakens policy, so it needs a second person.", "Have another person, not controlled by the same one, ask for the same within 24 hours.";

    // Repeats and time.
    IdempotencyKeyReused = "idempotency_key_reused", 422, "The Idempotency-Key was used with another body.", "Use a fresh key for a different request.";
    IdempotencyKeyInvalid = "idempotency_key_invalid", 422, "The Idempotency-Key is not 1 to 128 printable ASCII characters.", "Use a UUID.";
    SecretAlreadyShown = "secret_already_shown", 409, "This request was accepted before; its secret was shown once and is not kept.", "Create a new key if the first answer was lost.";
    EnvelopeReplayed = "envelope_replayed", 409, "This envelope was accepted before.", "Nothing to do: the first outcome stands.";
    NonceUsed = "nonce_used", 409, "The sender has used this nonce, or a later one.", "Use a nonce larger than any before.";
    FormatNotRaised = "format_not_raised", 409, "The journal is of an earlier release's format, which does not hold this.", "The operator can raise it with hansa upgrade commit; the earlier release cannot be started then any more.";
    ClockUnsure = "clock_unsure", 503, "The node's clock jumped; time-dependent commands wait.", "Retry later; the operator can accept the new time with hansa admin clock accept.";
    JustRestored = "just_restored", 503, "The node was restored from a backup; envelopes wait for 300 seconds.", "Sign the envelope again and send it later.";
    QueueFull = "queue_full", 503, "The node has as much queued as it accepts.", "Retry after the given delay.";
    TooManyInFlight = "too_many_in_flight", 503, "This principal has an eighth of the queue in flight.", "Wait for answers before sending more.";
    Draining = "draining", 503, "The node is shutting down.", "Retry when it is back.";
    DiskFull = "disk_full", 507, "The disk is nearly full; the node only reads.", "Free space on the node's disk.";
    Poisoned = "poisoned", 500, "This exact request crashed the node before and is refused.", "Report it to the operator with the request id.";
    StateFull = "state_full", 507, "The node holds as many of these as it accepts.", "Finish or remove some first.";
    BatchTooLarge = "batch_too_large", 422, "A batch holds at most 1,000 items.", "Split the batch.";
    BatchEmpty = "batch_empty", 422, "The batch is empty.", "Send at least one item.";
    NotYet = "not_yet", 503, "The node is starting.", "Retry when /readyz answers 200.";

    // Money.
    AmountNotAString = "amount_not_a_string", 422, "An amount is a decimal string, never a JSON number.", "Write \"12.50\" with quotes.";
    AmountMalformed = "amount_malformed", 422, "The amount is not a decimal number in plain digits.", "Write digits with at most one point.";
    AmountZero = "amount_zero", 422, "The amount is zero.", "Move at least one minor unit.";
    AmountNegative = "amount_negative", 422, "The amount is negative.", "Swap the two sides instead.";
    AmountDecimals = "amount_decimals", 422, "The amount has more decimals than the currency.", "Round to the currency's scale.";
    AmountOverflow = "amount_overflow", 422, "The amount does not fit 2^128 - 1 minor units.", "Move less.";
    CurrencyUnknown = "currency_unknown", 422, "This node does not hold that currency.", "See currency_list.";
    CurrencyExists = "currency_exists", 409, "The currency exists already.", "Use it, or choose another code.";
    CurrencyNotOwn = "currency_not_own", 403, "Only the node that issues a currency mints and burns it.", "Ask the issuing node.";
    InsufficientFunds = "insufficient_funds", 422, "The account does not hold the amount and its fee.", "Fund the account, or move less; transfer_quote shows the total.";
    SameAccount = "same_account", 422, "Payer and payee are the same.", "Name another payee.";
    PayeeUnknown = "payee_unknown", 422, "There is no such payee on this node.", "Check the payee's id or DID.";
    TransferUnknown = "transfer_unknown", 404, "There is no such transfer, or you may not see it.", "Check the id.";
    TransferNotPending = "transfer_not_pending", 409, "The transfer is posted, voided or expired already.", "Nothing can change it any more; look at its state.";
    HoldExpiryInvalid = "hold_expiry_invalid", 422, "A hold expires between one second and 90 days from now.", "Choose an expiry in that range.";
    HoldExceeded = "hold_exceeded", 422, "The hold has less left than that.", "Post at most what is left (remaining in transfer_get), or leave the amount out to post all of it.";
    FundingDecided = "funding_decided", 409, "The funding request was decided already.", "Ask again with a new request.";
    BalanceOverflow = "balance_overflow", 422, "An account cannot hold that much.", "Move less.";

    // Agents.
    PrincipalExists = "principal_exists", 409, "A principal with this key exists already.", "Use the existing agent, or another key.";
    PrincipalUnknown = "principal_unknown", 404, "There is no such principal, or you may not see it.", "Check the id or DID.";
    PublicKeyInvalid = "public_key_invalid", 422, "The public key is not a valid Ed25519 key.", "Send a did:key or a z6Mk… multibase key.";
    DidLogInvalid = "did_log_invalid", 422, "The DID log does not prove itself.", "Fetch the whole log again; every entry must follow from the one before.";
    DidLogMismatch = "did_log_mismatch", 422, "The DID log proves itself, but does not fit this agent or this node.", "The last entry must name the address and keys that did_get tells, and commit to its update key.";
    DidLogExists = "did_log_exists", 409, "The agent has a DID log here already.", "Read it with did_get; a log is extended, never replaced.";
    DidLogRaced = "did_log_raced", 409, "The agent, its keys or its DID log changed meanwhile.", "Read did_get again and write the entry anew.";
    DidTaken = "did_taken", 409, "Another principal of this node has this DID.", "A DID belongs to one principal of a node; use that one.";
    DidRolledBack = "did_rolled_back", 409, "The DID's log is not a continuation of the one seen before.", "Ask the host that has the longer log; never trust one that rewrites history.";
    DidUnavailable = "did_unavailable", 409, "This node has no public name, so it hosts no DIDs of the web.", "Ask the operator to set server.public_url to an https URL with a host name.";
    DidUnresolvable = "did_unresolvable", 502, "The DID cannot be resolved.", "Check the DID, and that its host serves its log.";
    CardInvalid = "card_invalid", 422, "The agent card does not have the shape of an A2A card.", "Correct the fields named in errors.";
    CardChanged = "card_changed", 409, "The agent's card was replaced meanwhile.", "Read the card again and sign it as it is now.";
    CardUntrusted = "card_untrusted", 422, "The card's signatures are missing or do not verify under its agent's key.", "Sign the card with the agent's own key, or hand its signature in with agent_card_sign.";
    CustodyKeyRaced = "custody_key_raced", 409, "Another request gave the agent its next custodial key first.", "Read the agent's public key; rotate again only if it is not new enough.";

    SkillUnknown = "skill_unknown", 422, "No active agent here offers that skill for that price.", "Look with discover, or name an agent.";

    // Organizations.
    OrgUnknown = "org_unknown", 404, "There is no such organization, or you may not see it.", "Check the id; org_list shows those you are in.";
    OrgNotEmpty = "org_not_empty", 409, "The organization still has agents.", "Hand them to members with agent_transfer, or erase them first.";
    LastOwner = "last_owner", 409, "The organization would be left without an owner.", "Make another member owner with org_owner_transfer, or erase the organization first.";
    MemberUnknown = "member_unknown", 404, "There is no such member, or you may not see them.", "See org_member_list.";
    MemberExists = "member_exists", 409, "They are a member already.", "Change what they are with org_member_role_set.";
    RoleTooLow = "role_too_low", 403, "Your role in the organization does not reach this far.", "Ask an owner of the organization.";
    TeamUnknown = "team_unknown", 404, "There is no such team, or you may not see it.", "See team_list.";
    InviteInvalid = "invite_invalid", 404, "The invitation is wrong, used, taken back or expired.", "Ask whoever invited you for another one.";

    // Intents.
    VersionUnsupported = "version_unsupported", 422, "Only version 1 of AMP is spoken here.", "Set v to 1.";
    VerbUnknown = "verb_unknown", 422, "The verb is unknown or does not fit the envelope's kind.", "See the table of verbs in docs/reference/amp.md.";
    RecipientMismatch = "recipient_mismatch", 422, "The envelope is addressed to somebody else than the step allows.", "Address the other party of the task.";
    ParentRequired = "parent_required", 422, "This verb needs a parent envelope.", "Set parent to the step it follows.";
    ParentUnknown = "parent_unknown", 422, "The parent is no envelope of a task that is open here.", "Check the parent's id.";
    ParentMismatch = "parent_mismatch", 409, "The parent is not the step that this verb may follow.", "Follow the last step of the task.";
    NotAParty = "not_a_party", 403, "Only the parties of the task may take this step.", "Sign as payer or agent of the task.";
    NotYourTurn = "not_your_turn", 409, "The other party has to answer first.", "Wait for the counterparty.";
    TermsInvalid = "terms_invalid", 422, "The terms are incomplete or contradict themselves.", "Correct the field named in the detail.";
    TermsMismatch = "terms_mismatch", 409, "The terms differ from those that were accepted.", "Repeat the accepted terms, or negotiate again.";
    MilestonesInvalid = "milestones_invalid", 422, "Milestones need names of their own and percentages that sum to 100.", "Correct the milestones.";
    MilestoneUnknown = "milestone_unknown", 422, "The task has no such milestone.", "Use a name from the accepted terms.";
    MilestoneState = "milestone_state", 409, "The milestone is not in the state this step needs.", "Look at the task: execute, then settle, then attest.";
    ClaimOpen = "claim_open", 409, "A milestone is claimed and not judged yet.", "Attest the claim first: accept pays its share, reject sends it back; then revoke the rest.";
    BudgetExceeded = "budget_exceeded", 422, "The amount is above the policy's max_budget.", "Raise the budget, or lower the amount.";
    DeadlinePassed = "deadline_passed", 409, "The deadline has passed.", "Negotiate a new one.";
    DeadlineInvalid = "deadline_invalid", 422, "The deadline is not a date or time in the future within 366 days.", "Send an RFC 3339 time or a date.";
    RailUnsupported = "rail_unsupported", 422, "The settlement rail is not offered here.", "Use amp-escrow or amp-outcome.";
    AttestorsUnsupported = "attestors_unsupported", 422, "Attestor sets are not offered yet.", "Leave require.attestors out, or set it to 0.";
    TaskState = "task_state", 409, "The task is not in the state this step needs.", "Look at the task before the next step.";
    EscrowSpent = "escrow_spent", 409, "Everything in this escrow was paid or refunded already.", "Nothing is left to pay; delegate a new task.";
    RatingInvalid = "rating_invalid", 422, "A rating is an integer from 1 to 5.", "Send 1, 2, 3, 4 or 5.";
    RatingRepeated = "rating_repeated", 409, "This side has rated the delegation already.", "Each side rates once.";

    // Clearance.
    TaskHeld = "task_held", 409, "The task stands still until an escalation is resolved.", "Wait for the compliance monitor; escalation_list shows who looks at it.";
    TransitionRefused = "transition_refused", 409, "The task does not move there from where it is.", "Look at the task (task_get) for where it stands.";
    GuardRequired = "guard_required", 422, "The move needs the artifact that allows it.", "Name the artifact as guard.";
    LiabilityRequired = "liability_required", 409, "Nobody is liable for the task yet.", "Bind somebody with liability_bind.";
    DecisionRequired = "decision_required", 409, "The task has no decision record.", "Put one on record with decision_record.";
    PolicyUnchecked = "policy_unchecked", 409, "Policy has not cleared the task.", "Have it evaluated with policy_evaluate.";
    ImpactRequired = "impact_assessment_required", 409, "A task of this risk needs an impact assessment first.", "Assess it with impact_assess.";
    ImpactForbids = "impact_forbids", 403, "The impact assessment says that this must not be done.", "Change what is planned, and assess it anew.";
    AttestationRequired = "attestation_required", 409, "A task of this risk needs the word of a governance role.", "Ask a holder of one for governance_attest.";
    AttestationBlocked = "attestation_blocked", 403, "A governance role says that this must not go on.", "Declare another task that answers the concern.";
    RoleRequired = "role_required", 403, "Only a holder of the governance role does this.", "Ask somebody who holds it; role_list shows who.";
    RoleConflict = "role_conflict", 409, "One person holds one office on one task.", "Let somebody else speak.";
    OwnAct = "own_act", 403, "Nobody approves, attests or lifts what is their own.", "Let somebody without a part in it speak.";
    ApprovalPending = "approval_pending", 409, "The approval has not been given yet.", "Wait for the approvers; approval_get shows how far it is.";
    ApprovalRejected = "approval_rejected", 403, "An approver said no.", "Ask anew for something else.";
    ApprovalExpired = "approval_expired", 403, "The approval was not given, or not used, in time.", "Ask anew.";
    ApprovalUsed = "approval_used", 409, "The approval was used; it is good for one call.", "Ask anew for another call.";
    ApprovalVoid = "approval_void", 409, "What the approval was for has changed or ended.", "Ask anew.";
    ApprovalMismatch = "approval_mismatch", 403, "The approval is for another call.", "Call exactly what was approved, or ask anew.";
    ApprovalLost = "approval_lost", 403, "An approver was suspended or lost the role since.", "Ask anew.";
    ApprovalDecided = "approval_decided", 409, "This was decided already.", "Nothing to do: the first word stands.";
    ApprovalUnbound = "approval_unbound", 409, "The request does not say yet which call it is for.", "Wait until it is bound to one.";
    EscalationResolved = "escalation_resolved", 409, "The escalation was resolved already.", "Raise another if there is a new concern.";
    // Actions.
    ActionUnknown = "action_unknown", 404, "There is no such action, or you may not see it.", "Check the id.";
    ActionTaskUnknown = "action_task_unknown", 422, "The envelope names no task that the caller has a part in.", "Declare the task first, and name it.";
    ActionState = "action_state", 409, "The action is not in the state this step needs.", "Look at the action (action_get).";
    ActionClaimed = "action_claimed", 409, "Somebody has taken this action to carry it out.", "Submit another action; each is carried out once.";
    ActionRequired = "action_required", 403, "This request needs an action of the gate.", "Submit the call with action_submit, and send the action's id as X-AGP-Action-ID.";
    GateUnavailable = "gate_unavailable", 503, "The node that decides cannot be asked, so nothing passes.", "Retry later; nothing was sent.";
    ServiceUnreachable = "service_unreachable", 502, "The service behind the gateway cannot be reached; nothing was sent.", "Submit another action once the service is there.";
    OutcomeUnknown = "outcome_unknown", 502, "The service behind the gateway gave no answer that says what became of the call.", "Look at the service before you submit another action.";
    CallMismatch = "call_mismatch", 409, "What is called differs from what the action was submitted with.", "Send exactly the submitted tool and parameters.";
    GrantRequired = "grant_required", 403, "An action needs a grant, and the envelope names none.", "Name a grant that you hold and that covers the tool.";
    GrantUnknown = "grant_unknown", 403, "The envelope names no grant that you hold.", "Name a grant that you hold (grant_list).";
    GrantMismatch = "grant_mismatch", 403, "The operation is not done under the grant that the envelope names.", "Name the grant that covers the operation, or none.";
    GrantForeign = "grant_foreign", 403, "Whoever carries the act out did not lend the authority for it.", "Use a grant whose chain begins with the node, or with the executor that the envelope names.";
    ReferenceUnknown = "reference_unknown", 422, "The envelope names an artifact that its task does not have.", "Name artifacts of the task, or none: then the task's own count.";
    ToolUnknown = "tool_unknown", 422, "There is no such tool here.", "Name a native operation, a tool that the operator lists, or an executor of your own.";
    ActionDenied = "action_denied", 403, "The gate says no.", "See errors for each lock that stays closed.";

    // Faults, told without their inside.
    Internal = "internal", 500, "Something failed inside the node.", "Retry; if it persists, give the operator the request id.";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<crate::AmountError> for Rejection {
    fn from(error: crate::AmountError) -> Self {
        use crate::AmountError;
        let code = match error {
            AmountError::Syntax => Code::AmountMalformed,
            AmountError::Negative => Code::AmountNegative,
            AmountError::Zero => Code::AmountZero,
            AmountError::Decimals(_) => Code::AmountDecimals,
            AmountError::Overflow => Code::AmountOverflow,
        };
        Rejection::new(code, error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_distinct_snake_case_with_a_next_step() {
        let mut seen = std::collections::BTreeSet::new();
        for code in Code::ALL {
            assert!(seen.insert(code.as_str()), "{code} twice");
            assert!(code.as_str().bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{code}");
            assert!((400..600).contains(&code.status()), "{code}");
            assert!(code.title().ends_with('.') && code.next_step().ends_with('.'), "{code}");
        }
    }
}
