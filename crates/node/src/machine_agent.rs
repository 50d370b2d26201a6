//! Agents that the machine itself brings about, each with an OAuth client: those that the operator
//! names for AGP, and the one that everybody is in the open sandbox.
//!
//! An agent is made when it is first needed and found again later: its client is known by a digest
//! that only the node's first key yields, so its secret is nobody's. It has no authority but what
//! others give it; the one of the sandbox may keep records of policy sets besides, which decide
//! nothing.

use hansa_crypto::SigningKey;
use hansa_crypto::json::canonical;
use hansa_kernel::grant::{self, Action, Limits, Terms};
use hansa_kernel::principal::{Create, Kind};
use hansa_kernel::{Auth, Caller, Command, Request, State, client};
use hansa_store::VaultChange;
use hansa_types::{ClientId, Code, Digest, PrincipalId, Rejection};
use hansa_wire::card::Card;
use serde_json::Value;

use crate::limits::SANDBOX_LIFE;
use crate::node::{Node, internal};
use crate::vault::card_id;
use crate::writer::Job;

/// What everybody may do for the node in the sandbox.
const SANDBOX: [&str; 4] =
    ["policy_set_create", "policy_set_activate", "policy_set_deprecate", "policy_set_revoke"];

impl Node {
    /// The client that everybody is in the open sandbox, with the authority that it has there.
    pub async fn sandbox_client(&self, name: &str) -> Result<ClientId, Rejection> {
        let client = self.agent_client(name).await?;
        let expires = self.now().after(SANDBOX_LIFE);
        let look = move |state: &State| {
            let holder = state.clients.get(&client)?.principal;
            let node = state.treasury().ok()?;
            let id = |handle| state.principals.get(handle).id;
            let given = state.grants.held(holder, node).next().is_some();
            (!given).then(|| (id(node), id(holder)))
        };
        if let Some((issuer, holder)) = self.read(None, look).await? {
            let actions = SANDBOX.iter().map(|name| name.parse()).collect::<Result<_, _>>()?;
            let limits = Limits::default();
            let terms = Terms { actions, limits, scope: None, expires, depth_max: Some(0) };
            let create = grant::Create { issuer, holder, terms, parent: None };
            let job = job(Command::GrantCreate(create), Vec::new());
            self.submit(job).await?;
        }
        Ok(client)
    }

    /// The client of the agent of a name, made if there is none yet.
    pub async fn agent_client(&self, name: &str) -> Result<ClientId, Rejection> {
        let secret = self.keys.agent_client(name);
        let find = move |state: &State| {
            let mut clients = state.clients.iter();
            clients.find(|(_, client)| client.secret == secret).map(|(id, _)| *id)
        };
        match self.read(None, find).await? {
            Some(client) => Ok(client),
            None => make(self, name, secret).await,
        }
    }
}

async fn make(node: &Node, name: &str, secret: Digest) -> Result<ClientId, Rejection> {
    let (now, env) = (node.now(), &node.env);
    let principal = PrincipalId::new(now.0, env.random_u128());
    let id = ClientId::new(now.0, env.random_u128());
    let card = Value::Object(Card::draft(name, &[], None).to_object());
    let bytes = canonical(&card).map_err(|_| Code::Internal)?;
    let sealed = node.vault.seal(principal, card_id(principal), &bytes).map_err(internal)?;
    // Nobody keeps its key: it acts by tokens alone.
    let key = SigningKey::from_seed(env.random()).public();
    let create = Create {
        id: principal,
        kind: Kind::Agent,
        key,
        card: Some(sealed.digest),
        genesis_grant: false,
    };
    let client = client::Create { id, principal, secret, actions: vec![Action::everything()] };
    let jobs = vec![
        job(Command::PrincipalCreate(create), sealed.changes),
        job(Command::ClientCreate(client), Vec::new()),
    ];
    for outcome in node.submit_all(jobs).await? {
        outcome?;
    }
    Ok(id)
}

fn job(command: Command, vault: Vec<VaultChange>) -> Job {
    let caller = Caller { principal: None, auth: Auth::Machine };
    let request = Request::new(caller, command, None);
    Job { request, vault }
}
