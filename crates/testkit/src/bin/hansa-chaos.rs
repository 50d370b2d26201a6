//! Runs the program under kills, stops, full disks and a bad network, and checks its clients' histories.
//!
//! Started by `cargo xtask chaos`. Where the system allows it, it starts itself once more, with a file
//! system of its own under the run's folder.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use hansa_testkit::chaos::disk::Disk;
use hansa_testkit::chaos::{Settings, Summary, folder, run};

const USAGE: &str =
    "Usage: cargo xtask chaos [--ops N] [--seconds S] [--clients C] [--from SEED] [--disk MIB]

  --ops N      operations, at most (default 1,000,000)
  --seconds S  time after which none begins any more (default 600)
  --clients C  clients at once (default 16)
  --from SEED  decides what is tried (default 1)
  --disk MIB   size of the disk in memory on which the node lives, where the system allows one
               (default: what the operations may need, if half of the memory is enough for it);
               0: none, and a limit on the size of the node's files stands for a full disk";

/// The word with which this program starts itself within a disk of its own.
const WITHIN: &str = "--within";
/// Size of a disk for any run, and more of it for each operation.
const DISK_BYTES: u64 = 1 << 30;
const DISK_BYTES_EACH: u64 = 8 << 10;

/// What the command line says.
struct Asked {
    settings: Settings,
    /// Size of the disk in MiB, if it was named.
    disk_mib: Option<u64>,
}

fn main() -> ExitCode {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    if words.iter().any(|word| word == "--help" || word == "-h") {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    let is_within = words.first().is_some_and(|word| word == WITHIN);
    words.drain(..usize::from(is_within));
    let Asked { mut settings, disk_mib } = match read(&words) {
        Ok(asked) => asked,
        Err(why) => {
            eprintln!("error: {why}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    if let Err(error) = std::fs::create_dir_all(&settings.dir) {
        println!("{}: {error}", settings.dir.display());
        return ExitCode::FAILURE;
    }
    let mib = disk_mib.unwrap_or_else(|| affordable_mib(settings.operations));
    if is_within {
        settings.disk = Disk::Bounded { bytes: mib << 20 };
    } else if let Some(mut command) = bound(&settings.dir, mib) {
        command.arg(WITHIN).args(&words).args(["--disk", &mib.to_string()]);
        return outside(command, &settings.dir);
    }
    tell(&settings, run(&settings))
}

/// The size of a disk on which so many operations find room; 0 where it needs too much memory.
fn affordable_mib(operations: u64) -> u64 {
    let bytes = operations.saturating_mul(DISK_BYTES_EACH).saturating_add(DISK_BYTES);
    let known = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let available = known.lines().find_map(|line| line.strip_prefix("MemAvailable:"));
    let kib: u64 =
        available.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0);
    if bytes >> 10 <= kib / 2 { bytes >> 20 } else { 0 }
}

/// This program within a disk of its own, where there is to be one and the system allows it.
fn bound(dir: &Path, mib: u64) -> Option<Command> {
    let program = std::env::current_exe().ok().filter(|_| mib > 0)?;
    Disk::bound(dir, mib << 20, &program)
}

/// Waits for the run within, whose disk goes with it.
fn outside(mut command: Command, dir: &Path) -> ExitCode {
    let status = command.status();
    let _ = std::fs::remove_dir(dir);
    match status {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

fn tell(settings: &Settings, outcome: Result<Summary, String>) -> ExitCode {
    match outcome {
        Ok(summary) => {
            // What is left of a run that went well is of no use.
            let _ = std::fs::remove_dir_all(&settings.dir);
            println!("one history: nothing lost, doubled or out of order");
            println!("  answered  {}, never answered  {}", summary.answered, summary.unknown);
            println!("  requests  {}, payments booked  {}", summary.requests, summary.booked);
            println!("  killed  {}, stopped  {}", summary.kills, summary.stops);
            println!("  without room on the disk  {} ({})", summary.full_disks, settings.disk);
            ExitCode::SUCCESS
        }
        Err(why) => {
            println!("{why}\n\nThe data directory is kept: {}", kept(settings).display());
            ExitCode::FAILURE
        }
    }
}

/// Where what a failed run has left is kept: a disk in memory does not outlive it.
fn kept(settings: &Settings) -> PathBuf {
    if settings.disk == Disk::FileSize {
        return settings.dir.clone();
    }
    let kept = settings.dir.with_extension("kept");
    let copied = Command::new("cp").arg("-a").arg(&settings.dir).arg(&kept).status();
    match copied {
        Ok(status) if status.success() => kept,
        _ => PathBuf::from("nowhere, for it could not be copied"),
    }
}

fn read(words: &[String]) -> Result<Asked, String> {
    let beside = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut settings = Settings {
        program: beside.with_file_name("hansa"),
        dir: PathBuf::new(),
        seed: 1,
        operations: 1_000_000,
        clients: 16,
        span: Duration::from_secs(600),
        disk: Disk::FileSize,
    };
    let mut disk_mib = None;
    for pair in words.chunks(2) {
        let [name, number] = pair else { return Err(format!("{} needs a number", pair.concat())) };
        let number: u64 = number.parse().map_err(|_| format!("{name}: no number: {number}"))?;
        match name.as_str() {
            "--ops" => settings.operations = number,
            "--seconds" => settings.span = Duration::from_secs(number),
            "--from" => settings.seed = number,
            "--disk" if number == 0 || (64..=1 << 20).contains(&number) => disk_mib = Some(number),
            "--clients" if (2..=256).contains(&number) => {
                settings.clients = usize::try_from(number).map_err(|error| error.to_string())?;
            }
            other => return Err(format!("no argument is called {other}, or not with {number}")),
        }
    }
    settings.dir = folder(&std::env::temp_dir(), settings.seed);
    Ok(Asked { settings, disk_mib })
}
