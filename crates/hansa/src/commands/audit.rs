//! `hansa audit`: verifying a journal without trusting the node that kept it.

use std::io::BufRead;
use std::path::Path;
use std::sync::mpsc::{Receiver, sync_channel};

use hansa_crypto::PublicKey;
use hansa_node::audit::compare::{Comparer, Comparison, Relation, Side};
use hansa_node::audit::{Audited, Fault, Report, audit, audit_leaves};
use hansa_node::keys::Place;
use hansa_store::verify::{VerifyFrom, verify};
use hansa_wire::api::journal::JournalExport;
use hansa_wire::scalar::{Flag, WireKey};
use serde::Serialize;

use super::agent::public_key;
use super::{App, DONE, Outcome};
use crate::config::ConfigArgs;
use crate::failure::{Failure, chain};
use crate::offline::{Directory, Pieces};
use crate::progress::Progress;
use crate::remote::Remote;
use crate::ui::Ui;

/// Leaves of an export that wait to be compared.
const LEAVES_MAX: usize = 1_024;

/// What to verify.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// An export (a file, or - for standard input), a data directory, or the URL of a node
    target: String,

    /// The node's public key as you know it from elsewhere (z6Mk… or did:key:…). Without it the
    /// journal is only consistent with itself and with the key it names
    #[arg(long, value_name = "KEY", value_parser = public_key)]
    node_key: Option<WireKey>,

    /// Another export, data directory or URL of the same node, to see whether it has signed two
    /// histories
    #[arg(long, value_name = "TARGET")]
    against: Option<String>,
}

/// What an audit without fault says.
#[derive(Debug, Serialize)]
struct Verdict {
    ok: bool,
    trusted_key: bool,
    #[serde(flatten)]
    report: Report,
    #[serde(skip_serializing_if = "Option::is_none")]
    against: Option<Against>,
}

/// What comparing with another export says.
#[derive(Debug, Serialize)]
struct Against {
    #[serde(flatten)]
    comparison: Comparison,
    tree_size: u64,
    root: hansa_types::Digest,
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
    "against.relation",
    "against.compared",
    "against.differs_at",
];

impl Args {
    /// Carries it out. Exit 1 and the entry's number where anything is wrong.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        let trusted = self.node_key.map(|key| key.0);
        let export = open(app, &self.target).await?;
        let (report, against) = match &self.against {
            None => (audited(app.ui, export, trusted)?, None),
            Some(other) => {
                let kinds = [kind(&self.target), kind(other)];
                let other = open(app, other).await?;
                let (report, against) = compared(app.ui, [export, other], kinds, trusted)?;
                (report, Some(against))
            }
        };
        let from = report.from;
        let books = report.supply_delta == "0" || !report.books_complete;
        let relation = against.as_ref().map(|against| against.comparison.relation);
        let lies = matches!(relation, Some(Relation::Equivocation | Relation::CutBack));
        let ok = books && !lies;
        let verdict = Verdict { ok, trusted_key: trusted.is_some(), report, against };
        app.ui.answer(&verdict, SHOWN)?;
        if !books {
            return Err(Failure::new("the books do not add up")
                .next_step("the journal moves money that was never issued, or lost some"));
        }
        judge(app.ui, verdict.against.as_ref())?;
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

/// What follows from a comparison.
fn judge(ui: &Ui, against: Option<&Against>) -> Result<(), Failure> {
    let Some(Against { comparison, .. }) = against else { return Ok(()) };
    let at = comparison.differs_at.map(|seq| format!(" from entry {seq} on")).unwrap_or_default();
    match comparison.relation {
        Relation::Equivocation => {
            return Err(Failure::new(format!("the node has signed two histories{at}")).next_step(
                "keep both exports: their signed checkpoints prove it to anybody; do not rely on the node",
            ));
        }
        Relation::CutBack => {
            return Err(Failure::new("the node shows fewer entries than it has signed").next_step(
                "keep the longer export: it was cut back, or is an old copy of itself; do not rely on it",
            ));
        }
        Relation::OtherNode => {
            return Err(Failure::usage("the two are signed by different keys")
                .next_step("name two exports of one node"));
        }
        Relation::Apart => {
            return Err(Failure::usage("the two have no entry in common")
                .next_step("name exports that overlap: leave --from out"));
        }
        Relation::OtherRun => {
            ui.say(&format!("two runs of one journal, parted by a restoration{at}"));
        }
        Relation::Same => ui.say("the same journal, entry by entry"),
        Relation::Extends => ui.say("the longer one begins with the shorter one"),
    }
    Ok(())
}

type Export = Box<dyn BufRead + Send>;

/// When what a target holds was so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A file: before the audit began.
    Before,
    /// A node: now.
    Now,
    /// A directory, to which a node may be writing.
    Unknown,
}

fn kind(target: &str) -> Kind {
    match target {
        _ if target.contains("://") => Kind::Now,
        _ if Path::new(target).is_file() => Kind::Before,
        _ => Kind::Unknown,
    }
}

/// An export, wherever it comes from.
async fn open(app: &App<'_>, target: &str) -> Result<Export, Failure> {
    let path = Path::new(target);
    if target.contains("://") {
        return from_url(app, target).await;
    }
    if path.is_dir() { from_directory(path) } else { from_file(path) }
}

