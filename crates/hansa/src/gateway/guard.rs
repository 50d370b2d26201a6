//! One guarded call: ask, claim, send, and post the receipt.

use std::sync::Arc;
use std::time::Duration;

use axum::response::Response;
use hansa_crypto::hash::sha256;
use hansa_node::egress::{EgressError, EgressResponse};
use hansa_types::{ActionId, Code};
use hansa_wire::Problem;
use hansa_wire::api::actions::{ActionClaim, ActionValidate, Ending, ReceiptPost};
use hansa_wire::client::{CallOptions, Client, ClientError};
use hansa_wire::operation::Request;
use hansa_wire::scalar::ToolText;
use serde_json::{Map, Value, json};

use super::call::Arrived;
use super::{Gateway, answer};

/// Largest answer that is kept whole with the receipt, in bytes; of a larger one its digest.
const RESULT_BYTES_MAX: usize = 64 << 10;
/// Longest a receipt is tried to be posted.
const RECEIPT_MAX: Duration = Duration::from_secs(600);

impl Gateway {
    /// Lets a call through that its action covers, once.
    pub(super) async fn guard(
        self: Arc<Self>,
        arrived: Arrived,
        tool: ToolText,
        named: Map<String, Value>,
    ) -> Result<Response, Problem> {
        let action = arrived.action()?;
        let call = arrived.call(tool, named)?;
        let examined =
            ActionValidate { envelope: None, action: Some(action), call: Some(call.clone()) };
        self.ask(&examined).await?;
        self.ask(&ActionClaim { action, call: Some(call) }).await?;
        let answered = self.upstream.send(&arrived, Some(action)).await;
        if let Some(receipt) = receipt(action, &answered) {
            self.post(receipt).await;
        } else {
            tracing::warn!(%action, "nobody can say whether the service did it");
        }
        match answered {
            Ok(answered) => Ok(answer::from_upstream(answered, Some(action))),
            Err(error) => Err(answer::no_answer(&error)),
        }
    }

    /// Asks the node. What it refuses is refused in its words; where it says nothing, nothing passes.
    async fn ask<R: Request>(&self, request: &R) -> Result<R::Response, Problem> {
        self.client::<R>().await?.call(request).await.map_err(|error| match error {
            ClientError::Problem(problem) if problem.status == 401 => {
                tracing::error!(%problem, "the node does not take this gateway's credential");
                Code::GateUnavailable.into()
            }
            ClientError::Problem(problem) if problem.status < 500 => problem,
            error => {
                tracing::error!(%error, "the node did not answer: nothing passes");
                Code::GateUnavailable.into()
            }
        })
    }

    async fn client<R: Request>(&self) -> Result<&Client, Problem> {
        self.node.client::<R>().await.map_err(|failure| {
            tracing::error!(?failure, "the node cannot be asked: nothing passes");
            Code::GateUnavailable.into()
        })
    }

    async fn post(&self, receipt: ReceiptPost) {
        let options = CallOptions {
            deadline: RECEIPT_MAX,
            ..CallOptions::once(format!("gateway-{}", receipt.action))
        };
        let Ok(client) = self.client::<ReceiptPost>().await else { return };
        if let Err(error) = client.call_with(&receipt, &options).await {
            tracing::error!(action = %receipt.action, %error, "the receipt could not be posted");
        }
    }
}

/// What an answer says of the call. A service that fails in between (5xx) may have done it, so
/// nobody can tell, and the node says so when the action comes due.
fn receipt(
    action: ActionId,
    answered: &Result<EgressResponse, EgressError>,
) -> Option<ReceiptPost> {
    let (outcome, status, result) = match answered {
        Ok(answered) => {
            let outcome = match answered.status {
                200..=299 => Ending::Done,
                400..=499 => Ending::Refused,
                _ => return None,
            };
            (outcome, Some(answered.status), Some(told(&answered.body)))
        }
        Err(error) if error.is_unsent() => (Ending::NotSent, None, None),
        Err(_) => return None,
    };
    Some(ReceiptPost { action, outcome, status, result })
}

/// What is kept of an answer: short JSON as it is, anything else by its digest.
fn told(body: &[u8]) -> Value {
    let short = (body.len() <= RESULT_BYTES_MAX).then(|| serde_json::from_slice(body).ok());
    let digest = || json!({"bytes": body.len(), "sha256": sha256(body).to_string()});
    short.flatten().unwrap_or_else(digest)
}
