//! What operators and their tools ask: health, readiness, metrics, versions, documents, the clock.

use hansa_node::env::Clock as _;
use hansa_types::{Code, Duration, Time};
use hansa_wire::OPERATIONS;
use serde_json::json;

use crate::harness::{Ask, Town};

#[tokio::test]
async fn the_node_tells_who_and_how_it_is() {
    let town = Town::found().await;
    assert_eq!(town.ask(Ask::get("/healthz")).await.accepted(), json!({ "status": "ok" }));
    let ready = town.ask(Ask::get("/readyz")).await.accepted();
    assert_eq!(ready["ready"], true);
    let version = town.ask(Ask::get("/version")).await.accepted();
    assert_eq!(
        (&version["name"], &version["version"]),
        (&json!("hansa"), &json!(env!("CARGO_PKG_VERSION")))
    );
    let node = town.ask(Ask::get("/api/v1/node")).await.accepted();
    assert_eq!((&node["did"], &node["mode"]), (&json!(town.did()), &json!("sovereign")));
    assert_eq!(node["fee"], json!({ "rate": "0.005", "minimum": "0.001" }));
    assert_eq!(node["currencies"][0]["seq"], 2);
    town.stop().await;
}

#[tokio::test]
async fn requests_are_counted_by_operation_and_status() {
    let town = Town::found().await;
    town.ask(Ask::get("/healthz")).await.accepted();
    town.ask(Ask::get("/nowhere")).await.refused(Code::NotFound);
    let metrics = town.ask(Ask::get("/metrics")).await;
    assert_eq!(metrics.header("content-type"), Some("text/plain; charset=utf-8"));
    let text = String::from_utf8(metrics.body).unwrap();
    for line in [
        "hansa_http_requests_total{operation=\"health\",status=\"200\"} 1",
        "hansa_http_requests_total{operation=\"none\",status=\"404\"} 1",
    ] {
        assert!(text.contains(line), "{text}");
    }
    town.stop().await;
}

#[tokio::test]
async fn the_documents_describe_every_operation() {
    let town = Town::found().await;
    let document = town.ask(Ask::get("/openapi.json")).await.accepted();
    for operation in OPERATIONS {
        let method = operation.method.as_str().to_lowercase();
        let described = &document["paths"][operation.path][method];
        assert_eq!(described["operationId"], operation.id);
    }
    for path in ["/docs", "/docs/errors"] {
        let page = town.ask(Ask::get(path)).await;
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
        assert!(page.header("content-security-policy").unwrap().starts_with("default-src 'none'"));
        assert!(String::from_utf8(page.body).unwrap().contains("id=\"insufficient_funds\""));
    }
    town.stop().await;
}

#[tokio::test]
async fn a_jump_of_the_clock_stops_what_depends_on_time_until_it_is_accepted() {
    let (town, owner) = Town::owned().await;
    let alice = town.agent(&owner, "alice").await;
    town.clock.set_wall(Time(town.clock.wall().0 + Duration::hours(10).0));
    let held = json!({ "to": owner.id, "amount": "1", "hold": {} });
    let waiting = town.ask(Ask::post("/api/v1/transfers", held.clone()).by(&alice)).await;
    waiting.refused(Code::ClockUnsure);
    assert_eq!(waiting.header("retry-after"), Some("1"));
    let mut dry = held.clone();
    dry["dry_run"] = json!(true);
    town.ask(Ask::post("/api/v1/transfers", dry).by(&alice)).await.refused(Code::ClockUnsure);
    let ready = town.ask(Ask::get("/readyz")).await;
    assert_eq!((ready.status, &ready.json()["ready"]), (503, &json!(false)));
    let accept = |actor| Ask::post("/api/v1/clock/accept", json!({})).by(actor);
    town.ask(accept(&alice)).await.refused(Code::Forbidden);
    let accepted = town.ask(accept(&owner)).await.accepted();
    assert_eq!(accepted["now"], json!(town.clock.wall().to_string()));
    town.ask(Ask::post("/api/v1/transfers", held).by(&alice)).await.accepted();
    town.stop().await;
}
