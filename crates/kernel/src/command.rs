//! What may be asked of the kernel, and by whom.

use hansa_types::{Correlation, PrincipalId};

use crate::entry::Auth;
use crate::policy::Judgement;
use crate::{
    account, clearance, client, custody, did, funding, grant, node, onboard, policy, principal,
    task, transfer,
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
    pub judgement: Option<Judgement>,
    /// Whether it waits for an approval, or comes back from there. Only the node says it.
    pub parking: Option<clearance::Parking>,
}

impl Request {
    /// A request as it comes in: nothing was looked up for it and nobody has judged it.
    pub fn new(caller: Caller, command: Command, corr: Option<Correlation>) -> Self {
        Self { caller, command, corr, looked_up: None, judgement: None, parking: None }
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

/// Everything that can be asked for. Each variant is decided by the file of its name in the
/// folder of its noun.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Begin the journal.
    NodeFound(node::Found),
    /// Go on from a backup.
    NodeRestore(node::Restore),
    /// Accept a jump of the clock.
    ClockAccept(node::AcceptClock),
    /// Make the node's owner.
    OwnerCreate(principal::CreateOwner),
    /// Make a principal.
    PrincipalCreate(principal::Create),
    /// Stop a principal from acting.
    PrincipalSuspend(principal::Suspend),
    /// Keep a principal's money where it is.
    PrincipalFreeze(principal::Freeze),
    /// Let a principal act again.
    PrincipalReinstate(principal::Reinstate),
    /// Erase what is personal about a principal.
    PrincipalErase(principal::Erase),
    /// Put a card on record.
    CardSet(principal::SetCard),
    /// Make an API key.
    ApiKeyCreate(principal::CreateApiKey),
    /// Revoke an API key.
    ApiKeyRevoke(principal::RevokeApiKey),
    /// Give authority.
    GrantCreate(grant::Create),
    /// Take authority back.
    GrantRevoke(grant::Revoke),
    /// Give authority up.
    GrantRelinquish(grant::Relinquish),
    /// Register an account.
    AccountRegister(account::Register),
    /// Replace a password.
    PasswordChange(account::ChangePassword),
    /// Replace a password by a recovery key.
    AccountRecover(account::Recover),
    /// Replace all recovery keys.
    RecoveryKeysSet(account::SetRecoveryKeys),
    /// Open a session.
    SessionOpen(account::OpenSession),
    /// Close a session.
    SessionClose(account::CloseSession),
    /// Ask for a second factor.
    TotpEnable(account::EnableTotp),
    /// Ask for no second factor.
    TotpDisable(account::DisableTotp),
    /// Make a currency.
    CurrencyCreate(transfer::CreateCurrency),
    /// Make money.
    MintCreate(transfer::Mint),
    /// Destroy money.
    BurnCreate(transfer::Burn),
    /// Move money, or set it aside.
    TransferCreate(transfer::Create),
    /// Post a pending transfer, whole or in part.
    TransferPost(transfer::Post),
    /// Void a pending transfer.
    TransferVoid(transfer::Void),
    /// Make an OAuth client.
    ClientCreate(client::Create),
    /// Revoke an OAuth client.
    ClientRevoke(client::Revoke),
    /// Revoke every token of a principal.
    TokensRevoke(client::RevokeTokens),
    /// Make a bootstrap token.
    BootstrapCreate(onboard::CreateBootstrap),
    /// Make an agent with its client.
    AgentOnboard(onboard::Onboard),
    /// Ask for money.
    FundingRequest(funding::Ask),
    /// Mint what was asked for.
    FundingApprove(funding::Approve),
    /// Decline to.
    FundingReject(funding::Reject),
    /// Take a step of a task, by envelope.
    TaskStep(task::Step),
    /// Record the key that the node signs with for an agent.
    CustodyKeySet(custody::SetKey),
    /// Give a principal another key.
    KeyRotate(principal::RotateKey),
    /// Make a policy set.
    PolicySetCreate(policy::Create),
    /// Put a policy set in force.
    PolicySetActivate(policy::Activate),
    /// Ask a policy set no longer.
    PolicySetDeprecate(policy::Deprecate),
    /// End a policy set.
    PolicySetRevoke(policy::Revoke),
    /// Say how much a policy set counts.
    PolicySetModeSet(policy::SetMode),
    /// Put an evaluation of policy on record.
    PolicyEvaluate(policy::Evaluate),
    /// Declare a task.
    TaskDeclare(clearance::Declare),
    /// Move a declared task.
    TaskUpdate(clearance::Move),
    /// Attach an artifact to a task.
    ArtifactAdd(clearance::AddArtifact),
    /// Vouch for a context.
    TaintPromote(clearance::PromoteTrust),
    /// Put the manifest of a skill on record.
    SkillManifestCreate(clearance::RegisterSkill),
    /// Give a governance role.
    RoleAssign(clearance::AssignRole),
    /// Take a governance role.
    RoleWithdraw(clearance::WithdrawRole),
    /// Say who stands in.
    AbsenceDelegate(clearance::DelegateAbsence),
    /// Ask for approval.
    ApprovalRequestCreate(clearance::RequestApproval),
    /// Bind a request for approval to a call.
    ApprovalBind(clearance::BindApproval),
    /// Approve or reject.
    ApprovalDecide(clearance::DecideApproval),
    /// Raise a concern.
    EscalationRaise(clearance::Raise),
    /// Resolve an escalation.
    EscalationResolve(clearance::Resolve),
    /// End a parked command that is refused when it comes back.
    ParkedEnd(clearance::EndParked),
    /// Give a principal its DID log.
    DidCreate(did::Create),
    /// Let a principal's DID log go on.
    DidUpdate(did::Update),
    /// Record what was seen of a foreign DID.
    DidPin(did::Pin),
    /// Carry out what has come due.
    Expire(crate::due::Due),
}

impl Command {
    /// The operation's id, which grants and API keys name.
    pub fn action(&self) -> &'static str {
        match self {
            Command::NodeFound(_) => "node_found",
            Command::NodeRestore(_) => "node_restore",
            Command::ClockAccept(_) => "clock_accept",
            Command::OwnerCreate(_) => "owner_create",
            Command::PrincipalCreate(_) => "agent_create",
            Command::PrincipalSuspend(_) => "agent_suspend",
            Command::PrincipalFreeze(_) => "agent_freeze",
            Command::PrincipalReinstate(_) => "agent_reinstate",
            Command::PrincipalErase(_) => "principal_erase",
            Command::CardSet(_) => "agent_card_set",
            Command::ApiKeyCreate(_) => "api_key_create",
            Command::ApiKeyRevoke(_) => "api_key_revoke",
            Command::GrantCreate(_) => "grant_create",
            Command::GrantRevoke(_) => "grant_revoke",
            Command::GrantRelinquish(_) => "grant_relinquish",
            Command::AccountRegister(_) => "account_register",
            Command::PasswordChange(_) => "password_change",
            Command::AccountRecover(_) => "account_recover",
            Command::RecoveryKeysSet(_) => "recovery_keys_set",
            Command::SessionOpen(_) => "session_open",
            Command::SessionClose(_) => "session_close",
            Command::TotpEnable(_) => "totp_enable",
            Command::TotpDisable(_) => "totp_disable",
            Command::CurrencyCreate(_) => "currency_create",
            Command::MintCreate(_) => "mint_create",
            Command::BurnCreate(_) => "burn_create",
            Command::TransferCreate(_) => "transfer_create",
            Command::TransferPost(_) => "transfer_post",
            Command::TransferVoid(_) => "transfer_void",
            Command::ClientCreate(_) => "client_create",
            Command::ClientRevoke(_) => "client_revoke",
            Command::TokensRevoke(_) => "tokens_revoke",
            Command::BootstrapCreate(_) => "bootstrap_create",
            Command::AgentOnboard(_) => "agent_onboard",
            Command::FundingRequest(_) => "funding_request",
            Command::FundingApprove(_) => "funding_approve",
            Command::FundingReject(_) => "funding_reject",
            Command::TaskStep(_) => "envelope_submit",
            Command::CustodyKeySet(_) => "custody_key_set",
            Command::KeyRotate(_) => "agent_key_rotate",
            Command::PolicySetCreate(_) => "policy_set_create",
            Command::PolicySetActivate(_) => "policy_set_activate",
            Command::PolicySetDeprecate(_) => "policy_set_deprecate",
            Command::PolicySetRevoke(_) => "policy_set_revoke",
            Command::PolicySetModeSet(_) => "policy_set_mode_set",
            Command::PolicyEvaluate(_) => "policy_evaluate",
            Command::TaskDeclare(_) => "task_declare",
            Command::TaskUpdate(_) => "task_update",
            Command::ArtifactAdd(add) => add.artifact.operation(),
            Command::TaintPromote(_) => "taint_promote",
            Command::SkillManifestCreate(_) => "skill_manifest_create",
            Command::RoleAssign(_) => "role_assign",
            Command::RoleWithdraw(_) => "role_withdraw",
            Command::AbsenceDelegate(_) => "absence_delegate",
            Command::ApprovalRequestCreate(_) => "approval_request_create",
            Command::ApprovalBind(_) => "approval_bind",
            Command::ApprovalDecide(_) => "approval_decide",
            Command::EscalationRaise(_) => "escalation_raise",
            Command::EscalationResolve(_) => "escalation_resolve",
            Command::ParkedEnd(_) => "parked_end",
            Command::DidCreate(_) => "did_create",
            Command::DidUpdate(_) => "did_log_set",
            Command::DidPin(_) => "did_resolve",
            Command::Expire(_) => "expire",
        }
    }

    /// Whether the outcome depends on what time it is, so that it waits while the clock is unsure.
    pub fn depends_on_time(&self) -> bool {
        match self {
            Command::TransferCreate(create) => create.hold.is_some(),
            Command::ApiKeyCreate(create) => create.expires.is_some(),
            Command::TaskStep(_)
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
