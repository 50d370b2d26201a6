//! Measures a node, and holds it to limits that mean the same on any machine.
//!
//! Started by `cargo xtask bench`. Every figure stands beside a yardstick that was measured in the
//! same round on the same disk, so that limits are ratios wherever the machine would decide
//! otherwise. [`keys`] says what each figure is; the other modules are a scene each, or what
//! scenes share.
//!
//! Deliberately absent: statistics beyond median, smallest and largest, and comparisons with
//! earlier runs. Nothing here is shipped.

#![allow(clippy::float_arithmetic, reason = "figures are floats; no money is counted here")]

mod acts;
mod auth;
mod callers;
mod client;
mod discover;
mod engine;
mod envelope;
mod gate;
mod http;
mod judge;
mod keys;
mod logins;
mod machine;
mod measure;
mod memory;
mod replay;
mod report;
mod restore;
mod scene;
mod scrub;
mod serve;
mod sim;
mod start;
mod stepped;
mod times;
mod world;
mod yardstick;

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Context as _;

use crate::machine::Machine;
use crate::report::Report;
use crate::scene::{Bench, Scene};

const USAGE: &str = include_str!("usage.txt");

/// What was asked for.
#[derive(Debug, Default, PartialEq, Eq)]
struct Asked {
    only: Option<String>,
    quick: bool,
    json: bool,
    enforce: bool,
    help: bool,
}

/// The node's own allocator.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match args.as_slice() {
        [word, what] if word == memory::CHILD => memory::child(what).map(|()| true),
        [word, dir] if word == scrub::CHILD => scrub::child(Path::new(dir)).map(|()| true),
        _ => run(&args),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn read(args: &[String]) -> anyhow::Result<Asked> {
    let mut asked = Asked::default();
    let mut words = args.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--only" => asked.only = Some(words.next().context("--only needs a prefix")?.clone()),
            "--quick" => asked.quick = true,
            "--json" => asked.json = true,
            "--enforce" => asked.enforce = true,
            "--help" | "-h" => asked.help = true,
            other => anyhow::bail!("no argument is called {other}\n\n{USAGE}"),
        }
    }
    if let Some(only) = &asked.only {
        let known = keys::KEYS.iter().any(|key| key.name.starts_with(only.as_str()));
        anyhow::ensure!(known, "no figure begins with {only}");
    }
    Ok(asked)
}

/// Measures what was asked for; whether the process may call it a success.
fn run(args: &[String]) -> anyhow::Result<bool> {
    let asked = read(args)?;
    if asked.help {
        print!("{USAGE}");
        return Ok(true);
    }
    let begun = Instant::now();
    let program = std::env::current_exe().context("finding this program")?;
    let built = program.parent().context("this program lies nowhere")?;
    let target = built.parent().unwrap_or(built);
    let root = tempfile::Builder::new().prefix("bench-").tempdir_in(target)?;
    let hansa = built.join("hansa");
    let bench = Bench::new(asked.only, asked.quick, root.path().to_owned(), hansa);
    let mut machine = Machine::look(args, bench.rounds, root.path());
    let report = measure(&bench)?;
    let disk = ["disk.fdatasync_p50_us", "disk.fdatasync_p99_us"].map(|name| report.median(name));
    machine.finish(begun.elapsed(), disk[0], disk[1]);
    report.write(&machine, &target.join("bench.json"))?;
    match asked.json {
        true => println!("{}", report.json(&machine)?),
        false => report.print(&machine),
    }
    Ok(!asked.enforce || report.is_passed())
}

/// Prepares the scenes, lets them take turns, and lets each finish.
fn measure(bench: &Bench) -> anyhow::Result<Report> {
    let mut report = Report::default();
    let mut scenes = prepare(bench, &mut report);
    for round in 1..=bench.rounds {
        yardstick::settle();
        note_disk(bench.root(), &mut report)?;
        for (name, scene) in &mut scenes {
            progress(&format!("round {round} of {}: {name}", bench.rounds));
            let measured = bench.times.of(name, || scene.round(bench, &mut report));
            if let Err(error) = measured {
                report.skip(name, &error);
            }
        }
    }
    for (name, mut scene) in scenes {
        progress(&format!("last: {name}"));
        let measured = bench.times.of(name, || scene.finish(bench, &mut report));
        if let Err(error) = measured {
            report.skip(name, &error);
        }
    }
    bench.times.lines().iter().for_each(|line| progress(line));
    Ok(report)
}

