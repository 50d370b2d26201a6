//! Principals: what is known of them, their keys and their reputations.

use hansa_crypto::hash::label;
use hansa_crypto::keys::SigningKey;
use hansa_kernel::Event;
use hansa_kernel::principal::{ApiKeyCreated, ApiKeyRevoked, Kind, Reinstated, Suspended};
use hansa_kernel::task::{Side, Verdict};
use hansa_types::{ApiKeyId, Digest, PrincipalId, Time};
use serde_json::json;

use crate::journal::{Draft, Journal, NODE, card, first, projected, projected_by};

#[tokio::test]
async fn every_principal_is_found_by_its_id() {
    let mut journal = Journal::new();
    let agent = journal.agent(card("Tax", "file", &["law"]));
    let person = journal.person();
    let views = projected(&journal).await;
    let row = views.agent(agent).await.unwrap().unwrap();
    assert_eq!((row.kind, row.active, row.controller), (Kind::Agent, true, Some(NODE)));
    assert_eq!(
        (row.name.as_deref(), row.card.clone()),
        (Some("Tax"), Some(card("Tax", "file", &["law"])))
    );
    let row = views.agent(person).await.unwrap().unwrap();
    assert_eq!((row.kind, row.name, row.card), (Kind::Person, None, None));
    let key = SigningKey::from_seed([1; 32]).public().to_multibase();
    let node = views.agent(NODE).await.unwrap().unwrap();
    assert_eq!((node.key, node.kind, node.controller), (key, Kind::Node, None));
    assert_eq!(views.agent(PrincipalId(u128::MAX)).await.unwrap(), None);
    let listed = views.agents(first(2)).await.unwrap();
    assert_eq!(listed.items.iter().map(|row| row.id).collect::<Vec<_>>(), [person, agent]);
    let page = hansa_views::PageQuery { after: listed.next, limit: 2 };
    let rest = views.agents(page).await.unwrap();
    assert_eq!((rest.items[0].id, rest.items.len(), rest.next), (NODE, 1, None));
}

#[tokio::test]
async fn cards_and_activity_change_however_they_are_batched() {
    let mut journal = Journal::new();
    let agent = journal.agent(card("Old", "old", &[]));
    journal.set_card(agent, Some(card("New", "new", &[])));
    journal.add(
        Draft::by(NODE).about(agent),
        Event::PrincipalSuspended(Suspended { reason: None, note: None }),
    );
    let suspended = journal.entries.len();
    journal
        .add(Draft::by(NODE).about(agent), Event::PrincipalReinstated(Reinstated { note: None }));
    for batch in [1, 2, 100] {
        let views = projected_by(&journal, batch).await;
        let row = views.agent(agent).await.unwrap().unwrap();
        assert_eq!((row.name.as_deref(), row.active), (Some("New"), true));
    }
    journal.entries.truncate(suspended);
    let views = projected(&journal).await;
    assert!(!views.agent(agent).await.unwrap().unwrap().active);
}

#[tokio::test]
async fn an_erased_or_odd_card_leaves_no_name() {
    let mut journal = Journal::new();
    for document in [None, Some(json!("card")), Some(json!([]))] {
        let agent = journal.agent(card("Old", "old", &[]));
        journal.set_card(agent, document);
        let views = projected(&journal).await;
        let row = views.agent(agent).await.unwrap().unwrap();
        assert_eq!((row.name, row.card), (None, None));
    }
}

#[tokio::test]
async fn api_keys_are_listed_without_their_secrets() {
    let mut journal = Journal::new();
    let (alice, bob) = (journal.person(), journal.person());
    let ids = [ApiKeyId(journal.next()), ApiKeyId(journal.next())];
    for id in ids {
        let actions = vec!["transfer_*".parse().unwrap(), "agent_get".parse().unwrap()];
        let expires = Some(Time(1_765_000_000_000));
        let created = ApiKeyCreated { secret: Digest([7; 32]), actions, expires };
        journal.add(Draft::by(alice).id(id).about(alice), Event::ApiKeyCreated(created));
    }
    let draft = Draft::by(alice).id(ids[0]).about(alice);
    journal.add(draft, Event::ApiKeyRevoked(ApiKeyRevoked {}));
    for batch in [1, 100] {
        let views = projected_by(&journal, batch).await;
        let keys = views.api_keys(alice).await.unwrap();
        assert_eq!(keys.iter().map(|row| row.id).collect::<Vec<_>>(), [ids[1], ids[0]]);
        assert_eq!(keys[0].actions, ["transfer_*", "agent_get"]);
        assert_eq!((keys[0].expires, keys[0].revoked_at), (Some(Time(1_765_000_000_000)), None));
        assert!(keys[1].revoked_at.is_some());
        assert_eq!(views.api_keys(bob).await.unwrap(), []);
    }
}

