//! `hansa audit`: verifying a journal without trusting the node that kept it.

use std::io::BufRead;
use std::path::Path;
use std::sync::mpsc::sync_channel;

use hansa_crypto::PublicKey;
use hansa_node::audit::{Report, audit};
use hansa_store::verify::{VerifyFrom, verify};
use hansa_wire::api::journal::JournalExport;
use hansa_wire::scalar::{Flag, WireKey};
use serde::Serialize;

use super::agent::public_key;
use super::{App, DONE, Outcome};
use crate::failure::{Failure, chain};
use crate::offline::{Directory, Pieces};
use crate::progress::Progress;
use crate::remote::Remote;
use crate::ui::Ui;

/// What to verify.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// An export (a file, or - for standard input), a data directory, or the URL of a node
    target: String,

    /// The node's public key as you know it from elsewhere (z6Mk… or did:key:…). Without it the
    /// journal is only consistent with itself and with the key it names
    #[arg(long, value_name = "KEY", value_parser = public_key)]
    node_key: Option<WireKey>,
}

/// What an audit without fault says.
#[derive(Debug, Serialize)]
struct Verdict {
    ok: bool,
    trusted_key: bool,
    #[serde(flatten)]
    report: Report,
}

const SHOWN: &[&str] = &[
    "ok",
    "origin",
    "node_key",
    "trusted_key",
    "tree_size",
    "root",
    "from",
    "shown",
    "hidden",
    "signatures.verified",
    "signatures.not_included",
    "books_complete",
    "supply_delta",
    "currencies:currency,issued,burned,circulating,delta,accounts",
];

impl Args {
    /// Carries it out. Exit 1 and the entry's number where anything is wrong.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        let trusted = self.node_key.map(|key| key.0);
        let path = Path::new(&self.target);
        let report = if self.target.contains("://") {
            from_url(app, &self.target, trusted).await?
        } else if path.is_dir() {
            from_directory(app.ui, path, trusted)?
        } else {
            from_file(app.ui, path, trusted)?
        };
        let from = report.from;
        let sound = report.supply_delta == "0" || !report.books_complete;
        let verdict = Verdict { ok: sound, trusted_key: trusted.is_some(), report };
        app.ui.answer(&verdict, SHOWN)?;
        if !sound {
            return Err(Failure::new("the books do not add up")
                .next_step("the journal moves money that was never issued, or lost some"));
        }
        if from > 1 {
            app.ui.say(&format!(
                "partial: the entries up to {} are left out; those shown stand in the signed tree where \
                 they say, and the books are not checked",
                from - 1
            ));
        }
        if trusted.is_none() {
            app.ui.say(
                "consistent with the key it names; is that your node? --node-key KEY checks it",
            );
        }
        DONE
    }
}

fn from_file(ui: &Ui, path: &Path, trusted: Option<PublicKey>) -> Result<Report, Failure> {
    if path.as_os_str() == "-" {
        return audited(ui, std::io::stdin().lock(), trusted);
    }
    let file = std::fs::File::open(path).map_err(|error| {
        Failure::because(format!("cannot read {}", path.display()), &error)
            .next_step("name an export, a data directory or a URL")
    })?;
    audited(ui, std::io::BufReader::with_capacity(1 << 16, file), trusted)
}

/// What is stored is verified as it lies there, and then audited as it would be exported.
fn from_directory(ui: &Ui, path: &Path, trusted: Option<PublicKey>) -> Result<Report, Failure> {
    let directory = Directory::open(path)?;
    verify(&*directory.reader, VerifyFrom::beginning(), &mut |_| ())
        .map_err(|damage| refused(chain(&damage)))?;
    audited(ui, directory.export()?, trusted)
}

async fn from_url(app: &App<'_>, url: &str, trusted: Option<PublicKey>) -> Result<Report, Failure> {
    let global = crate::cli::Global { node: Some(url.to_owned()), ..app.global.clone() };
    let remote = Remote::from_flags(&global)?;
    let request = JournalExport { from: None, texts: Flag(true) };
    let mut download = remote.export(&request).await?;
    let (pieces, received) = sync_channel(8);
    let ui = app.ui.clone();
    let auditing = tokio::task::spawn_blocking(move || {
        audited(&ui, std::io::BufReader::new(Pieces::new(received)), trusted)
    });
    let fetch = async {
        loop {
            let piece = match download.next().await {
                Ok(None) => return,
                Ok(Some(piece)) => Ok(piece),
                Err(error) => Err(std::io::Error::other(chain(&error))),
            };
            let failed = piece.is_err();
            // The auditor stops at the first fault and reads no further.
            if tokio::task::block_in_place(|| pieces.send(piece)).is_err() || failed {
                return;
            }
        }
    };
    fetch.await;
    drop(pieces);
    auditing.await.map_err(|error| Failure::because("the audit ended early", &error))?
}

fn audited(ui: &Ui, input: impl BufRead, trusted: Option<PublicKey>) -> Result<Report, Failure> {
    let progress = Progress::entries(ui);
    audit(input, trusted.as_ref(), &mut |done, all| progress.at(done, all))
        .map_err(|fault| refused(fault.to_string()))
}

fn refused(fault: String) -> Failure {
    Failure::new("the journal does not verify")
        .detail(fault)
        .next_step("do not rely on it; compare it with an earlier export or another copy")
}
