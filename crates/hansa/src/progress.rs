//! How far a long piece of work is, drawn on a terminal and nowhere else.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::ui::Ui;

/// A bar; it takes itself away when it is dropped.
pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A bar of entries; how many there are is told with the first step.
    pub(crate) fn entries(ui: &Ui) -> Self {
        Self::new(ui, "{wide_bar} {human_pos} of {human_len} entries")
    }

    /// A count of bytes, of which nobody knows how many come.
    pub(crate) fn bytes(ui: &Ui) -> Self {
        Self::new(ui, "{bytes} in {elapsed}")
    }

    fn new(ui: &Ui, template: &str) -> Self {
        let target = match ui.draws_progress() {
            true => ProgressDrawTarget::stderr(),
            false => ProgressDrawTarget::hidden(),
        };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self { bar }
    }

    /// `done` of `all`.
    pub(crate) fn at(&self, done: u64, all: u64) {
        // Drawing is not free, and a journal has millions of entries.
        if done == all || done.is_multiple_of(256) {
            self.bar.set_length(all);
            self.bar.set_position(done);
        }
    }

    /// So many bytes more.
    pub(crate) fn more(&self, bytes: usize) {
        self.bar.inc(bytes as u64);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
