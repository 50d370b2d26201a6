//! Running a node: one for each directory, closed to strangers until it has an owner, and ending
//! in good order.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::Value;

use crate::support::{Place, eventually, listens};

#[test]
fn a_second_node_on_the_same_directory_is_refused() {
    let place = Place::new();
    let served = place.serve("node");
    let second = place.run(&["serve", "--bind", "127.0.0.1:0", "--data-dir", "node"]);
    second.failed(1, &["is in use by process", "next step: stop the node"]);
    let offline = place.run(&["admin", "create", "--data-dir", "node"]);
    offline.failed(1, &["is in use by process"]);
    served.stop();
    place.run(&["admin", "create", "--data-dir", "node"]).ok();
}

#[test]
fn a_node_without_an_owner_stays_on_loopback() {
    let place = Place::new();
    let public = ["serve", "--bind", "0.0.0.0:0", "--data-dir", "node"];
    place.run(&public).failed(1, &["without an owner", "hansa admin create --data-dir node"]);
    let made = place.run(&["admin", "create", "--name", "ada", "--data-dir", "node", "--json"]);
    let key = made.json()["api_key"].as_str().unwrap().to_owned();
    let served = place.serve_at("0.0.0.0:0", "node", &[]);
    let (_, port) = served.address().rsplit_once(':').unwrap();
    assert!(listens(&format!("127.0.0.2:{port}")), "it listens on every address now");
    assert!(served.told.get("setup_token").is_none(), "{}", served.told);
    let agents = served.run(&key, &["agent", "list", "--json"]).json();
    let names: Vec<&Value> =
        agents["data"].as_array().unwrap().iter().map(|a| &a["name"]).collect();
    assert!(names.contains(&&Value::from("ada")), "{agents}");
    served.stop();
}

#[test]
fn forwarded_headers_count_from_a_proxy_that_was_named() {
    let place = Place::new();
    let told = |proxies: &[&str]| {
        let served = place.serve_with("node", proxies);
        let mut stream = TcpStream::connect(served.address()).unwrap();
        let head = "GET /version HTTP/1.1\r\nX-Forwarded-Host: evil.example\r\nConnection: close";
        write!(stream, "{head}\r\nHost: {}\r\n\r\n", served.address()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        served.stop();
        answer.split(' ').nth(1).unwrap().to_owned()
    };
    assert_eq!(told(&["--trusted-proxy", "192.0.2.1"]), "200");
    assert_eq!(told(&["--trusted-proxy", "192.0.2.1", "--trusted-proxy", "127.0.0.0/8"]), "421");
    let nobody = ["serve", "--data-dir", "node", "--trusted-proxy", "everybody"];
    place.run(&nobody).failed(2, &["server.trusted_proxies"]);
}

#[test]
fn a_taken_port_is_told_with_what_to_do() {
    let place = Place::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let bind = taken.local_addr().unwrap().to_string();
    let run = place.run(&["serve", "--bind", &bind, "--data-dir", "node"]);
    run.failed(1, &["cannot listen on", "choose another port with --bind"]);
}

#[test]
fn sigterm_lets_answers_under_way_finish_and_ends_well() {
    let place = Place::new();
    let mut served = place.serve("node");
    let owner = served.own();
    served.run(&owner, &["agent", "create", "alice"]).ok();
    let head = served.run(&owner, &["status", "--json"]).json()["head"].clone();
    let address = served.address().to_owned();
    // A request whose body is on its way when the signal comes.
    let mut stream = TcpStream::connect(&address).unwrap();
    let quote = format!(
        "POST /amp/envelopes HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
         Content-Length: 2\r\nExpect: 100-continue\r\n\r\n"
    );
    stream.write_all(quote.as_bytes()).unwrap();
    // The server says so when it waits for the body: the request is under way.
    let mut answer = [0; 25];
    stream.read_exact(&mut answer).unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 100"), "{}", String::from_utf8_lossy(&answer));
    served.terminate();
    eventually("no new connections are taken", || !listens(&address));
    stream.write_all(b"{}").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 4") && answer.contains("missing_field"), "{answer}");
    let status = served.wait();
    assert_eq!(status.code(), Some(0), "{}", served.log());
    drop(served);
    // Everything is there, under a checkpoint that was signed at the end.
    let audited = place.run(&["audit", "node", "--json"]).json();
    assert_eq!(audited["tree_size"], head);
    let again = place.serve("node");
    assert_eq!(again.run(&owner, &["status", "--json"]).json()["head"], head);
    again.stop();
}

#[test]
fn the_banner_tells_people_where_everything_is() {
    let place = Place::new();
    let mut command = place.command(&["serve", "--bind", "127.0.0.1:0", "--data-dir", "node"]);
    command.stderr(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stderr = std::io::BufReader::new(child.stderr.take().unwrap());
    let mut banner = String::new();
    while !banner.contains("hansa setup --node") {
        let read = std::io::BufRead::read_line(&mut stderr, &mut banner).unwrap();
        assert!(read > 0, "the banner ends early: {banner}");
    }
    for part in ["API", "/docs", "/metrics", "no owner yet", "--token setup_"] {
        assert!(banner.contains(part), "{part}: {banner}");
    }
    rustix::process::kill_process(crate::support::pid(&child), rustix::process::Signal::INT)
        .unwrap();
    assert!(crate::support::wait(&mut child).success());
    let mut data = String::new();
    child.stdout.take().unwrap().read_to_string(&mut data).unwrap();
    assert_eq!(data, "", "a banner is talk, not data");
}

#[test]
fn dev_has_an_owner_agents_and_a_directory_that_goes_away() {
    let place = Place::new();
    let temporary = place.path("tmp");
    std::fs::create_dir(&temporary).unwrap();
    let mut command = place.command(&["dev", "--seed", "--bind", "127.0.0.1:0", "-o", "json"]);
    command.env("TMPDIR", &temporary).stdout(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdout = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut told = Vec::new();
    while told.len() < 5 {
        let mut line = String::new();
        std::io::BufRead::read_line(&mut stdout, &mut line).unwrap();
        told.push(serde_json::from_str::<Value>(&line).unwrap());
    }
    let agents: Vec<&str> = told[2..].iter().map(|t| t["agent"].as_str().unwrap()).collect();
    assert_eq!(agents, ["alice", "bob", "carol"]);
    let (url, key) = (told[1]["url"].as_str().unwrap(), told[1]["api_key"].as_str().unwrap());
    let variables = [("HANSA_NODE", url), ("HANSA_API_KEY", key)];
    let found = place.run_with(&["discover", "--skill", "tax-filing", "--json"], &variables).json();
    assert_eq!(found["agents"][0]["name"], "bob");
    // Seeding it was a service of its own, which has ended; this one goes on.
    assert_eq!(place.run_with(&["status", "--json"], &variables).json()["ready"], true);
    rustix::process::kill_process(crate::support::pid(&child), rustix::process::Signal::TERM)
        .unwrap();
    assert!(crate::support::wait(&mut child).success());
    assert!(crate::support::names(&temporary).is_empty());
    place.run(&["dev", "--bind", "0.0.0.0:0"]).failed(2, &["loopback only"]);
}
