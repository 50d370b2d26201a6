//! `hansa admin`: what only the operator on the machine, or the owner, may do.

use std::path::PathBuf;

use clap::Subcommand;
use hansa_wire::api::node::ClockAccept;
use hansa_wire::scalar::{Name, WireKey};

use super::agent::{OwnKey, name, public_key};
use super::setup::SHOWN;
use super::{App, DONE, Outcome, node_key};
use crate::config::ConfigArgs;
use crate::server::owner::{self, NewOwner};
use crate::server::{self, Choices};

/// What an administrator can do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make an owner, on the machine and while the node is stopped; no token is needed
    Create(Create),
    /// The node's clock
    #[command(subcommand)]
    Clock(Clock),
    /// The key that the node signs with, and what it is sealed under
    #[command(subcommand)]
    NodeKey(node_key::Command),
}

/// Making an owner.
#[derive(Debug, clap::Args)]
pub(crate) struct Create {
    #[command(flatten)]
    config: ConfigArgs,

    /// What people call the owner
    #[arg(long, value_parser = name)]
    name: Option<Name>,

    /// The owner's public key (z6Mk… or did:key:…); without one a key pair is made
    #[arg(long, value_name = "KEY", conflicts_with = "key_out", value_parser = public_key)]
    public_key: Option<WireKey>,

    /// Write the owner's new private key to this file instead of showing it
    #[arg(long, value_name = "PEM")]
    key_out: Option<PathBuf>,
}

/// What can be done about the node's clock.
#[derive(Debug, Subcommand)]
pub(crate) enum Clock {
    /// Trust the machine's clock again after it jumped by more than 5 seconds
    Accept,
}

impl Command {
    /// Carries it out.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        match self {
            Command::Create(create) => create.run(app).await,
            Command::NodeKey(command) => command.run(app).await,
            Command::Clock(Clock::Accept) => {
                app.ui.answer(&app.remote()?.call(&ClockAccept {}).await?, &["now", "seq"])?;
                DONE
            }
        }
    }
}

impl Create {
    async fn run(self, app: &App<'_>) -> Outcome {
        let settings = self.config.settings(&[])?;
        let opened = server::open(&settings, Choices::default()).await?;
        let done = match self.key_out.as_deref().map(OwnKey::write).transpose() {
            Ok(own) => {
                let public_key = own.as_ref().map(OwnKey::public).or(self.public_key);
                let new = NewOwner { name: self.name, public_key };
                OwnKey::settle(own, owner::create(&opened.node, new).await)
            }
            Err(failure) => Err(failure),
        };
        // Whatever came of it: everything decided becomes durable before the lock is given back.
        opened.node.stop().await?;
        app.ui.answer(&done?, SHOWN)?;
        app.ui.say(
            "the node has its owner; secrets will not be shown again: keep what you see above",
        );
        app.ui.say("next step: start it with hansa serve");
        DONE
    }
}
