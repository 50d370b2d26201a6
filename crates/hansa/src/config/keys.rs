//! What the node's key is sealed under, and where that comes from.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use hansa_crypto::Secret;

use super::settings::Reader;
use crate::failure::Failure;
use crate::files;

/// Where systemd puts the credentials of a service (systemd.exec(5)).
const CREDENTIALS_DIRECTORY: &str = "CREDENTIALS_DIRECTORY";

/// Where the secret comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum KeySecret {
    /// There is none: the mode of the key file protects the key.
    #[default]
    None,
    /// A file.
    File(PathBuf),
    /// A credential of the service.
    Credential(String),
}

/// Reads which.
pub(super) fn read(reader: &mut Reader<'_>) -> KeySecret {
    let (file, name) = (reader.text("keys.secret_file"), reader.text("keys.credential"));
    let is_name = !name.starts_with('.') && !name.contains('/');
    match (file.is_empty(), name.is_empty()) {
        (true, true) => KeySecret::None,
        (false, true) => KeySecret::File(file.into()),
        (true, false) => {
            let named = match is_name {
                true => Ok(KeySecret::Credential(name)),
                false => Err("the name of a credential, not a path".to_owned()),
            };
            reader.take("keys.credential", KeySecret::None, named)
        }
        (false, false) => {
            let refusal = "empty, or leave keys.secret_file out".to_owned();
            reader.take("keys.credential", KeySecret::None, Err(refusal))
        }
    }
}

impl KeySecret {
    /// The secret, if there is one.
    pub(crate) fn get(&self) -> Result<Option<Secret>, Failure> {
        match self {
            KeySecret::None => Ok(None),
            KeySecret::File(path) if path.as_os_str() == "-" => stdin().map(Some),
            KeySecret::File(path) => files::read_secret(path).map(Some),
            KeySecret::Credential(name) => {
                let dir = std::env::var_os(CREDENTIALS_DIRECTORY).ok_or_else(|| {
                    Failure::usage(format!(
                        "keys.credential is {name}, and systemd handed none over"
                    ))
                    .next_step(format!("add LoadCredential={name}:FILE to the service"))
                })?;
                files::read_secret(&Path::new(&dir).join(name)).map(Some)
            }
        }
    }
}

/// What stands on standard input, which is read once.
fn stdin() -> Result<Secret, Failure> {
    static READ: OnceLock<Secret> = OnceLock::new();
    if let Some(secret) = READ.get() {
        return Ok(secret.clone());
    }
    let secret = files::read_secret(Path::new("-"))?;
    Ok(READ.get_or_init(|| secret).clone())
}

#[cfg(test)]
mod tests {
    use super::super::Settings;
    use super::super::layers::load;
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Option<KeySecret> {
        let flags = pairs
            .iter()
            .map(|(key, text)| ((*key).to_owned(), (*text).to_owned(), "--set".to_owned()))
            .collect();
        let settings = Settings::from_loaded(&load(None, [], flags).unwrap());
        settings.ok().map(|settings| settings.key_secret)
    }

    #[test]
    fn the_secret_comes_from_a_file_or_a_credential_and_not_from_both() {
        let (file, credential) = (("keys.secret_file", "/etc/x"), ("keys.credential", "node-key"));
        assert_eq!(read(&[]), Some(KeySecret::None));
        assert_eq!(read(&[file]), Some(KeySecret::File("/etc/x".into())));
        assert_eq!(read(&[credential]), Some(KeySecret::Credential("node-key".to_owned())));
        assert_eq!(read(&[file, credential]), None);
        assert_eq!(read(&[("keys.credential", "../node-key")]), None);
        assert_eq!(read(&[("keys.credential", "..")]), None);
    }
}
