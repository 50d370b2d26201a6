//! `hansa escalation`: raising a concern, which stops a task, and resolving it.

use clap::Subcommand;
use hansa_types::governance::{Concern, HoldKind, Resolution};
use hansa_types::{EscalationId, TaskId};
use hansa_wire::api::approvals::{
    EscalationGet, EscalationList, EscalationRaise, EscalationResolve,
};
use hansa_wire::scalar::Annotations;

use super::paging::Paging;
use super::task::note;
use super::{App, DONE, Outcome};

/// What can be done with escalations.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Raise a concern about a task, which stands still until it is resolved
    Raise {
        /// The task
        task: TaskId,
        /// What it is about, e.g. fraud, safety, policy_violation
        concern: Concern,
        /// What was seen
        description: String,
        /// What shall happen: pause_and_review, escalate_to_human or quarantine
        #[arg(long)]
        action: Option<HoldKind>,
    },
    /// List escalations of tasks that the caller takes part in
    List {
        /// Only those of this task
        #[arg(long)]
        task: Option<TaskId>,
        #[command(flatten)]
        paging: Paging,
    },
    /// Show an escalation and what came of it
    Show {
        /// Its id
        escalation: EscalationId,
    },
    /// Resolve an escalation, as a compliance monitor without a part in it
    Resolve {
        /// Its id
        escalation: EscalationId,
        /// What came of it: upheld, dismissed or partially_upheld
        outcome: Resolution,
        /// Why
        #[arg(long)]
        notes: Option<String>,
    },
}

const LISTED: &[&str] =
    &["id", "task", "concern_type", "requested_action", "outcome", "raised_by", "raised_at"];
const SHOWN: &[&str] = &[
    "id",
    "task",
    "concern_type",
    "requested_action",
    "raised_by",
    "description",
    "raised_at",
    "outcome",
    "resolved_by",
    "notes",
    "resolved_at",
    "seq",
];

impl Command {
    /// Carries it out.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        let remote = app.remote()?;
        match self {
            Command::Raise { task, concern, description, action } => {
                let request = EscalationRaise {
                    task,
                    concern_type: concern,
                    description: note(&description)?,
                    requested_action: action,
                    annotations: Annotations::default(),
                };
                app.ui.answer(&remote.call(&request).await?, SHOWN)?;
            }
            Command::List { task, paging: Paging { cursor, limit } } => {
                let request = EscalationList { task, cursor, limit };
                app.ui.answer(&remote.call(&request).await?, LISTED)?;
            }
            Command::Show { escalation } => {
                app.ui.answer(&remote.call(&EscalationGet { escalation }).await?, SHOWN)?;
            }
            Command::Resolve { escalation, outcome, notes } => {
                let notes = notes.as_deref().map(note).transpose()?;
                let request = EscalationResolve { escalation, outcome, notes };
                app.ui.answer(&remote.call(&request).await?, SHOWN)?;
            }
        }
        DONE
    }
}
