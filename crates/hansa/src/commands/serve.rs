//! `hansa serve`: running the node.

use clap::ValueEnum;

use super::{App, DONE, Outcome};
use crate::config::{ConfigArgs, Settings, founded};
use crate::failure::Failure;
use crate::server::{self, Choices, Stop};

/// How to run it.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    config: ConfigArgs,

    /// Where to listen (server.bind)
    #[arg(long, value_name = "ADDRESS:PORT")]
    bind: Option<String>,

    /// An address or network whose X-Forwarded headers count; may come again (server.trusted_proxies)
    #[arg(long, value_name = "ADDRESS")]
    trusted_proxy: Vec<String>,

    /// How much of the journal to verify before anything else
    #[arg(long, value_enum, default_value_t)]
    verify: Verify,

    /// What to log (log.level)
    #[arg(long, value_name = "LEVEL")]
    log_level: Option<String>,

    /// How to log (log.format)
    #[arg(long, value_name = "text|json")]
    log_format: Option<String>,

    /// Stop when standard input closes, as it does when the process that started this one is gone
    #[arg(long, hide = true)]
    with_parent: bool,
}

/// How much of the journal is verified at the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Verify {
    /// What follows the last snapshot
    #[default]
    Tail,
    /// Everything
    Full,
}

impl Args {
    /// Carries it out: ends when it is told to stop.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        let proxies = self.trusted_proxy.join(",");
        let flags = [
            ("server.bind", self.bind),
            ("server.trusted_proxies", (!proxies.is_empty()).then_some(proxies)),
            ("log.level", self.log_level),
            ("log.format", self.log_format),
        ];
        let flags: Vec<_> =
            flags.into_iter().filter_map(|(key, text)| Some((key, text?))).collect();
        let loaded = self.config.load(&flags)?;
        let settings = Settings::from_loaded(&loaded).map_err(Failure::from)?;
        let _log = server::logging::begin(&settings.log)?;
        for ignored in founded::ignored(&loaded, &settings)? {
            tracing::warn!(next_step = ignored.next_step(), "{}", ignored.line());
        }
        let mut stop = Stop::new(self.with_parent)?;
        let choices = Choices { verify_full: self.verify == Verify::Full, agp_sandbox: false };
        let opened = tokio::select! {
            opened = server::open(&settings, choices) => opened?,
            // A long verification only reads: it may end anywhere.
            () = stop.wait() => return DONE,
        };
        let listening = opened.listen().await?;
        listening.announcement.tell(app.ui, &listening.url)?;
        listening.serve(stop).await?;
        DONE
    }
}
