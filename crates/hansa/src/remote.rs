//! The node that a command talks to, with the credential that the flags name.
//!
//! With an API key a call goes to its own route, with a private key it travels in a signed
//! envelope; a command does not see the difference. Where both are named the private key is used,
//! and the API key for what cannot travel in an envelope.

use std::time::Duration;

use clap::Args;
use hansa_crypto::secret::token_digest;
use hansa_crypto::{Secret, SigningKey};
use hansa_types::{Code, Digest};
use hansa_wire::amp::Envelope;
use hansa_wire::api::amp::EnvelopeAccepted;
use hansa_wire::api::journal::JournalExport;
use hansa_wire::api::node::{NodeGet, Readiness, Ready};
use hansa_wire::client::{CallOptions, Client, ClientError, Credential, Download};
use hansa_wire::operation::{Access, Media, Operation, Request};
use hansa_wire::proof::KeyProof;
use serde_json::Value;
use tokio::sync::OnceCell;

use crate::cli::{Global, NODE_DEFAULT};
use crate::failure::{Failure, chain};
use crate::files;
use crate::profiles::{Profile, Profiles};
use crate::sign::{Signer, new_idempotency_key, unix_seconds};

/// Longest wait for the node to take a connection.
const CONNECT_MAX: Duration = Duration::from_secs(5);
/// Longest download of a journal.
const DOWNLOAD_MAX: Duration = Duration::from_secs(6 * 3_600);

/// A flag of every command that changes something.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Idempotency {
    /// Name the request, so that the node carries it out once however often it is sent; random
    /// unless named
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<String>,
}

impl Idempotency {
    fn options(&self) -> CallOptions {
        CallOptions::once(self.idempotency_key.clone().unwrap_or_else(new_idempotency_key))
    }
}

/// The answer to a call whose types are not known here.
pub(crate) enum RawAnswer {
    /// One JSON value.
    Json(Value),
    /// A text.
    Text(String),
    /// A stream of lines.
    Stream(Download),
}

/// A node.
pub(crate) struct Remote {
    plain: Client,
    /// Certificate authorities to trust beside the system's.
    authorities: Option<String>,
    has_api_key: bool,
    /// Whether the secret is that of a login.
    by_session: bool,
    /// Digest of the secret that calls carry, where none is signed.
    presented: Option<Digest>,
    signer: Option<Signer>,
    /// The client that names nobody: for what everybody may ask while a private key is named, so
    /// that an API key left in the environment cannot spoil it.
    open: Client,
    /// The client that signs; it needs the node's DID, which is asked for when it is needed.
    signing: OnceCell<Client>,
    reached: OnceCell<()>,
}

impl Remote {
    /// The node and credential that the flags name.
    pub(crate) fn from_flags(global: &Global) -> Result<Self, Failure> {
        let signer = global.key_file.as_deref().map(files::read_key).transpose()?;
        let profile = Profiles::open()?.find_named(global)?;
        let secret = match (&global.api_key_file, std::env::var("HANSA_API_KEY")) {
            (Some(path), _) => Some(files::read_secret(path)?),
            (None, Ok(key)) if !key.trim().is_empty() => Some(Secret::new(key.trim().to_owned())),
            (None, _) => None,
        };
        // Whoever names a key acts by that key: who is logged in is perhaps somebody else.
        let session = profile.as_ref().filter(|_| secret.is_none() && signer.is_none());
        let session = session.map(|profile| profile.access_token.0.clone());
        let by_session = session.is_some();
        let credential = secret.or(session).map_or(Credential::None, Credential::ApiKey);
        let url = node_url(global, profile.as_ref());
        let signer = signer.map(Signer::new);
        let remote = Self::trusting(&url, credential, signer, authorities(global)?)?;
        Ok(Self { by_session, ..remote })
    }

    /// The node that the flags name, without a credential.
    pub(crate) fn anonymous(global: &Global) -> Result<Self, Failure> {
        Self::by(global, Credential::None)
    }

    /// The node that the flags name, with a credential of its own.
    pub(crate) fn by(global: &Global, credential: Credential) -> Result<Self, Failure> {
        let profile = Profiles::open()?.find(global)?;
        let url = node_url(global, profile.as_ref());
        Self::trusting(&url, credential, None, authorities(global)?)
    }

