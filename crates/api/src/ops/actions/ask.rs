//! An envelope as it is read: what is called, by whom it is done, and what it rests on.

use std::sync::Arc;

use hansa_kernel::action::{Call, References};
use hansa_node::effect::Tool;
use hansa_types::{ActionId, Code, PrincipalId, TaskId};
use hansa_wire::api::actions::{ActionSubmit, CallType};
use hansa_wire::operations::find;
use hansa_wire::scalar::Annotations;
use hansa_wire::{Effect, Operation, Problem};
use serde_json::{Map, Value};

use super::call;
use crate::context::Context;

/// Who does it.
pub(super) enum How {
    /// This node, by one of its operations.
    Native(&'static Operation),
    /// A tool that the operator lists.
    Service(Arc<Tool>),
    /// Somebody outside.
    External(PrincipalId),
}

/// An envelope, ready to be judged.
pub(super) struct Asked {
    pub(super) id: ActionId,
    pub(super) task: TaskId,
    pub(super) references: References,
    pub(super) call: Call,
    pub(super) params: Map<String, Value>,
    pub(super) how: How,
    /// Where the caller wants to be told how it ended.
    pub(super) callback_url: Option<String>,
    pub(super) annotations: Annotations,
}

impl Asked {
    /// Reads an envelope.
    pub(super) async fn read(context: &Context, request: ActionSubmit) -> Result<Self, Problem> {
        context.check_callback(request.callback_url.as_deref())?;
        let how = how(context, &request).await?;
        let digest = call::digest(&request.action)?;
        let money = match how {
            // The operation itself says what it moves.
            How::Native(_) => None,
            How::Service(_) | How::External(_) => call::money(context, &request).await?,
        };
        let counterparty = match &request.counterparty {
            Some(named) => Some(context.find(named, Code::PrincipalUnknown).await?),
            None => None,
        };
        let node = &context.api.node;
        let tool = request.action.tool.as_str().parse()?;
        Ok(Self {
            id: ActionId::new(node.now().0, node.env.random_u128()),
            task: request.task,
            references: References {
                grant: request.grant,
                liability: request.liability,
                decision: request.decision,
                evaluation: request.evaluation,
                approval: request.approval,
            },
            call: Call {
                tool,
                digest,
                money,
                counterparty,
                counterparty_name: call::counterparty_name(&request.action.params),
                parameters: Some(call::canonical_params(&request.action)?),
            },
            params: request.action.params,
            how,
            callback_url: request.callback_url,
            annotations: request.annotations,
        })
    }
}

async fn how(context: &Context, request: &ActionSubmit) -> Result<How, Problem> {
    let name = request.action.tool.as_str();
    let operation = find(name);
    if request.action.kind == CallType::Native {
        let fits = |operation: &&Operation| {
            operation.by_envelope()
                && operation.effect == Effect::Write
                && operation.tag != "actions"
        };
        let unknown = "action.tool: no operation that can be done as an action";
        let operation = operation.filter(fits);
        return operation.map(How::Native).ok_or_else(|| Problem::new(Code::ToolUnknown, unknown));
    }
    if operation.is_some() {
        let detail = "action.tool: an operation of this node is called with type native";
        return Err(Problem::new(Code::ToolUnknown, detail));
    }
    if let Some(named) = &request.executor {
        return Ok(How::External(context.find(named, Code::PrincipalUnknown).await?));
    }
    Ok(match context.api.node.config.tools.find(name) {
        Some(tool) => How::Service(tool),
        None => How::External(context.principal()?),
    })
}
