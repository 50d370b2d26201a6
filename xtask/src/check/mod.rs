//! `cargo xtask check`: the one command that says whether a change may go in.
//!
//! Each step is a file of this folder and one line of [`STEPS`]. Steps run in that order, cheapest
//! reasons to refuse first, and the first failure ends the run with exit status 1.
//!
//! Invariants: this tool writes to stderr only, so that stdout carries the closing lines of
//! `cargo test` and nothing else; a step either passes or says why not; no step is skipped in
//! silence except `packages`, whose business is another machine's.
//!
//! Deliberately absent: parallel steps (they share one build directory and its lock) and
//! configuration (what a change must pass is the same everywhere).

mod clippy;
mod docs;
mod fmt;
mod fuzz;
mod layers;
mod packages;
mod seams;
mod sizes;
mod source;
mod tests;

use crate::workspace::Workspace;
use anyhow::{Context as _, bail};
use std::os::fd::AsFd as _;
use std::process::Stdio;
use std::time::Instant;

/// One step of the check.
pub(crate) struct Step {
    /// The word that names it on the command line.
    name: &'static str,
    /// One line for `--list`.
    about: &'static str,
    /// What it looks at and how to answer a failure, for `--help`.
    help: &'static str,
    /// The one flag it understands, if any.
    flag: Option<&'static str>,
    /// The work.
    run: fn(&Request<'_>) -> anyhow::Result<()>,
}

/// What a step is given.
pub(crate) struct Request<'a> {
    /// The workspace under test.
    workspace: &'a Workspace,
    /// Whether the step's own flag was given.
    flag: bool,
}

const STEPS: &[Step] = &[
    packages::STEP,
    fmt::STEP,
    clippy::STEP,
    layers::STEP,
    seams::STEP,
    sizes::STEP,
    tests::STEP,
    docs::STEP,
    fuzz::STEP,
];

/// Runs `cargo xtask check` with the arguments after `check`.
pub(crate) fn main(args: &[String]) -> anyhow::Result<()> {
    if args.iter().any(|arg| arg == "--list") {
        STEPS.iter().for_each(|step| println!("{:<9} {}", step.name, step.about));
        return Ok(());
    }
    if args.iter().any(|arg| arg == "--help" || arg == "-h") {
        print_help();
        return Ok(());
    }
    let chosen = choose(args)?;
    let workspace = Workspace::locate()?;
    let started = Instant::now();
    for (step, flag) in &chosen {
        run_step(step, &Request { workspace: &workspace, flag: *flag })?;
    }
    let count = chosen.len();
    eprintln!("check passed: {count} step(s) in {:.1?}", started.elapsed());
    Ok(())
}

fn run_step(step: &Step, request: &Request<'_>) -> anyhow::Result<()> {
    eprintln!("==> {}", step.name);
    let started = Instant::now();
    let result = (step.run)(request);
    let verdict = if result.is_ok() { "ok" } else { "FAILED" };
    eprintln!("    {} {verdict} in {:.1?}", step.name, started.elapsed());
    result.with_context(|| format!("check failed at step `{}`", step.name))
}

/// The steps named by the arguments (all of them if none is), in the order of [`STEPS`], each with
/// whether its flag was given.
fn choose(args: &[String]) -> anyhow::Result<Vec<(&'static Step, bool)>> {
    let (flags, names): (Vec<&String>, Vec<&String>) =
        args.iter().partition(|arg| arg.starts_with('-'));
    if let Some(name) = names.iter().find(|name| !STEPS.iter().any(|step| step.name == ***name)) {
        bail!("no step `{name}`; `cargo xtask check --list` names them");
    }
    let named = |step: &Step| names.is_empty() || names.iter().any(|name| *name == step.name);
    let given = |step: &Step| flags.iter().any(|flag| step.flag == Some(flag.as_str()));
    for flag in &flags {
        let owner = STEPS.iter().find(|step| step.flag == Some(flag.as_str()));
        match owner {
            None => bail!("no flag `{flag}`; see `cargo xtask check --help`"),
            Some(step) if names.is_empty() || !named(step) => {
                bail!("`{flag}` belongs to a step: `cargo xtask check {} {flag}`", step.name)
            }
            Some(_) => {}
        }
    }
    Ok(STEPS.iter().filter(|step| named(step)).map(|step| (step, given(step))).collect())
}

fn print_help() {
    println!("Usage: cargo xtask check [--list] [STEP...] [FLAG]\n");
    println!("Runs every step in order, or only those named. The first failure ends the run.");
    for step in STEPS {
        println!("\n{}: {}", step.name, step.about);
        step.help.lines().for_each(|line| println!("    {line}"));
    }
}

/// A handle on stderr for a child's stdout.
fn stderr() -> anyhow::Result<Stdio> {
    let handle = std::io::stderr().as_fd().try_clone_to_owned().context("cannot share stderr")?;
    Ok(Stdio::from(handle))
}

/// Gathers findings into one error, one per line, or passes if there are none.
fn verdict(findings: &[String], advice: &str) -> anyhow::Result<()> {
    if findings.is_empty() {
        return Ok(());
    }
    bail!("{} finding(s)\n  {}\n{advice}", findings.len(), findings.join("\n  "))
}

#[cfg(test)]
mod unit {
    use super::*;

    fn names(args: &[&str]) -> anyhow::Result<Vec<(&'static str, bool)>> {
        let args: Vec<String> = args.iter().map(ToString::to_string).collect();
        Ok(choose(&args)?.into_iter().map(|(step, flag)| (step.name, flag)).collect())
    }

    #[test]
    fn no_argument_chooses_every_step_without_flags() {
        let all = names(&[]).unwrap();
        assert_eq!(all.len(), STEPS.len());
        assert!(all.iter().all(|(_, flag)| !flag));
    }

    #[test]
    fn named_steps_run_in_the_order_of_the_table() {
        assert_eq!(names(&["sizes", "fmt"]).unwrap(), [("fmt", false), ("sizes", false)]);
    }

    #[test]
    fn a_flag_needs_its_own_step() {
        assert_eq!(names(&["sizes", "--lower"]).unwrap(), [("sizes", true)]);
        assert!(names(&["--lower"]).is_err());
        assert!(names(&["fmt", "--lower"]).is_err());
        assert!(names(&["fmt", "--higher"]).is_err());
    }

    #[test]
    fn an_unknown_step_is_refused() {
        assert!(names(&["lint"]).unwrap_err().to_string().contains("lint"));
    }

    #[test]
    fn every_step_says_what_it_does() {
        for step in STEPS {
            assert!(!step.about.is_empty() && !step.help.is_empty(), "{}", step.name);
        }
    }
}
