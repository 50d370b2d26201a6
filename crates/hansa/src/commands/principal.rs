//! `hansa principal`: what concerns principals of any kind.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use hansa_types::Signature;
use hansa_wire::api::principals::{PrincipalErase, Receipt};
use hansa_wire::scalar::PrincipalRef;
use serde_json::json;

use super::{App, DONE, Outcome};
use crate::failure::Failure;
use crate::files;
use crate::remote::Idempotency;

/// What can be done with principals.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Destroy what is personal about a principal, for good; its money and its history stay
    Erase(Erase),
}

/// Erasing a principal.
#[derive(Debug, clap::Args)]
pub(crate) struct Erase {
    /// Its id or DID
    principal: PrincipalRef,

    /// Only say what would go
    #[arg(long)]
    dry_run: bool,

    /// Write the node's signed receipt to this new file
    #[arg(long, value_name = "FILE", conflicts_with = "dry_run")]
    receipt: Option<PathBuf>,

    #[command(flatten)]
    idempotency: Idempotency,
}

const SHOWN: &[&str] = &[
    "principal",
    "dry_run",
    "documents:kind,count",
    "api_keys",
    "tasks",
    "balances:currency,balance,available,held",
    "receipt.seq",
    "receipt.erased_at",
    "receipt.journal_clean",
    "receipt.views_clean",
    "receipt.snapshots_clean",
    "receipt.backups_until",
    "signature",
];

impl Command {
    /// Carries it out.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        let Command::Erase(erase) = self;
        erase.run(app).await
    }
}

impl Erase {
    /// Carries it out.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        let erase = self;
        let request = PrincipalErase { principal: erase.principal, dry_run: erase.dry_run };
        let erasure = app.remote()?.call_once(&request, &erase.idempotency).await?;
        let path = erase.receipt.as_deref();
        let signed = (erasure.receipt.as_ref(), erasure.signature.as_ref());
        keep_receipt(app, signed, path)?;
        app.ui.answer(&erasure, SHOWN)?;
        DONE
    }
}

/// Writes a receipt with its signature where it is wanted, as both can be verified later, and says
/// what is not gone yet.
pub(crate) fn keep_receipt(
    app: &App<'_>,
    (receipt, signature): (Option<&Receipt>, Option<&Signature>),
    path: Option<&Path>,
) -> Result<(), Failure> {
    if let Some(path) = path {
        let signed = json!({ "receipt": receipt, "signature": signature });
        let text = serde_json::to_string_pretty(&signed)
            .map_err(|error| Failure::because("the receipt cannot be written", &error))?;
        files::write_new(path, text + "\n", 0o600)?;
    }
    if let Some(receipt) = receipt
        && !(receipt.journal_clean && receipt.views_clean && receipt.snapshots_clean)
    {
        app.ui.say("some copies were still being read: they go when their readers are done");
    }
    Ok(())
}
