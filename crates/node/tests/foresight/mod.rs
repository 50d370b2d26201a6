//! Payments that are judged before the writer asks, and never by what held before.

use std::future::poll_fn;
use std::task::Poll;

use hansa_kernel::clearance::{AssignRole, WithdrawRole};
use hansa_kernel::grant;
use hansa_kernel::policy::{Deprecate, SetMode};
use hansa_node::env::Clock as _;
use hansa_node::limits::FORESEEN_AT_ONCE_MAX;
use hansa_testkit::SimClock;
use hansa_types::governance::GovernanceRole;
use hansa_types::{AnyId, Duration, GrantId, Time};

use super::*;

const CAROL: PrincipalId = PrincipalId(4);
const CAROLS_KEY: ApiKeyId = ApiKeyId(8);

/// Small payments are anybody's, larger ones an executive's.
const RULES: &str = r#"
package hansa.policy
import rego.v1
default decision := {"verdict": "deny", "rules": ["too_large"]}
decision := {"verdict": "allow", "rules": ["small"]} if input.money.units <= 100
decision := {"verdict": "allow", "rules": ["large"]} if {
    input.money.units > 100
    "executive" in input.actor.roles
}
"#;

/// Rules under which nobody pays.
const NOTHING: &str = "package hansa.policy\ndecision := {\"verdict\": \"deny\"}";

/// A town in which Alice has paid Bob under the rules. No hour ends in it by itself.
async fn judged(mode: Mode) -> (Town, Arc<SimClock>, PolicySetId) {
    let clock = Arc::new(SimClock::new());
    let env = Env { clock: Arc::clone(&clock) as _, ..Env::real() };
    let mut town = town_in(env, |_| ()).await;
    let set = town.draft(document(RULES), Engine::Rego, mode, Vec::new()).await;
    town.by_machine(Command::PolicySetActivate(Activate { id: set })).await;
    town.pay(1).await.unwrap();
    town.has_foreseen(0, 0);
    (town, clock, set)
}

impl Town {
    /// How many payments were judged beforehand so far, and how many of them anew.
    fn has_foreseen(&self, foreseen: u64, wrong: u64) {
        let metrics = &self.node.metrics;
        assert_eq!((metrics.foreseen.get(), metrics.foreseen_wrong.get()), (foreseen, wrong));
    }

    /// The rule by which a payment was let through, as its second entry has it.
    async fn rule_of(&self, done: &Done) -> String {
        assert_eq!(done.last_seq, done.entry.seq + 1);
        let judged = self.node.entry(done.last_seq).await.unwrap().unwrap();
        let Event::PolicyJudged(judged) = judged.event else { panic!("{judged:?}") };
        judged.rules[0].as_str().to_owned()
    }

    /// Alice lets Carol pay for her.
    async fn lend(&self, expires: Time) -> GrantId {
        let terms = grant::Terms {
            actions: vec!["transfer_create".parse().unwrap()],
            limits: grant::Limits::default(),
            scope: None,
            expires,
            depth_max: None,
        };
        let create = grant::Create { issuer: ALICE, holder: CAROL, terms, parent: None };
        let done = self.node.submit(by_machine(Command::GrantCreate(create))).await.unwrap();
        let AnyId::Grant(id) = done.entry.id else { panic!("{done:?}") };
        id
    }

    /// Carol does.
    async fn pay_for_alice(&self, units: u128) -> Result<Done, Rejection> {
        self.node.submit(by_key(CAROL, CAROLS_KEY, pay(ALICE, BOB, units))).await
    }

    /// Something happens, and a payment that is under way meanwhile.
    async fn while_paying(&self, command: Command, units: u128) -> Result<Done, Rejection> {
        let jobs = vec![by_machine(command), payment(units)];
        let mut outcomes = self.node.submit_all(jobs).await.unwrap();
        let paid = outcomes.pop().unwrap();
        outcomes.pop().unwrap().unwrap();
        paid
    }
}

