//! The gate: what it costs the writer that an act needs authority and policy.
//!
//! Gated transfers are made by the last holder of a chain of three grants, under limits of money and
//! uses in every link, while a policy set with a bound concerns them; ungated ones by the payers
//! themselves before there was such a set. Both are between the same accounts.
//!
//! A million grants that hang on one another are revoked at their root, and the next command under
//! one of them has to feel it.

use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use anyhow::Context as _;
use hansa_kernel::grant::{Create, Limits, Revoke, Terms};
use hansa_kernel::policy::{self, Bound, Engine, Mode};
use hansa_kernel::{Auth, Caller, Command, Request, transfer};
use hansa_node::env::Env;
use hansa_node::writer::{Input, Job, Outcome};
use hansa_types::{
    Amount, AnyId, Code, Correlation, CurrencyCode, Digest, GrantId, Label, PolicySetId,
    PrincipalId, Time,
};

use crate::measure::{Rng, Work};
use crate::report::Report;
use crate::scene::{Bench, Scene};
use crate::stepped::Stepped;
use crate::world::{Party, World, by_machine, currency, refusal};
use crate::yardstick::settle;

/// Chains of three, each of another payer.
const CHAINS: usize = 10_000;
/// Commands of one commit.
const BATCH: usize = 1_024;
/// How often both kinds take turns within a round.
const TURNS: u32 = 6;
/// Rate below which both surely stay, for which requests are made ahead.
const RATE: usize = 600_000;
/// Holders of a grant of the root of the large tree, and the grants that each of them gives.
const WIDE: usize = 1_000;

/// Who pays, and who may do it for them.
#[derive(Debug, Clone, Copy)]
struct Chain {
    payer: Party,
    holder: Party,
}

/// Writer and journal, stepped by the bench itself, and when every grant ends.
struct Giving {
    stepped: Stepped,
    expires: Time,
}

impl Giving {
    fn open(world: &World, dir: &Path, env: &Env) -> anyhow::Result<Self> {
        let expires = env.clock.wall().after(hansa_types::Duration::days(1));
        Ok(Self { stepped: Stepped::open(world, dir, env)?, expires })
    }

    /// Carries requests out in one commit and waits for the answers.
    fn ask(&mut self, requests: Vec<Request>) -> anyhow::Result<(Vec<Outcome>, Duration)> {
        let (answer, answers) = mpsc::channel();
        let jobs = requests.into_iter().map(job).collect();
        let reply = Box::new(move |outcomes: Vec<Outcome>| {
            // Nobody listens any more only after another failure.
            let _ = answer.send(outcomes);
        });
        let (told, durable) = mpsc::channel();
        let cpu = self.stepped.step(vec![Input::Commands { jobs, reply }], &told);
        drop(told);
        durable.into_iter().try_for_each(|result| result.map_err(anyhow::Error::from))?;
        Ok((answers.recv().context("the store has failed")?, cpu))
    }

    /// The same for requests of which none may be refused. Returns the grants that they made.
    fn make(&mut self, requests: Vec<Request>) -> anyhow::Result<Vec<GrantId>> {
        let (outcomes, _) = self.ask(requests)?;
        let mut made = Vec::with_capacity(outcomes.len());
        for outcome in outcomes {
            if let Outcome::Accepted(accepted) = &outcome
                && let AnyId::Grant(id) = accepted.entry.id
            {
                made.push(id);
            }
            if let Some(refused) = refusal(outcome) {
                anyhow::bail!("the grants cannot be made: {refused}");
            }
        }
        Ok(made)
    }
}

fn job(request: Request) -> Job {
    Job { request, vault: Vec::new() }
}

/// Transfers, by the payers themselves or by those who may do it for them.
struct Payments {
    chains: Vec<Chain>,
    payees: Vec<PrincipalId>,
    currency: CurrencyCode,
    rng: Rng,
}

impl Payments {
    fn request(&mut self, gated: bool) -> Request {
        let chain = self.chains[self.rng.below(self.chains.len())];
        let to = self.payees[self.rng.below(self.payees.len())];
        let by = if gated { chain.holder } else { chain.payer };
        let amount = Amount(1_000_000 + u128::from(self.rng.next() % 100_000));
        let create = transfer::Create {
            from: chain.payer.id,
            to,
            currency: self.currency,
            amount,
            hold: None,
        };
        let caller = Caller { principal: Some(by.id), auth: Auth::ApiKey(by.key) };
        let corr = Some(Correlation(self.rng.bytes()));
        Request::new(caller, Command::TransferCreate(create), corr)
    }
}

