//! Flags of every list.

use clap::Args;
use hansa_wire::scalar::{Cursor, Limit};

/// Where a list goes on, and how long a page is.
#[derive(Debug, Clone, Args)]
pub(crate) struct Paging {
    /// Go on where the last page ended
    #[arg(long, value_parser = cursor)]
    pub(crate) cursor: Option<Cursor>,

    /// Most items of the page, 1 to 200
    #[arg(long, default_value = "50", value_parser = limit)]
    pub(crate) limit: Limit,
}

fn cursor(text: &str) -> Result<Cursor, String> {
    Cursor::new(text).ok_or_else(|| "not a cursor that a list gave out".to_owned())
}

fn limit(text: &str) -> Result<Limit, String> {
    let items = text.parse().ok().and_then(Limit::new);
    items.ok_or_else(|| "a number from 1 to 200".to_owned())
}
