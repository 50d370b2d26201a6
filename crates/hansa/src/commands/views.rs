//! `hansa views`: the read models, which may be thrown away at any time.

use std::path::Path;
use std::sync::Arc;

use clap::Subcommand;
use hansa_node::Env;
use hansa_node::keys::Place;
use hansa_node::metrics::Metrics;
use hansa_node::projector::Projector;
use hansa_store::{Options, Store};
use hansa_views::Views;
use serde_json::json;

use super::{App, DONE, Outcome};
use crate::config::ConfigArgs;
use crate::failure::Failure;
use crate::offline::Directory;
use crate::progress::Progress;

/// What can be done with read models.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Throw them away and make them anew from the journal, while the node is stopped
    Rebuild {
        #[command(flatten)]
        config: ConfigArgs,
    },
}

impl Command {
    /// Carries it out.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        let Command::Rebuild { config } = self;
        let settings = config.settings(&[])?;
        let dir = settings.data_dir();
        // What is there is looked at before the lock is taken, which would make it.
        let secret = settings.key_secret.get()?;
        let directory = Directory::open(Place { data_dir: dir, secret: secret.as_ref() })?;
        let store = Store::open(dir, Options::default())?;
        let path = store.views_path();
        for suffix in ["", "-wal", "-shm"] {
            remove(&path, suffix)?;
        }
        let head = directory.reader.head()?.last_seq;
        let projector = Projector {
            reader: Arc::clone(&directory.reader),
            vault: Arc::new(directory.vault()),
            views: open_private(&path).await?,
            metrics: Arc::new(Metrics::default()),
            env: Env::real(),
            wanted: Arc::default(),
        };
        let progress = Progress::entries(app.ui);
        let mut cursor = 0;
        while cursor < head {
            let next = projector.project(cursor).await?;
            if next == cursor {
                return Err(Failure::new(format!("the journal has nothing behind entry {cursor}")));
            }
            cursor = next;
            progress.at(cursor, head);
        }
        drop(progress);
        projector.views.close().await?;
        app.ui.answer(&json!({ "entries": head, "views": path }), &["entries", "views"])?;
        DONE
    }
}

/// New read models for their owner alone.
async fn open_private(path: &Path) -> Result<Views, Failure> {
    hansa_store::disk::keep_private(path)?;
    Ok(Views::open(path).await?)
}

fn remove(path: &Path, suffix: &str) -> Result<(), Failure> {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    match std::fs::remove_file(&name) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => {
            Err(Failure::because(format!("cannot remove {}", Path::new(&name).display()), &error))
        }
    }
}