/// The scene.
pub(crate) struct GateScene {
    /// With the chains and the policy set.
    gated: Giving,
    /// With the chains alone.
    ungated: Giving,
    payments: Payments,
    large: Option<std::path::PathBuf>,
}

impl GateScene {
    /// Makes the chains, twice, and the policy set, once.
    pub(crate) fn prepare(bench: &Bench) -> anyhow::Result<Self> {
        let (world, dir) = (bench.world()?, bench.dir("gate")?);
        let mut gated = Giving::open(world, &dir.join("gated"), &bench.env)?;
        let mut ungated = Giving::open(world, &dir.join("ungated"), &bench.env)?;
        let chains = (0..CHAINS)
            .map(|at| Chain { payer: world.parties[at], holder: world.parties[at + 3 * CHAINS] });
        for giving in [&mut gated, &mut ungated] {
            give_chains(giving, world)?;
        }
        concern(&mut gated)?;
        let payees = world.parties[4 * CHAINS..].iter().map(|party| party.id).collect();
        let payments =
            Payments { chains: chains.collect(), payees, currency: currency()?, rng: Rng::new(21) };
        let large = bench.wants("gate.revoke").then(|| dir.join("large"));
        let mut scene = Self { gated, ungated, payments, large };
        for gated in [true, false] {
            scene.run(gated, Duration::from_millis(200))?;
        }
        Ok(scene)
    }

    /// Steps through batches for a span of time, and waits until the last is durable.
    fn run(&mut self, gated: bool, span: Duration) -> anyhow::Result<Work> {
        #[allow(clippy::cast_possible_truncation, reason = "spans are seconds")]
        let count = RATE * span.as_millis() as usize / 1_000 / BATCH + 1;
        let payments = &mut self.payments;
        let mut input =
            || Input::Commands { jobs: vec![job(payments.request(gated))], reply: Box::new(drop) };
        let batches: Vec<Vec<Input>> =
            (0..count).map(|_| (0..BATCH).map(|_| input()).collect()).collect();
        let giving = if gated { &mut self.gated } else { &mut self.ungated };
        giving.stepped.run(batches, span)
    }
}

/// A grant of transfers that bounds all it can without refusing any of them.
fn give(
    giving: &Giving,
    issuer: PrincipalId,
    holder: PrincipalId,
    parent: Option<GrantId>,
) -> anyhow::Result<Request> {
    let limits = Limits {
        currency: Some(currency()?),
        per_use: Some(Amount(10_000_000)),
        total: Some(Amount(u128::MAX / 2)),
        uses_max: Some(u64::MAX),
    };
    let action = "transfer_create".parse();
    let terms = Terms {
        actions: vec![action.map_err(|refused| anyhow::anyhow!("{refused}"))?],
        limits,
        scope: None,
        expires: giving.expires,
        depth_max: None,
    };
    Ok(by_machine(Command::GrantCreate(Create { issuer, holder, terms, parent })))
}

/// Three grants for each payer, one below the other.
fn give_chains(giving: &mut Giving, world: &World) -> anyhow::Result<()> {
    let mut above: Vec<Option<GrantId>> = vec![None; CHAINS];
    for depth in 0..3 {
        let mut made = Vec::with_capacity(CHAINS);
        for from in (0..CHAINS).step_by(BATCH) {
            let requests = (from..CHAINS.min(from + BATCH)).map(|at| {
                let place = at + depth * CHAINS;
                let (issuer, holder) = (world.parties[place].id, world.parties[place + CHAINS].id);
                give(giving, issuer, holder, above[at])
            });
            let requests = requests.collect::<anyhow::Result<_>>()?;
            made.extend(giving.make(requests)?.into_iter().map(Some));
        }
        above = made;
    }
    Ok(())
}

