//! Certificates from an authority (ACME, RFC 8555), proven on the node's own socket (RFC 8737).
//!
//! The authority connects to the name that the node asks a certificate for, over TLS, and sees an
//! answer that only the asking account could give: no second port, no file on a web server. The
//! account and the certificate with its key lie beside the node's key, sealed under it. A
//! certificate is renewed when a third of its life is left; while that fails the one before is shown.
//!
//! Deliberately absent: names with wildcards, which need a proof in DNS, and revocation.

use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;

use hansa_crypto::seal;
use hansa_types::{Duration, Time};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use instant_acme::{
    Account, AccountCredentials, AuthorizationStatus, BodyWrapper, BytesResponse, ChallengeType,
    HttpClient, Identifier, KeyAuthorization, NewAccount, NewOrder, Order, OrderStatus,
    RetryPolicy,
};
use rcgen::{CertificateParams, CustomExtension, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::CertifiedKey;
use serde::{Deserialize, Serialize};
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::{ServerIdentity, provider};
use crate::egress::{Egress, EgressLimits, EgressRequest, Purpose};
use crate::env::{Env, blocking, read_sealed, replace_sealed};
use crate::error::Error;
use crate::keys::NodeKeys;
use crate::limits::{ACME_LOOK_EVERY, ACME_RETRY_MAX, ACME_RETRY_MIN, ACME_TIME_MAX};
use crate::node::Node;

/// The account at the authority, sealed.
const ACCOUNT_FILE: &str = "acme-account.sealed";
/// The certificate and its key, sealed.
const CERTIFICATE_FILE: &str = "acme-certificate.sealed";

/// What an operator chose about certificates from an authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcmeSettings {
    /// The names that the certificate is for.
    pub names: Vec<String>,
    /// Whom the authority may write to about it.
    pub contact: Option<String>,
    /// The authority's directory.
    pub directory: String,
}

/// Why there is no new certificate.
#[derive(Debug, thiserror::Error)]
pub enum AcmeError {
    /// The authority refused, could not be reached, or did not keep to the protocol.
    #[error("the authority: {0}")]
    Authority(#[from] instant_acme::Error),
    /// The authority does not prove names over TLS.
    #[error("the authority does not offer to prove {0} over TLS")]
    NoChallenge(String),
    /// The authority did not find the proof of a name.
    #[error("the authority found no proof that the names lead here")]
    NotProven,
    /// A certificate for the proof could not be made.
    #[error("the answer to the authority could not be made: {0}")]
    Answer(String),
    /// It took too long.
    #[error("no certificate within the time")]
    Deadline,
    /// The files beside the node's key.
    #[error(transparent)]
    Node(#[from] Error),
}

/// A certificate as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    names: Vec<String>,
    chain: String,
    key: String,
}

/// An account as it is kept: it counts at its own authority only.
#[derive(Serialize, Deserialize)]
struct KeptAccount {
    directory: String,
    credentials: AccountCredentials,
}

/// How a node gets and renews its certificate.
pub struct Acme {
    settings: AcmeSettings,
    identity: Arc<ServerIdentity>,
    egress: Arc<Egress>,
    keys: Arc<NodeKeys>,
    env: Env,
    dir: PathBuf,
}

impl Acme {
    /// For a node, into an identity.
    pub fn new(node: &Node, settings: AcmeSettings, identity: Arc<ServerIdentity>) -> Self {
        let (egress, keys) = (Arc::clone(&node.egress), Arc::clone(&node.keys));
        Self { settings, identity, egress, keys, env: node.env.clone(), dir: node.keys_dir.clone() }
    }

    /// Shows the certificate that was kept, then keeps one that holds, for as long as it is waited
    /// for.
    pub async fn keep(self) {
        if let Err(error) = self.show_kept().await {
            let error: &dyn std::error::Error = &error;
            tracing::error!(error, "the certificate that was kept does not read");
        }
        let mut retry = ACME_RETRY_MIN;
        loop {
            let wait = match self.is_due() {
                false => ACME_LOOK_EVERY,
                true => match Box::pin(self.obtain()).await {
                    Ok(()) => {
                        retry = ACME_RETRY_MIN;
                        tracing::info!(names = ?self.settings.names, "a new certificate is shown");
                        ACME_LOOK_EVERY
                    }
                    Err(error) => {
                        let wait = retry;
                        retry = Duration((retry.0 * 2).min(ACME_RETRY_MAX.0));
                        let error: &dyn std::error::Error = &error;
                        tracing::error!(error, wait_s = wait.0 / 1_000, "no new certificate");
                        wait
                    }
                },
            };
            self.env.clock.sleep(wait).await;
        }
    }

