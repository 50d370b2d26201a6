//! Paths of The Protocol that its published clients call and that have no native twin of the same
//! shape.

use hansa_types::{ApiKeyId, ClientId, CurrencyCode, Did, TransferId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::operations;
use crate::amount::WireAmount;
use crate::scalar::{KeyLabel, Name, PrincipalRef, SearchText, WireSecret, WireTime};
use crate::schema;

operations! {
    AgentMe = "agent_me" => Me;
    TegSend = "teg_send" => TegSent;
    OnboardToken = "onboard_token" => OnboardTokenMade;
    OnboardAgent = "onboard_agent" => OnboardedAgent;
    DeveloperKeyCreate = "developer_key_create" => DeveloperKeyMade;
    DeveloperKeyList = "developer_key_list" => DeveloperKeys;
    DeveloperKeyRevoke = "developer_key_revoke" => DeveloperKey;
}

/// Says whom the credential stands for.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentMe {}

/// Whom a credential stands for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Me {
    /// Its DID.
    #[schemars(with = "schema::Did")]
    pub did: Did,
    /// What it is known by where tokens are given out.
    pub client_id: String,
    /// `active` or `suspended`.
    pub status: String,
}

/// Makes a token with which one agent can be made in the caller's name.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OnboardToken {
    /// What kind of agent it will be. It is not kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_type_hint: Option<SearchText>,
    /// Who asked for it. It is not kept: the credential says who did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested_by: Option<SearchText>,
}

/// A bootstrap token.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct OnboardTokenMade {
    /// The token to send as `Bootstrap-Token`: shown once, works once.
    pub bootstrap_token: WireSecret,
    /// Seconds until it stops working.
    pub expires_in: u64,
    /// When that is.
    pub expires_at: WireTime,
}

/// Makes an agent with its card and its OAuth client.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OnboardAgent {
    /// What its DID shall be.
    pub agent_did_method: AgentDidMethod,
    /// Its public key, Ed25519 as JSON Web Key. Without one the node makes a key pair and shows the
    /// private key once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_key_jwk: Option<Map<String, Value>>,
    /// Shows that the caller holds the key, as `agent_onboard` has it. Required beside
    /// `public_key_jwk`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 2048))]
    pub proof: Option<String>,
    /// This node asks for no work; a solution to any is not looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof_of_work_solution: Option<SearchText>,
    /// Its card, of The Protocol or of A2A.
    pub agent_card: Map<String, Value>,
}

/// DID methods that an agent may be asked for by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AgentDidMethod {
    /// The Protocol's older one.
    Cos,
    /// The Protocol's own.
    TheProtocol,
    /// One with a log, where the node has a public name.
    WebVh,
    /// The key itself.
    Key,
}

/// An agent that was just made, with what is shown only now.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct OnboardedAgent {
    /// Its DID in The Protocol's own method, where the node's name allows one; it has others beside.
    #[schemars(with = "schema::Did")]
    pub agent_did: Did,
    /// The id of its OAuth client.
    #[schemars(with = "schema::ClientId")]
    pub client_id: ClientId,
    /// The client's secret: shown once.
    pub client_secret: WireSecret,
    /// `active`.
    pub account_status: String,
    /// `completed` where it received the genesis grant, else `none`.
    pub initial_funding_status: String,
    /// The transfer of the genesis grant; empty where there was none.
    pub faucet_transaction_id: String,
    /// The id under which its card is kept: its own.
    pub agent_card_id: String,
    /// The name on its card.
    pub agent_card_name: Name,
    /// Its private key as PKCS#8 PEM: shown once, only when the node made it, never kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub private_key_pem: Option<WireSecret>,
    /// The private half of its recovery key as PKCS#8 PEM: shown once, only when there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery_key_pem: Option<WireSecret>,
}

/// Makes an API key of the caller for everything that it may do.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeveloperKeyCreate {
    /// What the caller calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<KeyLabel>,
}

/// An API key that was just made.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct DeveloperKeyMade {
    /// The secret to send as `X-Api-Key` or `Authorization: Bearer`: shown once.
    pub plain_api_key: WireSecret,
    /// What is known of it later.
    pub api_key_info: DeveloperKey,
}

/// An API key without its secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DeveloperKey {
    /// Its id.
    #[schemars(with = "schema::ApiKeyId")]
    pub id: ApiKeyId,
    /// What its secret begins with; empty in a list, for the node keeps digests of secrets alone.
    pub key_prefix: String,
    /// What its owner calls it.
    pub description: Option<KeyLabel>,
    /// Whether it may be used.
    pub is_active: bool,
    /// When it was made.
    pub created_at: WireTime,
    /// When it was last used; null for a new one.
    pub last_used_at: Option<WireTime>,
}

/// Lists the caller's API keys that may be used.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeveloperKeyList {}

/// API keys, the newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct DeveloperKeys(pub Vec<DeveloperKey>);

/// Revokes an API key of the caller.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeveloperKeyRevoke {
    /// Which key.
    #[schemars(with = "schema::ApiKeyId")]
    pub key: ApiKeyId,
}

/// Sends money from the caller, by whichever way reaches the payee.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TegSend {
    /// Who receives.
    pub receiver_did: PrincipalRef,
    /// How much, of the node's own currency.
    pub amount: WireAmount,
    /// Answer as if it were done, and do nothing.
    #[serde(default, skip_serializing_if = "super::is_default")]
    pub dry_run: bool,
    /// A word to the payee. It is not kept: the journal holds no texts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<SearchText>,
    /// Which way to take to another node; payees of this node need none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backend: Option<Backend>,
}

/// Ways to another node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Backend {
    /// Both at once.
    #[serde(rename = "2pc")]
    TwoPhase,
    /// One after the other.
    #[serde(rename = "async")]
    Async,
}

/// What became of the money.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TegSent {
    /// Whether it was accepted.
    pub ok: bool,
    /// The way it took: `local`.
    pub method: String,
    /// `completed`, or `dry_run` when nothing moved.
    pub status: String,
    /// The transfer; null when nothing moved.
    #[schemars(with = "Option<schema::TransferId>")]
    pub transfer_id: Option<TransferId>,
    /// What the payer paid in.
    #[schemars(with = "schema::CurrencyCode")]
    pub currency_sent: CurrencyCode,
    /// What the payee received.
    #[schemars(with = "schema::CurrencyCode")]
    pub currency_received: CurrencyCode,
    /// The node of the payee.
    pub receiver_registry: String,
    /// In words.
    pub detail: String,
}
