//! `hansa task`: looking at agreed work.

use clap::{Subcommand, ValueEnum};
use hansa_types::TaskId;
use hansa_wire::api::tasks::{TaskGet, TaskList, TermsState};
use hansa_wire::scalar::PrincipalRef;

use super::paging::Paging;
use super::{App, DONE, Outcome};

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
        #[command(flatten)]
        paging: Paging,
    },
    /// Show a task: terms, milestones, money and state
    Show {
        /// Its id
        task: TaskId,
    },
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

impl Command {
    /// Carries it out.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        let remote = app.remote()?;
        match self {
            Command::List { party, state, paging: Paging { cursor, limit } } => {
                let terms_state = state.map(TermsState::from);
                let request = TaskList { party, terms_state, cursor, limit };
                app.ui.answer(&remote.call(&request).await?, LISTED)?;
            }
            Command::Show { task } => {
                app.ui.answer(&remote.call(&TaskGet { task }).await?, SHOWN)?;
            }
        }
        DONE
    }
}
