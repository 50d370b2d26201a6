//! A new node gets its owner, by the token it printed when it started.

use hansa_crypto::SigningKey;
use hansa_crypto::secret::{Secret, token, token_digest};
use hansa_kernel::grant::Action;
use hansa_kernel::principal::{CreateApiKey, CreateOwner, SetCard, Trust};
use hansa_kernel::{Auth, Caller, Command, Request};
use hansa_node::writer::Job;
use hansa_types::{ApiKeyId, Code, PrincipalId};
use hansa_wire::Problem;
use hansa_wire::api::setup::{SetupComplete, SetupDone};
use hansa_wire::scalar::WireKey;

use super::cards::seal_draft;
use crate::answer::Answer;
use crate::context::Context;

/// What API keys begin with.
pub(crate) const KEY_PREFIX: &str = "hansa_";

/// Makes the owner, with an API key that covers everything.
pub(crate) async fn setup_complete(
    context: &Context,
    request: SetupComplete,
) -> Result<Answer, Problem> {
    let node = &context.api.node;
    let now = node.now();
    node.setup.check(request.token.0.expose(), now)?;
    let made = request.public_key.is_none().then(|| SigningKey::from_seed(node.env.random()));
    let key = request.public_key.map(|key| key.0).or(made.as_ref().map(SigningKey::public));
    let key = key.ok_or(Code::Internal)?;
    let id = PrincipalId::new(now.0, node.env.random_u128());
    let secret = token(KEY_PREFIX, node.env.random());
    let mut jobs = vec![
        job(Auth::Setup, Command::OwnerCreate(CreateOwner { id, key })),
        // What the token proves, the machine's operator: it was printed there and nowhere else.
        job(Auth::Machine, owner_key(id, ApiKeyId::new(now.0, node.env.random_u128()), &secret)),
    ];
    if let Some(name) = &request.name {
        let sealed = seal_draft(context, id, name.as_str()).await?;
        let set = Command::CardSet(SetCard {
            principal: id,
            card: sealed.digest,
            trust: Trust::default(),
            replaces: None,
        });
        jobs.push(Job { vault: sealed.changes, ..job(Auth::Machine, set) });
    }
    let mut outcomes = node.submit_all(jobs).await?.into_iter();
    let owner = outcomes.next().ok_or(Code::Internal)??;
    node.setup.close();
    for outcome in outcomes {
        outcome?;
    }
    let done = SetupDone {
        id,
        did: key.did_key(),
        public_key: WireKey(key),
        api_key: secret.into(),
        private_key_pem: made.map(|key| Secret::from(key.to_pkcs8_pem()).into()),
        seq: owner.entry.seq,
    };
    Ok(Answer::done(&owner, &done)?.secret())
}

fn owner_key(principal: PrincipalId, id: ApiKeyId, secret: &Secret) -> Command {
    Command::ApiKeyCreate(CreateApiKey {
        id,
        principal,
        secret: token_digest(secret.expose()),
        actions: vec![Action::everything()],
        expires: None,
    })
}

fn job(auth: Auth, command: Command) -> Job {
    let caller = Caller { principal: None, auth };
    let request = Request::new(caller, command, None);
    Job { request, vault: Vec::new() }
}
