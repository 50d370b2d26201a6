//! Running a node: what `serve` and `dev` share.
//!
//! The node is opened, which takes the lock and verifies the journal; then, and only if that may
//! be, the socket is opened. SIGTERM and SIGINT stop it in the other order: no new connections,
//! answers under way finish, everything decided becomes durable under a last signed checkpoint.
//!
//! Invariant: a node without an owner listens on loopback only. Whoever reaches it first could
//! try to become its owner.

pub(crate) mod agp;
pub(crate) mod announce;
mod certificate;
mod log_writer;
pub(crate) mod logging;
pub(crate) mod owner;
pub(crate) mod stop;

use std::net::SocketAddr;
use std::sync::Arc;

use hansa_api::{ApiSettings, Sockets};
use hansa_node::{Env, Node};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::commands::version::COMMIT;
use crate::config::Settings;
use crate::config::settings::Server;
use crate::failure::Failure;
use agp::AgpChoices;
use announce::Announcement;
use certificate::Certificate;
pub(crate) use stop::Stop;

/// A node that is open and not yet listening.
pub(crate) struct Opened {
    /// The node.
    pub(crate) node: Arc<Node>,
    announcement: Announcement,
    settings: ApiSettings,
    server: Server,
}

/// What is chosen at the start beside the settings.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Choices {
    /// Verify the whole journal, not only what follows the last snapshot.
    pub(crate) verify_full: bool,
    /// Let AGP be spoken without a credential, where no secret for its tokens is set.
    pub(crate) agp_sandbox: bool,
}

/// Opens the data directory and the node in it.
pub(crate) async fn open(settings: &Settings, choices: Choices) -> Result<Opened, Failure> {
    let config = settings.node_config()?;
    let key_secret = settings.key_secret.get()?;
    let config = hansa_node::Config { verify_full: choices.verify_full, key_secret, ..config };
    let data_dir = config.data_dir.clone();
    let agp = AgpChoices::read(&settings.agp_client_id)?;
    let started = hansa_node::start::start(config, Env::real()).await?;
    let agp = match agp.prepare(&started.node, choices.agp_sandbox).await {
        Ok(agp) => agp,
        Err(failure) => {
            started.node.stop().await?;
            return Err(failure);
        }
    };
    let announcement = Announcement::new(started.setup_token, started.replayed, data_dir);
    Ok(Opened {
        node: started.node,
        announcement,
        settings: ApiSettings { agp, ..api_settings(settings) },
        server: settings.server.clone(),
    })
}

fn api_settings(settings: &Settings) -> ApiSettings {
    let server = &settings.server;
    let mut allowed_hosts = server.allowed_hosts.clone();
    allowed_hosts.push(server.host.clone());
    ApiSettings {
        allowed_hosts,
        allowed_origins: server.allowed_origins.clone(),
        public_url: server.public_url.clone(),
        trusted_proxies: server.trusted_proxies.clone(),
        card_signatures: settings.card_signatures,
        registry: settings.registry.clone(),
        commit: COMMIT.map(str::to_owned),
        ..ApiSettings::default()
    }
}

/// A node that listens.
pub(crate) struct Listening {
    /// Where it is reached.
    pub(crate) url: String,
    /// What people and programs are told.
    pub(crate) announcement: Announcement,
    node: Arc<Node>,
    sockets: Sockets,
    certificate: Option<Certificate>,
    settings: ApiSettings,
}

/// What listening needs.
struct Bound {
    sockets: Sockets,
    certificate: Option<Certificate>,
    url: String,
}

impl Opened {
    /// The node got an owner: nobody needs the setup token any more.
    pub(crate) fn owner_exists(&mut self) {
        self.announcement.forget_token();
        self.node.setup.close();
    }

