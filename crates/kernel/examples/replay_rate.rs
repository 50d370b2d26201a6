//! How long one transfer takes the kernel, and how fast a journal of transfers is replayed.
//!
//! `cargo run --release -p hansa-kernel --example replay_rate` prints nanoseconds per step, among
//! 100,000 agents that pay each other by API key with an Idempotency-Key each time.

#![allow(clippy::disallowed_methods, reason = "a measurement reads the clock")]

use std::time::{Duration, Instant};

use hansa_crypto::SigningKey;
use hansa_kernel::decide::{Place, Repetition, decide};
use hansa_kernel::{
    Admission, Auth, Caller, Command, Context, Request, State, codec, node, principal, transfer,
};
use hansa_types::{
    Amount, ApiKeyId, Correlation, Currency, CurrencyCode, Digest, IncarnationId, PrincipalId, Time,
};

const AGENTS: u64 = 100_000;
const TRANSFERS: u64 = 400_000;
/// Commands decided on one buffer, as a batch of the writer would be.
const BATCH: usize = 1_024;
const HASH_SEED: [u64; 4] = [1, 2, 3, 4];

type Failure = Box<dyn std::error::Error>;

/// A small generator (xorshift64*): the same numbers in every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn wide(&mut self) -> u128 {
        u128::from(self.next()) << 64 | u128::from(self.next())
    }
}

/// A state with what it takes to submit commands to it.
struct Books {
    state: State,
    now: Time,
    ids: u128,
}

impl Books {
    /// Carries a request out and appends its lines to `out`.
    fn submit(&mut self, request: &Request, out: &mut Vec<u8>) -> Result<(), Failure> {
        let (now, ids) = (self.now, &mut self.ids);
        let mut entropy = || {
            *ids += 1;
            *ids
        };
        let mut ctx = Context { now, entropy: &mut entropy };
        let mut drafts = Vec::with_capacity(2);
        match self.state.admit(request, now)? {
            Admission::Fresh(permit) => decide(&permit, &mut ctx, &mut drafts)?,
            other => return Err(format!("not a fresh request: {other:?}").into()),
        }
        for (position, draft) in drafts.into_iter().enumerate() {
            let corr = Repetition { is_first: position == 0, correlation: request.corr };
            let Caller { principal: actor, ref auth } = request.caller;
            let place = Place { seq: self.state.seq + 1, actor, auth, corr };
            let entry = draft.into_entry(place, &mut ctx);
            self.state.apply(&entry);
            codec::encode(&entry, out);
            out.push(b'\n');
        }
        Ok(())
    }
}

fn by_machine(command: Command) -> Request {
    let caller = Caller { principal: None, auth: Auth::Machine };
    Request::new(caller, command, None)
}

fn public_key(number: u64) -> hansa_crypto::PublicKey {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&number.to_be_bytes());
    SigningKey::from_seed(seed).public()
}

/// A node with its agents, each with money and an API key.
fn town(currency: Currency, out: &mut Vec<u8>) -> Result<Books, Failure> {
    let now = Time(1_800_000_000_000);
    let mut books = Books { state: State::new(HASH_SEED), now, ids: 0 };
    let found = node::Found {
        id: PrincipalId::new(now.0, 0),
        key: public_key(0),
        incarnation: IncarnationId::new(now.0, 0),
        mode: node::Mode::Sovereign,
        format: hansa_kernel::format::FORMAT,
        currency,
        fee: transfer::FeeRule { rate_ppm: 5_000, minimum: Amount(1_000) },
        genesis_grant: Amount(1_000_000_000_000),
    };
    books.submit(&by_machine(Command::NodeFound(found)), out)?;
    for number in 1..=AGENTS {
        let create = principal::Create {
            id: agent(number),
            kind: principal::Kind::Agent,
            key: public_key(number),
            card: None,
            genesis_grant: true,
        };
        books.submit(&by_machine(Command::PrincipalCreate(create)), out)?;
        let mut secret = [0; 32];
        secret[..8].copy_from_slice(&number.to_be_bytes());
        let create = principal::CreateApiKey {
            id: api_key(number),
            principal: agent(number),
            secret: Digest(secret),
            actions: vec!["transfer_*".parse()?],
            expires: None,
        };
        books.submit(&by_machine(Command::ApiKeyCreate(create)), out)?;
    }
    Ok(books)
}

fn agent(number: u64) -> PrincipalId {
    PrincipalId::new(1_800_000_000_000 + number, Numbers(number + 1).wide())
}

fn api_key(number: u64) -> ApiKeyId {
    ApiKeyId::new(1_800_000_000_000 + number, Numbers(number + 1).wide())
}

fn transfers(currency: CurrencyCode) -> Vec<Request> {
    let mut numbers = Numbers(42);
    let request = |_| {
        let from = 1 + numbers.next() % AGENTS;
        let to = 1 + (from + numbers.next() % (AGENTS - 1)) % AGENTS;
        let mut corr = [0; 24];
        corr[..16].copy_from_slice(&numbers.wide().to_be_bytes());
        corr[16..].copy_from_slice(&numbers.next().to_be_bytes());
        let create = transfer::Create {
            from: agent(from),
            to: agent(to),
            currency,
            amount: Amount(u128::from(1 + numbers.next() % 1_000_000)),
            hold: None,
        };
        Request {
            caller: Caller { principal: Some(agent(from)), auth: Auth::ApiKey(api_key(from)) },
            command: Command::TransferCreate(create),
            corr: Some(Correlation(corr)),
            looked_up: None,
            ruling: None,
            parking: None,
        }
    };
    (0..TRANSFERS).map(request).collect()
}

/// Prints what one of `count` repetitions took.
fn report(what: &str, took: Duration, count: usize) {
    let each = took.as_nanos() / count as u128;
    println!("{what:<36} {each:>6} ns  {:>10} /s", 1_000_000_000 / each.max(1));
}

fn main() -> Result<(), Failure> {
    let currency = Currency { code: "AVT".parse()?, scale: 6 };
    let mut founding = Vec::new();
    let mut books = town(currency, &mut founding)?;
    let requests = transfers(currency.code);

    let (mut journal, mut took) = (Vec::new(), Duration::ZERO);
    let mut batch = Vec::with_capacity(BATCH * 512);
    for requests in requests.chunks(BATCH) {
        books.now.0 += 1;
        let start = Instant::now();
        batch.clear();
        for request in requests {
            books.submit(request, &mut batch)?;
        }
        took += start.elapsed();
        journal.extend_from_slice(&batch);
    }
    report("admit, decide, apply, encode", took, requests.len());
    println!("{:<36} {:>6} bytes", "a line with its newline", journal.len() / requests.len());

    let lines: Vec<&[u8]> = journal.split(|&b| b == b'\n').filter(|l| !l.is_empty()).collect();
    let start = Instant::now();
    for line in &lines {
        std::hint::black_box(codec::decode(line)?);
    }
    report("decode", start.elapsed(), lines.len());

    let mut replayed = State::new(HASH_SEED);
    for line in founding.split(|&b| b == b'\n').filter(|l| !l.is_empty()) {
        replayed.apply(&codec::decode(line)?);
    }
    let start = Instant::now();
    for line in &lines {
        replayed.apply(&codec::decode(line)?);
    }
    report("decode, apply", start.elapsed(), lines.len());
    assert_eq!(replayed.digest(), books.state.digest(), "replay tells the same");
    Ok(())
}
