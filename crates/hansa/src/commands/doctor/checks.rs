//! The checks, in the order in which a node would stumble over them.

use std::fs::TryLockError;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use hansa_kernel::codec;
use hansa_node::error::missing;
use hansa_node::keys::Place;
use hansa_store::lock::LOCK_FILE;
use hansa_store::verify::{Mismatch, VerifyFrom, verify};
use hansa_store::{JOURNAL_FILE, disk, poison, snapshot};
use hansa_types::Time;
use hansa_views::Views;

use super::{Finding, settings_line};
use crate::config::Settings;
use crate::failure::{END_MISSING, Failure, chain};
use crate::offline::Directory;
use crate::progress::Progress;
use crate::ui::Ui;

/// How far ahead the journal's last entry may be of this machine's clock, in milliseconds.
const AHEAD_MS_MAX: u64 = 5_000;
/// A clock before this moment (2025-01-01) was never set.
const CLOCK_MS_MIN: u64 = 1_735_689_600_000;

/// Runs every check that the ones before leave sense to.
pub(super) fn all(
    ui: &Ui,
    settings: &Settings,
    full: bool,
    views: Result<Option<u64>, Failure>,
) -> Vec<Finding> {
    let dir = settings.data_dir();
    let mut found = vec![Finding::ok("settings", settings_line(settings))];
    let Ok(metadata) = std::fs::metadata(dir) else {
        found.push(
            Finding::failed("directory", format!("{} is not there", dir.display()))
                .next_step("hansa serve makes it; or name another with --data-dir"),
        );
        return found;
    };
    found.push(permissions("directory", dir, metadata.permissions().mode(), 0o700));
    found.push(lock(dir));
    found.push(space(dir, settings.free_bytes_min()));
    let secret = match settings.key_secret.get() {
        Ok(secret) => secret,
        Err(failure) => {
            found.push(Finding::failed("key", failure.line()));
            return found;
        }
    };
    let place = Place { data_dir: dir, secret: secret.as_ref() };
    found.push(node_key(place));
    if !dir.join(JOURNAL_FILE).is_file() {
        found.push(
            Finding::warning("journal", "there is none yet").next_step("hansa serve begins one"),
        );
        return found;
    }
    match Directory::open(place) {
        Ok(directory) => {
            found.push(ownership(&directory));
            found.push(journal(ui, dir, &directory, full));
            found.push(last_snapshot(dir, &directory));
            found.push(read_models(&directory, views));
            found.push(clock(&directory));
        }
        Err(failure) => found.push(
            Finding::failed("journal", failure.line())
                .next_step(failure.advice().unwrap_or("restore the directory from a backup")),
        ),
    }
    found.push(poisoned(dir));
    found
}

/// How far the read models go, if there are any.
pub(super) async fn views_cursor(dir: &Path) -> Result<Option<u64>, Failure> {
    let path = dir.join("views.db");
    match path.is_file() {
        true => Ok(Views::cursor_of(&path).await?),
        false => Ok(None),
    }
}

/// Read models know durable entries only: one that the journal has not is one it lost.
fn read_models(directory: &Directory, cursor: Result<Option<u64>, Failure>) -> Finding {
    let head = directory.reader.head().map_or(0, |head| head.last_seq);
    match cursor {
        Ok(Some(known)) if known > head => Finding::failed(
            "views",
            format!("the journal ends at entry {head} and has lost {}", missing(head, known)),
        )
        .next_step(END_MISSING),
        Ok(Some(known)) => Finding::ok("views", format!("{} entries behind", head - known)),
        Ok(None) => Finding::ok("views", "there are none yet; hansa serve makes them"),
        Err(failure) => Finding::warning("views", failure.line())
            .next_step("make them anew with hansa views rebuild"),
    }
}

fn permissions(check: &'static str, path: &Path, mode: u32, wanted: u32) -> Finding {
    let shown = path.display();
    match mode & 0o077 {
        0 => Finding::ok(check, format!("{shown} is its owner's alone")),
        _ => {
            Finding::warning(check, format!("{shown} is open to others (mode {:o})", mode & 0o777))
                .next_step(format!("chmod {wanted:o} {shown}"))
        }
    }
}

/// Looks whether somebody holds the lock, without taking it for longer than the look.
fn lock(dir: &Path) -> Finding {
    let path = dir.join(LOCK_FILE);
    let Ok(file) = std::fs::File::open(&path) else {
        return Finding::ok("lock", "free: no node ever ran here");
    };
    match file.try_lock_shared() {
        Ok(()) => Finding::ok("lock", "free: no node is running here"),
        Err(TryLockError::WouldBlock) => {
            let holder = std::fs::read_to_string(&path).unwrap_or_default();
            Finding::ok("lock", format!("held: a node is running here (process {})", holder.trim()))
        }
        Err(TryLockError::Error(error)) => {
            Finding::failed("lock", format!("{} cannot be locked: {error}", path.display()))
                .next_step("keep the data directory on a local disk")
        }
    }
}

