//! Tasks: their stages, their milestones and who sees them.

use hansa_crypto::hash::label;
use hansa_kernel::Event;
use hansa_kernel::task::{
    Countered, Expired, MilestoneState, Rail, Rejected, Revoked, Stage, Terms, Verdict, Work,
};
use hansa_types::{Amount, Time};
use hansa_views::{TaskFilter, TransferFilter, TransferState, Viewer};
use serde_json::json;

use crate::journal::{
    Draft, Journal, as_seen_by, card, everyone, first, halves, projected, projected_by,
};

#[tokio::test]
async fn an_offer_shows_its_terms_with_their_names() {
    let mut journal = Journal::new();
    let (payer, agent) = (journal.person(), journal.agent(card("Tax", "file_quarterly", &[])));
    let (id, _) = journal.offer(payer, agent, "file_quarterly");
    let views = projected(&journal).await;
    let row = views.task(id, as_seen_by(agent)).await.unwrap().unwrap();
    assert_eq!(
        (row.payer, row.agent, row.stage, row.work),
        (payer, agent, Stage::Offered, Work::Submitted)
    );
    assert_eq!(
        (row.skill.as_deref(), row.skill_label),
        (Some("file_quarterly"), label("file_quarterly"))
    );
    assert_eq!((row.amount, row.rail), (Amount(50_000_000), Rail::Escrow));
    let names: Vec<_> =
        row.milestones.iter().map(|m| (m.name.as_deref(), m.pct, m.state)).collect();
    let open = MilestoneState::Open;
    assert_eq!(names, [(Some("draft_ready"), 50, open), (Some("filed_confirmed"), 50, open)]);
    assert_eq!((row.hold, row.delegation, row.created_at), (None, None, row.updated_at));
}

#[tokio::test]
async fn a_task_is_followed_to_its_settlement_however_it_is_batched() {
    let mut journal = Journal::new();
    let (payer, agent) = (journal.person(), journal.agent(card("Tax", "file", &[])));
    let work = journal.delegate(payer, agent, "file");
    journal.milestone(&work, 0, Verdict::Accept);
    let half_way = journal.entries.len();
    journal.milestone(&work, 1, Verdict::Refuse);
    journal.settle(&work, 1, 1);
    journal.rate(&work, payer, 2);
    journal.rate(&work, agent, 5);
    for batch in [1, 4, half_way, 100] {
        let views = projected_by(&journal, batch).await;
        let row = views.task(work.id, as_seen_by(payer)).await.unwrap().unwrap();
        assert_eq!((row.stage, row.work), (Stage::Settled, Work::Failed));
        assert_eq!((row.hold, row.delegation), (Some(work.hold), Some(work.delegation)));
        let states: Vec<_> = row.milestones.iter().map(|m| m.state).collect();
        assert_eq!(states, [MilestoneState::Paid, MilestoneState::Refused]);
        assert!(row.updated_at > row.created_at);
        let money = TransferFilter { task: Some(work.id), ..TransferFilter::default() };
        let money = views.transfers(&money, first(9), as_seen_by(agent)).await.unwrap().items;
        let states: Vec<_> = money.iter().map(|row| (row.state, row.amount.0)).collect();
        let half = (TransferState::Posted, 25_000_000);
        assert_eq!(states, [half, (TransferState::Voided, 50_000_000)]);
    }
}

#[tokio::test]
async fn a_counter_offer_replaces_the_terms() {
    let mut journal = Journal::new();
    let (payer, agent) = (journal.person(), journal.agent(card("Tax", "file", &[])));
    let (id, _) = journal.offer(payer, agent, "file");
    let whole = Terms {
        rail: Rail::Outcome,
        milestones: vec![],
        deadline: Some(Time(1_763_500_000_000)),
        ..halves(80_000_000)
    };
    let envelope = journal.envelope_id();
    let draft = Draft::by(agent).about(id).envelope(envelope, Some(json!({ "kind": "intent" })));
    journal.add(draft, Event::TaskCountered(Countered { terms: whole }));
    let views = projected(&journal).await;
    let row = views.task(id, everyone()).await.unwrap().unwrap();
    assert_eq!((row.amount, row.rail), (Amount(80_000_000), Rail::Outcome));
    assert_eq!(row.deadline, Some(Time(1_763_500_000_000)));
    assert_eq!((row.milestones.len(), row.milestones[0].pct), (1, 100));
    assert_eq!((row.milestones[0].label, row.milestones[0].name.as_deref()), (None, None));
}

