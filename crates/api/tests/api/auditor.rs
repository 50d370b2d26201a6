//! The supply on the node's card: the auditor's figures while they are fresh, else the node's own,
//! else none.

use std::sync::Arc;

use hansa_api::{ApiSettings, RegistrySettings};
use hansa_crypto::{jwk, registry_card};
use hansa_kernel::node::Mode;
use hansa_node::auditor::{Asked, Auditor};
use hansa_node::egress::{EgressPolicy, Purpose};
use hansa_node::limits::{
    AUDIT_BODY_BYTES_MAX, AUDIT_EVERY, AUDIT_FRESH_MAX, AUDIT_TIME_MAX, EGRESS_CONNECT_MAX,
};
use hansa_testkit::SimNetwork;
use hansa_types::{Duration, Time};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::watch;

use crate::harness::{Ask, Reply, Town};

const CARD: &str = "/.well-known/registry-card.json";
/// An answer, by what time it is.
type Answer = Box<dyn Fn(Time) -> Vec<u8>>;

const URL: &str = "http://auditor.example:8080/supply";

/// A node and the auditor that it asks, which the test plays.
struct Audited {
    town: Town,
    calls: UnboundedReceiver<DuplexStream>,
    asked: watch::Receiver<Asked>,
}

impl Audited {
    async fn new(mode: Mode, frame: Option<&str>) -> Self {
        let network = Arc::new(SimNetwork::default());
        network.name("auditor.example", [vec!["10.0.0.9".parse().unwrap()]]);
        let calls = network.listen("10.0.0.9:8080".parse().unwrap());
        let auditor = Auditor { url: URL.to_owned(), frame: frame.map(str::to_owned) };
        let configure = |config: &mut hansa_node::Config| {
            (config.mode, config.auditor) = (mode, Some(auditor));
            let host = "auditor.example:8080";
            config.egress = EgressPolicy::closed()
                .allow(Purpose::Audit, host.parse().unwrap())
                .allow_private(host.parse().unwrap());
        };
        let parent_url = Some("https://frame.example".to_owned());
        let registry = RegistrySettings { parent_url, ..RegistrySettings::default() };
        let settings = ApiSettings { registry, ..ApiSettings::default() };
        let town = Town::within(configure, settings, network).await;
        let asked = town.node.asked_auditor();
        Self { town, calls, asked }
    }

    /// The next question, with its head read.
    async fn question(&mut self) -> (DuplexStream, String) {
        let mut stream = self.calls.recv().await.unwrap();
        let mut read = Vec::new();
        while !read.ends_with(b"\r\n\r\n") {
            read.push(stream.read_u8().await.unwrap());
        }
        (stream, String::from_utf8(read).unwrap())
    }

    /// Answers the next question, and waits for what the node makes of it.
    async fn answered(&mut self, answer: &[u8]) -> Asked {
        let before = self.asked.borrow().times;
        let (mut stream, _) = self.question().await;
        // Whoever refuses an answer does not read it to its end.
        let _ = stream.write_all(answer).await;
        let _ = stream.shutdown().await;
        drop(stream);
        self.concluded(before).await
    }

    async fn concluded(&mut self, before: u64) -> Asked {
        self.asked.wait_for(|asked| asked.times > before).await.unwrap().clone()
    }

    /// Time passes until the next question.
    fn pass(&self, span: Duration) {
        self.town.clock.advance(span);
    }

    async fn card(&self) -> Reply {
        self.town.ask(Ask::get(CARD)).await
    }

    async fn supply(&self) -> Value {
        self.card().await.accepted()["supply"].clone()
    }
}

fn account(at: Time) -> Value {
    json!({
        "currency": "AVT", "issued": "5000", "burned": "10", "net_supply": "4990",
        "circulating": "4980", "held": "10", "delta": "0", "audited_at": at.to_string(),
    })
}

