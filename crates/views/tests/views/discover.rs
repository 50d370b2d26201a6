//! Finding agents.

use hansa_kernel::Event;
use hansa_kernel::principal::Suspended;
use hansa_types::{Amount, PrincipalId};
use hansa_views::{DiscoverQuery, DiscoveredRow, PageQuery, Views};
use serde_json::json;

use crate::journal::{Draft, Journal, NODE, avt, card, first, priced, projected, projected_by};

async fn found(views: &Views, query: &DiscoverQuery) -> Vec<PrincipalId> {
    let page = views.discover(query, first(200)).await.unwrap();
    assert_eq!(page.next, None);
    page.items.iter().map(|row| row.agent.id).collect()
}

fn words(text: &str) -> DiscoverQuery {
    DiscoverQuery { query: Some(text.to_owned()), ..DiscoverQuery::default() }
}

#[tokio::test]
async fn words_are_found_in_names_skills_tags_and_descriptions() {
    let mut journal = Journal::new();
    let agent = journal.agent(json!({
        "name": "Ledger Wizard",
        "description": "Does the books of small taverns",
        "skills": [{ "id": "tax-filing", "name": "Quarterly returns",
                     "description": "Files them abroad", "tags": ["Fiscal", "größe"] }],
    }));
    journal.agent(card("Painter", "paint", &["art"]));
    let views = projected(&journal).await;
    let hits = [
        "wizard",
        "TAVERNS",
        "tax",
        "tax-filing",
        "filing tax",
        "returns",
        "abroad",
        "fiscal",
        "grosse größe",
        "Ledg",
        "led wiz tav",
        "\u{201e}wizard\u{201c}",
    ];
    for text in hits {
        let expected = if text == "grosse größe" { vec![] } else { vec![agent] };
        assert_eq!(found(&views, &words(text)).await, expected, "{text:?}");
    }
    assert_eq!(found(&views, &words("grö")).await, [agent]);
    assert_eq!(found(&views, &words("gro")).await, [agent], "accents do not count");
    for text in ["wizard paint", "izard", "w", "tax1"] {
        assert_eq!(found(&views, &words(text)).await, [], "{text:?}");
    }
}

#[tokio::test]
async fn a_match_in_the_name_comes_before_one_in_the_description() {
    let mut journal = Journal::new();
    let described = json!({ "name": "Plain", "description": "knows weather well", "skills": [] });
    let by_description = journal.agent(described);
    let by_name = journal.agent(json!({ "name": "Weather", "description": "knows it well" }));
    let later = journal.agent(json!({ "name": "Weather", "description": "knows it well" }));
    for n in 0..5 {
        journal.agent(card(&format!("Filler {n}"), "fill", &[]));
    }
    let views = projected(&journal).await;
    let page = views.discover(&words("weather"), first(9)).await.unwrap();
    let ids: Vec<_> = page.items.iter().map(|row| row.agent.id).collect();
    assert_eq!(ids, [later, by_name, by_description], "equals newest first");
    let scores: Vec<_> = page.items.iter().map(|row| row.score).collect();
    assert!(scores[0] == scores[1] && scores[1] > scores[2] && scores[2] > 0, "{scores:?}");
}

#[tokio::test]
async fn hostile_queries_are_only_words() {
    let mut journal = Journal::new();
    let agent = journal.agent(card("Near And Not", "or", &["name"]));
    let views = projected(&journal).await;
    let hostile = [
        "\"",
        "'",
        "''",
        "\"\"",
        "*",
        "a*\"",
        "(",
        ")",
        "a OR",
        "AND",
        "NOT",
        "NEAR(",
        "NEAR(a b)",
        "name:x",
        "{name}:",
        "^",
        "-a",
        "+",
        "a + b",
        "rowid",
        "\0",
        "a\0b",
        ";",
        "--",
        "/*",
        "%",
        "_",
        "☃",
        "☃*",
        "\u{301}",
        "🦀 🦀",
        "' OR 1=1 --",
        "agents_fts MATCH 'x'",
        "\\",
        "\u{202e}x",
    ];
    for text in hostile {
        let page = views.discover(&words(text), first(9)).await;
        assert!(page.is_ok(), "{text:?}: {:?}", page.err());
    }
    let long = "x".repeat(100_000) + &" y".repeat(10_000);
    assert_eq!(found(&views, &words(&long)).await, []);
    assert_eq!(found(&views, &words("NOT")).await, [agent]);
    assert_eq!(found(&views, &words("near AND not OR name")).await, [agent]);
    assert_eq!(found(&views, &words("!!!")).await, [], "no word is no match");
    assert_eq!(found(&views, &words("  ")).await, [agent], "blank is no query");
}

