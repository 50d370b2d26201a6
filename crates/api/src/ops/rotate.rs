//! Giving an agent another key.

use hansa_crypto::secret::Secret;
use hansa_crypto::{PublicKey, SigningKey};
use hansa_kernel::principal::RotateKey;
use hansa_kernel::{Command, Event};
use hansa_types::Code;
use hansa_wire::Problem;
use hansa_wire::api::agents::{AgentKeyRotate, AgentKeyRotated};
use hansa_wire::scalar::WireKey;

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
    let done = context.submit(Step::new(Command::KeyRotate(rotate))).await?;
    if done.repeated && made.is_some() {
        return Err(Code::SecretAlreadyShown.into());
    }
    let Event::KeyRotated(rotated) = &done.entry.event else { return Err(Code::Internal.into()) };
    let told = AgentKeyRotated {
        agent: principal,
        did: rotated.key.did_key(),
        public_key: WireKey(rotated.key),
        private_key_pem: made.map(|key| Secret::from(key.to_pkcs8_pem()).into()),
        former_accepted_until: rotated.former_until.map(Into::into),
        seq: done.entry.seq,
    };
    Ok(Answer::done(&done, &told)?.secret())
}
