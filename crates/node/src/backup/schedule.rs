//! The schedule: backups that a running node has made of itself, and old ones forgotten.
//!
//! The work is done by the program itself as a child of low priority, so that neither memory nor the
//! writer's time is taken for it. What the folder holds says when the next one is due, also after a
//! restart. A backup that fails is told and tried again soon; the node goes on.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::sync::Arc;

use hansa_crypto::Secret;
use hansa_crypto::keys::PublicKey;
use hansa_types::{Duration, Time};

use super::list;
use crate::config::BackupPlan;
use crate::env::{Env, blocking, run_program};
use crate::error::Error;
use crate::limits::{BACKUP_LOOK_EVERY, BACKUP_RETRY};
use crate::metrics::Metrics;

/// What is backed up, where to, and how often.
pub struct Schedule {
    /// The program that makes backups: this one.
    pub program: PathBuf,
    /// The data directory.
    pub data_dir: PathBuf,
    /// The secret that the node's key is sealed under, if it is.
    pub key_secret: Option<Secret>,
    /// Where to and how often.
    pub plan: BackupPlan,
    /// Days after which backups go.
    pub days_max: u32,
    /// The node's key, which signs its backups.
    pub key: PublicKey,
    /// The world.
    pub env: Env,
    /// Where its work is told.
    pub metrics: Arc<Metrics>,
}

impl Schedule {
    /// Makes backups for ever.
    pub async fn run(self) {
        let mut last = self.newest().await;
        loop {
            let now = self.env.clock.wall();
            if let Some(at) = last {
                self.metrics.upkeep.backup_is_old(Duration(now.0.saturating_sub(at.0)));
            }
            let due = last.map_or(now, |at| at.after(self.plan.every));
            if due > now {
                let wait = (due.0 - now.0).min(BACKUP_LOOK_EVERY.0);
                self.env.clock.sleep(Duration(wait)).await;
                continue;
            }
            let made = self.make().await;
            self.metrics.upkeep.backed_up(made.is_ok());
            match made {
                Ok(()) => {
                    last = self.newest().await;
                    tracing::info!(dir = %self.plan.dir.display(), "a backup was made");
                }
                Err(error) => {
                    tracing::error!(%error, "no backup was made; it is tried again soon");
                    self.env.clock.sleep(BACKUP_RETRY).await;
                }
            }
        }
    }

    /// When the newest backup of this node was made.
    async fn newest(&self) -> Option<Time> {
        let (dir, key) = (self.plan.dir.clone(), self.key);
        let listed = blocking(move || list(&dir)).await;
        match listed.and_then(|listed| listed) {
            Ok(all) => all.iter().filter(|one| one.node_key == key).map(|one| one.made_at).max(),
            Err(error) => {
                tracing::warn!(%error, "the backups cannot be listed");
                None
            }
        }
    }

    /// One backup, and then what is too old goes.
    async fn make(&self) -> Result<(), Error> {
        let (program, data_dir) = (self.program.clone(), self.data_dir.clone());
        let key_secret = self.key_secret.clone();
        let BackupPlan { dir, recovery_key, .. } = self.plan.clone();
        let days = self.days_max.to_string();
        let work = move || -> Result<(), String> {
            let word = OsStr::new;
            let key = recovery_key.as_os_str();
            let (to, of) = (dir.as_os_str(), data_dir.as_os_str());
            let create = [word("backup"), word("create"), to, word("--recovery-key"), key];
            let beside = [word("--data-dir"), of, word("--in-background")];
            // Wherever this process had it from, that one reads it from its standard input.
            let handed = ["--set", "keys.secret_file=-", "--set", "keys.credential="].map(word);
            let handed = if key_secret.is_some() { &handed[..] } else { &[] };
            let create = [&create[..], &beside, handed].concat();
            run_program(&program, &create, key_secret.as_ref())?;
            let prune = [word("backup"), word("prune"), to, word("--days"), word(&days)];
            run_program(&program, &prune, None)
        };
        blocking(work).await?.map_err(Error::BackupProgram)
    }
}
