//! `hansa policy`: what acts are judged by, and the tests of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Subcommand, ValueEnum};
use hansa_node::judge::testing;
use hansa_types::{CurrencyCode, PolicySetId, TaskId};
use hansa_wire::WireAmount;
use hansa_wire::api::policies::{
    PolicyDifferenceList, PolicyEvaluate, PolicyMode, PolicySet, PolicySetActivate,
    PolicySetCreate, PolicySetDeprecate, PolicySetGet, PolicySetList, PolicySetModeSet,
    PolicySetRevoke, PolicySetStatus,
};
use hansa_wire::scalar::{ActionPattern, Name, PrincipalRef};
use serde_json::{Map, Value};

use super::key::action;
use super::paging::Paging;
use super::{App, DONE, Outcome};
use crate::failure::Failure;
use crate::files::{read_object, read_text};
use crate::remote::{Idempotency, Remote};
use crate::ui::Ui;

/// What is said of a set in a directory, beside its rules.
const MANIFEST: &str = "policy.json";
/// What its rules look things up in.
const DATA: &str = "data.json";

/// What can be done with policy sets.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the tests of a directory of policies: every rule test_… must be true
    Test {
        /// The directory: modules *.rego, tests *_test.rego, and data.json
        dir: PathBuf,
        /// Fail below this many per cent of lines evaluated
        #[arg(long, value_name = "PERCENT", default_value_t = 0)]
        coverage: usize,
    },
    /// List policy sets, the newest first
    List {
        /// Only those that stand there
        #[arg(long, value_enum)]
        status: Option<Status>,
        #[command(flatten)]
        paging: Paging,
    },
    /// Show a policy set
    Show {
        /// Its id
        policy_set: PolicySetId,
    },
    /// Make a policy set of a directory, as a draft
    Create {
        /// The directory: policy.json, and for the engine rego modules *.rego; data.json
        dir: PathBuf,
        /// How much it shall count once it is active
        #[arg(long, value_enum)]
        mode: Option<Mode>,
        #[command(flatten)]
        idempotency: Idempotency,
    },
    /// Put a policy set in force, in the place of the active one of its name
    Activate(OneSet),
    /// Ask a policy set no longer by itself
    Deprecate(OneSet),
    /// End a policy set for good
    Revoke(OneSet),
    /// Say how much a policy set counts
    Mode {
        /// Its id
        policy_set: PolicySetId,
        /// How much
        #[arg(value_enum)]
        mode: Mode,
        #[command(flatten)]
        idempotency: Idempotency,
    },
    /// List what sets in shadow would have decided otherwise, the latest first
    Differences(Paging),
    /// Ask what policy would say of an act of the caller's
    Evaluate(Evaluate),
}

/// One policy set.
#[derive(Debug, clap::Args)]
pub(crate) struct OneSet {
    /// Its id
    policy_set: PolicySetId,
    #[command(flatten)]
    idempotency: Idempotency,
}

/// An act to ask about.
#[derive(Debug, clap::Args)]
pub(crate) struct Evaluate {
    /// The operation or tool; the task as a whole unless said
    #[arg(long, value_parser = action)]
    action: Option<ActionPattern>,
    /// The task it belongs to
    #[arg(long)]
    task: Option<TaskId>,
    /// A set to ask beside those that concern the act
    #[arg(long)]
    policy_set: Option<PolicySetId>,
    /// How much it moves
    #[arg(long)]
    amount: Option<WireAmount>,
    /// In which currency
    #[arg(long)]
    currency: Option<CurrencyCode>,
    /// The other side: an id or a DID
    #[arg(long)]
    counterparty: Option<PrincipalRef>,
    /// The other side's name
    #[arg(long, value_parser = name)]
    counterparty_name: Option<Name>,
    /// Where to be told that it is there, at a host of egress.webhook
    #[arg(long, value_name = "URL")]
    callback_url: Option<String>,
    #[command(flatten)]
    idempotency: Idempotency,
}

/// How much a policy set counts.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Mode {
    /// It is not asked
    Off,
    /// It is asked and its answer recorded
    Shadow,
    /// It decides
    Enforce,
}

