//! The way out: what is refused before a byte leaves, and what becomes of answers that are wrong.

#![cfg(test)]
#![allow(clippy::disallowed_methods, clippy::disallowed_types)]

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use hansa_node::egress::{
    Egress, EgressError, EgressLimits, EgressPolicy, EgressResponse, Purpose,
};
use hansa_node::env::Env;
use hansa_node::metrics::Metrics;
use hansa_node::tls;
use hansa_testkit::{SimClock, SimNetwork, world};
use hansa_types::Duration;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, DuplexStream};
use tokio::net::TcpListener;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_rustls::TlsAcceptor;

const OPEN: &str = "93.184.216.34";

/// A node's way out into a network that the test plays.
struct World {
    egress: Egress,
    network: Arc<SimNetwork>,
    clock: Arc<SimClock>,
    metrics: Arc<Metrics>,
}

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn go_out(policy: EgressPolicy) -> World {
    let (env, clock) = world(7);
    let network = Arc::new(SimNetwork::default());
    let metrics = Arc::new(Metrics::default());
    let env = Env { network: network.clone(), ..env };
    World { egress: Egress::new(policy, env, metrics.clone()), network, clock, metrics }
}

/// A policy by which a plain server at `plain.example:8080` may be asked for DIDs.
fn plain() -> World {
    let policy = EgressPolicy::default().allow_private("plain.example:8080".parse().unwrap());
    let world = go_out(policy);
    world.network.name("plain.example", [vec![address("10.0.0.1")]]);
    world
}

impl World {
    async fn get(&self, url: &str) -> Result<EgressResponse, EgressError> {
        self.egress.get(Purpose::DidResolution, url, EgressLimits::default()).await
    }

    fn server(&self, at: &str) -> UnboundedReceiver<DuplexStream> {
        self.network.listen(at.parse().unwrap())
    }

    /// What becomes of a request when a plain server says this.
    async fn told(&self, answer: &[u8]) -> Result<EgressResponse, EgressError> {
        let mut server = self.server("10.0.0.1:8080");
        let serve = async {
            let stream = server.recv().await.unwrap();
            say(stream, answer).await
        };
        let (answered, _) = tokio::join!(self.get("http://plain.example:8080/did.jsonl"), serve);
        answered
    }
}

/// Reads the head of a request, says something and hangs up. Returns what was read.
async fn say(mut stream: impl AsyncRead + AsyncWrite + Unpin, answer: &[u8]) -> String {
    let mut read = Vec::new();
    while !read.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        match stream.read(&mut byte).await {
            Ok(1) => read.push(byte[0]),
            _ => break,
        }
    }
    // Whoever refuses an answer does not read it to its end.
    let _ = stream.write_all(answer).await;
    let _ = stream.shutdown().await;
    String::from_utf8(read).unwrap()
}

/// A certificate authority and a server of its making.
struct Authority {
    ca_file: tempfile::NamedTempFile,
    acceptor: TlsAcceptor,
}

fn authority(names: &[&str]) -> Authority {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let leaf = CertificateParams::new(names).unwrap().signed_by(&key, &ca).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = rustls::ServerConfig::builder_with_provider(tls::provider())
        .with_protocol_versions(tls::VERSIONS)
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], key)
        .unwrap();
    let ca_file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(ca_file.path(), ca.pem()).unwrap();
    Authority { ca_file, acceptor: TlsAcceptor::from(Arc::new(config)) }
}

fn trusting(authority: &Authority) -> World {
    go_out(EgressPolicy::default().trust(authority.ca_file.path().to_owned()))
}

#[tokio::test]
async fn an_https_answer_comes_from_the_address_that_was_checked_under_the_name_asked_for() {
    let authority = authority(&["node.example"]);
    let world = trusting(&authority);
    world.network.name("node.example", [vec![address(OPEN)]]);
    let mut server = world.server("93.184.216.34:443");
    let serve = async {
        let stream = server.recv().await.unwrap();
        let stream = authority.acceptor.accept(stream).await.unwrap();
        let sni = stream.get_ref().1.server_name().unwrap().to_owned();
        let group = stream.get_ref().1.negotiated_key_exchange_group().unwrap().name();
        let body = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\r\nhi";
        (sni, group, say(stream, body).await)
    };
    let (answer, (sni, group, head)) =
        tokio::join!(world.get("https://NODE.example/.well-known/did.jsonl?x=1"), serve);
    let answer = answer.unwrap();
    assert_eq!((answer.status, &answer.body[..]), (200, &b"hi"[..]));
    assert_eq!(answer.header("content-type"), Some("text/plain"));
    assert_eq!(sni, "node.example");
    assert_eq!(group, rustls::NamedGroup::X25519MLKEM768);
    assert!(head.starts_with("GET /.well-known/did.jsonl?x=1 HTTP/1.1\r\n"), "{head}");
    assert!(head.contains("host: node.example\r\n"), "{head}");
    assert_eq!(world.network.resolved(), ["node.example"]);
    assert!(world.metrics.render().contains(
        "hansa_egress_requests_total{purpose=\"did_resolution\",outcome=\"answered\"} 1"
    ));
}

