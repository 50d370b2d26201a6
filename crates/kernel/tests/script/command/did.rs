//! ```text
//! did create NAME [scid:TEXT] [version:N] [key:OTHER] [custody:N]
//! did update NAME from:N version:N [scid:TEXT] [key:OTHER] [custody:N] [left]
//! did pin NAME version:N [from:N]
//! ```
//!
//! The hash of a version is that of its number. Without `key:` and `custody:` the keys are the
//! present ones; with `scid:` an update names a DID of its own.

use hansa_crypto::webvh::{Address, Multihash};
use hansa_kernel::{Command, did};
use hansa_types::{Did, Digest, PrincipalId};

use super::super::{Town, Words};
use super::Asked;

pub(super) fn parse(town: &mut Town, words: &mut Words<'_>) -> Result<Asked, String> {
    let (verb, name) = (words.next()?, words.next()?);
    let version = number(words.keyed("version:").unwrap_or("1"))?;
    let from = words.keyed("from:").map(number).transpose()?;
    if verb == "pin" {
        let (hash, replaces) = (hash_of(version), from.map(hash_of));
        let pin = did::Pin { name: Town::digest_of(name), version, hash, replaces };
        return Asked::by("machine", Command::DidPin(pin));
    }
    let principal = town.principal(name);
    let (hash, log) = (hash_of(version), Town::digest_of(&format!("log/{version}")));
    let head = did::Head { version, hash, log, update_key: version + 1 };
    let own = words.keyed("key:").map(Town::public_key);
    let custody = words.keyed("custody:").map(number).transpose()?;
    let state = &town.state;
    let present = state.principal(principal).map(|handle| did::Keys::of(state, handle));
    let present = present.unwrap_or(did::Keys { own: Town::public_key(name), custody: 0 });
    let keys =
        did::Keys { own: own.unwrap_or(present.own), custody: custody.unwrap_or(present.custody) };
    let scid = words.keyed("scid:");
    match verb {
        "create" => {
            let did = did_of(principal, scid.unwrap_or(name));
            Asked::by("machine", Command::DidCreate(did::Create { principal, did, head, keys }))
        }
        "update" => {
            let replaces = hash_of(from.ok_or("from which version?")?);
            let keys = (!words.flag("left")).then_some(keys);
            let did = scid.map(|scid| did_of(principal, scid));
            let update = did::Update { principal, replaces, head, keys, did };
            Asked::by(name, Command::DidUpdate(update))
        }
        other => Err(format!("{other} is nothing to do with a DID")),
    }
}

fn number(text: &str) -> Result<u32, String> {
    text.parse().map_err(|_| format!("{text} is no number"))
}

fn hash_of(version: u32) -> Digest {
    Town::digest_of(&format!("version {version}"))
}

/// A DID on this town; `moved/` before the SCID's name puts it on a host of another name.
fn did_of(principal: PrincipalId, scid: &str) -> Did {
    let (host, name) = match scid.strip_prefix("moved/") {
        Some(name) => ("new.example", name),
        None => ("town.example", scid),
    };
    let address = Address::new(host, None, &["dids", &principal.to_string()]).unwrap();
    address.did(&Multihash(Town::digest_of(name)))
}
