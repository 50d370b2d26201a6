//! Clients: each does one thing at a time over HTTP, and asks again until it has an answer.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::checker::{Look, Outcome, Payment};
use crate::sim::Rng;

/// Patience with one answer.
const PATIENCE: Duration = Duration::from_secs(4);
/// Wait before asking again.
const PAUSE: Duration = Duration::from_millis(20);
/// Minor units of a major one.
const MINOR: u128 = 1_000_000;

/// Somebody with an account.
#[derive(Debug, Clone)]
pub(super) struct Party {
    pub(super) id: String,
    pub(super) api_key: String,
}

/// What the clients share.
pub(super) struct Shared {
    pub(super) parties: Vec<Party>,
    pub(super) proxy: SocketAddr,
    pub(super) begun: Instant,
    /// Operations that may still begin.
    pub(super) left: AtomicU64,
    /// Set when nothing more begins.
    pub(super) is_over: AtomicBool,
    /// Set when unanswered questions are given up.
    pub(super) gives_up: AtomicBool,
    /// The number of the next payment, which decides its amount.
    pub(super) next: AtomicU64,
    /// Requests sent.
    pub(super) requests: AtomicU64,
}

/// What a client did and saw.
#[derive(Debug, Default)]
pub(super) struct History {
    pub(super) payments: Vec<Payment>,
    pub(super) looks: Vec<Look>,
}

impl Shared {
    fn now(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    /// One client's life.
    pub(super) fn live(&self, me: usize, seed: u64) -> History {
        let (mut rng, mut history) = (Rng::new(seed), History::default());
        while !self.is_over.load(Ordering::Relaxed) {
            let taken = self
                .left
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
            if taken.is_err() {
                break;
            }
            match rng.percent(80) {
                true => history.payments.push(self.pay(me, &mut rng)),
                false => history.looks.extend(self.look(me)),
            }
        }
        history
    }

    /// A payment of an amount that no other has, asked for until there is an answer.
    fn pay(&self, me: usize, rng: &mut Rng) -> Payment {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let amount = 1_000 + u128::from(number);
        let others = self.parties.len() as u64 - 1;
        let to = (me + 1 + usize::try_from(rng.below(others)).unwrap_or(0)) % self.parties.len();
        let body = format!(
            "{{\"to\":\"{}\",\"amount\":\"{}.{:06}\"}}",
            self.parties[to].id,
            amount / MINOR,
            amount % MINOR
        );
        let head = format!(
            "POST /api/v1/transfers HTTP/1.1\r\nidempotency-key: chaos-{number}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n",
            body.len()
        );
        let begun = self.now();
        let answer = self.ask_until(me, &head, &body);
        let outcome = match answer {
            Some((200..=299, value)) => {
                value["seq"].as_u64().map_or(Outcome::Unknown, Outcome::Accepted)
            }
            Some(_) => Outcome::Refused,
            None => Outcome::Unknown,
        };
        Payment { from: me, to, amount, begun, ended: self.now(), outcome }
    }

    fn look(&self, me: usize) -> Option<Look> {
        let path = format!("/api/v1/accounts/{}/balances", self.parties[me].id);
        let begun = self.now();
        let (status, value) = self.ask_until(me, &format!("GET {path} HTTP/1.1\r\n"), "")?;
        let ended = self.now();
        let balance = value["data"][0]["balance"].as_str().filter(|_| status == 200)?;
        Some(Look { who: me, balance: minor(balance)?, begun, ended })
    }

    /// Asks again while the network or the node is away. Being too busy is no answer either.
    fn ask_until(&self, me: usize, head: &str, body: &str) -> Option<(u16, Value)> {
        while !self.gives_up.load(Ordering::Relaxed) {
            self.requests.fetch_add(1, Ordering::Relaxed);
            match self.ask(me, head, body) {
                Some((429 | 500..=599, _)) | None => std::thread::sleep(PAUSE),
                Some(answer) => return Some(answer),
            }
        }
        None
    }

    fn ask(&self, me: usize, head: &str, body: &str) -> Option<(u16, Value)> {
        let mut stream = TcpStream::connect_timeout(&self.proxy, PATIENCE).ok()?;
        stream.set_read_timeout(Some(PATIENCE)).ok()?;
        let key = &self.parties[me].api_key;
        let request = format!(
            "{head}host: 127.0.0.1\r\nauthorization: Bearer {key}\r\nconnection: close\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).ok()?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).ok()?;
        let text = String::from_utf8(answer).ok()?;
        let (head, body) = text.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        // An answer that was cut off does not read.
        Some((status, serde_json::from_str(body).ok()?))
    }
}

/// Minor units of an amount as a decimal text with up to six decimals.
pub(super) fn minor(text: &str) -> Option<u128> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let part: u128 = format!("{part:0<6}").get(..6)?.parse().ok()?;
    whole.parse::<u128>().ok()?.checked_mul(MINOR)?.checked_add(part)
}
