
use crate::journal::*;
#[tokio::test]
#[ignore]
async fn bench() {
    let mut journal = Journal::new();
    let people: Vec<_> = (0..200).map(|_| journal.person()).collect();
    let agents: Vec<_> = (0..3000).map(|n| journal.agent(priced(card(&format!("Weather {n}"), &format!("weather{}", n % 50), &["sky"]), "1.5", "AVT"))).collect();
    let t = std::time::Instant::now();
    let dir = std::path::Path::new("/tmp/viewsbench");
    let _ = std::fs::remove_dir_all(dir);
    std::fs::create_dir_all(dir).unwrap();
    let views = hansa_views::Views::open(&dir.join("views.db")).await.unwrap();
    for c in journal.entries.chunks(256) { views.apply(c).await.unwrap(); }
    println!("principals {} in {:?}", journal.entries.len(), t.elapsed());
    let done = journal.entries.len();
    for n in 0..200_000usize { journal.pay(people[n % 200], people[(n * 7 + 1) % 200], 5); }
    let t = std::time::Instant::now();
    for c in journal.entries[done..].chunks(512) { views.apply(c).await.unwrap(); }
    println!("200k transfers in {:?}", t.elapsed());
    let done = journal.entries.len();
    for n in 0..20_000usize {
        let h = journal.hold(people[n % 200], people[(n * 7 + 1) % 200], 5);
        if n % 2 == 0 { journal.post(Draft::by(people[n % 200]), people[(n * 7 + 1) % 200], 5, Some((people[n % 200], h))); }
    }
    let t = std::time::Instant::now();
    for c in journal.entries[done..].chunks(512) { views.apply(c).await.unwrap(); }
    println!("holds {} in {:?}", journal.entries.len() - done, t.elapsed());
    let done = journal.entries.len();
    for n in 0..1000usize { journal.good_work(people[n % 200], agents[n], &format!("weather{}", n % 50), 4); }
    let t = std::time::Instant::now();
    for c in journal.entries[done..].chunks(512) { views.apply(c).await.unwrap(); }
    println!("tasks entries {} in {:?}", journal.entries.len() - done, t.elapsed());
    for (name, f) in [("all", hansa_views::TransferFilter::default()), ("acct", hansa_views::TransferFilter { account: Some(people[3]), ..Default::default() }),
        ("pending", hansa_views::TransferFilter { state: Some(hansa_views::TransferState::Pending), ..Default::default() }),
        ("expired", hansa_views::TransferFilter { state: Some(hansa_views::TransferState::Expired), ..Default::default() }),
        ("usd", hansa_views::TransferFilter { currency: Some("USD".parse().unwrap()), ..Default::default() }),
        ("mint", hansa_views::TransferFilter { kind: Some(hansa_views::TransferKind::Mint), ..Default::default() })] {
        for v in [everyone(), as_seen_by(people[3])] {
            let t = std::time::Instant::now();
            let n = views.transfers(&f, first(50), v).await.unwrap().items.len();
            println!("{name} {n} {:?}", t.elapsed());
        }
    }
    for q in [hansa_views::DiscoverQuery::default(), hansa_views::DiscoverQuery { query: Some("weather".into()), ..Default::default() }, hansa_views::DiscoverQuery { skill: Some("weather7".into()), ..Default::default() }, hansa_views::DiscoverQuery { tag: Some("sky".into()), ..Default::default() }] {
        let t = std::time::Instant::now();
        let n = views.discover(&q, first(50)).await.unwrap().items.len();
        println!("discover {n} {:?}", t.elapsed());
    }
    let t = std::time::Instant::now();
    views.close().await.unwrap();
    println!("close {:?}", t.elapsed());
    let t = std::time::Instant::now();
    let v = hansa_views::Views::open(&dir.join("views.db")).await.unwrap();
    println!("open {:?}", t.elapsed());
    drop(v);
    let t = std::time::Instant::now();
    let _v = hansa_views::Views::open(&dir.join("views.db")).await.unwrap();
    println!("open unclean {:?}", t.elapsed());
}
