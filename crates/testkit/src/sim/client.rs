//! Clients: each does one thing at a time, and asks again until it has an answer.

use hansa_crypto::hash::sha256;
use hansa_crypto::keys::SigningKey;
use hansa_kernel::grant::Action;
use hansa_kernel::transfer::{Create, FeeRule, Hold, Post, Void};
use hansa_kernel::{Auth, Caller, Command, Event, Request, node, principal};
use hansa_node::writer::{Job, Outcome};
use hansa_types::{
    Amount, AnyId, ApiKeyId, Correlation, Currency, CurrencyCode, Digest, Duration, IncarnationId,
    PrincipalId, Time, TransferId,
};

use super::rng::Rng;
use super::{CLIENTS, network};

/// The node's own principal, which holds its treasury.
pub(super) const NODE: PrincipalId = PrincipalId(1);
/// How long a client waits before it asks again.
const PATIENCE: Duration = Duration::seconds(3);
/// Whoever founds the node waits for no answer.
const NOBODY: u8 = u8::MAX;

/// The currency of the simulated node.
pub(super) fn currency() -> CurrencyCode {
    "AVT".parse().unwrap_or_else(|_| unreachable!("three capitals"))
}

/// The principal of a client.
pub(super) fn principal_of(client: u8) -> PrincipalId {
    PrincipalId(u128::from(client) + 10)
}

fn units(units: u64) -> Amount {
    Amount(u128::from(units) * 1_000_000)
}

/// The node's first commands, in order.
pub(super) fn founding() -> Vec<network::Request> {
    let found = Command::NodeFound(node::Found {
        id: NODE,
        key: SigningKey::from_seed([1; 32]).public(),
        incarnation: IncarnationId(1),
        mode: node::Mode::Sovereign,
        format: hansa_kernel::format::FORMAT,
        currency: Currency { code: currency(), scale: 6 },
        fee: FeeRule { rate_ppm: 5_000, minimum: Amount(1_000) },
        genesis_grant: units(1_000),
    });
    let mut commands = vec![found];
    for client in 0..CLIENTS {
        let id = principal_of(client);
        let secret = [client + 10; 32];
        commands.push(Command::PrincipalCreate(principal::Create {
            id,
            kind: principal::Kind::Agent,
            key: SigningKey::from_seed(secret).public(),
            card: None,
            genesis_grant: true,
        }));
        commands.push(Command::ApiKeyCreate(principal::CreateApiKey {
            id: ApiKeyId(id.0),
            principal: id,
            secret: Digest(secret),
            actions: vec![Action::everything()],
            expires: None,
        }));
    }
    let by_machine = |command| {
        let caller = Caller { principal: None, auth: Auth::Machine };
        let request = Request::new(caller, command, None);
        let job = Job { request, vault: Vec::new() };
        network::Request { client: NOBODY, number: 0, job }
    };
    commands.into_iter().map(by_machine).collect()
}

/// What a client asked for, and what became of it.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    request: Request,
    /// The seq of the first entry, when it was carried out; `None` when it was refused.
    answer: Option<Option<u64>>,
}

impl Asked {
    /// By what the journal knows it.
    pub(super) fn corr(&self) -> Option<Correlation> {
        self.request.corr
    }

    /// Where it was carried out, as far as the client was told.
    pub(super) fn seq(&self) -> Option<u64> {
        self.answer.flatten()
    }
}

/// A request that leaves a client.
pub(super) struct Leaving {
    pub(super) request: network::Request,
    /// Whether it was sent before.
    pub(super) again: bool,
}

/// Somebody with an account, and an API key.
pub(super) struct Client {
    me: u8,
    asked: Vec<Asked>,
    /// When the last one was sent, while there is no answer to it.
    waiting_since: Option<Time>,
    /// Money that was set aside by the client, and for it.
    holds: Vec<TransferId>,
    claims: Vec<TransferId>,
}

impl Client {
    pub(super) fn new(me: u8) -> Self {
        let (asked, holds, claims) = (Vec::new(), Vec::new(), Vec::new());
        Self { me, asked, waiting_since: None, holds, claims }
    }

    /// Everything it ever asked for.
    pub(super) fn history(&self) -> impl Iterator<Item = &Asked> {
        self.asked.iter()
    }