fn ok(body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

#[tokio::test]
async fn the_auditors_figures_are_shown_with_their_source_while_they_are_fresh() {
    let mut audited = Audited::new(Mode::Sovereign, None).await;
    let before = audited.card().await;
    let card = before.accepted();
    assert_eq!(card["external_auditor_endpoint"], URL);
    assert_eq!(
        (&card["supply"]["source"], &card["supply"]["status"]),
        (&json!("local"), &json!("VERIFIED"))
    );
    let note = card["supply"]["supply_note"].as_str().unwrap();
    assert!(note.ends_with("The auditor gives no fresh answer."), "{note}");

    let now = audited.town.node.now();
    let asked = audited.answered(&ok(&account(now).to_string())).await;
    assert_eq!((asked.times, asked.failed), (1, None));
    let reply = audited.card().await;
    assert_eq!(reply.header("etag"), before.header("etag"), "figures are outside of the tag");
    let card = reply.accepted();
    let supply = &card["supply"];
    for (name, value) in [
        ("source", json!("auditor")),
        ("auditor", json!(URL)),
        ("status", json!("VERIFIED")),
        ("net_supply", json!("4990")),
        ("circulating", json!("4980")),
        ("held", json!("10")),
        ("delta", json!("0")),
        ("audited_at", json!(now.to_string())),
    ] {
        assert_eq!(supply[name], value, "{name}: {supply}");
    }
    let jwks = audited.town.ask(Ask::get("/.well-known/registry-jwks.json")).await.accepted();
    let key = jwk::read(&jwks["keys"][0]).unwrap();
    registry_card::verify(&card, &key, audited.town.node.now()).unwrap();

    // One that is silent for a while is believed for as long as it is fresh, and no longer.
    audited.pass(AUDIT_EVERY);
    let asked = audited.answered(b"HTTP/1.1 500 Broken\r\ncontent-length: 0\r\n\r\n").await;
    assert_eq!((asked.failed, asked.found.is_some()), (Some("refused"), true));
    assert_eq!(audited.supply().await["source"], "auditor");
    audited.pass(AUDIT_FRESH_MAX);
    assert_eq!(audited.supply().await["source"], "local");
    audited.town.stop().await;
}

#[tokio::test]
async fn an_auditor_that_finds_a_difference_is_not_hushed() {
    let mut audited = Audited::new(Mode::Sovereign, None).await;
    let mut account = account(audited.town.node.now());
    (account["circulating"], account["delta"]) = (json!("4981.5"), json!("1.5"));
    audited.answered(&ok(&account.to_string())).await;
    let supply = audited.supply().await;
    assert_eq!((&supply["status"], &supply["delta"]), (&json!("VIOLATED"), &json!("1.5")));
    audited.town.stop().await;
}

#[tokio::test]
async fn nobody_waits_for_an_auditor_that_is_slow() {
    let mut audited = Audited::new(Mode::Sovereign, None).await;
    let (stream, head) = audited.question().await;
    assert!(head.starts_with("GET /supply HTTP/1.1\r\n"), "{head}");
    assert!(!head.to_lowercase().contains("authorization"), "{head}");
    assert_eq!(audited.supply().await["source"], "local");
    assert!(AUDIT_TIME_MAX > EGRESS_CONNECT_MAX);
    audited.pass(AUDIT_TIME_MAX);
    assert_eq!(audited.concluded(0).await.failed, Some("deadline"));
    drop(stream);
    // Nor is it asked more often than it is told to be.
    assert!(audited.calls.try_recv().is_err());
    audited.pass(AUDIT_EVERY);
    let now = audited.town.node.now();
    assert_eq!(audited.answered(&ok(&account(now).to_string())).await.failed, None);
    assert_eq!(audited.supply().await["source"], "auditor");
    audited.town.stop().await;
}

#[tokio::test]
async fn an_answer_that_cannot_be_right_is_none() {
    let mut audited = Audited::new(Mode::Sovereign, None).await;
    let with = |name: &'static str, value: Value| {
        move |now: Time| {
            let mut account = account(now);
            account[name] = value.clone();
            ok(&account.to_string())
        }
    };
    let always = |answer: Vec<u8>| move |_: Time| answer.clone();
    let redirect =
        b"HTTP/1.1 302 Found\r\nlocation: http://other.example/\r\ncontent-length: 0\r\n\r\n";
    let wrong: [(&str, Answer); 10] = [
        ("no_json", Box::new(always(ok("<html>")))),
        ("malformed", Box::new(always(ok("{}")))),
        ("too_large", Box::new(always(ok(&" ".repeat(AUDIT_BODY_BYTES_MAX + 1))))),
        ("redirected", Box::new(always(redirect.to_vec()))),
        ("http_failed", Box::new(always(b"nonsense\r\n\r\n".to_vec()))),
        ("other_currency", Box::new(with("currency", json!("BVT")))),
        ("does_not_add_up", Box::new(with("net_supply", json!("5000")))),
        ("malformed", Box::new(with("issued", json!(5000)))),
        ("too_old", Box::new(|now| ok(&account(now.before(AUDIT_FRESH_MAX)).to_string()))),
        ("too_old", Box::new(|now| ok(&account(now.after(Duration::hours(1))).to_string()))),
    ];
    for (why, answer) in wrong {
        let answer = answer(audited.town.node.now());
        let asked = audited.answered(&answer).await;
        assert_eq!((asked.failed, asked.found), (Some(why), None));
        assert_eq!(audited.supply().await["source"], "local", "{why}");
        audited.pass(AUDIT_EVERY);
    }
    audited.town.stop().await;
}

#[tokio::test]
async fn a_node_without_money_of_its_own_shows_what_the_auditor_found_of_its_frame() {
    let mut audited = Audited::new(Mode::Satellite, Some("north")).await;
    let none = audited.supply().await;
    assert_eq!((&none["status"], &none["net_supply"]), (&json!("FEDERATED"), &Value::Null));
    let now = audited.town.node.now();
    let frames = json!({ "frames": { "north": account(now), "south": {} } });
    audited.answered(&ok(&frames.to_string())).await;
    let supply = audited.supply().await;
    assert_eq!((&supply["source"], &supply["net_supply"]), (&json!("auditor"), &json!("4990")));
    let note = supply["supply_note"].as_str().unwrap();
    assert!(note.starts_with("This node issues no money"), "{note}");
    audited.pass(AUDIT_FRESH_MAX);
    let none = audited.supply().await;
    assert_eq!((&none["status"], &none["net_supply"]), (&json!("FEDERATED"), &Value::Null));
    let note = none["supply_note"].as_str().unwrap();
    assert!(note.contains("https://frame.example") && note.contains("no fresh answer"), "{note}");
    audited.town.stop().await;
}
