//! Access tokens: short-lived JWTs that the node signs for OAuth clients, and those that
//! principals sign for themselves.
//!
//! An access token (RFC 9068) is signed with the node's key, is meant for this node alone (`aud` is
//! its DID), and carries its principal's epoch. A principal's own token is signed with its own key,
//! lives at most five minutes and counts once: its id is remembered until it has expired. After a
//! restart nobody remembers, so tokens from before it count for nothing.
//!
//! Algorithms and keys are fixed by the type of the token. Nothing of a token is kept that could be
//! used again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use hansa_crypto::compare::equal;
use hansa_crypto::hash::label;
use hansa_crypto::jws::{Header, Unverified, sign};
use hansa_crypto::secret::token_digest;
use hansa_crypto::{PublicKey, Secret, jwk};
use hansa_kernel::client::{Claims, Jwt, Signer};
use hansa_kernel::grant::Action;
use hansa_kernel::{Auth, State};
use hansa_types::{BootstrapId, ClientId, Code, Did, Digest, Label, PrincipalId, Rejection, Time};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::credentials::Identity;
use crate::limits::{
    ACCESS_TOKEN_LIFE, OWN_TOKEN_LEEWAY, OWN_TOKEN_LIFE_MAX, OWN_TOKENS_REMEMBERED_MAX,
    TOKEN_ID_BYTES_MAX,
};
use crate::node::Node;

/// The type of access tokens (RFC 9068 section 2.1).
const ACCESS: &str = "at+jwt";
/// The type of tokens that principals sign for themselves.
const OWN: &str = "JWT";

/// A client whose secret was checked, or whose token was.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownClient {
    /// Its id.
    pub id: ClientId,
    /// For whom it stands.
    pub principal: PrincipalId,
    /// That principal's DID.
    pub did: Did,
    /// How often that principal's tokens were revoked.
    pub epoch: u64,
    /// Whether that principal may act.
    pub active: bool,
    /// What its tokens may do at most.
    pub actions: Vec<Action>,
    secret: Digest,
}

/// A new access token.
#[derive(Debug)]
pub struct Issued {
    /// The token.
    pub token: Secret,
    /// Seconds for which it counts.
    pub expires_in_s: u64,
    /// What it may be used for.
    pub scope: String,
}

/// What an access token says (RFC 9068 section 2.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessClaims {
    /// Who gave it out: the URL of the node.
    pub iss: String,
    /// The DID of whom it stands for.
    pub sub: String,
    /// The DID of the node it is for.
    pub aud: String,
    /// When it ends, in seconds.
    pub exp: u64,
    /// When it was given out, in seconds.
    pub iat: u64,
    /// Its own id.
    pub jti: String,
    /// To which client it was given.
    pub client_id: ClientId,
    /// What it may be used for: patterns of operations, separated by spaces.
    pub scope: String,
    /// The epoch of whom it stands for.
    pub epoch: u64,
}

/// What a principal's own token says.
#[derive(Debug, Deserialize)]
struct OwnClaims {
    iss: String,
    aud: String,
    exp: u64,
    iat: u64,
    #[serde(default)]
    jti: Option<String>,
    #[serde(default)]
    nonce: Option<String>,
}

/// The ids of own tokens that were used, until they have expired.
pub struct OwnTokens {
    /// Tokens from before this moment may have been used before the node started.
    since: Option<Time>,
    used: Mutex<Used>,
}

#[derive(Default)]
struct Used {
    by_end: BTreeSet<(Time, Label)>,
    ends: BTreeMap<Label, Time>,
}

impl OwnTokens {
    /// Remembers from now on; a node that was just founded has nothing to have forgotten.
    pub fn new(since: Option<Time>) -> Self {
        Self { since, used: Mutex::default() }
    }

    /// Takes a token's id, once. It is remembered until `end`.
    fn take(&self, id: Label, issued: Time, end: Time, now: Time) -> Result<(), Rejection> {
        if self.since.is_some_and(|since| issued < since.after(OWN_TOKEN_LEEWAY)) {
            return Err(Rejection::new(
                Code::CredentialInvalid,
                "the token may have been used before the node restarted; sign a new one",
            ));
        }
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(&(over, id)) = used.by_end.first().filter(|(over, _)| *over <= now) {
            used.by_end.remove(&(over, id));
            used.ends.remove(&id);
        }
        if used.ends.contains_key(&id) {
            return Err(Rejection::new(Code::CredentialInvalid, "the token was used before"));
        }
        if used.ends.len() >= OWN_TOKENS_REMEMBERED_MAX {
            return Err(Code::RateLimited.into());
        }
        used.by_end.insert((end, id));
        used.ends.insert(id, end);
        Ok(())
    }
}

/// Looks a client up in the state.
fn client(state: &State, id: ClientId) -> Option<KnownClient> {
    let client = state.clients.get(&id)?;
    let principal = state.principals.get(client.principal);
    Some(KnownClient {
        id,
        principal: principal.id,
        did: state.did_at(client.principal),
        epoch: principal.epoch,
        active: state.principals.status(client.principal).active,
        actions: client.actions.clone(),
        secret: client.secret,
    })
}

