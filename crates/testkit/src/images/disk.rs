//! A disk that loses its power: what is on it for certain, and what might be.
//!
//! Between two syncs of a file everything is possible: each write is there whole, in part, by sectors
//! of 512 bytes, or not at all, whatever came before or after it. What the names in the folder stand for
//! becomes certain with the first sync of a new log, at which SQLite syncs the folder too, or with a
//! synced removal; until then each name may stand for what it did at any moment before. The database
//! itself is there from the beginning, empty, as the store makes it.

use std::collections::VecDeque;

use super::recording::{Event, Name};
use crate::sim::Rng;

/// What a disk writes at once.
const SECTOR_BYTES: usize = 512;

/// A change to a file that was not synced yet.
#[derive(Debug, Clone)]
enum Change {
    Write { at: usize, bytes: Vec<u8> },
    Truncate { size: usize },
}

/// One life of a file, from its first write to its removal.
#[derive(Debug, Default)]
struct File {
    /// What is on the disk for certain.
    certain: Vec<u8>,
    /// What followed, oldest first.
    changes: VecDeque<Change>,
    /// How many of those a sync under way covers.
    covered: usize,
    /// Whether it was ever synced.
    is_born: bool,
}

/// One name in the folder.
#[derive(Debug, Default)]
struct Entry {
    /// What the name may stand for, oldest first: a file or nothing.
    states: Vec<Option<File>>,
}

/// The files of one moment.
pub(super) type Image = [Option<Vec<u8>>; 3];

/// A disk under a recording.
#[derive(Debug)]
pub(super) struct Disk {
    entries: [Entry; 3],
}

/// How much of what is not certain survives.
#[derive(Debug, Clone, Copy)]
enum Mood {
    Nothing,
    Everything,
    /// Each change with this many chances in a hundred; torn with so many.
    Some {
        kept: u64,
        torn: u64,
    },
    /// What came first, up to a point; the change at the point torn.
    Beginning,
    /// Everything but one change.
    AllButOne,
}

const MOODS: [Mood; 10] = [
    Mood::Nothing,
    Mood::Everything,
    Mood::Some { kept: 50, torn: 0 },
    Mood::Some { kept: 50, torn: 50 },
    Mood::Some { kept: 90, torn: 20 },
    Mood::Some { kept: 10, torn: 20 },
    Mood::Some { kept: 100, torn: 30 },
    Mood::Beginning,
    Mood::Beginning,
    Mood::AllButOne,
];

impl Disk {
    /// An empty folder.
    pub(super) fn new() -> Self {
        let database = File { is_born: true, ..File::default() };
        let nothing = || Entry { states: vec![None] };
        Self { entries: [Entry { states: vec![Some(database)] }, nothing(), nothing()] }
    }

    /// Takes in what happened.
    pub(super) fn note(&mut self, event: &Event) {
        match event {
            Event::Write { name, at, bytes } => {
                let at = usize::try_from(*at).unwrap_or(usize::MAX);
                let change = Change::Write { at, bytes: bytes.clone() };
                self.entry(*name).file().changes.push_back(change);
            }
            Event::Truncate { name, size } => {
                let size = usize::try_from(*size).unwrap_or(usize::MAX);
                self.entry(*name).file().changes.push_back(Change::Truncate { size });
            }
            Event::SyncBegun { name } => {
                let file = self.entry(*name).file();
                file.covered = file.changes.len();
            }
            Event::SyncDone { name } => {
                if self.entry(*name).settle() {
                    self.sync_folder();
                }
            }
            Event::Remove { name, is_synced } => {
                self.entry(*name).states.push(None);
                if *is_synced {
                    self.sync_folder();
                }
            }
            Event::Acknowledged { .. } => {}
        }
    }

    fn entry(&mut self, name: Name) -> &mut Entry {
        &mut self.entries[name as usize]
    }

    /// Every name stands for what it does now, for certain.
    fn sync_folder(&mut self) {
        for entry in &mut self.entries {
            entry.states.drain(..entry.states.len() - 1);
        }
    }

    /// The files as they may be after a power cut now.
    pub(super) fn image(&self, rng: &mut Rng) -> Image {
        let mood = rng.pick(&MOODS).unwrap_or(Mood::Nothing);
        self.entries.each_ref().map(|entry| {
            let chosen = match mood {
                Mood::Everything => entry.states.len() - 1,
                Mood::Nothing => 0,
                _ => usize::try_from(rng.below(entry.states.len() as u64)).unwrap_or(0),
            };
            entry.states.get(chosen)?.as_ref().map(|file| file.image(mood, rng))
        })
    }
}

