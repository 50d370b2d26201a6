//! Kernel scripts: one command per line with its expected outcome.
//!
//! ```text
//! transfer alice bob 10 AVT => posted fee 0.05
//! hold alice bob 10 for 60s => pending as h1
//! at +61s
//! tick => expired h1
//! balance alice AVT = 989.95
//! ```
//!
//! A line is `COMMAND => OUTCOME [as NAME]`, a check `WHAT = WORDS`, or a bare command that must be
//! accepted. An outcome is a refusal's code, or words that appear in this order among those that
//! tell what happened. `@bob`, `@k1` (an API key), `@machine`, `@setup` and `@timer` say who asks
//! when it is not the one the command is about; words with `!` say more of the request (see
//! `request`). `#` begins a comment. The grammar of the commands is in `command`, that of checks in `show`.
//!
//! Every command goes admit → decide → encode → decode → apply, and after each one the books must
//! balance. At the end the journal is replayed, and every script so tests replay too.

mod command;
mod outcome;
mod request;
mod show;
mod town;
mod words;

pub(crate) use outcome::Outcome;
pub(crate) use town::{Named, Town};
pub(crate) use words::Words;

/// Runs a script in a sovereign town: an owner, olga, and agents alice, bob and carol with 1,000
/// AVT each. A script that begins with `found` makes its own.
pub(crate) fn check(script: &str) -> Town {
    check_in(Town::new(), script)
}

/// Runs a script in a town of its own.
pub(crate) fn check_in(mut town: Town, script: &str) -> Town {
    let lines = || script.lines().enumerate().map(|(at, line)| (at + 1, strip(line)));
    if !lines().any(|(_, line)| line.starts_with("found ")) {
        town.settle();
    }
    for (number, line) in lines().filter(|(_, line)| !line.is_empty()) {
        if let Err(complaint) = run_line(&mut town, line) {
            panic!("line {number}: {line}\n  {complaint}");
        }
    }
    town.check_replay(town.journal().len() / 2);
    town
}

fn strip(line: &str) -> &str {
    line.split('#').next().unwrap_or_default().trim()
}

/// Runs one line of a script.
pub(crate) fn run_line(town: &mut Town, line: &str) -> Result<(), String> {
    if let Some((what, expected)) = line.split_once(" = ") {
        let actual = town.show(&mut Words::new(what))?;
        return match actual == expected.trim() {
            true => Ok(()),
            false => Err(format!("it is {actual}")),
        };
    }
    let (line, name) = match line.rsplit_once(" as ") {
        Some((line, name)) => (line, Some(name.trim())),
        None => (line, None),
    };
    let (command, expected) = match line.split_once("=>") {
        Some((command, expected)) => (command, Some(expected.trim())),
        None => (line, None),
    };
    let outcome = command::run(town, &mut Words::new(command))?;
    if let Some(name) = name {
        town.bind_outcome(name, &outcome);
    }
    let told = outcome.tell(town);
    match expected {
        Some(expected) if outcome.matches(&told, expected) => Ok(()),
        None if matches!(outcome, Outcome::Done { .. }) => Ok(()),
        Some(expected) => Err(format!("expected: {expected}\n  outcome:  {told}")),
        None => Err(format!("outcome: {told}")),
    }
}
