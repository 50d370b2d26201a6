//! Logging in and out.

use hansa_crypto::Secret;
use hansa_crypto::secret::{token, token_digest};
use hansa_kernel::account::{CloseSession, OpenSession};
use hansa_kernel::{Auth, Command, State};
use hansa_node::account::Totp;
use hansa_types::{Code, Digest, Duration, SessionId};
use hansa_wire::Problem;
use hansa_wire::api::Page;
use hansa_wire::api::auth::{
    Changed, Session, SessionClose, SessionList, SessionOpen, SessionOpened,
};

use super::{Known, totp_id};
use crate::answer::Answer;
use crate::context::{Context, Step};
use crate::edge::cookie::{self, SESSION_PREFIX};

/// Life of a session whose length is not said.
const SESSION_LIFE: Duration = Duration::days(1);

/// Logs in: by password, and by a code where the account has a second factor.
pub(crate) async fn session_open(
    context: &Context,
    request: SessionOpen,
) -> Result<Answer, Problem> {
    let (node, accounts) = (&context.api.node, &context.api.node.accounts);
    context.count_address()?;
    if request.cookie && !context.may_hold_cookie() {
        return Err(Problem::new(Code::InvalidField, "cookie: browsers keep one over https alone"));
    }
    let email = context.email_digest(&request.email);
    accounts.by_account.count(email, node.now())?;
    let known = context.account_of(email).await?;
    let shown = context.shows_password(known.as_ref(), &request.password.0).await?;
    let Some(known) = known.filter(|_| shown) else { return Err(Code::LoginInvalid.into()) };
    let code = request.totp.as_ref().map(|code| &code.0);
    let totp = second_factor(context, &known, code).await?;
    let now = node.now();
    let life = request.expires_in_s.map_or(SESSION_LIFE, |s| Duration(s.0.saturating_mul(1_000)));
    let (id, principal) = (SessionId::new(now.0, node.env.random_u128()), known.principal);
    let (secret, expires) = (token(SESSION_PREFIX, node.env.random()), now.after(life));
    let open = OpenSession {
        id,
        principal,
        shown: known.password,
        totp,
        secret: token_digest(secret.expose()),
        expires,
    };
    let step = Step::new(Command::SessionOpen(open));
    let done = context.submit_by(Some(principal), Auth::Password, step).await?;
    accounts.by_account.forget(&email);
    if let Some(remote) = context.client.address {
        accounts.by_address.forget(&remote.into());
    }
    let opened = SessionOpened {
        id,
        principal,
        access_token: (!request.cookie).then(|| secret.clone().into()),
        token_type: if request.cookie { "cookie" } else { "bearer" }.to_owned(),
        expires_at: expires.into(),
        seq: done.entry.seq,
    };
    let answer = Answer::json(&opened)?.secret();
    let cookie = request.cookie.then(|| cookie::handing_over(&secret, life));
    Ok(Answer { cookie, ..answer })
}

impl Context {
    /// Whether a browser that asks so keeps a secure cookie: over TLS, or on this machine.
    fn may_hold_cookie(&self) -> bool {
        self.client.secure || self.client.address.is_some_and(|address| address.is_loopback())
    }
}

/// Whether the caller shows a code of its own second factor.
pub(crate) async fn shows_second_factor(context: &Context, code: &Secret) -> Result<bool, Problem> {
    let known = context.own_account().await?;
    context.count_address()?;
    Ok(second_factor(context, &known, Some(code)).await?.is_some())
}

/// What was shown of the second factor. A code counts once.
async fn second_factor(
    context: &Context,
    known: &Known,
    code: Option<&Secret>,
) -> Result<Option<Digest>, Problem> {
    let node = &context.api.node;
    let Some(digest) = known.totp else { return Ok(None) };
    let code = code.ok_or(Code::TotpRequired)?;
    let secret = context.open(totp_id(known.principal)).await?.ok_or(Code::Internal)?;
    let totp = Totp::new(&secret).ok_or(Code::Internal)?;
    let period = totp.check(code.expose(), node.now()).ok_or(Code::TotpRequired)?;
    let first = node.accounts.totp_used.is_first((known.principal, period), (), node.now())?;
    if first { Ok(Some(digest)) } else { Err(Code::TotpRequired.into()) }
}

/// Logs out.
pub(crate) async fn session_close(
    context: &Context,
    request: SessionClose,
) -> Result<Answer, Problem> {
    let principal = context.principal()?;
    let id = match (request.session, &context.identity()?.auth) {
        (Some(id), _) => id,
        (None, Auth::Session(id)) => *id,
        (None, _) => return Err(Problem::new(Code::MissingField, "session: is required")),
    };
    let own = context.identity()?.auth == Auth::Session(id);
    let look = move |state: &State| {
        let session = state.accounts.session(id)?;
        (state.principals.get(session.principal).id == principal).then_some(())
    };
    // Another's session is answered like none.
    context.api.node.read(Some(principal), look).await?.ok_or(Code::NotFound)?;
    let close = Step::new(Command::SessionClose(CloseSession { id }));
    let done = context.submit(close).await?;
    let answer = Answer::done(&done, &Changed { principal, seq: done.entry.seq })?;
    Ok(Answer { cookie: own.then(cookie::taking_away), ..answer })
}

/// Lists the caller's sessions.
pub(crate) async fn session_list(context: &Context, _: SessionList) -> Result<Answer, Problem> {
    let principal = context.principal()?;
    let (auth, now) = (context.identity()?.auth.clone(), context.api.node.now());
    let look = move |state: &State| {
        let account = state.account(principal)?;
        let sessions = account.sessions.iter().filter_map(|&id| {
            let session = state.accounts.session(id).filter(|session| session.expires > now)?;
            Some(Session {
                id,
                opened_at: session.opened.into(),
                expires_at: session.expires.into(),
                second_factor: session.second_factor,
                current: auth == Auth::Session(id),
            })
        });
        Ok((sessions.collect(), state.seq))
    };
    let looked: Result<(Vec<Session>, u64), hansa_types::Rejection> =
        context.api.node.read(Some(principal), look).await?;
    let (data, as_of_seq) = looked?;
    Answer::json(&Page { data, next_cursor: None, as_of_seq })
}
