//! `hansa report`: what the record of a task evidences of a framework, and what is missing.

use serde_json::{Value, json};

use crate::support::{Place, Served};

/// Every obligation of the framework, in order.
const ARTICLES: [&str; 12] = [
    "Art. 9", "Art. 10", "Art. 11", "Art. 12", "Art. 13", "Art. 14", "Art. 15", "Art. 17",
    "Art. 19", "Art. 26", "Art. 27", "Art. 73",
];

fn report(node: &Served<'_>, key: &str, task: &str) -> Value {
    node.run(key, &["report", task, "--framework", "eu-ai-act", "--json"]).json()
}

/// The articles that are no gap.
fn evidenced(report: &Value) -> Vec<&str> {
    let lines = report["obligations"].as_array().unwrap();
    let articles: Vec<&str> = lines.iter().map(|line| line["article"].as_str().unwrap()).collect();
    assert_eq!(articles, ARTICLES);
    let shown = lines.iter().filter(|line| line["evidenced"] == true);
    let shown: Vec<&str> = shown.map(|line| line["article"].as_str().unwrap()).collect();
    // What is a gap is named, and what is none names its entries.
    for line in lines {
        let (article, about) = (&line["article"], &line["obligation"]);
        let gap = format!("{} {}", article.as_str().unwrap(), about.as_str().unwrap());
        let is_gap = report["gaps"].as_array().unwrap().contains(&json!(gap));
        assert_eq!(line["evidenced"], json!(!is_gap), "{gap}");
        assert_eq!(line["entries"].as_array().unwrap().is_empty(), is_gap, "{gap}");
    }
    assert_eq!(report["evidenced"], json!(shown.len()));
    shown
}

#[test]
fn a_report_names_what_the_record_shows_and_every_gap() {
    let place = Place::new();
    let node = place.serve("data");
    let owner = node.own();
    let made = node.run(&owner, &["agent", "create", "worker", "--json"]).json();
    let key = made["api_key"].as_str().unwrap();
    let task = node.run(key, &["task", "declare", "analyse", "--risk", "low", "--json"]).json();
    let task = task["id"].as_str().unwrap();

    let told = report(&node, key, task);
    assert_eq!(evidenced(&told), ["Art. 12"]);
    assert!(told["gaps"].as_array().unwrap().contains(&json!("Art. 14 human oversight")));
    let head = told["head"].clone();

    node.run(key, &["task", "bind", task, "--json"]).ok();
    node.run(key, &["policy", "evaluate", "--task", task, "--json"]).ok();
    let grant = ["grant", "create", made["id"].as_str().unwrap(), "--action", "analyse", "--json"];
    let grant = node.run(key, &grant).json();
    let grant = grant["id"].as_str().unwrap();
    let act = ["action", "submit", "analyse", "--task", task, "--grant", grant, "--json"];
    let act = node.run(key, &act).json();
    node.run(key, &["action", "end", act["id"].as_str().unwrap(), "done", "--json"]).ok();

    let told = report(&node, key, task);
    assert_eq!(evidenced(&told), ["Art. 9", "Art. 12", "Art. 13", "Art. 17", "Art. 19"]);
    assert_ne!(told["head"], head, "it says of which record it speaks");

    // People are told the same.
    let shown = node.run(key, &["report", task]);
    for text in ["Art. 14 human oversight", "eu-ai-act", "Art. 12"] {
        assert!(shown.ok().stdout.contains(text), "{text}: {}", shown.stdout);
    }
    node.stop();
}

#[test]
fn a_report_is_for_those_who_may_see_the_task_and_of_a_known_framework() {
    let place = Place::new();
    let node = place.serve("data");
    let owner = node.own();
    let keys: Vec<String> = ["worker", "stranger"]
        .map(|name| node.run(&owner, &["agent", "create", name, "--json"]).json())
        .map(|made| made["api_key"].as_str().unwrap().to_owned())
        .into();
    let declared = node.run(&keys[0], &["task", "declare", "analyse", "--risk", "low", "--json"]);
    let task = declared.json()["id"].as_str().unwrap().to_owned();
    node.run(&keys[1], &["report", &task]).failed(1, &["not_found"]);
    node.run(&keys[0], &["report", &task, "--framework", "nonsense"]).failed(2, &["eu-ai-act"]);
    node.run(&keys[0], &["report", "nothing"]).failed(2, &["nothing"]);
    node.stop();
}
