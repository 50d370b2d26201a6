//! Logins that are kept between two commands: for each name a node and the secret of a session.
//!
//! They lie in one file that its owner alone may read. A secret goes to the node it came from and
//! nowhere else: a command that names another node goes there without it.
//!
//! Deliberately absent: passwords and private keys. Neither is ever kept.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use hansa_types::{PrincipalId, SessionId};
use hansa_wire::scalar::{WireSecret, WireTime};
use serde::{Deserialize, Serialize};

use crate::cli::Global;
use crate::failure::Failure;
use crate::files;

/// The profile that is meant unless one is named.
pub(crate) const DEFAULT: &str = "default";
/// Longest name of a profile, in bytes.
const NAME_BYTES_MAX: usize = 64;

/// One login.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Profile {
    /// The address of the node.
    pub(crate) node: String,
    /// Who logged in.
    pub(crate) principal: PrincipalId,
    /// Which session it is.
    pub(crate) session: SessionId,
    /// The session's secret.
    pub(crate) access_token: WireSecret,
    /// When it ends.
    pub(crate) expires_at: WireTime,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    profiles: BTreeMap<String, Profile>,
}

/// All logins, and the file they lie in.
#[derive(Debug)]
pub(crate) struct Profiles {
    path: Option<PathBuf>,
    kept: Kept,
}

impl Profiles {
    /// Reads the file; where there is none, nobody is logged in.
    pub(crate) fn open() -> Result<Self, Failure> {
        match place() {
            Some(path) => Self::read(path),
            None => Ok(Self { path: None, kept: Kept::default() }),
        }
    }

    fn read(path: PathBuf) -> Result<Self, Failure> {
        let mode = match std::fs::metadata(&path) {
            Ok(metadata) => metadata.permissions().mode(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self { path: Some(path), kept: Kept::default() });
            }
            Err(error) => return Err(unreadable(&path, &error)),
        };
        if mode & 0o077 != 0 {
            return Err(Failure::usage(format!("{} may be read by others", path.display()))
                .next_step(format!(
                    "chmod 600 {0}, or remove it and log in again",
                    path.display()
                )));
        }
        let text = files::read_text(&path)?;
        let kept = serde_json::from_str(&text).map_err(|error| unreadable(&path, &error))?;
        Ok(Self { path: Some(path), kept })
    }

    /// The login that the flags mean, if it is one at the node that they name.
    pub(crate) fn find(&self, global: &Global) -> Result<Option<Profile>, Failure> {
        let name = name(global)?;
        let found = self.kept.profiles.get(name);
        let same = |profile: &&Profile| {
            let named = global.node.as_deref();
            named.is_none_or(|named| named.trim_end_matches('/') == profile.node)
        };
        Ok(found.filter(same).cloned())
    }

    /// The same, where a profile that is named must be there, or a node beside it.
    pub(crate) fn find_named(&self, global: &Global) -> Result<Option<Profile>, Failure> {
        let (name, found) = (name(global)?, self.find(global)?);
        match found.is_none() && name != DEFAULT && global.node.is_none() {
            true => Err(Failure::usage(format!("there is no profile {name}"))
                .next_step(format!("make it with hansa login --profile {name}"))),
            false => Ok(found),
        }
    }

    /// Keeps a login in the place of the one with the same name.
    pub(crate) fn keep(&mut self, global: &Global, profile: Profile) -> Result<(), Failure> {
        self.kept.profiles.insert(name(global)?.to_owned(), profile);
        self.write()
    }

    /// Forgets a login.
    pub(crate) fn forget(&mut self, global: &Global) -> Result<(), Failure> {
        self.kept.profiles.remove(name(global)?);
        self.write()
    }

    /// The file is replaced as a whole, so that nobody ever reads half of it.
    fn write(&self) -> Result<(), Failure> {
        let path = self.path.as_deref().ok_or_else(|| {
            Failure::new("there is no place to keep a login")
                .next_step("set HOME, XDG_CONFIG_HOME or HANSA_PROFILES_FILE")
        })?;
        let unwritable = |error: &dyn std::error::Error| {
            Failure::because(format!("cannot write {}", path.display()), error)
        };
        let dir = match path.parent() {
            Some(dir) if dir != Path::new("") => dir,
            _ => Path::new("."),
        };
        let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(dir);
        made.map_err(|error| unwritable(&error))?;
        let text = serde_json::to_string_pretty(&self.kept).map_err(|error| unwritable(&error))?;
        let text = zeroize::Zeroizing::new(text);
        // Temporary files are made for their owner alone.
        let written = tempfile::NamedTempFile::new_in(dir).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.as_file().sync_all()?;
            file.persist(path).map_err(|error| error.error)
        });
        written.map(|_| ()).map_err(|error| unwritable(&error))
    }
}