    /// Does something over HTTP before anybody else can reach the node: at a port of its own, which
    /// is closed again behind it.
    pub(crate) async fn aside<T>(
        &self,
        work: impl AsyncFnOnce(String) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let failed = |error| Failure::because("cannot listen on loopback", &error);
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(failed)?;
        let url = announce::url(listener.local_addr().map_err(failed)?);
        let (done, ended) = oneshot::channel::<()>();
        let work = async {
            let worked = work(url).await;
            drop(done);
            worked
        };
        // The sender says that the work is over by going away.
        let shutdown = async { drop(ended.await) };
        let (node, settings) = (Arc::clone(&self.node), self.settings.clone());
        let served = hansa_api::serve(node, listener, settings, shutdown);
        let (served, worked) = tokio::join!(Box::pin(served), Box::pin(work));
        served.map_err(failed)?;
        worked
    }

    /// Opens the socket. On failure the node is stopped.
    pub(crate) async fn listen(self) -> Result<Listening, Failure> {
        match self.bind().await {
            Ok(Bound { sockets, certificate, url }) => Ok(Listening {
                url,
                announcement: self.announcement,
                node: self.node,
                sockets,
                certificate,
                settings: self.settings,
            }),
            Err(failure) => {
                self.node.stop().await?;
                Err(failure)
            }
        }
    }

    async fn bind(&self) -> Result<Bound, Failure> {
        if self.announcement.waits_for_owner() && !self.server.bind.ip().is_loopback() {
            return Err(self.refuse_public());
        }
        let env = &self.node.env;
        let tls = self.server.tls.as_ref();
        let certificate = tls.map(|tls| Certificate::new(tls, &self.node)).transpose()?;
        let tls = match &certificate {
            Some(certificate) => Some(certificate.identity.server_config(Arc::clone(&env.clock))?),
            None => None,
        };
        let (listener, address) = listen_at(self.server.bind, "--bind").await?;
        let redirect = match self.server.redirect_bind {
            Some(bind) => Some(listen_at(bind, "server.redirect_bind").await?.0),
            None => None,
        };
        let url = match (&tls, &self.server.public_url) {
            (None, _) => announce::url(address),
            (Some(_), Some(public_url)) => public_url.clone(),
            (Some(_), None) => format!("https://{}:{}", self.server.host, address.port()),
        };
        Ok(Bound { sockets: Sockets { listener, tls, redirect }, certificate, url })
    }

    /// Fails closed: a stranger on the network must not be able to try for the first owner.
    fn refuse_public(&self) -> Failure {
        let data_dir = self.announcement.data_dir().display();
        Failure::new(format!("a node without an owner does not listen on {}", self.server.bind))
            .detail("server.bind reaches beyond this machine, and nobody owns the node yet")
            .next_step(format!(
                "make its owner with hansa admin create --data-dir {data_dir}, then start again; \
                 or start once with --bind 127.0.0.1:7400 and run hansa setup"
            ))
    }
}

impl Listening {
    /// Answers until told to stop, then drains and closes the journal.
    pub(crate) async fn serve(self, stop: Stop) -> Result<(), Failure> {
        let Listening { node, sockets, settings, certificate, .. } = self;
        let until = async {
            tokio::select! {
                () = stop.asked() => {}
                _ = node.faulted() => {}
            }
        };
        let served = hansa_api::serve(Arc::clone(&node), sockets, settings, until).await;
        drop(certificate);
        tracing::info!("stopping: no more commands, closing the journal");
        node.stop().await?;
        tracing::info!("stopped");
        if let Some(fault) = node.fault() {
            return Err(Failure::new(fault.to_string()).next_step(
                "restore the last good backup; hansa doctor --full looks at all of the directory",
            ));
        }
        served.map_err(|error| Failure::because("serving ended early", &error))
    }
}

/// A socket, and the address with the port that was chosen. `setting` is where another is named.
async fn listen_at(bind: SocketAddr, setting: &str) -> Result<(TcpListener, SocketAddr), Failure> {
    let bound = TcpListener::bind(bind).await;
    let bound = bound.and_then(|listener| Ok((listener.local_addr()?, listener)));
    bound.map(|(address, listener)| (listener, address)).map_err(|error| {
        let failure = Failure::because(format!("cannot listen on {bind}"), &error);
        match error.kind() {
            std::io::ErrorKind::AddrInUse => failure.next_step(format!(
                "stop what listens there, or choose another port with {setting}"
            )),
            _ => failure.next_step(format!("choose another address with {setting}")),
        }
    })
}
