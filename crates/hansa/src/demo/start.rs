//! Scene 1: a node starts as a process of its own, and its owner claims it with the setup token.

use std::path::Path;

use hansa_crypto::Secret;
use hansa_wire::api::node::Ready;
use hansa_wire::api::setup::SetupComplete;
use hansa_wire::client::Credential;
use hansa_wire::scalar::{Name, WireSecret};

use super::expect::until;
use super::process::Stage;
use super::tell::{Facts, Told};
use crate::failure::Failure;
use crate::files;
use crate::remote::Remote;

/// Starts the node and waits until it is ready.
pub(super) async fn node(dir: &Path) -> Told<Stage> {
    let stage = Stage::open(dir, "https://town.example").await?;
    ready(&stage).await?;
    let facts = Facts::new().with("url", stage.announced.url.clone());
    Ok((stage, facts))
}

/// Waits until the node says that it is ready.
pub(super) async fn ready(stage: &Stage) -> Result<(), Failure> {
    let remote = &Remote::new(&stage.announced.url, Credential::None, None)?;
    until("that the node is ready", || async move {
        let readiness = remote.readiness(&Ready {}).await?;
        Ok(readiness.ready.then_some(()))
    })
    .await
}

/// Makes the owner.
pub(super) async fn owner(stage: &Stage) -> Told<Secret> {
    let missing = || Failure::new("the new node printed no setup token");
    let token = stage.announced.setup_token.clone().ok_or_else(missing)?;
    let remote = Remote::new(&stage.announced.url, Credential::None, None)?;
    let request =
        SetupComplete { token: WireSecret(token), name: Name::new("owner"), public_key: None };
    let done = remote.call(&request).await?;
    files::write_new_secret(&stage.dir.join("owner.key"), done.api_key.0.expose())?;
    let facts = Facts::new().with("owner", done.id.to_string());
    Ok((done.api_key.0, facts))
}
