//! Settings: read once, from four layers, into plain data.
//!
//! A flag wins over an environment variable (`HANSA_SECTION__KEY`), that over the file, that over
//! the default. Every setting stands once in [`table::SETTINGS`]; a key that is not there is an
//! error that names the nearest one. [`layers`] gathers the texts with where they come from,
//! [`settings`] types them.
//!
//! Deliberately absent: secrets. None is a setting.

mod accounts;
pub(crate) mod founded;
mod keys;
pub(crate) mod layers;
mod registry;
pub(crate) mod settings;
pub(crate) mod table;
pub(crate) mod template;
mod values;

use std::path::PathBuf;

use clap::Args;

use crate::failure::Failure;
pub(crate) use layers::Loaded;
pub(crate) use settings::Settings;

/// Flags of every command that reads settings.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct ConfigArgs {
    /// Read settings from this file instead of ./hansa.toml or /etc/hansa/hansa.toml
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// Where the node keeps everything (store.data_dir)
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,

    /// Set any setting, e.g. --set money.fee_rate=0.25%
    #[arg(long = "set", value_name = "SECTION.KEY=VALUE")]
    pub(crate) set: Vec<String>,
}

/// One thing that is wrong with the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Complaint {
    /// What is wrong and where.
    pub(crate) what: String,
    /// What to do about it.
    pub(crate) next_step: String,
}

impl Complaint {
    fn new(what: impl Into<String>, next_step: impl Into<String>) -> Self {
        Self { what: what.into(), next_step: next_step.into() }
    }
}

impl From<Vec<Complaint>> for Failure {
    fn from(complaints: Vec<Complaint>) -> Self {
        let mut failure = match complaints.len() {
            1 => Failure::usage(complaints[0].what.clone()),
            n => Failure::usage(format!("{n} settings are wrong")),
        };
        if complaints.len() > 1 {
            for complaint in &complaints {
                failure = failure.detail(format!("{} ({})", complaint.what, complaint.next_step));
            }
            return failure.next_step("correct them; hansa config show lists all settings");
        }
        match complaints.into_iter().next() {
            Some(complaint) => failure.next_step(complaint.next_step),
            None => failure,
        }
    }
}

impl ConfigArgs {
    /// Gathers the layers, with further flags of the command as `(key, value)`.
    pub(crate) fn load(&self, flags: &[(&'static str, String)]) -> Result<Loaded, Failure> {
        let mut texts: Vec<(String, String, String)> = Vec::new();
        for pair in &self.set {
            let (key, value) = pair.split_once('=').ok_or_else(|| {
                Failure::usage(format!("--set {pair}: there is no = in it"))
                    .next_step("write --set section.key=value")
            })?;
            texts.push((key.to_owned(), value.to_owned(), format!("--set {key}")));
        }
        if let Some(dir) = &self.data_dir {
            let dir = dir.to_str().ok_or_else(|| Failure::usage("--data-dir is not UTF-8"))?;
            texts.push(("store.data_dir".to_owned(), dir.to_owned(), "--data-dir".to_owned()));
        }
        for (key, value) in flags {
            let flag = format!("--{}", key.split('.').next_back().unwrap_or(key).replace('_', "-"));
            texts.push(((*key).to_owned(), value.clone(), flag));
        }
        let environment = std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        });
        let file = layers::find_file(self.config.as_deref())?;
        layers::load(file, environment, texts).map_err(Failure::from)
    }

    /// The typed settings.
    pub(crate) fn settings(&self, flags: &[(&'static str, String)]) -> Result<Settings, Failure> {
        let loaded = self.load(flags)?;
        Settings::from_loaded(&loaded).map_err(Failure::from)
    }
}
