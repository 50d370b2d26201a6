//! Agents: principals with a key, a card and money.
//!
//! Deliberately absent: the card's own shape, which is [`crate::card`]'s.

use hansa_types::{Did, Digest, PrincipalId, TransferId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::accounts::Balance;
use super::dids::NewDid;
use super::{Page, is_default, operations, yes};
use crate::scalar::{
    Cursor, Hundredths, Limit, Name, Note, PrincipalRef, WireKey, WireSecret, WireTime,
};
use crate::schema;

operations! {
    AgentCreate = "agent_create" => AgentCreated;
    AgentGet = "agent_get" => Agent;
    AgentList = "agent_list" => Page<Agent>;
    AgentCardSet = "agent_card_set" => CardStored;
    AgentCardGet = "agent_card_get" => CardDocument;
    AgentSuspend = "agent_suspend" => Agent;
    AgentFreeze = "agent_freeze" => Agent;
    AgentReinstate = "agent_reinstate" => Agent;
    AgentKeyRotate = "agent_key_rotate" => AgentKeyRotated;
    ReputationGet = "reputation_get" => Reputation;
}

/// Registers an agent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentCreate {
    /// What people call it.
    pub name: Name,
    /// Its public key. Without one the node makes a key pair and shows the private key once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_key: Option<WireKey>,
    /// Its A2A card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<Map<String, Value>>,
    /// Whether it receives the node's genesis grant.
    #[serde(default = "yes")]
    pub genesis_grant: bool,
    /// What its DID shall be: one with a log and a recovery key, where the node has a public name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub did: Option<NewDid>,
}

/// An agent that was just registered, with what is shown only now.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct AgentCreated {
    /// Its id on this node.
    #[schemars(with = "schema::PrincipalId")]
    pub id: PrincipalId,
    /// Its DID.
    #[schemars(with = "schema::Did")]
    pub did: Did,
    /// Its name.
    pub name: Name,
    /// Its public key.
    pub public_key: WireKey,
    /// Its private key as PKCS#8 PEM: shown once, only when the node made it, never kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub private_key_pem: Option<WireSecret>,
    /// The private half of its recovery key as PKCS#8 PEM, by which its owner can move its DID to
    /// another node: shown once, only when the node made it, never kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery_key_pem: Option<WireSecret>,
    /// An API key for it: shown once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_key: Option<WireSecret>,
    /// The transfer of the genesis grant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::TransferId>")]
    pub genesis_transfer: Option<TransferId>,
    /// What it holds now.
    #[serde(default)]
    pub balances: Vec<Balance>,
    /// The entry that registered it.
    pub seq: u64,
    /// When that was.
    pub created_at: WireTime,
}

/// What kind of principal it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PrincipalKind {
    /// A program that acts for somebody.
    Agent,
    /// A human being.
    Person,
    /// An organization.
    Organization,
    /// A node.
    Node,
}

/// Whether a principal may act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PrincipalStatus {
    /// It may.
    Active,
    /// It may not, until the owner reinstates it.
    Suspended,
    /// It never will: what was personal about it was erased.
    Erased,
    /// It may, but moves no money until the owner reinstates it.
    Frozen,
}

/// A principal as others see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Agent {
    /// Its id on this node.
    #[schemars(with = "schema::PrincipalId")]
    pub id: PrincipalId,
    /// Its DID.
    #[schemars(with = "schema::Did")]
    pub did: Did,
    /// Its name, unless it was erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// What it is.
    pub kind: PrincipalKind,
    /// Whether it may act.
    pub status: PrincipalStatus,
    /// Whether it owns the node.
    #[serde(default, skip_serializing_if = "is_default")]
    pub owner: bool,
    /// Its public key.
    pub public_key: WireKey,
    /// Whether it has a card.
    pub has_card: bool,
    /// The entry that registered it.
    pub seq: u64,
    /// When that was.
    pub created_at: WireTime,
}

/// Reads one agent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentGet {
    /// Which agent.
    pub agent: PrincipalRef,
}