    /// A node at a URL.
    pub(crate) fn new(
        url: &str,
        credential: Credential,
        signer: Option<Signer>,
    ) -> Result<Self, Failure> {
        Self::trusting(url, credential, signer, None)
    }

    fn trusting(
        url: &str,
        credential: Credential,
        signer: Option<Signer>,
        authorities: Option<String>,
    ) -> Result<Self, Failure> {
        let has_api_key = matches!(credential, Credential::ApiKey(_));
        let presented = match &credential {
            Credential::ApiKey(secret) | Credential::Bootstrap(secret) if signer.is_none() => {
                Some(token_digest(secret.expose()))
            }
            _ => None,
        };
        let client = |credential| {
            Client::trusting(url, credential, authorities.as_deref()).map_err(|error| match error {
                ClientError::Authorities(_) => Failure::usage(chain(&error))
                    .next_step("name a file of certificates in PEM with --ca-file"),
                _ => Failure::usage(chain(&error))
                    .next_step("write a URL such as http://127.0.0.1:7400"),
            })
        };
        let (plain, open) = (client(credential)?, client(Credential::None)?);
        let (signing, reached) = (OnceCell::new(), OnceCell::new());
        let by_session = false;
        let remote = Self {
            plain,
            authorities,
            has_api_key,
            by_session,
            presented,
            signer,
            open,
            signing,
            reached,
        };
        Ok(remote)
    }

    /// Shows that this program holds the key that the node is about to hear of, if there is one.
    pub(crate) async fn prove_some(
        &self,
        key: Option<&SigningKey>,
    ) -> Result<Option<String>, Failure> {
        let Some(key) = key else { return Ok(None) };
        self.reach().await?;
        let node = self.open.call(&NodeGet {}).await.map_err(|error| self.failure(error))?;
        let proof = KeyProof { aud: node.did, iat: unix_seconds(), ath: self.presented };
        Ok(Some(proof.sign(key)))
    }

    /// The client for what is no operation of the table.
    pub(crate) async fn plain(&self) -> Result<&Client, Failure> {
        self.reach().await?;
        Ok(&self.plain)
    }

    /// The same node, for calls that need no credential and must not fail for a wrong one.
    pub(crate) fn without_credential(self) -> Self {
        let url = self.plain.base_url().to_owned();
        match Self::trusting(&url, Credential::None, None, self.authorities.clone()) {
            Ok(remote) => remote,
            Err(_) => self,
        }
    }

    /// The node's address.
    pub(crate) fn url(&self) -> &str {
        self.plain.base_url()
    }

    /// Who signs, if calls are signed.
    pub(crate) fn signer(&self) -> Option<&Signer> {
        self.signer.as_ref()
    }

    /// Who signs, for what must be signed.
    pub(crate) fn required_signer(&self) -> Result<&Signer, Failure> {
        self.signer.as_ref().ok_or_else(|| {
            Failure::usage("this is signed, and no private key is named")
                .next_step("name the agent's key with --key-file or HANSA_KEY_FILE")
        })
    }

    /// Calls an operation.
    pub(crate) async fn call<R: Request>(&self, request: &R) -> Result<R::Response, Failure> {
        self.call_with(request, &CallOptions::default()).await
    }

    /// Calls an operation that is carried out once, however often it arrives.
    pub(crate) async fn call_once<R: Request>(
        &self,
        request: &R,
        idempotency: &Idempotency,
    ) -> Result<R::Response, Failure> {
        self.refuse_key_in_envelope(operation(R::OPERATION)?, idempotency)?;
        self.call_with(request, &idempotency.options()).await
    }

    /// A signed request is known by its envelope, and a repetition is another envelope: a key of
    /// the caller's would promise what it does not keep.
    fn refuse_key_in_envelope(
        &self,
        operation: &Operation,
        idempotency: &Idempotency,
    ) -> Result<(), Failure> {
        let signed =
            self.signer.is_some() && operation.by_envelope() && operation.access != Access::Public;
        if !signed || idempotency.idempotency_key.is_none() {
            return Ok(());
        }
        Err(Failure::usage(
            "--idempotency-key does not go with --key-file: each signed request is a new envelope",
        )
        .next_step("name an API key instead, or leave --idempotency-key out"))
    }

