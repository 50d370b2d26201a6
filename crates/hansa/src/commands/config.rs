//! `hansa config`: what the settings are, where they come from, and whether they can work.

use clap::Subcommand;
use serde_json::{Map, Value, json};

use super::{App, DONE, Outcome};
use crate::config::founded::{self, Ignored};
use crate::config::settings::{as_toml, listed};
use crate::config::table::{SECTIONS, find};
use crate::config::{ConfigArgs, Loaded, Settings};
use crate::failure::Failure;

/// What can be done with settings.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show every setting and its value
    Show {
        /// Show where each value comes from: flag, env, file or default
        #[arg(long)]
        origin: bool,
        #[command(flatten)]
        config: ConfigArgs,
    },
    /// Check the settings without starting anything
    Check {
        #[command(flatten)]
        config: ConfigArgs,
    },
}

impl Command {
    /// Carries it out.
    pub(crate) fn run(self, app: &App<'_>) -> Outcome {
        match self {
            Command::Show { origin, config } => {
                let loaded = config.load(&[])?;
                let rows = listed(&loaded);
                let ignored = ignored(&loaded);
                match app.ui.is_for_people() {
                    true if origin => app
                        .ui
                        .answer(&with_origin(&rows, &ignored), &["setting", "value", "origin"])?,
                    true => app.ui.raw(as_file(&rows).as_bytes())?,
                    false if origin => app.ui.answer(&with_origin(&rows, &ignored), &[])?,
                    false => app.ui.answer(&sections(&rows), &[])?,
                }
                tell(app, &ignored);
            }
            Command::Check { config } => {
                let loaded = config.load(&[])?;
                let settings = Settings::from_loaded(&loaded).map_err(Failure::from)?;
                tell(app, &ignored(&loaded));
                if app.ui.is_for_people() {
                    let set = listed(&loaded).iter().filter(|row| row.2 != "default").count();
                    app.ui.line(&format!(
                        "ok: {set} settings differ from their defaults or repeat them"
                    ))?;
                    let dir = settings.data_dir().display();
                    app.ui.say(&format!(
                        "the node would listen on {} and keep its data in {dir}",
                        settings.server.bind
                    ));
                } else {
                    app.ui.answer(&json!({ "ok": true }), &[])?;
                }
            }
        }
        DONE
    }
}

type Rows = [(&'static str, String, String)];

/// The settings that a founded node passes over. Whatever cannot be looked at is no business of a
/// look at settings.
fn ignored(loaded: &Loaded) -> Vec<Ignored> {
    let settings = Settings::from_loaded(loaded).ok();
    let ignored = settings.and_then(|settings| founded::ignored(loaded, &settings).ok());
    ignored.unwrap_or_default()
}

fn tell(app: &App<'_>, ignored: &[Ignored]) {
    for ignored in ignored {
        app.ui.say(&format!("{}; {}", ignored.line(), ignored.next_step()));
    }
}

/// Each setting with everything that is known of it.
fn with_origin(rows: &Rows, ignored: &[Ignored]) -> Value {
    let row = |(key, value, origin): &(&str, String, String)| {
        let setting = find(key);
        let stored = ignored.iter().find(|ignored| ignored.setting == *key);
        let mut row = json!({
            "setting": key,
            "value": value,
            "origin": origin,
            "default": setting.map(|setting| setting.default),
            "variable": setting.map(|setting| setting.variable()),
            "about": setting.map(|setting| setting.about),
        });
        if let Some(ignored) = stored {
            row["stored"] = ignored.stored.clone().into();
        }
        row
    };
    Value::Array(rows.iter().map(row).collect())
}

/// The settings as the file that would say the same.
fn as_file(rows: &Rows) -> String {
    let mut out = String::new();
    for (section, _) in SECTIONS {
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&format!("[{section}]\n"));
        for (key, value, _) in rows {
            if let Some(setting) = find(key).filter(|setting| setting.section() == *section) {
                out.push_str(&format!("{} = {}\n", setting.name(), as_toml(setting.kind, value)));
            }
        }
    }
    out
}

fn sections(rows: &Rows) -> Value {
    let mut sections: Map<String, Value> = Map::new();
    for (key, value, _) in rows {
        let Some(setting) = find(key) else { continue };
        let section = sections.entry(setting.section()).or_insert_with(|| json!({}));
        section[setting.name()] = value.clone().into();
    }
    Value::Object(sections)
}