/// Lists agents, the newest first.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentList {
    /// Where to go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
    /// How many at most.
    #[serde(default)]
    pub limit: Limit,
}

/// Replaces an agent's card.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentCardSet {
    /// Which agent.
    pub agent: PrincipalRef,
    /// The A2A card.
    pub card: Map<String, Value>,
}

/// A card that was just stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CardStored {
    /// Whose card.
    #[schemars(with = "schema::PrincipalId")]
    pub agent: PrincipalId,
    /// SHA-256 of the card's canonical JSON.
    #[schemars(with = "schema::Digest")]
    pub digest: Digest,
    /// The entry that recorded it.
    pub seq: u64,
}

/// Reads an agent's card.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentCardGet {
    /// Which agent.
    pub agent: PrincipalRef,
}

/// An A2A card as its agent set it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct CardDocument(pub Map<String, Value>);

/// Stops an agent from acting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentSuspend {
    /// Which agent.
    pub agent: PrincipalRef,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<StopReason>,
    /// What else there is to say; kept sealed, and read by the agent and its controller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Note>,
}

/// Why a principal is suspended or frozen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StopReason {
    /// It harmed others or the node.
    Abuse,
    /// It deceived about money or about who it is.
    Fraud,
    /// Its keys or its account may be in wrong hands.
    Compromised,
    /// It broke the rules of the node.
    Policy,
    /// A court or an authority said so.
    Legal,
    /// Its owner asked for it.
    Requested,
}

/// Keeps an agent's money where it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentFreeze {
    /// Which agent.
    pub agent: PrincipalRef,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<StopReason>,
    /// What else there is to say; kept sealed, and read by the agent and its controller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Note>,
}

/// Lets a suspended or frozen agent act again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentReinstate {
    /// Which agent.
    pub agent: PrincipalRef,
    /// What was decided on its appeal; kept sealed, beside the journal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Note>,
}

/// Gives an agent another key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentKeyRotate {
    /// Which agent.
    pub agent: PrincipalRef,
    /// Its new public key. Without one the node makes a key pair and shows the private key once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_key: Option<WireKey>,
    /// Shows that the caller holds the key: as for onboarding. Required beside `public_key`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 2048))]
    pub proof: Option<String>,
    /// Whether all its former keys stop at once, as after a theft; otherwise the one that is replaced
    /// is accepted for seven more days.
    #[serde(default, skip_serializing_if = "is_default")]
    pub revoke_former: bool,
}

/// A key that was just replaced.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct AgentKeyRotated {
    /// Whose.
    #[schemars(with = "schema::PrincipalId")]
    pub agent: PrincipalId,
    /// Its DID from now on; it is still found by the former one.
    #[schemars(with = "schema::Did")]
    pub did: Did,
    /// Its public key.
    pub public_key: WireKey,
    /// Its private key as PKCS#8 PEM: shown once, only when the node made it, never kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub private_key_pem: Option<WireSecret>,
    /// Until when the former key is accepted; null if it no longer is.
    pub former_accepted_until: Option<WireTime>,
    /// The entry that recorded it.
    pub seq: u64,
}

/// Reads what an agent's counterparties made of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReputationGet {
    /// Which agent.
    pub agent: PrincipalRef,
}

/// What an agent's counterparties made of it: accumulators over settled work.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Reputation {
    /// Whose reputation.
    #[schemars(with = "schema::PrincipalId")]
    pub agent: PrincipalId,
    /// As the one who works; this is what discover sorts by.
    pub as_agent: Standing,
    /// As the one who pays.
    pub as_payer: Standing,
    /// The highest entry of the journal that this reflects.
    pub as_of_seq: u64,
}

/// How somebody did in one role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Standing {
    /// The mean of the ratings, 1 to 5; null before the first.
    pub rating: Option<Hundredths>,
    /// How many ratings.
    pub ratings: u64,
    /// Tasks settled with every milestone paid.
    pub completed: u64,
    /// Tasks settled with a milestone refused.
    pub failed: u64,
}