/// Where a policy set stands.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Status {
    /// Made, and not yet in force
    Draft,
    /// In force as its mode says
    Active,
    /// No longer asked by itself
    Deprecated,
    /// Ended for good
    Revoked,
}

const LISTED: &[&str] = &["id", "name", "version", "status", "mode", "actions"];
const SHOWN: &[&str] = &[
    "id",
    "name",
    "version",
    "description",
    "status",
    "mode",
    "engine",
    "actions",
    "jurisdictions",
    "frameworks",
    "bounds",
    "rules_digest",
    "pending",
];
const DIFFERENCES: &[&str] = &["seq", "judged_at", "subject", "enforced", "shadow"];
const EVALUATED: &[&str] =
    &["id", "verdict", "matched_rules", "obligations", "task", "facts", "evaluated_at", "seq"];

fn name(text: &str) -> Result<Name, String> {
    Name::new(text).ok_or_else(|| "1 to 128 bytes without control characters".to_owned())
}

impl From<Mode> for PolicyMode {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Off => PolicyMode::Off,
            Mode::Shadow => PolicyMode::Shadow,
            Mode::Enforce => PolicyMode::Enforce,
        }
    }
}

impl From<Status> for PolicySetStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Draft => PolicySetStatus::Draft,
            Status::Active => PolicySetStatus::Active,
            Status::Deprecated => PolicySetStatus::Deprecated,
            Status::Revoked => PolicySetStatus::Revoked,
        }
    }
}

impl Command {
    /// Carries it out.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        if let Command::Test { dir, coverage } = &self {
            return test(app.ui, dir, *coverage);
        }
        let (remote, ui) = (app.remote()?, app.ui);
        match self {
            Command::Test { .. } => {}
            Command::List { status, paging: Paging { cursor, limit } } => {
                let request = PolicySetList { status: status.map(Into::into), cursor, limit };
                ui.answer(&remote.call(&request).await?, LISTED)?;
            }
            Command::Show { policy_set } => {
                ui.answer(&remote.call(&PolicySetGet { policy_set }).await?, SHOWN)?;
            }
            Command::Create { dir, mode, idempotency } => {
                let request = set_of(&dir, mode.map(Into::into))?;
                changed(ui, &remote.call_once(&request, &idempotency).await?)?;
            }
            Command::Activate(OneSet { policy_set, idempotency }) => {
                let request = PolicySetActivate { policy_set };
                changed(ui, &remote.call_once(&request, &idempotency).await?)?;
            }
            Command::Deprecate(OneSet { policy_set, idempotency }) => {
                let request = PolicySetDeprecate { policy_set };
                changed(ui, &remote.call_once(&request, &idempotency).await?)?;
            }
            Command::Revoke(OneSet { policy_set, idempotency }) => {
                let request = PolicySetRevoke { policy_set };
                changed(ui, &remote.call_once(&request, &idempotency).await?)?;
            }
            Command::Mode { policy_set, mode, idempotency } => {
                let request = PolicySetModeSet { policy_set, mode: mode.into() };
                changed(ui, &remote.call_once(&request, &idempotency).await?)?;
            }
            Command::Differences(Paging { cursor, limit }) => {
                let request = PolicyDifferenceList { cursor, limit };
                ui.answer(&remote.call(&request).await?, DIFFERENCES)?;
            }
            Command::Evaluate(evaluate) => evaluate.run(&remote, ui).await?,
        }
        DONE
    }
}

impl Evaluate {
    async fn run(self, remote: &Remote, ui: &Ui) -> Result<(), Failure> {
        let request = PolicyEvaluate {
            action: self.action,
            task: self.task,
            policy_set: self.policy_set,
            amount: self.amount,
            currency: self.currency,
            counterparty: self.counterparty,
            counterparty_name: self.counterparty_name,
            callback_url: self.callback_url,
            ..PolicyEvaluate::default()
        };
        ui.answer(&remote.call_once(&request, &self.idempotency).await?, EVALUATED)
    }
}

