//! Mail by SMTP (RFC 5321), submitted to one server under TLS from the first byte (RFC 8314).
//!
//! Messages wait in a short queue and go out one after the other, each over a connection of its own
//! through the egress, which judges the host and its addresses. A message that the server cannot
//! take now is tried again a few times; one that it refuses is given up. Neither addresses nor texts
//! reach the log.
//!
//! Deliberately absent: STARTTLS, which whoever is in between can leave out, and a queue that
//! outlives the process: whoever waits for a token asks again.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use hansa_crypto::Secret;
use hansa_types::Time;
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream};
use lettre::transport::smtp::extension::ClientId;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::mpsc;

use super::mail::{Mail, Mailer};
use crate::egress::{Egress, EgressError};
use crate::env::{BoxStream, Env};
use crate::limits::{MAIL_RETRIES, MAIL_TIME_MAX, MAIL_WAITING_MAX};

/// The server that takes the node's mail.
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Whether it speaks TLS; only one that an operator named as private may not.
    pub tls: bool,
    /// Who the node is to it, if it asks.
    pub login: Option<SmtpLogin>,
    /// Who the mail is from.
    pub from: Sender,
}

/// Who the node is to a mail server.
#[derive(Debug, Clone)]
pub struct SmtpLogin {
    /// The name.
    pub user: String,
    /// The password.
    pub password: Secret,
}

/// Who mail is from: an address, perhaps with a name before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender(Mailbox);

impl std::str::FromStr for Sender {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self).map_err(|_| "an address such as Node <node@town.example>")
    }
}

/// Why a message was not taken.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error("the mail server is not reached")]
    Egress(#[from] EgressError),
    #[error("the mail server did not take the message")]
    Smtp(#[from] lettre::transport::smtp::Error),
    #[error("the message cannot be written")]
    Message(#[from] lettre::error::Error),
    #[error("the address is none that mail can be sent to")]
    Address(#[from] lettre::address::AddressError),
    #[error("no answer in time")]
    Deadline,
}

impl Failed {
    /// Whether it would fail again.
    fn is_final(&self) -> bool {
        match self {
            Failed::Egress(error) => matches!(
                error,
                EgressError::HostNotAllowed { .. } | EgressError::NotSecure | EgressError::Url(_)
            ),
            Failed::Smtp(error) => error.is_permanent() || error.is_client(),
            Failed::Message(_) | Failed::Address(_) => true,
            Failed::Deadline => false,
        }
    }
}

/// The end of the queue at which messages are put in.
#[derive(Debug)]
pub struct SmtpMailer {
    queue: mpsc::Sender<Mail>,
}

impl Mailer for SmtpMailer {
    fn send(&self, mail: Mail) {
        if self.queue.try_send(mail).is_err() {
            tracing::warn!(target: "hansa_node::mail", "too much mail waits: a message is dropped");
        }
    }
}

/// The end of the queue at which messages are taken out and sent.
pub struct Postman {
    settings: SmtpSettings,
    /// How the node names itself to the server.
    hello: ClientId,
    egress: Arc<Egress>,
    env: Env,
    queue: mpsc::Receiver<Mail>,
}

impl Postman {
    /// A queue and who empties it.
    pub fn new(
        settings: SmtpSettings,
        host: &str,
        egress: Arc<Egress>,
        env: Env,
    ) -> (SmtpMailer, Self) {
        let (queue, waiting) = mpsc::channel(MAIL_WAITING_MAX);
        let hello = ClientId::Domain(host.to_owned());
        (SmtpMailer { queue }, Self { settings, hello, egress, env, queue: waiting })
    }

    /// Sends what comes until nobody puts anything in any more.
    pub async fn run(mut self) {
        while let Some(mail) = self.queue.recv().await {
            self.deliver(&mail).await;
        }
    }

    /// Sends a message, again where the server could not take it.
    async fn deliver(&self, mail: &Mail) {
        let mut waits = MAIL_RETRIES.iter();
        loop {
            let failed = match self.send(mail).await {
                Ok(()) => return tracing::info!(target: "hansa_node::mail", "a message was taken"),
                Err(failed) => failed,
            };
            let wait = waits.next().filter(|_| !failed.is_final());
            tell(&failed, wait.is_some());
            let Some(&wait) = wait else { return };
            self.env.clock.sleep(wait).await;
        }
    }

    async fn send(&self, mail: &Mail) -> Result<(), Failed> {
        let message = self.message(mail)?;
        let work = Box::pin(self.hand_in(&message));
        tokio::select! {
            biased;
            done = work => done,
            () = self.env.clock.sleep(MAIL_TIME_MAX) => Err(Failed::Deadline),
        }
    }

    fn message(&self, mail: &Mail) -> Result<Message, Failed> {
        let Time(ms) = self.env.clock.wall();
        let date = std::time::UNIX_EPOCH + std::time::Duration::from_millis(ms);
        let id = format!("<{:032x}@{}>", self.env.random_u128(), self.hello);
        let message = Message::builder()
            .from(self.settings.from.0.clone())
            .to(Mailbox::new(None, mail.to.parse()?))
            .subject(mail.subject.clone())
            .date(date)
            .message_id(Some(id))
            .header(ContentType::TEXT_PLAIN)
            .body(mail.text.clone())?;
        Ok(message)
    }

    async fn hand_in(&self, message: &Message) -> Result<(), Failed> {
        let SmtpSettings { host, port, tls, login, .. } = &self.settings;
        let stream = self.egress.connect_mail(host, *port, *tls, MAIL_TIME_MAX).await?;
        let stream = Box::new(Carried(stream.into()));
        let mut server = AsyncSmtpConnection::connect_with_transport(stream, &self.hello).await?;
        if let Some(SmtpLogin { user, password }) = login {
            let login = Credentials::new(user.clone(), password.expose().to_owned());
            server.auth(&[Mechanism::Plain, Mechanism::Login], &login).await?;
        }
        server.send(message.envelope(), &message.formatted()).await?;
        // It has the message: how it says goodbye changes nothing.
        let _ = server.quit().await;
        Ok(())
    }
}

fn tell(failed: &Failed, again: bool) {
    let error: &dyn std::error::Error = failed;
    match again {
        true => tracing::warn!(target: "hansa_node::mail", error, "a message is tried again"),
        false => tracing::error!(target: "hansa_node::mail", error, "a message is given up"),
    }
}

/// A connection as the mail library carries it. The lock is never taken: it only says that nobody
/// reads and writes at once.
struct Carried(std::sync::Mutex<BoxStream>);

impl Carried {
    fn stream(self: Pin<&mut Self>) -> Pin<&mut BoxStream> {
        let held = self.get_mut().0.get_mut();
        Pin::new(held.unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}

impl std::fmt::Debug for Carried {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Carried")
    }
}

impl AsyncTokioStream for Carried {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

impl AsyncRead for Carried {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.stream().poll_read(cx, buf)
    }
}

impl AsyncWrite for Carried {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.stream().poll_write(cx, buf)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream().poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream().poll_shutdown(cx)
    }
}
