//! Accounts of people: registering, logging in, and what they prove themselves with.

use hansa_types::{Did, PrincipalId, SessionId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::agents::PrincipalKind;
use super::{Page, is_default, operations};
use crate::scalar::{ActionPattern, Email, Integer, Name, WireKey, WireSecret, WireTime};
use crate::schema;

operations! {
    AccountRegister = "account_register" => RegistrationBegun;
    AccountVerify = "account_verify" => AccountCreated;
    SessionOpen = "session_open" => SessionOpened;
    SessionClose = "session_close" => Changed;
    SessionList = "session_list" => Page<Session>;
    PasswordChange = "password_change" => Changed;
    AccountRecover = "account_recover" => AccountRecovered;
    NewPasswordSet = "new_password_set" => NewPasswordStored;
    RecoveryKeysSet = "recovery_keys_set" => RecoveryKeys;
    TotpBegin = "totp_begin" => TotpBegun;
    TotpEnable = "totp_enable" => Changed;
    TotpDisable = "totp_disable" => Changed;
    WhoAmI = "whoami" => WhoAsks;
}

/// Asks for an account; with a credential, for one of the caller's principal.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountRegister {
    /// What people call you.
    pub name: Name,
    /// Where the token is mailed.
    pub email: Email,
    /// 12 to 256 bytes.
    pub password: WireSecret,
    /// The public key you sign with. Without one the node makes a key pair and shows the private
    /// key once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_key: Option<WireKey>,
}

/// The same for an address that is known and for one that is not.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct RegistrationBegun {
    /// What happens next.
    pub message: String,
    /// Each sets a new password once: shown once, and good once the account exists.
    pub recovery_keys: Vec<WireSecret>,
    /// Seconds until the mailed token is void.
    pub expires_in_s: u64,
}

/// Makes the account by the token that was mailed.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountVerify {
    /// The token.
    pub token: WireSecret,
}

/// An account, with what is shown only now.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct AccountCreated {
    /// Whose account it is.
    #[schemars(with = "schema::PrincipalId")]
    pub id: PrincipalId,
    /// Their DID.
    #[schemars(with = "schema::Did")]
    pub did: Did,
    /// Their private key as PKCS#8 PEM: shown once, only when the node made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub private_key_pem: Option<WireSecret>,
    /// The entry that recorded it.
    pub seq: u64,
}

/// Logs in: by address and password, with a second factor where there is one, or by a passkey alone.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SessionOpen {
    /// The account's address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
    /// Its password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<WireSecret>,
    /// The answer to `passkey_ask` that `navigator.credentials.get` gave, as its `toJSON` writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passkey: Option<Map<String, Value>>,
    /// The present code of its second factor, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub totp: Option<WireSecret>,
    /// Seconds until the session ends: a day unless said, 30 days at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in_s: Option<Integer>,
    /// For pages: whether the secret is handed to the browser as a cookie and not shown.
    #[serde(default, skip_serializing_if = "is_default")]
    pub cookie: bool,
}

/// A session, with its secret.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct SessionOpened {
    /// Its id.
    #[schemars(with = "schema::SessionId")]
    pub id: SessionId,
    /// Whose it is.
    #[schemars(with = "schema::PrincipalId")]
    pub principal: PrincipalId,
    /// The secret to send as `Authorization: Bearer`: shown once, and not where a cookie has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_token: Option<WireSecret>,
    /// How it is sent: `bearer` or `cookie`.
    pub token_type: String,
    /// When it ends.
    pub expires_at: WireTime,
    /// The entry that recorded it.
    pub seq: u64,
}

/// Logs out: ends the session that asks, or another one of the caller's.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SessionClose {
    /// Which session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::SessionId>")]
    pub session: Option<SessionId>,
}

/// Something about an account was changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Changed {
    /// Whose account it is.
    #[schemars(with = "schema::PrincipalId")]
    pub principal: PrincipalId,
    /// The entry that recorded it.
    pub seq: u64,
}

/// Lists the caller's sessions.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SessionList {}

/// A session without its secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Session {
    /// Its id.
    #[schemars(with = "schema::SessionId")]
    pub id: SessionId,
    /// When it was opened.
    pub opened_at: WireTime,
    /// When it ends.
    pub expires_at: WireTime,
    /// Whether a second factor was shown.
    pub second_factor: bool,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// Replaces the caller's password; every session ends.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The present one.
    pub password: WireSecret,
    /// The new one, 12 to 256 bytes.
    pub new_password: WireSecret,
}

/// Replaces a password by a recovery key; every session and every second factor ends.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountRecover {
    /// The account's address.
    pub email: Email,
    /// One of its recovery keys, which is then used up.
    pub recovery_key: WireSecret,
    /// The new password, 12 to 256 bytes. Without it the answer is a token for `new_password_set`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_password: Option<WireSecret>,
}

/// An account with another password, or a token to give it one with.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct AccountRecovered {
    /// Whose account it is, once it has the password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::PrincipalId>")]
    pub principal: Option<PrincipalId>,
    /// The entry that recorded it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// The token to send to `new_password_set` as `Authorization: Bearer`: shown once, works once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_token: Option<WireSecret>,
    /// How it is sent: `bearer`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_type: Option<String>,
}

/// Sets a new password by the token of `account_recover`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPasswordSet {
    /// 12 to 256 bytes.
    pub new_password: WireSecret,
}

/// A password that was set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NewPasswordStored {
    /// What it means.
    pub message: String,
    /// Whose account it is.
    #[schemars(with = "schema::PrincipalId")]
    pub principal: PrincipalId,
}

/// Makes new recovery keys; those before are void.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecoveryKeysSet {
    /// The caller's password.
    pub password: WireSecret,
}

/// Recovery keys, shown once.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct RecoveryKeys {
    /// Each sets a new password once.
    pub recovery_keys: Vec<WireSecret>,
    /// The entry that recorded them.
    pub seq: u64,
}

/// Makes the secret of a second factor, which counts once a code of it was shown.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TotpBegin {}

/// The secret of a second factor, shown once.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct TotpBegun {
    /// The secret in base 32, for an authenticator.
    pub secret: WireSecret,
    /// The same as an `otpauth:` address, for a QR code.
    pub uri: WireSecret,
    /// Seconds within which a code has to be shown.
    pub expires_in_s: u64,
}

/// Asks for a second factor at every login from now on.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TotpEnable {
    /// A code of the secret that was begun.
    pub totp: WireSecret,
}

/// Asks for no second factor any more.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TotpDisable {
    /// The caller's password.
    pub password: WireSecret,
}

/// Asks who asks.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WhoAmI {}

/// Who asked, and what was proven.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WhoAsks {
    /// The caller's id.
    #[schemars(with = "schema::PrincipalId")]
    pub id: PrincipalId,
    /// The caller's DID.
    #[schemars(with = "schema::Did")]
    pub did: Did,
    /// What kind of principal it is.
    pub kind: PrincipalKind,
    /// How the caller proved it: `api_key`, `session` or `envelope`.
    pub method: String,
    /// What the credential may be used for; `*` for everything the principal may do.
    pub actions: Vec<ActionPattern>,
    /// Whether the principal has an account.
    pub account: bool,
    /// The account's address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
    /// Whether the account asks for one-time codes.
    pub totp: bool,
    /// Its passkeys; with one, a password alone is not enough either.
    pub passkeys: u64,
    /// Whether the caller showed one: the credential is a session that was opened with it.
    pub second_factor: bool,
    /// Recovery keys that are left.
    pub recovery_keys_left: u64,
}
