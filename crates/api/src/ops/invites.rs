//! Invitations: making, listing, taking back and accepting them.
//!
//! The address that one is for lies in the vault, and goes from there when it is used or taken back.

use std::sync::Arc;

use hansa_crypto::Secret;
use hansa_crypto::secret::{token, token_digest};
use hansa_kernel::limits::INVITE_LIFE_DEFAULT;
use hansa_kernel::org::{Accept, Invite as Invited, OrgCommand, Pending, Revoke};
use hansa_kernel::{Command, State};
use hansa_node::account::Mail;
use hansa_node::internal;
use hansa_node::vault::Sealed;
use hansa_types::{AnyId, Code, Digest, Duration, InviteId, PrincipalId};
use hansa_wire::Problem;
use hansa_wire::api::Page;
use hansa_wire::api::invites::{
    Invite, InviteAccept, InviteCreate, InviteCreated, InviteList, InviteRevoke, InviteRevoked,
};
use hansa_wire::scalar::Email;

use super::orgs::{SeenOrg, kernel_role, names, read_org, seen_org, tell_role};
use crate::answer::Answer;
use crate::context::{Context, Step};
use crate::resolve::counted;
use crate::serve::blocking;

/// What the tokens of invitations begin with.
const INVITE_PREFIX: &str = "hansa_inv_";

/// Where the address that an invitation is for lies in the vault.
fn address_id(invite: InviteId) -> String {
    format!("invite/{invite}")
}

async fn seal_address(
    context: &Context,
    org: PrincipalId,
    invite: InviteId,
    address: Vec<u8>,
) -> Result<Sealed, Problem> {
    let vault = Arc::clone(&context.api.node.vault);
    let seal = move || vault.seal(org, address_id(invite), &address);
    Ok(blocking(seal).await?.map_err(internal)?)
}

/// What the state knows of an invitation.
#[derive(Debug, Clone)]
struct Facts {
    id: InviteId,
    org: PrincipalId,
    by: PrincipalId,
    good: bool,
    pending: Pending,
}

fn facts(state: &State, id: InviteId) -> Option<Facts> {
    let pending = state.orgs.invite(id)?.clone();
    let of = |handle| state.principals.get(handle).id;
    let (org, by) = (of(pending.org), of(pending.by));
    Some(Facts { id, org, by, good: state.stands(&pending, state.now), pending })
}

fn tell(facts: &Facts, email: Option<Email>) -> Invite {
    Invite {
        id: facts.id,
        org: facts.org,
        role: tell_role(facts.pending.role),
        email,
        invited_by: facts.by,
        good: facts.good,
        created_at: facts.pending.created.into(),
        expires_at: facts.pending.expires.into(),
    }
}

/// Invites somebody.
pub(crate) async fn invite_create(
    context: &Context,
    request: InviteCreate,
) -> Result<Answer, Problem> {
    let node = &context.api.node;
    let org = seen_org(context, &request.org).await?.id;
    let id = InviteId::new(node.now().0, node.env.random_u128());
    let secret = token(INVITE_PREFIX, node.env.random());
    let life = request.expires_in_s.map(|s| Duration(s.saturating_mul(1_000)));
    let invite = Invited {
        id,
        org,
        role: kernel_role(request.role),
        secret: token_digest(secret.expose()),
        email: request.email.as_ref().map(|email| node.accounts.email_digest(email.as_str())),
        life: life.unwrap_or(INVITE_LIFE_DEFAULT),
    };
    let sealed = match &request.email {
        Some(email) => {
            // Mail goes where the caller says, so it is counted like every other.
            context.count_address()?;
            Some(seal_address(context, org, id, email.as_str().as_bytes().to_vec()).await?)
        }
        None => None,
    };
    let invite = Command::Org(OrgCommand::Invite(invite));
    let done = context.submit(Step::new(invite).with(sealed)).await?;
    if done.repeated {
        return Err(Code::SecretAlreadyShown.into());
    }
    let look = move |state: &State| facts(state, id);
    let facts = node.read(context.principal().ok(), look).await?.ok_or(Code::Internal)?;
    if let Some(email) = &request.email {
        mail(context, &facts, email, &secret).await?;
    }
    let invite = tell(&facts, request.email);
    let created = InviteCreated { invite, token: secret.into(), seq: done.entry.seq };
    Ok(Answer::done(&done, &created)?.secret())
}

