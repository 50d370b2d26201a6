//! `hansa completion`: a script that completes commands and flags in a shell.

use clap::CommandFactory as _;
use clap_complete::{Shell, generate};

use super::{App, DONE, Outcome};
use crate::cli::Cli;

/// For which shell.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

impl Args {
    /// Carries it out.
    pub(crate) fn run(self, app: &App<'_>) -> Outcome {
        let mut script = Vec::new();
        generate(self.shell, &mut Cli::command(), "hansa", &mut script);
        app.ui.raw(&script)?;
        DONE
    }
}
