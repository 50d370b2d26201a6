//! Making the node's owner from the machine itself, where no token is needed: whoever can open the
//! data directory could read everything in it anyway.

use hansa_crypto::json::canonical;
use hansa_crypto::secret::{token, token_digest};
use hansa_crypto::{Secret, SigningKey};
use hansa_kernel::grant::Action;
use hansa_kernel::principal::{CreateApiKey, CreateOwner, SetCard, Trust};
use hansa_kernel::{Auth, Caller, Command, Request};
use hansa_node::Node;
use hansa_node::vault::card_id;
use hansa_node::writer::Job;
use hansa_store::VaultChange;
use hansa_types::{ApiKeyId, PrincipalId};
use hansa_wire::api::setup::SetupDone;
use hansa_wire::card::Card;
use hansa_wire::scalar::{Name, WireKey, WireSecret};
use serde_json::Value;

use crate::failure::Failure;

/// What API keys begin with.
const KEY_PREFIX: &str = "hansa_";

/// Who becomes the owner.
#[derive(Debug, Clone, Default)]
pub(crate) struct NewOwner {
    /// What people call the owner.
    pub(crate) name: Option<Name>,
    /// The owner's public key; a pair is made without one.
    pub(crate) public_key: Option<WireKey>,
}

/// Makes an owner with an API key that covers everything. The answer holds the secrets, which are
/// kept nowhere.
pub(crate) async fn create(node: &Node, owner: NewOwner) -> Result<SetupDone, Failure> {
    let now = node.now();
    let made = match owner.public_key {
        Some(_) => None,
        None => Some(SigningKey::from_seed(node.env.random())),
    };
    let key = owner.public_key.map(|key| key.0).or(made.as_ref().map(SigningKey::public));
    let key = key.ok_or_else(|| Failure::new("no key was made"))?;
    let id = PrincipalId::new(now.0, node.env.random_u128());
    let secret = token(KEY_PREFIX, node.env.random());
    let api_key = CreateApiKey {
        id: ApiKeyId::new(now.0, node.env.random_u128()),
        principal: id,
        secret: token_digest(secret.expose()),
        actions: vec![Action::everything()],
        expires: None,
    };
    let mut jobs = vec![
        job(Command::OwnerCreate(CreateOwner { id, key }), Vec::new()),
        job(Command::ApiKeyCreate(api_key), Vec::new()),
    ];
    if let Some(name) = &owner.name {
        let card = Card::draft(name.as_str(), &[], None).to_object();
        let bytes = canonical(&Value::Object(card))?;
        let sealed = node.vault.seal(id, card_id(id), &bytes)?;
        let set =
            SetCard { principal: id, card: sealed.digest, trust: Trust::default(), replaces: None };
        jobs.push(job(Command::CardSet(set), sealed.changes));
    }
    let mut outcomes = node.submit_all(jobs).await?.into_iter();
    let first = outcomes.next().ok_or_else(|| Failure::new("the node did not answer"))??;
    for outcome in outcomes {
        outcome?;
    }
    Ok(SetupDone {
        id,
        did: key.did_key(),
        public_key: WireKey(key),
        api_key: WireSecret(secret),
        private_key_pem: made.map(|key| WireSecret(Secret::from(key.to_pkcs8_pem()))),
        seq: first.entry.seq,
    })
}

fn job(command: Command, vault: Vec<VaultChange>) -> Job {
    let caller = Caller { principal: None, auth: Auth::Machine };
    let request = Request::new(caller, command, None);
    Job { request, vault }
}
