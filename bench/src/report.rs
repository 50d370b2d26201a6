//! Collects figures over the rounds and tells them as a table and as JSON.
//!
//! A figure is the median of its rounds, shown with the smallest and largest.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context as _;
use serde::Serialize;

use crate::keys::{self, KEYS, Key, Limit};
use crate::machine::Machine;
use crate::measure::median;

/// What was measured so far.
#[derive(Debug, Default)]
pub(crate) struct Report {
    samples: BTreeMap<&'static str, Vec<f64>>,
    /// Scenes that could not be measured, and why.
    skipped: Vec<String>,
}

/// A figure as it is written.
#[derive(Debug, Serialize)]
struct Figure {
    median: f64,
    min: f64,
    max: f64,
    unit: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ok: Option<bool>,
    what: &'static str,
}

#[derive(Serialize)]
struct Document<'a> {
    meta: &'a Machine,
    skipped: &'a [String],
    figures: serde_json::Map<String, serde_json::Value>,
}

impl Report {
    /// Takes a round's figure in.
    pub(crate) fn add(&mut self, name: &str, value: f64) -> anyhow::Result<()> {
        let key = keys::find(name).with_context(|| format!("no figure is called {name}"))?;
        anyhow::ensure!(value.is_finite(), "{name} is not a number");
        self.samples.entry(key.name).or_default().push(value);
        Ok(())
    }

    /// The median so far.
    pub(crate) fn median(&self, name: &str) -> Option<f64> {
        self.samples.get(name).map(|samples| median(samples))
    }

    /// Notes that a scene could not be measured.
    pub(crate) fn skip(&mut self, scene: &str, why: &anyhow::Error) {
        self.skipped.push(format!("{scene}: {why:#}"));
    }

    /// Whether every limit of what was measured holds and nothing was left out.
    pub(crate) fn is_passed(&self) -> bool {
        self.skipped.is_empty() && self.figures().all(|(_, figure)| figure.ok != Some(false))
    }

    fn figures(&self) -> impl Iterator<Item = (&'static Key, Figure)> {
        KEYS.iter().filter_map(|key| {
            let samples = self.samples.get(key.name)?;
            let median = median(samples);
            let figure = Figure {
                median,
                min: samples.iter().copied().fold(f64::INFINITY, f64::min),
                max: samples.iter().copied().fold(f64::NEG_INFINITY, f64::max),
                unit: key.unit,
                limit: key.limit.map(limit_text),
                ok: key.limit.map(|limit| limit.holds(median)),
                what: key.what,
            };
            Some((key, figure))
        })
    }

    /// Everything as JSON.
    pub(crate) fn json(&self, machine: &Machine) -> anyhow::Result<String> {
        let mut figures = serde_json::Map::new();
        for (key, figure) in self.figures() {
            figures.insert(key.name.to_owned(), serde_json::to_value(figure)?);
        }
        let document = Document { meta: machine, skipped: &self.skipped, figures };
        Ok(serde_json::to_string_pretty(&document)?)
    }

    /// Writes the JSON to a file.
    pub(crate) fn write(&self, machine: &Machine, path: &Path) -> anyhow::Result<()> {
        let text = self.json(machine)? + "\n";
        std::fs::write(path, text).with_context(|| format!("writing {}", path.display()))
    }

    /// Prints the table.
    pub(crate) fn print(&self, machine: &Machine) {
        machine.print();
        println!();
        println!(
            "{:<28}{:>12}{:>26}  {:<5} {:<14}",
            "figure", "median", "min .. max", "unit", "limit"
        );
        for (key, figure) in self.figures() {
            let range = format!("{} .. {}", shown(figure.min), shown(figure.max));
            let verdict = match (&figure.limit, figure.ok) {
                (Some(limit), Some(true)) => format!("{limit} pass"),
                (Some(limit), _) => format!("{limit} FAIL"),
                (None, _) => String::new(),
            };
            let (name, middle) = (key.name, shown(figure.median));
            println!(
                "{name:<28}{middle:>12}{range:>26}  {:<5} {verdict:<14} {}",
                key.unit, key.what
            );
        }
        for skipped in &self.skipped {
            println!("not measured: {skipped}");
        }
    }
}

fn limit_text(limit: Limit) -> String {
    match limit {
        Limit::AtMost(most) => format!("<= {}", shown(most)),
        Limit::AtLeast(least) => format!(">= {}", shown(least)),
    }
}

/// A figure with three significant digits or so, thousands set apart.
fn shown(value: f64) -> String {
    match value.abs() {
        size if size < 10.0 => {
            format!("{value:.3}").trim_end_matches('0').trim_end_matches('.').to_owned()
        }
        size if size < 1_000.0 => format!("{value:.1}").trim_end_matches(".0").to_owned(),
        _ => grouped(&format!("{value:.0}")),
    }
}

fn grouped(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let cases =
            [(0.0, "0"), (2.5, "2.5"), (12.34, "12.3"), (400.0, "400"), (1_234_567.0, "1,234,567")];
        for (value, text) in cases {
            assert_eq!(shown(value), text);
        }
    }

    #[test]
    fn an_unknown_figure_is_refused_and_a_broken_limit_fails() {
        let mut report = Report::default();
        assert!(report.add("engine.unheard_of", 1.0).is_err());
        report.add("engine.cpu_us", 2.0).unwrap();
        assert!(report.is_passed());
        report.add("engine.cpu_us", 9.0).unwrap();
        assert!(!report.is_passed());
    }
}