#[tokio::test]
async fn reputation_is_kept_by_skill_and_side() {
    let mut journal = Journal::new();
    let payer = journal.person();
    let agent = journal.agent(card("Tax", "file", &[]));
    let work = journal.good_work(payer, agent, "file", 5);
    journal.rate(&work, agent, 3);
    journal.good_work(payer, agent, "file", 4);
    let failed = journal.delegate(payer, agent, "secret_plan");
    journal.milestone(&failed, 0, Verdict::Refuse);
    journal.milestone(&failed, 1, Verdict::Refuse);
    journal.settle(&failed, 0, 2);
    for batch in [1, 7, 1_000] {
        let views = projected_by(&journal, batch).await;
        let mut rows = views.reputation(agent).await.unwrap();
        rows.sort_by_key(|row| row.completed);
        assert_eq!(rows.len(), 2);
        // No card spells the second one; what the envelopes call it is between the parties.
        assert_eq!((rows[0].label, rows[0].skill.as_deref()), (label("secret_plan"), None));
        assert_eq!((rows[0].failed, rows[0].ratings, rows[0].mean_milli), (1, 0, None));
        assert_eq!((rows[1].label, rows[1].skill.as_deref()), (label("file"), Some("file")));
        assert_eq!((rows[1].side, rows[1].completed, rows[1].failed), (Side::Agent, 2, 0));
        assert_eq!((rows[1].ratings, rows[1].mean_milli), (2, Some(4_500)));
        let mut rows = views.reputation(payer).await.unwrap();
        rows.sort_by_key(|row| row.completed);
        assert_eq!((rows.len(), rows[0].side, rows[0].mean_milli), (2, Side::Payer, None));
        assert_eq!((rows[0].completed, rows[0].failed), (0, 1));
        assert_eq!((rows[1].side, rows[1].mean_milli), (Side::Payer, Some(3_000)));
        assert_eq!((rows[1].completed, rows[1].failed), (2, 0));
    }
}

#[tokio::test]
async fn revoked_api_keys_never_crowd_out_working_ones() {
    let mut journal = Journal::new();
    let alice = journal.person();
    let oldest = ApiKeyId(journal.next());
    let key = |journal: &mut Journal, id| {
        let created = ApiKeyCreated { secret: Digest::ZERO, actions: vec![], expires: None };
        journal.add(Draft::by(alice).id(id).about(alice), Event::ApiKeyCreated(created));
    };
    key(&mut journal, oldest);
    for _ in 0..1_000 {
        let id = ApiKeyId(journal.next());
        key(&mut journal, id);
        let draft = Draft::by(alice).id(id).about(alice);
        journal.add(draft, Event::ApiKeyRevoked(ApiKeyRevoked {}));
    }
    let views = projected(&journal).await;
    let keys = views.api_keys(alice).await.unwrap();
    assert_eq!((keys.len(), keys[0].id), (1_000, oldest));
}

#[tokio::test]
async fn a_card_that_nests_too_deep_to_be_read_back_is_as_good_as_none() {
    let mut journal = Journal::new();
    let mut deep = json!(1);
    for _ in 0..200 {
        deep = json!([deep]);
    }
    let agent = journal.agent(json!({ "name": "Deep", "x": deep }));
    let views = projected(&journal).await;
    let row = views.agent(agent).await.unwrap().unwrap();
    assert_eq!((row.name.as_deref(), row.card), (Some("Deep"), None));
}

#[tokio::test]
async fn a_skill_that_no_card_names_any_more_is_told_by_its_label_alone() {
    let mut journal = Journal::new();
    let alice = journal.person();
    let agent = journal.agent(card("Tax", "file", &[]));
    let other = journal.agent(card("Other", "file", &[]));
    journal.good_work(alice, agent, "file", 5);
    journal.set_card(agent, Some(card("Tax", "paint", &[])));
    let named = journal.entries.len();
    journal.set_card(other, None);
    for batch in [1, 100] {
        let views = projected_by(&journal, batch).await;
        let known = views.reputation(agent).await.unwrap();
        assert!(known.iter().all(|row| row.label == label("file") && row.skill.is_none()));
        assert!(!known.is_empty());
    }
    journal.entries.truncate(named);
    let views = projected(&journal).await;
    let known = views.reputation(agent).await.unwrap();
    assert_eq!(known[0].skill.as_deref(), Some("file"), "another card names it still");
}
