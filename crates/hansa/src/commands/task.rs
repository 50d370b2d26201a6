//! `hansa task`: agreed work, and declared work with what is on record for it.

use clap::{Subcommand, ValueEnum};
use hansa_types::governance::{ActionClass, Clearance, GovernanceRole, RiskTier};
use hansa_types::{AnyId, Framework, Jurisdiction, TaskId};
use hansa_wire::api::clearance::{
    ArtifactList, DecisionRecord, LiabilityBind, TaskDeclare, TaskUpdate,
};
use hansa_wire::api::tasks::{AnyTask, TaskGet, TaskList, TermsState};
use hansa_wire::scalar::{Annotations, Flag, Note, PrincipalRef};

use super::paging::Paging;
use super::{App, DONE, Outcome};
use crate::duration::Span;
use crate::failure::Failure;
use crate::remote::Idempotency;

/// What can be done with tasks.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List tasks that the caller is a party of
    List {
        /// Only those of this party: an id or a DID
        #[arg(long)]
        party: Option<PrincipalRef>,
        /// Only those whose agreement stands there
        #[arg(long, value_enum)]
        state: Option<State>,
        /// Declared tasks instead of contracts
        #[arg(long, conflicts_with = "state")]
        declared: bool,
        #[command(flatten)]
        paging: Paging,
    },
    /// Declare a task: who acts, what shall come of it and how risky it is
    Declare(Declare),
    /// Move a declared task, by the artifact that allows it
    Move {
        /// Its id
        task: TaskId,
        /// Whereto: analyzing, executing, failed, revoked …
        to: Clearance,
        /// The artifact that allows it
        #[arg(long)]
        guard: Option<AnyId>,
    },
    /// Say who answers for a declared task
    Bind {
        /// Its id
        task: TaskId,
        /// Who is accountable; whoever declared the task unless named
        #[arg(long)]
        accountable: Option<PrincipalRef>,
        /// Where
        #[arg(long)]
        jurisdiction: Option<Jurisdiction>,
    },
    /// Record what the agent decided to do
    Decide {
        /// Its id
        task: TaskId,
        /// What was chosen
        action: String,
        /// What kind of act: read, write, communicate, transact, delete, admin
        #[arg(long, default_value = "write")]
        class: ActionClass,
        /// Why
        #[arg(long)]
        rationale: Option<String>,
    },
    /// List what is on record for a declared task
    Artifacts {
        /// Its id
        task: TaskId,
        #[command(flatten)]
        paging: Paging,
    },
    /// Show a task: terms, milestones, money and state
    Show {
        /// Its id
        task: TaskId,
    },
}

/// Declaring a task.
#[derive(Debug, clap::Args)]
pub(crate) struct Declare {
    /// What shall come of it
    outcome: String,

    /// How much may go wrong: low, medium, high or critical
    #[arg(long, default_value = "low")]
    risk: RiskTier,

    /// Who will act; the caller unless named
    #[arg(long, value_name = "PRINCIPAL")]
    principal: Option<PrincipalRef>,

    /// Where it happens, e.g. EU; may be repeated
    #[arg(long = "jurisdiction", value_name = "CODE")]
    jurisdictions: Vec<Jurisdiction>,

    /// By which framework it is bound, e.g. eu-ai-act; may be repeated
    #[arg(long = "framework", value_name = "NAME")]
    frameworks: Vec<Framework>,

    /// A governance role that has to approve; may be repeated
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<GovernanceRole>,

    /// How many persons have to approve
    #[arg(long)]
    quorum: Option<u8>,

    /// When it fails by itself, e.g. 7d
    #[arg(long, value_name = "SPAN", default_value = "7d")]
    expires: Span,

    #[command(flatten)]
    idempotency: Idempotency,
}

impl Declare {
    fn request(&self) -> Result<TaskDeclare, Failure> {
        Ok(TaskDeclare {
            principal: self.principal.clone(),
            requested_outcome: note(&self.outcome)?,
            risk_tier: self.risk,
            jurisdictions: self.jurisdictions.clone(),
            frameworks: self.frameworks.clone(),
            required_roles: self.roles.clone(),
            quorum: self.quorum,
            expires_in_s: Some(self.expires.seconds),
            annotations: Annotations::default(),
        })
    }
}

/// A text of the command line as a note.
pub(super) fn note(text: &str) -> Result<Note, Failure> {
    let wrong = "a text of 1 to 2,048 bytes without control characters or outer white space";
    Note::new(text).ok_or_else(|| Failure::usage(wrong))
}

