//! The node's key sealed under a secret: a passphrase, or what a service manager hands over.
//!
//! ```text
//! {"format":1,"kdf":"argon2id","memory_kib":65536,"rounds":3,"salt":"…","sealed":"…"}
//! ```
//!
//! The secret may be guessable, so Argon2id (RFC 9106) makes each guess cost 64 MiB and a good part of
//! a second. What it yields seals the seed of the key (AES-256-GCM) together with the parameters, so
//! that nobody can weaken them unnoticed.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hansa_crypto::Secret;
use hansa_crypto::keys::SigningKey;
use hansa_crypto::seal::{self, SealKey};
use hansa_types::Salt;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::env::Env;
use crate::error::Error;
use crate::limits::{
    KEY_SECRET_MEMORY_KIB, KEY_SECRET_MEMORY_KIB_MAX, KEY_SECRET_ROUNDS, KEY_SECRET_ROUNDS_MAX,
};

const FORMAT: u32 = 1;
const KDF: &str = "argon2id";

/// Why sealed bytes do not open, in words for whoever starts the node.
type Why = &'static str;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: u32,
    kdf: String,
    memory_kib: u32,
    rounds: u32,
    salt: Salt,
    sealed: String,
}

impl File {
    /// What the seal binds beside the key.
    fn associated(&self) -> Vec<u8> {
        let Self { format, kdf, memory_kib, rounds, salt, .. } = self;
        format!("hansa/node-key/{format}/{kdf}/{memory_kib}/{rounds}/{salt}").into_bytes()
    }

    fn key(&self, secret: &Secret) -> Result<SealKey, Why> {
        let params = Params::new(self.memory_kib, self.rounds, 1, Some(32));
        let params = params.map_err(|_| "has parameters that Argon2id refuses")?;
        let mut bytes = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(secret.expose().as_bytes(), &self.salt.0, &mut *bytes)
            .map_err(|_| "cannot be opened: Argon2id refuses the secret")?;
        Ok(SealKey::from(bytes))
    }
}

/// The text of the file.
pub(super) fn seal(
    key: &SigningKey,
    secret: &Secret,
    env: &Env,
) -> Result<Zeroizing<String>, Error> {
    let mut file = File {
        format: FORMAT,
        kdf: KDF.to_owned(),
        memory_kib: KEY_SECRET_MEMORY_KIB,
        rounds: KEY_SECRET_ROUNDS,
        salt: Salt(env.random()),
        sealed: String::new(),
    };
    let under = file.key(secret).map_err(|why| Error::Config(why.to_owned()))?;
    let sealed = seal::seal(&under, env.random(), &file.associated(), &*key.seed());
    file.sealed = URL_SAFE_NO_PAD.encode(sealed);
    let text = serde_json::to_string(&file).map_err(|_| Error::Unsignable("the node's key"))?;
    Ok(Zeroizing::new(text + "\n"))
}

/// Reads the text of the file.
pub(super) fn open(text: &str, secret: &Secret) -> Result<SigningKey, Why> {
    let file: File = serde_json::from_str(text).map_err(|_| "is no sealed key")?;
    if (file.format, file.kdf.as_str()) != (FORMAT, KDF) {
        return Err("is sealed in a way that this release does not know");
    }
    if file.memory_kib > KEY_SECRET_MEMORY_KIB_MAX || file.rounds > KEY_SECRET_ROUNDS_MAX {
        return Err("asks for more work than this release does");
    }
    let sealed = URL_SAFE_NO_PAD.decode(&file.sealed).map_err(|_| "is no sealed key")?;
    let opened = seal::open(&file.key(secret)?, &file.associated(), &sealed)
        .map_err(|_| "does not open with the secret of keys.secret_file or keys.credential")?;
    let seed = <[u8; 32]>::try_from(opened.as_slice()).map_err(|_| "holds no key")?;
    Ok(SigningKey::from_seed(seed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::new(text.to_owned())
    }

    #[test]
    fn a_key_opens_with_its_secret_and_nothing_else() {
        let key = SigningKey::from_seed([7; 32]);
        let text = seal(&key, &secret("a passphrase"), &Env::real()).unwrap();
        assert_eq!(open(&text, &secret("a passphrase")).unwrap().public(), key.public());
        assert!(open(&text, &secret("a passphrasf")).unwrap_err().contains("does not open"));
        for (what, instead) in [
            ("\"rounds\":3", "\"rounds\":2"),
            ("\"memory_kib\":65536", "\"memory_kib\":1024"),
            ("\"format\":1", "\"format\":2"),
            ("\"kdf\":\"argon2id\"", "\"kdf\":\"none\""),
            ("\"rounds\":3", "\"rounds\":1000000"),
            ("\"rounds\":3", "\"rounds\":0"),
            ("\"sealed\":\"", "\"sealed\":\"!"),
            ("{", "{\"more\":1,"),
        ] {
            let changed = text.replacen(what, instead, 1);
            assert_ne!(changed, *text, "{what}");
            assert!(open(&changed, &secret("a passphrase")).is_err(), "{what}");
        }
        let pem = SigningKey::from_seed([7; 32]).to_pkcs8_pem();
        assert!(open(&pem, &secret("a passphrase")).is_err());
    }
}
