//! The agents: who they are, what they can do and what they ask for.

use hansa_crypto::Secret;
use hansa_types::{CurrencyCode, PrincipalId};
use hansa_wire::WireAmount;
use hansa_wire::amp::Envelope;
use hansa_wire::api::accounts::{Balance, BalanceList};
use hansa_wire::api::agents::{AgentCreate, AgentCreated};
use hansa_wire::api::amp::EnvelopeAccepted;
use hansa_wire::api::discover::Price;
use hansa_wire::card::Card;
use hansa_wire::client::Credential;
use hansa_wire::scalar::{Limit, Name, PrincipalRef, WireKey};
use serde_json::Value;

use crate::failure::Failure;
use crate::remote::{Idempotency, Remote};
use crate::sign::Signer;

/// An agent before it is registered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Member {
    /// Its name.
    pub(crate) name: &'static str,
    /// What it can be asked for.
    pub(crate) skill: &'static str,
    /// What it asks for, in major units of AVT.
    pub(crate) price: &'static str,
}

impl Member {
    /// Who has work to give.
    pub(crate) const ALICE: Self = Self { name: "alice", skill: "bookkeeping", price: "80" };
    /// Who files taxes.
    pub(crate) const BOB: Self = Self { name: "bob", skill: "tax-filing", price: "50" };
    /// Who translates.
    pub(crate) const CAROL: Self = Self { name: "carol", skill: "translation", price: "20" };
}

/// The currency of the story.
pub(super) const CURRENCY: &str = "AVT";

/// Registers an agent with its card, under its own key or one that the node makes.
pub(crate) async fn register(
    remote: &Remote,
    member: &Member,
    public_key: Option<WireKey>,
) -> Result<AgentCreated, Failure> {
    let price = Price { amount: amount(member.price)?, currency: currency()? };
    let card = Card::draft(member.name, &[member.skill], Some(&price));
    let name = Name::new(member.name).ok_or_else(|| Failure::new("a name of the cast is none"))?;
    let card = Some(card.to_object());
    let request = AgentCreate { name, public_key, card, genesis_grant: true, did: None };
    remote.call_once(&request, &Idempotency::default()).await
}

/// An amount in major units.
pub(super) fn amount(text: &str) -> Result<WireAmount, Failure> {
    text.parse().map_err(|error| Failure::because(format!("{text} is no amount"), &error))
}

/// The currency of the story.
pub(super) fn currency() -> Result<CurrencyCode, Failure> {
    CURRENCY.parse().map_err(|error| Failure::because("AVT is no currency", &error))
}

/// An agent with everything it acts with.
pub(super) struct Actor {
    /// Its id.
    pub(super) id: PrincipalId,
    /// Its key and DID.
    pub(super) signer: Signer,
    /// Its API key.
    pub(super) api_key: Secret,
    /// The node, asked with its API key.
    pub(super) remote: Remote,
}

impl Actor {
    /// Goes to the node at another address.
    pub(super) fn moved_to(&mut self, url: &str) -> Result<(), Failure> {
        self.remote = Remote::new(url, Credential::ApiKey(self.api_key.clone()), None)?;
        Ok(())
    }

    /// What it holds.
    pub(super) async fn balance(&self) -> Result<Balance, Failure> {
        let principal = PrincipalRef::Id(self.id);
        let request = BalanceList { principal, cursor: None, limit: Limit::default() };
        let page = self.remote.call(&request).await?;
        let own = page.data.into_iter().find(|balance| balance.currency.as_str() == CURRENCY);
        own.ok_or_else(|| Failure::new(format!("{} has no account in {CURRENCY}", self.id)))
    }

    /// Signs an envelope and hands it in.
    pub(super) async fn send(&self, envelope: Envelope) -> Result<Sent, Failure> {
        let envelope = self.signer.sign(envelope)?.to_value()?;
        let accepted = self.remote.submit_value(envelope.clone()).await?;
        Ok(Sent { envelope, accepted })
    }
}

/// An envelope that was accepted.
pub(super) struct Sent {
    /// As it was signed.
    pub(super) envelope: Value,
    /// What it led to.
    pub(super) accepted: EnvelopeAccepted,
}

/// Everybody.
pub(super) struct Cast {
    /// The node, asked as its owner.
    pub(super) owner: Remote,
    /// The owner's API key.
    pub(super) owner_key: Secret,
    /// Who pays.
    pub(super) alice: Actor,
    /// Who works.
    pub(super) bob: Actor,
}

impl Cast {
    /// Everybody goes to the node at another address.
    pub(super) fn moved_to(&mut self, url: &str) -> Result<(), Failure> {
        self.owner = Remote::new(url, Credential::ApiKey(self.owner_key.clone()), None)?;
        self.alice.moved_to(url)?;
        self.bob.moved_to(url)
    }
}
