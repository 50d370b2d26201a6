//! Who asks, by what proof, and what else a request carries.
//!
//! `!says:VERDICT` answers what policy is asked, with further words behind commas: rules, obligations,
//! `by:N` for the Nth set alone; `!says:dead` is a failed engine, `!stale` a judgement of other facts.
//! `!park` has the command wait where policy asks for approval, `!resume:T` brings it back from T.
//!
//! `!idem:K` sends the Idempotency-Key K, `!found:SEQ`, `!found_other:SEQ` and `!absent` answer what
//! the state asked the read models. An envelope gets a fresh id and the sender's next nonce unless
//! `!env:NAME` and `!nonce:N` say otherwise; `!unproven` leaves its proof out and `!forged` signs
//! with another key; `!with:NAME` signs with that name's key. A token (`@C` of a client, `@self/alice` of a principal's own) lives for
//! `!life:SPAN`, is of `!epoch:N` and `!scope:PATTERN`, and says nothing with `!bare`; `@secret/C` is
//! the client's secret itself. `!as:NAME` claims to be somebody else with the same proof.

use std::sync::Arc;

use hansa_crypto::hash::{label, sha256};
use hansa_kernel::clearance::{Park, Parking};
use hansa_kernel::client::{Claims, Jwt, Signer};
use hansa_kernel::idempotency::split;
use hansa_kernel::{Auth, Caller, Command, EnvelopeProof, LookedUp, Request};
use hansa_types::{
    ApprovalRequestId, Correlation, Duration, EnvelopeId, PasskeyId, Signature, TaskId,
};

use super::words::span;
use super::{Named, Town, Words};

/// The first 16 bytes of a text's digest.
pub(crate) fn number_of(text: &str) -> u128 {
    u128::from_be_bytes(sha256(text.as_bytes()).0[..16].try_into().unwrap())
}

/// Makes the request of a command that `asker` sends unless the line says otherwise.
pub(crate) fn request(
    town: &mut Town,
    words: &Words<'_>,
    asker: &str,
    command: Command,
) -> Result<Request, String> {
    let asker = words.option("@").unwrap_or(asker);
    let mut caller = caller(town, words, asker)?;
    if let Some(claimed) = words.option("!as:") {
        caller.principal = Some(town.principal(claimed));
    }
    let corr = words.option("!idem:").map(|key| correlation(asker, key, &body(words)));
    let looked_up = looked_up(words, corr)?;
    let parking = match (words.option("!park"), words.option("!resume:")) {
        (None, None) => None,
        (_, Some(name)) => Some(Parking::Resume(town.task(name)?)),
        (Some(_), None) => {
            let (at, task, request) = (town.now.0, town.entropy(), town.entropy());
            let document = sha256(b"the sealed command");
            let (task, request) = (TaskId::new(at, task), ApprovalRequestId::new(at, request));
            Some(Parking::Park(Box::new(Park { task, request, document })))
        }
    };
    Ok(Request { looked_up, parking, ..Request::new(caller, command, corr) })
}

/// The command without its options: what is repeated when a request is sent again.
fn body(words: &Words<'_>) -> String {
    let plain = words.text().split_whitespace().filter(|word| !word.starts_with(['@', '!']));
    plain.collect::<Vec<_>>().join(" ")
}

fn correlation(asker: &str, key: &str, body: &str) -> Correlation {
    let mut corr = [0; 24];
    corr[..16].copy_from_slice(&number_of(&format!("{asker} {key}")).to_be_bytes());
    corr[16..].copy_from_slice(&sha256(body.as_bytes()).0[..8]);
    Correlation(corr)
}

fn looked_up(words: &Words<'_>, corr: Option<Correlation>) -> Result<Option<LookedUp>, String> {
    let seq = |text: &str| text.parse().map_err(|_| format!("{text} is no seq"));
    let body = corr.map_or(0, |corr| split(&corr).1);
    if let Some(text) = words.option("!found:") {
        return Ok(Some(LookedUp::Found { seq: seq(text)?, body }));
    }
    if let Some(text) = words.option("!found_other:") {
        return Ok(Some(LookedUp::Found { seq: seq(text)?, body: body ^ 1 }));
    }
    Ok(words.option("!absent").map(|_| LookedUp::Absent))
}

