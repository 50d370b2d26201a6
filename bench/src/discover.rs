//! A town of 100,000 agents with cards: how registering grows, and how fast somebody is found.
//!
//! The last 20,000 agents of the town are registered in turns with the first 20,000 of another one, so
//! that a busy minute of the machine does not pass for growth.
//!
//! Agents are registered through a whole node, each with a card sealed in the vault; searches go to
//! the read models as the HTTP edge asks them. Searches are of the kinds people make: by skill, by
//! words of a name or a trade, by tag, by price, and without any condition.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use hansa_crypto::{SigningKey, python_json};
use hansa_kernel::principal::{Create, Kind};
use hansa_kernel::{Auth, Caller, Command, Request};
use hansa_node::start::start;
use hansa_node::vault::card_id;
use hansa_node::writer::Job;
use hansa_node::{Config, Node};
use hansa_types::{Amount, PrincipalId};
use hansa_views::{DiscoverQuery, PageQuery};
use hansa_wire::api::discover::Price;
use hansa_wire::card::Card;
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::measure::{Rng, len_f64, quantile};
use crate::report::Report;
use crate::scene::{Bench, Scene};

/// Agents in the town.
const AGENTS: usize = 100_000;
/// Agents registered at once.
const CHUNK: usize = 1_000;
/// Chunks compared for growth: the last so many of the town with the first so many of the other.
const COMPARED: usize = 20;
/// Skills there are, and trades in which they come.
const SKILLS: usize = 2_000;
const TRADES: [&str; 20] = [
    "tax", "law", "paint", "cook", "chart", "score", "weld", "bake", "till", "weave", "carve",
    "brew", "print", "sail", "teach", "nurse", "audit", "route", "store", "draft",
];
/// Searches of one round.
const SEARCHES: usize = 1_000;
/// Agents on the page that a search asks for.
const PAGE: u32 = 50;

/// The scene.
pub(crate) struct DiscoverScene {
    town: Town,
    runtime: Runtime,
    seed: u64,
}

/// A node and how many agents were registered on it.
struct Town {
    node: Arc<Node>,
    agents: usize,
}

impl Town {
    async fn found(bench: &Bench, name: &str) -> anyhow::Result<Self> {
        let config = Config::new(bench.dir("discover")?.join(name))?;
        Ok(Self { node: start(config, bench.env.clone()).await?.node, agents: 0 })
    }

    /// Registers the next agents; returns how long that took.
    async fn register(&mut self) -> anyhow::Result<Duration> {
        let next = self.agents..self.agents + CHUNK;
        let jobs = next.map(|number| agent(&self.node, number));
        let jobs = jobs.collect::<anyhow::Result<Vec<Job>>>()?;
        let begun = Instant::now();
        register(&self.node, jobs).await?;
        self.agents += CHUNK;
        Ok(begun.elapsed())
    }
}

impl DiscoverScene {
    /// Registers the town.
    pub(crate) fn prepare(bench: &Bench, report: &mut Report) -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let town = runtime.block_on(Self::people(bench, report))?;
        Ok(Self { town, runtime, seed: 71 })
    }

    async fn people(bench: &Bench, report: &mut Report) -> anyhow::Result<Town> {
        let mut town = Town::found(bench, "data").await?;
        let (mut all, mut first, mut last) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
        while town.agents < AGENTS - COMPARED * CHUNK {
            all += town.register().await?;
        }
        let mut other = Town::found(bench, "other").await?;
        for _ in 0..COMPARED {
            first += other.register().await?;
            last += town.register().await?;
        }
        other.node.stop().await?;
        all += last;
        report.add("agents.per_s", len_f64(AGENTS) / all.as_secs_f64())?;
        report.add("agents.last_vs_first", last.as_secs_f64() / first.as_secs_f64())?;
        Ok(town)
    }
}

