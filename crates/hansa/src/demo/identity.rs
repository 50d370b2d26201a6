//! Scene 11: a stranger becomes a developer, brings an agent in, and leaves without a trace.
//!
//! The account's mail is read from the node's log. The agent makes its own key and proves that it
//! holds it; its card is checked against the keys that the node publishes for it.

use std::path::Path;

use hansa_crypto::card::{self, Form};
use hansa_crypto::{Secret, SigningKey, jwk};
use hansa_types::{Code, PrincipalId};
use hansa_wire::api::agents::{AgentCardSet, AgentKeyRotate};
use hansa_wire::api::auth::{AccountRegister, AccountVerify, SessionOpen, WhoAmI};
use hansa_wire::api::cards::{AgentCardExport, AgentPublicKey};
use hansa_wire::api::dids::{DidMethod, NewDid};
use hansa_wire::api::onboarding::AgentOnboard;
use hansa_wire::api::principals::PrincipalErase;
use hansa_wire::card::Card;
use hansa_wire::client::{ClientSecret, Credential};
use hansa_wire::scalar::{Email, Name, PrincipalRef, WireKey, WireSecret};

use super::expect::{equal, holds, refused, until};
use super::process::Stage;
use super::tell::{Facts, Told};
use crate::failure::Failure;
use crate::remote::{Idempotency, Remote};
use crate::sign::{self, Signer};

const EMAIL: &str = "dora@example.com";
const SKILL: &str = "proof-reading";

/// A person with an account.
pub(super) struct Developer {
    /// Her id.
    pub(super) id: PrincipalId,
    /// The node, asked in her session.
    pub(super) remote: Remote,
}

/// An agent that she brought in.
pub(super) struct Onboarded {
    pub(super) id: PrincipalId,
    key: SigningKey,
    /// With which her DID goes wherever its owner wants.
    pub(super) recovery: SigningKey,
    client: ClientSecret,
}

fn name(text: &str) -> Result<Name, Failure> {
    Name::new(text).ok_or_else(|| Failure::new("a name of the cast is none"))
}

fn email(text: &str) -> Result<Email, Failure> {
    Email::new(text).ok_or_else(|| Failure::new("an address of the cast is none"))
}

fn password() -> WireSecret {
    WireSecret(Secret::new("correct horse battery".to_owned()))
}

async fn log_in(remote: &Remote, address: &str) -> Result<Secret, Failure> {
    let open = SessionOpen {
        email: Some(email(address)?),
        password: Some(password()),
        passkey: None,
        totp: None,
        expires_in_s: None,
        cookie: false,
    };
    let opened = remote.call(&open).await?;
    let missing = || Failure::new("the node did not show the session's secret");
    Ok(opened.access_token.ok_or_else(missing)?.0)
}

/// She registers, reads her mail and logs in.
pub(super) async fn developer(stage: &Stage) -> Told<Developer> {
    let dora = person(stage, "Dora", EMAIL).await?;
    let me = dora.remote.call(&WhoAmI {}).await?;
    equal("who is logged in", me.id, dora.id)?;
    Ok((dora, Facts::new().with("developer", me.did.as_str())))
}

/// Somebody registers, reads her mail and logs in.
pub(super) async fn person(stage: &Stage, who: &str, address: &str) -> Result<Developer, Failure> {
    let url = &stage.announced.url;
    let guest = Remote::new(url, Credential::None, None)?;
    let (name, email) = (name(who)?, email(address)?);
    let register = AccountRegister { name, email, password: password(), public_key: None };
    guest.call(&register).await?;
    let token = until("that the mail arrives", || async { mailed(&stage.dir) }).await?;
    let made = guest.call(&AccountVerify { token: WireSecret(token) }).await?;
    let remote = Remote::new(url, Credential::ApiKey(log_in(&guest, address).await?), None)?;
    Ok(Developer { id: made.id, remote })
}

/// The token of the last mail in the node's log.
fn mailed(dir: &Path) -> Result<Option<Secret>, Failure> {
    let log = std::fs::read_to_string(dir.join(super::process::LOG))
        .map_err(|error| Failure::because("cannot read the node's log", &error))?;
    let Some(at) = log.rfind("mail_") else { return Ok(None) };
    let token = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    Ok(Some(Secret::new(log[at..].chars().take_while(token).collect())))
}

