//! The parameters of an entry: read strictly, and carried from one entry to the next.

use serde_json::{Map, Value};

use super::{Fault, METHOD, Multihash};
use crate::keys::PublicKey;
use crate::limits::DID_LOG_KEYS_MAX;

/// What holds after an entry, for the next one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Active {
    pub(super) scid: Multihash,
    pub(super) portable: bool,
    pub(super) deactivated: bool,
    /// Who may sign the next entry, unless hashes are committed to.
    pub(super) update_keys: Vec<PublicKey>,
    /// Hashes of the keys that may sign the next entry; empty without pre-rotation.
    pub(super) next_key_hashes: Vec<Multihash>,
}

/// What one entry says.
#[derive(Debug, Default)]
struct Said {
    method: bool,
    scid: Option<Multihash>,
    portable: Option<bool>,
    deactivated: Option<bool>,
    update_keys: Option<Vec<PublicKey>>,
    next_key_hashes: Option<Vec<Multihash>>,
}

impl Active {
    /// Reads the parameters of an entry and applies them to what held before. Also gives the keys
    /// that may sign this very entry.
    pub(super) fn after(
        before: Option<&Self>,
        parameters: &Map<String, Value>,
    ) -> Result<(Self, Vec<PublicKey>), Fault> {
        let said = read(parameters)?;
        match before {
            None => first(said),
            Some(before) => before.next(said),
        }
    }

    fn next(&self, said: Said) -> Result<(Self, Vec<PublicKey>), Fault> {
        if self.deactivated {
            return Err(Fault::Deactivated);
        }
        if said.scid.is_some() {
            return Err(Fault::Parameter("scid"));
        }
        if said.portable == Some(true) && !self.portable {
            return Err(Fault::Parameter("portable"));
        }
        let rotating = !self.next_key_hashes.is_empty();
        let signers = match (rotating, said.update_keys.as_deref()) {
            (false, _) => self.update_keys.clone(),
            (true, None | Some([])) => return Err(Fault::PreRotation),
            (true, Some(keys)) => {
                let committed = |key| self.next_key_hashes.contains(&Multihash::of_key(key));
                if !keys.iter().all(committed) {
                    return Err(Fault::PreRotation);
                }
                keys.to_vec()
            }
        };
        let next_key_hashes = match (rotating, said.next_key_hashes) {
            // Silence would leave open which keys may follow.
            (true, None) => return Err(Fault::PreRotation),
            (_, hashes) => hashes.unwrap_or_default(),
        };
        let active = Self {
            scid: self.scid,
            portable: said.portable.unwrap_or(self.portable),
            deactivated: said.deactivated.unwrap_or(false),
            update_keys: said.update_keys.unwrap_or_else(|| self.update_keys.clone()),
            next_key_hashes,
        };
        Ok((active, signers))
    }
}

fn first(said: Said) -> Result<(Active, Vec<PublicKey>), Fault> {
    if !said.method {
        return Err(Fault::Method);
    }
    if said.deactivated == Some(true) {
        return Err(Fault::Parameter("deactivated"));
    }
    let update_keys = said.update_keys.filter(|keys| !keys.is_empty());
    let update_keys = update_keys.ok_or(Fault::Shape("updateKeys"))?;
    let active = Active {
        scid: said.scid.ok_or(Fault::Scid)?,
        portable: said.portable.unwrap_or(false),
        deactivated: false,
        update_keys: update_keys.clone(),
        next_key_hashes: said.next_key_hashes.unwrap_or_default(),
    };
    Ok((active, update_keys))
}

fn read(parameters: &Map<String, Value>) -> Result<Said, Fault> {
    let mut said = Said::default();
    for (name, value) in parameters {
        match name.as_str() {
            "method" => match value.as_str() == Some(METHOD) {
                true => said.method = true,
                false => return Err(Fault::Method),
            },
            "scid" => {
                let text = value.as_str().ok_or(Fault::Shape("scid"))?;
                said.scid = Some(text.parse().map_err(|_| Fault::Scid)?);
            }
            "portable" => said.portable = Some(boolean(value, "portable")?),
            "deactivated" => said.deactivated = Some(boolean(value, "deactivated")?),
            "updateKeys" => {
                let key = |text: &str| PublicKey::from_multibase(text).ok();
                said.update_keys = Some(list(value, "updateKeys", key)?);
            }
            "nextKeyHashes" => {
                let hash = |text: &str| text.parse().ok();
                said.next_key_hashes = Some(list(value, "nextKeyHashes", hash)?);
            }
            "witness" => match value.as_object() {
                Some(none) if none.is_empty() => {}
                Some(_) => return Err(Fault::Witness),
                None => return Err(Fault::Shape("witness")),
            },
            "watchers" => drop(list(value, "watchers", |url| Some(url.to_owned()))?),
            "ttl" => {
                value.as_u64().ok_or(Fault::Shape("ttl"))?;
            }
            _ => return Err(Fault::Shape("parameters")),
        }
    }
    Ok(said)
}

fn boolean(value: &Value, name: &'static str) -> Result<bool, Fault> {
    value.as_bool().ok_or(Fault::Shape(name))
}

fn list<T>(
    value: &Value,
    name: &'static str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, Fault> {
    let items = value.as_array().filter(|items| items.len() <= DID_LOG_KEYS_MAX);
    let items = items.ok_or(Fault::Shape(name))?;
    let read = items.iter().map(|item| item.as_str().and_then(&read));
    read.collect::<Option<_>>().ok_or(Fault::Shape(name))
}