/// Puts a policy set in force that concerns every transfer and lets those of the bench pass.
fn concern(giving: &mut Giving) -> anyhow::Result<()> {
    let parsed = |text: &str| text.parse().map_err(|refused| anyhow::anyhow!("{refused}"));
    let id = PolicySetId::new(giving.stepped.env.clock.wall().0, 1);
    let bound = Bound {
        action: parsed("transfer_create")?,
        currency: currency()?,
        allow_up_to: Amount(100_000_000),
        approve_up_to: Amount(1_000_000_000),
    };
    let create = policy::Create {
        id,
        name: Label([1; 16]),
        rules: Digest([1; 32]),
        document: Digest([2; 32]),
        engine: Engine::default(),
        mode: Mode::default(),
        scope: policy::Scope {
            actions: vec![parsed("transfer_create")?],
            jurisdictions: Vec::new(),
            frameworks: Vec::new(),
        },
        bounds: vec![bound],
    };
    let activate = policy::Activate { id };
    for command in [Command::PolicySetCreate(create), Command::PolicySetActivate(activate)] {
        giving.make(vec![by_machine(command)])?;
    }
    Ok(())
}

impl Scene for GateScene {
    fn round(&mut self, bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
        if !bench.wants("gate.bounds") {
            return Ok(());
        }
        settle();
        let (mut gated, mut ungated) = (Work::default(), Work::default());
        for turn in 0..TURNS {
            let span = bench.span / TURNS;
            for first in [turn % 2 == 0, turn % 2 == 1] {
                let total = if first { &mut gated } else { &mut ungated };
                *total += self.run(first, span)?;
            }
        }
        report.add("gate.bounds.cpu_us", gated.cpu_us_each())?;
        report.add("gate.bounds.vs_ungated", gated.cpu_us_each() / ungated.cpu_us_each())
    }

    fn finish(&mut self, bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
        let Some(dir) = self.large.take() else { return Ok(()) };
        let world = bench.world()?;
        let mut giving = Giving::open(world, &dir, &bench.env)?;
        let root = give_tree(&mut giving, world)?;
        // Somebody at the far end of it pays, before and after.
        let (payer, holder) = (world.parties[0], world.parties[leaf(0, 0)]);
        let pay = |giving: &mut Giving| {
            let create = transfer::Create {
                from: payer.id,
                to: world.parties[world.parties.len() - 1].id,
                currency: currency()?,
                amount: Amount(1_000_000),
                hold: None,
            };
            let caller = Caller { principal: Some(holder.id), auth: Auth::ApiKey(holder.key) };
            let command = Command::TransferCreate(create);
            let request = Request { caller, ..by_machine(command) };
            giving.ask(vec![request])
        };
        let (before, _) = pay(&mut giving)?;
        anyhow::ensure!(before.into_iter().all(|one| refusal(one).is_none()), "the leaf pays");
        let revokes = root.into_iter().map(|id| by_machine(Command::GrantRevoke(Revoke { id })));
        let (revoked, cpu) = giving.ask(revokes.collect())?;
        anyhow::ensure!(revoked.into_iter().all(|one| refusal(one).is_none()), "the root ends");
        let (after, refused) = pay(&mut giving)?;
        let is_dead = |one: &Outcome| matches!(one, Outcome::Refused(refused) if refused.code == Code::GrantRevoked);
        anyhow::ensure!(after.iter().all(is_dead), "the next command is refused");
        report.add("gate.revoke_1m.cpu_us", cpu.as_secs_f64() * 1e6)?;
        report.add("gate.revoke_1m.next_us", refused.as_secs_f64() * 1e6)
    }
}

/// The place of who holds the grant that the `number`th holder gave as its `turn`th.
fn leaf(number: usize, turn: usize) -> usize {
    2 * WIDE + (number + turn * 89) % (80 * WIDE)
}

/// A tree of one root, a thousand grants below it, and a thousand below each of those. Returns the
/// root.
fn give_tree(giving: &mut Giving, world: &World) -> anyhow::Result<Option<GrantId>> {
    let id = |place: usize| world.parties[place].id;
    let root = giving.make(vec![give(giving, id(0), id(1), None)?])?.first().copied();
    let below = (0..WIDE).map(|number| give(giving, id(1), id(2 + number), root));
    let below = below.collect::<anyhow::Result<_>>()?;
    let below = giving.make(below)?;
    for (number, above) in below.into_iter().enumerate() {
        let given =
            (0..WIDE).map(|turn| give(giving, id(2 + number), id(leaf(number, turn)), Some(above)));
        let given = given.collect::<anyhow::Result<_>>()?;
        giving.make(given)?;
    }
    Ok(root)
}
