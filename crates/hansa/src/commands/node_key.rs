//! `hansa admin node-key`: the key that the node signs with, and what it is sealed under.

use std::path::PathBuf;

use clap::Subcommand;
use hansa_node::Env;
use hansa_node::keys::Place;
use hansa_store::{Options, Store};
use serde_json::{Value, json};

use super::{App, DONE, Outcome};
use crate::config::{ConfigArgs, Settings};
use crate::failure::Failure;
use crate::files;
use crate::server::{self, Choices};

/// What can be done with the node's key.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Say which it is and what it is sealed under
    Show(ConfigArgs),
    /// Seal it under a secret, or under another one, while the node is stopped
    Seal {
        #[command(flatten)]
        config: ConfigArgs,
        /// The file of the new secret: a passphrase of 12 bytes or more; - for standard input
        #[arg(long, value_name = "FILE")]
        new_secret_file: PathBuf,
    },
    /// Let it lie open again, for its owner alone, while the node is stopped
    Unseal(ConfigArgs),
    /// Give the node another key, while it is stopped
    ///
    /// The former key signs the new one. For seven days what it signed counts still, and its DID
    /// names the node still.
    Rotate {
        #[command(flatten)]
        config: ConfigArgs,
        /// Accept nothing of the former key any more, for it was stolen
        #[arg(long)]
        revoke_former: bool,
    },
}

const SHOWN: &[&str] = &["public_key", "did", "sealed", "file"];
const ROTATED: &[&str] = &["public_key", "did", "former_key", "former_until", "wrapped", "seq"];

impl Command {
    /// Carries it out.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        match self {
            Command::Show(config) => {
                let settings = config.settings(&[])?;
                app.ui.answer(&shown(&settings)?, SHOWN)?;
            }
            Command::Seal { config, new_secret_file } => {
                let secret = files::read_secret(&new_secret_file)?;
                let settings = config.settings(&[])?;
                let path = seal(&settings, Some(&secret))?;
                app.ui.answer(&json!({ "sealed": true, "file": path }), &["sealed", "file"])?;
                app.ui.say("next step: name the secret in keys.secret_file or keys.credential");
            }
            Command::Unseal(config) => {
                let path = seal(&config.settings(&[])?, None)?;
                app.ui.answer(&json!({ "sealed": false, "file": path }), &["sealed", "file"])?;
                app.ui.say(
                    "next step: take keys.secret_file and keys.credential out of the settings",
                );
            }
            Command::Rotate { config, revoke_former } => {
                rotate(app, &config, revoke_former).await?
            }
        }
        DONE
    }
}

fn shown(settings: &Settings) -> Result<Value, Failure> {
    let secret = settings.key_secret.get()?;
    let place = Place { data_dir: settings.data_dir(), secret: secret.as_ref() };
    let public = place.need()?.signing().public();
    Ok(json!({
        "public_key": public.to_multibase(),
        "did": public.did_key(),
        "sealed": secret.is_some(),
        "file": place.file(),
    }))
}

/// Seals the key anew and says where it lies. The lock says that no node runs.
fn seal(
    settings: &Settings,
    new: Option<&hansa_crypto::Secret>,
) -> Result<std::path::PathBuf, Failure> {
    let secret = settings.key_secret.get()?;
    let place = Place { data_dir: settings.data_dir(), secret: secret.as_ref() };
    // Looked at before the lock is taken, which would make the directory.
    place.need()?;
    let _lock = Store::open(settings.data_dir(), Options::default())?;
    place.seal_anew(new, &Env::real())?;
    Ok(Place { secret: new, ..place }.file())
}

async fn rotate(app: &App<'_>, config: &ConfigArgs, revoke_former: bool) -> Result<(), Failure> {
    let settings = config.settings(&[])?;
    let secret = settings.key_secret.get()?;
    Place { data_dir: settings.data_dir(), secret: secret.as_ref() }.need()?;
    let opened = server::open(&settings, Choices::default()).await?;
    let done = opened.node.rotate_key(revoke_former).await?;
    let told = json!({
        "public_key": done.key.to_multibase(),
        "did": done.key.did_key(),
        "former_key": done.former.to_multibase(),
        "former_until": done.former_until.map(|until| until.to_string()),
        "wrapped": done.wrapped,
        "seq": done.seq,
    });
    app.ui.answer(&told, ROTATED)?;
    app.ui
        .say("tell whoever verifies what the node signs, and make a backup: it holds the new key");
    app.ui.say("next step: start the node with hansa serve");
    Ok(())
}
