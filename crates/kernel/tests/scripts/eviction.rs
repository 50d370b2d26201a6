//! What is over leaves the state.

use crate::script::check;

#[test]
fn an_ended_task_leaves_after_thirty_days_with_all_its_steps() {
    check(
        "offer alice bob 5 AVT outcome => offered as t.o
         accept bob t.o => accepted as t.a
         delegate alice t.a => delegated as t.d
         execute bob t.d => executed as t.e
         settle bob t.e => claimed as t.c
         attest alice t.c accept => settled
         at +29d
         filler 9
         attest bob t.c rating 5 => rated 5
         rows tasks = 1
         at +1d
         filler 1
         rows tasks = 0
         attest alice t.c rating 5 => parent_unknown
         execute bob t.d => parent_unknown
         reputation bob writing agent = completed 1 failed 0 ratings 0 stars 0",
    );
}

#[test]
fn tasks_leave_however_they_ended() {
    check(
        "offer alice bob 5 AVT outcome => offered as a
         reject bob a => rejected
         offer alice bob 5 AVT outcome => offered as b
         accept bob b => accepted as b.a
         delegate alice b.a => delegated as b.d
         revoke alice b.d => revoked
         offer alice bob 5 AVT outcome => offered as c
         accept bob c => accepted as c.a
         delegate alice c.a => delegated
         offer alice bob 5 AVT outcome => offered as d
         rows tasks held = 4 1
         at +30d
         tick => expired expired
         at +30d
         filler 2
         rows tasks held = 0 0",
    );
}

#[test]
fn at_most_eight_things_leave_with_each_entry() {
    let mut script = String::new();
    for _ in 0..20 {
        script += "grant alice bob transfer_* for 1h => granted\n";
    }
    script += "rows grants = 21
               at +1h
               filler 3
               # They stay to say that they expired.
               rows grants leaving = 21 21
               at +30d
               filler 1
               rows grants = 13
               filler 1
               rows grants = 5
               filler 1
               rows grants = 1";
    check(&script);
}

#[test]
fn what_came_and_went_leaves_a_state_like_a_fresh_one() {
    let mut script =
        "rows tasks held grants api_keys idempotency envelopes due leaving = 0 0 1 0 0 3 0 1\n"
            .to_owned();
    for round in 0..10 {
        script += &format!(
            "key alice * for 1d => created as k{round}
             key alice * => created as l{round}
             unkey l{round} => revoked
             grant alice bob transfer_* for 1d => granted as g{round}
             grant bob carol transfer_* under g{round} for 1h => granted
             ungrant g{round} => revoked
             hold alice bob 1 for 60s !idem:h{round} => pending
             transfer alice bob 1 !idem:t{round} @k{round} => posted
             offer alice bob 5 AVT outcome => offered as o{round}
             accept bob o{round} => accepted as a{round}
             delegate alice a{round} => delegated\n"
        );
    }
    script += "rows tasks held grants api_keys idempotency envelopes due leaving = 10 20 21 10 20 73 20 31
               at +8d
               tick => expired
               at +30d
               filler 20
               rows tasks held grants api_keys idempotency envelopes due leaving = 0 0 1 0 0 0 0 1
               escrow AVT = 0";
    check(&script);
}

#[test]
fn a_month_of_intents_leaves_a_state_no_larger_than_a_fresh_one() {
    let fresh = check(
        "offer alice bob 5 AVT outcome => offered as o\n reject bob o => rejected\n filler 1",
    );
    let mut script = String::new();
    for day in 0..31 {
        script += "at +1d\ntick\n";
        for number in 0..20 {
            script += &format!(
                "offer alice bob 5 AVT outcome => offered as o{day}x{number}
                 reject bob o{day}x{number} => rejected
                 transfer alice bob 0.01 !idem:t{day}x{number} => posted
                 transfer bob alice 0.01 !idem:u{day}x{number} => posted\n"
            );
        }
    }
    script += "rows tasks idempotency = 600 40\n at +31d\n tick\n filler 200\n rows tasks idempotency = 0 0";
    let after = check(&script).state.to_bytes().len();
    let fresh = fresh.state.to_bytes().len();
    assert!(after * 5 <= fresh * 6, "{after} bytes after a month of intents, {fresh} before");
}
