//! `hansa`: the node and everything its operator and its agents do from a shell.
//!
//! [`cli`] reads the command line, one file of [`commands`] carries out each command, [`config`]
//! gathers the settings, [`remote`] talks to a node and [`ui`] to the terminal; [`failure`] says
//! how each kind of failure ends. [`demo`] tells the whole story on a node of its own.
//!
//! Deliberately absent: prompts, and anything that works only on a terminal.

mod cli;
mod commands;
mod config;
mod demo;
mod duration;
mod failure;
mod files;
mod gateway;
mod offline;
mod profiles;
mod progress;
mod remote;
mod server;
mod sign;
mod suggest;
mod ui;

use std::process::ExitCode;

/// Requests are made on one thread and let go of on another, and the state grows and shrinks by
/// millions of small things; this allocator is quick at the first and gives memory back after the
/// second.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    let arguments: Vec<std::ffi::OsString> = std::env::args_os().collect();
    let parsed = match cli::parse(&arguments) {
        Ok(parsed) => parsed,
        Err(outcome) => return outcome,
    };
    let ui = parsed.global.ui();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failure::Failure::because("cannot start", &error).tell(&ui),
    };
    let outcome = runtime.block_on(commands::run(parsed, &ui));
    // A thread that waits for standard input never ends by itself.
    runtime.shutdown_background();
    match outcome {
        Ok(exit) => exit,
        Err(failure) => failure.tell(&ui),
    }
}