impl Entry {
    /// The file that the name stands for now.
    fn file(&mut self) -> &mut File {
        if matches!(self.states.last(), None | Some(None)) {
            self.states.push(Some(File::default()));
        }
        match self.states.last_mut() {
            Some(Some(file)) => file,
            _ => unreachable!("a file was put there"),
        }
    }

    /// What the sync covers is certain from now on. Answers whether it was the file's first.
    fn settle(&mut self) -> bool {
        let file = self.file();
        let covered: Vec<Change> = file.changes.drain(..file.covered).collect();
        file.covered = 0;
        for change in covered {
            change.apply(&mut file.certain);
        }
        !std::mem::replace(&mut file.is_born, true)
    }
}

impl File {
    fn image(&self, mood: Mood, rng: &mut Rng) -> Vec<u8> {
        let mut bytes = self.certain.clone();
        let count = self.changes.len() as u64;
        let point = rng.below(count + 1);
        for (number, change) in (0u64..).zip(&self.changes) {
            let (kept, torn) = match mood {
                Mood::Nothing => (0, 0),
                Mood::Everything => (100, 0),
                Mood::Some { kept, torn } => (kept, torn),
                Mood::Beginning if number < point => (100, 0),
                Mood::Beginning if number == point => (100, 100),
                Mood::Beginning => (0, 0),
                Mood::AllButOne => (if number == point { 0 } else { 100 }, 0),
            };
            match (rng.percent(kept), rng.percent(torn)) {
                (false, _) => {}
                (true, false) => change.apply(&mut bytes),
                (true, true) => change.tear(&mut bytes, rng),
            }
        }
        bytes
    }
}

impl Change {
    fn apply(&self, file: &mut Vec<u8>) {
        match self {
            Change::Write { at, bytes } => put(file, *at, bytes),
            Change::Truncate { size } => file.resize(*size, 0),
        }
    }

    /// Some sectors of a write reach the disk, others do not. Cutting a file off is one step.
    fn tear(&self, file: &mut Vec<u8>, rng: &mut Rng) {
        let Change::Write { at, bytes } = self else { return self.apply(file) };
        let (mut at, mut rest) = (*at, bytes.as_slice());
        while !rest.is_empty() {
            let in_sector = (SECTOR_BYTES - at % SECTOR_BYTES).min(rest.len());
            let (sector, behind) = rest.split_at(in_sector);
            if rng.percent(50) {
                put(file, at, sector);
            }
            (at, rest) = (at + in_sector, behind);
        }
    }
}

fn put(file: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    let end = at + bytes.len();
    if file.len() < end {
        file.resize(end, 0);
    }
    file[at..end].copy_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(at: u64, byte: u8, bytes: usize) -> Event {
        Event::Write { name: Name::Log, at, bytes: vec![byte; bytes] }
    }

    fn images(disk: &Disk) -> std::collections::BTreeSet<Option<Vec<u8>>> {
        (0..400).map(|seed| disk.image(&mut Rng::new(seed))[1].clone()).collect()
    }

    #[test]
    fn what_was_synced_is_certain_and_nothing_else() {
        let mut disk = Disk::new();
        disk.note(&write(0, 1, 4));
        let found = images(&disk);
        assert!(found.contains(&None) && found.contains(&Some(vec![1; 4])));
        disk.note(&Event::SyncBegun { name: Name::Log });
        disk.note(&write(4, 2, 4));
        disk.note(&Event::SyncDone { name: Name::Log });
        for image in images(&disk) {
            let image = image.unwrap();
            assert_eq!(&image[..4], [1; 4]);
            assert!(image.len() == 4 || image[4..] == [2; 4], "{image:?}");
        }
    }

    #[test]
    fn a_write_is_torn_at_sectors() {
        let mut disk = Disk::new();
        disk.note(&write(100, 1, 1_000));
        let torn = |image: &Vec<u8>| image.len() == 1_100 && image[100] == 0 && image[600] == 1;
        assert!(images(&disk).iter().flatten().any(torn));
    }

    #[test]
    fn a_removal_counts_for_certain_once_another_file_of_the_name_is_synced() {
        let mut disk = Disk::new();
        for event in [
            write(0, 1, 4),
            Event::SyncBegun { name: Name::Log },
            Event::SyncDone { name: Name::Log },
            Event::Remove { name: Name::Log, is_synced: false },
        ] {
            disk.note(&event);
        }
        let found = images(&disk);
        assert!(found.contains(&None) && found.contains(&Some(vec![1; 4])));
        for event in [
            write(0, 2, 4),
            Event::SyncBegun { name: Name::Log },
            Event::SyncDone { name: Name::Log },
        ] {
            disk.note(&event);
        }
        assert_eq!(images(&disk), [Some(vec![2; 4])].into());
    }
}
