//! Scene 11: the node is killed in the middle of many payments, and started again.
//!
//! Every payment has an Idempotency-Key. What was acknowledged must be there after the restart;
//! what was not is sent again with its key; and in the end every payment was made exactly once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use hansa_types::{Amount, Currency, PrincipalId, TransferId};
use hansa_wire::api::accounts::Balance;
use hansa_wire::api::transfers::{Transfer, TransferCreate, TransferList};
use hansa_wire::client::{CallOptions, Client, ClientError, Credential};
use hansa_wire::scalar::{Limit, PrincipalRef};
use tokio::sync::mpsc;

use super::cast::{Actor, Cast, amount, currency};
use super::expect::{equal, holds, until};
use super::process::{NodeProcess, Stage};
use super::start;
use super::tell::{Facts, Told};
use crate::failure::{Failure, chain};
use crate::sign::new_idempotency_key;

/// Payments that would be made if nobody pulled the plug.
const PAYMENTS_MAX: usize = 4_000;
/// Acknowledged payments after which the plug is pulled.
const ACKNOWLEDGED_BEFORE_KILL: usize = 100;
/// Tasks that pay at the same time.
const PAYERS: usize = 16;
/// Longest wait for one payment while the node lives and dies.
const PAYMENT_MAX: Duration = Duration::from_millis(1_500);
/// What each payment moves, and what it costs alice with its fee.
const AMOUNT: &str = "0.01";
const TOTAL: &str = "0.011";

/// What came of a payment.
enum Payment {
    /// The node said yes.
    Acknowledged(usize, TransferId),
    /// Nobody answered.
    Unanswered(usize),
    /// Something that must not happen.
    Failed(String),
}

/// What is known of the burst when the node is dead.
pub(super) struct Burst {
    keys: Arc<Vec<String>>,
    acknowledged: BTreeMap<usize, TransferId>,
    unanswered: BTreeSet<usize>,
    alice_before: Balance,
    bob_before: Balance,
}

/// Everything the burst had moved before anybody sent anything again.
pub(super) struct Kept {
    transfers: BTreeSet<TransferId>,
}

fn payment(bob: PrincipalId) -> Result<TransferCreate, Failure> {
    Ok(TransferCreate {
        from: None,
        to: PrincipalRef::Id(bob),
        amount: amount(AMOUNT)?,
        currency: None,
        hold: None,
        dry_run: false,
    })
}

/// Pays from many tasks at once and kills the node while answers are on their way.
pub(super) async fn kill(stage: &mut Stage, cast: &Cast) -> Told<Burst> {
    let (alice_before, bob_before) = (cast.alice.balance().await?, cast.bob.balance().await?);
    let keys: Arc<Vec<String>> =
        Arc::new((0..PAYMENTS_MAX).map(|_| new_idempotency_key()).collect());
    let client = Credential::ApiKey(cast.alice.api_key.clone());
    let client = Client::new(&stage.announced.url, client)
        .map_err(|error| Failure::because("cannot make a client", &error))?;
    let (client, next) = (Arc::new(client), Arc::new(AtomicUsize::new(0)));
    let request = Arc::new(payment(cast.bob.id)?);
    let (told, mut payments) = mpsc::unbounded_channel();
    for _ in 0..PAYERS {
        let payer = Payer {
            client: Arc::clone(&client),
            request: Arc::clone(&request),
            keys: Arc::clone(&keys),
            next: Arc::clone(&next),
            told: told.clone(),
        };
        tokio::spawn(payer.pay());
    }
    drop(told);
    let (mut acknowledged, mut unanswered) = (BTreeMap::new(), BTreeSet::new());
    let mut killed = false;
    while let Some(payment) = payments.recv().await {
        match payment {
            Payment::Acknowledged(index, id) => {
                acknowledged.insert(index, id);
            }
            Payment::Unanswered(index) => {
                unanswered.insert(index);
            }
            Payment::Failed(error) => return Err(Failure::new(error)),
        }
        if !killed && acknowledged.len() >= ACKNOWLEDGED_BEFORE_KILL {
            stage.process.kill()?;
            killed = true;
        }
    }
    holds("the node was killed before the last payment", killed)?;
    holds("some payments were on their way", !unanswered.is_empty())?;
    let facts = Facts::new()
        .with("signal", "SIGKILL")
        .with("payers", PAYERS)
        .with("acknowledged", acknowledged.len())
        .with("unanswered", unanswered.len());
    Ok((Burst { keys, acknowledged, unanswered, alice_before, bob_before }, facts))
}

/// One of the tasks that pay.
struct Payer {
    client: Arc<Client>,
    request: Arc<TransferCreate>,
    keys: Arc<Vec<String>>,
    next: Arc<AtomicUsize>,
    told: mpsc::UnboundedSender<Payment>,
}

impl Payer {
    /// Pays until there is nothing left to pay or nobody answers any more.
    async fn pay(self) {
        loop {
            let index = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(key) = self.keys.get(index) else { return };
            let options = CallOptions { deadline: PAYMENT_MAX, ..CallOptions::once(key.as_str()) };
            let payment = match self.client.call_with(&*self.request, &options).await {
                Ok(Transfer { id: Some(id), .. }) => Payment::Acknowledged(index, id),
                Ok(_) => Payment::Failed("a payment has no id".to_owned()),
                Err(ClientError::Transport(_) | ClientError::Deadline) => {
                    Payment::Unanswered(index)
                }
                Err(error) => Payment::Failed(format!("a payment was refused: {}", chain(&error))),
            };
            let goes_on = matches!(payment, Payment::Acknowledged(..));
            if self.told.send(payment).is_err() || !goes_on {
                return;
            }
        }
    }
}

