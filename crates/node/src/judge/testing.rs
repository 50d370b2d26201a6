//! Unit tests of policies, as OPA runs them: every rule whose name begins with `test_` must be true.
//!
//! The tests run in the interpreter, under the limits that hold in a node: it knows `with`, by which
//! tests set the input, and which lines of the policies, not of their tests, came to be evaluated.

use std::collections::BTreeMap;

use regorus::{Engine, Value};

use super::rego;

/// What became of one test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tested {
    /// Its whole name.
    pub name: String,
    /// Why it failed, if it did.
    pub failure: Option<String>,
}

/// Which lines of a module were evaluated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covered {
    /// The module.
    pub module: String,
    /// Lines that were.
    pub covered: usize,
    /// Lines that were not, in order.
    pub missed: Vec<u32>,
}

impl Covered {
    /// How many of a hundred lines were, rounded down.
    pub fn percent(&self) -> usize {
        match self.covered + self.missed.len() {
            0 => 100,
            all => self.covered * 100 / all,
        }
    }
}

/// What became of all tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Each test in the order of the modules.
    pub tests: Vec<Tested>,
    /// Each module that is no test.
    pub coverage: Vec<Covered>,
}

impl Report {
    /// Whether there were tests and none failed.
    pub fn is_passed(&self) -> bool {
        !self.tests.is_empty() && self.tests.iter().all(|test| test.failure.is_none())
    }

    /// How many of a hundred lines were evaluated, rounded down.
    pub fn percent(&self) -> usize {
        let covered = self.coverage.iter().map(|module| module.covered).sum();
        let missed = self.coverage.iter().flat_map(|module| module.missed.clone()).collect();
        Covered { module: String::new(), covered, missed }.percent()
    }
}

/// Whether a module holds tests, by its file name.
pub fn is_test(module: &str) -> bool {
    module.ends_with("_test.rego")
}

/// Runs the tests of modules with their data.
pub fn run(
    modules: &BTreeMap<String, String>,
    data: serde_json::Map<String, serde_json::Value>,
) -> Result<Report, String> {
    let mut engine = rego::engine();
    let mut wanted: Vec<String> = Vec::new();
    for (name, text) in modules {
        rego::refuse_words(name, text)?;
        let package = engine.add_policy(name.clone(), text.clone());
        let package = package.map_err(|error| error.to_string())?;
        wanted.extend(tests_of(text).map(|test| format!("{package}.{test}")));
    }
    let data = Value::from(serde_json::Value::Object(data));
    engine.add_data(data).map_err(|error| error.to_string())?;
    engine.set_enable_coverage(true);
    let tests = wanted.into_iter().map(|name| tested(&mut engine, name)).collect();
    let report = engine.get_coverage_report().map_err(|error| error.to_string())?;
    let of_policy = report.files.into_iter().filter(|file| !is_test(&file.path));
    let coverage = of_policy.map(|file| Covered {
        module: file.path,
        covered: file.covered.len(),
        missed: file.not_covered.into_iter().collect(),
    });
    Ok(Report { tests, coverage: coverage.collect() })
}

/// The names of a module's tests: rules begin at the beginning of a line.
fn tests_of(text: &str) -> impl Iterator<Item = &str> {
    let name = |line: &'_ str| line.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let mut seen: Vec<&str> = Vec::new();
    for line in text.lines().filter(|line| line.starts_with("test_")) {
        let test = &line[..name(line).unwrap_or(line.len())];
        if !seen.contains(&test) {
            seen.push(test);
        }
    }
    seen.into_iter()
}

fn tested(engine: &mut Engine, name: String) -> Tested {
    rego::begin();
    let failure = match engine.eval_rule(name.clone()) {
        Ok(Value::Bool(true)) => None,
        Ok(Value::Undefined) => Some("it is not true".to_owned()),
        Ok(value) => Some(format!("it is {value}")),
        Err(error) => Some(error.to_string()),
    };
    Tested { name, failure }
}
