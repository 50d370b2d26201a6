//! Passkeys.

use std::sync::Arc;

use hansa_kernel::account::{AddPasskey, RemovePasskey, ShownPasskey};
use hansa_kernel::{Command, State};
use hansa_node::account::{Answered, Asked, KeptPasskey, KnownPasskey};
use hansa_node::limits::PASSKEY_CHALLENGE_LIFE;
use hansa_types::{Code, Digest, PasskeyId, PrincipalId, Rejection, Time};
use hansa_wire::Problem;
use hansa_wire::api::Page;
use hansa_wire::api::auth::Changed;
use hansa_wire::api::passkeys::{
    Passkey, PasskeyAdd, PasskeyAsk, PasskeyBegin, PasskeyChallenge, PasskeyList, PasskeyRemove,
};
use hansa_wire::scalar::Name;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::{email_id, passkey_id, with};
use crate::answer::Answer;
use crate::context::{Context, Step};

/// Begins a passkey.
pub(crate) async fn passkey_begin(
    context: &Context,
    request: PasskeyBegin,
) -> Result<Answer, Problem> {
    let node = &context.api.node;
    let account = context.require_password(&request.password.0).await?;
    let (principal, shown) = (account.principal, account.password);
    let known = context.passkeys_of(principal).await?;
    let email = context.open(email_id(principal)).await?;
    let email = email.and_then(|bytes| String::from_utf8(bytes.to_vec()).ok());
    let name = email.unwrap_or_else(|| principal.to_string());
    challenge(node.accounts.passkeys.begin((principal, shown), &name, known, node.now())?)
}

fn challenge(public_key: Map<String, Value>) -> Result<Answer, Problem> {
    let expires_in_s = PASSKEY_CHALLENGE_LIFE.0 / 1_000;
    Ok(Answer::json(&PasskeyChallenge { public_key, expires_in_s })?.secret())
}

/// Counts the passkey that was begun.
pub(crate) async fn passkey_add(context: &Context, request: PasskeyAdd) -> Result<Answer, Problem> {
    let (node, principal) = (&context.api.node, context.own_account().await?.principal);
    let PasskeyAdd { name, credential } = request;
    let finished = node.accounts.passkeys.finish(principal, credential, node.now());
    let (passkey, shown) = finished?;
    let id = PasskeyId::new(node.now().0, node.env.random_u128());
    let kept = KeptPasskey { name: name.as_str().to_owned(), passkey };
    let kept = Zeroizing::new(serde_json::to_vec(&kept).map_err(|_| Code::Internal)?);
    let sealed = context.seal_for(principal, passkey_id(principal, id), kept).await?;
    let add = AddPasskey { id, principal, shown, passkey: sealed.digest };
    let done = context.submit(with(Command::PasskeyAdd(add), sealed)).await?;
    let added_at = done.entry.ts.into();
    Answer::done(&done, &Passkey { id, name: Some(name), added_at, seq: Some(done.entry.seq) })
}

/// Lists the caller's passkeys.
pub(crate) async fn passkey_list(context: &Context, _: PasskeyList) -> Result<Answer, Problem> {
    let principal = context.principal()?;
    let (kept, as_of_seq) = context.passkeys_kept(principal).await?;
    let mut data = Vec::with_capacity(kept.len());
    for (id, _, added) in kept {
        let name = context.open_passkey(principal, id).await?;
        let name = name.and_then(|kept| Name::new(kept.name));
        data.push(Passkey { id, name, added_at: added.into(), seq: None });
    }
    Answer::json(&Page { data, next_cursor: None, as_of_seq })
}

/// Counts a passkey no longer.
pub(crate) async fn passkey_remove(
    context: &Context,
    request: PasskeyRemove,
) -> Result<Answer, Problem> {
    let account = context.require_password(&request.password.0).await?;
    let principal = account.principal;
    let remove = RemovePasskey { id: request.passkey, principal, shown: account.password };
    let done = context.submit(Step::new(Command::PasskeyRemove(remove))).await?;
    Answer::done(&done, &Changed { principal, seq: done.entry.seq })
}

/// Asks for a passkey.
pub(crate) async fn passkey_ask(context: &Context, request: PasskeyAsk) -> Result<Answer, Problem> {
    let node = &context.api.node;
    context.count_address()?;
    let principal = match (request.email, request.password, context.principal()) {
        (Some(email), Some(password), _) => {
            Some(context.login(&email, &password.0).await?.principal)
        }
        (None, None, caller) => caller.ok(),
        _ => return Err(Problem::new(Code::MissingField, "email and password: both, or neither")),
    };
    let passkeys = &node.accounts.passkeys;
    let Some(principal) = principal else { return challenge(passkeys.ask_anybody(node.now())?) };
    let known = context.passkeys_of(principal).await?;
    if known.is_empty() {
        return Err(Problem::new(Code::PasskeyInvalid, "the account has no passkey"));
    }
    challenge(passkeys.ask(principal, known, node.now())?)
}

impl Context {
    /// Who answered a challenge, and by which passkey.
    pub(super) async fn passkey_shown(
        &self,
        answer: Map<String, Value>,
    ) -> Result<(PrincipalId, ShownPasskey), Problem> {
        let (node, passkeys) = (&self.api.node, &self.api.node.accounts.passkeys);
        let answered = Answered::read(answer)?;
        let asked = passkeys.take(&answered, node.now())?;
        let (principal, known) = match &asked {
            Asked::Known(principal, known, _) => (*principal, Arc::clone(known)),
            Asked::Anybody(_) => {
                let principal = passkeys.claims_to_be(&answered)?;
                // Whoever has no account has no passkey that could have signed.
                let known = self.passkeys_of(principal).await.unwrap_or_default();
                (principal, known.into())
            }
        };
        let verified = passkeys.verify(&answered, asked, &known)?;
        let (id, passkey, counter) = (verified.id, verified.digest, verified.counter);
        Ok((principal, ShownPasskey { id, passkey, counter }))
    }

    /// The passkeys of a principal's account with their public parts.
    async fn passkeys_of(&self, principal: PrincipalId) -> Result<Vec<KnownPasskey>, Problem> {
        let (all, _) = self.passkeys_kept(principal).await?;
        let mut known = Vec::with_capacity(all.len());
        for (id, digest, _) in all {
            let kept = self.open_passkey(principal, id).await?.ok_or(Code::Internal)?;
            known.push(KnownPasskey { id, digest, kept });
        }
        Ok(known)
    }

    /// What the state keeps of them, and as of which entry.
    async fn passkeys_kept(
        &self,
        principal: PrincipalId,
    ) -> Result<(Vec<(PasskeyId, Digest, Time)>, u64), Problem> {
        let look = move |state: &State| {
            let account = state.account(principal)?;
            let all = account.passkeys.iter().map(|kept| (kept.id, kept.passkey, kept.added));
            Ok::<_, Rejection>((all.collect(), state.seq))
        };
        Ok(self.api.node.read(Some(principal), look).await??)
    }

    async fn open_passkey(
        &self,
        principal: PrincipalId,
        id: PasskeyId,
    ) -> Result<Option<KeptPasskey>, Problem> {
        let Some(bytes) = self.open(passkey_id(principal, id)).await? else { return Ok(None) };
        match serde_json::from_slice(&bytes) {
            Ok(kept) => Ok(Some(kept)),
            Err(error) => {
                tracing::error!(%error, %id, "the vault's record of a passkey cannot be read");
                Err(Code::Internal.into())
            }
        }
    }
}