    /// The client that asks for an operation, for who wants the node's own words.
    pub(crate) async fn client<R: Request>(&self) -> Result<&Client, Failure> {
        self.client_for(operation(R::OPERATION)?).await
    }

    async fn call_with<R: Request>(
        &self,
        request: &R,
        options: &CallOptions,
    ) -> Result<R::Response, Failure> {
        let client = self.client::<R>().await?;
        client.call_with(request, options).await.map_err(|error| self.failure(error))
    }

    /// Whether the node is ready; one that is not says why.
    pub(crate) async fn readiness(&self, ready: &Ready) -> Result<Readiness, Failure> {
        self.call(ready).await
    }

    /// Calls an operation with a request that was typed in.
    pub(crate) async fn raw(
        &self,
        operation: &'static Operation,
        request: Value,
        idempotency: &Idempotency,
    ) -> Result<RawAnswer, Failure> {
        if operation.media == Media::NdJson {
            let request: JournalExport = hansa_wire::request::parse(request)
                .map_err(|invalid| Failure::usage(invalid.to_string()))?;
            return self.export(&request).await.map(RawAnswer::Stream);
        }
        self.refuse_key_in_envelope(operation, idempotency)?;
        let client = self.client_for(operation).await?;
        let answer: Value = client
            .call_by_id(operation.id, &request, &idempotency.options())
            .await
            .map_err(|error| self.failure(error))?;
        Ok(match answer {
            Value::String(text) if operation.media != Media::Json => RawAnswer::Text(text),
            answer => RawAnswer::Json(answer),
        })
    }

    /// Hands in a signed envelope.
    pub(crate) async fn submit(&self, envelope: &Envelope) -> Result<EnvelopeAccepted, Failure> {
        self.submit_value(envelope.to_value()?).await
    }

    /// Hands in an envelope as it is.
    pub(crate) async fn submit_value(&self, envelope: Value) -> Result<EnvelopeAccepted, Failure> {
        self.reach().await?;
        self.open.submit_envelope(envelope).await.map_err(|error| self.failure(error))
    }

    /// Begins to read the journal.
    pub(crate) async fn export(&self, request: &JournalExport) -> Result<Download, Failure> {
        let operation = operation(JournalExport::OPERATION)?;
        let client = self.client_for(operation).await?;
        let options = CallOptions { deadline: DOWNLOAD_MAX, ..CallOptions::default() };
        client.download(request, &options).await.map_err(|error| self.failure(error))
    }

    /// The client for an operation: what everybody may ask is asked without signing, and so is
    /// what cannot travel in an envelope.
    async fn client_for(&self, operation: &Operation) -> Result<&Client, Failure> {
        self.reach().await?;
        match &self.signer {
            Some(_) if operation.access == Access::Public => Ok(&self.open),
            Some(signer) if operation.by_envelope() => {
                self.signing.get_or_try_init(|| self.signing_client(signer)).await
            }
            Some(_) if !self.has_api_key => {
                Err(Failure::usage(format!("{} cannot be signed for", operation.id))
                    .next_step("set HANSA_API_KEY: this is asked for with an API key"))
            }
            _ => Ok(&self.plain),
        }
    }

    async fn signing_client(&self, signer: &Signer) -> Result<Client, Failure> {
        let node = self.open.call(&NodeGet {}).await.map_err(|error| self.failure(error))?;
        let signer = hansa_wire::client::Signer {
            key: signer.key().clone(),
            did: signer.did().clone(),
            node_did: node.did,
        };
        let credential = Credential::Signer(Box::new(signer));
        Client::trusting(self.url(), credential, self.authorities.as_deref())
            .map_err(|error| self.failure(error))
    }

    /// Finds out at once whether anybody is there: the client itself is patient with a node that
    /// restarts, which at a prompt looks like hanging.
    async fn reach(&self) -> Result<(), Failure> {
        let connect = || async {
            let Some(authority) = authority(self.url()) else { return Ok(()) };
            let connecting = tokio::net::TcpStream::connect(authority);
            match tokio::time::timeout(CONNECT_MAX, connecting).await {
                Ok(Ok(_)) => Ok(()),
                Ok(Err(error)) => Err(self.unreachable(&error.to_string())),
                Err(_) => Err(self.unreachable("nobody answers")),
            }
        };
        self.reached.get_or_try_init(connect).await.copied()
    }

