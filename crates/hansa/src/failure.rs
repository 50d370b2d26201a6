//! How a command fails: what it says, what to do next, and the exit code.
//!
//! * 0: done.
//! * 1: failed, in every way that is none of the following.
//! * 2: usage. Unknown command or flag, a value that cannot be read, a wrong setting.
//! * 3: not authorised. Every answer of status 401: no credential, an unknown or expired one, a bad
//!   signature, a wrong setup token.
//! * 4: denied. Every answer of status 403: no grant, a limit of one, a suspended principal; and the
//!   refusals of money, `insufficient_funds`, `hold_exceeded` and `budget_exceeded`.
//! * 5: needs approval. An answer of status 202: the command waits for somebody.
//!
//! People read `error:`, details and `next step:` on standard error; with `-o json` the same is one
//! line of JSON there, so that standard output holds data alone.

use std::error::Error;
use std::fmt::Write as _;
use std::process::ExitCode;

use hansa_types::Code;
use hansa_wire::Problem;
use serde_json::{Map, Value, json};

use crate::ui::{Format, Ui};

/// How a process ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Whoever reads the output has enough, as `head` does; nothing is said.
    Enough = 0,
    /// Something failed.
    Failure = 1,
    /// The command line or a setting is wrong.
    Usage = 2,
    /// The credential is missing or does not count.
    NotAuthorised = 3,
    /// A rule, a grant's limit or the books say no.
    Denied = 4,
    /// It waits for somebody's approval.
    NeedsApproval = 5,
}

/// Why a command failed.
#[derive(Debug)]
pub(crate) struct Failure {
    exit: Exit,
    /// One sentence.
    message: String,
    /// What exactly, if there is more to say.
    details: Vec<String>,
    /// What to do about it.
    next_step: Option<String>,
    /// The node's own words, when it refused.
    problem: Option<Box<Problem>>,
    /// Whether what was asked may have been done all the same.
    unanswered: bool,
}

impl Failure {
    fn with_exit(exit: Exit, message: impl Into<String>) -> Self {
        let (details, next_step, problem) = (Vec::new(), None, None);
        let unanswered = false;
        Self { exit, message: message.into(), details, next_step, problem, unanswered }
    }

    /// Something failed.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self::with_exit(Exit::Failure, message)
    }

    /// The command line is wrong.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::with_exit(Exit::Usage, message)
    }

    /// The credential does not count.
    pub(crate) fn unauthorised(message: impl Into<String>) -> Self {
        Self::with_exit(Exit::NotAuthorised, message)
    }

    /// Whoever reads the output has closed it.
    pub(crate) fn enough() -> Self {
        Self::with_exit(Exit::Enough, "the output was closed")
    }

    /// Whether nobody reads any more.
    pub(crate) fn is_enough(&self) -> bool {
        self.exit == Exit::Enough
    }

    /// The same, of a request that may have been carried out though no answer came.
    pub(crate) fn unanswered(self) -> Self {
        Self { unanswered: true, ..self }
    }

    /// Whether what was asked was certainly not done: it was refused, or never sent.
    pub(crate) fn is_certain(&self) -> bool {
        !self.unanswered && self.problem().is_none_or(|problem| problem.status < 500)
    }

    /// Something failed because of an error, which is told with everything behind it.
    pub(crate) fn because(what: impl Into<String>, error: &dyn Error) -> Self {
        Self::new(format!("{}: {}", what.into(), chain(error)))
    }

    /// Adds a line of detail.
    pub(crate) fn detail(mut self, detail: impl Into<String>) -> Self {
        self.details.push(detail.into());
        self
    }

    /// Says what to do about it.
    pub(crate) fn next_step(mut self, next_step: impl Into<String>) -> Self {
        self.next_step = Some(next_step.into());
        self
    }

    /// Puts what was being done before the message.
    pub(crate) fn context(mut self, context: &str) -> Self {
        self.message = format!("{context}: {}", self.message);
        self
    }

    /// The node's own words, when it refused.
    pub(crate) fn problem(&self) -> Option<&Problem> {
        self.problem.as_deref()
    }

    /// What to do about it, if anything is known.
    pub(crate) fn advice(&self) -> Option<&str> {
        self.next_step.as_deref()
    }

    /// One line, for a step of the demo.
    pub(crate) fn line(&self) -> String {
        let mut line = self.message.clone();
        for detail in &self.details {
            let _ = write!(line, "; {detail}");
        }
        line
    }

    /// Tells it on standard error and answers the exit code.
    pub(crate) fn tell(&self, ui: &Ui) -> ExitCode {
        match (self.exit, ui.format()) {
            (Exit::Enough, _) => {}
            (_, Format::Table) => ui.complain(&self.text()),
            (_, Format::Json | Format::Jsonl) => ui.complain(&self.json().to_string()),
        }
        ExitCode::from(self.exit as u8)
    }

    fn text(&self) -> String {
        let mut text = format!("error: {}", self.message);
        if let Some(problem) = &self.problem {
            let _ = write!(text, " [{}]", problem.code);
        }
        for detail in &self.details {
            let _ = write!(text, "\n  {detail}");
        }
        if let Some(next_step) = &self.next_step {
            let _ = write!(text, "\nnext step: {next_step}");
        }
        text
    }

    fn json(&self) -> Value {
        let mut error = match &self.problem {
            Some(problem) => match serde_json::to_value(problem) {
                Ok(Value::Object(members)) => members,
                _ => Map::new(),
            },
            None => {
                let mut members = Map::new();
                members.insert("title".to_owned(), self.message.clone().into());
                if !self.details.is_empty() {
                    members.insert("detail".to_owned(), self.details.join("\n").into());
                }
                members
            }
        };
        if let Some(next_step) = &self.next_step {
            error.insert("next_step".to_owned(), next_step.clone().into());
        }
        json!({ "error": error, "exit_code": self.exit as u8 })
    }
}

