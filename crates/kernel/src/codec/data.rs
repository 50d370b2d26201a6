//! The data of the two kinds that a busy journal is full of, written by hand.
//!
//! To serde every name and every id is a text in which something may have to be escaped, and it looks
//! at each character to see. Here nothing has to be: ids, digests, amounts and words hold neither
//! quotes nor controls. Reading is left to serde for every kind, and a test holds both ways of
//! writing to the same bytes.

use super::{push, push_json};
use crate::event::Event;
use crate::policy::{Judged, JudgedLine, Mode, Obligation};
use crate::transfer::Posted;

/// Appends the data of an event as JSON.
pub(super) fn push_data(out: &mut Vec<u8>, event: &Event) {
    match event {
        Event::TransferPosted(posted) => push_posted(out, posted),
        Event::PolicyJudged(judged) => push_judged(out, judged),
        other => push_json(out, other),
    }
}

fn push_posted(out: &mut Vec<u8>, posted: &Posted) {
    let Posted { from, amount, currency, fee, of, grant } = posted;
    let mut number = itoa::Buffer::new();
    push(out, "{");
    if let Some(from) = from {
        push(out, "\"from\":\"");
        from.append_to(out);
        push(out, "\",");
    }
    push(out, "\"amount\":\"");
    push(out, number.format(amount.0));
    push(out, "\",\"currency\":\"");
    push(out, currency.as_str());
    if fee.0 != 0 {
        push(out, "\",\"fee\":\"");
        push(out, number.format(fee.0));
    }
    if let Some(of) = of {
        push(out, "\",\"of\":\"");
        of.append_to(out);
    }
    if let Some(grant) = grant {
        push(out, "\",\"grant\":\"");
        grant.append_to(out);
    }
    push(out, "\"}");
}

fn push_judged(out: &mut Vec<u8>, judged: &Judged) {
    let Judged { verdict, rules, obligations, sets, facts } = judged;
    push(out, "{\"verdict\":\"");
    push(out, verdict.as_str());
    push(out, "\"");
    push_list(out, ",\"rules\":", rules.iter().map(|rule| rule.as_str()), push_word);
    let obligations = obligations.iter().copied().map(Obligation::as_str);
    push_list(out, ",\"obligations\":", obligations, push_word);
    push_list(out, ",\"sets\":", sets.iter(), push_judged_line);
    push(out, ",\"facts\":\"");
    facts.append_to(out);
    push(out, "\"}");
}

fn push_judged_line(out: &mut Vec<u8>, line: &JudgedLine) {
    let JudgedLine { set, rules_digest, mode, verdict, failed } = line;
    push(out, "{\"set\":\"");
    set.append_to(out);
    push(out, "\",\"rules_digest\":\"");
    rules_digest.append_to(out);
    if *mode != Mode::default() {
        push(out, "\",\"mode\":\"");
        push(out, mode.as_str());
    }
    push(out, "\",\"verdict\":\"");
    push(out, verdict.as_str());
    push(out, if *failed { "\",\"failed\":true}" } else { "\"}" });
}

fn push_word(out: &mut Vec<u8>, word: &str) {
    push(out, "\"");
    push(out, word);
    push(out, "\"");
}

/// Appends a member that is a list, unless that is empty.
fn push_list<T>(
    out: &mut Vec<u8>,
    opens: &str,
    items: impl Iterator<Item = T>,
    push_item: fn(&mut Vec<u8>, T),
) {
    let mut before = "[";
    for (number, item) in items.enumerate() {
        if number == 0 {
            push(out, opens);
        }
        push(out, before);
        push_item(out, item);
        before = ",";
    }
    if before == "," {
        push(out, "]");
    }
}

#[cfg(test)]
mod tests {
    use hansa_types::{Amount, Digest, GrantId, PolicySetId, PrincipalId, TransferId};

    use super::*;
    use crate::policy::Verdict;

    /// Writes by hand what serde writes.
    fn check(event: &Event) {
        let mut written = Vec::new();
        push_data(&mut written, event);
        assert_eq!(String::from_utf8(written).unwrap(), serde_json::to_string(event).unwrap());
    }

    #[test]
    fn a_posted_transfer_is_written_as_serde_does() {
        let of = |bit: usize, case: usize| case >> bit & 1 == 1;
        for case in 0..16 {
            check(&Event::TransferPosted(Posted {
                from: of(0, case).then_some(PrincipalId(7 << 80)),
                amount: Amount(u128::MAX),
                currency: "AVT".parse().unwrap(),
                fee: Amount(u128::from(of(1, case)) * 500),
                of: of(2, case).then_some(TransferId(3)),
                grant: of(3, case).then_some(GrantId(u128::MAX)),
            }));
        }
    }

    #[test]
    fn a_judgement_is_written_as_serde_does() {
        let modes = [Mode::Off, Mode::Shadow, Mode::Enforce];
        let lines = Verdict::ALL.into_iter().enumerate().map(|(number, verdict)| JudgedLine {
            set: PolicySetId(number as u128),
            rules_digest: Digest([0xE7; 32]),
            mode: modes[number % 3],
            verdict,
            failed: number % 2 == 1,
        });
        let lines: Vec<JudgedLine> = lines.collect();
        let rules = ["small_payment", "b"].map(|rule| rule.parse().unwrap());
        for many in [0, 1, 2] {
            check(&Event::PolicyJudged(Judged {
                verdict: Verdict::ALL[many],
                rules: rules[..many].to_vec(),
                obligations: Obligation::ALL[..many * 4].to_vec(),
                sets: lines[..many * 3].to_vec(),
                facts: Digest([0x1B; 32]),
            }));
        }
    }
}
