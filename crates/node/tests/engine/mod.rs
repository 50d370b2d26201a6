//! A writer on a simulated disk and clock, and the hand on both.

use std::path::PathBuf;
use std::sync::{Arc, mpsc};

use hansa_crypto::keys::SigningKey;
use hansa_kernel::grant::Action;
use hansa_kernel::transfer::{Create, FeeRule, Hold};
use hansa_kernel::{
    Auth, Caller, Command, Entry, Request, State, codec, node, principal, transfer,
};
use hansa_node::checkpoint::{Signer, origin};
use hansa_node::clock::Reading;
use hansa_node::metrics::Metrics;
use hansa_node::writer::{
    Durable, Hashes, Input, Job, Notary, Outcome, Queue, Surroundings, Writer, WriterHandle, spawn,
};
use hansa_store::Journal as _;
use hansa_store::memory::{Control, MemoryDisk};
use hansa_testkit::{SimClock, world};
use hansa_types::{
    Amount, ApiKeyId, Correlation, Currency, CurrencyCode, Digest, Duration, IncarnationId,
    PrincipalId,
};

/// The node's own principal.
pub const NODE: PrincipalId = PrincipalId(1);
/// Two agents with a thousand units each.
pub const ALICE: PrincipalId = PrincipalId(2);
/// The other one.
pub const BOB: PrincipalId = PrincipalId(3);

/// A running writer.
pub struct Engine {
    /// Moves the clocks.
    pub clock: Arc<SimClock>,
    /// Disturbs the disk.
    pub control: Control,
    /// What is durable.
    pub disk: MemoryDisk,
    /// The way to the writer.
    pub queue: Arc<Queue>,
    /// How far it is durable.
    pub durable: Durable,
    writer: WriterHandle,
}

/// What will become of some commands.
pub struct Pending(mpsc::Receiver<Vec<Outcome>>);

impl Pending {
    /// Waits for the outcomes.
    pub fn wait(self) -> Vec<Outcome> {
        self.0.recv().expect("the writer answers")
    }

    /// The outcomes, if they are there.
    pub fn now(&self) -> Option<Vec<Outcome>> {
        self.0.try_recv().ok()
    }
}

/// The default currency.
pub fn avt() -> CurrencyCode {
    "AVT".parse().unwrap()
}

/// An amount of whole units.
pub fn units(units: u128) -> Amount {
    Amount(units * 1_000_000)
}

impl Engine {
    /// A founded node with alice and bob, each with an API key of their own number.
    pub fn start() -> Self {
        let (env, clock) = world(7);
        let disk = MemoryDisk::new();
        let (mut journal, control) = disk.journal().unwrap();
        let queue = Arc::new(Queue::default());
        let durable = Durable::new(0);
        let key = SigningKey::from_seed([1; 32]);
        let state = State::new([1, 2, 3, 4]);
        let first = Reading::of(&*env.clock);
        let signer = Signer::new(key, origin("localhost", IncarnationId(1)));
        let hashes = Hashes::empty();
        let notary = Notary::new(&hashes, signer, Arc::clone(&env.clock));
        journal.appoint(Box::new(hashes), Box::new(notary));
        let writer = Writer::new(state, first, Default::default());
        let surroundings = Surroundings {
            queue: Arc::clone(&queue),
            env,
            journal: Box::new(journal),
            durable: durable.clone(),
            metrics: Arc::new(Metrics::default()),
            poison_dir: PathBuf::from("/nonexistent"),
            batch_commands_max: 1_024,
        };
        let writer = spawn(writer, surroundings).unwrap();
        let engine = Self { clock, control, disk, queue, durable, writer };
        engine.found();
        engine
    }

