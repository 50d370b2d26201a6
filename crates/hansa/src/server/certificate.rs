//! The node's certificate while it serves: shown from two files and again when they change, or got
//! from an authority.
//!
//! Whoever renews certificates replaces the files; SIGHUP makes the node look at once, and it looks
//! by itself every few seconds. Files that do not read leave the certificate before them in place:
//! a node must not go dark for a slip in a renewal.

use std::sync::Arc;

use hansa_node::tls::{Acme, CertificateFiles, ServerIdentity};
use hansa_node::{Env, Node};
use hansa_types::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;

use crate::config::settings::{Tls, TlsFiles};
use crate::failure::Failure;

/// Time between two looks at the files.
const LOOK_EVERY: Duration = Duration::seconds(10);

/// A certificate that is kept up with its files for as long as this lives.
pub(super) struct Certificate {
    /// What is shown.
    pub(super) identity: Arc<ServerIdentity>,
    watching: JoinHandle<()>,
}

impl Drop for Certificate {
    fn drop(&mut self) {
        self.watching.abort();
    }
}

impl Certificate {
    /// The certificate that the settings name.
    pub(super) fn new(tls: &Tls, node: &Node) -> Result<Self, Failure> {
        match tls {
            Tls::Files(files) => Self::from_files(files, &node.env),
            Tls::Acme(settings) => {
                let identity = Arc::new(ServerIdentity::default());
                let acme = Acme::new(node, settings.clone(), Arc::clone(&identity));
                // The authority looks at the node's own socket, so this goes on beside it.
                Ok(Self { identity, watching: tokio::spawn(acme.keep()) })
            }
        }
    }

    /// Shows what the files hold; refuses to begin with files that do not read.
    fn from_files(files: &TlsFiles, env: &Env) -> Result<Self, Failure> {
        let identity = Arc::new(ServerIdentity::default());
        let paths = CertificateFiles::new(files.certificate.clone(), files.key.clone());
        paths.look(&identity).map_err(|error| {
            Failure::because("the node's certificate does not read", &error).next_step(
                "server.tls_cert names the certificate with its chain, server.tls_key its key, \
                 both in PEM",
            )
        })?;
        let watching = tokio::spawn(watch(paths, Arc::clone(&identity), env.clone()));
        Ok(Self { identity, watching })
    }
}

async fn watch(paths: CertificateFiles, identity: Arc<ServerIdentity>, env: Env) {
    let Ok(mut asked) = signal(SignalKind::hangup()) else {
        return tracing::warn!("SIGHUP is not listened for; the certificate stays as it is");
    };
    let paths = Arc::new(paths);
    let mut told = String::new();
    loop {
        tokio::select! {
            _ = asked.recv() => tracing::info!("SIGHUP"),
            () = env.clock.sleep(LOOK_EVERY) => {}
        }
        let (files, shown) = (Arc::clone(&paths), Arc::clone(&identity));
        let looked = tokio::task::spawn_blocking(move || files.look(&shown)).await;
        match looked {
            Ok(Ok(false)) => told.clear(),
            Ok(Ok(true)) => tracing::info!("a new certificate is shown"),
            // Said once, not at every look.
            Ok(Err(error)) if told != error.to_string() => {
                told = error.to_string();
                tracing::error!(%error, "the new certificate does not read; the old one stays");
            }
            Ok(Err(_)) => {}
            Err(error) => return tracing::error!(%error, "the certificate is no longer watched"),
        }
    }
}