/// Registers agents and waits until they can be found.
async fn register(node: &Node, jobs: Vec<Job>) -> anyhow::Result<()> {
    let outcomes = node.submit_all(jobs).await;
    for outcome in outcomes.map_err(|refusal| anyhow::anyhow!("{refusal}"))? {
        outcome.map_err(|refusal| anyhow::anyhow!("{refusal}"))?;
    }
    let seq = node.durable.seq();
    while node.views_caught_up().await < seq {}
    Ok(())
}

fn skill(number: usize) -> String {
    format!("{}-{}", TRADES[number % TRADES.len()], number % SKILLS)
}

fn agent(node: &Node, number: usize) -> anyhow::Result<Job> {
    let id = PrincipalId::new(node.now().0, number as u128 + 1);
    let skills = [skill(number), skill(number.wrapping_mul(7_919))];
    let price = Price {
        amount: format!("{}.5", 1 + number % 400)
            .parse()
            .map_err(|_| anyhow::anyhow!("a price"))?,
        currency: node.config.currency.code,
    };
    let names: Vec<&str> = skills.iter().map(String::as_str).collect();
    let names = if names[0] == names[1] { &names[..1] } else { &names[..] };
    let card = Card::draft(&format!("Agent {number}"), names, Some(&price));
    let bytes = python_json::canonical(&Value::Object(card.to_object()));
    let bytes = bytes.map_err(|refusal| anyhow::anyhow!("{refusal}"))?;
    let sealed = node.vault.seal(id, card_id(id), &bytes).context("sealing a card")?;
    let mut seed = [7; 32];
    seed[..8].copy_from_slice(&(number as u64).to_be_bytes());
    let create = Create {
        id,
        kind: Kind::Agent,
        key: SigningKey::from_seed(seed).public(),
        card: Some(sealed.digest),
        genesis_grant: true,
    };
    let caller = Caller { principal: None, auth: Auth::Machine };
    let command = Command::PrincipalCreate(create);
    let request = Request::new(caller, command, None);
    Ok(Job { request, vault: sealed.changes })
}

/// A search of one of the kinds people make.
fn search(node: &Node, rng: &mut Rng) -> DiscoverQuery {
    let trade = TRADES[rng.below(TRADES.len())].to_owned();
    let currency = node.config.currency.code;
    let blank = DiscoverQuery::default();
    match rng.below(6) {
        0 => DiscoverQuery { skill: Some(skill(rng.below(SKILLS))), ..blank },
        1 => DiscoverQuery { query: Some(format!("agent {}", rng.below(AGENTS))), ..blank },
        2 => DiscoverQuery { query: Some(format!("{trade} {}", rng.below(SKILLS))), ..blank },
        3 => DiscoverQuery { tag: Some(trade), ..blank },
        4 => {
            let most = Amount(1_000_000 * (1 + rng.below(400)) as u128);
            let skill = Some(skill(rng.below(SKILLS)));
            DiscoverQuery { skill, price_max: Some((currency, most)), ..blank }
        }
        _ => blank,
    }
}

impl Scene for DiscoverScene {
    fn round(&mut self, _bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
        self.seed += 1;
        let mut rng = Rng::new(self.seed);
        let mut took = Vec::with_capacity(SEARCHES);
        for _ in 0..SEARCHES {
            let wanted = search(&self.town.node, &mut rng);
            let page = PageQuery { after: None, limit: PAGE };
            let begun = Instant::now();
            let found = self.runtime.block_on(self.town.node.views.discover(&wanted, page))?;
            took.push(begun.elapsed());
            anyhow::ensure!(found.items.len() <= PAGE as usize, "the page is too long");
        }
        took.sort_unstable();
        report.add("discover.p50_ms", quantile(&took, 0.5).as_secs_f64() * 1e3)?;
        report.add("discover.p99_ms", quantile(&took, 0.99).as_secs_f64() * 1e3)
    }

    fn finish(&mut self, _bench: &Bench, _report: &mut Report) -> anyhow::Result<()> {
        Ok(self.runtime.block_on(self.town.node.stop())?)
    }
}
