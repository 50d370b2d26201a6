//! Giving an agent another key.

use hansa_crypto::secret::Secret;
use hansa_crypto::{PublicKey, SigningKey};
use hansa_kernel::limits::KEY_OVERLAP;
use hansa_kernel::principal::RotateKey;
use hansa_kernel::{Command, Event};
use hansa_node::Done;
use hansa_node::did::Subject;
use hansa_types::{Code, PrincipalId};
use hansa_wire::Problem;
use hansa_wire::api::agents::{AgentKeyRotate, AgentKeyRotated};
use hansa_wire::scalar::WireKey;

use super::dids::did_of;
use crate::answer::Answer;
use crate::context::{Context, Step};

/// Replaces the key that an agent signs with, by one of the caller's or by one that is made here and
/// shown once.
pub(crate) async fn agent_key_rotate(
    context: &Context,
    request: AgentKeyRotate,
) -> Result<Answer, Problem> {
    let principal = context.find(&request.agent, Code::PrincipalUnknown).await?;
    let seed = || SigningKey::from_seed(context.api.node.env.random());
    let made = request.public_key.is_none().then(seed);
    let key = request.public_key.map(|key| key.0).or(made.as_ref().map(SigningKey::public));
    let key: PublicKey = key.ok_or(Code::Internal)?;
    if made.is_none() {
        context.check_proof(&key, request.proof.as_deref())?;
    }
    let rotate = RotateKey { principal, key, revoke_former: request.revoke_former };
    let until = (!request.revoke_former).then(|| context.api.node.now().after(KEY_OVERLAP));
    let step = Step::new(Command::KeyRotate(rotate)).showing_once(made.is_some());
    let done = with_log(context, principal, step, |subject| subject.with_key(key, until)).await?;
    if done.repeated && made.is_some() {
        return Err(Code::SecretAlreadyShown.into());
    }
    let Event::KeyRotated(rotated) = &done.entry.event else { return Err(Code::Internal.into()) };
    let told = AgentKeyRotated {
        agent: principal,
        did: did_of(context, principal).await?,
        public_key: WireKey(rotated.key),
        private_key_pem: made.map(|key| Secret::from(key.to_pkcs8_pem()).into()),
        former_accepted_until: rotated.former_until.map(Into::into),
        seq: done.entry.seq,
    };
    Ok(Answer::done(&done, &told)?.secret())
}

/// Has a change of an agent's keys carried out, and its DID log say so in the same batch. The log
/// never stands in the way: a key that may be stolen is replaced whatever becomes of the log.
pub(super) async fn with_log(
    context: &Context,
    agent: PrincipalId,
    step: Step,
    change: impl FnOnce(Subject) -> Subject,
) -> Result<Done, Problem> {
    let dids = context.api.node.dids();
    let behind = match dids.prepare_update(agent, change).await {
        Ok(behind) => behind,
        Err(rejection) => {
            tracing::warn!(%agent, %rejection, "the DID log cannot tell of a change of keys");
            None
        }
    };
    let mut outcomes = context.submit_with(vec![step], behind.into_iter().collect()).await?;
    let done = outcomes.remove(0)?;
    if let Some(Err(rejection)) = outcomes.pop()
        && !done.repeated
    {
        tracing::info!(%agent, %rejection, "the DID log is brought up to date once more");
        if let Err(rejection) = dids.refresh(agent).await {
            tracing::warn!(%agent, %rejection, "the DID log is behind");
        }
    }
    Ok(done)
}
