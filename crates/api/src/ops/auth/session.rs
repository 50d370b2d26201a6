//! Logging in and out.

use hansa_crypto::Secret;
use hansa_crypto::secret::{token, token_digest};
use hansa_kernel::account::{CloseSession, OpenSession, ShownPasskey};
use hansa_kernel::{Auth, Command, State};
use hansa_node::account::Totp;
use hansa_types::{Code, Digest, Duration, PrincipalId, SessionId};
use hansa_wire::Problem;
use hansa_wire::api::Page;
use hansa_wire::api::auth::{
    Changed, Session, SessionClose, SessionList, SessionOpen, SessionOpened,
};
use serde_json::{Map, Value};

use super::{Known, totp_id};
use crate::answer::Answer;
use crate::context::{Context, Step};
use crate::edge::cookie::{self, SESSION_PREFIX};

/// Life of a session whose length is not said.
const SESSION_LIFE: Duration = Duration::days(1);

/// What somebody who logs in has proven.
struct Proven {
    principal: PrincipalId,
    auth: Auth,
    shown: Option<Digest>,
    totp: Option<Digest>,
    passkey: Option<ShownPasskey>,
}

/// Logs in: by password, with a second factor where the account has one, or by a passkey.
pub(crate) async fn session_open(
    context: &Context,
    request: SessionOpen,
) -> Result<Answer, Problem> {
    let (node, accounts) = (&context.api.node, &context.api.node.accounts);
    context.count_address()?;
    if request.cookie && !context.may_hold_cookie() {
        return Err(Problem::new(Code::InvalidField, "cookie: browsers keep one over https alone"));
    }
    let email = request.email.as_ref().map(|email| context.email_digest(email));
    let (wants_cookie, life) = (request.cookie, request.expires_in_s);
    let Proven { principal, auth, shown, totp, passkey } = prove(context, request).await?;
    let now = node.now();
    let life = life.map_or(SESSION_LIFE, |s| Duration(s.0.saturating_mul(1_000)));
    let id = SessionId::new(now.0, node.env.random_u128());
    let (secret, expires) = (token(SESSION_PREFIX, node.env.random()), now.after(life));
    let digest = token_digest(secret.expose());
    let open = OpenSession { id, principal, shown, totp, passkey, secret: digest, expires };
    let step = Step::new(Command::SessionOpen(open));
    let done = context.submit_by(Some(principal), auth, step).await?;
    if let Some(email) = email {
        accounts.by_account.forget(&email);
    }
    if let Some(remote) = context.client.address {
        accounts.by_address.forget(&remote.into());
    }
    let opened = SessionOpened {
        id,
        principal,
        access_token: (!wants_cookie).then(|| secret.clone().into()),
        token_type: if wants_cookie { "cookie" } else { "bearer" }.to_owned(),
        expires_at: expires.into(),
        seq: done.entry.seq,
    };
    let answer = Answer::json(&opened)?.secret();
    let cookie = wants_cookie.then(|| cookie::handing_over(&secret, life));
    Ok(Answer { cookie, ..answer })
}

/// Checks what somebody shows to log in.
async fn prove(context: &Context, request: SessionOpen) -> Result<Proven, Problem> {
    let known = match (request.email, request.password) {
        (Some(email), Some(password)) => Some(context.login(&email, &password.0).await?),
        (None, None) if request.passkey.is_some() => None,
        _ => return Err(Problem::new(Code::MissingField, "email and password, or passkey")),
    };
    let touched = match request.passkey {
        Some(answer) => Some(context.passkey_shown(answer).await?),
        None => None,
    };
    let code = request.totp.as_ref().map(|code| &code.0);
    match (known, touched) {
        (Some(known), Some((principal, _))) if known.principal != principal => {
            Err(Problem::new(Code::PasskeyInvalid, "the passkey is of another account"))
        }
        (Some(known), touched) => {
            let totp = match (code, &touched) {
                (None, Some(_)) => None,
                (code, _) => second_factor(context, &known, code).await?,
            };
            let (principal, shown) = (known.principal, Some(known.password));
            let passkey = touched.map(|(_, passkey)| passkey);
            Ok(Proven { principal, auth: Auth::Password, shown, totp, passkey })
        }
        (None, Some((principal, passkey))) => {
            let auth = Auth::Passkey(passkey.id);
            Ok(Proven { principal, auth, shown: None, totp: None, passkey: Some(passkey) })
        }
        (None, None) => Err(Code::LoginInvalid.into()),
    }
}

impl Context {
    /// Whether a browser that asks so keeps a secure cookie: over TLS, or on this machine.
    fn may_hold_cookie(&self) -> bool {
        self.client.secure || self.client.address.is_some_and(|address| address.is_loopback())
    }
}

/// What the caller shows of a second factor of its own beside the credential: whether a code, and
/// which passkey.
pub(crate) async fn show_second_factor(
    context: &Context,
    code: Option<&Secret>,
    passkey: Option<Map<String, Value>>,
) -> Result<(bool, Option<ShownPasskey>), Problem> {
    if code.is_none() && passkey.is_none() {
        return Ok((false, None));
    }
    let known = context.own_account().await?;
    context.count_address()?;
    let code = match code {
        Some(code) => second_factor(context, &known, Some(code)).await?.is_some(),
        None => false,
    };
    let passkey = match passkey {
        Some(answer) => Some(context.passkey_shown(answer).await?),
        None => None,
    };
    match passkey {
        Some((principal, _)) if principal != known.principal => {
            Err(Problem::new(Code::PasskeyInvalid, "the passkey is of another account"))
        }
        passkey => Ok((code, passkey.map(|(_, passkey)| passkey))),
    }
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