    pub(super) fn is_waiting(&self) -> bool {
        self.waiting_since.is_some()
    }

    /// The next thing to ask, or the last one again when it took too long.
    pub(super) fn ask(&mut self, now: Time, rng: &mut Rng) -> Option<Leaving> {
        if self.is_waiting() {
            let request = self.ask_again(now)?;
            return Some(Leaving { request, again: true });
        }
        let command = self.think(rng);
        let number = self.asked.len();
        let caller = Caller {
            principal: Some(principal_of(self.me)),
            auth: Auth::ApiKey(ApiKeyId(principal_of(self.me).0)),
        };
        let corr = Some(correlation(self.me, number));
        let request = Request::new(caller, command, corr);
        self.asked.push(Asked { request, answer: None });
        self.waiting_since = Some(now);
        Some(Leaving { request: self.packet(number)?, again: false })
    }

    /// The last request once more, when its answer is overdue.
    pub(super) fn ask_again(&mut self, now: Time) -> Option<network::Request> {
        let overdue = self.waiting_since.filter(|since| since.after(PATIENCE) <= now);
        overdue?;
        self.waiting_since = Some(now);
        self.packet(self.asked.len().checked_sub(1)?)
    }

    fn packet(&self, number: usize) -> Option<network::Request> {
        let request = self.asked.get(number)?.request.clone();
        let job = Job { request, vault: Vec::new() };
        Some(network::Request { client: self.me, number, job })
    }

    fn think(&mut self, rng: &mut Rng) -> Command {
        let to = principal_of((self.me + 1 + rng.pick(&[0, 1, 2, 3, 4]).unwrap_or(0)) % CLIENTS);
        let amount = match rng.below(20) {
            0 => Amount::ZERO,
            1 => units(100_000),
            _ => Amount(u128::from(1 + rng.below(60_000_000))),
        };
        let create = |hold| {
            let (from, currency) = (principal_of(self.me), currency());
            Command::TransferCreate(Create { from, to, currency, amount, hold })
        };
        match rng.below(10) {
            0..=4 => create(None),
            5 | 6 => {
                let life = Some(Duration::seconds(60 + rng.below(7_200)));
                create(Some(Hold { life }))
            }
            7 | 8 => match rng.pick(&self.holds) {
                Some(id) => Command::TransferPost(Post {
                    id,
                    amount: rng.pick(&[None, Some(amount)]).flatten(),
                }),
                None => create(None),
            },
            _ => match rng.pick(&self.claims) {
                Some(id) => Command::TransferVoid(Void { id }),
                None => create(None),
            },
        }
    }

    /// Takes an answer in. One that comes twice, or too late, says nothing new.
    pub(super) fn hear(&mut self, answer: &network::Answer) -> Option<(u8, TransferId)> {
        let asked = self.asked.get_mut(answer.number)?;
        if asked.answer.is_some() {
            return None;
        }
        asked.answer = match &answer.outcome {
            Outcome::Accepted(accepted) => Some(Some(accepted.entry.seq)),
            Outcome::Repeated(seq) => Some(Some(*seq)),
            Outcome::Refused(_) => Some(None),
            Outcome::LookUp(_) | Outcome::Judge(..) | Outcome::Approval(..) => return None,
        };
        self.waiting_since = None;
        let Outcome::Accepted(accepted) = &answer.outcome else { return None };
        let (AnyId::Transfer(id), Event::TransferPending(_), Some(AnyId::Principal(payee))) =
            (accepted.entry.id, &accepted.entry.event, accepted.entry.subject)
        else {
            return None;
        };
        self.holds.push(id);
        (0..CLIENTS).find(|&client| principal_of(client) == payee).map(|payee| (payee, id))
    }

    /// Hears that money was set aside for it.
    pub(super) fn hear_of(&mut self, hold: TransferId) {
        self.claims.push(hold);
    }
}

/// By what the journal knows a request: a key like those of digests, and what the body was.
fn correlation(client: u8, number: usize) -> Correlation {
    let digest = sha256(format!("{client}/{number}").as_bytes());
    let mut corr = [0; 24];
    corr.copy_from_slice(&digest.0[..24]);
    Correlation(corr)
}
