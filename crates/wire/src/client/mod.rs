//! The Rust client: typed calls over the same operation table that the node serves.
//!
//! A call names its operation by its request type. With an API key it goes to the operation's own
//! route; with a signing key it travels as a signed envelope, and the answer comes out of it.
//! A busy node (503 with `Retry-After`) is asked again; a lost connection is retried only where
//! nothing can happen twice: reads, calls with an idempotency key, and envelopes, whose id the node
//! remembers. Every call ends within its deadline.
//!
//! With the feature `tls` an https address is reached under the certificate authorities that the
//! system trusts and those that are named; without it, plain addresses only.
//!
//! Deliberately absent: redirects and proxies (a credential goes to the address given, nowhere
//! else), caching, and any way to skip the check of a certificate.

mod answer;
mod call;
mod oauth;
mod retry;
#[cfg(feature = "tls")]
mod tls;
mod world;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use hansa_crypto::{Secret, SigningKey};
use hansa_types::{Did, EnvelopeId, Rejection};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::amp::build::Header;
use crate::amp::{Envelope, Recipient};
use crate::api::amp::{EnvelopeAccepted, EnvelopeSubmit};
use crate::operation::{Operation, Request};
use crate::operations::find;
use crate::problem::Problem;
use crate::request::{Invalid, parse};
pub use call::Download;
use call::Prepared;
pub use oauth::{ClientSecret, Token};

/// How the caller proves who they are.
#[derive(Debug, Clone)]
pub enum Credential {
    /// Not at all: public operations only.
    None,
    /// By a bearer secret: an API key, a session or an access token.
    ApiKey(Secret),
    /// By a bootstrap token, which onboards one agent.
    Bootstrap(Secret),
    /// By signing envelopes.
    Signer(Box<Signer>),
}

/// A principal that signs its calls.
#[derive(Clone)]
pub struct Signer {
    /// Its private key.
    pub key: SigningKey,
    /// Its DID.
    pub did: Did,
    /// The node's DID, to which operations are addressed.
    pub node_did: Did,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signer")
            .field("did", &self.did)
            .field("node_did", &self.node_did)
            .finish_non_exhaustive()
    }
}

/// Settings of one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallOptions {
    /// Names the call, so that the node does it once however often it arrives.
    pub idempotency_key: Option<String>,
    /// The longest the call may take, retries included.
    pub deadline: Duration,
}

impl CallOptions {
    /// How long a call may take unless said otherwise.
    pub const DEADLINE: Duration = Duration::from_secs(30);

    /// A call that is done once however often it arrives.
    pub fn once(idempotency_key: impl Into<String>) -> Self {
        Self { idempotency_key: Some(idempotency_key.into()), ..Self::default() }
    }
}

impl Default for CallOptions {
    fn default() -> Self {
        Self { idempotency_key: None, deadline: Self::DEADLINE }
    }
}