#[tokio::test]
async fn known_parties_are_judged_beforehand_and_the_verdict_counts() {
    let (town, clock, _) = judged(Mode::Enforce).await;
    let done = town.pay(100).await.unwrap();
    assert_eq!(town.rule_of(&done).await, "small");
    town.has_foreseen(1, 0);
    let before = town.seq().await;
    assert_eq!(town.refused(101).await, Code::PolicyDenied);
    assert_eq!(town.seq().await, before);
    clock.advance(Duration::hours(1));
    town.pay(100).await.unwrap();
    town.has_foreseen(3, 0);
    let metrics = town.node.metrics.render();
    assert!(metrics.contains("hansa_policy_foreseen_total 3\n"), "{metrics}");
    assert!(metrics.contains("hansa_policy_foreseen_wrong_total 0\n"), "{metrics}");
    town.node.judge.stop();
    assert_eq!(town.refused(100).await, Code::PolicyEngineUnavailable);
    town.node.stop().await.unwrap();
}

#[tokio::test]
async fn a_newcomer_is_judged_beforehand() {
    let (town, _, _) = judged(Mode::Enforce).await;
    town.join(CAROL, CAROLS_KEY).await;
    let job = by_key(CAROL, CAROLS_KEY, pay(CAROL, ALICE, 100));
    let done = town.node.submit(job).await.unwrap();
    assert_eq!(town.rule_of(&done).await, "small");
    town.has_foreseen(1, 0);
    town.node.stop().await.unwrap();
}

#[tokio::test]
async fn a_role_counts_from_the_payment_after_it() {
    let (town, _, _) = judged(Mode::Enforce).await;
    let (principal, role) = (ALICE, GovernanceRole::Executive);
    town.by_machine(Command::RoleAssign(AssignRole { principal, role })).await;
    let done = town.pay(101).await.unwrap();
    assert_eq!(town.rule_of(&done).await, "large");
    town.has_foreseen(1, 1);
    town.pay(101).await.unwrap();
    town.has_foreseen(2, 1);
    let withdraw = Command::RoleWithdraw(WithdrawRole { principal, role });
    assert_eq!(town.while_paying(withdraw, 101).await.unwrap_err().code, Code::PolicyDenied);
    town.has_foreseen(3, 2);
    assert_eq!(town.refused(101).await, Code::PolicyDenied);
    town.has_foreseen(4, 2);
    town.node.stop().await.unwrap();
}

#[tokio::test]
async fn a_payment_for_another_is_foreseen_by_the_grant_before() {
    let (town, clock, _) = judged(Mode::Enforce).await;
    town.join(CAROL, CAROLS_KEY).await;
    let expires = clock.wall().after(Duration::hours(1));
    let first = town.lend(expires).await;
    for foreseen in 0..3 {
        town.pay_for_alice(1).await.unwrap();
        town.has_foreseen(foreseen, 0);
    }
    // Another grant is asked about, and then expected.
    town.by_machine(Command::GrantRevoke(grant::Revoke { id: first })).await;
    let second = town.lend(expires).await;
    for foreseen in 3..5 {
        town.pay_for_alice(100).await.unwrap();
        town.has_foreseen(foreseen, 1);
    }
    assert_eq!(town.pay_for_alice(101).await.unwrap_err().code, Code::PolicyDenied);
    // Whatever was foreseen, nobody pays under a grant that has ended.
    town.by_machine(Command::GrantRevoke(grant::Revoke { id: second })).await;
    assert_eq!(town.pay_for_alice(1).await.unwrap_err().code, Code::GrantRevoked);
    town.has_foreseen(6, 1);
    town.node.stop().await.unwrap();
}

