//! Who asks, and what was proven.

use hansa_kernel::principal::Kind;
use hansa_kernel::{Auth, State};
use hansa_types::Code;
use hansa_wire::Problem;
use hansa_wire::api::agents::PrincipalKind;
use hansa_wire::api::auth::{WhoAmI, WhoAsks};
use hansa_wire::scalar::{ActionPattern, Email};

use super::email_id;
use crate::answer::Answer;
use crate::context::Context;

/// Tells the caller who it is.
pub(crate) async fn whoami(context: &Context, _: WhoAmI) -> Result<Answer, Problem> {
    let identity = context.identity()?;
    let id = identity.principal;
    let session = match identity.auth {
        Auth::Session(session) => Some(session),
        _ => None,
    };
    let look = move |state: &State| {
        let shown = session.and_then(|session| state.accounts.session(session));
        let shown = shown.is_some_and(|session| session.second_factor);
        let handle = state.principals.find(id)?;
        let kind = state.principals.status(handle).kind;
        let account = state.accounts.get(handle);
        let account = account
            .map(|kept| (kept.totp.is_some(), kept.passkeys.len(), kept.recovery_keys.len()));
        Some((state.did_at(handle), kind, account, shown))
    };
    let looked = context.api.node.read(Some(id), look).await?;
    let (did, kind, account, second_factor) = looked.ok_or(Code::PrincipalUnknown)?;
    let email = match account {
        Some(_) => context.open(email_id(id)).await?,
        None => None,
    };
    let everything = || ActionPattern::new("*").into_iter().collect();
    let patterns = |actions: &std::sync::Arc<[hansa_kernel::grant::Action]>| {
        actions.iter().filter_map(|action| ActionPattern::new(action.as_str())).collect()
    };
    Answer::json(&WhoAsks {
        id,
        did,
        kind: match kind {
            Kind::Agent => PrincipalKind::Agent,
            Kind::Person => PrincipalKind::Person,
            Kind::Organization => PrincipalKind::Organization,
            Kind::Node => PrincipalKind::Node,
        },
        method: identity.auth.method().to_owned(),
        actions: identity.actions.as_ref().map_or_else(everything, patterns),
        account: account.is_some(),
        email: email.and_then(|bytes| Email::new(String::from_utf8(bytes.to_vec()).ok()?)),
        totp: account.is_some_and(|(totp, ..)| totp),
        passkeys: account.map_or(0, |(_, passkeys, _)| passkeys as u64),
        second_factor,
        recovery_keys_left: account.map_or(0, |(.., keys)| keys as u64),
    })
}
