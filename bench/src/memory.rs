//! What the state weighs: resident memory of child processes that fold and do nothing else.
//!
//! A child is this program, called again with a hidden word, so each begins with a clean heap. It
//! prints one number. Time is simulated, so a year passes in seconds.

use std::process::{Child, Command as Program, Stdio};

use anyhow::Context as _;
use hansa_crypto::keys::PublicKey;
use hansa_kernel::command::{Command, LookedUp};
use hansa_kernel::decide::{Context, Place, Repetition, decide};
use hansa_kernel::task::{Act, Step};
use hansa_kernel::transfer::{CreateCurrency, FeeRule, Mint};
use hansa_kernel::{Admission, Auth, Caller, Draft, EnvelopeProof, Request, State, transfer};
use hansa_types::{
    Amount, Correlation, Currency, CurrencyCode, Digest, Duration, EnvelopeId, Label, PrincipalId,
    Signature, Time,
};

use crate::measure::{Rng, as_f64, resident_bytes};
use crate::report::Report;
use crate::scene::{Bench, Scene};
use crate::world::{by_machine, currency, founding, hiring, public_keys, small_task};

/// The word that makes this program a child.
pub(crate) const CHILD: &str = "fold";
/// This program, even when its file has been replaced by a newer build.
const ITSELF: &str = "/proc/self/exe";
/// Agents whose memory is measured, and among whom tasks are done.
const AGENTS: usize = 100_000;
/// Principals and currencies whose accounts are measured.
const OWNERS: usize = 50_000;
const CURRENCIES: u8 = 20;
/// Tasks that come and go.
const TASKS: u64 = 1_000_000;
/// Intents of a month: of so many one is a task, and the others pay under an Idempotency-Key.
const INTENTS: u64 = 10_000_000;
const INTENTS_PER_TASK: u64 = INTENTS / TASKS;
/// Entries that let the last tasks go: up to eight leave with each.
const CLOSING: u64 = TASKS / 8 + 1_000;
/// How often memory is looked at before it counts as settled, and how long between two looks.
const STILL: u32 = 10;
const PAUSE: std::time::Duration = std::time::Duration::from_millis(200);
/// When simulated time begins.
const EPOCH: Time = Time(1_800_000_000_000);

/// How the tasks of a child are spread over time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tasks {
    /// There are none.
    None,
    /// Evenly over 31 days, among ten times as many intents: nearly all are remembered at its end.
    Month,
    /// All within a day: all are remembered until they leave.
    Day,
}

/// The scene.
pub(crate) struct MemoryScene;

impl Scene for MemoryScene {
    fn round(&mut self, _bench: &Bench, _report: &mut Report) -> anyhow::Result<()> {
        Ok(())
    }

    fn finish(&mut self, bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
        // What a process holds does not depend on what others do, so the longest has one beside it.
        let month = bench.wants("mem.after_eviction").then(|| begin("tasks-month")).transpose()?;
        if bench.wants("mem.bytes_per_account") {
            report.add("mem.bytes_per_account", begin("accounts")?.number()?)?;
        }
        if bench.wants("mem.bytes_per_agent") {
            report.add("mem.bytes_per_agent", begin("agents")?.number()?)?;
        }
        if let Some(month) = month {
            let without = begin("tasks-none")?.number()?;
            report.add("mem.after_eviction_burst", begin("tasks-day")?.number()? / without)?;
            report.add("mem.after_eviction", month.number()? / without)?;
        }
        Ok(())
    }
}

/// A child under way, ended with whoever waits for it.
struct Begun {
    what: &'static str,
    child: Option<Child>,
}