/// The profile that the flags mean.
pub(crate) fn name(global: &Global) -> Result<&str, Failure> {
    let name = global.profile.as_str();
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    match (1..=NAME_BYTES_MAX).contains(&name.len()) && name.bytes().all(plain) {
        true => Ok(name),
        false => Err(Failure::usage(format!("{name:?} is no name of a profile"))
            .next_step("use letters, digits, -, _ and .")),
    }
}

/// Where logins lie, by the conventions of the XDG base directories.
fn place() -> Option<PathBuf> {
    let folder = |name: &str| {
        let path = PathBuf::from(std::env::var_os(name)?);
        path.is_absolute().then_some(path)
    };
    if let Some(path) = std::env::var_os("HANSA_PROFILES_FILE").filter(|path| !path.is_empty()) {
        return Some(path.into());
    }
    let config = folder("XDG_CONFIG_HOME").or_else(|| Some(folder("HOME")?.join(".config")))?;
    Some(config.join("hansa").join("profiles.json"))
}

fn unreadable(path: &Path, error: &dyn std::error::Error) -> Failure {
    Failure::because(format!("cannot read {}", path.display()), error)
        .next_step("remove the file and log in again")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{Cli, parse};
    use hansa_crypto::Secret;

    fn flags(more: &[&str]) -> Global {
        let line = [&["hansa", "whoami"][..], more].concat();
        let line: Vec<std::ffi::OsString> = line.iter().map(std::ffi::OsString::from).collect();
        let Cli { global, .. } = parse(&line).unwrap();
        Global { node: more.contains(&"--node").then(|| more[1].to_owned()), ..global }
    }

    fn profile(node: &str) -> Profile {
        Profile {
            node: node.to_owned(),
            principal: PrincipalId::new(1, 2),
            session: SessionId::new(1, 3),
            access_token: WireSecret(Secret::new("hansa_ses_x".to_owned())),
            expires_at: hansa_types::Time(1_800_000_000_000).into(),
        }
    }

    #[test]
    fn a_login_is_kept_privately_and_counts_at_its_node_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a").join("profiles.json");
        let mut profiles = Profiles::read(path.clone()).unwrap();
        profiles.keep(&flags(&[]), profile("http://a:1")).unwrap();
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let mut read = Profiles::read(path.clone()).unwrap();
        let found = |read: &Profiles, more: &[&str]| read.find(&flags(more)).unwrap().is_some();
        assert!(found(&read, &[]));
        assert!(found(&read, &["--node", "http://a:1/"]));
        assert!(!found(&read, &["--node", "http://b:1"]));
        read.forget(&flags(&[])).unwrap();
        assert!(!found(&Profiles::read(path).unwrap(), &[]));
    }

    #[test]
    fn a_file_that_others_read_or_that_does_not_read_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("profiles.json");
        files::write_new(&path, "{\"profiles\":{}}", 0o644).unwrap();
        assert!(Profiles::read(path.clone()).is_err());
        std::fs::remove_file(&path).unwrap();
        files::write_new(&path, "{\"other\":{}}", 0o600).unwrap();
        assert!(Profiles::read(path).is_err());
    }

    #[test]
    fn a_profile_that_is_named_must_exist_or_have_a_node() {
        let none = Profiles { path: None, kept: Kept::default() };
        let named = |profile: &str, node: Option<&str>| Global {
            profile: profile.to_owned(),
            node: node.map(str::to_owned),
            ..flags(&[])
        };
        assert!(none.find_named(&named("work", None)).is_err());
        assert!(none.find_named(&named("work", Some("http://a:1"))).unwrap().is_none());
        assert!(none.find(&named("../x", Some("http://a:1"))).is_err());
    }
}
