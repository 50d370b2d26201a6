//! One call over HTTP: laid out once, sent as often as [`super::retry`] allows.

use std::time::Duration;

use hansa_crypto::SigningKey;
use hansa_types::Code;
use reqwest::header::{AUTHORIZATION, HeaderValue, RETRY_AFTER};
use serde_json::Value;

use super::retry::{self, Attempt, Miss};
use super::world::{self, Budget};
use super::{CallOptions, Client, ClientError, Credential, answer};
use crate::amp::build::{self, Header};
use crate::limits::IDEMPOTENCY_KEY_BYTES_MAX;
use crate::operation::{Access, Effect, Media, Method, Operation, Request};
use crate::operations::find;
use crate::request::{Invalid, Parts, disassemble};

/// Largest answer that is read whole, in bytes.
const ANSWER_BYTES_MAX: usize = 64 * 1024 * 1024;
const SUBMIT: &str = <crate::api::amp::EnvelopeSubmit as Request>::OPERATION;

/// A call laid out for HTTP.
#[derive(Debug)]
pub(super) struct Prepared {
    operation: &'static Operation,
    parts: Parts,
    idempotency_key: Option<String>,
    /// Whether the answer comes wrapped in that of the envelope.
    pub(super) enveloped: bool,
}

/// Whether a signer's call of this operation travels as an envelope.
pub(super) fn is_signed(operation: &Operation) -> bool {
    operation.access != Access::Public
}

impl Prepared {
    pub(super) fn plain(
        operation: &'static Operation,
        request: Value,
        options: &CallOptions,
    ) -> Result<Self, ClientError> {
        if let Some(key) = &options.idempotency_key {
            check_key(key)?;
        }
        let idempotency_key = options.idempotency_key.clone().filter(|_| operation.idempotent);
        let parts = disassemble(operation, request)?;
        Ok(Self { operation, parts, idempotency_key, enveloped: false })
    }

    pub(super) fn enveloped(
        operation: &'static Operation,
        request: Value,
        header: Header,
        key: &SigningKey,
    ) -> Result<Self, ClientError> {
        if !operation.by_envelope() {
            return Err(ClientError::NotByEnvelope(operation.id));
        }
        let Value::Object(params) = request else {
            return Err(Invalid::new(Code::InvalidField, "", "expected an object").into());
        };
        let submit =
            find(SUBMIT).ok_or_else(|| ClientError::UnknownOperation(SUBMIT.to_owned()))?;
        let mut envelope = build::operation_by_id(header, operation.id, params);
        envelope.sign(key)?;
        let parts = disassemble(submit, envelope.to_value()?)?;
        Ok(Self { operation: submit, parts, idempotency_key: None, enveloped: true })
    }

    /// Whether 503 is an answer and no refusal.
    fn reports_readiness(&self) -> bool {
        self.operation.id == <crate::api::node::Ready as Request>::OPERATION
    }

    /// Whether it may arrive twice without being done twice.
    fn is_repeatable(&self) -> bool {
        self.operation.effect == Effect::Read
            || self.idempotency_key.is_some()
            || self.operation.id == SUBMIT
    }
}

fn check_key(key: &str) -> Result<(), ClientError> {
    let fits = (1..=IDEMPOTENCY_KEY_BYTES_MAX).contains(&key.len())
        && key.bytes().all(|b| b.is_ascii_graphic() || b == b' ');
    match fits {
        true => Ok(()),
        false => Err(Invalid::new(
            Code::IdempotencyKeyInvalid,
            "Idempotency-Key",
            Code::IdempotencyKeyInvalid.title(),
        )
        .into()),
    }
}

/// What one attempt brought.
enum Tried {
    Answer { status: u16, body: Vec<u8> },
    Busy { status: u16, body: Vec<u8>, wait: Duration },
}

