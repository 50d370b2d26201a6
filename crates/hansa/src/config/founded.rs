//! Settings that counted once, when the node was founded, and what it keeps in their place.
//!
//! Only what somebody set is told: a default says nothing about what was meant.

use hansa_kernel::node::Mode;
use hansa_kernel::{Event, codec};
use hansa_store::{JOURNAL_FILE, Store};
use hansa_types::{Amount, Currency};

use super::layers::Origin;
use super::{Loaded, Settings};
use crate::failure::Failure;

/// The decimals of a percentage whose smallest part is a millionth.
const PERCENT_SCALE: u8 = 4;

/// A setting that differs from what the node was founded with, and counts for nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ignored {
    /// The setting.
    pub(crate) setting: &'static str,
    /// What it says.
    pub(crate) wanted: String,
    /// Who says so.
    pub(crate) origin: String,
    /// What counts.
    pub(crate) stored: String,
}

/// What a node is founded with, as its settings say it.
struct Money {
    mode: Mode,
    currency: Currency,
    rate_ppm: u32,
    minimum: Amount,
    genesis_grant: Amount,
}

impl Ignored {
    /// What is the matter, in a line.
    pub(crate) fn line(&self) -> String {
        let Self { setting, wanted, origin, stored } = self;
        format!("{setting} = {wanted} ({origin}) is ignored: the node was founded with {stored}")
    }

    /// What to do about it.
    pub(crate) fn next_step(&self) -> String {
        let remove = format!("remove the setting, or set it to {}", self.stored);
        match self.setting {
            "money.mode" | "money.genesis_grant" => {
                format!("{remove}; only a new node in another directory begins otherwise")
            }
            _ => {
                format!("{remove}; hansa currency create makes a further currency with its own fee")
            }
        }
    }
}

/// The settings that count for nothing any more; none where no node was founded yet.
pub(crate) fn ignored(loaded: &Loaded, settings: &Settings) -> Result<Vec<Ignored>, Failure> {
    let Some(stored) = founded(settings)? else { return Ok(Vec::new()) };
    let config = settings.node_config()?;
    let wanted = Money {
        mode: config.mode,
        currency: config.currency,
        rate_ppm: config.fee.rate_ppm,
        minimum: config.fee.minimum,
        genesis_grant: config.genesis_grant,
    };
    let both = stored.told().into_iter().zip(wanted.told());
    let differ = both.filter(|((_, stored), (_, wanted))| stored != wanted);
    let ignored = differ.filter_map(|((setting, stored), (_, wanted))| {
        let origin = loaded.get(setting).origin;
        let said = origin != Origin::Default;
        said.then(|| Ignored { setting, wanted, origin: origin.to_string(), stored })
    });
    Ok(ignored.collect())
}

/// What the first two entries of the journal say.
fn founded(settings: &Settings) -> Result<Option<Money>, Failure> {
    let dir = settings.data_dir();
    if !dir.join(JOURNAL_FILE).is_file() {
        return Ok(None);
    }
    let reader = Store::open_read_only(dir)?;
    let event = |seq| -> Result<Option<Event>, Failure> {
        // What does not read is told by whoever verifies the journal.
        Ok(reader.entry(seq)?.and_then(|line| codec::decode(&line).ok()).map(|entry| entry.event))
    };
    Ok(match (event(1)?, event(2)?) {
        (Some(Event::NodeFounded(founded)), Some(Event::CurrencyCreated(created))) => Some(Money {
            mode: founded.mode,
            currency: Currency { code: created.code, scale: created.scale },
            rate_ppm: created.fee.rate_ppm,
            minimum: created.fee.minimum,
            genesis_grant: founded.genesis_grant,
        }),
        _ => None,
    })
}

impl Money {
    /// In the words of the settings.
    fn told(&self) -> [(&'static str, String); 6] {
        let mode = match self.mode {
            Mode::Sovereign => "sovereign",
            Mode::Satellite => "satellite",
        };
        let percent = Currency { scale: PERCENT_SCALE, ..self.currency };
        [
            ("money.mode", mode.to_owned()),
            ("money.currency", self.currency.code.to_string()),
            ("money.scale", self.currency.scale.to_string()),
            ("money.fee_rate", format!("{}%", percent.format(Amount(self.rate_ppm.into())))),
            ("money.fee_minimum", self.currency.format(self.minimum).to_string()),
            ("money.genesis_grant", self.currency.format(self.genesis_grant).to_string()),
        ]
    }
}
