//! Files that commands read and write: documents, and secrets for their owner alone.

use std::fs::OpenOptions;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use hansa_crypto::{Secret, SigningKey};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::failure::Failure;

/// Most bytes read from a file or from standard input as one document.
const DOCUMENT_BYTES_MAX: u64 = 16 << 20;

/// The text of a file, or of standard input for `-`.
pub(crate) fn read_text(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let mut bytes = read_bytes(path)?;
    match String::from_utf8(std::mem::take(&mut *bytes)) {
        Ok(text) => Ok(Zeroizing::new(text)),
        Err(error) => {
            let error = error.utf8_error();
            Err(Failure::because(format!("cannot read {}", path.display()), &error))
        }
    }
}

/// The bytes of a file, or of standard input for `-`.
pub(crate) fn read_bytes(path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut bytes = Zeroizing::new(Vec::new());
    let read = match path.to_str() {
        Some("-") => std::io::stdin().lock().take(DOCUMENT_BYTES_MAX).read_to_end(&mut bytes),
        _ => std::fs::File::open(path)
            .and_then(|file| file.take(DOCUMENT_BYTES_MAX).read_to_end(&mut bytes)),
    };
    match read {
        Ok(_) => Ok(bytes),
        Err(error) => Err(Failure::because(format!("cannot read {}", path.display()), &error)),
    }
}

/// The JSON of a file, read strictly: no key twice.
pub(crate) fn read_json(path: &Path) -> Result<Value, Failure> {
    let text = read_text(path)?;
    hansa_crypto::json::parse_strict(text.as_bytes())
        .map_err(|rejection| Failure::usage(format!("{}: {}", path.display(), rejection.detail)))
}

/// A JSON object of a file.
pub(crate) fn read_object(path: &Path) -> Result<serde_json::Map<String, Value>, Failure> {
    match read_json(path)? {
        Value::Object(members) => Ok(members),
        _ => Err(Failure::usage(format!("{} holds no JSON object", path.display()))),
    }
}

/// A secret of one line.
pub(crate) fn read_secret(path: &Path) -> Result<Secret, Failure> {
    let text = read_text(path)?;
    match text.trim() {
        "" => Err(Failure::usage(format!("{} is empty", path.display()))),
        secret => Ok(Secret::new(secret.to_owned())),
    }
}

/// A secret from the file that was named, or else from standard input, where other users of the
/// machine cannot see it.
pub(crate) fn given_secret(path: Option<&Path>, what: &str, flag: &str) -> Result<Secret, Failure> {
    use std::io::IsTerminal as _;
    if path.is_none() && std::io::stdin().is_terminal() {
        return Err(Failure::usage(format!("no {what} is given"))
            .next_step(format!("pipe the {what} in, or name its file with {flag}")));
    }
    read_secret(path.unwrap_or(Path::new("-")))
}

/// A private key in PEM.
pub(crate) fn read_key(path: &Path) -> Result<SigningKey, Failure> {
    let text = read_text(path)?;
    SigningKey::from_pkcs8_pem(&text).map_err(|error| {
        Failure::usage(format!("{}: {error}", path.display()))
            .next_step("name a PEM file with an Ed25519 private key (PKCS#8)")
    })
}

/// A temporary directory for its owner alone, removed when the answer is dropped.
pub(crate) fn temporary_dir(prefix: &str) -> Result<tempfile::TempDir, Failure> {
    use std::os::unix::fs::PermissionsExt as _;
    let permissions = std::fs::Permissions::from_mode(0o700);
    tempfile::Builder::new()
        .prefix(prefix)
        .permissions(permissions)
        .tempdir()
        .map_err(|error| Failure::because("cannot make a temporary directory", &error))
}

/// Writes a new file that its owner alone may read. One that exists is never touched.
pub(crate) fn write_new_secret(path: &Path, text: &str) -> Result<(), Failure> {
    write_new(path, text, 0o600)
}

/// Writes a new file. One that exists is never touched.
pub(crate) fn write_new(path: &Path, content: impl AsRef<[u8]>, mode: u32) -> Result<(), Failure> {
    let mut options = OpenOptions::new();
    let opened = options.write(true).create_new(true).mode(mode).open(path);
    let written = opened.and_then(|mut file| {
        file.write_all(content.as_ref())?;
        file.sync_all()
    });
    written.map_err(|error| {
        let failure = Failure::because(format!("cannot write {}", path.display()), &error);
        match error.kind() {
            std::io::ErrorKind::AlreadyExists => {
                failure.next_step("name another file; nothing is overwritten")
            }
            _ => failure,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_file_is_private_and_never_overwritten() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key.pem");
        let key = SigningKey::from_seed([7; 32]);
        write_new_secret(&path, &key.to_pkcs8_pem()).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(read_key(&path).unwrap().public(), key.public());
        assert!(write_new_secret(&path, "other").is_err());
        assert_eq!(read_key(&path).unwrap().public(), key.public());
    }

    #[test]
    fn documents_are_read_strictly() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.json");
        std::fs::write(&path, "{\"a\":1,\"a\":2}").unwrap();
        assert!(read_json(&path).is_err());
        std::fs::write(&path, "[1]").unwrap();
        assert!(read_object(&path).is_err());
        assert!(read_secret(&dir.path().join("none")).is_err());
    }
}
