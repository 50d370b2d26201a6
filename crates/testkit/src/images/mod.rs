//! Crash images: every disk that a power cut may leave behind, opened by the production store.
//!
//! A store works while a recorder below SQLite writes down what reaches the disk ([`recording`]).
//! Afterwards, without any disk, the recording is played up to each of its moments; what was synced by
//! then is certain, and of the rest a seed decides what is there, torn or lost ([`disk`]). Each such
//! image is put into a folder in memory and opened as a node would after the crash. Then:
//! no acknowledged batch is missing, none is there by half, entries and documents belong together, and
//! chain, tree and signed checkpoints fit.
//!
//! The recorder is a file system of SQLite's in C (`recorder.c`): the language in which SQLite takes
//! one, and this workspace has no `unsafe`. Deliberately absent: folders that lose the names of the
//! store's other files, and disks that damage what they are not writing.

mod disk;
mod recording;
mod workload;

use std::fmt;
use std::path::{Path, PathBuf};

use hansa_store::{JOURNAL_FILE, Store};

use self::disk::{Disk, Image};
use self::recording::{Event, Name};
use self::workload::Plan;
use crate::sim::Rng;

pub use recording::Syncs;

/// The word that has a program run a workload instead of whatever else it does.
pub const WORKLOAD: &str = "--record-workload";
/// Of so many images one goes on with a further batch.
const GOING_ON_EVERY: u64 = 8;

/// What opening images showed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Images opened.
    pub images: u64,
    /// Moments of a recording at which the power was cut.
    pub moments: u64,
    /// Images that held more than was acknowledged.
    pub ahead: u64,
}

impl Summary {
    /// Adds what another run showed.
    pub fn add(&mut self, other: &Self) {
        self.images += other.images;
        self.moments += other.moments;
        self.ahead += other.ahead;
    }
}

/// An image that breaks a promise, and how to see it again.
#[derive(Debug)]
pub struct Failure {
    /// The seed of the recording.
    pub seed: u64,
    /// Which of its images.
    pub image: u64,
    /// What is wrong.
    pub what: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, image, what } = self;
        write!(f, "seed {seed}, image {image}: {what}")
    }
}

impl std::error::Error for Failure {}

/// What a program does that was started with [`WORKLOAD`].
pub fn run_workload(dir: &Path, seed: u64) -> Result<(), String> {
    workload::run(dir, seed)
}

/// Where images lie: in memory where the system has a folder there.
pub fn root() -> PathBuf {
    let shared = Path::new("/dev/shm");
    if shared.is_dir() { shared.to_owned() } else { std::env::temp_dir() }
}

/// Records the workload of a seed by `program` under `scratch`, and opens `images` of its images,
/// spread over all its moments.
pub fn check(
    program: &Path,
    scratch: &Path,
    seed: u64,
    images: u64,
    syncs: Syncs,
) -> Result<Summary, Failure> {
    let fail = |image: u64, what: String| Failure { seed, image, what };
    let clear = |what: &str| {
        let _ = std::fs::remove_dir_all(scratch);
        std::fs::create_dir_all(scratch).map_err(|error| fail(0, format!("{what}: {error}")))
    };
    clear("making the folder of the recording")?;
    let events = recording::record(program, scratch, seed, syncs).map_err(|what| fail(0, what))?;
    clear("making the folder of the images")?;
    let plan = workload::plan(seed);
    let whole = plan.keys().next_back().copied();
    if syncs == Syncs::All && acknowledged(&events) != whole {
        return Err(fail(0, "the workload was not told of all of its batches".to_owned()));
    }
    let mut opener = Opener { folder: scratch.join("image"), plan: &plan, seed, acknowledged: 0 };
    let (mut disk, mut rng) = (Disk::new(), Rng::new(seed));
    let mut summary = Summary::default();
    let moments = events.len() as u64;
    for (number, event) in (1u64..).zip(&events) {
        disk.note(event);
        if let Event::Acknowledged { seq } = event {
            opener.acknowledged = *seq;
        }
        // So many by now that in the end they are as many as were asked for.
        let wanted = images * number / moments;
        summary.moments += u64::from(wanted > summary.images);
        while summary.images < wanted {
            summary.images += 1;
            let image = disk.image(&mut rng);
            let seq = opener.open(summary.images, &image).map_err(|w| fail(summary.images, w))?;
            summary.ahead += u64::from(seq > opener.acknowledged);
        }
    }
    let _ = std::fs::remove_dir_all(scratch);
    Ok(summary)
}