fn caller(town: &mut Town, words: &Words<'_>, asker: &str) -> Result<Caller, String> {
    let unnamed = |auth| Ok(Caller { principal: None, auth });
    match asker {
        "machine" => return unnamed(Auth::Machine),
        "setup" => return unnamed(Auth::Setup),
        "timer" => return unnamed(Auth::Timer),
        "mail" => return unnamed(Auth::Mail),
        _ => {}
    }
    if let Some(name) = asker.strip_prefix("secret/") {
        let Named::Token { id, owner } = town.named(name)? else {
            return Err(format!("{name} is no client"));
        };
        return Ok(Caller { principal: Some(owner), auth: Auth::Client(id) });
    }
    if let Some(name) = asker.strip_prefix("self/") {
        let key = words.option("!forged").map_or(name, |_| "somebody else");
        let jwt = jwt(town, words, Signer::Key(Town::public_key(key)), None)?;
        return Ok(Caller { principal: Some(town.principal(name)), auth: Auth::Jwt(jwt) });
    }
    if let Some((shown, name)) = asker.split_once(':') {
        let auth = match shown {
            "mail" => Auth::Mail,
            "password" => Auth::Password,
            "passkey" => Auth::Passkey(passkey_of(town, name)),
            "recovery_key" => Auth::RecoveryKey,
            other => return Err(format!("{other} proves nothing")),
        };
        return Ok(Caller { principal: Some(town.principal(name)), auth });
    }
    match town.named(asker)? {
        Named::Token { id, owner } => {
            let epoch = match words.option("!epoch:") {
                Some(text) => text.parse().map_err(|_| format!("{text} is no epoch"))?,
                None => 0,
            };
            let jwt = jwt(town, words, Signer::Client(id), Some(epoch))?;
            Ok(Caller { principal: Some(owner), auth: Auth::Jwt(jwt) })
        }
        Named::Bootstrap { id, owner } => {
            Ok(Caller { principal: Some(owner), auth: Auth::Bootstrap(id) })
        }
        Named::Key { id, owner } => Ok(Caller { principal: Some(owner), auth: Auth::ApiKey(id) }),
        Named::Session { id, owner } => {
            Ok(Caller { principal: Some(owner), auth: Auth::Session(id) })
        }
        Named::Principal(id) => {
            let key = match words.option("!forged") {
                Some(_) => Town::public_key("somebody else"),
                None => Town::public_key(words.option("!with:").unwrap_or(asker)),
            };
            let proof = match words.option("!unproven") {
                Some(_) => None,
                None => Some(proof(town, words, asker)?),
            };
            Ok(Caller { principal: Some(id), auth: Auth::Envelope(key, proof.map(Box::new)) })
        }
        other => Err(format!("{asker} is {other:?} and cannot ask")),
    }
}

/// The last passkey of somebody's account, or one that nobody has.
fn passkey_of(town: &Town, name: &str) -> PasskeyId {
    let account = town.state.account(town.principal(name)).ok();
    account.and_then(|account| account.passkeys.last()).map_or(PasskeyId(7), |kept| kept.id)
}

fn jwt(
    town: &mut Town,
    words: &Words<'_>,
    signer: Signer,
    epoch: Option<u64>,
) -> Result<Jwt, String> {
    let life = words.option("!life:").map(span).transpose()?.unwrap_or(Duration::hours(1));
    let scope = words.option("!scope:").map(|scope| scope.parse().map_err(|e| format!("{e}")));
    let actions = scope.transpose()?.map(|action| vec![action]);
    let claims = Claims { expires: town.now.after(life), epoch, actions };
    let claims = words.option("!bare").is_none().then(|| Arc::new(claims));
    Ok(Jwt { signer, jti: label(&town.entropy().to_string()), claims })
}

fn proof(town: &mut Town, words: &Words<'_>, asker: &str) -> Result<EnvelopeProof, String> {
    let id = match words.option("!env:") {
        Some(name) => EnvelopeId::new(number_of(name)),
        None => EnvelopeId::new(number_of(&town.entropy().to_string())),
    };
    let nonce = match words.option("!nonce:") {
        Some(text) => text.parse().map_err(|_| format!("{text} is no nonce"))?,
        None => town.next_nonce(asker),
    };
    // As Ed25519 would: the same key and text give the same signature.
    let half = sha256(format!("{asker} {id} {nonce} {}", body(words)).as_bytes());
    let mut signature = [0; 64];
    signature[..32].copy_from_slice(&half.0);
    signature[32..].copy_from_slice(&half.0);
    Ok(EnvelopeProof { id, nonce, signature: Signature(signature), digest: half })
}
