//! Registering: first a mail, then the account.

use hansa_crypto::Secret;
use hansa_crypto::SigningKey;
use hansa_crypto::json::canonical;
use hansa_crypto::secret::{token, token_digest};
use hansa_kernel::account::{Person, Register};
use hansa_kernel::{Auth, Command, State};
use hansa_node::account::{Mail, Registration};
use hansa_node::limits::REGISTRATION_LIFE;
use hansa_types::{Code, PrincipalId};
use hansa_wire::Problem;
use hansa_wire::api::auth::{AccountCreated, AccountRegister, AccountVerify, RegistrationBegun};
use hansa_wire::card::Card;
use serde_json::Value;
use zeroize::Zeroizing;

use super::{email_id, new_password, password_id, recovery_keys};
use crate::answer::Answer;
use crate::context::{Context, Step};

/// What the mailed token begins with.
const MAIL_PREFIX: &str = "mail_";

/// Asks for an account. Nothing is recorded before the mail is answered.
pub(crate) async fn account_register(
    context: &Context,
    request: AccountRegister,
) -> Result<Answer, Problem> {
    let (node, accounts) = (&context.api.node, &context.api.node.accounts);
    let Some(mailer) = &accounts.mailer else { return Err(Code::MailUnavailable.into()) };
    context.count_address()?;
    let password = new_password(request.password)?;
    let password = accounts.passwords.hash(&node.env, &password).await?;
    let (shown, digests) = recovery_keys(context);
    let known = context.account_of(context.email_digest(&request.email)).await?;
    let secret = token(MAIL_PREFIX, node.env.random());
    let email = request.email.as_str().to_owned();
    let text = match known {
        Some(_) => "Somebody asked for an account with this address, which has one already. \
            If it was you, log in, or set a new password with a recovery key."
            .to_owned(),
        None => format!("Verify this address with the token {}", secret.expose()),
    };
    let registration = Registration {
        email: email.clone(),
        name: request.name.as_str().to_owned(),
        password,
        recovery_keys: digests,
        public_key: request.public_key.map(|key| key.0),
        principal: context.principal().ok(),
    };
    if known.is_none() {
        let digest = token_digest(secret.expose());
        accounts.registrations.put(digest, registration, node.now())?;
    }
    mailer.send(Mail { to: email, subject: "Your account".to_owned(), text });
    let begun = RegistrationBegun {
        message: "If the address is free, a token was mailed to it.".to_owned(),
        recovery_keys: shown,
        expires_in_s: REGISTRATION_LIFE.0 / 1_000,
    };
    Ok(Answer::json(&begun)?.secret())
}

/// Makes the account.
pub(crate) async fn account_verify(
    context: &Context,
    request: AccountVerify,
) -> Result<Answer, Problem> {
    let (node, accounts) = (&context.api.node, &context.api.node.accounts);
    context.count_address()?;
    let digest = token_digest(request.token.0.expose());
    let taken = accounts.registrations.take(&digest, node.now());
    let registration = taken.ok_or(Code::MailTokenInvalid)?;
    if let Some(principal) = registration.principal {
        return attach(context, principal, registration).await;
    }
    let made = registration.public_key.is_none();
    let made = made.then(|| SigningKey::from_seed(node.env.random()));
    let key = registration.public_key.or(made.as_ref().map(SigningKey::public));
    let key = key.ok_or(Code::Internal)?;
    let id = PrincipalId::new(node.now().0, node.env.random_u128());
    let card = Value::Object(Card::draft(&registration.name, &[], None).to_object());
    let card = Zeroizing::new(canonical(&card)?);
    let card = context.seal_for(id, hansa_node::vault::card_id(id), card).await?;
    let person = Person { key, card: card.digest };
    let (mut step, seal) = register(context, id, Some(person), &registration).await?;
    step.sealed = Some(seal.and(card));
    let done = context.submit_by(None, Auth::Mail, step).await?;
    let created = AccountCreated {
        id,
        did: key.did_key(),
        private_key_pem: made.map(|key| Secret::from(key.to_pkcs8_pem()).into()),
        seq: done.last_seq,
    };
    Ok(Answer::json(&created)?.secret())
}

/// Gives an account to a principal that exists.
async fn attach(
    context: &Context,
    id: PrincipalId,
    registration: Registration,
) -> Result<Answer, Problem> {
    let (step, seal) = register(context, id, None, &registration).await?;
    let step = step.with(Some(seal));
    let done = context.submit_by(Some(id), Auth::Mail, step).await?;
    let look =
        move |state: &State| Some(state.principals.get(state.principals.find(id)?).key.did_key());
    let did = context.api.node.read(Some(id), look).await?.ok_or(Code::Internal)?;
    let created = AccountCreated { id, did, private_key_pem: None, seq: done.entry.seq };
    Answer::json(&created)
}

async fn register(
    context: &Context,
    id: PrincipalId,
    person: Option<Person>,
    registration: &Registration,
) -> Result<(Step, hansa_node::vault::Sealed), Problem> {
    let email = Zeroizing::new(registration.email.clone().into_bytes());
    let email = context.seal_for(id, email_id(id), email).await?;
    let password = Zeroizing::new(registration.password.as_bytes().to_vec());
    let password = context.seal_for(id, password_id(id), password).await?;
    let register = Register {
        principal: id,
        person,
        email: context.api.node.accounts.email_digest(&registration.email),
        password: password.digest,
        recovery_keys: registration.recovery_keys.clone(),
    };
    Ok((Step::new(Command::AccountRegister(register)), password.and(email)))
}
