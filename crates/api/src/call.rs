//! The one way into every operation, for HTTP requests and envelopes alike.

use std::pin::Pin;

use hansa_types::Code;
use hansa_wire::api::{
    accounts, actions, agents, amp, api_keys, approvals, auth, callbacks, cards, clearance,
    clients, currencies, dids, discover, fundings, grants, invites, journal, memories, node,
    onboarding, orgs, passkeys, policies, principals, projections, setup, skills, standing, tasks,
    teams, the_protocol, transfers,
};
use hansa_wire::request::parse;
use hansa_wire::{Problem, Request};
use serde_json::Value;

use crate::answer::Answer;
use crate::context::Context;
use crate::ops;

/// An answer under way. Boxed, for an operation may call another on behalf of an envelope.
pub(crate) type Answering = Pin<Box<dyn Future<Output = Result<Answer, Problem>> + Send>>;

/// Types the request object and has its operation carry it out.
macro_rules! dispatch {
    ($context:expr, $value:expr, $otherwise:expr; $($request:ty => $handler:path;)*) => {
        match $context.operation.id {
            $(<$request as Request>::OPERATION => {
                $handler($context, parse::<$request>($value)?).await
            })*
            _ => $otherwise,
        }
    };
}

/// Carries an operation out.
pub(crate) fn call(context: Context, value: Value) -> Answering {
    Box::pin(async move {
        let answered = call_for_whom(&context, value).await;
        match (answered, context.parked.get()) {
            (Err(_), Some(parked)) => ops::declared::waiting(&context, parked).await,
            (answered, _) => answered,
        }
    })
}

/// Carries an operation out.
async fn call_for_whom(context: &Context, value: Value) -> Result<Answer, Problem> {
    dispatch! { context, value, call_for_identity(context, value).await;
        node::NodeGet => ops::node::node_get;
        node::ClockAccept => ops::clock::clock_accept;
        node::Health => ops::health::health;
        node::Ready => ops::health::ready;
        node::Metrics => ops::health::metrics;
        node::Version => ops::health::version;
        node::OpenApi => ops::docs::openapi;
        node::Docs => ops::docs::docs;
        setup::SetupComplete => ops::setup::setup_complete;
        agents::AgentCreate => ops::agents::agent_create;
        agents::AgentGet => ops::agents::agent_get;
        agents::AgentList => ops::agents::agent_list;
        agents::AgentCardSet => ops::cards::agent_card_set;
        agents::AgentCardGet => ops::cards::agent_card_get;
        cards::AgentCardSign => ops::cards::agent_card_sign;
        cards::AgentCardWellKnown => ops::card_documents::agent_card_well_known;
        cards::AgentCardExport => ops::card_documents::agent_card_export;
        cards::AgentPublicKey => ops::card_documents::agent_public_key;
        cards::CustodyKeySet => ops::card_documents::custody_key_set;
        cards::RegistryCardGet => ops::registry::registry_card_get;
        cards::RegistryJwks => ops::registry::registry_jwks;
        the_protocol::OnboardToken => ops::the_protocol::onboard_token;
        the_protocol::OnboardAgent => ops::the_protocol::onboard_agent;
        the_protocol::DeveloperKeyCreate => ops::the_protocol::developer_key_create;
        the_protocol::DeveloperKeyList => ops::the_protocol::developer_key_list;
        the_protocol::DeveloperKeyRevoke => ops::the_protocol::developer_key_revoke;
        the_protocol::AgentMe => ops::the_protocol::agent_me;
        the_protocol::TegSend => ops::the_protocol::teg_send;
        agents::AgentSuspend => ops::agents::agent_suspend;
        agents::AgentFreeze => ops::agents::agent_freeze;
        agents::AgentReinstate => ops::agents::agent_reinstate;
        agents::AgentKeyRotate => ops::rotate::agent_key_rotate;
        agents::ReputationGet => ops::reputation::reputation_get;
        discover::Discover => ops::discover::discover;
        currencies::CurrencyList => ops::currencies::currency_list;
        currencies::CurrencyCreate => ops::currencies::currency_create;
        currencies::MintCreate => ops::supply::mint_create;
        currencies::BurnCreate => ops::supply::burn_create;
        projections::SupplyAudit => ops::projections::supply_audit;
        transfers::TransferQuote => ops::transfers::transfer_quote;
        transfers::TransferCreate => ops::transfers::transfer_create;
        transfers::TransferBatch => ops::transfers::transfer_batch;
        transfers::TransferList => ops::transfers::transfer_list;
        transfers::TransferGet => ops::transfers::transfer_get;
        transfers::TransferPost => ops::holds::transfer_post;
        transfers::TransferVoid => ops::holds::transfer_void;
        accounts::BalanceList => ops::accounts::balance_list;
        amp::EnvelopeSubmit => ops::amp::envelope_submit;
        amp::EnvelopeGet => ops::envelopes::envelope_get;
        amp::EnvelopeGraph => ops::envelopes::envelope_graph;
        tasks::TaskList => ops::tasks::task_list;
        tasks::TaskGet => ops::tasks::task_get;
        journal::JournalCheckpoint => ops::journal::journal_checkpoint;
        journal::JournalInclusion => ops::journal::journal_inclusion;
        journal::JournalConsistency => ops::journal::journal_consistency;
        journal::JournalExport => ops::export::journal_export;
        journal::EntryGet => ops::journal::entry_get;
    }
}

