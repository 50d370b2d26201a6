//! `hansa callback`: what became of the calls that somebody asked for.

use clap::{Subcommand, ValueEnum};
use hansa_wire::api::callbacks::{CallbackDelivery, CallbackList};

use super::paging::Paging;
use super::{App, DONE, Outcome};

/// What can be done with callbacks.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List callbacks that the caller asked for, the newest first
    List {
        /// Only those of which this became
        #[arg(long)]
        delivery: Option<Delivery>,
        #[command(flatten)]
        paging: Paging,
    },
}

/// What became of it.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Delivery {
    /// It is not over
    Open,
    /// The receiver took it
    Delivered,
    /// It was given up
    Dead,
}

const LISTED: &[&str] =
    &["subject", "delivery", "told", "tries", "status", "next_try_at", "asked_at", "ended_at"];

impl Command {
    /// Carries it out.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        let Command::List { delivery, paging: Paging { cursor, limit } } = self;
        let delivery = delivery.map(|delivery| match delivery {
            Delivery::Open => CallbackDelivery::Open,
            Delivery::Delivered => CallbackDelivery::Delivered,
            Delivery::Dead => CallbackDelivery::Dead,
        });
        let request = CallbackList { delivery, cursor, limit };
        app.ui.answer(&app.remote()?.call(&request).await?, LISTED)?;
        DONE
    }
}
