//! Runs the program under kills, stops and a bad network, and checks its clients' histories.
//!
//! Started by `cargo xtask chaos`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use hansa_testkit::chaos::{Settings, folder, run};

const USAGE: &str = "Usage: cargo xtask chaos [--ops N] [--seconds S] [--clients C] [--from SEED]

  --ops N      operations, at most (default 1,000,000)
  --seconds S  time after which none begins any more (default 600)
  --clients C  clients at once (default 16)
  --from SEED  decides what is tried (default 1)";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if words.iter().any(|word| word == "--help" || word == "-h") {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    let settings = match read(&words) {
        Ok(settings) => settings,
        Err(why) => {
            eprintln!("error: {why}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let outcome = std::fs::create_dir_all(&settings.dir)
        .map_err(|error| error.to_string())
        .and_then(|()| run(&settings));
    match outcome {
        Ok(summary) => {
            // What is left of a run that went well is of no use.
            let _ = std::fs::remove_dir_all(&settings.dir);
            println!("one history: nothing lost, doubled or out of order");
            println!("  answered  {}, never answered  {}", summary.answered, summary.unknown);
            println!("  requests  {}, payments booked  {}", summary.requests, summary.booked);
            println!("  killed  {}, stopped  {}", summary.kills, summary.stops);
            println!("  without room on the disk  {}", summary.full_disks);
            ExitCode::SUCCESS
        }
        Err(why) => {
            println!("{why}\n\nThe data directory is kept: {}", settings.dir.display());
            ExitCode::FAILURE
        }
    }
}

fn read(words: &[String]) -> Result<Settings, String> {
    let beside = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut settings = Settings {
        program: beside.with_file_name("hansa"),
        dir: PathBuf::new(),
        seed: 1,
        operations: 1_000_000,
        clients: 16,
        span: Duration::from_secs(600),
    };
    for pair in words.chunks(2) {
        let [name, number] = pair else { return Err(format!("{} needs a number", pair.concat())) };
        let number: u64 = number.parse().map_err(|_| format!("{name}: no number: {number}"))?;
        match name.as_str() {
            "--ops" => settings.operations = number,
            "--seconds" => settings.span = Duration::from_secs(number),
            "--from" => settings.seed = number,
            "--clients" if (2..=256).contains(&number) => {
                settings.clients = usize::try_from(number).map_err(|error| error.to_string())?;
            }
            other => return Err(format!("no argument is called {other}, or not with {number}")),
        }
    }
    settings.dir = folder(&std::env::temp_dir(), settings.seed);
    Ok(settings)
}