fn refuse<T>(detail: &'static str) -> Result<T, Rejection> {
    Err(Rejection::new(Code::CredentialInvalid, detail))
}

/// Patterns of operations, separated by single spaces.
pub fn scope(actions: &[Action]) -> String {
    actions.iter().map(Action::as_str).collect::<Vec<_>>().join(" ")
}

/// Reads patterns of operations (RFC 6749 section 3.3).
pub fn read_scope(scope: &str) -> Result<Vec<Action>, Rejection> {
    scope.split(' ').map(str::parse).collect()
}

/// Whether a bearer token has the shape of a JWT; API keys have no points.
pub(crate) fn is_jwt(token: &str) -> bool {
    token.starts_with("ey") && token.bytes().filter(|&b| b == b'.').count() == 2
}

impl Node {
    /// The client of an id and a secret.
    pub async fn authenticate_client(
        &self,
        id: &str,
        secret: &str,
    ) -> Result<KnownClient, Rejection> {
        let Ok(id) = id.parse() else { return refuse("unknown client, or wrong secret") };
        let digest = token_digest(secret);
        let found = self.read(None, move |state| client(state, id)).await?;
        let known = found.filter(|known| equal(&known.secret.0, &digest.0));
        let Some(known) = known else { return refuse("unknown client, or wrong secret") };
        match known.active {
            true => Ok(known),
            false => Err(Code::PrincipalSuspended.into()),
        }
    }

    /// A client by its id alone, for those whose proof was checked otherwise.
    pub async fn known_client(&self, id: ClientId) -> Result<KnownClient, Rejection> {
        let Some(known) = self.read(None, move |state| client(state, id)).await? else {
            return refuse("the client was revoked");
        };
        match known.active {
            true => Ok(known),
            false => Err(Code::PrincipalSuspended.into()),
        }
    }

    /// Gives a client a token for some of what it may do.
    pub fn issue_token(
        &self,
        client: &KnownClient,
        wanted: &[Action],
        issuer: &str,
    ) -> Result<Issued, Rejection> {
        let wider = |action: &&Action| !client.actions.iter().any(|own| own.includes(action));
        if let Some(action) = wanted.iter().find(wider) {
            let detail = format!("{} is wider than what the client may do", action.as_str());
            return Err(Rejection::new(Code::Forbidden, detail));
        }
        let now = self.now().0 / 1_000;
        let claims = AccessClaims {
            iss: issuer.to_owned(),
            sub: client.did.to_string(),
            aud: self.keys.signing().public().did_key().to_string(),
            exp: now + ACCESS_TOKEN_LIFE.0 / 1_000,
            iat: now,
            jti: Label(self.env.random()).to_string(),
            client_id: client.id,
            scope: scope(wanted),
            epoch: client.epoch,
        };
        let payload = serde_json::to_vec(&claims).map_err(|_| Code::Internal)?;
        let key = self.keys.signing();
        let header = Header::new(ACCESS, jwk::thumbprint(&key.public()));
        let token = Secret::new(sign(&header, &payload, key));
        Ok(Issued { token, expires_in_s: claims.exp - claims.iat, scope: claims.scope })
    }

    /// What an access token says and to whom it was given, if it counts now.
    pub async fn inspect_token(
        &self,
        token: &str,
    ) -> Result<(AccessClaims, KnownClient), Rejection> {
        let claims = self.verify_access(Unverified::read(token).map_err(invalid)?)?;
        let id = claims.client_id;
        let found = self.read(None, move |state| client(state, id)).await?;
        let Some(known) = found else { return refuse("the client was revoked") };
        if known.epoch != claims.epoch {
            return refuse("the token was revoked");
        }
        match known.active {
            true => Ok((claims, known)),
            false => Err(Code::PrincipalSuspended.into()),
        }
    }

    /// Checks signature, audience and time of an access token.
    fn verify_access(&self, read: Unverified<'_>) -> Result<AccessClaims, Rejection> {
        let kid = read.header().kid.clone();
        let signed = |key: &PublicKey| kid.as_deref() == Some(jwk::thumbprint(key).as_str());
        let Some(key) = self.own_keys().into_iter().find(signed) else {
            return refuse("the token is not signed with this node's key");
        };
        let claims = read.verify_claims(&key.prepare(), ACCESS).map_err(invalid)?;
        let claims: AccessClaims = serde_json::from_value(Value::Object(claims))
            .map_err(|_| Rejection::new(Code::CredentialInvalid, "not the claims of a token"))?;
        if !self.is_meant(&claims.aud) {
            return refuse("the token is for another node");
        }
        match moment(claims.exp) > self.now() {
            true => Ok(claims),
            false => refuse("the token has expired"),
        }
    }

    /// Whether an audience is this node.
    fn is_meant(&self, audience: &str) -> bool {
        audience.parse().is_ok_and(|did: Did| self.is_own_did(&did))
    }

