//! OAuth clients: making, listing and revoking them, and revoking all tokens at once.

use hansa_crypto::secret::{token, token_digest};
use hansa_kernel::client::{Create, Revoke, RevokeTokens};
use hansa_kernel::{Command, State};
use hansa_types::{ClientId, Code, PrincipalId};
use hansa_wire::Problem;
use hansa_wire::api::Page;
use hansa_wire::api::clients::{
    Client, ClientCreate, ClientCreated, ClientList, ClientRevoke, ClientRevoked, TokensRevoke,
    TokensRevoked,
};
use hansa_wire::scalar::ActionPattern;

use super::grants::actions;
use crate::answer::Answer;
use crate::context::{Context, Step};
use crate::resolve::counted;
use crate::sight::controls;

/// What client secrets begin with.
pub(super) const SECRET_PREFIX: &str = "hansa_cs_";

/// Makes a client.
pub(crate) async fn client_create(
    context: &Context,
    request: ClientCreate,
) -> Result<Answer, Problem> {
    let node = &context.api.node;
    let principal = context.find_or_caller(request.agent.as_ref()).await?;
    let id = ClientId::new(node.now().0, node.env.random_u128());
    let secret = token(SECRET_PREFIX, node.env.random());
    let create = Create {
        id,
        principal,
        secret: token_digest(secret.expose()),
        actions: actions(&request.actions)?,
    };
    let done = context.submit(Step::new(Command::ClientCreate(create))).await?;
    if done.repeated {
        return Err(Code::SecretAlreadyShown.into());
    }
    let created = ClientCreated {
        client_id: id,
        client_secret: secret.into(),
        actions: request.actions,
        seq: done.entry.seq,
    };
    Ok(Answer::done(&done, &created)?.secret())
}

/// Lists the caller's clients.
pub(crate) async fn client_list(context: &Context, request: ClientList) -> Result<Answer, Problem> {
    let caller = context.principal()?;
    let look = move |state: &State| {
        let handle = state.principal(caller)?;
        let clients = state.principals.get(handle).clients.iter();
        let clients = clients.filter_map(|id| Some(tell(*id, state.clients.get(id)?)));
        Ok::<_, hansa_types::Rejection>((clients.collect::<Vec<_>>(), state.seq))
    };
    let (clients, as_of_seq) = context.api.node.read(Some(caller), look).await??;
    let (data, next_cursor) = counted(clients, request.cursor.as_ref(), request.limit)?;
    Answer::json(&Page { data, next_cursor, as_of_seq })
}

fn tell(id: ClientId, client: &hansa_kernel::client::Client) -> Client {
    let actions = client.actions.iter().filter_map(|action| ActionPattern::new(action.as_str()));
    Client { client_id: id, actions: actions.collect() }
}

/// Revokes a client: the caller's own, or that of a principal it controls.
pub(crate) async fn client_revoke(
    context: &Context,
    request: ClientRevoke,
) -> Result<Answer, Problem> {
    let (caller, id) = (context.principal()?, request.client);
    let look = move |state: &State| {
        let client = state.clients.get(&id)?;
        let of = state.principals.get(client.principal).id;
        Some((of, of == caller || controls(state, caller, of)))
    };
    if let Some((of, false)) = context.api.node.read(Some(caller), look).await? {
        hide(context, of).await?;
    }
    let done = context.submit(Step::new(Command::ClientRevoke(Revoke { id }))).await?;
    Answer::done(&done, &ClientRevoked { client_id: id, seq: done.entry.seq })
}

/// What is none of the caller's business is not there.
async fn hide(context: &Context, of: PrincipalId) -> Result<(), Problem> {
    match context.sees_all().await? || context.acts_for(of).await? {
        true => Ok(()),
        false => Err(Code::NotFound.into()),
    }
}

/// Revokes every token of an agent.
pub(crate) async fn tokens_revoke(
    context: &Context,
    request: TokensRevoke,
) -> Result<Answer, Problem> {
    let principal = context.find(&request.agent, Code::PrincipalUnknown).await?;
    let revoke = Command::TokensRevoke(RevokeTokens { principal });
    let done = context.submit(Step::new(revoke)).await?;
    Answer::done(&done, &TokensRevoked { id: principal, seq: done.entry.seq })
}
