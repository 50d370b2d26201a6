//! TLS on the node's own socket: what is negotiated, what is answered, and what is refused.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use hansa_api::{ApiSettings, Sockets, serve};
use hansa_node::tls::{ServerIdentity, provider};
use hansa_types::Duration;
use hansa_wire::api::node::NodeGet;
use hansa_wire::client::{Client, Credential};
use http_body_util::Empty;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::io::AsyncReadExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::{CryptoProvider, aws_lc_rs::kx_group};
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{
    ClientConfig, NamedGroup, ProtocolVersion, RootCertStore, SupportedProtocolVersion, version,
};

use crate::harness::Town;

type Issuer = CertifiedIssuer<'static, KeyPair>;

/// A node behind TLS, and the authority that its certificate leads to.
struct Secured {
    town: Town,
    address: SocketAddr,
    redirect: SocketAddr,
    authority: Issuer,
    identity: Arc<ServerIdentity>,
    stop: oneshot::Sender<()>,
    served: JoinHandle<std::io::Result<()>>,
}

fn show(identity: &ServerIdentity, authority: &Issuer) {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    let leaf = params.signed_by(&key, authority).unwrap();
    identity.show(&leaf.pem(), &key.serialize_pem()).unwrap();
}

async fn secured(settings: ApiSettings) -> Secured {
    let town = Town::found().await;
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = Issuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let identity = Arc::new(ServerIdentity::default());
    show(&identity, &authority);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let redirect = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, redirect_address) =
        (listener.local_addr().unwrap(), redirect.local_addr().unwrap());
    let clock = town.node.env.clock.clone();
    let tls = Some(identity.server_config(clock).unwrap());
    let (stop, stopped) = oneshot::channel();
    let sockets = Sockets { listener, tls, redirect: Some(redirect) };
    let shutdown = async {
        let _ = stopped.await;
    };
    let served = tokio::spawn(serve(town.node.clone(), sockets, settings, shutdown));
    Secured { town, address, redirect: redirect_address, authority, identity, stop, served }
}

fn public() -> ApiSettings {
    let public_url = Some("https://town.example".to_owned());
    ApiSettings { public_url, ..ApiSettings::default() }
}

impl Secured {
    fn config(
        &self,
        provider: Arc<CryptoProvider>,
        versions: &[&'static SupportedProtocolVersion],
        protocols: &[&[u8]],
    ) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        roots.add(self.authority.der().clone()).unwrap();
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
        config
    }

    async fn connect(&self, config: ClientConfig) -> std::io::Result<TlsStream<TcpStream>> {
        let stream = TcpStream::connect(self.address).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        TlsConnector::from(Arc::new(config)).connect(name, stream).await
    }

    /// What a client of today gets.
    async fn usual(&self) -> TlsStream<TcpStream> {
        let versions = [&version::TLS13, &version::TLS12];
        self.connect(self.config(provider(), &versions, &[b"h2", b"http/1.1"])).await.unwrap()
    }

    fn client(&self) -> Client {
        let url = format!("https://localhost:{}", self.address.port());
        Client::trusting(&url, Credential::None, Some(&self.authority.pem())).unwrap()
    }

    async fn end(self) {
        self.stop.send(()).unwrap();
        self.served.await.unwrap().unwrap();
        self.town.stop().await;
    }
}

fn leaf(stream: &TlsStream<TcpStream>) -> CertificateDer<'static> {
    stream.get_ref().1.peer_certificates().unwrap()[0].clone().into_owned()
}

#[tokio::test]
async fn key_exchange_is_post_quantum_by_default_and_http_2_is_spoken() {
    let secured = secured(public()).await;
    let stream = secured.usual().await;
    let connection = stream.get_ref().1;
    let group = connection.negotiated_key_exchange_group().unwrap().name();
    assert_eq!(group, NamedGroup::X25519MLKEM768);
    assert_eq!(connection.protocol_version(), Some(ProtocolVersion::TLSv1_3));
    assert_eq!(connection.alpn_protocol(), Some(&b"h2"[..]));
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .unwrap();
    let driven = tokio::spawn(connection);
    let ask = |path: &str| {
        let url = format!("https://localhost:{}{path}", secured.address.port());
        hyper::Request::get(url).body(Empty::<Bytes>::new()).unwrap()
    };
    for (path, status) in [("/api/v1/node", 200), ("/healthz", 200), ("/api/v1/agents", 401)] {
        let answer = sender.send_request(ask(path)).await.unwrap();
        assert_eq!((answer.status().as_u16(), answer.version()), (status, hyper::Version::HTTP_2));
        assert_eq!(answer.headers()["strict-transport-security"], "max-age=31536000", "{path}");
    }
    let foreign = hyper::Request::get("https://evil.example/healthz").body(Empty::new()).unwrap();
    assert_eq!(sender.send_request(foreign).await.unwrap().status().as_u16(), 421);
    drop(sender);
    driven.await.unwrap().unwrap();
    secured.end().await;
}

