//! What an operator may choose, as plain data. Reading it from flags, environment and file is the
//! binary's work; here it is only checked.

use std::path::PathBuf;
use std::sync::Arc;

use hansa_crypto::Secret;
use hansa_kernel::node::Mode;
use hansa_kernel::transfer::FeeRule;
use hansa_types::{Amount, Currency, Duration};

use crate::account::{Mailer, SmtpSettings};
use crate::auditor::Auditor;
use crate::effect::Tools;
use crate::egress::EgressPolicy;
use crate::error::Error;
use crate::judge::JudgeConfig;
use crate::keys::Place;
use crate::limits;

/// Backups that the node has made of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupPlan {
    /// The folder they go to.
    pub dir: PathBuf,
    /// The file of the key that they are sealed under.
    pub recovery_key: PathBuf,
    /// The time between two of them.
    pub every: Duration,
}

/// A node's settings.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where truth and caches live.
    pub data_dir: PathBuf,
    /// The secret that the node's key is sealed under; without one the key file's mode protects it.
    pub key_secret: Option<Secret>,
    /// The host name in checkpoint origins, e.g. `node.example`.
    pub host: String,
    /// Where the node is reached from outside: DIDs live there.
    pub public_url: Option<String>,
    /// Whether the node issues money. Counts at the founding only, as do the next three.
    pub mode: Mode,
    /// Its main currency.
    pub currency: Currency,
    /// The fee on transfers in it.
    pub fee: FeeRule,
    /// What a new agent receives, in minor units.
    pub genesis_grant: Amount,
    /// Most principals that a person without the node's grant may control.
    pub agents_per_developer_max: u32,
    /// Most commands decided in one batch.
    pub batch_commands_max: usize,
    /// Entries after which a snapshot is made.
    pub snapshot_entries: u64,
    /// Free space below which the node only reads.
    pub free_bytes_min: u64,
    /// Whether money entries are visible to everyone.
    pub ledger_public: bool,
    /// How mail is sent; without it and a mail server nobody registers an account.
    pub mailer: Option<Arc<dyn Mailer>>,
    /// The server that takes the node's mail, where no other way is set.
    pub smtp: Option<SmtpSettings>,
    /// Whether people act for the node by sessions with a second factor alone.
    pub admin_second_factor: bool,
    /// Days within which the whole journal is read again and compared with itself.
    pub scrub_days_max: u32,
    /// Days after which what is over leaves the read models; 0: it stays.
    pub views_days_max: u32,
    /// Whether the whole journal is verified at start, not only what follows the last snapshot.
    pub verify_full: bool,
    /// Where the node itself may go.
    pub egress: EgressPolicy,
    /// Entries at the journal's end that are not sealed into compressed ranges; 0: nothing is sealed.
    pub seal_behind_entries: u64,
    /// What evaluates policies.
    pub judge: JudgeConfig,
    /// What actions may call outside.
    pub tools: Tools,
    /// Who audits the money from outside; nobody without.
    pub auditor: Option<Auditor>,
    /// Days after which backups forget what was erased: told in receipts, kept by pruning.
    pub backup_days_max: u32,
    /// Backups that the node has made of itself; none without.
    pub backup: Option<BackupPlan>,
    /// The program that makes snapshots: this one, called as `snapshot --data-dir DIR`. Without it
    /// none are made.
    pub snapshot_program: Option<PathBuf>,
}

impl Config {
    /// The defaults for a data directory.
    pub fn new(data_dir: PathBuf) -> Result<Self, Error> {
        let code = "AVT".parse().map_err(|_| Error::Config("the default currency".to_owned()))?;
        Ok(Self {
            data_dir,
            key_secret: None,
            host: "localhost".to_owned(),
            public_url: None,
            mode: Mode::Sovereign,
            currency: Currency { code, scale: 6 },
            fee: FeeRule { rate_ppm: 5_000, minimum: Amount(1_000) },
            genesis_grant: Amount(1_000_000_000),
            agents_per_developer_max: hansa_kernel::limits::AGENTS_PER_DEVELOPER_MAX,
            batch_commands_max: limits::BATCH_COMMANDS_MAX,
            snapshot_entries: limits::SNAPSHOT_ENTRIES,
            free_bytes_min: limits::FREE_BYTES_MIN,
            ledger_public: true,
            mailer: None,
            smtp: None,
            admin_second_factor: false,
            scrub_days_max: limits::SCRUB_DAYS_MAX,
            views_days_max: 0,
            verify_full: false,
            egress: EgressPolicy::default(),
            seal_behind_entries: hansa_store::limits::SEAL_BEHIND_ENTRIES,
            judge: JudgeConfig::default(),
            tools: Tools::default(),
            auditor: None,
            backup_days_max: limits::BACKUP_DAYS_MAX,
            backup: None,
            snapshot_program: None,
        })
    }

    /// Where the node's key lies, and what opens it.
    pub fn key_place(&self) -> Place<'_> {
        Place { data_dir: &self.data_dir, secret: self.key_secret.as_ref() }
    }

    /// Refuses settings that cannot work.
    pub fn check(&self) -> Result<(), Error> {
        let refuse = |text: &str| Err(Error::Config(text.to_owned()));
        if !hansa_crypto::checkpoint::is_name(&crate::checkpoint::origin(
            &self.host,
            hansa_types::IncarnationId(0),
        )) {
            return refuse("server.host: a host name without spaces or plus signs");
        }
        if self.batch_commands_max == 0 || self.batch_commands_max > 65_536 {
            return refuse("store.batch_commands_max: 1 to 65,536");
        }
        self.judge.check().map_err(Error::Config)?;
        let backup_ms = self.backup.as_ref().map_or(1, |plan| plan.every.0);
        if backup_ms == 0 || backup_ms > Duration::days(u64::from(self.backup_days_max)).0 {
            return refuse("backup.hours_every: at least 1, and no longer than backup.days_max");
        }
        if self.backup_days_max == 0 {
            return refuse("backup.days_max: at least 1");
        }
        if self.snapshot_entries == 0 {
            return refuse("store.snapshot_entries: at least 1");
        }
        if !(1..=limits::SCRUB_DAYS_CONFIGURED_MAX).contains(&self.scrub_days_max) {
            return refuse("store.scrub_days_max: 1 to 365");
        }
        if self.views_days_max != 0 && self.views_days_max < limits::VIEWS_DAYS_LEAST {
            return refuse("store.views_days_max: 0, which keeps all, or at least 60");
        }
        Ok(())
    }
}