#[tokio::test]
async fn only_active_agents_are_found_by_their_newest_card() {
    let mut journal = Journal::new();
    let gone = journal.agent(card("Weather Gone", "weather", &["sky"]));
    let changed = journal.agent(card("Weather Old", "weather", &["sky"]));
    let stays = journal.agent(card("Weather", "weather", &["sky"]));
    journal.person();
    journal.add(
        Draft::by(NODE).about(gone),
        Event::PrincipalSuspended(Suspended { reason: None, note: None }),
    );
    journal.set_card(changed, Some(card("Cook", "cooking", &["kitchen"])));
    for batch in [1, 100] {
        let views = projected_by(&journal, batch).await;
        assert_eq!(found(&views, &words("weather")).await, [stays]);
        assert_eq!(found(&views, &words("cook")).await, [changed]);
        assert_eq!(found(&views, &DiscoverQuery::default()).await, [stays, changed]);
        let tagged =
            |tag: &str| DiscoverQuery { tag: Some(tag.into()), ..DiscoverQuery::default() };
        assert_eq!(found(&views, &tagged("SKY")).await, [stays]);
        assert_eq!(found(&views, &tagged("kitchen")).await, [changed]);
        let skilled =
            |id: &str| DiscoverQuery { skill: Some(id.into()), ..DiscoverQuery::default() };
        assert_eq!(found(&views, &skilled("weather")).await, [stays]);
        assert_eq!(found(&views, &skilled("weath")).await, [], "a skill is meant exactly");
    }
}

#[tokio::test]
async fn prices_are_compared_in_minor_units_of_the_same_currency() {
    let mut journal = Journal::new();
    journal.currency("JPY", 0);
    let cheap = journal.agent(priced(card("A", "a", &[]), "9.5", "AVT"));
    let dear = journal.agent(priced(card("B", "b", &[]), "10.000001", "AVT"));
    let limit = journal.agent(priced(card("C", "c", &[]), "10", "AVT"));
    let yen = journal.agent(priced(card("D", "d", &[]), "3", "JPY"));
    let silent = journal.agent(card("E", "e", &[]));
    let odd = journal.agent(priced(card("F", "f", &[]), "a lot", "AVT"));
    let huge =
        journal.agent(priced(card("G", "g", &[]), "340282366920938463463374607431768", "AVT"));
    let views = projected(&journal).await;
    let most = |code: &str, minor| DiscoverQuery {
        price_max: Some((code.parse().unwrap(), Amount(minor))),
        ..DiscoverQuery::default()
    };
    assert_eq!(found(&views, &most("AVT", 10_000_000)).await, [limit, cheap]);
    assert_eq!(found(&views, &most("AVT", 10_000_001)).await, [limit, dear, cheap]);
    assert_eq!(found(&views, &most("AVT", u128::MAX)).await, [huge, limit, dear, cheap]);
    assert_eq!(found(&views, &most("JPY", 3)).await, [yen]);
    let all = views.discover(&DiscoverQuery::default(), first(9)).await.unwrap().items;
    let price = |id| all.iter().find(|row| row.agent.id == id).unwrap().price.clone();
    assert_eq!(price(cheap), Some((avt(), "9.5".to_owned())));
    assert_eq!((price(silent), price(odd)), (None, Some((avt(), "a lot".to_owned()))));
}

#[tokio::test]
async fn a_price_waits_for_its_currency() {
    let mut journal = Journal::new();
    let agent = journal.agent(priced(card("A", "a", &[]), "2.5", "EUR"));
    let odd = journal.agent(priced(card("B", "b", &[]), "2.555", "EUR"));
    let query = DiscoverQuery {
        price_max: Some(("EUR".parse().unwrap(), Amount(250))),
        ..DiscoverQuery::default()
    };
    let views = projected(&journal).await;
    assert_eq!(found(&views, &query).await, []);
    journal.currency("EUR", 2);
    journal.set_card(odd, Some(priced(card("B", "b", &[]), "2.50", "EUR")));
    for batch in [1, 100] {
        let views = projected_by(&journal, batch).await;
        assert_eq!(found(&views, &query).await, [odd, agent]);
    }
}

