//! Rego in the node: compiled once to bytecode for each set of rules, evaluated within limits.
//!
//! An evaluation has at most so many steps and so much time. The machine counts steps by itself and
//! asks for the time now and then; the interpreter, in which tests run for what they cover, only
//! asks, and is told that time is up when its steps are over as well. What makes large
//! values of small ones within a single step (`numbers.range` and its like) is refused when a policy
//! is made, for no limit would stop it. Clocks, networks and randomness are not compiled in.

use std::cell::Cell;
use std::num::NonZeroU32;
use std::sync::{Arc, Once};
use std::time::Duration;

use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::program::Program;
use regorus::rvm::vm::RegoVM;
use regorus::utils::limits::{ExecutionTimerConfig, TimeSource, set_time_source};
use regorus::{CompiledPolicy, Engine, Value};

use super::answer::{self, Answer};
use super::document::PolicyDocument;
use crate::env::since_start;
use crate::limits::{JUDGE_STEPS_MAX, JUDGE_STEPS_PER_LOOK, JUDGE_TIME_MAX};

/// The rule that decides.
pub(super) const DECISION: &str = "data.hansa.policy.decision";

/// Words that no rule may use: one step of theirs may take any time or memory.
const REFUSED: &[&str] = &["numbers", "bits", "replace", "replace_n", "print", "trace"];

thread_local! {
    /// Looks at the clock that are left to the evaluation on this thread.
    static LOOKS_LEFT: Cell<u32> = const { Cell::new(0) };
}

/// Tells the time, and that it is over when an evaluation has taken too many steps.
struct Stopwatch;

impl TimeSource for Stopwatch {
    fn now(&self) -> Option<Duration> {
        let left = LOOKS_LEFT.get();
        if left == 0 {
            return Some(Duration::MAX);
        }
        LOOKS_LEFT.set(left - 1);
        Some(since_start())
    }
}

static STOPWATCH: Stopwatch = Stopwatch;

/// Rules that compiled, with their data.
pub(super) struct Compiled {
    policy: CompiledPolicy,
    program: Arc<Program>,
    data: Value,
}

impl Compiled {
    /// A machine of its own for one thread, with its limits.
    pub(super) fn machine(&self) -> Result<RegoVM, String> {
        let mut machine = RegoVM::new_with_policy(self.policy.clone());
        machine.load_program(Arc::clone(&self.program));
        machine.set_strict_builtin_errors(true);
        machine.set_max_instructions(JUDGE_STEPS_MAX as usize);
        machine.set_execution_timer_config(Some(time_limit()));
        machine.set_data(self.data.clone()).map_err(|error| error.to_string())?;
        Ok(machine)
    }
}

/// An interpreter without rules, with its limits.
pub(super) fn engine() -> Engine {
    let mut engine = Engine::new();
    engine.set_strict_builtin_errors(true);
    engine.set_execution_timer_config(time_limit());
    engine
}

fn time_limit() -> ExecutionTimerConfig {
    static CLOCK: Once = Once::new();
    // Whoever set one before set the same: nothing else here evaluates.
    CLOCK.call_once(|| _ = set_time_source(&STOPWATCH));
    ExecutionTimerConfig {
        limit: Duration::from_millis(JUDGE_TIME_MAX.0),
        check_interval: NonZeroU32::new(JUDGE_STEPS_PER_LOOK).unwrap_or(NonZeroU32::MIN),
    }
}

/// Gives the next evaluation on this thread all its steps.
pub(super) fn begin() {
    LOOKS_LEFT.set(JUDGE_STEPS_MAX / JUDGE_STEPS_PER_LOOK);
}

/// Compiles a document, and tries its decision out on an act of no consequence.
pub(super) fn compile(document: &PolicyDocument) -> Result<Compiled, String> {
    let mut engine = engine();
    begin();
    for (name, text) in &document.modules {
        refuse_words(name, text)?;
        engine.add_policy(name.clone(), text.clone()).map_err(|error| error.to_string())?;
    }
    let data = Value::from(serde_json::Value::Object(document.data.clone()));
    engine.add_data(data.clone()).map_err(|error| error.to_string())?;
    let policy = engine.compile_with_entrypoint(&DECISION.into());
    let policy = policy.map_err(|error| error.to_string())?;
    let program = Compiler::compile_from_policy(&policy, &[DECISION]);
    let program = program.map_err(|error| error.to_string())?;
    let compiled = Compiled { policy, program, data };
    let nothing = serde_json::json!({"action": "none", "actor": {"id": "none", "roles": []}});
    decide(&mut compiled.machine()?, &Value::from(nothing))?;
    Ok(compiled)
}

