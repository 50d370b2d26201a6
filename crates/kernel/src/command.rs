//! What may be asked of the kernel, and by whom.

use hansa_types::{Correlation, PrincipalId, Rejection};

use crate::State;
use crate::admit::{Permit, Sphere};
use crate::decide::{Context, Draft};
use crate::entry::Auth;
use crate::policy::Ruling;
use crate::{
    account, action, callback, clearance, client, custody, did, due, funding, grant, memory, node,
    onboard, org, policy, principal, task, transfer,
};

/// An authenticated asker.
#[derive(Debug, Clone, PartialEq)]
pub struct Caller {
    /// Who asks; nobody when the node's timer or its machine does.
    pub principal: Option<PrincipalId>,
    /// What was proven.
    pub auth: Auth,
}

/// One command with everything that decides whether it is new and allowed.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// Who asks.
    pub caller: Caller,
    /// What is asked.
    pub command: Command,
    /// Digest of the Idempotency-Key and the body, when the caller sent a key.
    pub corr: Option<Correlation>,
    /// What the read models know of the key, once admission has asked for it.
    pub looked_up: Option<LookedUp>,
    /// What policy said of it, once admission has asked for that. Only the node's judge says it.
    pub ruling: Option<Box<Ruling>>,
    /// Whether it waits for an approval, or comes back from there. Only the node says it.
    pub parking: Option<clearance::Parking>,
}

impl Request {
    /// A request as it comes in: nothing was looked up for it and nobody has judged it.
    pub fn new(caller: Caller, command: Command, corr: Option<Correlation>) -> Self {
        Self { caller, command, corr, looked_up: None, ruling: None, parking: None }
    }
}

/// What the read models know of an Idempotency-Key. They must have reached
/// [`State::look_up_seq_min`](crate::State::look_up_seq_min) when they are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LookedUp {
    /// A request with this key was accepted within the last 24 hours.
    Found {
        /// Its first entry.
        seq: u64,
        /// The body's part of that entry's correlation; see
        /// [`idempotency::split`](crate::idempotency::split).
        body: u64,
    },
    /// None was, or it is longer ago.
    Absent,
}

/// The rules of a command, in the file of its name in the folder of its noun.
pub(crate) trait Rules {
    /// On whose behalf it acts, which says who may do it.
    fn sphere(&self, state: &State) -> Result<Sphere, Rejection>;

    /// What happens, or why nothing does. On refusal `out` may hold drafts, which count for nothing.
    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection>;
}

