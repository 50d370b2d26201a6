//! `hansa user`: what the node's owner does about a principal, person or agent, and what it says to
//! that.

use clap::Subcommand;
use hansa_wire::api::agents::{AgentFreeze, AgentReinstate, AgentSuspend, StopReason};
use hansa_wire::api::standing::{AppealList, AppealLodge, StandingGet};
use hansa_wire::scalar::{Note, PrincipalRef};

use super::paging::Paging;
use super::principal::Erase;
use super::{App, DONE, Outcome};

/// What can be done about a principal.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Stop a principal from acting, until it is reinstated
    Suspend(Stop),
    /// Keep a principal's money where it is
    Freeze(Stop),
    /// Let a suspended or frozen principal act again
    Reinstate(Reinstate),
    /// Show since when a principal is stopped, and why; also when it is the caller
    Standing {
        /// Its id or DID
        principal: PrincipalRef,
    },
    /// Say something against being suspended or frozen, once each time
    Appeal {
        /// Who is stopped: the caller, or whom it controls
        principal: PrincipalRef,

        /// What there is to say; kept sealed, for the node's owner
        #[arg(long, value_name = "TEXT", value_parser = note)]
        note: Note,
    },
    /// List those who wait for an answer to their appeal
    Appeals {
        #[command(flatten)]
        paging: Paging,
    },
    /// Destroy what is personal about a principal, for good; its money and its history stay
    Erase(Erase),
}

/// Suspending or freezing somebody.
#[derive(Debug, clap::Args)]
pub(crate) struct Stop {
    /// Its id or DID
    principal: PrincipalRef,

    /// Why: abuse, fraud, compromised, policy, legal or requested
    #[arg(long, value_parser = reason)]
    reason: Option<StopReason>,

    /// What else there is to say; kept sealed, and read by the principal
    #[arg(long, value_name = "TEXT", value_parser = note)]
    note: Option<Note>,
}

/// Reinstating somebody.
#[derive(Debug, clap::Args)]
pub(crate) struct Reinstate {
    /// Its id or DID
    principal: PrincipalRef,

    /// What was said on appeal; kept sealed, beside the journal
    #[arg(long, value_name = "TEXT", value_parser = note)]
    note: Option<Note>,
}

const SHOWN: &[&str] = &["id", "did", "name", "kind", "status", "seq"];
const STANDING: &[&str] = &[
    "principal",
    "status",
    "suspended.since",
    "suspended.reason",
    "frozen.since",
    "frozen.reason",
    "note",
    "appeal.lodged_at",
    "appeal.note",
];

impl Command {
    /// Carries it out.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        match self {
            Command::Suspend(stop) => stop.suspend(app).await,
            Command::Freeze(stop) => stop.freeze(app).await,
            Command::Reinstate(reinstate) => reinstate.run(app).await,
            Command::Standing { principal: agent } => {
                app.ui.answer(&app.remote()?.call(&StandingGet { agent }).await?, STANDING)?;
                DONE
            }
            Command::Appeal { principal: agent, note } => {
                let request = AppealLodge { agent, note };
                app.ui.answer(&app.remote()?.call(&request).await?, STANDING)?;
                DONE
            }
            Command::Appeals { paging: Paging { cursor, limit } } => {
                let listed = app.remote()?.call(&AppealList { cursor, limit }).await?;
                app.ui.answer(&listed, STANDING)?;
                DONE
            }
            Command::Erase(erase) => erase.run(app).await,
        }
    }
}

impl Stop {
    /// Stops it from acting.
    pub(crate) async fn suspend(self, app: &App<'_>) -> Outcome {
        let Stop { principal: agent, reason, note } = self;
        app.ui.answer(&app.remote()?.call(&AgentSuspend { agent, reason, note }).await?, SHOWN)?;
        DONE
    }

    /// Keeps its money where it is.
    pub(crate) async fn freeze(self, app: &App<'_>) -> Outcome {
        let Stop { principal: agent, reason, note } = self;
        app.ui.answer(&app.remote()?.call(&AgentFreeze { agent, reason, note }).await?, SHOWN)?;
        DONE
    }
}

impl Reinstate {
    /// Lets it act again.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        let request = AgentReinstate { agent: self.principal, note: self.note };
        app.ui.answer(&app.remote()?.call(&request).await?, SHOWN)?;
        DONE
    }
}

/// Reads a reason by its word in the API.
fn reason(word: &str) -> Result<StopReason, String> {
    serde_json::from_value(serde_json::Value::from(word))
        .map_err(|_| "expected abuse, fraud, compromised, policy, legal or requested".to_owned())
}

fn note(text: &str) -> Result<Note, String> {
    Note::new(text).ok_or_else(|| {
        "1 to 2,048 bytes without control characters or outer white space".to_owned()
    })
}
