//! Telling each step as it happens: a line for people, or one line of JSON.

use std::future::Future;
use std::pin::pin;
use std::time::Instant;

use hansa_node::audit::Report;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::ui::Ui;

/// What a step found out, in the order it is told.
#[derive(Debug, Default)]
pub(super) struct Facts(Vec<(&'static str, Value)>);

impl Facts {
    /// Nothing yet.
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// One more fact.
    pub(super) fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.0.push((name, value.into()));
        self
    }

    fn text(&self) -> String {
        let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let facts: Vec<String> =
            self.0.iter().map(|(name, value)| format!("{name}={}", plain(value))).collect();
        facts.join("  ")
    }

    /// The members of a JSON object, in their order, each behind a comma.
    fn members(&self) -> String {
        self.0.iter().map(|(name, value)| format!(",{}:{value}", json!(name))).collect()
    }
}

/// What a step leaves for those after it, with what is told about it.
pub(super) type Told<T> = Result<(T, Facts), Failure>;

/// Whoever tells the story.
pub(super) struct Teller<'a> {
    ui: &'a Ui,
    began: Instant,
    steps: u32,
    refusals: u32,
    totals: Facts,
}

impl<'a> Teller<'a> {
    /// Begins to tell.
    pub(super) fn new(ui: &'a Ui) -> Self {
        Self { ui, began: Instant::now(), steps: 0, refusals: 0, totals: Facts::new() }
    }

    /// Does a step and tells how it went.
    pub(super) async fn step<T>(
        &mut self,
        name: &'static str,
        work: impl Future<Output = Told<T>>,
    ) -> Result<T, Failure> {
        let began = Instant::now();
        let done = pin!(work).await;
        let ms = milliseconds(began);
        match done {
            Ok((value, facts)) => {
                self.steps += 1;
                self.refusals += u32::from(name.ends_with("_refused"));
                self.tell(name, true, ms, &facts)?;
                Ok(value)
            }
            Err(failure) => {
                let code = failure.problem().map(|problem| problem.code.clone());
                let facts = Facts::new().with("error", failure.line());
                let facts = code.into_iter().fold(facts, |facts, code| facts.with("code", code));
                self.tell(name, false, ms, &facts)?;
                Err(failure.context(name))
            }
        }
    }

    /// What the audit found goes into the summary.
    pub(super) fn audited(&mut self, report: &Report) {
        self.totals = Facts::new()
            .with("supply_delta", report.supply_delta.clone())
            .with("entries", report.tree_size)
            .with("signatures_verified", report.signatures.verified)
            .with("root", report.root.to_string());
    }

    /// The last line. An error of the story is part of it.
    pub(super) fn summary(&mut self, ended: Result<(), Failure>) -> Result<(), Failure> {
        if ended.as_ref().is_err_and(Failure::is_enough) {
            return ended;
        }
        let mut facts = std::mem::take(&mut self.totals)
            .with("steps", self.steps)
            .with("refusals", self.refusals);
        if let Err(failure) = &ended {
            facts = facts.with("error", failure.line());
        }
        self.tell("summary", ended.is_ok(), milliseconds(self.began), &facts)
    }

    fn tell(&self, name: &str, ok: bool, ms: u64, facts: &Facts) -> Result<(), Failure> {
        if !self.ui.is_for_people() {
            let name = json!(name);
            let line = format!("{{\"step\":{name},\"ok\":{ok},\"ms\":{ms}{}}}", facts.members());
            return self.ui.line(&line);
        }
        let mark = if ok { self.ui.good("✓") } else { self.ui.bad("✗") };
        let took = self.ui.faint(&format!("({ms} ms)"));
        let name = name.replace('_', " ");
        self.ui.line(&format!("{mark} {name:22}{}  {took}", facts.text()))
    }
}

fn milliseconds(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_keep_their_order_in_both_forms() {
        let facts = Facts::new().with("z", "1.5").with("a", 2).with("list", json!(["x"]));
        assert_eq!(facts.text(), "z=1.5  a=2  list=[\"x\"]");
        assert_eq!(facts.members(), ",\"z\":\"1.5\",\"a\":2,\"list\":[\"x\"]");
    }
}
