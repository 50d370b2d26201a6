//! `hansa balance`: what a principal holds.

use hansa_wire::api::accounts::BalanceList;
use hansa_wire::scalar::PrincipalRef;

use super::paging::Paging;
use super::{App, DONE, Outcome};
use crate::failure::Failure;

/// Whose balances.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Whose balances: an id or a DID; the signer's own with --key-file
    principal: Option<PrincipalRef>,

    #[command(flatten)]
    paging: Paging,
}

impl Args {
    /// Carries it out.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        let remote = app.remote()?;
        let own = || remote.signer().map(|signer| PrincipalRef::Did(signer.did().clone()));
        let principal = self.principal.or_else(own).ok_or_else(|| {
            Failure::usage("nobody is named whose balances to show")
                .next_step("write hansa balance agt_…, or sign with --key-file")
        })?;
        let Paging { cursor, limit } = self.paging;
        let balances = remote.call(&BalanceList { principal, cursor, limit }).await?;
        app.ui.answer(&balances, &["currency", "balance", "available", "held"])?;
        DONE
    }
}