#[tokio::test]
async fn tasks_end_in_other_ways() {
    let mut journal = Journal::new();
    let (payer, agent) = (journal.person(), journal.agent(card("Tax", "file", &[])));
    let (rejected, _) = journal.offer(payer, agent, "file");
    let (expired, _) = journal.offer(payer, agent, "file");
    let revoked = journal.delegate(payer, agent, "file").id;
    let draft = Draft::by(agent).about(rejected);
    journal.add(draft, Event::TaskRejected(Rejected {}));
    journal.add(Draft::by_timer().about(expired), Event::TaskExpired(Expired {}));
    journal.add(Draft::by(payer).about(revoked), Event::TaskRevoked(Revoked {}));
    let views = projected(&journal).await;
    let ends = [
        (rejected, Stage::Rejected, Work::Rejected),
        (expired, Stage::Expired, Work::Failed),
        (revoked, Stage::Revoked, Work::Canceled),
    ];
    for (id, stage, work) in ends {
        let row = views.task(id, everyone()).await.unwrap().unwrap();
        assert_eq!((row.stage, row.work), (stage, work));
        let filter = TaskFilter { stage: Some(stage), party: None };
        let page = views.tasks(&filter, first(9), as_seen_by(agent)).await.unwrap();
        assert_eq!(page.items.iter().map(|row| row.id).collect::<Vec<_>>(), [id]);
    }
}

#[tokio::test]
async fn the_tasks_of_others_are_absent() {
    let mut journal = Journal::new();
    let (payer, eve) = (journal.person(), journal.person());
    let agent = journal.agent(card("Tax", "file", &[]));
    let (theirs, _) = journal.offer(payer, agent, "file");
    let (hers, _) = journal.offer(eve, agent, "file");
    let views = projected(&journal).await;
    assert_eq!(views.task(theirs, as_seen_by(eve)).await.unwrap(), None);
    assert_eq!(views.task(theirs, Viewer::default()).await.unwrap(), None);
    for (party, viewer, expected) in [
        (None, as_seen_by(eve), vec![hers]),
        (None, Viewer::default(), vec![]),
        (Some(payer), as_seen_by(eve), vec![]),
        (Some(agent), as_seen_by(eve), vec![hers]),
        (Some(agent), as_seen_by(agent), vec![hers, theirs]),
        (None, everyone(), vec![hers, theirs]),
    ] {
        let filter = TaskFilter { party, stage: None };
        let page = views.tasks(&filter, first(9), viewer).await.unwrap();
        assert_eq!(page.items.iter().map(|row| row.id).collect::<Vec<_>>(), expected);
    }
}

#[tokio::test]
async fn odd_documents_cost_only_their_names() {
    let mut journal = Journal::new();
    let (payer, agent) = (journal.person(), journal.agent(card("Tax", "file", &[])));
    let odd = [
        json!(null),
        json!([1]),
        json!({ "intent": 7, "settle": { "milestones": [7, { "on": {} }] } }),
    ];
    let mut tasks = Vec::new();
    for document in odd.into_iter().map(Some).chain([None]) {
        let (id, _) = journal.offer(payer, agent, "file");
        journal.entries.last_mut().unwrap().document = document;
        tasks.push(id);
    }
    let views = projected(&journal).await;
    for id in tasks {
        let row = views.task(id, everyone()).await.unwrap().unwrap();
        assert_eq!((row.skill, row.skill_label), (None, label("file")));
        assert!(row.milestones.iter().all(|m| m.name.is_none() && m.pct == 50));
    }
}
