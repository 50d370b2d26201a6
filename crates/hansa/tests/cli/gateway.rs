//! A service behind the gateway: nothing reaches it without an action, and nothing twice.

use std::io::{BufRead, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::support::{Place, Served};

/// A service that answers every request with one status, and counts them.
struct Service {
    address: String,
    calls: Arc<AtomicUsize>,
}

impl Service {
    fn open(status: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&calls);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                read(&mut BufReader::new(&stream));
                counted.fetch_add(1, Ordering::SeqCst);
                let _ = write!(
                    stream,
                    "HTTP/1.1 {status}\r\ncontent-type: application/json\r\nconnection: close\r\n\
                     content-length: 11\r\n\r\n{{\"ok\":true}}"
                );
            }
        });
        Self { address, calls }
    }

    fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }
}

/// Reads a message: its first line and its body.
fn read(reader: &mut impl BufRead) -> (String, Vec<u8>) {
    let (mut first, mut length) = (String::new(), 0);
    reader.read_line(&mut first).unwrap();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let line = line.trim().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(number) = line.strip_prefix("content-length:") {
            length = number.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    (first, body)
}

/// What the gateway answers to a payment.
fn pay(gateway: &str, action: Option<&str>, amount: &str) -> (u16, Value) {
    let body = json!({ "amount": amount, "currency": "AVT" }).to_string();
    let action = action.map_or_else(String::new, |id| format!("x-agp-action-id: {id}\r\n"));
    let mut stream = TcpStream::connect(gateway).unwrap();
    write!(
        stream,
        "POST /payments/acme HTTP/1.1\r\nhost: {gateway}\r\nconnection: close\r\n{action}\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let (status, body) = read(&mut BufReader::new(stream));
    let status = status.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_slice(&body).unwrap())
}

/// An agent that may pay by way of a gateway, which acts as another.
struct Town<'a> {
    node: Served<'a>,
    alice: String,
    executor: (String, String),
    grant: String,
}

impl<'a> Town<'a> {
    fn new(place: &'a Place) -> Self {
        let node = place.serve("node");
        let owner = node.own();
        let agent = |name: &str| {
            let made = node.run(&owner, &["agent", "create", name, "--json"]).json();
            let text = |member: &str| made[member].as_str().unwrap().to_owned();
            (text("id"), text("api_key"))
        };
        let ((id, alice), executor) = (agent("alice"), agent("payments"));
        let line = ["grant", "create", &id, "--action", "approve_payment", "--per-use", "100"];
        let line = [&line[..], &["--currency", "AVT", "--expires", "1d", "--json"]].concat();
        let grant = member(&node.run(&executor.1, &line).json(), "id");
        Self { node, alice, executor, grant }
    }

    fn gateway(&self, service: &str) -> Served<'a> {
        let upstream = format!("http://{service}");
        let route = "POST /payments/{vendor}=approve_payment";
        let line = ["--bind", "127.0.0.1:0", "--upstream", &upstream, "--route", route];
        self.node.gateway(&self.executor.1, &line)
    }

    /// An action for a payment of 5, of a task of its own: it ends with its payment.
    fn submit(&self) -> String {
        let json = |line: &[&str]| self.node.run(&self.alice, &[line, &["--json"]].concat()).json();
        let task = member(&json(&["task", "declare", "Pay Acme"]), "id");
        let asked = ["policy", "evaluate", "--task", &task, "--action", "approve_payment"];
        assert_eq!(json(&asked)["verdict"], "allow");
        let params = json!({ "vendor": "acme", "amount": "5", "currency": "AVT" }).to_string();
        let line = ["action", "submit", "approve_payment", "--task", &task, "--no-wait"];
        let more = ["--grant", &self.grant, "--executor", &self.executor.0, "--params", &params];
        member(&json(&[&line[..], &more].concat()), "id")
    }

    fn state(&self, action: &str) -> Value {
        let shown = self.node.run(&self.alice, &["action", "show", action, "--json"]).json();
        shown["state"].clone()
    }
}

fn member(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_else(|| panic!("no {name} in {value}")).to_owned()
}

#[test]
fn a_request_goes_through_with_its_own_action_and_once() {
    let place = Place::new();
    let (town, service) = (Town::new(&place), Service::open("200 OK"));
    let gateway = town.gateway(&service.address);
    let at = gateway.address();
    let code = |answer: (u16, Value)| (answer.0, member(&answer.1, "code"));
    assert_eq!(code(pay(at, None, "5")), (403, "action_required".to_owned()));
    let nobody = "act_00000000000000000000000001";
    assert_eq!(code(pay(at, Some(nobody), "5")), (404, "action_unknown".to_owned()));
    let action = town.submit();
    let (status, other) = pay(at, Some(&action), "6");
    assert_eq!((status, &other["errors"][0]["code"]), (403, &json!("call_mismatch")));
    assert_eq!(service.calls(), 0);
    assert_eq!(pay(at, Some(&action), "5"), (200, json!({ "ok": true })));
    assert_eq!(town.state(&action), "done");
    assert_eq!(code(pay(at, Some(&action), "5")), (403, "action_denied".to_owned()));
    let revoked = town.submit();
    town.node.run(&town.executor.1, &["grant", "revoke", &town.grant]).ok();
    let (status, refused) = pay(at, Some(&revoked), "5");
    assert_eq!((status, &refused["errors"][0]["code"]), (403, &json!("grant_revoked")));
    assert_eq!(service.calls(), 1);
    gateway.stop();
}

#[test]
fn what_the_service_says_is_the_receipt() {
    let place = Place::new();
    let town = Town::new(&place);
    let declines = Service::open("402 Payment Required");
    let (action, gateway) = (town.submit(), town.gateway(&declines.address));
    assert_eq!(pay(gateway.address(), Some(&action), "5").0, 402);
    assert_eq!(town.state(&action), "failed");
    let breaks = Service::open("500 Internal Server Error");
    let (action, gateway) = (town.submit(), town.gateway(&breaks.address));
    assert_eq!(pay(gateway.address(), Some(&action), "5").0, 500);
    assert_eq!(town.state(&action), "claimed");
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let (action, gateway) = (town.submit(), town.gateway(&gone));
    let (status, problem) = pay(gateway.address(), Some(&action), "5");
    assert_eq!((status, &problem["code"]), (502, &json!("service_unreachable")));
    assert_eq!(town.state(&action), "failed");
}

#[test]
fn without_the_node_nothing_goes_through() {
    let place = Place::new();
    let (mut town, service) = (Town::new(&place), Service::open("200 OK"));
    let (action, gateway) = (town.submit(), town.gateway(&service.address));
    town.node.terminate();
    assert!(town.node.wait().success());
    let (status, problem) = pay(gateway.address(), Some(&action), "5");
    assert_eq!((status, &problem["code"]), (503, &json!("gate_unavailable")));
    assert_eq!(service.calls(), 0);
}
