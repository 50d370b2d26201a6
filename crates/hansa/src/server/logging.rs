//! The log of a running node, on standard error.

use std::io::Stderr;

use tracing_subscriber::EnvFilter;

use super::log_writer::{Guard, LogWriter};
use crate::config::settings::Log;
use crate::failure::Failure;

/// Begins the log, which ends with the guard. Works once in a process.
pub(crate) fn begin(log: &Log) -> Result<Guard<Stderr>, Failure> {
    let cannot_begin =
        |error: &dyn std::fmt::Display| Failure::new(format!("the log cannot begin: {error}"));
    let filter = EnvFilter::try_new(&log.level).map_err(|error| {
        Failure::because("log.level", &error).next_step("see hansa config show")
    })?;
    let (writer, guard) =
        LogWriter::begin(std::io::stderr()).map_err(|error| cannot_begin(&error))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer);
    let begun = match log.json {
        true => builder.json().flatten_event(true).try_init(),
        false => builder.with_target(false).with_ansi(false).try_init(),
    };
    begun.map_err(|error| cannot_begin(&error))?;
    Ok(guard)
}
