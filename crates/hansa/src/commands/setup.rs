//! `hansa setup`: becoming the owner of a new node.

use std::path::PathBuf;

use hansa_crypto::Secret;
use hansa_wire::api::setup::SetupComplete;
use hansa_wire::scalar::{Name, WireKey, WireSecret};

use super::agent::{OwnKey, name, public_key};
use super::{App, DONE, Outcome};
use crate::files;

/// Who becomes the owner.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The token that the node printed when it started; without this flag it is read from
    /// standard input, where other users of the machine cannot see it
    #[arg(long, value_name = "TOKEN")]
    token: Option<String>,

    /// What people call the owner
    #[arg(long, value_parser = name)]
    name: Option<Name>,

    /// The owner's public key (z6Mk… or did:key:…); without one the node makes a key pair
    #[arg(long, value_name = "KEY", conflicts_with = "key_out", value_parser = public_key)]
    public_key: Option<WireKey>,

    /// Make the owner's key here and write the private key to this new file
    #[arg(long, value_name = "PEM")]
    key_out: Option<PathBuf>,
}

/// The members of the answer.
pub(crate) const SHOWN: &[&str] = &["id", "did", "public_key", "api_key", "private_key_pem", "seq"];

impl Args {
    /// Carries it out.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        let token = match self.token {
            Some(token) => Secret::new(token),
            None => files::given_secret(None, "setup token", "--token")?,
        };
        let remote = app.remote()?.without_credential();
        let own = self.key_out.as_deref().map(OwnKey::write).transpose()?;
        let public_key = own.as_ref().map(OwnKey::public).or(self.public_key);
        let request = SetupComplete { token: WireSecret(token), name: self.name, public_key };
        let done = OwnKey::settle(own, remote.call(&request).await)?;
        app.ui.answer(&done, SHOWN)?;
        app.ui.say(
            "the node has its owner; secrets will not be shown again: keep what you see above",
        );
        app.ui.say("next step: export HANSA_API_KEY=…; hansa agent create NAME");
        DONE
    }
}