    /// Gets a certificate now, shows it and keeps it.
    pub async fn obtain(&self) -> Result<(), AcmeError> {
        let got = tokio::select! {
            biased;
            got = Box::pin(self.get()) => got,
            () = self.env.clock.sleep(ACME_TIME_MAX) => Err(AcmeError::Deadline),
        };
        for name in &self.settings.names {
            self.identity.challenge(name, None);
        }
        let kept = got?;
        self.identity.show(&kept.chain, &kept.key)?;
        Ok(self.write(CERTIFICATE_FILE, &kept).await?)
    }

    async fn get(&self) -> Result<Kept, AcmeError> {
        let account = self.account().await?;
        let names = &self.settings.names;
        let identifiers: Vec<_> = names.iter().map(|name| Identifier::Dns(name.clone())).collect();
        let mut order = account.new_order(&NewOrder::new(&identifiers)).await?;
        self.prove(&mut order).await?;
        let retries =
            RetryPolicy::default().timeout(std::time::Duration::from_millis(ACME_TIME_MAX.0));
        if order.poll_ready(&retries).await? != OrderStatus::Ready {
            return Err(AcmeError::NotProven);
        }
        let key = order.finalize().await?;
        let chain = order.poll_certificate(&retries).await?;
        Ok(Kept { names: names.clone(), chain, key })
    }

    /// Lays out the answers, and tells the authority to look.
    async fn prove(&self, order: &mut Order) -> Result<(), AcmeError> {
        let mut authorizations = order.authorizations();
        while let Some(authorization) = authorizations.next().await {
            let mut authorization = authorization?;
            match authorization.status {
                AuthorizationStatus::Valid => continue,
                AuthorizationStatus::Pending => {}
                _ => return Err(AcmeError::NotProven),
            }
            let name = authorization.identifier().to_string();
            let mut challenge = authorization
                .challenge(ChallengeType::TlsAlpn01)
                .ok_or_else(|| AcmeError::NoChallenge(name.clone()))?;
            let answer = answer(&name, &challenge.key_authorization())?;
            self.identity.challenge(&name, Some(answer));
            challenge.set_ready().await?;
        }
        Ok(())
    }

    /// The account at the authority; a new one where there is none. Getting one agrees to the
    /// authority's terms of service.
    async fn account(&self) -> Result<Account, AcmeError> {
        let http = || Box::new(Outgoing(Arc::clone(&self.egress)));
        let kept: Option<KeptAccount> = self.read(ACCOUNT_FILE).await?;
        if let Some(kept) = kept.filter(|kept| kept.directory == self.settings.directory) {
            let builder = Account::builder_with_http(http());
            return Ok(builder.from_credentials(kept.credentials).await?);
        }
        let contact = self.settings.contact.as_ref().map(|contact| format!("mailto:{contact}"));
        let contact: Vec<&str> = contact.as_deref().into_iter().collect();
        let account = NewAccount {
            contact: &contact,
            terms_of_service_agreed: true,
            only_return_existing: false,
        };
        let directory = self.settings.directory.clone();
        let builder = Account::builder_with_http(http());
        let (account, credentials) = builder.create(&account, directory.clone(), None).await?;
        self.write(ACCOUNT_FILE, &KeptAccount { directory, credentials }).await?;
        Ok(account)
    }

    async fn show_kept(&self) -> Result<(), Error> {
        match self.read::<Kept>(CERTIFICATE_FILE).await? {
            Some(kept) if kept.names == self.settings.names => {
                self.identity.show(&kept.chain, &kept.key)
            }
            _ => Ok(()),
        }
    }

    /// Whether there is no certificate, or little of its life is left.
    fn is_due(&self) -> bool {
        let Some(leaf) = self.identity.leaf() else { return true };
        let Ok((_, certificate)) = X509Certificate::from_der(&leaf) else { return true };
        let validity = certificate.validity();
        let ends = (validity.not_before.timestamp(), validity.not_after.timestamp());
        is_due(ends, self.env.clock.wall())
    }

