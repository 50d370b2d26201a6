//! `hansa status`: whether a node is well, how far its journal is, and whether its books add up.

use std::process::ExitCode;

use hansa_wire::api::node::{NodeGet, Readiness, Ready};
use hansa_wire::api::projections::SupplyAudit;
use serde_json::json;

use super::{App, Outcome};

/// Nothing to choose.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

const SHOWN: &[&str] = &[
    "ready",
    "url",
    "version",
    "did",
    "incarnation",
    "setup_pending",
    "head",
    "sound",
    "checks:name,ok,detail",
    "supply:currency,issued,burned,net_supply,circulating,held,delta",
];

impl Args {
    /// Carries it out: exit 0 when the node is ready and its books add up.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        let remote = app.remote()?.without_credential();
        let Readiness { ready, checks } = remote.readiness(&Ready {}).await?;
        let mut answer = json!({ "ready": ready, "url": remote.url(), "checks": checks });
        let mut sound = true;
        // A node that is not ready may still know who it is, or not.
        match (remote.call(&NodeGet {}).await, remote.call(&SupplyAudit {}).await) {
            (Ok(node), Ok(supply)) => {
                sound = supply.currencies.iter().all(|currency| currency.delta == "0");
                answer["version"] = node.version.into();
                answer["did"] = node.did.as_str().into();
                answer["incarnation"] = node.incarnation.to_string().into();
                answer["setup_pending"] = node.setup_pending.into();
                answer["head"] = supply.seq.into();
                answer["supply"] = json!(supply.currencies);
                answer["sound"] = sound.into();
            }
            (Err(failure), _) | (_, Err(failure)) if ready => return Err(failure),
            _ => {}
        }
        app.ui.answer(&answer, SHOWN)?;
        Ok(if ready && sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