#[tokio::test]
async fn the_better_standing_comes_first_and_few_ratings_count_for_less() {
    let mut journal = Journal::new();
    let payer = journal.person();
    let once = journal.agent(card("Once", "file", &[]));
    let often = journal.agent(card("Often", "file", &[]));
    let bad = journal.agent(card("Bad", "file", &[]));
    let older = journal.agent(card("Older", "file", &[]));
    let newer = journal.agent(card("Newer", "file", &[]));
    journal.good_work(payer, once, "file", 5);
    for stars in [5, 5, 5, 4, 5, 5] {
        journal.good_work(payer, often, "file", stars);
    }
    journal.good_work(payer, bad, "file", 1);
    let views = projected(&journal).await;
    let everyone = [often, once, newer, older, bad];
    assert_eq!(found(&views, &DiscoverQuery::default()).await, everyone);
    let skilled = DiscoverQuery { skill: Some("file".into()), ..DiscoverQuery::default() };
    assert_eq!(found(&views, &skilled).await, everyone);
    let least =
        |milli| DiscoverQuery { reputation_min_milli: Some(milli), ..DiscoverQuery::default() };
    assert_eq!(found(&views, &least(4_833)).await, [often, once]);
    assert_eq!(found(&views, &least(4_834)).await, [once]);
    assert_eq!(found(&views, &least(1)).await, [often, once, bad]);
    assert_eq!(found(&views, &least(0)).await, everyone);
    let rows = views.discover(&DiscoverQuery::default(), first(1)).await.unwrap().items;
    let DiscoveredRow { reputation, score, .. } = &rows[0];
    assert_eq!((reputation.completed, reputation.ratings, *score), (6, 6, 0));
    assert_eq!((reputation.failed, reputation.mean_milli), (0, Some(4_833)));
}

#[tokio::test]
async fn a_skill_filter_shows_the_reputation_of_that_skill() {
    let mut journal = Journal::new();
    let payer = journal.person();
    let skills = json!({ "name": "Both", "skills": [{ "id": "file" }, { "id": "paint" }] });
    let both = journal.agent(skills.clone());
    let painter = journal.agent(skills);
    journal.good_work(payer, both, "file", 5);
    journal.good_work(payer, both, "paint", 1);
    journal.good_work(payer, painter, "paint", 4);
    let views = projected(&journal).await;
    let skill = |id: &str| DiscoverQuery { skill: Some(id.into()), ..DiscoverQuery::default() };
    assert_eq!(found(&views, &skill("file")).await, [both, painter]);
    assert_eq!(found(&views, &skill("paint")).await, [painter, both]);
    let rows = views.discover(&skill("paint"), first(9)).await.unwrap().items;
    assert_eq!(rows[1].reputation.mean_milli, Some(1_000));
    let least = DiscoverQuery { reputation_min_milli: Some(3_000), ..skill("file") };
    assert_eq!(found(&views, &least).await, [both]);
    let rows = views.discover(&words("both"), first(9)).await.unwrap().items;
    let mean = rows.iter().find(|row| row.agent.id == both).unwrap().reputation.mean_milli;
    assert_eq!(mean, Some(3_000), "over all skills");
}

#[tokio::test]
async fn pages_go_on_over_ties_with_and_without_words() {
    let mut journal = Journal::new();
    let payer = journal.person();
    for n in 0..23 {
        let agent = journal.agent(card("Weather", "weather", &["sky"]));
        if n % 5 == 0 {
            journal.good_work(payer, agent, "weather", 5);
        }
    }
    let views = projected(&journal).await;
    let skilled = DiscoverQuery { skill: Some("weather".into()), ..words("weather") };
    for query in [DiscoverQuery::default(), words("weather"), skilled] {
        let whole = found(&views, &query).await;
        let (mut pages, mut page) = (Vec::new(), first(4));
        loop {
            let got = views.discover(&query, page).await.unwrap();
            pages.extend(got.items.iter().map(|row| row.agent.id));
            let Some(next) = got.next else { break };
            page = PageQuery { after: Some(next.to_string().parse().unwrap()), limit: 4 };
        }
        assert_eq!((pages.len(), &pages), (23, &whole));
    }
}

#[tokio::test]
async fn all_filters_work_together() {
    let mut journal = Journal::new();
    let payer = journal.person();
    let wanted = journal.agent(priced(card("Weather Prophet", "forecast", &["sky"]), "1", "AVT"));
    for other in [
        priced(card("Weather Prophet", "forecast", &["sky"]), "3", "AVT"),
        priced(card("Weather Prophet", "forecast", &["sea"]), "1", "AVT"),
        priced(card("Weather Prophet", "guess", &["sky"]), "1", "AVT"),
        priced(card("Prophet", "forecast", &["sky"]), "1", "AVT"),
    ] {
        let agent = journal.agent(other);
        journal.good_work(payer, agent, "forecast", 5);
    }
    journal.agent(priced(card("Weather Prophet", "forecast", &["sky"]), "1", "AVT"));
    journal.good_work(payer, wanted, "forecast", 4);
    let views = projected(&journal).await;
    let query = DiscoverQuery {
        query: Some("weather proph".into()),
        skill: Some("forecast".into()),
        price_max: Some((avt(), Amount(2_000_000))),
        reputation_min_milli: Some(4_000),
        tag: Some("sky".into()),
    };
    assert_eq!(found(&views, &query).await, [wanted]);
}