#[tokio::test]
async fn a_certificate_of_another_name_or_of_an_unknown_authority_is_refused() {
    let authority_of_another = authority(&["other.example"]);
    let unknown = authority(&["node.example"]);
    for (trusted, server_of) in
        [(&authority_of_another, &authority_of_another), (&authority_of_another, &unknown)]
    {
        let world = trusting(trusted);
        world.network.name("node.example", [vec![address(OPEN)]]);
        let mut server = world.server("93.184.216.34:443");
        let serve = async {
            let stream = server.recv().await.unwrap();
            server_of.acceptor.accept(stream).await.err()
        };
        let (answer, _) = tokio::join!(world.get("https://node.example/"), serve);
        assert!(matches!(answer, Err(EgressError::Tls(_))), "{answer:?}");
    }
}

#[tokio::test]
async fn a_name_that_changes_its_address_gains_nothing() {
    let authority = authority(&["rebind.example"]);
    let world = trusting(&authority);
    let answers = [vec![address(OPEN)], vec![address("127.0.0.1")]];
    world.network.name("rebind.example", answers);
    let mut open = world.server("93.184.216.34:443");
    let mut inside = world.server("127.0.0.1:443");
    let serve = async {
        let stream = open.recv().await.unwrap();
        let stream = authority.acceptor.accept(stream).await.unwrap();
        say(stream, b"HTTP/1.1 204 No Content\r\n\r\n").await
    };
    let (first, _) = tokio::join!(world.get("https://rebind.example/"), serve);
    assert_eq!(first.unwrap().status, 204);
    assert_eq!(world.network.resolved().len(), 1, "resolved once, connected to that");
    let second = world.get("https://rebind.example/").await;
    assert!(matches!(second, Err(EgressError::AddressNotOpen)), "{second:?}");
    assert!(inside.try_recv().is_err());
    assert_eq!(world.network.connected(), ["93.184.216.34:443".parse::<SocketAddr>().unwrap()]);
}

#[tokio::test]
async fn addresses_inside_are_not_connected_to() {
    for inside in [
        "127.0.0.1",
        "10.1.2.3",
        "100.64.0.1",
        "169.254.169.254",
        "192.168.0.1",
        "224.0.0.1",
        "::1",
        "fd00:ec2::254",
        "fe80::1",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
    ] {
        let world = go_out(EgressPolicy::default());
        world.network.name("a.example", [vec![address(inside)]]);
        world.network.name("b.example", [vec![address(OPEN), address(inside)]]);
        let literal = match inside.contains(':') {
            true => format!("https://[{inside}]/latest/meta-data/"),
            false => format!("https://{inside}/latest/meta-data/"),
        };
        for url in [literal.as_str(), "https://a.example/", "https://b.example/"] {
            let refused = world.get(url).await.unwrap_err();
            assert!(matches!(refused, EgressError::AddressNotOpen), "{url} {inside} {refused:?}");
            assert!(refused.is_refusal());
        }
        assert!(world.network.connected().is_empty(), "{inside}");
    }
}

#[tokio::test]
async fn schemes_hosts_and_purposes_that_are_not_allowed_are_refused_before_any_look() {
    let world = plain();
    for (url, expected) in [
        ("http://node.example/", "not_secure"),
        ("http://plain.example:8081/", "not_secure"),
        ("ftp://node.example/", "url_refused"),
        ("https://user@node.example/", "url_refused"),
        ("https://node.example:8443/", "host_not_allowed"),
    ] {
        assert_eq!(world.get(url).await.unwrap_err().as_str(), expected, "{url}");
    }
    for purpose in [Purpose::Card, Purpose::Webhook, Purpose::Acme, Purpose::Mail] {
        let limits = EgressLimits::default();
        let refused = world.egress.get(purpose, "https://node.example/", limits).await;
        assert!(matches!(refused, Err(EgressError::HostNotAllowed { .. })), "{purpose}");
        let refused = world.egress.connect(purpose, "plain.example", 8080, Duration(1)).await;
        assert!(matches!(refused, Err(EgressError::HostNotAllowed { .. })), "{purpose}");
    }
    assert!(world.network.resolved().is_empty() && world.network.connected().is_empty());
}

