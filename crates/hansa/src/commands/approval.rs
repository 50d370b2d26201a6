//! `hansa approval`: asking for approval, giving it, and standing in for somebody.

use clap::Subcommand;
use hansa_crypto::Secret;
use hansa_types::governance::{ApprovalMode, ApprovalState, Decision, GovernanceRole};
use hansa_types::{ApprovalRequestId, Digest, TaskId};
use hansa_wire::api::approvals::{
    AbsenceDelegate, ApprovalDecide, ApprovalGet, ApprovalList, ApprovalRequestCreate,
};
use hansa_wire::scalar::{Annotations, PrincipalRef, WireSecret};

use super::paging::Paging;
use super::task::note;
use super::{App, DONE, Outcome};
use crate::duration::Span;
use crate::failure::Failure;
use crate::remote::{Idempotency, Remote};

/// What can be done with approvals.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Ask for approval of one exact call
    Request(Request),
    /// List requests that the caller asked for or has a say in
    List {
        /// Only those of this task
        #[arg(long)]
        task: Option<TaskId>,
        /// Only those that stand there: pending, approved, rejected, expired, used or void
        #[arg(long)]
        state: Option<ApprovalState>,
        #[command(flatten)]
        paging: Paging,
    },
    /// Show a request: the call it is for, and what was said
    Show {
        /// Its id
        request: ApprovalRequestId,
    },
    /// Approve
    Approve(Decide),
    /// Reject
    Reject(Decide),
    /// Name who stands in while the caller is away; nobody to come back
    Absence {
        /// Who stands in: an id or a DID
        deputy: Option<PrincipalRef>,
        /// For how long
        #[arg(long = "for", value_name = "SPAN", default_value = "1d")]
        span: Span,
    },
}

/// Asking for approval.
#[derive(Debug, clap::Args)]
pub(crate) struct Request {
    /// The task
    task: TaskId,

    /// The call as JSON: type, tool and params; it can be bound later
    #[arg(long, value_name = "JSON", conflicts_with = "call_digest")]
    call: Option<String>,

    /// Digest of the call, instead of the call itself
    #[arg(long, value_name = "DIGEST")]
    call_digest: Option<Digest>,

    /// How many have to approve: single, dual or multi
    #[arg(long)]
    mode: Option<ApprovalMode>,

    /// For multi: how many
    #[arg(long)]
    quorum: Option<u8>,

    /// A role that approves; may be repeated
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<GovernanceRole>,

    /// Who may approve, if not everybody in the roles; may be repeated
    #[arg(long = "approver", value_name = "PRINCIPAL")]
    approvers: Vec<PrincipalRef>,

    /// Approvers show a second factor or sign with their own key
    #[arg(long)]
    step_up: bool,

    /// When silence counts as a rejection
    #[arg(long, value_name = "SPAN", default_value = "1d")]
    expires: Span,

    /// Where to be told how it ended, at a host of egress.webhook; polling works anyway
    #[arg(long, value_name = "URL")]
    callback_url: Option<String>,

    #[command(flatten)]
    idempotency: Idempotency,
}

/// Approving or rejecting.
#[derive(Debug, clap::Args)]
pub(crate) struct Decide {
    /// The request
    request: ApprovalRequestId,

    /// Digest of the call that was looked at; refused if the request is for another
    #[arg(long, value_name = "DIGEST")]
    call_digest: Option<Digest>,

    /// For whom, when the caller stands in
    #[arg(long, value_name = "PRINCIPAL")]
    on_behalf_of: Option<PrincipalRef>,

    /// The present code of the caller's second factor, where the request asks for one
    #[arg(long, value_name = "CODE")]
    totp: Option<String>,

    /// Why
    #[arg(long)]
    notes: Option<String>,

    #[command(flatten)]
    idempotency: Idempotency,
}

const LISTED: &[&str] = &["id", "task", "state", "requested_by", "quorum", "roles", "expires_at"];
const SHOWN: &[&str] = &[
    "id",
    "task",
    "state",
    "call_digest",
    "call.tool",
    "requested_by",
    "quorum",
    "roles",
    "approvers",
    "step_up",
    "approvals:id,by,role,decision",
    "requested_at",
    "expires_at",
    "seq",
];

impl Command {
    /// Carries it out.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        let remote = app.remote()?;
        match self {
            Command::Request(request) => {
                let idempotency = request.idempotency.clone();
                let request = request.request()?;
                app.ui.answer(&remote.call_once(&request, &idempotency).await?, SHOWN)?;
            }
            Command::List { task, state, paging: Paging { cursor, limit } } => {
                let request = ApprovalList { task, state, approval: None, cursor, limit };
                app.ui.answer(&remote.call(&request).await?, LISTED)?;
            }
            Command::Show { request } => {
                app.ui.answer(&remote.call(&ApprovalGet { request }).await?, SHOWN)?;
            }
            Command::Approve(decide) => decide.run(app, &remote, Decision::Approved).await?,
            Command::Reject(decide) => decide.run(app, &remote, Decision::Rejected).await?,
            Command::Absence { deputy, span } => {
                let request = AbsenceDelegate { deputy, for_s: Some(span.seconds) };
                let shown = &["principal", "deputy", "until"];
                app.ui.answer(&remote.call(&request).await?, shown)?;
            }
        }
        DONE
    }
}

impl Request {
    fn request(self) -> Result<ApprovalRequestCreate, Failure> {
        let wrong =
            |_| Failure::usage("--call is {\"type\": \"tool_call\", \"tool\": …, \"params\": {…}}");
        let call = self.call.as_deref().map(serde_json::from_str).transpose().map_err(wrong)?;
        Ok(ApprovalRequestCreate {
            task: self.task,
            call,
            call_digest: self.call_digest,
            mode: self.mode,
            quorum: self.quorum,
            roles: self.roles,
            approvers: self.approvers,
            step_up: self.step_up,
            expires_in_s: Some(self.expires.seconds),
            callback_url: self.callback_url,
            annotations: Annotations::default(),
        })
    }
}

impl Decide {
    async fn run(self, app: &App<'_>, remote: &Remote, decision: Decision) -> Result<(), Failure> {
        let request = ApprovalDecide {
            request: self.request,
            decision,
            call_digest: self.call_digest,
            on_behalf_of: self.on_behalf_of,
            totp: self.totp.map(|code| WireSecret(Secret::new(code))),
            passkey: None,
            notes: self.notes.as_deref().map(note).transpose()?,
        };
        app.ui.answer(&remote.call_once(&request, &self.idempotency).await?, SHOWN)
    }
}
