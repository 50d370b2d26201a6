//! Within scene 11: the agent's owner takes its DID to another node, and asks the first one for nothing
//! but the log, which is public.

use std::os::unix::fs::DirBuilderExt as _;

use hansa_crypto::webvh;
use hansa_types::Time;
use hansa_wire::api::agents::AgentCreate;
use hansa_wire::api::dids::{
    DidGet, DidLogGet, DidLogSet, DidLogText, DidMethod, DidResolve, NewDid,
};
use hansa_wire::client::Credential;
use hansa_wire::scalar::{Name, PrincipalRef, WireKey};

use super::expect::{equal, holds};
use super::identity::Onboarded;
use super::process::Stage;
use super::start;
use super::tell::{Facts, Told};
use crate::commands::agent::moving::moved;
use crate::failure::Failure;
use crate::remote::{Idempotency, Remote};
use crate::sign;

/// The agent moves, and is found there by the name it had and by the name it has.
pub(super) async fn away(stage: &Stage, agent: &Onboarded) -> Told<()> {
    let here = Remote::new(&stage.announced.url, Credential::None, None)?;
    let of = || PrincipalRef::Id(agent.id);
    let DidLogText(text) = here.call(&DidLogGet { agent: of() }).await?;
    let now = Time(sign::unix_seconds().saturating_mul(1_000));
    let log = webvh::verify(&text, now)
        .map_err(|error| Failure::because("the log does not prove itself", &error))?;

    let dir = stage.dir.join("elsewhere");
    std::fs::DirBuilder::new()
        .mode(0o700)
        .create(&dir)
        .map_err(|error| Failure::because("cannot make a second node's directory", &error))?;
    let second = Stage::open(&dir, "https://elsewhere.example").await?;
    start::ready(&second).await?;
    let (owner, _) = start::owner(&second).await?;
    let there = Remote::new(&second.announced.url, Credential::ApiKey(owner), None)?;
    let name = Name::new("erin").ok_or_else(|| Failure::new("a name of the cast is none"))?;
    let create = AgentCreate {
        name,
        public_key: Some(WireKey(sign::new_key().public())),
        card: None,
        genesis_grant: false,
        did: Some(NewDid { method: DidMethod::Key, recovery_key: None }),
    };
    let made = there.call_once(&create, &Idempotency::default()).await?;
    let agent_there = PrincipalRef::Id(made.id);
    let home = there.call(&DidGet { agent: agent_there.clone() }).await?.home;
    let home = home.ok_or_else(|| Failure::new("the second node hosts no DIDs"))?;
    let next = WireKey(sign::new_key().public());
    let log_there = moved(&log, &text, &home, &agent.recovery, (next, now))?;
    let set = DidLogSet { agent: agent_there, log: log_there };
    let stored = there.call_once(&set, &Idempotency::default()).await?;
    holds("the log lives on the second node", !stored.left)?;
    for did in [log.did().clone(), stored.did.clone()] {
        let found = there.call(&DidResolve { did }).await?;
        equal("whom the DID names there", found.principal, Some(made.id))?;
    }
    second.stop().await?;
    Ok(((), Facts::new().with("did", stored.did.as_str()).with("version", stored.version_id)))
}
