//! Scene 12: the journal leaves the node and is verified by somebody who trusts only its key.

use std::io::{BufReader, Write as _};
use std::path::{Path, PathBuf};

use hansa_crypto::PublicKey;
use hansa_node::audit::{Report, audit as verify};
use hansa_wire::api::journal::JournalExport;
use hansa_wire::api::node::NodeGet;
use hansa_wire::scalar::Flag;

use super::expect::{equal, holds};
use super::tell::{Facts, Told};
use crate::failure::Failure;
use crate::remote::Remote;

/// An export, and the key that the node is known by.
pub(super) struct Export {
    path: PathBuf,
    node_key: PublicKey,
}

/// Fetches the journal with the texts of its envelopes, as its owner.
pub(super) async fn export(owner: &Remote, dir: &Path) -> Told<Export> {
    let node_key = owner.call(&NodeGet {}).await?.public_key.0;
    let path = dir.join("journal.jsonl");
    let unwritable = |error| Failure::because("cannot write the export", &error);
    let mut file = std::fs::File::create(&path).map_err(unwritable)?;
    let request = JournalExport { from: None, texts: Flag(true) };
    let mut download = owner.export(&request).await?;
    let mut bytes = 0;
    while let Some(piece) = download.next().await.map_err(|e| owner.failure(e))? {
        file.write_all(&piece).map_err(unwritable)?;
        bytes += piece.len();
    }
    let facts = Facts::new().with("bytes", bytes);
    Ok((Export { path, node_key }, facts))
}

/// Chain, tree, checkpoint, signatures, and the books from zero.
pub(super) async fn audit(export: &Export, is_signed: bool) -> Told<Report> {
    let report = audited(&export.path, &export.node_key)
        .map_err(|fault| Failure::new("the journal does not verify").detail(fault))?;
    equal("entries that are hidden from the owner", report.hidden, 0)?;
    equal("signatures without their text", report.signatures.not_included, 0)?;
    holds("signatures were verified", report.signatures.verified > 0 || !is_signed)?;
    equal("the supply delta", report.supply_delta.as_str(), "0")?;
    let issued: Vec<String> = report
        .currencies
        .iter()
        .map(|currency| format!("{} {}", currency.issued, currency.currency))
        .collect();
    let facts = Facts::new()
        .with("entries", report.tree_size)
        .with("signatures_verified", report.signatures.verified)
        .with("issued", issued.join(", "))
        .with("supply_delta", report.supply_delta.clone())
        .with("root", report.root.to_string());
    Ok((report, facts))
}

fn audited(path: &Path, key: &PublicKey) -> Result<Report, String> {
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    verify(BufReader::new(file), Some(key), &mut |_, _| ()).map_err(|fault| fault.to_string())
}

/// A copy in which one payment is a little larger does not verify.
pub(super) async fn tampered(export: &Export) -> Told<()> {
    let text = std::fs::read_to_string(&export.path)
        .map_err(|error| Failure::because("cannot read the export", &error))?;
    let (genuine, altered) = ("\"amount\":\"10000\"", "\"amount\":\"90000\"");
    holds("the export holds a payment", text.contains(genuine))?;
    let path = export.path.with_file_name("tampered.jsonl");
    std::fs::write(&path, text.replacen(genuine, altered, 1))
        .map_err(|error| Failure::because("cannot write the altered copy", &error))?;
    match audited(&path, &export.node_key) {
        Ok(_) => Err(Failure::new("the altered copy verifies")),
        Err(fault) => Ok(((), Facts::new().with("refused", fault))),
    }
}