/// Tells whoever is invited, where this node sends mail.
async fn mail(
    context: &Context,
    facts: &Facts,
    email: &Email,
    secret: &Secret,
) -> Result<(), Problem> {
    let Some(mailer) = &context.api.node.accounts.mailer else { return Ok(()) };
    let name = names(context, vec![facts.org]).await?.remove(&facts.org);
    let name = name.map_or_else(|| facts.org.to_string(), |name| name.to_string());
    let text = format!(
        "You were invited to {name} as {}. Register with this address, and join by the token {}",
        facts.pending.role.as_str(),
        secret.expose()
    );
    let to = email.as_str().to_owned();
    mailer.send(Mail { to, subject: "An invitation".to_owned(), text });
    Ok(())
}

/// Lists the invitations that nobody has used, the newest first.
pub(crate) async fn invite_list(context: &Context, request: InviteList) -> Result<Answer, Problem> {
    let seen = seen_org(context, &request.org).await?;
    if !seen.keeps() {
        return Err(Code::RoleTooLow.into());
    }
    let look = move |state: &State| {
        let invites = state.org(seen.id).map(|(_, org)| org.invites.iter().rev().copied());
        let all: Vec<Facts> =
            invites.into_iter().flatten().filter_map(|id| facts(state, id)).collect();
        (all, state.seq)
    };
    let (all, as_of_seq) = context.api.node.read(context.principal().ok(), look).await?;
    let (page, next_cursor) = counted(all, request.cursor.as_ref(), request.limit)?;
    let vault = Arc::clone(&context.api.node.vault);
    let data = blocking(move || {
        let told = page.iter().map(|facts| {
            let address = match facts.pending.email {
                Some(_) => vault.open(&address_id(facts.id))?.map(|opened| opened.bytes.to_vec()),
                None => None,
            };
            let email = address.and_then(|bytes| String::from_utf8(bytes).ok());
            Ok::<_, hansa_node::Error>(tell(facts, email.and_then(Email::new)))
        });
        told.collect::<Result<Vec<Invite>, _>>()
    });
    let data = data.await?.map_err(internal)?;
    Answer::json(&Page { data, next_cursor, as_of_seq })
}

/// Takes an invitation back.
pub(crate) async fn invite_revoke(
    context: &Context,
    request: InviteRevoke,
) -> Result<Answer, Problem> {
    let (caller, id) = (context.principal()?, request.invite);
    let all = context.sees_all().await?;
    let look = move |state: &State| {
        let facts = facts(state, id)?;
        let role = state.orgs.role(facts.pending.org, state.principals.find(caller)?);
        let seen = SeenOrg { id: facts.org, role };
        // Guests and members do not see invitations, nor does anybody outside.
        ((all || role.is_some()) && seen.keeps()).then_some(facts)
    };
    let facts = context.api.node.read(Some(caller), look).await?;
    let sealed = match facts {
        Some(facts) => void(context, &facts).await?,
        // A repetition finds nothing left to take back, and its answer by its key.
        None => None,
    };
    let revoke = Command::Org(OrgCommand::RevokeInvite(Revoke { id }));
    let done = context.submit(Step::new(revoke).with(sealed)).await;
    let done = done.map_err(|problem| match problem.known_code() {
        Some(Code::Forbidden) => Code::NotFound.into(),
        _ => problem,
    })?;
    Answer::done(&done, &InviteRevoked { id, seq: done.entry.seq })
}

/// What takes the place of the address that an invitation was for.
async fn void(context: &Context, facts: &Facts) -> Result<Option<Sealed>, Problem> {
    match facts.pending.email {
        Some(_) => Ok(Some(seal_address(context, facts.org, facts.id, Vec::new()).await?)),
        None => Ok(None),
    }
}

/// Joins an organization.
pub(crate) async fn invite_accept(
    context: &Context,
    request: InviteAccept,
) -> Result<Answer, Problem> {
    let member = context.principal()?;
    let secret: Digest = token_digest(request.token.0.expose());
    let look = move |state: &State| facts(state, state.orgs.invite_by_secret(&secret)?);
    let sealed = match context.api.node.read(Some(member), look).await? {
        Some(facts) => void(context, &facts).await?,
        None => None,
    };
    let accept = Command::Org(OrgCommand::Accept(Accept { secret, member }));
    let done = context.submit(Step::new(accept).with(sealed)).await?;
    let Some(AnyId::Principal(org)) = done.entry.subject else { return Err(Code::Internal.into()) };
    Answer::done(&done, &read_org(context, org).await?)
}
