//! Mail: what is handed to a server, and what becomes of messages that it does not take.

#![cfg(test)]
#![allow(clippy::disallowed_methods, clippy::disallowed_types)]

use std::sync::Arc;

use hansa_crypto::Secret;
use hansa_node::account::{Mail, Mailer as _, Postman, SmtpLogin, SmtpMailer, SmtpSettings};
use hansa_node::egress::{Egress, EgressPolicy, Purpose};
use hansa_node::env::Env;
use hansa_node::tls;
use hansa_testkit::{SimClock, SimNetwork, world};
use hansa_types::Duration;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_rustls::TlsAcceptor;

/// A postman in a network that the test plays.
struct World {
    mailer: SmtpMailer,
    postman: Postman,
    network: Arc<SimNetwork>,
    clock: Arc<SimClock>,
}

fn settings(tls: bool, login: bool) -> SmtpSettings {
    let password = || Secret::new("letmein".to_owned());
    SmtpSettings {
        host: "mail.example".to_owned(),
        port: 465,
        tls,
        login: login.then(|| SmtpLogin { user: "node".to_owned(), password: password() }),
        from: "Town <node@town.example>".parse().unwrap(),
    }
}

fn go_out(policy: EgressPolicy, settings: SmtpSettings) -> World {
    let (env, clock) = world(7);
    let network = Arc::new(SimNetwork::default());
    network.name("mail.example", [vec!["93.184.216.34".parse().unwrap()]]);
    let env = Env { network: network.clone(), ..env };
    let egress = Arc::new(Egress::new(policy, env.clone(), Arc::default()));
    let (mailer, postman) = Postman::new(settings, "town.example", egress, env);
    World { mailer, postman, network, clock }
}

/// A policy by which mail may go to the server, in clear too.
fn plain() -> EgressPolicy {
    EgressPolicy::closed()
        .allow(Purpose::Mail, "mail.example:465".parse().unwrap())
        .allow_private("mail.example:465".parse().unwrap())
}

fn mail(text: &str) -> Mail {
    let (to, subject) = ("dora@example.com".to_owned(), "Your account".to_owned());
    Mail { to, subject, text: text.to_owned() }
}

/// A server that answers MAIL with this. Returns everything that was said to it.
async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin, to_mail: &str) -> String {
    let mut stream = BufReader::new(stream);
    let (mut said, mut in_data) = (String::new(), false);
    stream.write_all(b"220 mail.example ESMTP\r\n").await.unwrap();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.unwrap_or_default() == 0 {
            return said;
        }
        said.push_str(&line);
        let answer = match line.trim_end() {
            "." => "250 taken",
            _ if in_data => continue,
            "DATA" => "354 go on",
            "QUIT" => "221 bye",
            line if line.starts_with("EHLO") => "250-mail.example\r\n250 AUTH PLAIN LOGIN",
            line if line.starts_with("AUTH") => "235 welcome",
            line if line.starts_with("MAIL") => to_mail,
            _ => "250 well",
        };
        in_data = answer.starts_with("354");
        let _ = stream.write_all(format!("{answer}\r\n").as_bytes()).await;
        let _ = stream.flush().await;
    }
}

/// Lets time pass until somebody connects.
async fn next<T>(server: &mut UnboundedReceiver<T>, clock: &SimClock) -> T {
    loop {
        match server.try_recv() {
            Ok(stream) => return stream,
            Err(_) => clock.advance(Duration::seconds(1)),
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_message_goes_out_under_tls_as_the_node() {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(vec!["mail.example".to_owned()]).unwrap();
    let leaf = leaf.signed_by(&key, &ca).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = rustls::ServerConfig::builder_with_provider(tls::provider())
        .with_protocol_versions(tls::VERSIONS)
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let ca_file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(ca_file.path(), ca.pem()).unwrap();
    let policy = EgressPolicy::closed()
        .allow(Purpose::Mail, "mail.example:465".parse().unwrap())
        .trust(ca_file.path().to_owned());
    let World { mailer, postman, network, .. } = go_out(policy, settings(true, true));
    let mut server = network.listen("93.184.216.34:465".parse().unwrap());
    mailer.send(mail("Verify this address with the token mail_x"));
    drop(mailer);
    let served = async {
        let stream = server.recv().await.unwrap();
        serve(acceptor.accept(stream).await.unwrap(), "250 well").await
    };
    let ((), said) = tokio::join!(postman.run(), served);
    for text in [
        "EHLO town.example\r\n",
        "AUTH PLAIN AG5vZGUAbGV0bWVpbg==\r\n",
        "MAIL FROM:<node@town.example>",
        "RCPT TO:<dora@example.com>",
        "From: Town <node@town.example>\r\n",
        "To: dora@example.com\r\n",
        "Subject: Your account\r\n",
        "@town.example>\r\n",
        "\r\n\r\nVerify this address with the token mail_x\r\n.\r\n",
        "QUIT\r\n",
    ] {
        assert!(said.contains(text), "{text:?} is not in {said}");
    }
}

#[tokio::test]
async fn nothing_goes_where_the_policy_does_not_lead_or_in_clear() {
    let allowed = EgressPolicy::closed().allow(Purpose::Mail, "mail.example:465".parse().unwrap());
    for (policy, tls) in [(EgressPolicy::default(), true), (allowed, false)] {
        let World { mailer, postman, network, .. } = go_out(policy, settings(tls, false));
        mailer.send(mail("x"));
        drop(mailer);
        postman.run().await;
        assert_eq!(network.connected(), []);
    }
}

#[tokio::test]
async fn what_the_server_cannot_take_now_is_tried_again_and_what_it_refuses_is_not() {
    let World { mailer, postman, network, clock } = go_out(plain(), settings(false, false));
    let mut server = network.listen("93.184.216.34:465".parse().unwrap());
    mailer.send(mail("first"));
    mailer.send(mail("second"));
    drop(mailer);
    let served = async {
        for _ in 0..2 {
            let stream = next(&mut server, &clock).await;
            serve(stream, "451 later").await;
        }
        let said = serve(next(&mut server, &clock).await, "250 well").await;
        assert!(said.contains("\r\n\r\nfirst\r\n.\r\n"), "{said}");
        serve(next(&mut server, &clock).await, "550 never").await;
    };
    let ((), ()) = tokio::join!(postman.run(), served);
    assert_eq!(network.connected().len(), 4);
}

#[tokio::test]
async fn too_much_mail_and_bad_addresses_are_dropped() {
    let World { mailer, postman, network, .. } = go_out(plain(), settings(false, false));
    for _ in 0..=hansa_node::limits::MAIL_WAITING_MAX {
        mailer.send(Mail { to: "no address\r\nRCPT TO:<x@y>".to_owned(), ..mail("x") });
    }
    drop(mailer);
    postman.run().await;
    assert_eq!(network.connected(), []);
}