fn begin(what: &'static str) -> anyhow::Result<Begun> {
    let mut program = Program::new(ITSELF);
    program.args([CHILD, what]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = Some(program.spawn().context("starting a child")?);
    Ok(Begun { what, child })
}

impl Begun {
    /// What it prints.
    fn number(mut self) -> anyhow::Result<f64> {
        let child = self.child.take().context("the child is gone")?;
        let output = child.wait_with_output().context("waiting for a child")?;
        let said = String::from_utf8_lossy(&output.stdout);
        let told = String::from_utf8_lossy(&output.stderr);
        let failed = || format!("child {}: {}", self.what, told.trim());
        anyhow::ensure!(output.status.success(), failed());
        said.trim().parse().with_context(failed)
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            // One that has ended by itself is as good.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// What a child does: folds, and prints its number.
pub(crate) fn child(what: &str) -> anyhow::Result<()> {
    let number = match what {
        "accounts" => bytes_per_account()?,
        "agents" => bytes_per_agent()?,
        "tasks-none" => resident_after(Tasks::None)?,
        "tasks-month" => resident_after(Tasks::Month)?,
        "tasks-day" => resident_after(Tasks::Day)?,
        other => anyhow::bail!("no child does {other}"),
    };
    println!("{number}");
    Ok(())
}

/// A state and the time it is told.
struct Fold {
    state: State,
    now: Time,
    rng: Rng,
    drafts: Vec<Draft>,
    agents: Vec<(PrincipalId, PublicKey)>,
}

impl Fold {
    fn new() -> anyhow::Result<Self> {
        let (state, drafts, agents) = (State::new([1, 2, 3, 4]), Vec::new(), Vec::new());
        let mut fold = Self { state, now: EPOCH, rng: Rng::new(31), drafts, agents };
        let key = public_keys(1, 1 << 40)?.pop().context("a key")?;
        let request = founding(key, &mut fold.rng, EPOCH.0)?;
        fold.carry_out(&request)?;
        Ok(fold)
    }

    fn carry_out(&mut self, request: &Request) -> anyhow::Result<()> {
        let Self { state, now, rng, drafts, .. } = self;
        let mut entropy = || rng.next_u128();
        let mut ctx = Context { now: *now, entropy: &mut entropy };
        drafts.clear();
        match state.admit(request, *now).map_err(refused)? {
            Admission::Fresh(permit) => decide(&permit, &mut ctx, drafts).map_err(refused)?,
            other => anyhow::bail!("not carried out: {other:?}"),
        }
        for (position, draft) in drafts.drain(..).enumerate() {
            let corr = Repetition { is_first: position == 0, correlation: request.corr };
            let Caller { principal, auth } = &request.caller;
            let place = Place { seq: state.seq + 1, actor: *principal, auth, corr };
            let entry = draft.into_entry(place, &mut ctx);
            state.apply(&entry);
        }
        Ok(())
    }

    fn hire(&mut self, count: usize, with_keys: bool) -> anyhow::Result<()> {
        for key in public_keys(count, 3)? {
            let (party, [create, api_key]) = hiring(key, &mut self.rng, self.now.0);
            self.carry_out(&create)?;
            if with_keys {
                self.carry_out(&api_key)?;
            }
            self.agents.push((party.id, key));
        }
        Ok(())
    }

    /// One offer and its refusal.
    fn task(&mut self, number: u64) -> anyhow::Result<()> {
        let payer = self.agents[self.rng.below(AGENTS / 2)];
        let agent = self.agents[AGENTS / 2 + self.rng.below(AGENTS / 2)];
        let offer = EnvelopeId::new(self.rng.next_u128());
        let act = Act::Offer { terms: small_task()?, skill: Label([7; 16]) };
        self.step(payer, (offer, 2 * number + 1), Step { parent: None, to: agent.0, act })?;
        let answer = EnvelopeId::new(self.rng.next_u128());
        let step = Step { parent: Some(offer), to: payer.0, act: Act::Reject };
        self.step(agent, (answer, 2 * number + 2), step)
    }

    fn step(
        &mut self,
        from: (PrincipalId, PublicKey),
        (id, nonce): (EnvelopeId, u64),
        step: Step,
    ) -> anyhow::Result<()> {
        let (signature, digest) = (Signature(self.rng.bytes()), Digest(self.rng.bytes()));
        let proof = EnvelopeProof { id, nonce, signature, digest };
        let auth = Auth::Envelope(from.1, Some(Box::new(proof)));
        let caller = Caller { principal: Some(from.0), auth };
        let command = Command::TaskStep(step);
        self.carry_out(&Request::new(caller, command, None))
    }

    /// Resident bytes once they no longer shrink: an allocator may take its time to give pages back.
    fn settle(&mut self) -> anyhow::Result<f64> {
        let (mut least, mut still) = (u64::MAX, 0);
        while still < STILL {
            std::thread::sleep(PAUSE);
            self.pay()?;
            let now = resident_bytes("self")?;
            still = if now < least { 0 } else { still + 1 };
            least = least.min(now);
        }
        Ok(as_f64(least))
    }

    /// A transfer, so that an entry passes.
    fn pay(&mut self) -> anyhow::Result<()> {
        let request = self.payment(0)?;
        self.carry_out(&request)
    }

    /// A transfer between any two under a key of its own, which is remembered for a day. That one in
    /// a thousand is perhaps known and would be looked up is as good as that it is not.
    fn pay_once(&mut self) -> anyhow::Result<()> {
        let payer = self.rng.below(AGENTS - 1);
        let mut request = self.payment(payer)?;
        request.corr = Some(Correlation(self.rng.bytes()));
        request.looked_up = Some(LookedUp::Absent);
        self.carry_out(&request)
    }

    fn payment(&self, payer: usize) -> anyhow::Result<Request> {
        let (from, to) = (self.agents[payer].0, self.agents[payer + 1].0);
        let (currency, amount) = (currency()?, Amount(1_000_000));
        let create = transfer::Create { from, to, currency, amount, hold: None };
        Ok(by_machine(Command::TransferCreate(create)))
    }
}

fn refused(rejection: hansa_types::Rejection) -> anyhow::Error {
    anyhow::anyhow!("refused: {rejection}")
}

fn bytes_per_agent() -> anyhow::Result<f64> {
    let mut fold = Fold::new()?;
    fold.agents.reserve_exact(AGENTS + 1_000);
    fold.hire(1_000, true)?;
    let before = resident_bytes("self")?;
    for key in public_keys(AGENTS, 5)? {
        let (_, requests) = hiring(key, &mut fold.rng, fold.now.0);
        requests.iter().try_for_each(|request| fold.carry_out(request))?;
    }
    let after = resident_bytes("self")?;
    Ok(as_f64(after.saturating_sub(before)) / as_f64(AGENTS as u64))
}

fn bytes_per_account() -> anyhow::Result<f64> {
    let mut fold = Fold::new()?;
    fold.hire(OWNERS, false)?;
    let mut codes = Vec::new();
    for number in 0..CURRENCIES {
        let text = format!("CUR{}{}", char::from(b'A' + number / 10), number % 10);
        let code: CurrencyCode = text.parse().map_err(|error| anyhow::anyhow!("{error:?}"))?;
        let fee = FeeRule { rate_ppm: 5_000, minimum: Amount(1_000) };
        let create = CreateCurrency { currency: Currency { code, scale: 6 }, own: true, fee };
        fold.carry_out(&by_machine(Command::CurrencyCreate(create)))?;
        codes.push(code);
    }
    let (before, accounts) = (resident_bytes("self")?, fold.state.ledger.accounts_len());
    for currency in codes {
        for owner in 0..OWNERS {
            let mint = Mint { to: fold.agents[owner].0, currency, amount: Amount(1_000_000) };
            fold.carry_out(&by_machine(Command::MintCreate(mint)))?;
        }
    }
    let (after, more) = (resident_bytes("self")?, fold.state.ledger.accounts_len() - accounts);
    Ok(as_f64(after.saturating_sub(before)) / as_f64(more as u64))
}

/// Resident bytes when every task has left.
fn resident_after(tasks: Tasks) -> anyhow::Result<f64> {
    let mut fold = Fold::new()?;
    fold.hire(AGENTS, true)?;
    let span = match tasks {
        Tasks::Day => Duration::days(1),
        Tasks::Month | Tasks::None => Duration::days(31),
    };
    for number in 0..TASKS {
        fold.now = EPOCH.after(Duration(span.0 * (number + 1) / TASKS));
        if tasks != Tasks::None {
            fold.task(number)?;
        }
        if tasks == Tasks::Month {
            (1..INTENTS_PER_TASK).try_for_each(|_| fold.pay_once())?;
        }
    }
    fold.now = EPOCH.after(Duration(span.0 + Duration::days(31).0));
    for _ in 0..CLOSING {
        fold.pay()?;
    }
    anyhow::ensure!(fold.state.tasks.is_empty(), "some tasks did not leave");
    fold.settle()
}
