//! The commented file that `hansa init` writes: every setting with its default.

use std::fmt::Write as _;

use super::settings::as_toml;
use super::table::{SECTIONS, SETTINGS};

/// The file. Settings named in `set` are written out, all others stand as comments.
pub(crate) fn template(set: &[(&str, String)]) -> String {
    let mut out = String::from(
        "# Settings of a Hansa node. Flags and HANSA_SECTION__KEY variables win over this file.\n",
    );
    for (section, about) in SECTIONS {
        let _ = write!(out, "\n# {about}\n[{section}]\n");
        for setting in SETTINGS.iter().filter(|setting| setting.section() == *section) {
            let _ = writeln!(out, "# {}", setting.about);
            let chosen = set.iter().find(|(key, _)| *key == setting.key);
            let name = setting.name();
            let _ = match chosen {
                Some((_, text)) => writeln!(out, "{name} = {}", as_toml(setting.kind, text)),
                None => writeln!(out, "#{name} = {}", as_toml(setting.kind, setting.default)),
            };
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::layers::{Origin, load};
    use super::super::settings::Settings;
    use super::*;

    #[test]
    fn the_template_reads_with_and_without_its_comments() {
        let text = template(&[("store.data_dir", "a \"b\"".to_owned())]);
        let file = |text: &str| Some((std::path::PathBuf::from("x"), text.to_owned()));
        let loaded = load(file(&text), [], Vec::new()).unwrap();
        assert_eq!(loaded.get("store.data_dir").text, "a \"b\"");
        assert_eq!(loaded.get("server.bind").origin, Origin::Default);
        let all: String = text
            .lines()
            .map(|l| {
                l.strip_prefix('#').filter(|l| !l.starts_with(' ')).unwrap_or(l).to_owned() + "\n"
            })
            .collect();
        let loaded = load(file(&all), [], Vec::new()).unwrap();
        for setting in SETTINGS.iter().filter(|setting| setting.key != "store.data_dir") {
            assert_eq!(loaded.get(setting.key).text, setting.default, "{}", setting.key);
            assert_ne!(loaded.get(setting.key).origin, Origin::Default, "{}", setting.key);
        }
        assert!(Settings::from_loaded(&loaded).is_ok());
    }
}