fn space(dir: &Path, wanted: u64) -> Finding {
    match disk::free_bytes(dir) {
        Ok(free) if free >= wanted => Finding::ok("space", format!("{} MiB are free", free >> 20)),
        Ok(free) => Finding::failed(
            "space",
            format!(
                "{} MiB are free, below store.free_bytes_min of {} MiB",
                free >> 20,
                wanted >> 20
            ),
        )
        .next_step("free some space: until then the node only reads"),
        Err(error) => Finding::failed("space", chain(&error)),
    }
}

fn node_key(place: Place<'_>) -> Finding {
    let path = place.file();
    match place.load() {
        Ok(Some(_)) => {
            let mode = std::fs::metadata(&path).map_or(0, |m| m.permissions().mode());
            permissions("key", &path, mode, 0o600)
        }
        Ok(None) if place.data_dir.join(JOURNAL_FILE).is_file() => {
            Finding::failed("key", format!("{} is not there", path.display()))
                .next_step("put it back from a backup: without it the node cannot go on")
        }
        Ok(None) => Finding::ok("key", "there is none yet; hansa serve makes it"),
        Err(error) => Finding::failed("key", chain(&error))
            .next_step(format!("put {} back from a backup", path.display())),
    }
}

fn ownership(directory: &Directory) -> Finding {
    let own = directory.keys.signing().public();
    match directory.named_key() {
        Ok(named) if named == own => {
            Finding::ok("identity", format!("the key is that of the journal: {own}"))
        }
        Ok(_) => Finding::failed("identity", format!("the key {own} is not that of the journal"))
            .next_step("put the journal's own key back; after a rotation, start the node"),
        Err(failure) => Finding::failed("identity", failure.line()),
    }
}

/// Verifies from the last snapshot on, or everything.
fn journal(ui: &Ui, dir: &Path, directory: &Directory, full: bool) -> Finding {
    let key = directory.keys.signing().public();
    let last = match full {
        true => None,
        // One that is damaged is told by its own check.
        false => snapshot::latest(&dir.join("snapshots"), &key).ok().flatten(),
    };
    let from = last.map_or_else(VerifyFrom::beginning, |last| VerifyFrom {
        seq: last.seq,
        chain: last.chain,
        range: last.range,
    });
    let began = from.seq;
    let head = directory.reader.head().map_or(0, |head| head.last_seq);
    let progress = Progress::entries(ui);
    let verified = verify(&*directory.reader, from, &mut |seq| progress.at(seq, head));
    drop(progress);
    match verified {
        Ok(verified) => Finding::ok(
            "journal",
            format!(
                "{} entries, {} of them verified now",
                verified.head.last_seq,
                verified.head.last_seq - began,
            ),
        ),
        Err(damage) => {
            let next_step = match damage.what {
                Mismatch::Missing => END_MISSING,
                _ => "stop the node and restore the directory from a backup",
            };
            Finding::failed("journal", chain(&damage)).next_step(next_step)
        }
    }
}

fn last_snapshot(dir: &Path, directory: &Directory) -> Finding {
    let key = directory.keys.signing().public();
    let head = directory.reader.head().map_or(0, |head| head.last_seq);
    match snapshot::latest(&dir.join("snapshots"), &key) {
        Ok(None) => Finding::ok("snapshot", "none yet: a start folds the whole journal"),
        Ok(Some(last)) => {
            let age = format!("the last is {} entries old", head.saturating_sub(last.seq));
            match last.refused.first() {
                None => Finding::ok("snapshot", age),
                Some(refused) => {
                    let path = refused.path.display();
                    Finding::warning(
                        "snapshot",
                        format!("{age}; {path} is not usable: {}", refused.reason),
                    )
                    .next_step(format!("remove {path}: the node passes it over anyway"))
                }
            }
        }
        Err(error) => Finding::warning("snapshot", chain(&error)),
    }
}

/// A clock behind the journal makes every new entry carry the time of the last one.
fn clock(directory: &Directory) -> Finding {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    let now = Time(u64::try_from(now).unwrap_or(u64::MAX));
    if now.0 < CLOCK_MS_MIN {
        return Finding::failed("clock", format!("this machine believes it is {now}"))
            .next_step("set the clock, e.g. with NTP");
    }
    let last = directory.reader.head().and_then(|head| directory.reader.entry(head.last_seq));
    let last = last.ok().flatten().and_then(|line| codec::decode(&line).ok());
    match last {
        Some(entry) if entry.ts.0 > now.0 + AHEAD_MS_MAX => Finding::failed(
            "clock",
            format!("the last entry is of {}, and this machine believes it is {now}", entry.ts),
        )
        .next_step("set the clock, e.g. with NTP"),
        Some(entry) => Finding::ok("clock", format!("{now}; the last entry is of {}", entry.ts)),
        None => Finding::ok("clock", now.to_string()),
    }
}

fn poisoned(dir: &Path) -> Finding {
    match poison::load(&dir.join("poison")) {
        Ok(commands) if commands.is_empty() => Finding::ok("poison", "no command crashed the node"),
        Ok(commands) => Finding::warning(
            "poison",
            format!("{} commands crashed the node and are refused", commands.len()),
        )
        .next_step("report the notes in poison/ as a fault of this program"),
        Err(error) => Finding::warning("poison", chain(&error)),
    }
}