    fn unreachable(&self, why: &str) -> Failure {
        Failure::new(format!("no node can be reached at {}: {why}", self.url()))
            .next_step("start one with hansa serve, or name another with --node or HANSA_NODE")
    }

    /// What a call that has no answer means at a prompt.
    pub(crate) fn failure(&self, error: ClientError) -> Failure {
        match error {
            ClientError::Problem(problem) => {
                let is = |code: Code| problem.code == code.as_str();
                let next_step = match (self.signer.is_none(), self.by_session) {
                    (true, true) if is(Code::CredentialInvalid) => {
                        Some("the login is over: log in again with hansa login")
                    }
                    (true, _) if is(Code::Unauthenticated) => Some(
                        "log in with hansa login, set HANSA_API_KEY, or name a key with \
                         --api-key-file or --key-file",
                    ),
                    _ => None,
                };
                let failure = Failure::from(problem);
                match next_step {
                    Some(next_step) => failure.next_step(next_step),
                    None => failure,
                }
            }
            ClientError::Transport(error) => self.unreachable(&chain(&error)).unanswered(),
            ClientError::Deadline => {
                Failure::new(format!("{} did not answer in time", self.url()))
                    .next_step("look at it with hansa status; with the same --idempotency-key, repeating is safe")
                    .unanswered()
            }
            ClientError::Unexpected { .. } => Failure::new(chain(&error))
                .next_step(format!("make sure that {} is a Hansa node", self.url()))
                .unanswered(),
            ClientError::OAuth { status: 401, .. } => Failure::unauthorised(chain(&error))
                .next_step("check the client's id and secret"),
            ClientError::OAuth { .. } => Failure::new(chain(&error)),
            ClientError::Request(_)
            | ClientError::Envelope(_)
            | ClientError::Address(_)
            | ClientError::Authorities(_)
            | ClientError::UnknownOperation(_)
            | ClientError::NotByEnvelope(_)
            | ClientError::Streams(_) => Failure::usage(chain(&error)),
        }
    }
}

/// Where the flags say that the node is, or else where somebody logged in.
fn node_url(global: &Global, profile: Option<&Profile>) -> String {
    let named = global.node.clone();
    named
        .or_else(|| profile.map(|profile| profile.node.clone()))
        .unwrap_or_else(|| NODE_DEFAULT.to_owned())
}

/// The certificate authorities that the flags name.
fn authorities(global: &Global) -> Result<Option<String>, Failure> {
    let text = global.ca_file.as_deref().map(files::read_text).transpose()?;
    Ok(text.map(|text| text.as_str().to_owned()))
}

fn operation(id: &str) -> Result<&'static Operation, Failure> {
    hansa_wire::find(id).ok_or_else(|| Failure::new(format!("there is no operation {id}")))
}

/// `host:port` of a URL.
fn authority(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next().filter(|text| !text.is_empty())?;
    let behind_host = authority.rsplit_once(']').map_or(authority, |(_, behind)| behind);
    match (behind_host.contains(':'), scheme) {
        (true, _) => Some(authority.to_owned()),
        (false, "https") => Some(format!("{authority}:443")),
        (false, _) => Some(format!("{authority}:80")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_has_a_port_in_any_case() {
        for (url, expected) in [
            ("http://127.0.0.1:7400", "127.0.0.1:7400"),
            ("http://node.example/x", "node.example:80"),
            ("https://node.example", "node.example:443"),
            ("http://[::1]:7400/", "[::1]:7400"),
            ("https://[::1]", "[::1]:443"),
        ] {
            assert_eq!(authority(url).as_deref(), Some(expected), "{url}");
        }
        assert_eq!(authority("node.example"), None);
    }

    #[test]
    fn a_name_that_is_no_url_is_a_slip_of_usage() {
        assert!(Remote::new("node.example", Credential::None, None).is_err());
    }
}
