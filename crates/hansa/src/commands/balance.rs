//! `hansa balance`: what a principal holds.

use hansa_wire::api::accounts::BalanceList;
use hansa_wire::api::auth::WhoAmI;
use hansa_wire::scalar::PrincipalRef;

use super::paging::Paging;
use super::{App, DONE, Outcome};

/// Whose balances.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Whose balances: an id or a DID; the caller's own without
    principal: Option<PrincipalRef>,

    #[command(flatten)]
    paging: Paging,
}

impl Args {
    /// Carries it out.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        let remote = app.remote()?;
        let principal = match self.principal {
            Some(named) => named,
            None => PrincipalRef::Id(remote.call(&WhoAmI {}).await?.id),
        };
        let Paging { cursor, limit } = self.paging;
        let balances = remote.call(&BalanceList { principal, cursor, limit }).await?;
        app.ui.answer(&balances, &["currency", "balance", "available", "held"])?;
        DONE
    }
}