    fn found(&self) {
        self.expect(
            Auth::Machine,
            None,
            Command::NodeFound(node::Found {
                id: NODE,
                key: SigningKey::from_seed([1; 32]).public(),
                incarnation: IncarnationId(1),
                mode: node::Mode::Sovereign,
                format: hansa_kernel::format::FORMAT,
                currency: Currency { code: avt(), scale: 6 },
                fee: FeeRule { rate_ppm: 5_000, minimum: Amount(1_000) },
                genesis_grant: units(1_000),
            }),
        );
        for (id, seed) in [(ALICE, 2), (BOB, 3)] {
            self.expect(
                Auth::Machine,
                None,
                Command::PrincipalCreate(principal::Create {
                    id,
                    kind: principal::Kind::Agent,
                    key: SigningKey::from_seed([seed; 32]).public(),
                    card: None,
                    genesis_grant: true,
                }),
            );
            self.expect(
                Auth::Machine,
                None,
                Command::ApiKeyCreate(principal::CreateApiKey {
                    id: ApiKeyId(id.0),
                    principal: id,
                    secret: Digest([seed; 32]),
                    actions: vec![Action::everything()],
                    expires: None,
                }),
            );
        }
    }

    fn expect(
        &self,
        auth: Auth,
        principal: Option<PrincipalId>,
        command: Command,
    ) -> std::sync::Arc<Entry> {
        let caller = Caller { principal, auth };
        let request = Request::new(caller, command, None);
        match self.give(vec![request]).wait().remove(0) {
            Outcome::Accepted(accepted) => accepted.entry,
            other => panic!("{other:?}"),
        }
    }

    /// Gives the writer commands.
    pub fn give(&self, requests: Vec<Request>) -> Pending {
        let (told, outcomes) = mpsc::channel();
        let job = |request| Job { request, vault: Vec::new() };
        let jobs = requests.into_iter().map(job).collect();
        let reply = Box::new(move |all| drop(told.send(all)));
        self.queue.push(Input::Commands { jobs, reply }).unwrap();
        Pending(outcomes)
    }

    /// Looks at the state; the answer comes when it is durable.
    pub fn look<T: Send + 'static>(
        &self,
        look: impl FnOnce(&State) -> T + Send + 'static,
    ) -> mpsc::Receiver<T> {
        let (told, seen) = mpsc::channel();
        let run = Box::new(move |state: &State| {
            let value = look(state);
            Box::new(move || drop(told.send(value))) as Box<dyn FnOnce() + Send>
        });
        self.queue.push(Input::Read { principal: None, run }).unwrap();
        seen
    }

    /// What a principal can spend, durably.
    pub fn balance(&self, owner: PrincipalId) -> Amount {
        let look = move |state: &State| {
            let currency = state.ledger.currency(avt()).unwrap();
            let owner = state.principals.find(owner).unwrap();
            let role = transfer::Role::Main;
            state.ledger.balance(transfer::AccountKey { owner, currency, role })
        };
        self.look(look).recv().unwrap()
    }

    /// Everything durable, decoded.
    pub fn entries(&self) -> Vec<Entry> {
        let mut entries = Vec::new();
        self.disk
            .reader()
            .scan(1, &mut |row| {
                entries.extend(row.entries().map(|(_, line, _)| codec::decode(line).unwrap()));
                Ok(std::ops::ControlFlow::Continue(()))
            })
            .unwrap();
        entries
    }

    /// Drains and ends the writer.
    pub fn stop(self) {
        self.queue.close();
        self.writer.join().unwrap();
    }
}

/// A request by somebody's API key.
pub fn by(principal: PrincipalId, command: Command) -> Request {
    let auth = Auth::ApiKey(ApiKeyId(principal.0));
    Request {
        caller: Caller { principal: Some(principal), auth },
        command,
        corr: None,
        looked_up: None,
        ruling: None,
        parking: None,
    }
}

/// Alice pays bob.
pub fn pay(amount: Amount) -> Request {
    by(
        ALICE,
        Command::TransferCreate(Create {
            from: ALICE,
            to: BOB,
            currency: avt(),
            amount,
            hold: None,
        }),
    )
}

/// Alice sets money aside for bob for a while.
pub fn hold(amount: Amount, life: Duration) -> Request {
    let hold = Some(Hold { life: Some(life) });
    by(
        ALICE,
        Command::TransferCreate(Create { from: ALICE, to: BOB, currency: avt(), amount, hold }),
    )
}

/// The same request with an idempotency key.
pub fn with_key(request: Request, key: u8, body: u8) -> Request {
    let mut corr = [body; 24];
    corr[..16].fill(key);
    Request { corr: Some(Correlation(corr)), ..request }
}
