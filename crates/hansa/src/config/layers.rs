//! Gathering the texts of all settings from flags, environment, file and defaults.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use toml::Value;

use super::Complaint;
use super::table::{SETTINGS, Setting, find};
use crate::failure::Failure;
use crate::suggest;

/// Where files are looked for when none is named.
const PLACES: [&str; 2] = ["hansa.toml", "/etc/hansa/hansa.toml"];

/// Which layer a value comes from; later ones win.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Nobody said anything.
    Default,
    /// A file.
    File(PathBuf),
    /// An environment variable.
    Environment(String),
    /// A flag of the command line.
    Flag(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Default => f.write_str("default"),
            Origin::File(path) => write!(f, "file {}", path.display()),
            Origin::Environment(name) => write!(f, "env {name}"),
            Origin::Flag(name) => write!(f, "flag {name}"),
        }
    }
}

/// A value as text, and who said it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sourced {
    /// The value.
    pub(crate) text: String,
    /// Where it comes from.
    pub(crate) origin: Origin,
}

/// All settings as texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Loaded {
    values: BTreeMap<&'static str, Sourced>,
}

impl Loaded {
    /// The value of a setting of the table.
    pub(crate) fn get(&self, key: &str) -> Sourced {
        let default = || Sourced { text: String::new(), origin: Origin::Default };
        self.values.get(key).cloned().unwrap_or_else(default)
    }

    fn set(&mut self, setting: &'static Setting, text: String, origin: Origin) {
        self.values.insert(setting.key, Sourced { text, origin });
    }
}

/// The file to read: the one that is named, which must exist, or the first that does.
pub(crate) fn find_file(named: Option<&Path>) -> Result<Option<(PathBuf, String)>, Failure> {
    let read = |path: &Path| std::fs::read_to_string(path).map(|text| (path.to_owned(), text));
    let unreadable = |path: &Path, error: &std::io::Error| {
        Failure::because(format!("cannot read the settings in {}", path.display()), error)
    };
    if let Some(path) = named {
        return read(path).map(Some).map_err(|error| {
            unreadable(path, &error).next_step("write one with hansa init, or name another file")
        });
    }
    for place in PLACES {
        let path = Path::new(place);
        match read(path) {
            Ok(found) => return Ok(Some(found)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(unreadable(path, &error)),
        }
    }
    Ok(None)
}

/// Lays the layers over each other. Flags are `(key, value, flag)`.
pub(crate) fn load(
    file: Option<(PathBuf, String)>,
    environment: impl IntoIterator<Item = (String, String)>,
    flags: Vec<(String, String, String)>,
) -> Result<Loaded, Vec<Complaint>> {
    let mut loaded = Loaded { values: BTreeMap::new() };
    let mut complaints = Vec::new();
    for setting in SETTINGS {
        loaded.set(setting, setting.default.to_owned(), Origin::Default);
    }
    if let Some((path, text)) = file {
        from_file(&mut loaded, &path, &text, &mut complaints);
    }
    let environment: BTreeMap<String, String> = environment.into_iter().collect();
    from_aliases(&mut loaded, &environment, &mut complaints);
    from_environment(&mut loaded, &environment, &mut complaints);
    for (key, text, flag) in flags {
        match find(&key) {
            Some(setting) => loaded.set(setting, text, Origin::Flag(flag)),
            None => complaints.push(unknown(&key, &flag)),
        }
    }
    if complaints.is_empty() { Ok(loaded) } else { Err(complaints) }
}

fn from_file(loaded: &mut Loaded, path: &Path, text: &str, complaints: &mut Vec<Complaint>) {
    let name = path.display();
    let table: toml::Table = match toml::from_str(text) {
        Ok(table) => table,
        Err(error) => {
            let what = format!("{name} is not TOML: {}", error.to_string().trim());
            complaints.push(Complaint::new(what, "correct the file"));
            return;
        }
    };
    for (section, value) in table {
        let Value::Table(members) = value else {
            complaints.push(unknown(&section, &name.to_string()));
            continue;
        };
        for (key, value) in members {
            let key = format!("{section}.{key}");
            let Some(setting) = find(&key) else {
                complaints.push(unknown(&key, &name.to_string()));
                continue;
            };
            match plain(&value) {
                Some(text) => loaded.set(setting, text, Origin::File(path.to_owned())),
                None => complaints.push(Complaint::new(
                    format!("{key} in {name} has a value that no setting has"),
                    "write a text, a number, true, false or a list of texts",
                )),
            }
        }
    }
}

/// A value of the file as the text that the other layers would give.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Boolean(flag) => Some(flag.to_string()),
        Value::Array(items) => {
            let texts: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
            texts.map(|texts| texts.join(","))
        }
        Value::Float(_) | Value::Datetime(_) | Value::Table(_) => None,
    }
}

fn from_aliases(
    loaded: &mut Loaded,
    environment: &BTreeMap<String, String>,
    complaints: &mut Vec<Complaint>,
) {
    for setting in SETTINGS {
        for alias in setting.aliases {
            let Some(said) = environment.get(alias.variable) else { continue };
            let origin = Origin::Environment(alias.variable.to_owned());
            if alias.meanings.is_empty() {
                loaded.set(setting, said.clone(), origin);
                continue;
            }
            match alias.meanings.iter().find(|(word, _)| word == said) {
                Some((_, text)) => loaded.set(setting, (*text).to_owned(), origin),
                None => {
                    let words: Vec<&str> = alias.meanings.iter().map(|(word, _)| *word).collect();
                    complaints.push(Complaint::new(
                        format!("{} is {said:?}, which means nothing here", alias.variable),
                        format!("set it to {}, or unset it", words.join(" or ")),
                    ));
                }
            }
        }
    }
}