/// What to do where the journal lost its end.
pub(crate) const END_MISSING: &str = "put journal.db-wal back beside journal.db, or restore a newer \
     copy of both; if the shorter journal is what you want, hansa views rebuild accepts it";

/// An error with everything behind it, on one line.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let more = error.to_string();
        if !text.contains(&more) {
            let _ = write!(text, ": {more}");
        }
        source = error.source();
    }
    text
}

/// The exit code of a refusal by the node.
fn exit_of(problem: &Problem) -> Exit {
    let money = [Code::InsufficientFunds, Code::HoldExceeded, Code::BudgetExceeded];
    match problem.status {
        202 => Exit::NeedsApproval,
        401 => Exit::NotAuthorised,
        403 => Exit::Denied,
        _ if money.iter().any(|code| code.as_str() == problem.code) => Exit::Denied,
        _ => Exit::Failure,
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        let mut failure = Self::with_exit(exit_of(&problem), problem.title.clone());
        if problem.detail != problem.title {
            failure.details.push(problem.detail.clone());
        }
        for error in &problem.errors {
            failure.details.push(format!("{}: {}", error.field, error.detail));
        }
        failure.details.dedup();
        failure.details.extend(problem.request_id.map(|id| format!("request {id}")));
        failure.next_step = Some(problem.next_step.clone()).filter(|text| !text.is_empty());
        failure.problem = Some(Box::new(problem));
        failure
    }
}

impl From<hansa_types::Rejection> for Failure {
    fn from(rejection: hansa_types::Rejection) -> Self {
        Problem::from(rejection).into()
    }
}

impl From<hansa_store::Error> for Failure {
    fn from(error: hansa_store::Error) -> Self {
        let next_step = match &error {
            hansa_store::Error::Locked { .. } => Some(
                "stop the node that runs there, or name another directory with --data-dir".into(),
            ),
            hansa_store::Error::Foreign { .. } => {
                Some("name the node's own directory with --data-dir".to_owned())
            }
            hansa_store::Error::LogMissing { log, .. } => {
                let log = log.display();
                Some(format!(
                    "put the {log} of the same moment beside it, or restore a backup; if what it \
                     held may be lost, touch {log}"
                ))
            }
            _ => None,
        };
        let failure = Self::new(chain(&error));
        match next_step {
            Some(next_step) => failure.next_step(next_step),
            None => failure,
        }
    }
}

impl From<hansa_views::Error> for Failure {
    fn from(error: hansa_views::Error) -> Self {
        Self::new(chain(&error)).next_step("make the read models anew with hansa views rebuild")
    }
}

impl From<hansa_node::Error> for Failure {
    fn from(error: hansa_node::Error) -> Self {
        match error {
            hansa_node::Error::Store(error) => error.into(),
            hansa_node::Error::Views(error) => error.into(),
            hansa_node::Error::Damaged(damage) => {
                Self::new(format!("the journal is damaged: {}", chain(&damage)))
                    .next_step("run hansa doctor on the directory, and restore it from a backup")
            }
            error @ hansa_node::Error::EndMissing { .. } => {
                Self::new(chain(&error)).next_step(END_MISSING)
            }
            error @ hansa_node::Error::Config(_) => Self {
                exit: Exit::Usage,
                ..Self::new(chain(&error))
                    .next_step("correct the setting; hansa config show lists all")
            },
            error => Self::new(chain(&error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exit(code: Code) -> Exit {
        exit_of(&Problem::from(code))
    }

    #[test]
    fn refusals_map_to_exit_codes() {
        assert_eq!(exit(Code::Unauthenticated), Exit::NotAuthorised);
        assert_eq!(exit(Code::SignatureInvalid), Exit::NotAuthorised);
        assert_eq!(exit(Code::Forbidden), Exit::Denied);
        assert_eq!(exit(Code::GrantLimitExceeded), Exit::Denied);
        assert_eq!(exit(Code::InsufficientFunds), Exit::Denied);
        assert_eq!(exit(Code::TransferUnknown), Exit::Failure);
        assert_eq!(exit(Code::QueueFull), Exit::Failure);
    }

    #[test]
    fn a_refusal_is_told_with_its_code_and_next_step() {
        let failure = Failure::from(Problem::new(Code::InsufficientFunds, "alice holds 1 AVT"));
        let text = failure.text();
        assert!(text.starts_with("error: "), "{text}");
        assert!(text.contains("[insufficient_funds]\n  alice holds 1 AVT\nnext step: "), "{text}");
        assert_eq!(failure.json()["error"]["code"], "insufficient_funds");
        assert_eq!(failure.json()["exit_code"], 4);
    }

    #[test]
    fn a_local_failure_is_json_too() {
        let failure = Failure::usage("no such file").detail("x.pem").next_step("make one");
        let expected = json!({
            "error": { "title": "no such file", "detail": "x.pem", "next_step": "make one" },
            "exit_code": 2,
        });
        assert_eq!(failure.json(), expected);
    }
}
