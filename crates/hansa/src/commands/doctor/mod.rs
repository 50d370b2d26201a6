//! `hansa doctor`: is a data directory fit to run a node, and if not, what to do.
//!
//! Nothing is changed, and a node may be running there.

mod checks;

use std::process::ExitCode;

use serde::Serialize;

use super::{App, Outcome};
use crate::config::{ConfigArgs, Settings};
use crate::ui::Ui;

/// What to check.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    config: ConfigArgs,

    /// Verify the whole journal, not only what follows the last snapshot
    #[arg(long)]
    full: bool,
}

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    /// As it should be.
    Ok,
    /// It works, and should be looked at.
    Warning,
    /// A node will not work here.
    Failed,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Finding {
    check: &'static str,
    state: State,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_step: Option<String>,
}

impl Finding {
    fn new(check: &'static str, state: State, detail: impl Into<String>) -> Self {
        Self { check, state, detail: detail.into(), next_step: None }
    }

    fn ok(check: &'static str, detail: impl Into<String>) -> Self {
        Self::new(check, State::Ok, detail)
    }

    fn warning(check: &'static str, detail: impl Into<String>) -> Self {
        Self::new(check, State::Warning, detail)
    }

    fn failed(check: &'static str, detail: impl Into<String>) -> Self {
        Self::new(check, State::Failed, detail)
    }

    fn next_step(self, next_step: impl Into<String>) -> Self {
        Self { next_step: Some(next_step.into()), ..self }
    }
}

/// Everything that was found.
#[derive(Debug, Serialize)]
struct Diagnosis {
    ok: bool,
    checks: Vec<Finding>,
}

impl Args {
    /// Carries it out. Exit 0 unless a check failed.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        let checks = match self.config.settings(&[]) {
            Ok(settings) => {
                // Looked at first: a node that runs lets both grow, the journal before the views.
                let views = checks::views_cursor(settings.data_dir()).await;
                checks::all(app.ui, &settings, self.full, views)
            }
            Err(failure) => vec![
                Finding::failed("settings", failure.line())
                    .next_step("correct them; hansa config check says more"),
            ],
        };
        let ok = checks.iter().all(|finding| finding.state != State::Failed);
        let diagnosis = Diagnosis { ok, checks };
        match app.ui.is_for_people() {
            true => tell(app.ui, &diagnosis)?,
            false => app.ui.answer(&diagnosis, &[])?,
        }
        Ok(if ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

fn tell(ui: &Ui, diagnosis: &Diagnosis) -> Result<(), crate::failure::Failure> {
    for Finding { check, state, detail, next_step } in &diagnosis.checks {
        let mark = match state {
            State::Ok => ui.good("✓"),
            State::Warning => ui.bad("!"),
            State::Failed => ui.bad("✗"),
        };
        ui.line(&format!("{mark} {check:10} {detail}"))?;
        if let Some(next_step) = next_step {
            ui.line(&format!("  next step: {next_step}"))?;
        }
    }
    Ok(())
}

/// What the settings say, in a line.
fn settings_line(settings: &Settings) -> String {
    format!("data in {}, listening on {}", settings.data_dir().display(), settings.server.bind)
}