/// Carries an operation out that is about credentials, authority or an agent's beginning and end.
async fn call_for_identity(context: &Context, value: Value) -> Result<Answer, Problem> {
    dispatch! { context, value, call_for_orgs(context, value).await;
        auth::AccountRegister => ops::auth::account_register;
        auth::AccountVerify => ops::auth::account_verify;
        auth::SessionOpen => ops::auth::session_open;
        auth::SessionClose => ops::auth::session_close;
        auth::SessionList => ops::auth::session_list;
        auth::PasswordChange => ops::auth::password_change;
        auth::AccountRecover => ops::auth::account_recover;
        auth::NewPasswordSet => ops::auth::new_password_set;
        auth::RecoveryKeysSet => ops::auth::recovery_keys_set;
        auth::TotpBegin => ops::auth::totp_begin;
        auth::TotpEnable => ops::auth::totp_enable;
        auth::TotpDisable => ops::auth::totp_disable;
        passkeys::PasskeyBegin => ops::auth::passkey_begin;
        passkeys::PasskeyAdd => ops::auth::passkey_add;
        passkeys::PasskeyList => ops::auth::passkey_list;
        passkeys::PasskeyRemove => ops::auth::passkey_remove;
        passkeys::PasskeyAsk => ops::auth::passkey_ask;
        auth::WhoAmI => ops::auth::whoami;
        clients::ClientCreate => ops::clients::client_create;
        clients::ClientList => ops::clients::client_list;
        clients::ClientRevoke => ops::clients::client_revoke;
        clients::TokensRevoke => ops::clients::tokens_revoke;
        dids::DidGet => ops::dids::did_get;
        dids::DidCreate => ops::dids::did_create;
        dids::DidLogSet => ops::dids::did_log_set;
        dids::DidLogGet => ops::did_documents::did_log_get;
        dids::DidWebGet => ops::did_documents::did_web_get;
        dids::DidResolve => ops::did_documents::did_resolve;
        onboarding::BootstrapCreate => ops::onboarding::bootstrap_create;
        onboarding::AgentOnboard => ops::onboarding::agent_onboard;
        fundings::FundingRequest => ops::fundings::funding_request;
        fundings::FundingList => ops::fundings::funding_list;
        fundings::FundingApprove => ops::fundings::funding_approve;
        fundings::FundingReject => ops::fundings::funding_reject;
        grants::GrantCreate => ops::grants::grant_create;
        grants::GrantList => ops::grants::grant_list;
        grants::GrantGet => ops::grants::grant_get;
        grants::GrantRevoke => ops::grants::grant_revoke;
        policies::PolicySetCreate => ops::policies::policy_set_create;
        policies::PolicySetList => ops::policies::policy_set_list;
        policies::PolicySetGet => ops::policies::policy_set_get;
        policies::PolicySetActivate => ops::policies::policy_set_activate;
        policies::PolicySetDeprecate => ops::policies::policy_set_deprecate;
        policies::PolicySetRevoke => ops::policies::policy_set_revoke;
        policies::PolicySetModeSet => ops::policies::policy_set_mode_set;
        policies::PolicyDifferenceList => ops::policies::policy_difference_list;
        policies::PolicyEvaluate => ops::evaluations::policy_evaluate;
        policies::PolicyEvaluationGet => ops::evaluations::policy_evaluation_get;
        grants::GrantRelinquish => ops::grants::grant_relinquish;
        grants::GrantExport => ops::grant_export::grant_export;
        api_keys::ApiKeyCreate => ops::api_keys::api_key_create;
        api_keys::ApiKeyList => ops::api_keys::api_key_list;
        api_keys::ApiKeyRevoke => ops::api_keys::api_key_revoke;
        principals::PrincipalErase => ops::principals::principal_erase;
        memories::MemoryWrite => ops::memories::memory_write;
        memories::MemoryList => ops::memories::memory_list;
        memories::MemoryRead => ops::memories::memory_read;
        memories::MemoryDelete => ops::memories::memory_delete;
        standing::StandingGet => ops::standing::standing_get;
        standing::AppealLodge => ops::standing::appeal_lodge;
        standing::AppealList => ops::standing::appeal_list;
    }
}

