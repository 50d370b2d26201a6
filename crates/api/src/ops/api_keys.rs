//! API keys: making, listing and revoking them.

use std::sync::Arc;

use hansa_crypto::Secret;
use hansa_crypto::secret::{token, token_digest};
use hansa_kernel::principal::{CreateApiKey, RevokeApiKey};
use hansa_kernel::{Command, Event, State};
use hansa_node::vault::Sealed;
use hansa_node::{Done, internal};
use hansa_types::{AnyId, ApiKeyId, Code, Duration, PrincipalId, Time};
use hansa_views::ApiKeyRow;
use hansa_wire::Problem;
use hansa_wire::api::Page;
use hansa_wire::api::api_keys::{ApiKey, ApiKeyCreate, ApiKeyCreated, ApiKeyList, ApiKeyRevoke};
use hansa_wire::scalar::{ActionPattern, KeyLabel};

use super::grants::actions;
use super::setup::KEY_PREFIX;
use crate::answer::Answer;
use crate::context::{Context, Step};
use crate::resolve::{counted, views_failed};
use crate::serve::blocking;
use crate::sight::controls;

/// Where a key's label lies in the vault: it is free text, so no entry holds it.
fn label_id(key: ApiKeyId) -> String {
    format!("api_key/{key}")
}

/// Makes an API key of the caller.
pub(crate) async fn api_key_create(
    context: &Context,
    request: ApiKeyCreate,
) -> Result<Answer, Problem> {
    let secret = token(KEY_PREFIX, context.api.node.env.random());
    let (done, created) = create(context, request, secret).await?;
    Ok(Answer::done(&done, &created)?.secret())
}

/// Makes an API key of a secret.
pub(super) async fn create(
    context: &Context,
    request: ApiKeyCreate,
    secret: Secret,
) -> Result<(Done, ApiKeyCreated), Problem> {
    let node = &context.api.node;
    let (principal, now) = (context.principal()?, node.now());
    let id = ApiKeyId::new(now.0, node.env.random_u128());
    let expires = request.expires_in_s.map(|s| now.after(Duration(s.saturating_mul(1_000))));
    if expires == Some(now) {
        return Err(Problem::new(Code::InvalidField, "expires_in_s: at least 1"));
    }
    let create = CreateApiKey {
        id,
        principal,
        secret: token_digest(secret.expose()),
        actions: actions(&request.actions)?,
        expires,
    };
    let sealed = match &request.label {
        Some(label) => Some(seal_label(context, principal, id, label).await?),
        None => None,
    };
    let done = context.submit(Step::new(Command::ApiKeyCreate(create)).with(sealed)).await?;
    if done.repeated {
        return Err(Code::SecretAlreadyShown.into());
    }
    let created = ApiKeyCreated {
        id,
        api_key: secret.into(),
        actions: request.actions,
        label: request.label,
        expires_at: expires.map(Into::into),
        created_at: done.entry.ts.into(),
        seq: done.entry.seq,
    };
    Ok((done, created))
}

async fn seal_label(
    context: &Context,
    principal: PrincipalId,
    id: ApiKeyId,
    label: &KeyLabel,
) -> Result<Sealed, Problem> {
    let (vault, label) = (Arc::clone(&context.api.node.vault), label.clone());
    let sealed = blocking(move || vault.seal(principal, label_id(id), label.as_str().as_bytes()));
    Ok(sealed.await?.map_err(internal)?)
}

/// Lists the caller's API keys, revoked ones included.
pub(crate) async fn api_key_list(
    context: &Context,
    request: ApiKeyList,
) -> Result<Answer, Problem> {
    let (rows, as_of_seq) = rows(context).await?;
    let (rows, next_cursor) = counted(rows, request.cursor.as_ref(), request.limit)?;
    Answer::json(&Page { data: labelled(context, rows).await?, next_cursor, as_of_seq })
}

