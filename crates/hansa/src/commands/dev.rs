//! `hansa dev`: a node for trying things out.
//!
//! Everything is gone when it ends, unless a data directory is named. It listens on loopback only,
//! and prints the owner's API key, so nothing that matters belongs in it.

use hansa_crypto::Secret;
use hansa_kernel::State;
use hansa_wire::api::agents::AgentCreated;
use hansa_wire::client::Credential;
use hansa_wire::scalar::Name;
use serde_json::json;

use super::{App, DONE, Outcome};
use crate::config::ConfigArgs;
use crate::demo::cast::{self, Member};
use crate::failure::Failure;
use crate::files;
use crate::remote::Remote;
use crate::server::owner::{self, NewOwner};
use crate::server::{self, Choices, Opened, Stop};
use crate::ui::Ui;

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
        let flags = [
            ("server.bind", self.bind.clone()),
            ("log.level", self.log_level.clone()),
            ("accounts.mail", "log".to_owned()),
        ];
        let settings = self.config.settings(&flags)?;
        if !settings.server.bind.ip().is_loopback() {
            return Err(Failure::usage("hansa dev listens on loopback only")
                .next_step("use hansa serve for a node that others reach"));
        }
        let _log = server::logging::begin(&settings.log)?;
        let stop = Stop::new(false)?;
        let mut opened =
            server::open(&settings, Choices { agp_sandbox: true, ..Choices::default() }).await?;
        let told = match self.prepare(&mut opened).await {
            Ok(told) => told,
            Err(failure) => {
                opened.node.stop().await?;
                return Err(failure);
            }
        };
        let listening = opened.listen().await?;
        listening.announcement.tell(app.ui, &listening.url)?;
        told.tell(app.ui, &listening.url)?;
        listening.serve(stop).await?;
        DONE
    }

    /// Makes the owner and the agents before anybody can reach the node, so that whoever does finds
    /// them there.
    async fn prepare(&self, opened: &mut Opened) -> Result<Made, Failure> {
        let Some(owner_key) = own(opened).await? else { return Ok(Made::default()) };
        let mut made = Made { owner_key: Some(owner_key.clone()), agents: Vec::new() };
        if self.seed {
            made.agents = opened.aside(async move |url| agents(&url, owner_key).await).await?;
        }
        Ok(made)
    }
}

/// What was made at the start.
#[derive(Default)]
struct Made {
    owner_key: Option<Secret>,
    agents: Vec<(&'static str, AgentCreated)>,
}

impl Made {
    /// Tells the keys, which are shown now only: as lines for a shell, or as lines of JSON.
    fn tell(&self, ui: &Ui, url: &str) -> Result<(), Failure> {
        let Some(owner_key) = &self.owner_key else {
            ui.say("the node has its owner already: use their API key");
            return Ok(());
        };
        match ui.is_for_people() {
            true => {
                ui.line(&format!("export HANSA_NODE={url}"))?;
                ui.line(&format!("export HANSA_API_KEY={}", owner_key.expose()))?;
            }
            false => {
                ui.line(&json!({ "url": url, "api_key": owner_key.expose() }).to_string())?;
            }
        }
        for (name, agent) in &self.agents {
            let key = agent.api_key.as_ref().map(|key| key.0.expose()).unwrap_or_default();
            let (id, did) = (agent.id, &agent.did);
            let line = match ui.is_for_people() {
                true => {
                    let name = name.to_uppercase();
                    format!("export {name}={id} {name}_API_KEY={key}")
                }
                false => json!({ "agent": name, "id": id, "did": did, "api_key": key }).to_string(),
            };
            ui.line(&line)?;
        }
        Ok(())
    }
}

/// Registers alice, bob and carol.
async fn agents(
    url: &str,
    owner_key: Secret,
) -> Result<Vec<(&'static str, AgentCreated)>, Failure> {
    let remote = Remote::new(url, Credential::ApiKey(owner_key), None)?;
    let mut agents = Vec::new();
    for member in [Member::ALICE, Member::BOB, Member::CAROL] {
        agents.push((member.name, cast::register(&remote, &member, None).await?));
    }
    Ok(agents)
}

/// Makes the owner and answers their API key, if the node has none yet.
async fn own(opened: &mut Opened) -> Result<Option<Secret>, Failure> {
    let look = |state: &State| state.node.as_ref().is_some_and(|node| node.owned);
    if opened.node.read(None, look).await? {
        return Ok(None);
    }
    let owner = NewOwner { name: Name::new("owner"), public_key: None };
    let done = owner::create(&opened.node, owner).await?;
    opened.owner_exists();
    Ok(Some(done.api_key.0))
}
