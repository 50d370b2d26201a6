//! Is what clients saw one history of one bank?
//!
//! The journal is the order in which everything took effect; the clients say when they asked and when
//! they were answered, by one clock. The history is linearizable with that order as the witness if
//! every payment took effect once, at the entry its client was told, between question and answer;
//! nothing took effect that was refused or that nobody asked for; and every balance that was
//! read was the balance at some moment between question and answer. This costs a sort, so a million
//! operations are checked in a second. Deliberately absent: searching for an order, since there is one.

use std::collections::HashMap;

/// What became of a payment, as its client knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is this entry.
    Accepted(u64),
    /// It was not carried out.
    Refused,
    /// Nobody said.
    Unknown,
}

/// A payment as its client knows it. Its amount is its own: no other payment has the same.
#[derive(Debug, Clone, Copy)]
pub struct Payment {
    /// Who pays, by number.
    pub from: usize,
    /// Who receives.
    pub to: usize,
    /// How much.
    pub amount: u128,
    /// When it was first asked for.
    pub begun: u64,
    /// When it was answered.
    pub ended: u64,
    /// The answer.
    pub outcome: Outcome,
}

/// A balance as its client read it.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// Whose.
    pub who: usize,
    /// How much it was.
    pub balance: u128,
    /// When it was asked for.
    pub begun: u64,
    /// When it was answered.
    pub ended: u64,
}

/// A payment as the journal has it.
#[derive(Debug, Clone, Copy)]
pub struct Booked {
    /// Its entry.
    pub seq: u64,
    /// Who paid.
    pub from: usize,
    /// Who received.
    pub to: usize,
    /// How much.
    pub amount: u128,
}

/// Checks a history against the journal; everybody began with the same balance.
pub fn check(
    payments: &[Payment],
    looks: &[Look],
    booked: &[Booked],
    beginnings: &[u128],
) -> Result<(), String> {
    let taken = effects(payments, booked)?;
    check_answers(payments, &taken)?;
    check_order(payments, &taken)?;
    check_looks(payments, &taken, looks, booked, beginnings)
}

/// Where each payment took effect, if it did: at most once, and as it was asked for.
fn effects(payments: &[Payment], booked: &[Booked]) -> Result<Vec<Option<u64>>, String> {
    let numbers: HashMap<u128, usize> =
        payments.iter().enumerate().map(|(number, payment)| (payment.amount, number)).collect();
    let mut taken = vec![None; payments.len()];
    for entry in booked {
        let Booked { seq, from, to, amount } = *entry;
        let Some(&number) = numbers.get(&amount) else {
            return Err(format!("entry {seq} moves {amount}, which nobody asked for"));
        };
        let asked = &payments[number];
        if (asked.from, asked.to) != (from, to) {
            return Err(format!("entry {seq} moves {amount} between others than was asked"));
        }
        if let Some(first) = taken[number].replace(seq) {
            return Err(format!("{amount} was moved twice, by entries {first} and {seq}"));
        }
    }
    Ok(taken)
}

/// What was told is what happened.
fn check_answers(payments: &[Payment], taken: &[Option<u64>]) -> Result<(), String> {
    for (payment, taken) in payments.iter().zip(taken) {
        let amount = payment.amount;
        match (payment.outcome, taken) {
            (Outcome::Accepted(told), None) => {
                return Err(format!("{amount} was accepted as entry {told} and is lost"));
            }
            (Outcome::Accepted(told), Some(seq)) if told != *seq => {
                return Err(format!("{amount} was told to be entry {told}, it is {seq}"));
            }
            (Outcome::Refused, Some(seq)) => {
                return Err(format!("{amount} was refused, and entry {seq} moves it"));
            }
            _ => {}
        }
    }
    Ok(())
}

/// What was answered before something else was asked for also comes before it.
fn check_order(payments: &[Payment], taken: &[Option<u64>]) -> Result<(), String> {
    let mut order: Vec<(u64, &Payment)> =
        taken.iter().zip(payments).filter_map(|(seq, payment)| Some(((*seq)?, payment))).collect();
    order.sort_by_key(|(seq, _)| *seq);
    let mut latest_begun = (0, 0);
    for (seq, payment) in order {
        let answered = matches!(payment.outcome, Outcome::Accepted(_));
        let (begun, before) = latest_begun;
        if answered && payment.ended < begun {
            return Err(format!(
                "entry {seq} was answered before entry {before} was asked for, and comes behind it"
            ));
        }
        latest_begun = latest_begun.max((payment.begun, seq));
    }
    Ok(())
}