#[tokio::test]
async fn other_rules_count_from_the_payment_after_them() {
    let (mut town, _, set) = judged(Mode::Shadow).await;
    town.pay(101).await.unwrap();
    town.has_foreseen(1, 0);
    let enforce = Command::PolicySetModeSet(SetMode { id: set, mode: Mode::Enforce });
    assert_eq!(town.while_paying(enforce, 101).await.unwrap_err().code, Code::PolicyDenied);
    town.has_foreseen(2, 1);
    town.pay(100).await.unwrap();
    town.has_foreseen(3, 1);
    let id = town.draft(document(NOTHING), Engine::Rego, Mode::Enforce, Vec::new()).await;
    town.by_machine(Command::PolicySetActivate(Activate { id })).await;
    // What changes policy makes the node forget, so that this one is asked about.
    assert_eq!(town.refused(100).await, Code::PolicyDenied);
    town.has_foreseen(3, 1);
    assert_eq!(town.refused(100).await, Code::PolicyDenied);
    town.has_foreseen(4, 1);
    town.node.stop().await.unwrap();
}

#[tokio::test]
async fn nobody_is_asked_for_nothing_once_there_are_no_rules() {
    let (town, _, id) = judged(Mode::Shadow).await;
    let foresight = &town.node.judge.foresight;
    let stale = foresight.expect(&payment(1).request, town.node.now()).unwrap();
    let done = town.while_paying(Command::PolicySetDeprecate(Deprecate { id }), 101).await.unwrap();
    assert_eq!(done.last_seq, done.entry.seq);
    town.pay(101).await.unwrap();
    town.has_foreseen(1, 0);
    // A question from before, of which the node hears late, is expected once.
    foresight.learn(&payment(1).request, &stale);
    for _ in 0..2 {
        let done = town.pay(101).await.unwrap();
        assert_eq!(done.last_seq, done.entry.seq);
        town.has_foreseen(2, 0);
    }
    town.node.stop().await.unwrap();
}

#[tokio::test]
async fn bounds_say_who_is_asked_and_nobody_is_asked_for_nothing() {
    let (mut town, _, plain) = judged(Mode::Shadow).await;
    let bounded = town.enact(document(RULES), Engine::Rego, Mode::Enforce).await;
    // The first payment after policy was changed is asked about; the bounds have said it of one.
    for (foreseen, units) in [2, 3, 1, 100].into_iter().enumerate() {
        let done = town.pay(units).await.unwrap();
        town.has_foreseen(foreseen as u64, 0);
        let judged = town.node.entry(done.last_seq).await.unwrap().unwrap();
        let Event::PolicyJudged(judged) = judged.event else { panic!("{judged:?}") };
        let told: Vec<_> = judged.sets.iter().map(|line| line.set).collect();
        assert_eq!(told, if units == 1 { [bounded, plain] } else { [plain, bounded] }, "{units}");
    }
    town.by_machine(Command::PolicySetDeprecate(Deprecate { id: plain })).await;
    town.pay(2).await.unwrap();
    town.has_foreseen(3, 0);
    // What the bounds of the only set allow is not judged at all.
    let done = town.pay(1).await.unwrap();
    assert_eq!(done.last_seq, done.entry.seq);
    town.has_foreseen(3, 0);
    town.pay(2).await.unwrap();
    town.has_foreseen(4, 0);
    town.node.stop().await.unwrap();
}

#[tokio::test]
async fn only_so_many_are_judged_beforehand_at_once() {
    let env = Env { clock: Arc::new(SimClock::new()), ..Env::real() };
    let mut town = beside_opa(env, Some(says(r#"{"result": {"verdict": "allow"}}"#))).await;
    let id = town.draft(remote(), Engine::Opa, Mode::Enforce, Vec::new()).await;
    town.by_machine(Command::PolicySetActivate(Activate { id })).await;
    town.pay(1).await.unwrap();
    let most = FORESEEN_AT_ONCE_MAX;
    let mut payments: Vec<_> =
        (0..=most).map(|_| Box::pin(tokio::task::unconstrained(town.pay(1)))).collect();
    for payment in &mut payments {
        // Looked at once: nobody has its answer yet.
        let waits = poll_fn(|context| Poll::Ready(payment.as_mut().poll(context).is_pending()));
        assert!(waits.await);
    }
    town.has_foreseen(most as u64, 0);
    for payment in payments {
        payment.await.unwrap();
    }
    town.has_foreseen(most as u64, 0);
    town.node.stop().await.unwrap();
}
