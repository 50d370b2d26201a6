//! `hansa transfer`: moving money, at once or held first.

use std::path::PathBuf;

use clap::Subcommand;
use hansa_types::{CurrencyCode, TransferId};
use hansa_wire::WireAmount;
use hansa_wire::api::transfers::{
    Hold, TransferBatch, TransferCreate, TransferGet, TransferItem, TransferList, TransferPost,
    TransferQuote, TransferVoid,
};
use hansa_wire::scalar::PrincipalRef;
use serde_json::Value;

use super::paging::Paging;
use super::{App, DONE, Outcome};
use crate::duration::Span;
use crate::failure::Failure;
use crate::files;
use crate::remote::Idempotency;

/// What can be done with transfers.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Move money, or set it aside with --hold; the payer pays the fee on top
    Create(Create),
    /// Show the fee and total that a transfer would cost now
    Quote {
        #[command(flatten)]
        payment: Payment,
    },
    /// Make up to 1,000 transfers, each by itself: one that is refused does not stop the others
    Batch {
        /// A JSON array of transfers {to, amount, from?, currency?, hold?}, or an object with
        /// items; - reads standard input
        file: PathBuf,
        #[command(flatten)]
        idempotency: Idempotency,
    },
    /// List transfers, the latest first
    List {
        /// Only those that this principal pays or receives: an id or a DID
        #[arg(long, value_name = "PRINCIPAL")]
        account: Option<PrincipalRef>,
        /// Only those of this currency
        #[arg(long)]
        currency: Option<CurrencyCode>,
        #[command(flatten)]
        paging: Paging,
    },
    /// Show a transfer
    Show {
        /// Its id
        transfer: TransferId,
    },
    /// Post a pending transfer, whole or in part; the rest stays pending
    Post {
        /// Its id
        transfer: TransferId,
        /// How much of it; everything that is left unless named
        #[arg(long)]
        amount: Option<WireAmount>,
        #[command(flatten)]
        idempotency: Idempotency,
    },
    /// Void a pending transfer: the money goes back
    Void {
        /// Its id
        transfer: TransferId,
        #[command(flatten)]
        idempotency: Idempotency,
    },
}

/// Who pays whom, and how much.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Payment {
    /// Who receives: an id or a DID
    to: PrincipalRef,

    /// How much the payee receives, in major units, e.g. 12.50
    amount: WireAmount,

    /// Who pays; the caller unless named
    #[arg(long, value_name = "PRINCIPAL")]
    from: Option<PrincipalRef>,

    /// Of what; the node's own currency unless named
    #[arg(long)]
    currency: Option<CurrencyCode>,
}

/// Moving money.
#[derive(Debug, clap::Args)]
pub(crate) struct Create {
    #[command(flatten)]
    payment: Payment,

    /// Set it aside until it is posted or voided; it voids itself after this time, e.g. 1h
    #[arg(long, value_name = "SPAN", num_args = 0..=1, default_missing_value = "7d")]
    hold: Option<Span>,

    /// Answer as if it were done, and do nothing
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    idempotency: Idempotency,
}

const LISTED: &[&str] =
    &["id", "state", "from", "to", "amount", "currency", "fee", "total", "created_at"];
/// The members of a transfer.
pub(crate) const SHOWN: &[&str] = &[
    "id",
    "state",
    "from",
    "to",
    "amount",
    "currency",
    "fee",
    "total",
    "posted",
    "remaining",
    "voided",
    "of",
    "expires_at",
    "created_at",
    "seq",
];
const QUOTED: &[&str] = &["amount", "fee", "total", "currency", "sufficient", "as_of_seq"];
const RESULTS: &[&str] = &[
    "ok",
    "transfer.id",
    "transfer.to",
    "transfer.amount",
    "transfer.fee",
    "problem.code",
    "problem.detail",
];

impl Command {
    /// Carries it out.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        let remote = app.remote()?;
        match self {
            Command::Create(create) => {
                let Create { payment, hold, dry_run, idempotency } = create;
                let Payment { to, amount, from, currency } = payment;
                let hold = hold.map(|span| Hold { expires_in_s: Some(span.seconds) });
                let request = TransferCreate { from, to, amount, currency, hold, dry_run };
                app.ui.answer(&remote.call_once(&request, &idempotency).await?, SHOWN)?;
                if dry_run {
                    app.ui.say("dry run: nothing was moved");
                }
            }
            Command::Quote { payment: Payment { to, amount, from, currency } } => {
                let request = TransferQuote { from, to, amount, currency };
                app.ui.answer(&remote.call(&request).await?, QUOTED)?;
            }
            Command::Batch { file, idempotency } => {
                let request = TransferBatch { items: items(files::read_json(&file)?)? };
                let answer = remote.call_once(&request, &idempotency).await?;
                app.ui.answer(&answer, RESULTS)?;
                let refused = answer.results.iter().filter(|result| !result.ok).count();
                if refused > 0 {
                    let all = answer.results.len();
                    return Err(Failure::new(format!("{refused} of {all} transfers were refused"))
                        .next_step("look at their problems above; the others were made"));
                }
            }
            Command::List { account, currency, paging: Paging { cursor, limit } } => {
                let request = TransferList { account, currency, cursor, limit };
                app.ui.answer(&remote.call(&request).await?, LISTED)?;
            }
            Command::Show { transfer } => {
                app.ui.answer(&remote.call(&TransferGet { transfer }).await?, SHOWN)?;
            }
            Command::Post { transfer, amount, idempotency } => {
                let request = TransferPost { transfer, amount };
                app.ui.answer(&remote.call_once(&request, &idempotency).await?, SHOWN)?;
            }
            Command::Void { transfer, idempotency } => {
                let request = TransferVoid { transfer };
                app.ui.answer(&remote.call_once(&request, &idempotency).await?, SHOWN)?;
            }
        }
        DONE
    }
}

/// The transfers of a batch file.
fn items(value: Value) -> Result<Vec<TransferItem>, Failure> {
    let items = match value {
        Value::Object(mut members) => members.remove("items").unwrap_or_default(),
        other => other,
    };
    hansa_wire::request::parse(items).map_err(|invalid| {
        Failure::usage(format!("the batch does not read: {invalid}"))
            .next_step("write [{\"to\": \"agt_…\", \"amount\": \"12.50\"}, …]")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_batch_is_an_array_or_an_object_with_items() {
        let item = json!({ "to": "did:key:z6Mk", "amount": "1" });
        assert_eq!(items(json!([item.clone()])).unwrap().len(), 1);
        assert_eq!(items(json!({ "items": [item.clone(), item] })).unwrap().len(), 2);
        for bad in [json!({}), json!(["x"]), json!([{ "to": "x" }]), json!(1)] {
            assert!(items(bad.clone()).is_err(), "{bad}");
        }
    }
}
