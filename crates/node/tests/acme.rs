//! A certificate from a real authority: Pebble, which plays Let's Encrypt for tests.

#![cfg(test)]
#![allow(clippy::disallowed_methods, clippy::disallowed_types)]

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use hansa_node::egress::{EgressPolicy, Purpose};
use hansa_node::env::Env;
use hansa_node::start::{Started, start};
use hansa_node::tls::{Acme, AcmeError, AcmeSettings, ServerIdentity};
use hansa_node::{Config, Node};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio_rustls::TlsAcceptor;

const NAME: &str = "localhost";

/// An authority that runs until this is dropped.
struct Authority {
    child: Child,
    directory: String,
    host: String,
}

impl Drop for Authority {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Starts an authority that proves names at a port. Its own certificate leads to `ca.pem`.
fn authority(dir: &Path, proof_port: u16) -> Authority {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new([NAME.to_owned()]).unwrap().signed_by(&key, &ca).unwrap();
    let write = |name: &str, text: String| std::fs::write(dir.join(name), text).unwrap();
    write("ca.pem", ca.pem());
    write("cert.pem", leaf.pem());
    write("key.pem", key.serialize_pem());
    let (port, management) = (free_port(), free_port());
    let config = serde_json::json!({ "pebble": {
        "listenAddress": format!("127.0.0.1:{port}"),
        "managementListenAddress": format!("127.0.0.1:{management}"),
        "certificate": dir.join("cert.pem"),
        "privateKey": dir.join("key.pem"),
        "httpPort": free_port(),
        "tlsPort": proof_port,
    }});
    write("pebble.json", config.to_string());
    let mut child = Command::new("pebble")
        .arg("-config")
        .arg(dir.join("pebble.json"))
        .env("PEBBLE_VA_NOSLEEP", "1")
        .env("PEBBLE_WFE_NONCEREJECT", "0")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("pebble, the ACME server for tests, is installed");
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let listens = lines.any(|line| line.unwrap().contains("ACME directory available"));
    assert!(listens, "the authority listens");
    // Whatever else it says must not fill the pipe.
    std::thread::spawn(move || lines.for_each(drop));
    let host = format!("{NAME}:{port}");
    Authority { child, directory: format!("https://{host}/dir"), host }
}

async fn node(dir: &Path, authority: &Authority) -> Arc<Node> {
    let egress = EgressPolicy::closed()
        .allow(Purpose::Acme, authority.host.parse().unwrap())
        .allow_private(authority.host.parse().unwrap())
        .trust(dir.join("ca.pem"));
    let config = Config::new(dir.join("node")).unwrap();
    let config = Config { egress, free_bytes_min: 0, ..config };
    let Started { node, .. } = start(config, Env::real()).await.unwrap();
    node
}

fn settings(authority: &Authority) -> AcmeSettings {
    let contact = Some("operator@town.example".to_owned());
    AcmeSettings { names: vec![NAME.to_owned()], contact, directory: authority.directory.clone() }
}

/// Secures whatever comes in under an identity, for ever.
async fn listen(listener: tokio::net::TcpListener, identity: Arc<ServerIdentity>) {
    let config = identity.server_config(Env::real().clock).unwrap();
    let acceptor = TlsAcceptor::from(config);
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let acceptor = acceptor.clone();
        tokio::spawn(async move { acceptor.accept(stream).await });
    }
}

#[tokio::test]
async fn a_certificate_is_got_shown_kept_and_used_again() {
    let dir = tempfile::tempdir().unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let authority = authority(dir.path(), listener.local_addr().unwrap().port());
    let node = node(dir.path(), &authority).await;
    let identity = Arc::new(ServerIdentity::default());
    let serving = tokio::spawn(listen(listener, Arc::clone(&identity)));
    let acme = |identity: &Arc<ServerIdentity>| {
        Acme::new(&node, settings(&authority), Arc::clone(identity))
    };
    acme(&identity).obtain().await.unwrap();
    let first = identity.leaf().expect("the certificate is shown");

    // What lies on the disk says nothing without the node's key.
    for file in ["acme-account.sealed", "acme-certificate.sealed"] {
        let sealed = std::fs::read(dir.path().join("node/keys").join(file)).unwrap();
        let text = String::from_utf8_lossy(&sealed);
        assert!(!text.contains("PRIVATE KEY") && !text.contains("directory"), "{file}");
    }

    // A start shows what was kept and asks nobody, for its life is long.
    let again = Arc::new(ServerIdentity::default());
    let keeping = tokio::spawn(acme(&again).keep());
    while !again.is_shown() {
        tokio::task::yield_now().await;
    }
    assert_eq!(again.leaf(), Some(first.clone()));
    keeping.abort();

    // The same account gets another one.
    acme(&identity).obtain().await.unwrap();
    assert_ne!(identity.leaf(), Some(first));
    serving.abort();
    node.stop().await.unwrap();
}

#[tokio::test]
async fn without_a_proof_there_is_no_certificate() {
    let dir = tempfile::tempdir().unwrap();
    let authority = authority(dir.path(), free_port());
    let node = node(dir.path(), &authority).await;
    let identity = Arc::new(ServerIdentity::default());
    let acme = Acme::new(&node, settings(&authority), Arc::clone(&identity));
    let refused = acme.obtain().await.unwrap_err();
    assert!(matches!(refused, AcmeError::NotProven | AcmeError::Authority(_)), "{refused}");
    assert!(!identity.is_shown());
    // An authority that the egress does not allow is not even asked.
    let elsewhere =
        AcmeSettings { directory: "https://acme.example/dir".to_owned(), ..settings(&authority) };
    let refused = Acme::new(&node, elsewhere, identity).obtain().await.unwrap_err();
    assert!(refused.to_string().contains("acme.example"), "{refused}");
    node.stop().await.unwrap();
}