fn from_file(path: &Path) -> Result<Export, Failure> {
    if path.as_os_str() == "-" {
        return Ok(Box::new(std::io::BufReader::new(std::io::stdin())));
    }
    let file = std::fs::File::open(path).map_err(|error| {
        Failure::because(format!("cannot read {}", path.display()), &error)
            .next_step("name an export, a data directory or a URL")
    })?;
    Ok(Box::new(std::io::BufReader::with_capacity(1 << 16, file)))
}

/// What is stored is verified as it lies there, and then audited as it would be exported.
fn from_directory(path: &Path) -> Result<Export, Failure> {
    let secret = ConfigArgs::default().settings(&[])?.key_secret.get()?;
    let directory = Directory::open(Place { data_dir: path, secret: secret.as_ref() })?;
    verify(&*directory.reader, VerifyFrom::beginning(), &mut |_| ())
        .map_err(|damage| refused(chain(&damage)))?;
    Ok(Box::new(directory.export()?))
}

/// Downloads beside the audit, which stops at the first fault and reads no further.
async fn from_url(app: &App<'_>, url: &str) -> Result<Export, Failure> {
    let global = crate::cli::Global { node: Some(url.to_owned()), ..app.global.clone() };
    let remote = Remote::from_flags(&global)?;
    let request = JournalExport { from: None, texts: Flag(true) };
    let mut download = remote.export(&request).await?;
    let (pieces, received) = sync_channel(8);
    drop(tokio::spawn(async move {
        loop {
            let piece = match download.next().await {
                Ok(None) => return,
                Ok(Some(piece)) => Ok(piece),
                Err(error) => Err(std::io::Error::other(chain(&error))),
            };
            let failed = piece.is_err();
            if tokio::task::block_in_place(|| pieces.send(piece)).is_err() || failed {
                return;
            }
        }
    }));
    Ok(Box::new(std::io::BufReader::new(Pieces::new(received))))
}

fn audited(ui: &Ui, input: Export, trusted: Option<PublicKey>) -> Result<Report, Failure> {
    let progress = Progress::entries(ui);
    let audit = || audit(input, trusted.as_ref(), &mut |done, all| progress.at(done, all));
    tokio::task::block_in_place(audit).map_err(|fault| refused(fault.to_string()))
}

/// Audits both at once, each on a thread of its own, and compares them entry by entry.
fn compared(
    ui: &Ui,
    [one, other]: [Export; 2],
    kinds: [Kind; 2],
    trusted: Option<PublicKey>,
) -> Result<(Report, Against), Failure> {
    let progress = Progress::entries(ui);
    let comparing = || {
        std::thread::scope(|scope| {
            let (told_one, one_told) = sync_channel(LEAVES_MAX);
            let (told_other, other_told) = sync_channel(LEAVES_MAX);
            let audit = |input, told: std::sync::mpsc::SyncSender<Audited>| {
                move || -> Result<Report, Fault> {
                    audit_leaves(input, trusted.as_ref(), &mut |audited| {
                        // Nobody listens when the other one is at fault already.
                        let _ = told.send(audited);
                    })
                }
            };
            let one = scope.spawn(audit(one, told_one));
            let other = scope.spawn(audit(other, told_other));
            let comparer = compare(&progress, &one_told, &other_told);
            drop((one_told, other_told));
            (comparer, one.join(), other.join())
        })
    };
    let (comparer, one, other) = tokio::task::block_in_place(comparing);
    let report = |joined: std::thread::Result<Result<Report, Fault>>, which: &str| {
        let audited = joined.map_err(|_| Failure::new("the audit ended early"))?;
        audited.map_err(|fault| refused(format!("{which}: {fault}")))
    };
    let (one, other) = (report(one, "the first")?, report(other, "the other")?);
    let comparison = match (comparer.conclude(&one, &other), kinds) {
        (found, [Kind::Before, Kind::Now]) => found.since(&one, &other),
        (found, [Kind::Now, Kind::Before]) => found.since(&other, &one),
        (found, _) => found,
    };
    let against = Against { comparison, tree_size: other.tree_size, root: other.root };
    Ok((one, against))
}

/// Takes leaves from whichever side is behind, until both have ended.
fn compare(progress: &Progress, one: &Receiver<Audited>, other: &Receiver<Audited>) -> Comparer {
    let mut comparer = Comparer::default();
    let mut ended = (false, false);
    while ended != (true, true) {
        let side = match ended {
            (true, _) => Side::Other,
            (_, true) => Side::One,
            _ => comparer.behind(),
        };
        let received = match side {
            Side::One => one.recv(),
            Side::Other => other.recv(),
        };
        match (received, side) {
            (Ok(audited), _) if ended == (false, false) => {
                progress.at(audited.seq, audited.tree_size);
                comparer.take(side, audited);
            }
            // Nothing is left to compare it with.
            (Ok(_), _) => {}
            (Err(_), Side::One) => ended.0 = true,
            (Err(_), Side::Other) => ended.1 = true,
        }
    }
    comparer
}

fn refused(fault: String) -> Failure {
    Failure::new("the journal does not verify")
        .detail(fault)
        .next_step("do not rely on it; compare it with an earlier export or another copy")
}