    async fn read<T: for<'a> Deserialize<'a>>(&self, name: &str) -> Result<Option<T>, Error> {
        let path = self.dir.join(name);
        let read = {
            let path = path.clone();
            blocking(move || read_sealed(&path)).await?
        };
        let failed = |source| Error::File { action: "reading", path: path.clone(), source };
        let Some(sealed) = read.map_err(failed)? else { return Ok(None) };
        let wrong = |why| Error::Key { path: path.clone(), why };
        let opened = seal::open(self.keys.acme(), name.as_bytes(), &sealed)
            .map_err(|_| wrong("does not open with the node's key"))?;
        let value = serde_json::from_slice(&opened).map_err(|_| wrong("does not read"))?;
        Ok(Some(value))
    }

    async fn write<T: Serialize>(&self, name: &str, value: &T) -> Result<(), Error> {
        let path = self.dir.join(name);
        let text = serde_json::to_vec(value).map(zeroize::Zeroizing::new);
        let text = text.map_err(|error| Error::Tls(error.to_string()))?;
        let sealed = seal::seal(self.keys.acme(), self.env.random(), name.as_bytes(), &text);
        let at = path.clone();
        let written = blocking(move || replace_sealed(&at, &sealed)).await?;
        written.map_err(|source| Error::File { action: "writing", path, source })
    }
}

/// Whether less than a third of a life, in seconds, is left.
fn is_due((begins, ends): (i64, i64), now: Time) -> bool {
    let now = i64::try_from(now.0 / 1_000).unwrap_or(i64::MAX);
    ends.saturating_sub(now) < ends.saturating_sub(begins) / 3
}

/// The certificate that proves a name: self-signed, with the digest that the account alone knows.
fn answer(name: &str, authorization: &KeyAuthorization) -> Result<CertifiedKey, AcmeError> {
    let failed = |error: String| AcmeError::Answer(error);
    let key = KeyPair::generate().map_err(|error| failed(error.to_string()))?;
    let mut params =
        CertificateParams::new([name.to_owned()]).map_err(|error| failed(error.to_string()))?;
    let digest = authorization.digest();
    params.custom_extensions = vec![CustomExtension::new_acme_identifier(digest.as_ref())];
    let certificate = params.self_signed(&key).map_err(|error| failed(error.to_string()))?;
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let key =
        provider().key_provider.load_private_key(key).map_err(|error| failed(error.to_string()))?;
    // Not `from_der`: its check knows no certificate with the extension that is the proof.
    Ok(CertifiedKey::new(vec![certificate.der().clone()], key))
}

/// The protocol's requests, by the node's one way out.
struct Outgoing(Arc<Egress>);

type Answered = Pin<Box<dyn Future<Output = Result<BytesResponse, instant_acme::Error>> + Send>>;

impl HttpClient for Outgoing {
    fn request(&self, request: hyper::Request<BodyWrapper<Bytes>>) -> Answered {
        let egress = Arc::clone(&self.0);
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let body = match body.collect().await {
                Ok(body) => body.to_bytes(),
                Err(never) => match never {},
            };
            let request = EgressRequest {
                purpose: Purpose::Acme,
                method: head.method,
                url: head.uri.to_string(),
                headers: head.headers,
                body,
                limits: EgressLimits::default(),
            };
            let answer = egress.send(request).await;
            let answer = answer.map_err(|error| instant_acme::Error::Other(Box::new(error)))?;
            let mut response = hyper::Response::new(Full::new(answer.body));
            *response.status_mut() = hyper::StatusCode::from_u16(answer.status)
                .map_err(|error| instant_acme::Error::Http(error.into()))?;
            *response.headers_mut() = answer.headers;
            Ok(BytesResponse::from(response))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_renewed_when_a_third_of_its_life_is_left() {
        let life = (1_000_000, 1_000_000 + 90 * 86_400);
        let at = |days: i64| Time(u64::try_from((1_000_000 + days * 86_400) * 1_000).unwrap());
        assert!(!is_due(life, at(0)) && !is_due(life, at(60)));
        assert!(is_due(life, at(61)) && is_due(life, at(90)) && is_due(life, at(400)));
    }
}