/// Carries an operation out that is about organizations.
async fn call_for_orgs(context: &Context, value: Value) -> Result<Answer, Problem> {
    dispatch! { context, value, call_for_clearance(context, value).await;
        orgs::OrgCreate => ops::orgs::org_create;
        orgs::OrgList => ops::orgs::org_list;
        orgs::OrgGet => ops::orgs::org_get;
        orgs::OrgMemberList => ops::orgs::org_member_list;
        orgs::OrgMemberRoleSet => ops::orgs::org_member_role_set;
        orgs::OrgMemberRemove => ops::orgs::org_member_remove;
        orgs::OrgLeave => ops::orgs::org_leave;
        orgs::OrgOwnerTransfer => ops::orgs::org_owner_transfer;
        orgs::OrgAgentList => ops::org_agents::org_agent_list;
        orgs::AgentTransfer => ops::org_agents::agent_transfer;
        orgs::AgentShare => ops::org_agents::agent_share;
        orgs::AgentUnshare => ops::org_agents::agent_unshare;
        invites::InviteCreate => ops::invites::invite_create;
        invites::InviteList => ops::invites::invite_list;
        invites::InviteRevoke => ops::invites::invite_revoke;
        invites::InviteAccept => ops::invites::invite_accept;
        teams::TeamCreate => ops::teams::team_create;
        teams::TeamList => ops::teams::team_list;
        teams::TeamDelete => ops::teams::team_delete;
        teams::TeamMemberAdd => ops::teams::team_member_add;
        teams::TeamMemberRemove => ops::teams::team_member_remove;
    }
}

/// Carries an operation out that is about declared tasks and who has a say in them.
async fn call_for_clearance(context: &Context, value: Value) -> Result<Answer, Problem> {
    dispatch! { context, value, call_for_actions(context, value).await;
        clearance::TaskDeclare => ops::declared::task_declare;
        clearance::TaskUpdate => ops::declared::task_update;
        clearance::LiabilityBind => ops::declared::liability_bind;
        clearance::ContextAttest => ops::declared::context_attest;
        clearance::TaintPromote => ops::declared::taint_promote;
        clearance::EvidenceAdd => ops::declared::evidence_add;
        clearance::ImpactAssess => ops::declared::impact_assess;
        clearance::DecisionRecord => ops::declared::decision_record;
        clearance::GovernanceAttest => ops::declared::governance_attest;
        clearance::CommerceSessionCreate => ops::declared::commerce_session_create;
        clearance::ArtifactList => ops::declared::artifact_list;
        clearance::ArtifactGet => ops::declared::artifact_get;
        skills::SkillManifestList => ops::skills::skill_manifest_list;
        skills::SkillManifestCreate => ops::skills::skill_manifest_create;
        approvals::ApprovalRequestCreate => ops::approvals::approval_request_create;
        approvals::ApprovalList => ops::approvals::approval_list;
        approvals::ApprovalGet => ops::approvals::approval_get;
        approvals::ApprovalBind => ops::approvals::approval_bind;
        approvals::ApprovalDecide => ops::approvals::approval_decide;
        approvals::AbsenceDelegate => ops::approvals::absence_delegate;
        approvals::EscalationRaise => ops::escalations::escalation_raise;
        approvals::EscalationList => ops::escalations::escalation_list;
        approvals::EscalationGet => ops::escalations::escalation_get;
        approvals::EscalationResolve => ops::escalations::escalation_resolve;
        approvals::RoleAssign => ops::escalations::role_assign;
        approvals::RoleWithdraw => ops::escalations::role_withdraw;
        approvals::RoleList => ops::escalations::role_list;
    }
}

/// Carries an operation out that is about what passes the gate and what is on record of it.
async fn call_for_actions(context: &Context, value: Value) -> Result<Answer, Problem> {
    dispatch! { context, value, Err(Code::NotFound.into());
        actions::ActionSubmit => ops::actions::action_submit;
        actions::ActionValidate => ops::actions::action_validate;
        actions::ActionGet => ops::actions::action_get;
        actions::ActionClaim => ops::actions::action_claim;
        actions::ReceiptPost => ops::actions::receipt_post;
        actions::ReceiptGet => ops::actions::receipt_get;
        callbacks::CallbackList => ops::callbacks::callback_list;
        actions::TaskReplay => ops::replay::task_replay;
        actions::Explain => ops::explain::explain;
    }
}
