//! Second factors.

use hansa_crypto::Secret;
use hansa_kernel::Command;
use hansa_kernel::account::{DisableTotp, EnableTotp};
use hansa_node::account::{Totp, uri};
use hansa_node::limits::TOTP_SETUP_LIFE;
use hansa_types::Code;
use hansa_wire::Problem;
use hansa_wire::api::auth::{Changed, TotpBegin, TotpBegun, TotpDisable, TotpEnable};
use zeroize::Zeroizing;

use super::{totp_id, with};
use crate::answer::Answer;
use crate::context::{Context, Step};

/// Makes a secret that counts once a code of it was shown.
pub(crate) async fn totp_begin(context: &Context, _: TotpBegin) -> Result<Answer, Problem> {
    let node = &context.api.node;
    let known = context.own_account().await?;
    if known.totp.is_some() {
        return Err(Code::TotpState.into());
    }
    let secret = Zeroizing::new(node.env.random::<20>().to_vec());
    let (base32, uri) = uri(&secret, &node.config.host);
    node.accounts.totp_begun.put(known.principal, secret, node.now())?;
    let begun = TotpBegun {
        secret: Secret::from(base32).into(),
        uri: Secret::from(uri).into(),
        expires_in_s: TOTP_SETUP_LIFE.0 / 1_000,
    };
    Ok(Answer::json(&begun)?.secret())
}

/// Asks for the second factor from now on.
pub(crate) async fn totp_enable(context: &Context, request: TotpEnable) -> Result<Answer, Problem> {
    let (node, principal) = (&context.api.node, context.own_account().await?.principal);
    context.count_address()?;
    let secret = node.accounts.totp_begun.look(&principal, node.now()).ok_or(Code::TotpState)?;
    let totp = Totp::new(&secret).ok_or(Code::Internal)?;
    if totp.check(request.totp.0.expose(), node.now()).is_none() {
        return Err(Code::TotpRequired.into());
    }
    let sealed = context.seal_for(principal, totp_id(principal), secret).await?;
    let enable = EnableTotp { principal, totp: sealed.digest };
    let done = context.submit(with(Command::TotpEnable(enable), sealed)).await?;
    node.accounts.totp_begun.take(&principal, node.now());
    Answer::done(&done, &Changed { principal, seq: done.entry.seq })
}

/// Asks for it no more.
pub(crate) async fn totp_disable(
    context: &Context,
    request: TotpDisable,
) -> Result<Answer, Problem> {
    let known = context.require_password(&request.password.0).await?;
    let disable = DisableTotp { principal: known.principal, shown: known.password };
    let done = context.submit(Step::new(Command::TotpDisable(disable))).await?;
    Answer::done(&done, &Changed { principal: known.principal, seq: done.entry.seq })
}
