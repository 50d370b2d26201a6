//! Onboarding an agent in one call, and the tokens by which somebody else may make it.

use hansa_crypto::SigningKey;
use hansa_crypto::secret::{Secret, token, token_digest};
use hansa_kernel::grant::Action;
use hansa_kernel::onboard::{CreateBootstrap, Onboard};
use hansa_kernel::principal::{Create, Kind};
use hansa_kernel::{Command, Event};
use hansa_node::Done;
use hansa_types::{BootstrapId, ClientId, Code, PrincipalId};
use hansa_wire::Problem;
use hansa_wire::api::onboarding::{
    AgentOnboard, AgentOnboarded, BootstrapCreate, BootstrapCreated,
};
use hansa_wire::scalar::WireKey;

use super::agents::{genesis_transfer, profile};
use super::clients::SECRET_PREFIX;
use super::dids::{Named, did_of};
use super::grants::actions;
use super::orgs::seen_org;
use crate::answer::Answer;
use crate::context::{Context, Step};

/// What bootstrap tokens begin with.
const BOOTSTRAP_PREFIX: &str = "bst_";

/// Makes a bootstrap token of the caller.
pub(crate) async fn bootstrap_create(
    context: &Context,
    _: BootstrapCreate,
) -> Result<Answer, Problem> {
    let (done, created) = make_bootstrap(context).await?;
    Ok(Answer::done(&done, &created)?.secret())
}

/// Has a bootstrap token of the caller made.
pub(super) async fn make_bootstrap(context: &Context) -> Result<(Done, BootstrapCreated), Problem> {
    let node = &context.api.node;
    let secret = token(BOOTSTRAP_PREFIX, node.env.random());
    let create = CreateBootstrap {
        id: BootstrapId::new(node.now().0, node.env.random_u128()),
        principal: context.principal()?,
        secret: token_digest(secret.expose()),
    };
    let done = context.submit(Step::new(Command::BootstrapCreate(create))).await?;
    if done.repeated {
        return Err(Code::SecretAlreadyShown.into());
    }
    let Event::BootstrapCreated(made) = &done.entry.event else {
        return Err(Code::Internal.into());
    };
    let created = BootstrapCreated {
        bootstrap_token: secret.into(),
        expires_in: made.expires.0.saturating_sub(done.entry.ts.0) / 1_000,
        expires_at: made.expires.into(),
        seq: done.entry.seq,
    };
    Ok((done, created))
}

/// Onboards an agent under the caller's control.
pub(crate) async fn agent_onboard(
    context: &Context,
    request: AgentOnboard,
) -> Result<Answer, Problem> {
    let secret = token(SECRET_PREFIX, context.api.node.env.random());
    let (done, onboarded) = onboard(context, request, secret).await?;
    Ok(Answer::done(&done, &onboarded)?.secret())
}

/// Has an agent onboarded, whose client has this secret.
pub(super) async fn onboard(
    context: &Context,
    request: AgentOnboard,
    secret: Secret,
) -> Result<(Done, AgentOnboarded), Problem> {
    let node = &context.api.node;
    let (now, env) = (node.now(), &node.env);
    let made = request.public_key.is_none().then(|| SigningKey::from_seed(env.random()));
    let key = match (&made, request.public_key) {
        (Some(made), _) => made.public(),
        (None, brought) => brought.ok_or(Code::Internal)?.0,
    };
    if made.is_none() {
        context.check_proof(&key, request.proof.as_deref())?;
    }
    let org = match &request.org {
        Some(named) => Some(seen_org(context, named).await?.id),
        None => None,
    };
    let id = PrincipalId::new(now.0, env.random_u128());
    let (name, sealed) = profile(context, id, request.name, request.card).await?;
    let agent = Create {
        id,
        kind: Kind::Agent,
        key,
        card: Some(sealed.digest),
        genesis_grant: request.genesis_grant,
    };
    let client = ClientId::new(now.0, env.random_u128());
    let onboard = Onboard {
        agent,
        client,
        secret: token_digest(secret.expose()),
        actions: match &request.actions {
            Some(patterns) => actions(patterns)?,
            None => vec![Action::everything()],
        },
        agents_max: node.config.agents_per_developer_max,
        org,
    };
    let step = Step::new(Command::AgentOnboard(onboard)).with(Some(sealed));
    let mut named = Named::prepare(context, id, &key, request.did).await?;
    let mut outcomes = context.submit_with(vec![step], std::mem::take(&mut named.jobs)).await?;
    let done = outcomes.remove(0)?;
    if done.repeated {
        return Err(Code::SecretAlreadyShown.into());
    }
    let genesis_transfer = match request.genesis_grant {
        true => genesis_transfer(context, &done).await?,
        false => None,
    };
    let onboarded = AgentOnboarded {
        id,
        did: did_of(context, id).await?,
        name,
        public_key: WireKey(key),
        recovery_key_pem: named.shown(&outcomes).map(Into::into),
        private_key_pem: made.map(|key| Secret::from(key.to_pkcs8_pem()).into()),
        client_id: client,
        client_secret: secret.into(),
        token_endpoint: token_endpoint(context),
        genesis_transfer,
        seq: done.entry.seq,
        created_at: done.entry.ts.into(),
    };
    Ok((done, onboarded))
}

fn token_endpoint(context: &Context) -> String {
    let base = context.api.settings.public_url.as_deref().unwrap_or_default();
    format!("{}{}", base.trim_end_matches('/'), crate::oauth::TOKEN_PATH)
}
