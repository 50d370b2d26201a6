//! The client against answers written out by hand, over real connections.

#![allow(clippy::disallowed_methods, clippy::disallowed_types)]

use super::*;
use crate::api::agents::AgentGet;
use crate::api::node::Health;
use crate::api::transfers::{TransferCreate, TransferList};
use hansa_types::Code;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Answers one connection per given text, then stops; yields the requests as they arrived. An empty
/// text closes the connection without an answer.
async fn serve(answers: Vec<String>) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let task = tokio::spawn(async move {
        let mut requests = Vec::new();
        for answer in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut bytes = Vec::new();
            let mut buffer = [0; 4096];
            while !is_whole(&bytes) {
                let n = stream.read(&mut buffer).await.unwrap();
                assert!(n > 0, "the request ended early");
                bytes.extend_from_slice(&buffer[..n]);
            }
            requests.push(String::from_utf8(bytes).unwrap());
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
        requests
    });
    (address, task)
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| {
        line.to_ascii_lowercase().strip_prefix("content-length:").map(|n| n.trim().parse().unwrap())
    });
    body.len() >= length.unwrap_or(0)
}

fn answer(status: u16, headers: &str, body: &Value) -> String {
    let body = body.to_string();
    let length = body.len();
    format!(
        "HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n{body}"
    )
}

fn busy() -> String {
    answer(
        503,
        "Retry-After: 0\r\n",
        &serde_json::to_value(Problem::from(Code::QueueFull)).unwrap(),
    )
}

fn with_key(address: &str) -> Client {
    Client::new(address, Credential::ApiKey(Secret::new("hk_secret".into()))).unwrap()
}

fn signer() -> Signer {
    let key = SigningKey::from_seed([7; 32]);
    let node_did = SigningKey::from_seed([8; 32]).public().did_key();
    Signer { did: key.public().did_key(), key, node_did }
}

fn payment() -> TransferCreate {
    parse(json!({ "to": "did:w7:bob", "amount": "5" })).unwrap()
}

fn paid() -> Value {
    json!({
        "id": "trf_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD", "seq": 9, "state": "posted", "from": "a", "to": "b",
        "amount": "5", "currency": "AVT", "fee": "0.025", "total": "5.025",
        "created_at": "2026-04-30T12:00:00.000Z",
    })
}