    /// Who a JWT stands for, and until when that may be remembered.
    pub(crate) async fn authenticate_jwt(
        &self,
        token: &str,
    ) -> Result<(Identity, Option<Time>), Rejection> {
        let read = Unverified::read(token).map_err(invalid)?;
        if read.header().is_of_type(OWN) {
            return Ok((self.authenticate_own(read).await?, None));
        }
        let (claims, known) = self.inspect_token(token).await?;
        let (expires, actions) = (moment(claims.exp), read_scope(&claims.scope)?);
        let kept = Claims { expires, epoch: Some(claims.epoch), actions: Some(actions.clone()) };
        let auth = Auth::Jwt(Jwt {
            signer: Signer::Client(known.id),
            jti: label(&claims.jti),
            claims: Some(Arc::new(kept)),
        });
        let actions = Some(actions.into());
        Ok((Identity { principal: known.principal, auth, actions }, Some(expires)))
    }

    /// Who signed a token for itself.
    async fn authenticate_own(&self, read: Unverified<'_>) -> Result<Identity, Rejection> {
        let claims = read.claims_unverified().map_err(invalid)?;
        let claims: OwnClaims = serde_json::from_value(Value::Object(claims))
            .map_err(|_| Rejection::new(Code::CredentialInvalid, "iss, aud, exp, iat and jti"))?;
        let did: Did = claims.iss.parse().map_err(|_| Code::DidUnknown)?;
        let now = self.now();
        let key = self.own_key(did, &read, now).await?;
        let (issued, expires) = (moment(claims.iat), moment(claims.exp));
        if !self.is_meant(&claims.aud) {
            return refuse("the token is for another node");
        }
        if expires <= now || issued > now.after(OWN_TOKEN_LEEWAY) {
            return refuse("the token has expired, or is from the future");
        }
        if expires > issued.after(OWN_TOKEN_LIFE_MAX) {
            return refuse("a token that an agent signs for itself lives at most 300 seconds");
        }
        let id = claims.jti.or(claims.nonce).filter(|id| !id.is_empty());
        let Some(id) = id.filter(|id| id.len() <= TOKEN_ID_BYTES_MAX) else {
            return refuse("the token needs a jti of 1 to 128 bytes");
        };
        let found = self.read(None, move |state| {
            let handle = state.principals.find_by_key(&key)?;
            let principal = state.principals.get(handle);
            let active = state.principals.status(handle).active;
            principal.accepts(&key, now).then_some((principal.id, active))
        });
        let (principal, active) = found.await?.ok_or(Code::DidUnknown)?;
        if !active {
            return Err(Code::PrincipalSuspended.into());
        }
        let jti = label(&format!("{key} {id}"));
        self.own_tokens.take(jti, issued, expires, now)?;
        let kept = Claims { expires, epoch: None, actions: None };
        let jwt = Jwt { signer: Signer::Key(key), jti, claims: Some(Arc::new(kept)) };
        Ok(Identity { principal, auth: Auth::Jwt(jwt), actions: None })
    }

    /// The key behind a DID that has signed a token: the one the DID is made of, or one of the
    /// principal that it names.
    async fn own_key(
        &self,
        did: Did,
        read: &Unverified<'_>,
        now: Time,
    ) -> Result<PublicKey, Rejection> {
        let keys = match PublicKey::from_did_key(&did) {
            Ok(key) => vec![key],
            Err(_) => self.keys_of(did, now).await?,
        };
        let signed = keys.into_iter().find(|key| read.is_by(&key.prepare()));
        signed.ok_or_else(|| invalid(hansa_crypto::JwsError::Signature))
    }

    /// The keys that the principal behind a DID acts by.
    async fn keys_of(&self, did: Did, now: Time) -> Result<Vec<PublicKey>, Rejection> {
        let host = self.config.host.clone();
        let look = move |state: &State| {
            let found = state.find_by_did(&did, &host)?;
            Some(state.principals.get(found).keys(now).map(|(key, _)| key).collect())
        };
        self.read(None, look).await?.ok_or_else(|| Code::DidUnknown.into())
    }

    /// Who a bootstrap token stands for.
    pub async fn authenticate_bootstrap(&self, token: &str) -> Result<Identity, Rejection> {
        let (secret, now) = (token_digest(token), self.now());
        let look = move |state: &State| -> Option<(BootstrapId, PrincipalId, bool)> {
            let id = state.bootstrap_by_secret(&secret)?;
            let token = state.bootstraps.get(&id)?;
            let principal = state.principals.get(token.principal).id;
            Some((id, principal, !token.used && token.expires > now))
        };
        match self.read(None, look).await? {
            Some((id, principal, true)) => {
                let actions = Some(vec!["agent_onboard".parse()?].into());
                Ok(Identity { principal, auth: Auth::Bootstrap(id), actions })
            }
            _ => refuse("the bootstrap token is unknown, used or expired"),
        }
    }
}

fn moment(seconds: u64) -> Time {
    Time(seconds.saturating_mul(1_000))
}

fn invalid(error: hansa_crypto::JwsError) -> Rejection {
    Rejection::new(Code::CredentialInvalid, error.to_string())
}
