//! Passwords and recovery keys.

use hansa_crypto::Secret;
use hansa_crypto::secret::token_digest;
use hansa_kernel::account::{ChangePassword, Recover, SetRecoveryKeys};
use hansa_kernel::{Auth, Command, State};
use hansa_node::vault::Sealed;
use hansa_types::{Code, PrincipalId};
use hansa_wire::Problem;
use hansa_wire::api::auth::{
    AccountRecover, Changed, PasswordChange, RecoveryKeys, RecoveryKeysSet,
};
use zeroize::Zeroizing;

use super::{new_password, password_id, recovery_keys, with};
use crate::answer::Answer;
use crate::context::{Context, Step};

async fn seal_password(
    context: &Context,
    principal: PrincipalId,
    password: &Secret,
) -> Result<Sealed, Problem> {
    let node = &context.api.node;
    let hashed = node.accounts.passwords.hash(&node.env, password).await?;
    let hashed = Zeroizing::new(hashed.as_bytes().to_vec());
    context.seal_for(principal, password_id(principal), hashed).await
}

/// Replaces the caller's password.
pub(crate) async fn password_change(
    context: &Context,
    request: PasswordChange,
) -> Result<Answer, Problem> {
    let password = new_password(request.new_password)?;
    let known = context.require_password(&request.password.0).await?;
    let principal = known.principal;
    let sealed = seal_password(context, principal, &password).await?;
    let change = ChangePassword { principal, shown: known.password, password: sealed.digest };
    let done = context.submit(with(Command::PasswordChange(change), sealed)).await?;
    Answer::done(&done, &Changed { principal, seq: done.entry.seq })
}

/// Replaces a password by a recovery key.
pub(crate) async fn account_recover(
    context: &Context,
    request: AccountRecover,
) -> Result<Answer, Problem> {
    let (node, accounts) = (&context.api.node, &context.api.node.accounts);
    context.count_address()?;
    let password = new_password(request.new_password)?;
    let email = context.email_digest(&request.email);
    accounts.by_account.count(email, node.now())?;
    let key = token_digest(request.recovery_key.0.expose());
    let look = move |state: &State| {
        let handle = state.accounts.find(&email)?;
        let keys = &state.accounts.get(handle)?.recovery_keys;
        keys.contains(&key).then(|| state.principals.get(handle).id)
    };
    let Some(principal) = node.read(None, look).await? else {
        // As much work as for a key that is right.
        accounts.passwords.verify(&password, None).await?;
        return Err(Code::LoginInvalid.into());
    };
    let sealed = seal_password(context, principal, &password).await?;
    let recover = Recover { principal, key, password: sealed.digest };
    let step = with(Command::AccountRecover(recover), sealed);
    let done = context.submit_by(Some(principal), Auth::RecoveryKey, step).await?;
    accounts.by_account.forget(&email);
    Answer::json(&Changed { principal, seq: done.entry.seq })
}

/// Makes new recovery keys.
pub(crate) async fn recovery_keys_set(
    context: &Context,
    request: RecoveryKeysSet,
) -> Result<Answer, Problem> {
    let known = context.require_password(&request.password.0).await?;
    let (shown, keys) = recovery_keys(context);
    let set = SetRecoveryKeys { principal: known.principal, shown: known.password, keys };
    let done = context.submit(Step::new(Command::RecoveryKeysSet(set))).await?;
    let keys = RecoveryKeys { recovery_keys: shown, seq: done.entry.seq };
    Ok(Answer::done(&done, &keys)?.secret())
}