/// Asks a machine about an input.
pub(super) fn evaluate(machine: &mut RegoVM, input: &Value) -> Result<Answer, String> {
    let value = decide(machine, input)?;
    if value == Value::Undefined {
        return Err("the decision is undefined".to_owned());
    }
    answer::read(serde_json::to_value(value).map_err(|error| error.to_string())?)
}

/// The value of the decision.
fn decide(machine: &mut RegoVM, input: &Value) -> Result<Value, String> {
    begin();
    machine.set_input(input.clone());
    machine.execute().map_err(|error| error.to_string())
}

/// Refuses the words that no limit covers, wherever code uses them.
pub(super) fn refuse_words(module: &str, text: &str) -> Result<(), String> {
    for (number, line) in (1..).zip(code(text).lines()) {
        let words = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        if let Some(word) = words.into_iter().find(|word| REFUSED.contains(word)) {
            return Err(format!("{module}:{number}: {word} is not for policies here"));
        }
    }
    Ok(())
}

/// A module without its comments. Strings stay: `numbers["range"]` is a call like any other.
fn code(text: &str) -> String {
    let strip = |line: &str| {
        let (mut quoted, mut escaped, mut end) = (None, false, line.len());
        for (at, c) in line.char_indices() {
            match (quoted, c) {
                (None, '#') => {
                    end = at;
                    break;
                }
                (None, '"' | '`') => quoted = Some(c),
                (Some('"'), '\\') if !escaped => {
                    escaped = true;
                    continue;
                }
                (Some(open), c) if c == open && !escaped => quoted = None,
                _ => {}
            }
            escaped = false;
        }
        line[..end].to_owned()
    };
    text.lines().map(strip).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::*;

    const RULES: &str = include_str!("../../../../policies/finance-v2/policy.rego");
    const DATA: &str = include_str!("../../../../policies/finance-v2/data.json");

    fn bundled() -> PolicyDocument {
        let data: serde_json::Value = serde_json::from_str(DATA).unwrap();
        let modules = json!({"policy.rego": RULES});
        let document = json!({"name": "f", "version": "1", "modules": modules, "data": data});
        serde_json::from_value(document).unwrap()
    }

    /// Payments of every kind that the bundled rules tell apart.
    fn payments() -> Vec<serde_json::Value> {
        let money = [json!(null), json!({"currency": "USD", "units": 5})];
        let large = json!({"currency": "EUR", "units": 100_001});
        let unknown = json!({"currency": "XAU", "units": 1});
        let parties = [json!({}), json!({"name": "Acme Corp"}), json!({"name": "Shell Ltd"})];
        let agents = [json!({"id": "a"}), json!({"id": "a", "kind": "agent"})];
        let tasks = [json!({}), json!({"jurisdictions": ["US-NY", "DE"]})];
        let tainted = json!({"jurisdictions": ["CN"], "taint": ["web"]});
        let mut all = Vec::new();
        for money in money.iter().chain([&large, &unknown]) {
            for party in parties.iter().chain(&agents) {
                for task in tasks.iter().chain([&tainted]) {
                    let mut input = json!({"counterparty": party, "task": task});
                    if money.is_null() {
                        input["parameters"] = json!({"amount_usd": 100_000.5, "vendor": "Globex"});
                    } else {
                        input["money"] = money.clone();
                    }
                    all.push(input);
                }
            }
        }
        all
    }

    #[test]
    fn bytecode_decides_as_the_interpreter_does() {
        let document = bundled();
        let mut machine = compile(&document).unwrap().machine().unwrap();
        let mut interpreter = engine();
        interpreter.add_policy("policy.rego".to_owned(), RULES.to_owned()).unwrap();
        interpreter.add_data(Value::from(serde_json::Value::Object(document.data))).unwrap();
        let mut verdicts = BTreeSet::new();
        for payment in payments() {
            let input = Value::from(payment);
            let decided = decide(&mut machine, &input).unwrap();
            begin();
            interpreter.set_input(input.clone());
            assert_eq!(interpreter.eval_rule(DECISION.to_owned()).unwrap(), decided, "{input}");
            verdicts.insert(decided["verdict"].to_string());
        }
        assert_eq!(verdicts.len(), 4, "{verdicts:?}");
    }
}
