//! `hansa action`: doing something through the gate, and looking at what became of it.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use hansa_types::{
    ActionId, ApprovalRequestId, CurrencyCode, DecisionId, GrantId, LiabilityId,
    PolicyEvaluationId, TaskId,
};
use hansa_wire::WireAmount;
use hansa_wire::api::actions::{
    ActionCall, ActionClaim, ActionGet, ActionSubmit, ActionValidate, CallType, Ending,
    ReceiptPost, Wait,
};
use hansa_wire::scalar::{Annotations, PrincipalRef, ToolText};
use serde_json::{Map, Value};

use super::{App, DONE, Outcome};
use crate::failure::Failure;
use crate::files;
use crate::remote::Idempotency;

/// What can be done with actions.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Do something through the gate
    Submit {
        #[command(flatten)]
        envelope: Envelope,
        /// Do not wait until it is done
        #[arg(long)]
        no_wait: bool,
        #[command(flatten)]
        idempotency: Idempotency,
    },
    /// Ask whether it would pass, and do nothing
    Validate {
        #[command(flatten)]
        envelope: Envelope,
    },
    /// Show an action
    Show {
        /// Its id
        action: ActionId,
    },
    /// Take an action to carry it out, once
    Claim {
        /// Its id
        action: ActionId,
    },
    /// Post the receipt of an action that was carried out outside of the node
    End {
        /// Its id
        action: ActionId,
        /// How it ended
        #[arg(value_enum)]
        outcome: HowEnded,
        /// The HTTP status that was answered
        #[arg(long)]
        status: Option<u16>,
        /// What came of it, as JSON
        #[arg(long, value_name = "JSON")]
        result: Option<String>,
    },
}

/// How an action ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum HowEnded {
    /// It was done
    Done,
    /// It was declined, and nothing was done
    Refused,
    /// Nothing was sent
    NotSent,
}

/// What is called, and what it rests on.
#[derive(Debug, clap::Args)]
pub(crate) struct Envelope {
    /// The tool's name, or with --native the operation's id
    #[arg(value_parser = tool)]
    tool: ToolText,

    /// The task it is part of
    #[arg(long)]
    task: TaskId,

    /// The grant it is done under
    #[arg(long)]
    grant: Option<GrantId>,

    /// Who answers for it; the task's own binding unless named
    #[arg(long)]
    liability: Option<LiabilityId>,

    /// What the agent decided; the task's own record unless named
    #[arg(long)]
    decision: Option<DecisionId>,

    /// The evaluation of policy that was asked for before
    #[arg(long)]
    evaluation: Option<PolicyEvaluationId>,

    /// The request for approval that was granted
    #[arg(long)]
    approval: Option<ApprovalRequestId>,

    /// Where to be told how it ended, at a host of egress.webhook; polling works anyway
    #[arg(long, value_name = "URL")]
    callback_url: Option<String>,

    /// Call an operation of the node
    #[arg(long)]
    native: bool,

    /// Its parameters as a JSON object
    #[arg(long, value_name = "JSON", default_value = "{}")]
    params: String,

    /// The parameters from this file, or - for standard input
    #[arg(long, value_name = "FILE", conflicts_with = "params")]
    params_file: Option<PathBuf>,

    /// The money it moves, where its parameters do not say
    #[arg(long)]
    amount: Option<WireAmount>,

    /// Of what; the node's own currency unless named
    #[arg(long)]
    currency: Option<CurrencyCode>,

    /// A principal that it concerns besides the caller: an id or a DID
    #[arg(long)]
    counterparty: Option<PrincipalRef>,

    /// Who carries it out and posts the receipt, where the node does not
    #[arg(long)]
    executor: Option<PrincipalRef>,
}

const SHOWN: &[&str] = &[
    "id",
    "task",
    "tool",
    "executor",
    "state",
    "reason",
    "status",
    "grant",
    "amount",
    "currency",
    "call",
    "receipt",
    "started_at",
    "ended_at",
    "seq",
];

fn tool(text: &str) -> Result<ToolText, String> {
    ToolText::new(text).ok_or_else(|| "lower-case letters and underscores".to_owned())
}

impl Command {
    /// Carries it out.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        let remote = app.remote()?;
        match self {
            Command::Submit { envelope, no_wait, idempotency } => {
                let wait = if no_wait { Wait::Started } else { Wait::Done };
                let request = envelope.request(wait)?;
                app.ui.answer(&remote.call_once(&request, &idempotency).await?, SHOWN)?;
            }
            Command::Validate { envelope } => {
                let envelope = Some(envelope.request(Wait::Done)?);
                let request = ActionValidate { envelope, action: None, call: None };
                app.ui.answer(&remote.call(&request).await?, &["permit", "checks:check,passed"])?;
            }
            Command::Show { action } => {
                app.ui.answer(&remote.call(&ActionGet { action }).await?, SHOWN)?;
            }
            Command::Claim { action } => {
                let request = ActionClaim { action, call: None };
                app.ui.answer(&remote.call(&request).await?, SHOWN)?;
            }
            Command::End { action, outcome, status, result } => {
                let outcome = match outcome {
                    HowEnded::Done => Ending::Done,
                    HowEnded::Refused => Ending::Refused,
                    HowEnded::NotSent => Ending::NotSent,
                };
                let result = result.as_deref().map(json).transpose()?;
                let request = ReceiptPost { action, outcome, status, result };
                app.ui.answer(&remote.call(&request).await?, SHOWN)?;
            }
        }
        DONE
    }
}

fn json(text: &str) -> Result<Value, Failure> {
    let read = serde_json::from_str(text);
    read.map_err(|error| Failure::usage(format!("this is no JSON: {error}")))
}

impl Envelope {
    fn request(self, wait: Wait) -> Result<ActionSubmit, Failure> {
        let text = match &self.params_file {
            Some(path) => files::read_text(path)?.to_string(),
            None => self.params,
        };
        let Value::Object(params) = json(&text)? else {
            return Err(Failure::usage("the parameters are a JSON object"));
        };
        let params: Map<String, Value> = params;
        let kind = if self.native { CallType::Native } else { CallType::ToolCall };
        Ok(ActionSubmit {
            task: self.task,
            grant: self.grant,
            liability: self.liability,
            decision: self.decision,
            evaluation: self.evaluation,
            approval: self.approval,
            action: ActionCall { kind, tool: self.tool, params },
            amount: self.amount,
            currency: self.currency,
            counterparty: self.counterparty,
            executor: self.executor,
            wait,
            callback_url: self.callback_url,
            annotations: Annotations::default(),
        })
    }
}
