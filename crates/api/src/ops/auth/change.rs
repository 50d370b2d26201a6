//! Passwords and recovery keys.

use hansa_crypto::Secret;
use hansa_crypto::secret::{token, token_digest};
use hansa_kernel::account::{ChangePassword, Recover, SetRecoveryKeys};
use hansa_kernel::{Auth, Command, State};
use hansa_node::account::Recovery;
use hansa_node::vault::Sealed;
use hansa_types::{Code, PrincipalId};
use hansa_wire::Problem;
use hansa_wire::api::auth::{
    AccountRecover, AccountRecovered, Changed, NewPasswordSet, NewPasswordStored, PasswordChange,
    RecoveryKeys, RecoveryKeysSet,
};
use zeroize::Zeroizing;

use super::{new_password, password_id, recovery_keys, with};
use crate::answer::Answer;
use crate::context::{Context, Step};

/// What tokens for a new password begin with.
const RECOVERY_TOKEN_PREFIX: &str = "hansa_rt_";

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

/// Replaces a password by a recovery key, or gives a token that does when the password comes.
pub(crate) async fn account_recover(
    context: &Context,
    request: AccountRecover,
) -> Result<Answer, Problem> {
    let (node, accounts) = (&context.api.node, &context.api.node.accounts);
    context.count_address()?;
    let password = request.new_password.map(new_password).transpose()?;
    let email = context.email_digest(&request.email);
    let turn = accounts.passwords.turn()?;
    accounts.by_account.count(email, node.now())?;
    let key = token_digest(request.recovery_key.0.expose());
    let look = move |state: &State| {
        let handle = state.accounts.find(&email)?;
        let keys = &state.accounts.get(handle)?.recovery_keys;
        keys.contains(&key).then(|| state.principals.get(handle).id)
    };
    let Some(principal) = node.read(None, look).await? else {
        // As much work as for a key that is right.
        accounts.passwords.verify(turn, &request.recovery_key.0, None).await?;
        return Err(Code::LoginInvalid.into());
    };
    drop(turn);
    let recovery = Recovery { email, principal, key };
    let Some(password) = password else {
        let secret = token(RECOVERY_TOKEN_PREFIX, node.env.random());
        accounts.recoveries.put(token_digest(secret.expose()), recovery, node.now())?;
        let told = AccountRecovered {
            principal: None,
            seq: None,
            access_token: Some(secret.into()),
            token_type: Some("bearer".to_owned()),
        };
        return Ok(Answer::json(&told)?.secret());
    };
    let seq = recover(context, recovery, &password).await?;
    let (principal, seq) = (Some(principal), Some(seq));
    let told = AccountRecovered { principal, seq, access_token: None, token_type: None };
    Answer::json(&told)
}

/// Sets the password of an account whose recovery was begun.
pub(crate) async fn new_password_set(
    context: &Context,
    request: NewPasswordSet,
) -> Result<Answer, Problem> {
    let (node, accounts) = (&context.api.node, &context.api.node.accounts);
    context.count_address()?;
    let password = new_password(request.new_password)?;
    let token = context.credential.ok_or(Code::Unauthenticated)?;
    let Some(recovery) = accounts.recoveries.take(&token, node.now()) else {
        return Err(Problem::new(Code::CredentialInvalid, "the token is wrong, used or expired"));
    };
    let principal = recovery.principal;
    recover(context, recovery, &password).await?;
    let message = "The password is set; every session has ended.".to_owned();
    Answer::json(&NewPasswordStored { message, principal })
}

/// Carries a recovery out; the answer is its entry.
async fn recover(context: &Context, recovery: Recovery, password: &Secret) -> Result<u64, Problem> {
    let Recovery { email, principal, key } = recovery;
    let sealed = seal_password(context, principal, password).await?;
    let recover = Recover { principal, key, password: sealed.digest };
    let step = with(Command::AccountRecover(recover), sealed);
    let done = context.submit_by(Some(principal), Auth::RecoveryKey, step).await?;
    context.api.node.accounts.by_account.forget(&email);
    Ok(done.entry.seq)
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
