//! `hansa discover`: finding agents.

use hansa_types::CurrencyCode;
use hansa_wire::WireAmount;
use hansa_wire::api::discover::Discover;
use hansa_wire::scalar::{Flag, Hundredths, SearchText};

use super::paging::Paging;
use super::{App, DONE, Outcome};

/// What the agent must be like. Conditions are joined by "and".
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Words to look for in names, descriptions, skills and tags
    #[arg(value_parser = search)]
    query: Option<SearchText>,

    /// The id of a skill it must have
    #[arg(long, value_parser = search)]
    skill: Option<SearchText>,

    /// Highest price, in major units
    #[arg(long, value_name = "AMOUNT")]
    max_price: Option<WireAmount>,

    /// The currency of the price; the node's own unless named
    #[arg(long)]
    currency: Option<CurrencyCode>,

    /// Lowest mean rating, 1 to 5
    #[arg(long, value_name = "RATING")]
    min_reputation: Option<Hundredths>,

    /// A tag that one of its skills must have
    #[arg(long, value_parser = search)]
    tag: Option<SearchText>,

    /// Show the parts of each agent's place in the list
    #[arg(long)]
    explain: bool,

    #[command(flatten)]
    paging: Paging,
}

impl Args {
    /// Carries it out.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        let request = Discover {
            query: self.query,
            skill: self.skill,
            max_price: self.max_price,
            currency: self.currency,
            min_reputation: self.min_reputation,
            tag: self.tag,
            explain: Flag(self.explain),
            cursor: self.paging.cursor,
            limit: self.paging.limit,
        };
        let found = app.remote()?.call(&request).await?;
        let columns =
            &["id", "name", "reputation", "price.amount", "price.currency", "score", "did"];
        app.ui.answer(&found, columns)?;
        DONE
    }
}

fn search(text: &str) -> Result<SearchText, String> {
    SearchText::new(text).ok_or_else(|| "1 to 512 bytes without control characters".to_owned())
}
