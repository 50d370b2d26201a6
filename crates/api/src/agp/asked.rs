//! One request of AGP on its way, and how it has native operations carried out.
//!
//! A request of the dialect may take several native ones: each has a part of its own within the
//! same Idempotency-Key, so a repetition finds all of them done.

use std::sync::Arc;

use hansa_types::{Code, Rejection};
use hansa_wire::agp::{AgpError, Route};
use hansa_wire::scalar::{Cursor, Limit, PrincipalRef};
use hansa_wire::{Request as NativeRequest, find};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::token::Caller;
use crate::answer::Answer;
use crate::api::Api;
use crate::call::call;
use crate::context::{Basis, Context};
use crate::edge::{self, Asker, Client, Key};

/// A request that passed the edge, with who asks.
pub(super) struct Asked {
    pub(super) api: Arc<Api>,
    pub(super) route: &'static Route,
    pub(super) caller: Caller,
    pub(super) client: Client,
    pub(super) key: Option<String>,
    /// The `{id}` of the path.
    pub(super) id: String,
    pub(super) query: Vec<(String, String)>,
    pub(super) body: Map<String, Value>,
    pub(super) prefer: Prefer,
    /// Whether the path is of the variant in which decisions have no prefix of their own.
    pub(super) unprefixed: bool,
    /// Where clients reach the node.
    pub(super) base_url: String,
}

/// How the client would like to be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Prefer {
    /// When it is done.
    #[default]
    Sync,
    /// At once, with an operation to wait for.
    Async,
    /// Whether it would be done.
    ValidateOnly,
}

impl Asked {
    /// The id in the path. One that does not read names nothing.
    pub(super) fn id<T: std::str::FromStr>(&self) -> Result<T, AgpError> {
        self.id.parse().map_err(|_| Code::NotFound.into())
    }

    /// A parameter of the query.
    pub(super) fn param(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// A parameter of the query that is a word of a closed vocabulary.
    pub(super) fn word<T: std::str::FromStr>(&self, name: &str) -> Result<Option<T>, AgpError> {
        let wrong = |_| Rejection::new(Code::InvalidField, format!("{name}: no such word")).into();
        self.param(name).map(|text| text.parse().map_err(wrong)).transpose()
    }

    /// Has a native operation carried out and reads its answer.
    pub(super) async fn native<R: NativeRequest>(
        &self,
        part: &str,
        request: &R,
    ) -> Result<R::Response, AgpError> {
        let value = serde_json::to_value(request).map_err(|_| Code::Internal)?;
        self.read(self.carry_out(R::OPERATION, part, value).await?)
    }

    /// Reads a native answer.
    pub(super) fn read<T: DeserializeOwned>(&self, answer: Answer) -> Result<T, AgpError> {
        let value = answer.into_value()?;
        serde_json::from_value(value).map_err(|error| {
            tracing::error!(%error, route = self.route.id, "a native answer is not its own type");
            Code::Internal.into()
        })
    }

    /// Has a native operation carried out.
    pub(super) async fn carry_out(
        &self,
        operation: &'static str,
        part: &str,
        value: Value,
    ) -> Result<Answer, AgpError> {
        let operation = find(operation).ok_or(Code::Internal)?;
        edge::may_ask(&self.api, operation, &self.caller.identity).await?;
        let basis = match &self.key {
            Some(key) if operation.idempotent => {
                Basis::Key(Key::new(format!("agp {part} {key}"), operation, &value)?)
            }
            _ => Basis::Once,
        };
        let context = Context {
            api: Arc::clone(&self.api),
            operation,
            caller: Some(self.caller.identity.clone()),
            basis,
            asker: Asker::default(),
            if_none_match: None,
            client: self.client.clone(),
            parked: std::sync::OnceLock::new(),
            credential: None,
            wrap: None,
        };
        Ok(call(context, value).await?)
    }

    /// Whether a name is the caller's own: its id, its client's, or any in the open sandbox, where
    /// everybody is one.
    pub(super) fn is_caller(&self, name: &str) -> bool {
        self.caller.open
            || self.caller.named.as_deref() == Some(name)
            || self.caller.identity.principal.to_string() == name
    }

    /// The principal that a request names in one of its members.
    pub(super) async fn principal(
        &self,
        field: &str,
        name: &str,
    ) -> Result<PrincipalRef, AgpError> {
        if self.is_caller(name) {
            return Ok(self.caller.identity.principal.into());
        }
        name.parse().map_err(|_| {
            let detail =
                format!("{field}: name a principal by its id or DID, or the caller's client");
            Rejection::new(Code::InvalidField, detail).into()
        })
    }

    /// Where a list goes on, and how far.
    pub(super) fn place(&self) -> Result<(Option<Cursor>, Limit), AgpError> {
        let cursor = self.param("cursor").map(|text| Cursor::new(text.to_owned()));
        if matches!(cursor, Some(None)) {
            return Err(Code::InvalidCursor.into());
        }
        let limit = self.param("limit").map(|text| text.parse().ok().and_then(Limit::new));
        match limit {
            Some(None) => Err(Rejection::new(Code::InvalidField, "limit: 1 to 200").into()),
            limit => Ok((cursor.flatten(), limit.flatten().unwrap_or_default())),
        }
    }

    /// A text of the body.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.body.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// A text that the body must have.
    pub(super) fn required(&self, name: &str) -> Result<&str, AgpError> {
        self.text(name).ok_or_else(|| missing(name))
    }
}

/// A member is missing.
pub(super) fn missing(name: &str) -> AgpError {
    Rejection::new(Code::MissingField, format!("{name} is required")).into()
}
