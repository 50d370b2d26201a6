//! Connections: kept, timed, and finished when the node stops.

use std::time::Duration as Real;

use hansa_api::ApiSettings;
use hansa_types::{Code, Duration};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::harness::{Ask, Town};

fn settings() -> ApiSettings {
    ApiSettings::default()
}

#[tokio::test]
async fn a_connection_serves_one_request_after_another() {
    let town = Town::found().await;
    let ask = format!("GET /healthz HTTP/1.1\r\nhost: {}\r\n\r\n", town.address);
    let mut stream = town.connect(ask.as_bytes()).await;
    for _ in 0..3 {
        let mut answer = [0; 4_096];
        let read = stream.read(&mut answer).await.unwrap();
        assert!(answer[..read].starts_with(b"HTTP/1.1 200 OK"));
        stream.write_all(ask.as_bytes()).await.unwrap();
    }
    town.stop().await;
}

#[tokio::test]
async fn an_answer_under_way_is_finished_when_the_node_stops() {
    let (mut town, owner) = Town::owned().await;
    let head = format!(
        "POST /api/v1/transfers HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\n\
         content-type: application/json\r\ncontent-length: 2\r\n\r\n",
        town.address, owner.secret
    );
    let stream = town.begun(head.as_bytes()).await;
    town.stop_serving();
    let reply = town.finish(stream, b"{}").await;
    reply.refused(Code::MissingField);
    town.stopped().await;
}

#[tokio::test]
async fn what_never_ends_does_not_keep_the_node_from_stopping() {
    let settings = ApiSettings { drain_max: Duration(20), ..settings() };
    let mut town = Town::with(|_| (), settings).await;
    let ask = Ask::new("POST", "/api/v1/setup");
    let head = ask.unfinished(&town, 100);
    let stream = town.begun(&head).await;
    town.stop_serving();
    town.stopped().await;
    drop(stream);
}

#[tokio::test]
async fn a_head_that_does_not_come_in_time_ends_the_connection() {
    let settings = ApiSettings { head_read_max: Duration(20), ..settings() };
    let town = Town::with(|_| (), settings).await;
    let mut stream = town.connect(b"GET /healthz HTTP/1.1\r\nhost:").await;
    let mut answer = Vec::new();
    let ended = tokio::time::timeout(Real::from_secs(10), stream.read_to_end(&mut answer)).await;
    ended.unwrap().unwrap();
    assert!(!answer.starts_with(b"HTTP/1.1 200"));
    town.stop().await;
}

#[tokio::test]
async fn a_node_that_stops_says_so_while_it_still_answers() {
    let (mut town, owner) = Town::owned().await;
    let head = format!(
        "POST /api/v1/transfers HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\n\
         content-type: application/json\r\ncontent-length: 2\r\n\r\n",
        town.address, owner.secret
    );
    let stream = town.begun(head.as_bytes()).await;
    town.stop_serving();
    let ready = loop {
        let ready = town.ask(Ask::get("/readyz")).await;
        if ready.status == 503 {
            break ready;
        }
    };
    let checks = ready.json()["checks"].as_array().unwrap().clone();
    let failed: Vec<_> = checks.iter().filter(|check| check["ok"] == false).collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0]["name"], "serving");
    // Everything else is answered as ever.
    town.ask(Ask::get("/api/v1/node")).await.accepted();
    town.finish(stream, b"{}").await.refused(Code::MissingField);
    town.stopped().await;
}
