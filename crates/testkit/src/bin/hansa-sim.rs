//! Runs simulations, one a seed, and says how to see a failure again.
//!
//! Started by `cargo xtask sim`.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use hansa_testkit::sim::{self, STEPS, Settings, Summary};

const USAGE: &str = "Usage: cargo xtask sim [--seeds N] [--from S] [--steps K]

  --seeds N  how many simulations to run (default 1,000)
  --from S   the first seed (default 1)
  --steps K  steps of each before its world is healed (default 1,000)";

/// How often it says how far it is.
const TELL_EVERY: Duration = Duration::from_secs(2);

struct Asked {
    seeds: u64,
    from: u64,
    steps: u32,
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if words.iter().any(|word| word == "--help" || word == "-h") {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    match read(&words) {
        Ok(asked) => run(&asked),
        Err(why) => {
            eprintln!("error: {why}\n\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn read(words: &[String]) -> Result<Asked, String> {
    let mut asked = Asked { seeds: 1_000, from: 1, steps: STEPS };
    for pair in words.chunks(2) {
        let [name, number] = pair else { return Err(format!("{} needs a number", pair.concat())) };
        let number: u64 = number.parse().map_err(|_| format!("{name}: no number: {number}"))?;
        match name.as_str() {
            "--seeds" => asked.seeds = number,
            "--from" => asked.from = number,
            "--steps" => asked.steps = u32::try_from(number).map_err(|error| error.to_string())?,
            other => return Err(format!("no argument is called {other}")),
        }
    }
    Ok(asked)
}

fn run(asked: &Asked) -> ExitCode {
    // A panic is a failure that is told with its seed.
    std::panic::set_hook(Box::new(|_| ()));
    let (mut total, mut told) = (Summary::default(), Instant::now());
    for seed in asked.from..asked.from.saturating_add(asked.seeds) {
        match sim::run(Settings { steps: asked.steps, ..Settings::new(seed) }) {
            Ok(summary) => add(&mut total, &summary),
            Err(failure) => {
                let steps = asked.steps;
                println!("{failure}\n\nSee it again:");
                println!("  cargo xtask sim --seeds 1 --from {seed} --steps {steps}");
                return ExitCode::FAILURE;
            }
        }
        if told.elapsed() >= TELL_EVERY {
            eprintln!("sim: seed {seed}, {} of {} done", seed + 1 - asked.from, asked.seeds);
            told = Instant::now();
        }
    }
    tell(asked, &total);
    ExitCode::SUCCESS
}

fn add(total: &mut Summary, one: &Summary) {
    total.entries += one.entries;
    total.answers += one.answers;
    total.retries += one.retries;
    total.crashes += one.crashes;
    total.clock_steps += one.clock_steps;
    total.span_ms += one.span_ms;
}

fn tell(asked: &Asked, total: &Summary) {
    let Summary { entries, answers, retries, crashes, clock_steps, span_ms, .. } = total;
    println!("{} seeds from {}: every invariant held", asked.seeds, asked.from);
    println!("  simulated hours  {}", span_ms / 3_600_000);
    println!("  power cuts and failed syncs  {crashes}");
    println!("  clocks set wrong  {clock_steps}");
    println!("  answers  {answers}, asked again  {retries}");
    println!("  entries  {entries}");
}