type Named = (&'static str, Box<dyn Scene>);

/// The scenes that were asked for; those that cannot be prepared are noted.
fn prepare(bench: &Bench, report: &mut Report) -> Vec<Named> {
    let mut scenes: Vec<Named> = Vec::new();
    let mut add =
        |name: &'static str,
         report: &mut Report,
         make: &mut dyn FnMut(&mut Report) -> anyhow::Result<Box<dyn Scene>>| {
            progress(&format!("preparing: {name}"));
            match bench.times.of(name, || make(report)) {
                Ok(scene) => scenes.push((name, scene)),
                Err(error) => report.skip(name, &error),
            }
        };
    if bench.wants("engine.") {
        add("engine", report, &mut |_| Ok(Box::new(engine::EngineScene::prepare(bench)?)));
    }
    if bench.wants("gate.") {
        add("gate", report, &mut |_| Ok(Box::new(gate::GateScene::prepare(bench)?)));
    }
    if bench.wants_any(&["http.", "backup.http"]) {
        add("http", report, &mut |_| Ok(Box::new(http::HttpScene::prepare(bench)?)));
    }
    if bench.wants("auth.") {
        add("auth", report, &mut |_| Ok(Box::new(auth::AuthScene::prepare(bench)?)));
    }
    if bench.wants_any(&["agents.", "discover."]) {
        add("discover", report, &mut |report| {
            Ok(Box::new(discover::DiscoverScene::prepare(bench, report)?))
        });
    }
    if bench.wants_any(&["replay.", "verify.", "entry."]) {
        add("replay", report, &mut |report| {
            Ok(Box::new(replay::ReplayScene::prepare(bench, report)?))
        });
    }
    if bench.wants("envelope.") {
        add("envelope", report, &mut |_| Ok(Box::new(envelope::EnvelopeScene::prepare(bench)?)));
    }
    if bench.wants("gate.rego.") {
        add("judge", report, &mut |_| Ok(Box::new(judge::JudgeScene::prepare(bench)?)));
    }
    if bench.wants("mem.") {
        add("memory", report, &mut |_| Ok(Box::new(memory::MemoryScene)));
    }
    if bench.wants_any(&["backup.mb_s", "restore."]) {
        add("restore", report, &mut |_| Ok(Box::new(restore::RestoreScene)));
    }
    if bench.wants("scrub.") {
        add("scrub", report, &mut |_| Ok(Box::new(scrub::ScrubScene)));
    }
    if bench.wants("sim.") {
        add("sim", report, &mut |_| Ok(Box::new(sim::SimScene)));
    }
    if bench.wants("start.") {
        add("start", report, &mut |_| Ok(Box::new(start::StartScene)));
    }
    scenes
}

fn note_disk(dir: &Path, report: &mut Report) -> anyhow::Result<()> {
    let disk = yardstick::disk(dir, yardstick::SYNCS_MANY)?;
    report.add("disk.fdatasync_p50_us", disk.p50_us)?;
    report.add("disk.fdatasync_p99_us", disk.p99_us)
}

/// Says on stderr what is going on.
fn progress(what: &str) {
    eprintln!("bench: {what}");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(words: &[&str]) -> anyhow::Result<Asked> {
        read(&words.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn arguments_are_read_and_unknown_ones_refused() {
        let all = asked(&["--only", "http.", "--quick", "--json", "--enforce"]).unwrap();
        assert!(all.quick && all.json && all.enforce && all.only.as_deref() == Some("http."));
        assert!(asked(&["--only"]).is_err());
        assert!(asked(&["--only", "unheard"]).is_err());
        assert!(asked(&["--slow"]).is_err());
    }
}