/// Only variables with two underscores behind the prefix are settings: `HANSA_NODE` and
/// `HANSA_API_KEY` belong to the commands that talk to a node.
fn from_environment(
    loaded: &mut Loaded,
    environment: &BTreeMap<String, String>,
    complaints: &mut Vec<Complaint>,
) {
    for (name, text) in environment {
        let Some(rest) = name.strip_prefix("HANSA_").filter(|rest| rest.contains("__")) else {
            continue;
        };
        let key = rest.replacen("__", ".", 1).to_lowercase();
        match find(&key).filter(|setting| setting.variable() == *name) {
            Some(setting) => {
                loaded.set(setting, text.clone(), Origin::Environment(name.clone()));
            }
            None => complaints.push(unknown_variable(&key, name)),
        }
    }
}

fn unknown(key: &str, place: &str) -> Complaint {
    let keys = SETTINGS.iter().map(|setting| setting.key);
    let next_step = match suggest::hint(key, keys) {
        Some(hint) => hint,
        None => "hansa config show lists all settings".to_owned(),
    };
    Complaint::new(format!("{key} in {place} is no setting"), next_step)
}

fn unknown_variable(key: &str, name: &str) -> Complaint {
    let keys = SETTINGS.iter().map(|setting| setting.key);
    let nearest = suggest::nearest(key, keys).and_then(find);
    let next_step = match nearest {
        Some(setting) => format!("did you mean {}?", setting.variable()),
        None => "hansa config show lists all settings".to_owned(),
    };
    Complaint::new(format!("the environment variable {name} is no setting"), next_step)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
    }

    fn file(text: &str) -> Option<(PathBuf, String)> {
        Some((PathBuf::from("test.toml"), text.to_owned()))
    }

    #[test]
    fn later_layers_win() {
        let written =
            "[server]\nbind = \"127.0.0.1:1\"\nhost = \"file\"\n[store]\nsnapshot_entries = 7\n";
        let variables = pairs(&[("HANSA_SERVER__BIND", "127.0.0.1:2"), ("HANSA_NODE", "x")]);
        let flag = ("server.bind".to_owned(), "127.0.0.1:3".to_owned(), "--bind".to_owned());
        let loaded = load(file(written), variables.clone(), vec![flag]).unwrap();
        assert_eq!(loaded.get("server.bind").text, "127.0.0.1:3");
        assert_eq!(loaded.get("server.bind").origin.to_string(), "flag --bind");
        assert_eq!(loaded.get("server.host").origin.to_string(), "file test.toml");
        assert_eq!(loaded.get("store.snapshot_entries").text, "7");
        assert_eq!(loaded.get("log.level").origin, Origin::Default);
        let loaded = load(file(written), variables, Vec::new()).unwrap();
        assert_eq!(loaded.get("server.bind").origin.to_string(), "env HANSA_SERVER__BIND");
    }

    #[test]
    fn an_unknown_key_names_the_nearest_one_in_every_layer() {
        let complaints = load(
            file("[server]\nbnd = \"x\"\n[serve]\nbind = \"x\"\n"),
            pairs(&[("HANSA_STORE__DATADIR", "x")]),
            vec![("log.levl".to_owned(), "x".to_owned(), "--set log.levl".to_owned())],
        )
        .unwrap_err();
        let steps: Vec<&str> = complaints.iter().map(|c| c.next_step.as_str()).collect();
        let expected = [
            "did you mean server.bind?",
            "did you mean server.bind?",
            "did you mean HANSA_STORE__DATA_DIR?",
            "did you mean log.level?",
        ];
        let mut sorted = steps.clone();
        sorted.sort_unstable();
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        assert_eq!(sorted, expected, "{complaints:?}");
    }

    #[test]
    fn an_alias_without_meanings_says_what_it_says() {
        let aliases = [("OPA_URL", "http://opa:8181"), ("OPA_ENFORCE", "false")];
        let loaded = load(None, pairs(&aliases), Vec::new()).unwrap();
        assert_eq!(loaded.get("policy.opa_url").text, "http://opa:8181");
        assert_eq!(loaded.get("policy.opa_enforce").text, "false");
    }

    #[test]
    fn an_alias_is_weaker_than_the_setting_s_own_variable() {
        let alias = ("MINTING_AUTHORITY", "disabled");
        let loaded = load(None, pairs(&[alias]), Vec::new()).unwrap();
        assert_eq!(loaded.get("money.mode").text, "satellite");
        let both = pairs(&[alias, ("HANSA_MONEY__MODE", "sovereign")]);
        assert_eq!(load(None, both, Vec::new()).unwrap().get("money.mode").text, "sovereign");
        let odd = pairs(&[("MINTING_AUTHORITY", "maybe")]);
        assert!(load(None, odd, Vec::new()).unwrap_err()[0].next_step.contains("enabled"));
    }

    #[test]
    fn lists_and_odd_values_of_the_file() {
        let loaded = load(file("server.allowed_hosts = [\"a\", \"b\"]"), [], Vec::new()).unwrap();
        assert_eq!(loaded.get("server.allowed_hosts").text, "a,b");
        for bad in ["[money]\nscale = 1.5", "[server]\nbind = { a = 1 }", "bind = 1", "[server"] {
            assert_eq!(load(file(bad), [], Vec::new()).unwrap_err().len(), 1, "{bad}");
        }
    }
}
