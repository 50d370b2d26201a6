//! `hansa currency`: the currencies that a node holds.

use clap::Subcommand;
use hansa_types::CurrencyCode;
use hansa_wire::api::currencies::{CurrencyCreate, CurrencyList};

use super::paging::Paging;
use super::{App, DONE, Outcome};
use crate::remote::Idempotency;

/// What can be done with currencies.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the currencies that the node holds
    List(Paging),
    /// Make a currency that the node issues
    Create {
        /// Its code: 3 to 8 upper-case letters or digits
        code: CurrencyCode,
        /// Decimals of one major unit, 0 to 18
        #[arg(long, value_parser = clap::value_parser!(u8).range(0..=18), default_value_t = 6)]
        scale: u8,
        #[command(flatten)]
        idempotency: Idempotency,
    },
}

const COLUMNS: &[&str] = &["code", "scale", "own", "default", "seq"];

impl Command {
    /// Carries it out.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        let remote = app.remote()?;
        match self {
            Command::List(Paging { cursor, limit }) => {
                app.ui.answer(&remote.call(&CurrencyList { cursor, limit }).await?, COLUMNS)?;
            }
            Command::Create { code, scale, idempotency } => {
                let request = CurrencyCreate { code, scale };
                app.ui.answer(&remote.call_once(&request, &idempotency).await?, COLUMNS)?;
            }
        }
        DONE
    }
}
