//! The log of a running node, on standard error.

use tracing_subscriber::EnvFilter;

use crate::config::settings::Log;
use crate::failure::Failure;

/// Begins the log. Works once in a process.
pub(crate) fn begin(log: &Log) -> Result<(), Failure> {
    let filter = EnvFilter::try_new(&log.level).map_err(|error| {
        Failure::because("log.level", &error).next_step("see hansa config show")
    })?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let begun = match log.json {
        true => builder.json().flatten_event(true).try_init(),
        false => builder.with_target(false).with_ansi(false).try_init(),
    };
    begun.map_err(|error| Failure::new(format!("the log cannot begin: {error}")))
}