/// Why a call has no answer.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The node refused, and said why.
    #[error("{0}")]
    Problem(Problem),
    /// The request could not be made.
    #[error("the request is not valid: {0}")]
    Request(#[from] Invalid),
    /// The envelope could not be made.
    #[error("the envelope is not valid: {0}")]
    Envelope(#[from] Rejection),
    /// The base URL is not an http or https address.
    #[error("not an http or https address: {0}")]
    Address(String),
    /// The certificate authorities that are named cannot be read.
    #[error("the certificate authorities cannot be read: {0}")]
    Authorities(String),
    /// No operation has this id.
    #[error("there is no operation {0}")]
    UnknownOperation(String),
    /// An OAuth endpoint refused.
    #[error("{description} [{error}]")]
    OAuth {
        /// The HTTP status.
        status: u16,
        /// Which of RFC 6749's errors it is.
        error: String,
        /// What was wrong.
        description: String,
    },
    /// The operation cannot be called with this credential.
    #[error("{0} cannot travel in an envelope; use an API key")]
    NotByEnvelope(&'static str),
    /// The operation answers with a stream; see [`Client::download`].
    #[error("{0} answers with a stream")]
    Streams(&'static str),
    /// The node could not be reached, or the connection broke.
    #[error("the node could not be reached")]
    Transport(#[source] reqwest::Error),
    /// The deadline passed first.
    #[error("no answer within the deadline")]
    Deadline,
    /// Something answered that is no node of this kind.
    #[error("unexpected answer with status {status}: {detail}")]
    Unexpected {
        /// The HTTP status.
        status: u16,
        /// What was wrong with it.
        detail: String,
    },
}

impl ClientError {
    /// The node's own refusal, if it is one.
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            ClientError::Problem(problem) => Some(problem),
            _ => None,
        }
    }
}

/// A client of one node. Cheap to share by reference; it keeps connections alive.
#[derive(Debug)]
pub struct Client {
    http: reqwest::Client,
    base_url: String,
    credential: Credential,
    last_nonce: AtomicU64,
}

impl Client {
    /// A client of the node at an address such as `http://127.0.0.1:7400`.
    pub fn new(base_url: &str, credential: Credential) -> Result<Self, ClientError> {
        Self::trusting(base_url, credential, None)
    }

    /// The same, where certificates may also lead to the authorities of a PEM text.
    pub fn trusting(
        base_url: &str,
        credential: Credential,
        authorities: Option<&str>,
    ) -> Result<Self, ClientError> {
        let url = reqwest::Url::parse(base_url).ok();
        let url = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        let plain = |url: &reqwest::Url| {
            url.query().is_none() && url.fragment().is_none() && url.username().is_empty()
        };
        let Some(url) = url.filter(plain) else {
            return Err(ClientError::Address(base_url.to_owned()));
        };
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .user_agent(concat!("hansa-client/", env!("CARGO_PKG_VERSION")));
        let http = secured(http, url.scheme() == "https", authorities)?;
        let http = http.build().map_err(ClientError::Transport)?;
        let base_url = url.as_str().trim_end_matches('/').to_owned();
        Ok(Self { http, base_url, credential, last_nonce: AtomicU64::new(0) })
    }

    /// The node's address, without a slash at its end.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Calls an operation.
    pub async fn call<R: Request>(&self, request: &R) -> Result<R::Response, ClientError> {
        self.call_with(request, &CallOptions::default()).await
    }

    /// Calls an operation with settings of its own.
    pub async fn call_with<R: Request>(
        &self,
        request: &R,
        options: &CallOptions,
    ) -> Result<R::Response, ClientError> {
        self.call_by_id(R::OPERATION, request, options).await
    }

    /// Calls an operation by its id, with any request and answer types. One that waits for an approval
    /// instead is the problem `approval_pending` of status 202, unless the answer type can hold that too.
    pub async fn call_by_id<Q: Serialize, A: DeserializeOwned>(
        &self,
        id: &str,
        request: &Q,
        options: &CallOptions,
    ) -> Result<A, ClientError> {
        let operation = find(id).ok_or_else(|| ClientError::UnknownOperation(id.to_owned()))?;
        let request = object(request)?;
        let prepared = self.prepare(operation, request, options)?;
        let answer = self.send(&prepared, options.deadline).await?;
        let answer = match prepared.enveloped {
            true => unwrap_envelope(answer)?,
            false => answer,
        };
        let waits = answer::waiting(&answer);
        parse(answer).map_err(|invalid| match waits {
            Some(problem) => ClientError::Problem(problem),
            None => {
                let detail = invalid.to_string();
                ClientError::Unexpected { status: operation.status, detail }
            }
        })
    }

    /// Hands in an envelope that is signed already.
    pub async fn submit_envelope(&self, envelope: Value) -> Result<EnvelopeAccepted, ClientError> {
        let Value::Object(members) = envelope else {
            return Err(
                Invalid::new(hansa_types::Code::InvalidField, "", "expected an object").into()
            );
        };
        let submit = EnvelopeSubmit(members);
        let operation = find(EnvelopeSubmit::OPERATION)
            .ok_or_else(|| ClientError::UnknownOperation(EnvelopeSubmit::OPERATION.to_owned()))?;
        let options = CallOptions::default();
        let prepared = self.prepare(operation, object(&submit)?, &options)?;
        let answer = self.send(&prepared, options.deadline).await?;
        parse(answer).map_err(|invalid| ClientError::Unexpected {
            status: operation.status,
            detail: invalid.to_string(),
        })
    }

    /// Signs an envelope with the client's own key and hands it in.
    pub async fn sign_and_submit(
        &self,
        mut envelope: Envelope,
    ) -> Result<EnvelopeAccepted, ClientError> {
        envelope.sign(&self.signer()?.key)?;
        self.submit_envelope(envelope.to_value()?).await
    }

    /// Reads an operation that answers with a stream, piece by piece. Not retried.
    pub async fn download<R: Request>(
        &self,
        request: &R,
        options: &CallOptions,
    ) -> Result<Download, ClientError> {
        let operation = find(R::OPERATION)
            .ok_or_else(|| ClientError::UnknownOperation(R::OPERATION.to_owned()))?;
        let prepared = self.prepare(operation, object(request)?, options)?;
        self.open(&prepared, options.deadline).await
    }

    /// The members that every envelope of this client has: a fresh id, nonce and time.
    pub fn header(&self, to: Recipient, parent: Option<EnvelopeId>) -> Result<Header, ClientError> {
        let signer = self.signer()?;
        Ok(Header {
            id: EnvelopeId::new(world::entropy()),
            from: signer.did.clone(),
            to,
            parent,
            nonce: self.next_nonce(),
            ts: world::now().unix_seconds(),
        })
    }

    fn signer(&self) -> Result<&Signer, ClientError> {
        match &self.credential {
            Credential::Signer(signer) => Ok(signer),
            _ => {
                Err(Rejection::new(hansa_types::Code::Unauthenticated, "no signing key is set")
                    .into())
            }
        }
    }

    /// Microseconds since 1970, and larger than any before: also after a restart, unless the clock
    /// was set back.
    fn next_nonce(&self) -> u64 {
        let now = world::now().0.saturating_mul(1_000);
        let step = |last: u64| Some(now.max(last + 1));
        let last = self.last_nonce.fetch_update(Ordering::Relaxed, Ordering::Relaxed, step);
        last.map_or(now, |last| now.max(last + 1))
    }

    /// Lays a call out as the credential demands.
    fn prepare(
        &self,
        operation: &'static Operation,
        request: Value,
        options: &CallOptions,
    ) -> Result<Prepared, ClientError> {
        match &self.credential {
            Credential::Signer(signer) if call::is_signed(operation) => {
                let header = self.header(signer.node_did.clone().into(), None)?;
                Prepared::enveloped(operation, request, header, &signer.key)
            }
            _ => Prepared::plain(operation, request, options),
        }
    }
}

#[cfg(feature = "tls")]
fn secured(
    http: reqwest::ClientBuilder,
    is_https: bool,
    authorities: Option<&str>,
) -> Result<reqwest::ClientBuilder, ClientError> {
    Ok(http.tls_backend_preconfigured(tls::config(is_https, authorities)?))
}

/// Without TLS there is nothing to trust; whoever names an authority expects it to count.
#[cfg(not(feature = "tls"))]
fn secured(
    http: reqwest::ClientBuilder,
    _is_https: bool,
    authorities: Option<&str>,
) -> Result<reqwest::ClientBuilder, ClientError> {
    match authorities {
        Some(_) => Err(ClientError::Authorities("this client is built without TLS".to_owned())),
        None => Ok(http),
    }
}

fn object(request: &impl Serialize) -> Result<Value, ClientError> {
    serde_json::to_value(request).map_err(|error| {
        Invalid::new(hansa_types::Code::InvalidField, "", error.to_string()).into()
    })
}

fn unwrap_envelope(answer: Value) -> Result<Value, ClientError> {
    let unexpected = |detail: String| ClientError::Unexpected { status: 200, detail };
    let accepted: EnvelopeAccepted = parse(answer).map_err(|e| unexpected(e.to_string()))?;
    accepted.result.ok_or_else(|| unexpected("the envelope's answer holds no result".to_owned()))
}

#[cfg(test)]
mod tests;
