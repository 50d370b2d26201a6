//! What The Protocol's published clients ask beside what has a native twin.

use hansa_crypto::secret::token;
use hansa_crypto::{Secret, jwk};
use hansa_kernel::principal::Kind;
use hansa_kernel::{Command, State};
use hansa_types::{Code, alias};
use hansa_wire::Problem;
use hansa_wire::api::api_keys::{ApiKey, ApiKeyCreate};
use hansa_wire::api::dids::{DidMethod, NewDid};
use hansa_wire::api::onboarding::AgentOnboard;
use hansa_wire::api::the_protocol::{
    AgentDidMethod, AgentMe, DeveloperKey, DeveloperKeyCreate, DeveloperKeyList, DeveloperKeyMade,
    DeveloperKeyRevoke, DeveloperKeys, Me, OnboardAgent, OnboardToken, OnboardTokenMade,
    OnboardedAgent, TegSend, TegSent,
};
use hansa_wire::api::transfers::TransferCreate;
use hansa_wire::card::incoming;
use hansa_wire::scalar::{ActionPattern, Name, WireKey};
use serde_json::Value;

use super::api_keys;
use super::onboarding::{make_bootstrap, onboard};
use super::transfers::{create, told};
use super::trial::attempt;
use crate::answer::Answer;
use crate::context::{Context, Step};

/// What secrets of The Protocol's clients begin with.
const COS_PREFIX: &str = "cos_secret_";

/// What API keys of The Protocol's developers begin with.
const AVREG_PREFIX: &str = "avreg_";

/// Says whom the credential stands for.
pub(crate) async fn agent_me(context: &Context, _: AgentMe) -> Result<Answer, Problem> {
    let id = context.principal()?;
    let look = move |state: &State| {
        let handle = state.principals.find(id)?;
        let found = state.principals.status(handle);
        (found.kind != Kind::Node).then(|| (state.did_at(handle), found.active))
    };
    let found = context.api.node.read(Some(id), look).await?;
    let (did, active) = found.ok_or(Code::CredentialInvalid)?;
    let status = if active { "active" } else { "suspended" };
    Answer::json(&Me { did, client_id: id.to_string(), status: status.to_owned() })
}

/// Makes a bootstrap token of the caller.
pub(crate) async fn onboard_token(context: &Context, _: OnboardToken) -> Result<Answer, Problem> {
    let (done, made) = make_bootstrap(context).await?;
    let made = OnboardTokenMade {
        bootstrap_token: made.bootstrap_token,
        expires_in: made.expires_in,
        expires_at: made.expires_at,
    };
    Ok(Answer::done(&done, &made)?.secret())
}

/// Makes an API key of the caller for everything.
pub(crate) async fn developer_key_create(
    context: &Context,
    request: DeveloperKeyCreate,
) -> Result<Answer, Problem> {
    let actions = ActionPattern::new("*").into_iter().collect();
    let native = ApiKeyCreate { actions, expires_in_s: None, label: request.description };
    let secret = token(AVREG_PREFIX, context.api.node.env.random());
    let (done, made) = api_keys::create(context, native, secret).await?;
    let made = DeveloperKeyMade {
        plain_api_key: made.api_key,
        api_key_info: DeveloperKey {
            id: made.id,
            key_prefix: AVREG_PREFIX.to_owned(),
            description: made.label,
            is_active: true,
            created_at: made.created_at,
            last_used_at: None,
        },
    };
    Ok(Answer::done(&done, &made)?.secret())
}

/// Lists the API keys of the caller that may be used.
pub(crate) async fn developer_key_list(
    context: &Context,
    _: DeveloperKeyList,
) -> Result<Answer, Problem> {
    let keys = api_keys::live(context).await?;
    Answer::json(&DeveloperKeys(keys.into_iter().map(developer_key).collect()))
}

/// Revokes an API key of the caller.
pub(crate) async fn developer_key_revoke(
    context: &Context,
    request: DeveloperKeyRevoke,
) -> Result<Answer, Problem> {
    let (done, revoked) = api_keys::revoke(context, request.key).await?;
    Answer::done(&done, &developer_key(revoked))
}

