//! `hansa replay`, `hansa explain`: what happened in a task, and why something was blocked.

use hansa_types::TaskId;
use hansa_wire::api::actions::{Explain, Explained, TaskReplay};
use hansa_wire::scalar::Integer;

use super::{App, DONE, Outcome};
use crate::failure::Failure;
use crate::ui::Ui;

/// Which task, and from where.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The task's id
    task: TaskId,

    /// The entry to begin at; the first of the task unless named
    #[arg(long, value_name = "SEQ")]
    from: Option<u64>,
}

/// What is to be explained.
#[derive(Debug, clap::Args)]
pub(crate) struct ExplainArgs {
    /// An action, a receipt, a task, or the code of a refusal
    id: String,
}

const STEPS: &[&str] = &["task", "head", "steps:seq,at,entry.kind,entry.id,entry.actor"];

impl Args {
    /// Carries it out.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        let request = TaskReplay { task: self.task, from: self.from.map(Integer) };
        app.ui.answer(&app.remote()?.call(&request).await?, STEPS)?;
        DONE
    }
}

impl ExplainArgs {
    /// Carries it out.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        let told = app.remote()?.call(&Explain { id: self.id }).await?;
        match app.ui.is_for_people() {
            true => on_one_screen(app.ui, &told)?,
            false => app.ui.answer(&told, &[])?,
        }
        DONE
    }
}

fn on_one_screen(ui: &Ui, told: &Explained) -> Result<(), Failure> {
    ui.line(&format!("{}\n", told.answer))?;
    for reason in &told.reasons {
        let at = reason.at.map(|at| at.0.to_string()).unwrap_or_default();
        let seq = reason.seq.map(|seq| format!("#{seq}")).unwrap_or_default();
        ui.line(&format!("  {at}  {seq:>6}  {}", reason.text))?;
    }
    if !told.reasons.is_empty() {
        ui.line("")?;
    }
    ui.line(&format!("next step: {}", told.next_step))?;
    if !told.see.is_empty() {
        let see: Vec<String> = told.see.iter().map(ToString::to_string).collect();
        ui.line(&format!("see also:  {}", see.join(", ")))?;
    }
    Ok(())
}
