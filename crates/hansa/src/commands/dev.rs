//! `hansa dev`: a node for trying things out.
//!
//! Everything is gone when it ends, unless a data directory is named. It listens on loopback only,
//! and prints the owner's API key, so nothing that matters belongs in it.

use hansa_kernel::State;
use hansa_wire::client::Credential;
use hansa_wire::scalar::Name;
use serde_json::json;

use super::{App, DONE, Outcome};
use crate::config::ConfigArgs;
use crate::demo::cast::{self, Member};
use crate::failure::Failure;
use crate::files;
use crate::remote::Remote;
use crate::server::announce::url;
use crate::server::owner::{self, NewOwner};
use crate::server::{self, Choices, Opened, Stop};

/// How to run it.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    config: ConfigArgs,

    /// Where to listen: a loopback address
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:7400")]
    bind: String,

    /// Begin with three agents, alice, bob and carol, who have cards and money
    #[arg(long)]
    seed: bool,

    /// What to log (log.level)
    #[arg(long, value_name = "LEVEL", default_value = "warn")]
    log_level: String,
}

impl Args {
    /// Carries it out: ends when it is told to stop.
    pub(crate) async fn run(mut self, app: &App<'_>) -> Outcome {
        // Held until the end, for it removes the directory.
        let temporary = match &self.config.data_dir {
            Some(_) => None,
            None => Some(files::temporary_dir("hansa-dev-")?),
        };
        if let Some(temporary) = &temporary {
            self.config.data_dir = Some(temporary.path().to_owned());
        }
        let flags = [("server.bind", self.bind), ("log.level", self.log_level)];
        let settings = self.config.settings(&flags)?;
        if !settings.server.bind.ip().is_loopback() {
            return Err(Failure::usage("hansa dev listens on loopback only")
                .next_step("use hansa serve for a node that others reach"));
        }
        server::logging::begin(&settings.log)?;
        let stop = Stop::new(false)?;
        let mut opened = server::open(&settings, Choices::default()).await?;
        let api_key = match own(&mut opened).await {
            Ok(api_key) => api_key,
            Err(failure) => {
                opened.node.stop().await?;
                return Err(failure);
            }
        };
        let listening = opened.listen().await?;
        let url = url(listening.address);
        listening.announcement.tell(app.ui, listening.address)?;
        // The node has to answer while the agents are made.
        let told = async {
            if let Some(api_key) = api_key {
                tell(app, &url, api_key, self.seed).await?;
            }
            Ok::<(), Failure>(())
        };
        let (served, told) = tokio::join!(Box::pin(listening.serve(stop)), Box::pin(told));
        if let Err(failure) = told {
            failure.tell(app.ui);
        }
        served?;
        DONE
    }
}

/// Makes the owner and answers their API key, if the node has none yet.
async fn own(opened: &mut Opened) -> Result<Option<hansa_crypto::Secret>, Failure> {
    let look = |state: &State| state.node.as_ref().is_some_and(|node| node.owned);
    if opened.node.read(None, look).await? {
        return Ok(None);
    }
    let owner = NewOwner { name: Name::new("owner"), public_key: None };
    let done = owner::create(&opened.node, owner).await?;
    opened.owner_exists();
    Ok(Some(done.api_key.0))
}

/// Prints the owner's API key, and makes the agents if they are wanted.
async fn tell(
    app: &App<'_>,
    url: &str,
    api_key: hansa_crypto::Secret,
    seed: bool,
) -> Result<(), Failure> {
    if app.ui.is_for_people() {
        app.ui
            .line(&format!("export HANSA_NODE={url}\nexport HANSA_API_KEY={}", api_key.expose()))?;
    } else {
        app.ui.line(&json!({ "url": url, "api_key": api_key.expose() }).to_string())?;
    }
    if !seed {
        return Ok(());
    }
    let remote = Remote::new(url, Credential::ApiKey(api_key), None)?;
    for member in [Member::ALICE, Member::BOB, Member::CAROL] {
        let created = cast::register(&remote, &member, None).await?;
        let secret = created.api_key.as_ref().map(|key| key.0.expose()).unwrap_or_default();
        match app.ui.is_for_people() {
            true => app.ui.line(&format!("# {}: {} {secret}", member.name, created.id))?,
            false => {
                let told = json!({ "agent": member.name, "id": created.id, "did": created.did, "api_key": secret });
                app.ui.line(&told.to_string())?;
            }
        }
    }
    Ok(())
}