fn acknowledged(events: &[Event]) -> Option<u64> {
    events.iter().rev().find_map(|event| match event {
        Event::Acknowledged { seq } => Some(*seq),
        _ => None,
    })
}

/// Opens images, one after the other in one folder.
struct Opener<'a> {
    folder: PathBuf,
    plan: &'a Plan,
    seed: u64,
    /// The last entry that the workload was told of at this moment.
    acknowledged: u64,
}

impl Opener<'_> {
    /// Opens an image and checks every promise. Answers its last entry.
    fn open(&self, number: u64, image: &Image) -> Result<u64, String> {
        self.lay_out(image).map_err(|error| format!("laying an image out: {error}"))?;
        let failed = |error: hansa_store::Error| match std::error::Error::source(&error) {
            Some(source) => format!("it does not open: {error}: {source}"),
            None => format!("it does not open: {error}"),
        };
        let mut store = Store::open(&self.folder, workload::options(self.seed)).map_err(failed)?;
        let verified = workload::verified(&store)?;
        let seq = verified.head.last_seq;
        if seq < self.acknowledged {
            return Err(format!("entry {} was acknowledged, it ends at {seq}", self.acknowledged));
        }
        let Some(expected) = self.plan.get(&seq) else {
            return Err(format!("it ends at {seq}, within a batch"));
        };
        if verified.head.chain != expected.chain {
            return Err(format!("its chain at {seq} is another"));
        }
        self.check_vault(&store, seq)?;
        if number.is_multiple_of(GOING_ON_EVERY) {
            let batch = workload::next_batch(seq, verified.head.chain, verified.range);
            let (told, outcome) = std::sync::mpsc::channel();
            let mut journal = store.journal().map_err(failed)?;
            let done = move |outcome: Result<(), hansa_store::Error>| {
                // The receiver waits below.
                let _ = told.send(outcome.is_ok());
            };
            journal.submit(batch, Box::new(done));
            journal.close().map_err(failed)?;
            if outcome.recv() != Ok(true) || workload::verified(&store)?.head.last_seq != seq + 1 {
                return Err(format!("it does not go on behind {seq}"));
            }
        }
        Ok(seq)
    }

    /// Documents are there exactly where their batch is.
    fn check_vault(&self, store: &Store, seq: u64) -> Result<(), String> {
        let expected = &self.plan[&seq].vault;
        let found = store.reader().vault_page("", expected.len() + 1);
        let found = found.map_err(|error| format!("its vault does not read: {error}"))?;
        let is_same = found.len() == expected.len()
            && found.iter().all(|(id, row)| expected.get(id) == Some(&row.sealed));
        match is_same {
            true => Ok(()),
            false => Err(format!("its vault is not that of entry {seq}")),
        }
    }

    /// Puts the files of an image in the place of those of the one before, and of what opening that
    /// one has made of them. The store's other files stay.
    fn lay_out(&self, image: &Image) -> std::io::Result<()> {
        std::fs::create_dir_all(&self.folder)?;
        for file in std::fs::read_dir(&self.folder)? {
            let path = file?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.starts_with(JOURNAL_FILE) {
                std::fs::remove_file(&path)?;
            }
        }
        for (name, bytes) in Name::ALL.into_iter().zip(image) {
            if let Some(bytes) = bytes {
                std::fs::write(self.folder.join(name.file()), bytes)?;
            }
        }
        Ok(())
    }
}
