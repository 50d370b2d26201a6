//! `cargo xtask`: the project's own tools, in Rust, so that a contributor needs nothing but cargo.
//!
//! This file only dispatches. Every command lives in a module of its own and is one line of
//! [`COMMANDS`]; a new tool is a new module and a new line there.
//!
//! Deliberately absent: shell scripts, and anything the shipped binary needs at run time.

mod bench;
mod chaos;
mod check;
mod sim;
mod workspace;

use std::process::ExitCode;

/// One command: its name, what it is for, and the function that takes its arguments.
struct Command {
    name: &'static str,
    about: &'static str,
    run: fn(&[String]) -> anyhow::Result<()>,
}

/// Every command there is, in the order of the help text.
const COMMANDS: &[Command] = &[
    Command {
        name: "check",
        about: "everything a change must pass; `cargo xtask check --list` names the steps",
        run: check::main,
    },
    Command {
        name: "bench",
        about: "measures the release build; `cargo xtask bench --help` lists its flags",
        run: bench::main,
    },
    Command {
        name: "sim",
        about: "runs simulated nodes under simulated disasters; `cargo xtask sim --help`",
        run: sim::main,
    },
    Command {
        name: "chaos",
        about: "kills and stops the program behind a bad network; `cargo xtask chaos --help`",
        run: chaos::main,
    },
];

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(args: &[String]) -> anyhow::Result<()> {
    let Some((name, rest)) = args.split_first() else {
        return help();
    };
    if matches!(name.as_str(), "help" | "--help" | "-h") {
        return help();
    }
    match COMMANDS.iter().find(|command| command.name == name) {
        Some(command) => (command.run)(rest),
        None => anyhow::bail!("no command `{name}`; `cargo xtask help` lists them"),
    }
}

fn help() -> anyhow::Result<()> {
    println!("Usage: cargo xtask COMMAND [ARGUMENTS]\n");
    for command in COMMANDS {
        println!("  {:<8} {}", command.name, command.about);
    }
    Ok(())
}
