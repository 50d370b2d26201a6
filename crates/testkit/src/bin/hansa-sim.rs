//! Runs simulations, one a seed, or opens the images of power cuts, and says how to see a failure again.
//!
//! Started by `cargo xtask sim`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use hansa_testkit::images::{self, Syncs, WORKLOAD};
use hansa_testkit::sim::{self, STEPS, Settings, Summary};

const USAGE: &str = "Usage: cargo xtask sim [--seeds N] [--from S] [--steps K]
       cargo xtask sim --images N [--from S]

  --seeds N   how many simulations to run (default 1,000)
  --from S    the first seed (default 1)
  --steps K   steps of each before its world is healed (default 1,000)
  --images N  instead of simulating, open so many disks as power cuts may leave them behind";

/// How often it says how far it is.
const TELL_EVERY: Duration = Duration::from_secs(2);
/// Images of one recording.
const IMAGES_PER_SEED: u64 = 1_000;
/// Workers on each core: a store that goes on waits for its threads, and others work meanwhile.
const WORKERS_PER_CORE: usize = 2;

struct Asked {
    seeds: u64,
    from: u64,
    steps: u32,
    images: Option<u64>,
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if words.iter().any(|word| word == "--help" || word == "-h") {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    if let [word, dir, seed] = words.as_slice()
        && word == WORKLOAD
    {
        return run_workload(dir, seed);
    }
    match read(&words) {
        Ok(asked) => match asked.images {
            Some(images) => open_images(asked.from, images),
            None => run(&asked),
        },
        Err(why) => {
            eprintln!("error: {why}\n\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn read(words: &[String]) -> Result<Asked, String> {
    let mut asked = Asked { seeds: 1_000, from: 1, steps: STEPS, images: None };
    for pair in words.chunks(2) {
        let [name, number] = pair else { return Err(format!("{} needs a number", pair.concat())) };
        let number: u64 = number.parse().map_err(|_| format!("{name}: no number: {number}"))?;
        match name.as_str() {
            "--seeds" => asked.seeds = number,
            "--from" => asked.from = number,
            "--images" => asked.images = Some(number),
            "--steps" => asked.steps = u32::try_from(number).map_err(|error| error.to_string())?,
            other => return Err(format!("no argument is called {other}")),
        }
    }
    Ok(asked)
}

/// What this program does as the recorded child of itself.
fn run_workload(dir: &str, seed: &str) -> ExitCode {
    let seed = seed.parse().map_err(|_| format!("no seed: {seed}"));
    match seed.and_then(|seed| images::run_workload(Path::new(dir), seed)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::FAILURE
        }
    }
}

/// Opens images by some workers on every core, each of which takes the next seed when it is done with one.
fn open_images(from: u64, wanted: u64) -> ExitCode {
    let begun = Instant::now();
    let (next, left) = (AtomicU64::new(from), AtomicU64::new(wanted));
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let worked = std::thread::scope(|scope| {
        let work = |worker| {
            let (next, left) = (&next, &left);
            scope.spawn(move || open_some(worker, next, left))
        };
        let workers: Vec<_> = (0..cores * WORKERS_PER_CORE).map(work).collect();
        workers.into_iter().map(|worker| worker.join()).collect::<Vec<_>>()
    });
    let mut total = images::Summary::default();
    for outcome in worked {
        match outcome {
            Ok(Ok(summary)) => total.add(&summary),
            Ok(Err(failure)) => {
                println!("{failure}\n\nSee it again:");
                println!("  cargo xtask sim --images {IMAGES_PER_SEED} --from {}", failure.seed);
                return ExitCode::FAILURE;
            }
            Err(_) => return ExitCode::FAILURE,
        }
    }
    let ms = begun.elapsed().as_millis().max(1);
    println!("{} images from seed {from}: every promise held", total.images);
    println!("  moments of a power cut  {}", total.moments);
    println!("  held more than was acknowledged  {}", total.ahead);
    println!("  sim.images_per_s  {} on {cores} cores", u128::from(total.images) * 1_000 / ms);
    ExitCode::SUCCESS
}

fn open_some(
    worker: usize,
    next: &AtomicU64,
    left: &AtomicU64,
) -> Result<images::Summary, images::Failure> {
    let name = format!("hansa-images-{}-{worker}", std::process::id());
    let scratch: PathBuf = images::root().join(name);
    let program = std::env::current_exe().unwrap_or_default();
    let mut total = images::Summary::default();
    loop {
        let take = |left: u64| left.checked_sub(IMAGES_PER_SEED.min(left)).filter(|_| left > 0);
        let Ok(before) = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take) else {
            return Ok(total);
        };
        let (seed, images) = (next.fetch_add(1, Ordering::Relaxed), before.min(IMAGES_PER_SEED));
        total.add(&images::check(&program, &scratch, seed, images, Syncs::All)?);
    }
}

fn run(asked: &Asked) -> ExitCode {
    // A panic is a failure that is told with its seed.
    std::panic::set_hook(Box::new(|_| ()));
    let begun = Instant::now();
    let (mut total, mut told) = (Summary::default(), begun);
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
    tell(asked, &total, begun.elapsed());
    ExitCode::SUCCESS
}

fn add(total: &mut Summary, one: &Summary) {
    total.entries += one.entries;
    total.answers += one.answers;
    total.retries += one.retries;
    total.crashes += one.crashes;
    total.clock_steps += one.clock_steps;
    total.full_disks += one.full_disks;
    total.span_ms += one.span_ms;
}

fn tell(asked: &Asked, total: &Summary, took: Duration) {
    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX).max(1);
    let Summary { entries, answers, retries, crashes, full_disks, clock_steps, span_ms, .. } =
        total;
    println!("{} seeds from {}: every invariant held", asked.seeds, asked.from);
    println!("  simulated hours  {}", span_ms / 3_600_000);
    println!("  sim.hours_per_min  {}", span_ms.saturating_mul(60) / 3_600 / ms);
    println!("  power cuts and failed syncs  {crashes}, full disks  {full_disks}");
    println!("  clocks set wrong  {clock_steps}");
    println!("  answers  {answers}, asked again  {retries}");
    println!("  entries  {entries}");
}
