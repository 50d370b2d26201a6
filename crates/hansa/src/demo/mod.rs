//! The whole story on one node: identity, discovery, negotiation, escrow, payment, reputation,
//! refusals, a developer who comes and goes, an agent that moves to another node, a crash in the middle
//! of payments, and an audit that trusts nobody.
//!
//! The node is a process of its own, reached over HTTP like any other; the agents keep their own
//! keys and sign what they do. Every scene states what must hold and fails if it does not.
//!
//! Invariants: the node's process never outlives the demo, and the temporary directory is removed
//! on every way out: success, failure and interruption.

mod agents;
mod audit;
mod balances;
pub(crate) mod cast;
mod crash;
mod deal;
mod discover;
mod escrow;
mod expect;
mod gate;
mod identity;
mod milestones;
mod moving;
mod negotiate;
mod process;
mod rating;
mod refusals;
mod start;
mod tell;

use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::commands::Outcome;
use crate::failure::Failure;
use crate::files;
use crate::server::stop::interrupted;
use crate::ui::Ui;
use tell::Teller;

/// Where the story leaves its files.
enum Place {
    /// Removed when dropped.
    Temporary(tempfile::TempDir),
    /// Stays.
    Kept(PathBuf),
}

impl Place {
    fn new(keep: Option<PathBuf>) -> Result<Self, Failure> {
        let Some(dir) = keep else {
            return files::temporary_dir("hansa-demo-").map(Self::Temporary);
        };
        let made = std::fs::DirBuilder::new().mode(0o700).create(&dir);
        made.map_err(|error| {
            Failure::because(format!("cannot make {}", dir.display()), &error)
                .next_step("name a folder that does not exist yet")
        })?;
        let absolute = std::path::absolute(&dir);
        absolute
            .map(Self::Kept)
            .map_err(|error| Failure::because(format!("cannot name {}", dir.display()), &error))
    }

    fn path(&self) -> &Path {
        match self {
            Place::Temporary(dir) => dir.path(),
            Place::Kept(dir) => dir,
        }
    }
}

/// Which story is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Story {
    /// The town's: work, money, a crash and an audit.
    Town,
    /// The gate's: a large payment, and nine ways to get it wrong.
    Gate,
}

/// Tells a story. Exit 0 only if everything held.
pub(crate) async fn run(ui: &Ui, told: Story, keep: Option<PathBuf>) -> Outcome {
    let interrupted = interrupted()?;
    let place = Place::new(keep)?;
    let mut teller = Teller::new(ui);
    let ended = tokio::select! {
        ended = tell(told, &mut teller, place.path()) => ended,
        () = interrupted => Err(Failure::new("interrupted")),
    };
    let held = ended.is_ok();
    let summed = teller.summary(ended);
    if let Place::Kept(dir) = &place {
        let dir = dir.display();
        ui.say(&format!("kept in {dir}; next step: hansa audit {dir}/journal.jsonl"));
    }
    // Before the exit code is known to anybody, nothing is left behind.
    drop(place);
    summed?;
    Ok(if held { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A story lies on the heap: it is many futures in one.
async fn tell(told: Story, teller: &mut Teller<'_>, dir: &Path) -> Result<(), Failure> {
    match told {
        Story::Town => Box::pin(story(teller, dir)).await,
        Story::Gate => Box::pin(gate::story(teller, dir)).await,
    }
}

/// The scenes, in their order. The node's process ends with this future, however that ends.
async fn story(teller: &mut Teller<'_>, dir: &Path) -> Result<(), Failure> {
    let mut stage = teller.step("node_started", start::node(dir)).await?;
    let owner = teller.step("owner_created", start::owner(&stage)).await?;
    let mut cast = teller.step("agents_created", agents::create(&stage, owner)).await?;
    teller.step("genesis_grants", balances::genesis(&cast)).await?;
    teller.step("agent_discovered", discover::bob(&cast)).await?;

    let offered = teller.step("terms_offered", negotiate::offer(&cast)).await?;
    let countered = teller.step("terms_countered", negotiate::counter(&cast, &offered)).await?;
    let agreed =
        teller.step("terms_accepted", negotiate::accept(&cast, offered, countered)).await?;
    let deal = teller.step("escrow_opened", escrow::open(&cast, agreed)).await?;
    teller.step("milestone_1_paid", milestones::first(&cast, &deal)).await?;
    let claim = teller.step("milestone_2_paid", milestones::second(&cast, &deal)).await?;
    teller.step("agent_rated", rating::rate(&cast, &claim)).await?;

    teller.step("forgery_refused", refusals::forgery(&cast)).await?;
    teller.step("replay_refused", refusals::replay(&cast, &deal)).await?;
    teller.step("overdraft_refused", refusals::overdraft(&cast)).await?;
    teller.step("spent_escrow_refused", refusals::spent_escrow(&cast, &deal, &claim)).await?;

    let dora = teller.step("developer_registered", identity::developer(&stage)).await?;
    let erin = teller.step("agent_onboarded", identity::onboard(&dora)).await?;
    let by_token = teller.step("token_issued", identity::token(&stage, &erin)).await?;
    teller.step("card_verified", identity::card(&by_token, &erin)).await?;
    teller.step("key_rotated", identity::rotate(&stage, &erin)).await?;
    teller.step("agent_moved", moving::away(&stage, &erin)).await?;
    teller.step("developer_erased", identity::erase(&stage, dora)).await?;

    let burst = teller.step("node_killed", crash::kill(&mut stage, &cast)).await?;
    teller.step("node_restarted", crash::restart(&mut stage, &mut cast)).await?;
    let kept = teller.step("payments_kept", crash::kept(&cast, &burst)).await?;
    teller.step("payments_retried", crash::retry(&cast, burst, kept)).await?;

    let export = teller.step("journal_exported", audit::export(&cast.owner, dir)).await?;
    let report = teller.step("journal_audited", audit::audit(&export, true)).await?;
    teller.step("tampering_detected", audit::tampered(&export)).await?;
    teller.step("node_stopped", stage.stop()).await?;
    teller.audited(&report);
    Ok(())
}
