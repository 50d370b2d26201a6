//! Handing an agent on, and sharing one of an organization.

use hansa_types::TeamId;
use hansa_wire::api::orgs::{AgentShare, AgentTransfer, AgentUnshare};
use hansa_wire::scalar::PrincipalRef;

use super::super::{App, DONE, Outcome};
use crate::remote::Idempotency;

/// Handing an agent on.
#[derive(Debug, clap::Args)]
pub(crate) struct Transfer {
    /// Its id or DID
    agent: PrincipalRef,

    /// To whom: an organization's or a member's id or DID
    to: PrincipalRef,

    /// Let its API keys, OAuth clients and tokens go on working
    #[arg(long)]
    keep_credentials: bool,

    #[command(flatten)]
    idempotency: Idempotency,
}

/// Sharing an agent, or taking that back.
#[derive(Debug, clap::Args)]
pub(crate) struct Share {
    /// Its id or DID
    agent: PrincipalRef,

    /// A member of the organization: an id or a DID
    #[arg(long, value_name = "PRINCIPAL", required_unless_present = "team")]
    member: Option<PrincipalRef>,

    /// A team of the organization
    #[arg(long, conflicts_with = "member")]
    team: Option<TeamId>,
}

const SHARED: &[&str] = &["id", "with.member", "with.team", "seq"];

impl Transfer {
    /// Carries it out.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        let Transfer { agent, to, keep_credentials, idempotency } = self;
        let request = AgentTransfer { agent, to, keep_credentials };
        let handed = app.remote()?.call_once(&request, &idempotency).await?;
        app.ui.answer(&handed, &["id", "controller", "seq"])?;
        app.ui.say("its own key is as before: hansa agent rotate gives it another");
        DONE
    }
}

impl Share {
    /// Shares it.
    pub(crate) async fn share(self, app: &App<'_>) -> Outcome {
        let Share { agent, member, team } = self;
        app.ui.answer(&app.remote()?.call(&AgentShare { agent, member, team }).await?, SHARED)?;
        DONE
    }

    /// Takes that back.
    pub(crate) async fn unshare(self, app: &App<'_>) -> Outcome {
        let Share { agent, member, team } = self;
        app.ui.answer(&app.remote()?.call(&AgentUnshare { agent, member, team }).await?, SHARED)?;
        DONE
    }
}