/// The caller's API keys and what they reflect.
async fn rows(context: &Context) -> Result<(Vec<ApiKeyRow>, u64), Problem> {
    let node = &context.api.node;
    let as_of_seq = node.views_caught_up().await;
    node.keep_key_uses().await;
    Ok((node.views.api_keys(context.principal()?).await.map_err(views_failed)?, as_of_seq))
}

/// Tells keys with what their owner calls them.
async fn labelled(context: &Context, rows: Vec<ApiKeyRow>) -> Result<Vec<ApiKey>, Problem> {
    let vault = Arc::clone(&context.api.node.vault);
    let data = blocking(move || {
        let told = rows.iter().map(|row| {
            let label = vault.open(&label_id(row.id))?;
            Ok::<_, hansa_node::Error>(tell(row, label.map(|opened| opened.bytes.to_vec())))
        });
        told.collect::<Result<Vec<ApiKey>, _>>()
    });
    Ok(data.await?.map_err(internal)?)
}

/// The caller's API keys that may be used, the newest first. The kernel bounds their number.
pub(super) async fn live(context: &Context) -> Result<Vec<ApiKey>, Problem> {
    let (mut rows, _) = rows(context).await?;
    let now = context.api.node.now();
    let is_over = |row: &ApiKeyRow| row.expires.is_some_and(|at| at <= now);
    rows.retain(|row| row.revoked_at.is_none() && !is_over(row));
    labelled(context, rows).await
}

/// Revokes an API key: the caller's own, or that of a principal it may manage.
pub(crate) async fn api_key_revoke(
    context: &Context,
    request: ApiKeyRevoke,
) -> Result<Answer, Problem> {
    let (done, told) = revoke(context, request.key).await?;
    Answer::done(&done, &told)
}

/// Has an API key revoked that is the caller's own, or of a principal it may manage.
pub(super) async fn revoke(context: &Context, id: ApiKeyId) -> Result<(Done, ApiKey), Problem> {
    let caller = context.principal()?;
    if hidden(context, caller, id).await? {
        return Err(Code::NotFound.into());
    }
    let done = context.submit(Step::new(Command::ApiKeyRevoke(RevokeApiKey { id }))).await?;
    let (Event::ApiKeyRevoked(_), Some(AnyId::Principal(of))) =
        (&done.entry.event, done.entry.subject)
    else {
        return Err(Code::Internal.into());
    };
    let node = &context.api.node;
    node.views_caught_up().await;
    let rows = node.views.api_keys(of).await.map_err(views_failed)?;
    let row = rows.into_iter().find(|row| row.id == id).ok_or(Code::Internal)?;
    let vault = Arc::clone(&node.vault);
    let label = blocking(move || vault.open(&label_id(id))).await?.map_err(internal)?;
    let told = tell(&row, label.map(|opened| opened.bytes.to_vec()));
    let told = ApiKey { revoked_at: Some(done.entry.ts.into()), ..told };
    Ok((done, told))
}

/// Whether a key exists that is none of the caller's business.
async fn hidden(context: &Context, caller: PrincipalId, id: ApiKeyId) -> Result<bool, Problem> {
    let look = move |state: &State| {
        let key = state.api_keys.get(&id)?;
        let of = state.principals.get(key.principal).id;
        Some((of, of == caller || controls(state, caller, of)))
    };
    let found = context.api.node.read(Some(caller), look).await?;
    let Some((of, false)) = found else { return Ok(false) };
    Ok(!context.sees_all().await? && !context.acts_for(of).await?)
}

fn tell(row: &ApiKeyRow, label: Option<Vec<u8>>) -> ApiKey {
    let time = |time: Option<Time>| time.map(Into::into);
    let label = label.and_then(|bytes| String::from_utf8(bytes).ok());
    ApiKey {
        id: row.id,
        actions: row.actions.iter().filter_map(ActionPattern::new).collect(),
        label: label.and_then(KeyLabel::new),
        expires_at: time(row.expires),
        revoked_at: time(row.revoked_at),
        last_used_at: time(row.used_at),
        created_at: row.created_at.into(),
        seq: row.seq,
    }
}
