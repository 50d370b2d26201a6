//! Rego in the node: compiled once for each set of rules, evaluated within limits.
//!
//! An evaluation has at most so many steps and so much time. The engine counts steps by itself and
//! asks for the time now and then; it is told that time is up when either is over. What makes large
//! values of small ones within a single step (`numbers.range` and its like) is refused when a policy
//! is made, for no limit would stop it. Clocks, networks and randomness are not compiled in.

use std::cell::Cell;
use std::num::NonZeroU32;
use std::sync::{Mutex, Once, PoisonError};
use std::time::Duration;

use regorus::utils::limits::{ExecutionTimerConfig, TimeSource, set_time_source};
use regorus::{Engine, Value};

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

/// Rules that compiled.
pub(super) struct Compiled {
    prototype: Mutex<Engine>,
}

impl Compiled {
    /// An engine of its own for one thread.
    pub(super) fn engine(&self) -> Engine {
        self.prototype.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// An engine without rules, with its limits.
pub(super) fn engine() -> Engine {
    static CLOCK: Once = Once::new();
    // Whoever set one before set the same: nothing else here uses the engine.
    CLOCK.call_once(|| _ = set_time_source(&STOPWATCH));
    let mut engine = Engine::new();
    engine.set_strict_builtin_errors(true);
    engine.set_execution_timer_config(ExecutionTimerConfig {
        limit: Duration::from_millis(JUDGE_TIME_MAX.0),
        check_interval: NonZeroU32::new(JUDGE_STEPS_PER_LOOK).unwrap_or(NonZeroU32::MIN),
    });
    engine
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
    let data = serde_json::Value::Object(document.data.clone());
    engine.add_data(Value::from(data)).map_err(|error| error.to_string())?;
    let nothing = serde_json::json!({"action": "none", "actor": {"id": "none", "roles": []}});
    engine.set_input(Value::from(nothing));
    engine.eval_rule(DECISION.to_owned()).map_err(|error| error.to_string())?;
    Ok(Compiled { prototype: Mutex::new(engine) })
}

/// Asks an engine about an input.
pub(super) fn evaluate(engine: &mut Engine, input: &Value) -> Result<Answer, String> {
    begin();
    engine.set_input(input.clone());
    let value = engine.eval_rule(DECISION.to_owned()).map_err(|error| error.to_string())?;
    if value == Value::Undefined {
        return Err("the decision is undefined".to_owned());
    }
    answer::read(serde_json::to_value(value).map_err(|error| error.to_string())?)
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