/// Shows a set that was changed, or that waits for its second person.
fn changed(ui: &Ui, set: &PolicySet) -> Result<(), Failure> {
    if let Some(pending) = &set.pending {
        let until = pending.expires_at.0;
        let change = &pending.change;
        ui.say(&format!("{change} waits for another person to ask for the same, until {until}"));
    }
    let brief = PolicySet { modules: BTreeMap::new(), data: Map::new(), ..set.clone() };
    ui.answer(&brief, SHOWN)
}

/// A directory's modules by file name, in order.
fn modules_of(dir: &Path) -> Result<BTreeMap<String, String>, Failure> {
    let what = || format!("cannot read {}", dir.display());
    let mut modules = BTreeMap::new();
    for file in std::fs::read_dir(dir).map_err(|error| Failure::because(what(), &error))? {
        let path = file.map_err(|error| Failure::because(what(), &error))?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        if name.ends_with(".rego") {
            modules.insert(name, read_text(&path)?.to_string());
        }
    }
    match modules.is_empty() {
        true => Err(Failure::new(format!("{} holds no policies", dir.display()))
            .next_step("put modules named *.rego there")),
        false => Ok(modules),
    }
}

fn data_of(dir: &Path) -> Result<Map<String, Value>, Failure> {
    let path = dir.join(DATA);
    match path.exists() {
        true => read_object(&path),
        false => Ok(Map::new()),
    }
}

/// The set that a directory describes. Its tests stay behind.
fn set_of(dir: &Path, mode: Option<PolicyMode>) -> Result<PolicySetCreate, Failure> {
    let path = dir.join(MANIFEST);
    let mut set = read_object(&path)?;
    // The rules of another engine are kept elsewhere.
    if set.get("engine").is_none_or(|engine| engine == "rego") {
        let mut modules = modules_of(dir)?;
        modules.retain(|name, _| !testing::is_test(name));
        set.insert("modules".to_owned(), serde_json::json!(modules));
    }
    set.insert("data".to_owned(), Value::Object(data_of(dir)?));
    let set: PolicySetCreate = serde_json::from_value(Value::Object(set))
        .map_err(|error| Failure::because(format!("{} does not read", path.display()), &error))?;
    Ok(PolicySetCreate { mode: mode.or(set.mode), ..set })
}

/// Runs the tests of a directory.
fn test(ui: &Ui, dir: &Path, coverage_min: usize) -> Outcome {
    let report = testing::run(&modules_of(dir)?, data_of(dir)?)
        .map_err(|error| Failure::new("the policies do not compile").detail(error))?;
    let tests = report.tests.iter().map(|test| match &test.failure {
        None => serde_json::json!({"test": test.name, "passed": true}),
        Some(why) => serde_json::json!({"test": test.name, "passed": false, "detail": why}),
    });
    let coverage = report.coverage.iter().map(|module| {
        serde_json::json!({
            "module": module.module,
            "percent": module.percent(),
            "missed_lines": module.missed,
        })
    });
    let (tests, coverage): (Vec<Value>, Vec<Value>) = (tests.collect(), coverage.collect());
    if ui.is_for_people() {
        ui.answer(&serde_json::json!({"data": tests}), &["test", "passed", "detail"])?;
        ui.answer(&serde_json::json!({"data": coverage}), &["module", "percent", "missed_lines"])?;
    } else {
        let whole = serde_json::json!({
            "passed": report.is_passed(),
            "percent": report.percent(),
            "tests": tests,
            "coverage": coverage,
        });
        ui.answer(&whole, &["passed", "percent"])?;
    }
    let failed = report.tests.iter().filter(|test| test.failure.is_some()).count();
    if report.tests.is_empty() {
        return Err(Failure::new("there are no tests")
            .next_step("write rules named test_… in a module *_test.rego"));
    }
    if failed > 0 {
        return Err(Failure::new(format!("{failed} of {} tests failed", report.tests.len())));
    }
    if report.percent() < coverage_min {
        let covered = format!("{} % of the lines were evaluated", report.percent());
        return Err(
            Failure::new(covered).detail(format!("at least {coverage_min} % are asked for"))
        );
    }
    Ok(ExitCode::SUCCESS)
}
