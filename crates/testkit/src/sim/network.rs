//! What is under way between clients and node: lost, doubled, delayed and out of order.

use hansa_node::writer::{Job, Outcome};
use hansa_types::{Duration, Time};

use super::rng::Rng;

/// A request on its way.
#[derive(Debug, Clone)]
pub(super) struct Request {
    /// Who asks.
    pub(super) client: u8,
    /// Which of the client's requests it is, counted from 0.
    pub(super) number: usize,
    /// What for.
    pub(super) job: Job,
}

/// An answer on its way.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    /// Whom it is for.
    pub(super) client: u8,
    /// Which of the client's requests it answers.
    pub(super) number: usize,
    /// What became of the request.
    pub(super) outcome: Outcome,
    /// How far the state reached that the answer was given from.
    pub(super) seen_seq: u64,
}

/// Something under way.
#[derive(Debug, Clone)]
pub(super) enum Packet {
    Request(Box<Request>),
    Answer(Answer),
}

/// The network.
#[derive(Default)]
pub(super) struct Network {
    under_way: Vec<(Time, Packet)>,
    healed: bool,
}

/// Of a hundred packets so many are lost, and so many doubled.
const LOST_PERCENT: u64 = 6;
const DOUBLED_PERCENT: u64 = 6;
/// Longest time under way of most packets, and of the slow ones.
const QUICK: u64 = 30;
const SLOW: u64 = 20_000;
const SLOW_PERCENT: u64 = 5;

impl Network {
    /// Sends something, with the network's luck.
    pub(super) fn send(&mut self, rng: &mut Rng, now: Time, packet: Packet) {
        if self.healed {
            return self.send_surely(now, packet);
        }
        if rng.percent(LOST_PERCENT) {
            return;
        }
        if rng.percent(DOUBLED_PERCENT) {
            self.under_way.push((delayed(rng, now), packet.clone()));
        }
        self.under_way.push((delayed(rng, now), packet));
    }

    /// Sends something that arrives at once.
    pub(super) fn send_surely(&mut self, now: Time, packet: Packet) {
        self.under_way.push((now, packet));
    }

    /// One of the packets whose time has come; on a healed network the first.
    pub(super) fn arrive(&mut self, rng: &mut Rng, now: Time) -> Option<Packet> {
        let is_due = |&at: &usize| self.under_way.get(at).is_some_and(|(due, _)| *due <= now);
        let due: Vec<usize> = (0..self.under_way.len()).filter(is_due).collect();
        let chosen = if self.healed { due.first().copied() } else { rng.pick(&due) };
        chosen.map(|at| self.under_way.remove(at).1)
    }

    /// Nothing goes wrong any more; what is late arrives now.
    pub(super) fn heal(&mut self) {
        self.healed = true;
        self.under_way.iter_mut().for_each(|(due, _)| *due = Time(0));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.under_way.is_empty()
    }
}

fn delayed(rng: &mut Rng, now: Time) -> Time {
    let most = if rng.percent(SLOW_PERCENT) { SLOW } else { QUICK };
    now.after(Duration(rng.below(most)))
}
