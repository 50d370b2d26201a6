//! When a node is asked to stop: by SIGTERM, by SIGINT, or by the process that started it.

use std::future::Future;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use crate::failure::Failure;

/// Ways to be asked to stop.
pub(crate) struct Stop {
    terminate: Signal,
    interrupt: Signal,
    /// Set when standard input closes, if that counts.
    orphaned: Option<watch::Receiver<bool>>,
}

impl Stop {
    /// Listens for signals from now on; `with_parent` also for the end of standard input, which
    /// closes when the process at its other end is gone, however it ended.
    pub(crate) fn new(with_parent: bool) -> Result<Self, Failure> {
        let listen = |kind| {
            signal(kind).map_err(|error| Failure::because("cannot listen for signals", &error))
        };
        let (terminate, interrupt) =
            (listen(SignalKind::terminate())?, listen(SignalKind::interrupt())?);
        Ok(Self { terminate, interrupt, orphaned: with_parent.then(end_of_standard_input) })
    }

    /// Done when somebody asks. Who asks again while the node stops does not want to wait.
    pub(crate) async fn asked(mut self) {
        self.wait().await;
        insist(self.terminate, self.interrupt);
    }

    /// Done when somebody asks.
    pub(crate) async fn wait(&mut self) {
        let orphaned = async {
            match &mut self.orphaned {
                // The thread ends only by saying so.
                Some(orphaned) => drop(orphaned.wait_for(|gone| *gone).await),
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = self.terminate.recv() => tracing::info!("SIGTERM"),
            _ = self.interrupt.recv() => tracing::info!("SIGINT"),
            () = orphaned => tracing::info!("the process that started this one is gone"),
        }
    }
}

fn insist(mut terminate: Signal, mut interrupt: Signal) {
    drop(tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        std::process::exit(130);
    }));
}

fn end_of_standard_input() -> watch::Receiver<bool> {
    let (gone, orphaned) = watch::channel(false);
    std::thread::spawn(move || {
        // Whatever is written there means nothing; an error is an end too.
        let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
        gone.send_replace(true);
    });
    orphaned
}

/// Done at Ctrl-C or SIGTERM, for commands that clean up behind them.
pub(crate) fn interrupted() -> Result<impl Future<Output = ()>, Failure> {
    let mut stop = Stop::new(false)?;
    Ok(async move { stop.wait().await })
}
