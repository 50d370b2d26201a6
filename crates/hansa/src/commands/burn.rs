//! `hansa burn`: destroying money.

use hansa_types::CurrencyCode;
use hansa_wire::WireAmount;
use hansa_wire::api::currencies::BurnCreate;
use hansa_wire::scalar::PrincipalRef;

use super::transfer::SHOWN;
use super::{App, DONE, Outcome};
use crate::remote::Idempotency;

/// Destroying money.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How much, in major units, e.g. 12.50
    amount: WireAmount,

    /// Of what; the node's own currency unless named
    #[arg(long)]
    currency: Option<CurrencyCode>,

    /// Whose money; the caller's unless named
    #[arg(long, value_name = "PRINCIPAL")]
    from: Option<PrincipalRef>,

    /// Answer as if it were done, and do nothing
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    idempotency: Idempotency,
}

impl Args {
    /// Carries it out.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        let Args { amount, currency, from, dry_run, idempotency } = self;
        let request = BurnCreate { amount, currency, from, dry_run };
        let burned = app.remote()?.call_once(&request, &idempotency).await?;
        app.ui.answer(&burned, SHOWN)?;
        DONE
    }
}