/// Starts the node again on the same directory.
pub(super) async fn restart(stage: &mut Stage, cast: &mut Cast) -> Told<()> {
    let (process, announced) = NodeProcess::start(&stage.dir).await?;
    (stage.process, stage.announced) = (process, announced);
    start::ready(stage).await?;
    cast.moved_to(&stage.announced.url)?;
    let facts = Facts::new()
        .with("url", stage.announced.url.clone())
        .with("replayed", stage.announced.replayed);
    Ok(((), facts))
}

/// Every acknowledged payment is there.
pub(super) async fn kept(cast: &Cast, burst: &Burst) -> Told<Kept> {
    let transfers = payments(cast).await?;
    let lost: Vec<_> = burst.acknowledged.values().filter(|id| !transfers.contains(id)).collect();
    equal("acknowledged payments that were lost", lost.len(), 0)?;
    let facts = Facts::new()
        .with("acknowledged", burst.acknowledged.len())
        .with("lost", lost.len())
        .with("made_but_unanswered", transfers.len() - burst.acknowledged.len());
    Ok((Kept { transfers }, facts))
}

/// What nobody answered is sent again with its key: every payment was made exactly once.
pub(super) async fn retry(cast: &Cast, burst: Burst, kept: Kept) -> Told<()> {
    let (alice, bob) = (&cast.alice, &cast.bob);
    let client = Credential::ApiKey(alice.api_key.clone());
    let client = Client::new(alice.remote.url(), client)
        .map_err(|error| Failure::because("cannot make a client", &error))?;
    let request = payment(bob.id)?;
    let mut made: BTreeSet<TransferId> = burst.acknowledged.values().copied().collect();
    let mut already = 0;
    for index in &burst.unanswered {
        let options = CallOptions::once(burst.keys[*index].as_str());
        let transfer = client.call_with(&request, &options).await;
        let transfer = transfer.map_err(|error| alice.remote.failure(error))?;
        let id = transfer.id.ok_or_else(|| Failure::new("a payment has no id"))?;
        holds("a key stands for one payment", made.insert(id))?;
        already += u32::from(kept.transfers.contains(&id));
    }
    let count = burst.acknowledged.len() + burst.unanswered.len();
    equal("payments made", payments(cast).await?, made)?;
    let (alice_after, bob_after) = (alice.balance().await?, bob.balance().await?);
    let spent = difference(&burst.alice_before, &alice_after)?;
    let earned = difference(&bob_after, &burst.bob_before)?;
    equal("what alice spent", spent, times(TOTAL, count)?)?;
    equal("what bob received", earned, times(AMOUNT, count)?)?;
    let facts = Facts::new()
        .with("retried", burst.unanswered.len())
        .with("were_made_before", already)
        .with("payments", count)
        .with("each_made", "exactly once")
        .with("alice", alice_after.balance.as_str())
        .with("bob", bob_after.balance.as_str());
    Ok(((), facts))
}

/// The burst's payments, all of them, as the node lists them now.
async fn payments(cast: &Cast) -> Result<BTreeSet<TransferId>, Failure> {
    let head = cast.owner.call(&hansa_wire::api::projections::SupplyAudit {}).await?.seq;
    let alice = &cast.alice;
    until("that the lists show every entry", || async {
        let (transfers, as_of_seq) = listed(alice, cast.bob.id).await?;
        Ok((as_of_seq >= head).then_some(transfers))
    })
    .await
}

async fn listed(alice: &Actor, bob: PrincipalId) -> Result<(BTreeSet<TransferId>, u64), Failure> {
    let (mut transfers, mut cursor, mut as_of_seq) = (BTreeSet::new(), None, u64::MAX);
    let limit = Limit::new(200).unwrap_or_default();
    let (from, to) = (alice.id.to_string(), bob.to_string());
    loop {
        let account = Some(PrincipalRef::Id(alice.id));
        let request = TransferList { account, currency: Some(currency()?), cursor, limit };
        let page = alice.remote.call(&request).await?;
        as_of_seq = as_of_seq.min(page.as_of_seq);
        let of_burst = |transfer: &&Transfer| {
            transfer.from == from && transfer.to == to && transfer.amount.as_str() == AMOUNT
        };
        transfers.extend(page.data.iter().filter(of_burst).filter_map(|transfer| transfer.id));
        match page.next_cursor {
            Some(next) => cursor = Some(next),
            None => return Ok((transfers, as_of_seq)),
        }
    }
}

fn difference(larger: &Balance, smaller: &Balance) -> Result<Amount, Failure> {
    let money = Currency { code: currency()?, scale: 6 };
    let larger = larger.balance.in_currency_or_zero(&money)?;
    let smaller = smaller.balance.in_currency_or_zero(&money)?;
    larger.minus(smaller).ok_or_else(|| Failure::new("money moved the wrong way"))
}

fn times(each: &str, count: usize) -> Result<Amount, Failure> {
    let each = amount(each)?.in_currency(&Currency { code: currency()?, scale: 6 })?;
    Ok(Amount(each.0 * count as u128))
}
