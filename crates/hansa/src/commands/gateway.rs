//! `hansa gateway`: letting requests through to a service only with an action of the gate.

use std::net::SocketAddr;
use std::path::PathBuf;

use hansa_types::Duration;
use hansa_wire::api::auth::WhoAmI;
use serde_json::json;
use tokio::net::TcpListener;

use super::{App, DONE, Outcome};
use crate::config::settings::Log;
use crate::duration::Span;
use crate::failure::Failure;
use crate::files;
use crate::gateway::{Gateway, OpenRoute, ToolRoute, Upstream};
use crate::server::{self, Stop};

/// What stands behind, and what of it needs an action.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The service behind, without a path: http://127.0.0.1:9000
    #[arg(long, value_name = "URL")]
    upstream: String,

    /// What a request calls, as 'POST /payments/{vendor}=approve_payment'; may be repeated
    #[arg(long = "route", required = true, value_name = "METHOD PATH=TOOL")]
    routes: Vec<ToolRoute>,

    /// What needs no action, as 'GET /health'; may be repeated
    #[arg(long = "open", value_name = "METHOD PATH")]
    open: Vec<OpenRoute>,

    /// Where to listen
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:7480")]
    bind: SocketAddr,

    /// Show the service the value of Authorization that is in this file
    #[arg(long, value_name = "FILE")]
    upstream_authorization_file: Option<PathBuf>,

    /// Longest wait for the service, as 30s
    #[arg(long, value_name = "SPAN", default_value = "30s")]
    timeout: Span,
}

impl Args {
    /// Carries it out: ends when it is told to stop.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        let log = Log { level: "info".to_owned(), json: !app.ui.is_for_people() };
        let _log = server::logging::begin(&log)?;
        let stop = Stop::new(false)?;
        let credential =
            self.upstream_authorization_file.as_deref().map(files::read_secret).transpose()?;
        let time_max = Duration(self.timeout.seconds.saturating_mul(1_000));
        let upstream = Upstream::new(&self.upstream, credential.as_ref(), time_max)?;
        let remote = app.remote()?;
        let executor = remote.call(&WhoAmI {}).await?;
        let listener = TcpListener::bind(self.bind).await;
        let listener = listener
            .map_err(|error| Failure::because(format!("cannot listen on {}", self.bind), &error))?;
        let address = listener.local_addr();
        let address = address.map_err(|error| Failure::because("cannot listen", &error))?;
        let url = format!("http://{address}");
        let told = json!({"url": url, "upstream": self.upstream, "executor": executor.did});
        match app.ui.is_for_people() {
            true => app.ui.say(&format!(
                "Gateway {url} before {}\n  actions name it as executor: {}",
                self.upstream, executor.did
            )),
            false => app.ui.line(&told.to_string())?,
        }
        let gateway = Gateway::new(remote, (self.routes, self.open), upstream);
        gateway.serve(listener, stop.asked()).await?;
        DONE
    }
}
