//! Checking an access token that was checked before: what every request with one pays.
//!
//! The node runs in this process, so that the thread's CPU is that of the check alone.

use std::sync::Arc;

use hansa_crypto::SigningKey;
use hansa_crypto::secret::{Secret, token_digest};
use hansa_kernel::grant::Action;
use hansa_kernel::principal::{Create, Kind};
use hansa_kernel::{Auth, Caller, Command, Request, client};
use hansa_node::start::start;
use hansa_node::writer::Job;
use hansa_node::{Config, Node};
use hansa_types::{ClientId, PrincipalId};
use tokio::runtime::Runtime;

use crate::measure::Work;
use crate::report::Report;
use crate::scene::{Bench, Scene};

/// Checks of one measurement.
const CHECKS: usize = 200_000;
/// The secret of the client that the token is given to.
const SECRET: &str = "a secret of a client that only this bench has";

/// The scene.
pub(crate) struct AuthScene {
    node: Arc<Node>,
    runtime: Runtime,
    token: Secret,
}

impl AuthScene {
    /// Makes a node, an agent with a client, and a token that was checked once.
    pub(crate) fn prepare(bench: &Bench) -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let config = Config::new(bench.dir("auth")?.join("data"))?;
        let node = runtime.block_on(start(config, bench.env.clone()))?.node;
        let token = runtime.block_on(token(&node))?;
        Ok(Self { node, runtime, token })
    }
}

async fn token(node: &Node) -> anyhow::Result<Secret> {
    let refused = |refusal| anyhow::anyhow!("{refusal}");
    let (principal, id) = (PrincipalId(1), ClientId(2));
    let create = Create {
        id: principal,
        kind: Kind::Agent,
        key: SigningKey::from_seed([7; 32]).public(),
        card: None,
        genesis_grant: true,
    };
    let actions = vec![Action::everything()];
    let secret = token_digest(SECRET);
    let made = client::Create { id, principal, secret, actions: actions.clone() };
    for command in [Command::PrincipalCreate(create), Command::ClientCreate(made)] {
        let caller = Caller { principal: None, auth: Auth::Machine };
        let request = Request::new(caller, command, None);
        node.submit(Job { request, vault: Vec::new() }).await.map_err(refused)?;
    }
    let known = node.authenticate_client(&id.to_string(), SECRET).await.map_err(refused)?;
    let issued = node.issue_token(&known, &actions, "http://localhost").map_err(refused)?;
    node.authenticate(issued.token.expose()).await.map_err(refused)?;
    Ok(issued.token)
}

impl Scene for AuthScene {
    fn round(&mut self, _bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
        let (node, token) = (&self.node, self.token.expose());
        let check = async || -> anyhow::Result<()> {
            for _ in 0..CHECKS {
                let known = node.authenticate(token).await;
                known.map_err(|refusal| anyhow::anyhow!("{refusal}"))?;
            }
            Ok(())
        };
        let work = Work::time(CHECKS as u64, || self.runtime.block_on(check()))?;
        report.add("auth.cached_us", work.cpu_us_each())
    }

    fn finish(&mut self, _bench: &Bench, _report: &mut Report) -> anyhow::Result<()> {
        Ok(self.runtime.block_on(self.node.stop())?)
    }
}