#[tokio::test]
async fn no_redirect_is_followed() {
    for status in ["301 Moved", "302 Found", "303 See", "307 Temporary", "308 Permanent"] {
        let world = plain();
        let answer = format!(
            "HTTP/1.1 {status}\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\n\r\n"
        );
        let refused = world.told(answer.as_bytes()).await.unwrap_err();
        assert!(matches!(refused, EgressError::Redirected(_)), "{refused:?}");
        assert_eq!(world.network.connected().len(), 1);
    }
}

#[tokio::test]
async fn answers_are_read_up_to_their_limits_and_not_beyond() {
    let limit = EgressLimits::default().body_bytes_max;
    let body = |length: usize| {
        let mut answer =
            format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n").into_bytes();
        answer.resize(answer.len() + length, b'x');
        answer
    };
    assert_eq!(plain().told(&body(limit)).await.unwrap().body.len(), limit);
    assert!(matches!(plain().told(&body(limit + 1)).await, Err(EgressError::TooLarge)));
    // Without a length the body ends where the connection does.
    let mut endless = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
    endless.resize(endless.len() + limit + 1, b'x');
    assert!(matches!(plain().told(&endless).await, Err(EgressError::TooLarge)));
    let headers = |count: usize| {
        let many: String = (0..count).map(|n| format!("x-{n}: 1\r\n")).collect();
        format!("HTTP/1.1 200 OK\r\n{many}content-length: 0\r\n\r\n").into_bytes()
    };
    assert!(plain().told(&headers(63)).await.is_ok());
    assert!(matches!(plain().told(&headers(64)).await, Err(EgressError::Http(_))));
    let long = format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "x".repeat(20 << 10));
    assert!(matches!(plain().told(long.as_bytes()).await, Err(EgressError::Http(_))));
    let encoded = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 1\r\n\r\nx";
    assert!(matches!(plain().told(encoded).await, Err(EgressError::Encoded)));
    assert!(matches!(plain().told(b"SSH-2.0-x\r\n").await, Err(EgressError::Http(_))));
    let broken = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nx";
    assert!(matches!(plain().told(broken).await, Err(EgressError::Http(_))));
}

#[tokio::test]
async fn whoever_does_not_answer_in_time_is_not_waited_for() {
    let world = plain();
    let mut server = world.server("10.0.0.1:8080");
    let serve = async {
        let mut stream = server.recv().await.unwrap();
        // An answer counts only once something was asked.
        stream.read_exact(&mut [0]).await.unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nslow").await.unwrap();
        world.clock.advance(EgressLimits::default().time_max);
        stream
    };
    let (answer, _stream) = tokio::join!(world.get("http://plain.example:8080/"), serve);
    assert!(matches!(answer, Err(EgressError::Deadline)), "{answer:?}");
}

#[tokio::test]
async fn the_next_address_is_tried_where_nobody_listens() {
    let world = plain();
    let addresses = (1..=6).map(|n| address(&format!("10.0.0.{n}"))).collect();
    world.network.name("plain.example", [addresses]);
    let mut server = world.server("10.0.0.2:8080");
    let serve = async {
        let stream = server.recv().await.unwrap();
        say(stream, b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await
    };
    let (answer, _) = tokio::join!(world.get("http://plain.example:8080/"), serve);
    assert_eq!(answer.unwrap().status, 200);
    drop(server);
    let refused = world.get("http://plain.example:8080/").await;
    assert!(matches!(refused, Err(EgressError::Connect(_))), "{refused:?}");
    assert_eq!(world.network.connected().len(), 2 + 4, "four addresses are enough");
    let unknown = world.get("https://unknown.example/").await;
    assert!(matches!(unknown, Err(EgressError::Resolve(_))), "{unknown:?}");
}

#[tokio::test]
async fn the_real_network_is_reached_where_a_private_host_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let host = format!("localhost:{port}");
    let policy = EgressPolicy::default().allow_private(host.parse().unwrap());
    let egress = Egress::new(policy, Env::real(), Arc::default());
    let serve = async {
        let (stream, _) = listener.accept().await.unwrap();
        say(stream, b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n").await
    };
    let url = format!("http://{host}/x");
    let get = egress.get(Purpose::DidResolution, &url, EgressLimits::default());
    let (answer, head) = tokio::join!(get, serve);
    assert_eq!(answer.unwrap().status, 404);
    assert!(head.contains(&format!("host: {host}\r\n")), "{head}");
    let unnamed = format!("http://127.0.0.1:{port}/x");
    let refused = egress.get(Purpose::DidResolution, &unnamed, EgressLimits::default()).await;
    assert!(matches!(refused, Err(EgressError::NotSecure)), "{refused:?}");
}