#[tokio::test]
async fn older_clients_are_served_too() {
    let secured = secured(public()).await;
    let classic = CryptoProvider { kx_groups: vec![kx_group::X25519], ..(*provider()).clone() };
    for (versions, protocols, version) in [
        (&[&version::TLS13], &[&b"http/1.1"[..]][..], ProtocolVersion::TLSv1_3),
        (&[&version::TLS12], &[][..], ProtocolVersion::TLSv1_2),
    ] {
        let config = secured.config(Arc::new(classic.clone()), versions, protocols);
        let stream = secured.connect(config).await.unwrap();
        assert_eq!(stream.get_ref().1.protocol_version(), Some(version));
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
        let driven = tokio::spawn(connection);
        let ask = hyper::Request::get("/healthz").header("host", "localhost");
        let answer = sender.send_request(ask.body(Empty::<Bytes>::new()).unwrap()).await.unwrap();
        assert_eq!(answer.status().as_u16(), 200);
        drop((sender, answer));
        driven.await.unwrap().unwrap();
    }
    secured.end().await;
}

#[tokio::test]
async fn the_client_trusts_the_authorities_it_is_told_of_and_no_others() {
    let secured = secured(ApiSettings::default()).await;
    secured.client().call(&NodeGet {}).await.unwrap();
    let url = format!("https://localhost:{}", secured.address.port());
    let stranger = Client::new(&url, Credential::None).unwrap();
    assert!(stranger.call(&NodeGet {}).await.is_err());
    let by_address = format!("https://127.0.0.1:{}", secured.address.port());
    let pem = secured.authority.pem();
    let misnamed = Client::trusting(&by_address, Credential::None, Some(&pem)).unwrap();
    assert!(misnamed.call(&NodeGet {}).await.is_err());
    assert!(Client::trusting(&url, Credential::None, Some("no certificate")).is_err());
    secured.end().await;
}

#[tokio::test]
async fn a_new_certificate_is_shown_to_new_connections_and_old_ones_go_on() {
    let secured = secured(ApiSettings::default()).await;
    let before = secured.usual().await;
    show(&secured.identity, &secured.authority);
    let after = secured.usual().await;
    assert_ne!(leaf(&before), leaf(&after));
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(before))
            .await
            .unwrap();
    let driven = tokio::spawn(connection);
    let url = format!("https://localhost:{}/healthz", secured.address.port());
    let ask = hyper::Request::get(url).body(Empty::<Bytes>::new()).unwrap();
    let answer = sender.send_request(ask).await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    // No public URL promises https, so browsers are not told to keep to it.
    assert!(!answer.headers().contains_key("strict-transport-security"));
    drop((sender, answer, after));
    driven.await.unwrap().unwrap();
    secured.end().await;
}

#[tokio::test]
async fn what_is_no_tls_or_comes_too_slowly_is_hung_up_on() {
    let settings = ApiSettings { head_read_max: Duration(50), ..public() };
    let secured = secured(settings).await;
    for said in [&b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n"[..], b"", b"\x16\x03\x01"] {
        let mut stream = TcpStream::connect(secured.address).await.unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut stream, said).await.unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        assert!(!answer.starts_with(b"HTTP/"), "{answer:?}");
    }
    secured.end().await;
}

#[tokio::test]
async fn an_authority_that_asks_for_a_name_nobody_is_getting_sees_nothing() {
    let secured = secured(public()).await;
    let config = secured.config(provider(), &[&version::TLS13], &[b"acme-tls/1"]);
    assert!(secured.connect(config).await.is_err());
    secured.end().await;
}

#[tokio::test]
async fn readers_in_clear_are_sent_to_the_public_url() {
    let secured = secured(public()).await;
    let told = |method: &'static str, to: SocketAddr| async move {
        let mut stream = TcpStream::connect(to).await.unwrap();
        let head = format!("{method} /docs?x=1 HTTP/1.1\r\nhost: evil.example\r\n\r\n");
        tokio::io::AsyncWriteExt::write_all(&mut stream, head.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    };
    let answer = told("GET", secured.redirect).await;
    assert!(answer.starts_with("HTTP/1.1 308 "), "{answer}");
    assert!(answer.contains("location: https://town.example/docs?x=1\r\n"), "{answer}");
    let answer = told("POST", secured.redirect).await;
    assert!(answer.starts_with("HTTP/1.1 403 ") && !answer.contains("location"), "{answer}");
    secured.end().await;
}