/// Where an agreement stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum State {
    /// Terms are on the table
    Offered,
    /// Both sides agree
    Accepted,
    /// One side has declined
    Rejected,
    /// The work is delegated and its money held
    Delegated,
    /// Every milestone was paid or refused
    Settled,
    /// The payer took the delegation back
    Revoked,
    /// Its time ran out
    Expired,
}

impl From<State> for TermsState {
    fn from(state: State) -> Self {
        match state {
            State::Offered => Self::Offered,
            State::Accepted => Self::Accepted,
            State::Rejected => Self::Rejected,
            State::Delegated => Self::Delegated,
            State::Settled => Self::Settled,
            State::Revoked => Self::Revoked,
            State::Expired => Self::Expired,
        }
    }
}

const LISTED: &[&str] = &[
    "id",
    "terms_state",
    "work_state",
    "amount",
    "currency",
    "paid",
    "payer",
    "agent",
    "updated_at",
];
const SHOWN: &[&str] = &[
    "id",
    "terms_state",
    "work_state",
    "payer",
    "agent",
    "amount",
    "currency",
    "rail",
    "deadline",
    "milestones:on,pct,amount,state",
    "escrow",
    "paid",
    "refunded",
    "root_envelope",
    "last_envelope",
    "created_at",
    "updated_at",
    "seq",
];

const ARTIFACT: &[&str] = &["id", "kind", "task", "by", "created_at", "seq"];
const DECLARED_LISTED: &[&str] =
    &["id", "clearance", "hold", "risk_tier", "principal", "parked", "updated_at"];
const DECLARED_SHOWN: &[&str] = &[
    "id",
    "clearance",
    "hold",
    "agp_state",
    "a2a_state",
    "principal",
    "declared_by",
    "requested_outcome",
    "risk_tier",
    "jurisdictions",
    "frameworks",
    "required_roles",
    "quorum",
    "taint",
    "impact",
    "artifacts",
    "approval_requests",
    "escalations",
    "parked",
    "parked_call",
    "result",
    "refusal",
    "created_at",
    "updated_at",
    "expires_at",
    "seq",
];

impl Command {
    /// Carries it out.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        let remote = app.remote()?;
        match self {
            Command::List { party, state, declared, paging: Paging { cursor, limit } } => {
                let (terms_state, declared) = (state.map(TermsState::from), Flag(declared));
                let listed = if declared.0 { DECLARED_LISTED } else { LISTED };
                let request =
                    TaskList { party, terms_state, declared, cursor, limit, agp_state: None };
                app.ui.answer(&remote.call(&request).await?, listed)?;
            }
            Command::Show { task } => match remote.call(&TaskGet { task }).await? {
                AnyTask::Contract(task) => app.ui.answer(&task, SHOWN)?,
                AnyTask::Declared(task) => app.ui.answer(&task, DECLARED_SHOWN)?,
            },
            Command::Declare(declare) => {
                let request = declare.request()?;
                let declared = remote.call_once(&request, &declare.idempotency).await?;
                app.ui.answer(&declared, DECLARED_SHOWN)?;
            }
            Command::Move { task, to, guard } => {
                let request = TaskUpdate { task, to, guard };
                app.ui.answer(&remote.call(&request).await?, DECLARED_SHOWN)?;
            }
            Command::Bind { task, accountable, jurisdiction } => {
                let request = LiabilityBind {
                    task,
                    accountable,
                    sponsoring_entity: None,
                    jurisdiction,
                    annotations: Annotations::default(),
                };
                app.ui.answer(&remote.call(&request).await?, ARTIFACT)?;
            }
            Command::Decide { task, action, class, rationale } => {
                let request = DecisionRecord {
                    task,
                    selected_action: note(&action)?,
                    action_class: class,
                    rationale: rationale.as_deref().map(note).transpose()?,
                    uncertainty_ppm: None,
                    evidence: Vec::new(),
                    annotations: Annotations::default(),
                };
                app.ui.answer(&remote.call(&request).await?, ARTIFACT)?;
            }
            Command::Artifacts { task, paging: Paging { cursor, limit } } => {
                let request = ArtifactList { task, cursor, limit };
                app.ui.answer(&remote.call(&request).await?, ARTIFACT)?;
            }
        }
        DONE
    }
}