/// One call makes the agent, under a key of its own.
pub(super) async fn onboard(developer: &Developer) -> Told<Onboarded> {
    let (key, recovery) = (sign::new_key(), sign::new_key());
    let recovery_key = Some(WireKey(recovery.public()));
    let request = AgentOnboard {
        name: name("erin")?,
        public_key: Some(WireKey(key.public())),
        proof: developer.remote.prove_some(Some(&key)).await?,
        card: None,
        genesis_grant: true,
        actions: None,
        did: Some(NewDid { method: DidMethod::Webvh, recovery_key }),
        org: None,
    };
    let once = Idempotency::default();
    let unproven = AgentOnboard { proof: None, ..request.clone() };
    let outcome = developer.remote.call_once(&unproven, &once).await;
    refused("a key without a proof", outcome, Code::ProofInvalid)?;
    let made = developer.remote.call_once(&request, &once).await?;
    holds("the node never saw the private key", made.private_key_pem.is_none())?;
    let facts =
        Facts::new().with("agent", made.did.as_str()).with("client", made.client_id.to_string());
    let client = ClientSecret { id: made.client_id, secret: made.client_secret.0 };
    Ok((Onboarded { id: made.id, key, recovery, client }, facts))
}

/// Her agent gets a token for its client and acts with it.
pub(super) async fn token(stage: &Stage, agent: &Onboarded) -> Told<Remote> {
    let guest = Remote::new(&stage.announced.url, Credential::None, None)?;
    let issued = guest.plain().await?.token(&agent.client, None).await;
    let issued = issued.map_err(|error| guest.failure(error))?;
    let credential = Credential::ApiKey(issued.access_token.0);
    let remote = Remote::new(&stage.announced.url, credential, None)?;
    let me = remote.call(&WhoAmI {}).await?;
    equal("whom the token stands for", me.id, agent.id)?;
    let facts = Facts::new().with("method", me.method).with("expires_in", issued.expires_in);
    Ok((remote, facts))
}

/// The agent publishes a card, and everybody can check who signed it.
pub(super) async fn card(by_token: &Remote, agent: &Onboarded) -> Told<()> {
    let of = || PrincipalRef::Id(agent.id);
    let card = Card::draft("erin", &[SKILL], None).to_object();
    by_token.call_once(&AgentCardSet { agent: of(), card }, &Idempotency::default()).await?;
    let document = by_token.call(&AgentCardExport { agent: of() }).await?.0;
    let keys = by_token.call(&AgentPublicKey { agent: of() }).await?.keys;
    let signatures = card::read(&document)?;
    let verified = signatures.iter().filter_map(|signed| {
        keys.iter().find_map(|key| {
            let read = jwk::read(&serde_json::to_value(key).ok()?).ok()?;
            card::verify(&document, Form::TheProtocol, signed, &read.prepare()).ok().flatten()
        })
    });
    let verified: Vec<String> = verified.collect();
    equal("the signatures that verify", verified.len(), signatures.len())?;
    let kid = verified.into_iter().next().ok_or_else(|| Failure::new("the card is not signed"))?;
    Ok(((), Facts::new().with("signed_by", kid)))
}

/// The agent takes another key; what the former one signs still counts.
pub(super) async fn rotate(stage: &Stage, agent: &Onboarded) -> Told<()> {
    let url = &stage.announced.url;
    let signing =
        |key: &SigningKey| Remote::new(url, Credential::None, Some(Signer::new(key.clone())));
    let (key, former) = (sign::new_key(), signing(&agent.key)?);
    let rotate = AgentKeyRotate {
        agent: PrincipalRef::Id(agent.id),
        public_key: Some(WireKey(key.public())),
        proof: former.prove_some(Some(&key)).await?,
        revoke_former: false,
    };
    let rotated = former.call_once(&rotate, &Idempotency::default()).await?;
    for (what, remote) in [("the new key", signing(&key)?), ("the former key", former)] {
        equal(what, remote.call(&WhoAmI {}).await?.id, agent.id)?;
    }
    Ok(((), Facts::new().with("did", rotated.did.as_str())))
}

/// She leaves: what is personal is destroyed, and nobody logs in as her any more.
pub(super) async fn erase(stage: &Stage, developer: Developer) -> Told<()> {
    let request = PrincipalErase { principal: PrincipalRef::Id(developer.id), dry_run: false };
    let erased = developer.remote.call_once(&request, &Idempotency::default()).await?;
    let guest = Remote::new(&stage.announced.url, Credential::None, None)?;
    refused("the login of somebody erased", log_in(&guest, EMAIL).await, Code::LoginInvalid)?;
    let documents: u64 = erased.documents.iter().map(|kind| kind.count).sum();
    Ok(((), Facts::new().with("documents", documents).with("signed", erased.signature.is_some())))
}