macro_rules! commands {
    ($($(#[$doc:meta])* $variant:ident = $operation:literal: $data:ty;)*) => {
        /// Everything that can be asked for.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Command {
            $($(#[$doc])* $variant($data),)*
        }

        impl Command {
            /// The operations by which all of them are asked for.
            pub(crate) const OPERATIONS: &'static [&'static str] = &[$($operation),*];

            /// The operation by which it is asked for.
            fn operation(&self) -> &'static str {
                match self { $(Command::$variant(_) => $operation),* }
            }

            /// Its rules.
            pub(crate) fn rules(&self) -> &dyn Rules {
                match self { $(Command::$variant(data) => data),* }
            }
        }
    };
}

commands! {
    /// Begin the journal.
    NodeFound = "node_found": node::Found;
    /// Go on from a backup.
    NodeRestore = "node_restore": node::Restore;
    /// Let the journal hold what this release writes.
    NodeRaiseFormat = "node_raise_format": node::RaiseFormat;
    /// Give the node another key.
    NodeKeyRotate = "node_key_rotate": node::RotateNodeKey;
    /// Accept a jump of the clock.
    ClockAccept = "clock_accept": node::AcceptClock;
    /// Make the node's owner.
    OwnerCreate = "owner_create": principal::CreateOwner;
    /// Make a principal.
    PrincipalCreate = "agent_create": principal::Create;
    /// Stop a principal from acting.
    PrincipalSuspend = "agent_suspend": principal::Suspend;
    /// Keep a principal's money where it is.
    PrincipalFreeze = "agent_freeze": principal::Freeze;
    /// Say something against being stopped.
    AppealLodge = "appeal_lodge": principal::LodgeAppeal;
    /// Let a principal act again.
    PrincipalReinstate = "agent_reinstate": principal::Reinstate;
    /// Erase what is personal about a principal.
    PrincipalErase = "principal_erase": principal::Erase;
    /// Put a card on record.
    CardSet = "agent_card_set": principal::SetCard;
    /// Make an API key.
    ApiKeyCreate = "api_key_create": principal::CreateApiKey;
    /// Revoke an API key.
    ApiKeyRevoke = "api_key_revoke": principal::RevokeApiKey;
    /// Give authority.
    GrantCreate = "grant_create": grant::Create;
    /// Take authority back.
    GrantRevoke = "grant_revoke": grant::Revoke;
    /// Give authority up.
    GrantRelinquish = "grant_relinquish": grant::Relinquish;
    /// Do something about an organization.
    Org = "org": org::OrgCommand;
    /// Register an account.
    AccountRegister = "account_register": account::Register;
    /// Replace a password.
    PasswordChange = "password_change": account::ChangePassword;
    /// Replace a password by a recovery key.
    AccountRecover = "account_recover": account::Recover;
    /// Replace all recovery keys.
    RecoveryKeysSet = "recovery_keys_set": account::SetRecoveryKeys;
    /// Open a session.
    SessionOpen = "session_open": account::OpenSession;
    /// Close a session.
    SessionClose = "session_close": account::CloseSession;
    /// Count a passkey.
    PasskeyAdd = "passkey_add": account::AddPasskey;
    /// Count a passkey no longer.
    PasskeyRemove = "passkey_remove": account::RemovePasskey;
    /// Ask for a second factor.
    TotpEnable = "totp_enable": account::EnableTotp;
    /// Ask for no second factor.
    TotpDisable = "totp_disable": account::DisableTotp;
    /// Make a currency.
    CurrencyCreate = "currency_create": transfer::CreateCurrency;
    /// Make money.
    MintCreate = "mint_create": transfer::Mint;
    /// Destroy money.
    BurnCreate = "burn_create": transfer::Burn;
    /// Move money, or set it aside.
    TransferCreate = "transfer_create": transfer::Create;
    /// Post a pending transfer, whole or in part.
    TransferPost = "transfer_post": transfer::Post;
    /// Void a pending transfer.
    TransferVoid = "transfer_void": transfer::Void;
    /// Make an OAuth client.
    ClientCreate = "client_create": client::Create;
    /// Revoke an OAuth client.
    ClientRevoke = "client_revoke": client::Revoke;
    /// Revoke every token of a principal.
    TokensRevoke = "tokens_revoke": client::RevokeTokens;
    /// Make a bootstrap token.
    BootstrapCreate = "bootstrap_create": onboard::CreateBootstrap;
    /// Make an agent with its client.
    AgentOnboard = "agent_onboard": onboard::Onboard;
    /// Ask for money.
    FundingRequest = "funding_request": funding::Ask;
    /// Mint what was asked for.
    FundingApprove = "funding_approve": funding::Approve;
    /// Decline to.
    FundingReject = "funding_reject": funding::Reject;
    /// Take a step of a task, by envelope.
    TaskStep = "envelope_submit": task::Step;
    /// Record the key that the node signs with for an agent.
    CustodyKeySet = "custody_key_set": custody::SetKey;
    /// Give a principal another key.
    KeyRotate = "agent_key_rotate": principal::RotateKey;
    /// Make a policy set.
    PolicySetCreate = "policy_set_create": policy::Create;
    /// Put a policy set in force.
    PolicySetActivate = "policy_set_activate": policy::Activate;
    /// Ask a policy set no longer.
    PolicySetDeprecate = "policy_set_deprecate": policy::Deprecate;
    /// End a policy set.
    PolicySetRevoke = "policy_set_revoke": policy::Revoke;
    /// Say how much a policy set counts.
    PolicySetModeSet = "policy_set_mode_set": policy::SetMode;
    /// Put an evaluation of policy on record.
    PolicyEvaluate = "policy_evaluate": policy::Evaluate;
    /// Ask for an evaluation that is answered later.
    PolicyAsk = "policy_ask": policy::Ask;
    /// Say that an evaluation is not answered.
    PolicyLeave = "policy_leave": policy::Leave;
    /// Declare a task.
    TaskDeclare = "task_declare": clearance::Declare;
    /// Move a declared task.
    TaskUpdate = "task_update": clearance::Move;
    /// Attach an artifact to a task.
    ArtifactAdd = "artifact_add": clearance::AddArtifact;
    /// Vouch for a context.
    TaintPromote = "taint_promote": clearance::PromoteTrust;
    /// Put the manifest of a skill on record.
    SkillManifestCreate = "skill_manifest_create": clearance::RegisterSkill;
    /// Give a governance role.
    RoleAssign = "role_assign": clearance::AssignRole;
    /// Take a governance role.
    RoleWithdraw = "role_withdraw": clearance::WithdrawRole;
    /// Say who stands in.
    AbsenceDelegate = "absence_delegate": clearance::DelegateAbsence;
    /// Ask for approval.
    ApprovalRequestCreate = "approval_request_create": clearance::RequestApproval;
    /// Bind a request for approval to a call.
    ApprovalBind = "approval_bind": clearance::BindApproval;
    /// Approve or reject.
    ApprovalDecide = "approval_decide": clearance::DecideApproval;
    /// Raise a concern.
    EscalationRaise = "escalation_raise": clearance::Raise;
    /// Resolve an escalation.
    EscalationResolve = "escalation_resolve": clearance::Resolve;
    /// End a parked command that is refused when it comes back.
    ParkedEnd = "parked_end": clearance::EndParked;
    /// Give a principal its DID log.
    DidCreate = "did_create": did::Create;
    /// Let a principal's DID log go on.
    DidUpdate = "did_log_set": did::Update;
    /// Record what was seen of a foreign DID.
    DidPin = "did_resolve": did::Pin;
    /// Keep a memory.
    MemoryWrite = "memory_write": memory::Write;
    /// Erase a memory.
    MemoryDelete = "memory_delete": memory::Delete;
    /// Do something through the gate.
    ActionSubmit = "action_submit": action::Submit;
    /// Take an action to carry it out.
    EffectClaim = "action_claim": action::Claim;
    /// Say how an effect ended.
    EffectFinish = "receipt_post": action::Finish;
    /// Say that nobody can tell.
    EffectDoubt = "effect_doubt": action::Doubt;
    /// Note that the gate refused an action.
    RefusalNote = "refusal_note": action::RefusalNote;
    /// Say what became of a callback.
    CallbackEnd = "callback_end": callback::EndCallback;
    /// Carry out what has come due.
    Expire = "expire": due::Due;
}

impl Command {
    /// The operation's id, which grants and API keys name.
    pub fn action(&self) -> &'static str {
        match self {
            // Each kind of artifact has an operation of its own.
            Command::ArtifactAdd(add) => add.artifact.operation(),
            // So has each thing that is done about an organization.
            Command::Org(command) => command.action(),
            // Whether one waits for the answer makes no other operation.
            Command::PolicyAsk(_) => "policy_evaluate",
            command => command.operation(),
        }
    }

    /// Whether the outcome depends on what time it is, so that it waits while the clock is unsure.
    pub fn depends_on_time(&self) -> bool {
        match self {
            Command::TransferCreate(create) => create.hold.is_some(),
            Command::ApiKeyCreate(create) => create.expires.is_some(),
            Command::Org(command) => command.depends_on_time(),
            Command::TaskStep(_)
            | Command::ActionSubmit(_)
            | Command::Expire(_)
            | Command::GrantCreate(_)
            | Command::BootstrapCreate(_)
            | Command::SessionOpen(_)
            | Command::TaskDeclare(_)
            | Command::TaskUpdate(_)
            | Command::AbsenceDelegate(_)
            | Command::ApprovalRequestCreate(_)
            | Command::ApprovalDecide(_)
            | Command::PolicySetActivate(_)
            | Command::PolicySetDeprecate(_)
            | Command::PolicySetRevoke(_)
            | Command::PolicySetModeSet(_) => true,
            _ => false,
        }
    }
}