#[tokio::test]
async fn a_call_goes_to_its_route_with_key_and_body() {
    let (address, server) = serve(vec![answer(201, "", &paid())]).await;
    let options = CallOptions::once("order-7");
    let transfer = with_key(&address).call_with(&payment(), &options).await.unwrap();
    assert_eq!(transfer.seq, Some(9));
    let request = &server.await.unwrap()[0];
    let lower = request.to_ascii_lowercase();
    assert!(request.starts_with("POST /api/v1/transfers HTTP/1.1\r\n"), "{request}");
    assert!(lower.contains("authorization: bearer hk_secret\r\n"));
    assert!(lower.contains("idempotency-key: order-7\r\n"));
    assert!(request.ends_with(r#"{"amount":"5","to":"did:w7:bob"}"#));
}

#[tokio::test]
async fn path_and_query_are_filled_in_and_encoded() {
    let page = json!({ "data": [], "next_cursor": null, "as_of_seq": 3 });
    let refused = serde_json::to_value(Problem::from(Code::PrincipalUnknown)).unwrap();
    let (address, server) = serve(vec![answer(200, "", &page), answer(404, "", &refused)]).await;
    let client = with_key(&address);
    let list = TransferList { account: "did:w7:bob".parse().ok(), ..TransferList::default() };
    assert_eq!(client.call(&list).await.unwrap().as_of_seq, 3);
    let get = AgentGet { agent: "did:w7:skill/tax".parse().unwrap() };
    let error = client.call(&get).await.unwrap_err();
    assert_eq!(error.problem().unwrap().known_code(), Some(Code::PrincipalUnknown));
    let requests = server.await.unwrap();
    assert!(requests[0].starts_with("GET /api/v1/transfers?account=did%3Aw7%3Abob&limit=50 "));
    assert!(requests[1].starts_with("GET /api/v1/agents/did%3Aw7%3Askill%2Ftax "));
}

#[tokio::test]
async fn a_busy_node_is_asked_again() {
    let (address, server) = serve(vec![busy(), busy(), answer(201, "", &paid())]).await;
    with_key(&address).call(&payment()).await.unwrap();
    assert_eq!(server.await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_busy_node_that_asks_for_too_long_is_told_as_its_problem() {
    let problem = serde_json::to_value(Problem::from(Code::QueueFull)).unwrap();
    let (address, server) = serve(vec![answer(503, "Retry-After: 3600\r\n", &problem)]).await;
    let error = with_key(&address).call(&payment()).await.unwrap_err();
    assert_eq!(error.problem().unwrap().known_code(), Some(Code::QueueFull));
    server.await.unwrap();
}

#[tokio::test]
async fn a_lost_connection_is_retried_where_nothing_can_happen_twice() {
    let (address, server) = serve(vec![String::new(), answer(201, "", &paid())]).await;
    with_key(&address).call_with(&payment(), &CallOptions::once("k")).await.unwrap();
    let requests = server.await.unwrap();
    assert_eq!(requests[0], requests[1]);

    let (address, server) =
        serve(vec![String::new(), answer(200, "", &json!({ "status": "ok" }))]).await;
    with_key(&address).call(&Health {}).await.unwrap();
    server.await.unwrap();
}

#[tokio::test]
async fn a_write_without_a_key_is_not_sent_twice() {
    let (address, server) = serve(vec![String::new()]).await;
    let error = with_key(&address).call(&payment()).await.unwrap_err();
    assert!(matches!(error, ClientError::Transport(_)), "{error}");
    assert_eq!(server.await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_signer_sends_operations_as_envelopes() {
    let accepted = json!({
        "envelope_id": "550e8400-e29b-41d4-a716-446655440000", "verb": "transfer_create", "seq": 9,
        "result": paid(),
    });
    let (address, server) = serve(vec![String::new(), answer(200, "", &accepted)]).await;
    let signer = signer();
    let client = Client::new(&address, Credential::Signer(Box::new(signer.clone()))).unwrap();
    assert_eq!(client.call(&payment()).await.unwrap().seq, Some(9));
    let requests = server.await.unwrap();
    assert_eq!(requests[0], requests[1]);
    let (head, body) = requests[0].split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /amp/envelopes ") && !head.contains("uthorization"));
    let opened = Envelope::parse(body.as_bytes()).unwrap();
    opened.verify(&signer.key.public()).unwrap();
    let call = opened.envelope.operation(&signer.node_did).unwrap();
    assert_eq!((call.id, call.params.unwrap()["amount"].as_str()), ("transfer_create", Some("5")));
}

#[tokio::test]
async fn a_signed_verb_is_handed_in() {
    let accepted = json!({
        "envelope_id": "550e8400-e29b-41d4-a716-446655440000", "verb": "discover", "result": {},
    });
    let (address, server) = serve(vec![answer(200, "", &accepted)]).await;
    let signer = signer();
    let client = Client::new(&address, Credential::Signer(Box::new(signer.clone()))).unwrap();
    let header = client.header(signer.node_did.clone().into(), None).unwrap();
    let envelope = crate::amp::build::discover(header, &Default::default()).unwrap();
    let accepted = client.sign_and_submit(envelope).await.unwrap();
    assert_eq!(accepted.verb, "discover");
    server.await.unwrap();
}

#[tokio::test]
async fn an_export_is_read_piece_by_piece() {
    let (address, server) = serve(vec![answer(200, "", &json!({ "seq": 1 }))]).await;
    let client = with_key(&address);
    let export = crate::api::journal::JournalExport::default();
    let mut download = client.download(&export, &CallOptions::default()).await.unwrap();
    let mut bytes = Vec::new();
    while let Some(piece) = download.next().await.unwrap() {
        bytes.extend(piece);
    }
    assert_eq!(bytes, br#"{"seq":1}"#);
    server.await.unwrap();
    let error = client.call(&export).await.unwrap_err();
    assert!(matches!(error, ClientError::Streams("journal_export")));
}

#[tokio::test]
async fn a_call_ends_at_its_deadline() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let options = CallOptions { deadline: Duration::from_millis(100), ..CallOptions::default() };
    let error = with_key(&address).call_with(&Health {}, &options).await.unwrap_err();
    assert!(matches!(error, ClientError::Deadline), "{error}");
}

#[tokio::test]
async fn calls_that_cannot_be_made_are_refused_before_anything_is_sent() {
    let client = with_key("http://127.0.0.1:9");
    let options = CallOptions::default();
    let unknown: Result<Value, _> = client.call_by_id("teleport", &json!({}), &options).await;
    assert!(matches!(unknown, Err(ClientError::UnknownOperation(id)) if id == "teleport"));
    let missing: Result<Value, _> = client.call_by_id("agent_get", &json!({}), &options).await;
    assert!(matches!(missing, Err(ClientError::Request(_))));
    let key = client.call_with(&payment(), &CallOptions::once("k\n")).await;
    assert!(matches!(key, Err(ClientError::Request(_))));
    assert!(matches!(client.submit_envelope(json!([])).await, Err(ClientError::Request(_))));
    let header = client.header("did:w7:bob".parse().unwrap(), None);
    assert!(matches!(header, Err(ClientError::Envelope(_))));

    let client = Client::new("http://127.0.0.1:9", Credential::Signer(Box::new(signer()))).unwrap();
    let export = crate::api::journal::JournalExport::default();
    let error = client.download(&export, &options).await.unwrap_err();
    assert!(matches!(error, ClientError::NotByEnvelope("journal_export")));
}

#[test]
fn only_plain_http_addresses_are_taken() {
    for good in ["http://127.0.0.1:7400", "https://node.example/", "http://[::1]:7400/hansa"] {
        assert!(Client::new(good, Credential::None).is_ok(), "{good}");
    }
    for bad in ["", "node.example", "ftp://node", "http://", "http://u:p@node", "http://node?x=1"] {
        assert!(
            matches!(Client::new(bad, Credential::None), Err(ClientError::Address(_))),
            "{bad}"
        );
    }
}

#[test]
fn nonces_rise() {
    let client = Client::new("http://127.0.0.1:9", Credential::None).unwrap();
    let nonces: Vec<u64> = (0..1_000).map(|_| client.next_nonce()).collect();
    assert!(nonces.is_sorted_by(|a, b| a < b));
    assert!(nonces.iter().all(|n| *n <= hansa_types::limits::JSON_INTEGER_MAX));
}

#[test]
fn credentials_format_without_their_secrets() {
    let text = format!("{:?}", Credential::ApiKey(Secret::new("hk_secret".into())));
    assert!(!text.contains("hk_secret"));
    assert!(!format!("{:?}", Credential::Signer(Box::new(signer()))).contains(" key:"));
}