fn developer_key(key: ApiKey) -> DeveloperKey {
    DeveloperKey {
        id: key.id,
        key_prefix: String::new(),
        description: key.label,
        is_active: key.revoked_at.is_none(),
        created_at: key.created_at,
        last_used_at: key.last_used_at,
    }
}

/// Makes an agent with its card and its client.
pub(crate) async fn onboard_agent(
    context: &Context,
    request: OnboardAgent,
) -> Result<Answer, Problem> {
    let card = incoming::profile(request.agent_card);
    let name = card.get("name").and_then(Value::as_str).and_then(Name::new);
    let name =
        name.ok_or_else(|| Problem::new(Code::CardInvalid, "agent_card.name: is required"))?;
    let key = request.public_key_jwk.map(|jwk| jwk::read(&Value::Object(jwk))).transpose();
    let key = key.map_err(|error| {
        Problem::new(Code::PublicKeyInvalid, format!("public_key_jwk: {error}"))
    })?;
    let did = match request.agent_did_method {
        AgentDidMethod::Key => Some(NewDid { method: DidMethod::Key, recovery_key: None }),
        AgentDidMethod::WebVh => Some(NewDid { method: DidMethod::Webvh, recovery_key: None }),
        AgentDidMethod::Cos | AgentDidMethod::TheProtocol => None,
    };
    let native = AgentOnboard {
        name,
        public_key: key.map(WireKey),
        proof: request.proof,
        card: Some(card),
        genesis_grant: true,
        actions: None,
        did,
        org: None,
    };
    let secret = Secret::new(format!("{COS_PREFIX}{}", hex(context.api.node.env.random())));
    let (done, made) = onboard(context, native, secret).await?;
    let aliases = alias::aliases(made.id, &context.api.node.config.host);
    let own = aliases.into_iter().find(|did| did.method() == "theprotocol");
    let funded = made.genesis_transfer.map(|transfer| transfer.to_string());
    let onboarded = OnboardedAgent {
        agent_did: own.unwrap_or(made.did),
        client_id: made.client_id,
        client_secret: made.client_secret,
        account_status: "active".to_owned(),
        initial_funding_status: if funded.is_some() { "completed" } else { "none" }.to_owned(),
        faucet_transaction_id: funded.unwrap_or_default(),
        agent_card_id: made.id.to_string(),
        agent_card_name: made.name,
        private_key_pem: made.private_key_pem,
        recovery_key_pem: made.recovery_key_pem,
    };
    Ok(Answer::done(&done, &onboarded)?.secret())
}

fn hex(bytes: [u8; 32]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Sends money from the caller to an agent of this node.
pub(crate) async fn teg_send(context: &Context, request: TegSend) -> Result<Answer, Problem> {
    let TegSend { receiver_did: to, amount, dry_run, message, .. } = request;
    let wanted = TransferCreate { from: None, to, amount, currency: None, hold: None, dry_run };
    let (create, currency) = create(context, wanted).await?;
    let command = Command::TransferCreate(create);
    let mut sent = TegSent {
        ok: true,
        method: "local".to_owned(),
        status: "dry_run".to_owned(),
        transfer_id: None,
        currency_sent: currency.code,
        currency_received: currency.code,
        receiver_registry: context.api.node.config.host.clone(),
        detail: match message {
            None => "The payee is on this node.".to_owned(),
            Some(_) => "The payee is on this node; the message was not kept.".to_owned(),
        },
    };
    if dry_run {
        attempt(context, command).await?;
        return Answer::json(&sent);
    }
    let done = context.submit(Step::new(command)).await?;
    sent.status = "completed".to_owned();
    sent.transfer_id = told(&done.entry, &currency)?.id;
    let answer = Answer::done(&done, &sent)?;
    Ok(match sent.transfer_id {
        Some(transfer) => answer.with_transfer(transfer),
        None => answer,
    })
}