/// Every balance was one between question and answer.
fn check_looks(
    payments: &[Payment],
    taken: &[Option<u64>],
    looks: &[Look],
    booked: &[Booked],
    beginnings: &[u128],
) -> Result<(), String> {
    let histories = histories(booked, beginnings)?;
    let answered = payments.iter().zip(taken).filter_map(|(payment, seq)| {
        let answered = matches!(payment.outcome, Outcome::Accepted(_));
        Some((payment, (*seq)?)).filter(|_| answered)
    });
    // By the time of the answer, the highest entry answered by then.
    let mut before: Vec<(u64, u64)> = answered.map(|(payment, seq)| (payment.ended, seq)).collect();
    before.sort_unstable();
    let mut highest = 0;
    for (_, seq) in &mut before {
        highest = highest.max(*seq);
        *seq = highest;
    }
    // By the time of the question, the lowest entry asked for from then on.
    let asked =
        payments.iter().zip(taken).filter_map(|(payment, seq)| Some((payment.begun, (*seq)?)));
    let mut after: Vec<(u64, u64)> = asked.collect();
    after.sort_unstable();
    let mut lowest = u64::MAX;
    for (_, seq) in after.iter_mut().rev() {
        lowest = lowest.min(*seq);
        *seq = lowest;
    }
    for look in looks {
        let at = before.partition_point(|(ended, _)| *ended < look.begun);
        let least = at.checked_sub(1).map_or(0, |at| before[at].1);
        let at = after.partition_point(|(begun, _)| *begun <= look.ended);
        let most = after.get(at).map_or(u64::MAX, |(_, seq)| seq - 1);
        let history = &histories[look.who];
        let from = history.partition_point(|(seq, _)| *seq <= least).saturating_sub(1);
        let mut window = history[from..].iter().take_while(|(seq, _)| *seq <= most.max(least));
        if !window.any(|(_, balance)| *balance == look.balance) {
            let Look { who, balance, .. } = look;
            return Err(format!(
                "client {who} read {balance}, which it had at no moment from entry {least} to {most}"
            ));
        }
    }
    Ok(())
}

/// The balances of each account with the entries at which they began.
fn histories(booked: &[Booked], beginnings: &[u128]) -> Result<Vec<Vec<(u64, u128)>>, String> {
    let mut histories: Vec<Vec<(u64, u128)>> =
        beginnings.iter().map(|balance| vec![(0, *balance)]).collect();
    let mut order: Vec<&Booked> = booked.iter().collect();
    order.sort_by_key(|entry| entry.seq);
    for entry in order {
        let last = |who: usize, histories: &[Vec<(u64, u128)>]| {
            histories[who].last().map_or(0, |(_, balance)| *balance)
        };
        let paid = last(entry.from, &histories).checked_sub(entry.amount);
        let paid = paid.ok_or_else(|| format!("entry {} spends what is not there", entry.seq))?;
        histories[entry.from].push((entry.seq, paid));
        let received = last(entry.to, &histories) + entry.amount;
        histories[entry.to].push((entry.seq, received));
    }
    Ok(histories)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paid(amount: u128, begun: u64, ended: u64, seq: u64) -> (Payment, Booked) {
        let (from, to, outcome) = (0, 1, Outcome::Accepted(seq));
        (Payment { from, to, amount, begun, ended, outcome }, Booked { seq, from, to, amount })
    }

    fn history() -> (Vec<Payment>, Vec<Booked>) {
        [paid(10, 1, 4, 7), paid(11, 2, 6, 8), paid(12, 5, 9, 9)].into_iter().unzip()
    }

    fn look(balance: u128, begun: u64, ended: u64) -> Look {
        Look { who: 0, balance, begun, ended }
    }

    fn fails(what: &str, payments: &[Payment], looks: &[Look], booked: &[Booked]) {
        let said = check(payments, looks, booked, &[100, 100]).unwrap_err();
        assert!(said.contains(what), "{said}");
    }

    #[test]
    fn an_honest_history_passes() {
        let (payments, booked) = history();
        let looks = [look(100, 0, 3), look(90, 4, 5), look(79, 4, 5), look(67, 9, 10)];
        check(&payments, &looks, &booked, &[100, 100]).unwrap();
        // What nobody heard of may have happened, or not.
        let mut unknown = payments.clone();
        unknown[1].outcome = Outcome::Unknown;
        check(&unknown, &[], &booked, &[100, 100]).unwrap();
        check(&unknown, &[], &[booked[0], booked[2]], &[100, 100]).unwrap();
    }

    #[test]
    fn money_that_is_lost_doubled_or_out_of_order_is_found() {
        let (payments, booked) = history();
        fails("is lost", &payments, &[], &booked[..2]);
        let twice = [&booked[..], &[Booked { seq: 12, ..booked[0] }]].concat();
        fails("twice", &payments, &[], &twice);
        let strange = [&booked[..], &[Booked { seq: 12, amount: 99, ..booked[0] }]].concat();
        fails("nobody asked", &payments, &[], &strange);
        let mut turned = booked.clone();
        turned[0].to = 0;
        fails("between others", &payments, &[], &turned);
        let mut refused = payments.clone();
        refused[1].outcome = Outcome::Refused;
        fails("was refused", &refused, &[], &booked);
        let (mut late, mut moved) = history();
        (late[0].outcome, moved[0].seq) = (Outcome::Accepted(20), 20);
        fails("comes behind it", &late, &[], &moved);
        let broke = check(&payments, &[], &booked, &[5, 5]).unwrap_err();
        assert!(broke.contains("not there"), "{broke}");
    }

    #[test]
    fn balances_of_another_time_are_found() {
        let (payments, booked) = history();
        fails("at no moment", &payments, &[look(95, 0, 20)], &booked);
        // Old: the first payment was answered at 4.
        fails("at no moment", &payments, &[look(100, 5, 6)], &booked);
        // New: the last was asked for at 5.
        fails("at no moment", &payments, &[look(67, 2, 4)], &booked);
    }
}