impl Client {
    /// Sends a call until it is answered for good, and reads the answer.
    pub(super) async fn send(
        &self,
        call: &Prepared,
        deadline: Duration,
    ) -> Result<Value, ClientError> {
        if call.operation.media == Media::NdJson {
            return Err(ClientError::Streams(call.operation.id));
        }
        let budget = Budget::of(deadline);
        let mut number = 1;
        loop {
            let tried = self.attempt(call, budget.left()).await;
            let attempt = Attempt { number, repeatable: call.is_repeatable(), left: budget.left() };
            let (miss, end) = match tried {
                Ok(Tried::Answer { status, body }) => {
                    return answer::read(call.operation, status, &body);
                }
                Ok(Tried::Busy { status, body, wait }) => {
                    (Miss::Busy(wait), answer::refusal(status, &body))
                }
                Err(ClientError::Transport(error)) => {
                    (Miss::Disconnected, ClientError::Transport(error))
                }
                Err(error) => return Err(error),
            };
            let Some(span) = retry::pause(miss, attempt) else { return Err(end) };
            world::pause(span).await;
            number += 1;
        }
    }

    /// Begins to read an answer that is a stream.
    pub(super) async fn open(
        &self,
        call: &Prepared,
        deadline: Duration,
    ) -> Result<Download, ClientError> {
        let mut response = self.request(call, deadline)?.send().await.map_err(transport)?;
        let status = response.status().as_u16();
        if (200..300).contains(&status) {
            return Ok(Download { response });
        }
        let body = read_body(&mut response).await?;
        Err(answer::refusal(status, &body))
    }

    async fn attempt(&self, call: &Prepared, left: Duration) -> Result<Tried, ClientError> {
        let mut response = self.request(call, left)?.send().await.map_err(transport)?;
        let status = response.status().as_u16();
        let header = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let wait = answer::retry_after(status, header).filter(|_| !call.reports_readiness());
        let body = read_body(&mut response).await?;
        Ok(match wait {
            Some(wait) => Tried::Busy { status, body, wait },
            None => Tried::Answer { status, body },
        })
    }

    fn request(
        &self,
        call: &Prepared,
        left: Duration,
    ) -> Result<reqwest::RequestBuilder, ClientError> {
        let method = match call.operation.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Delete => reqwest::Method::DELETE,
        };
        let url = format!("{}{}", self.base_url, call.parts.path);
        let mut request = self.http.request(method, url).timeout(left);
        if !call.parts.query.is_empty() {
            request = request.query(&call.parts.query);
        }
        if let Some(body) = &call.parts.body {
            request = request.json(body);
        }
        if let Some(key) = &call.idempotency_key {
            request = request.header("Idempotency-Key", key);
        }
        match &self.credential {
            Credential::ApiKey(key) => Ok(request.header(AUTHORIZATION, bearer(key.expose())?)),
            Credential::Bootstrap(token) => {
                Ok(request.header("Bootstrap-Token", sensitive(token.expose())?))
            }
            Credential::None | Credential::Signer(_) => Ok(request),
        }
    }

    /// Posts JSON to a path that is no operation's, once and without a credential.
    pub(super) async fn post(
        &self,
        path: &str,
        body: &Value,
        deadline: Duration,
    ) -> Result<(u16, Vec<u8>), ClientError> {
        let request = self.http.post(format!("{}{path}", self.base_url)).timeout(deadline);
        let mut response = request.json(body).send().await.map_err(transport)?;
        let status = response.status().as_u16();
        Ok((status, read_body(&mut response).await?))
    }
}

fn bearer(key: &str) -> Result<HeaderValue, ClientError> {
    sensitive(&format!("Bearer {key}"))
}

fn sensitive(text: &str) -> Result<HeaderValue, ClientError> {
    let mut value = HeaderValue::from_str(text).map_err(|_| {
        Invalid::new(Code::CredentialInvalid, "Authorization", "the credential is not plain ASCII")
    })?;
    value.set_sensitive(true);
    Ok(value)
}

fn transport(error: reqwest::Error) -> ClientError {
    match error.is_timeout() && !error.is_connect() {
        true => ClientError::Deadline,
        false => ClientError::Transport(error.without_url()),
    }
}

async fn read_body(response: &mut reqwest::Response) -> Result<Vec<u8>, ClientError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(transport)? {
        if body.len() + chunk.len() > ANSWER_BYTES_MAX {
            return Err(ClientError::Unexpected {
                status: response.status().as_u16(),
                detail: "the answer is larger than 64 MiB".to_owned(),
            });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// An answer that arrives piece by piece.
#[derive(Debug)]
pub struct Download {
    response: reqwest::Response,
}

impl Download {
    /// The next piece; `None` at the end.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, ClientError> {
        let chunk = self.response.chunk().await.map_err(transport)?;
        Ok(chunk.map(|chunk| chunk.to_vec()))
    }
}
