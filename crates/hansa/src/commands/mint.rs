//! `hansa mint`: making money.

use hansa_types::CurrencyCode;
use hansa_wire::WireAmount;
use hansa_wire::api::currencies::MintCreate;
use hansa_wire::scalar::PrincipalRef;

use super::transfer::SHOWN;
use super::{App, DONE, Outcome};
use crate::remote::Idempotency;

/// Making money.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Who receives it: an id or a DID
    to: PrincipalRef,

    /// How much, in major units, e.g. 12.50
    amount: WireAmount,

    /// Of what; the node's own currency unless named
    #[arg(long)]
    currency: Option<CurrencyCode>,

    /// Answer as if it were done, and do nothing
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    idempotency: Idempotency,
}

impl Args {
    /// Carries it out.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        let Args { to, amount, currency, dry_run, idempotency } = self;
        let request = MintCreate { to, amount, currency, dry_run };
        let minted = app.remote()?.call_once(&request, &idempotency).await?;
        app.ui.answer(&minted, SHOWN)?;
        DONE
    }
}
