//! What every scene is given, and how it is run.
//!
//! A scene is prepared once, then measured in rounds that take turns with those of the other
//! scenes, so that a busy minute of the machine falls on all of them.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use hansa_node::env::Env;

use crate::report::Report;
use crate::times::Times;
use crate::world::World;

/// A part of the bench.
pub(crate) trait Scene {
    /// Measures one round.
    fn round(&mut self, bench: &Bench, report: &mut Report) -> anyhow::Result<()>;

    /// Measures what is measured once, after all rounds.
    fn finish(&mut self, _bench: &Bench, _report: &mut Report) -> anyhow::Result<()> {
        Ok(())
    }
}

/// What scenes share.
pub(crate) struct Bench {
    /// The real world, as a node sees it.
    pub(crate) env: Env,
    /// How long one figure is measured in one round.
    pub(crate) span: Duration,
    /// How long the open loop is measured.
    pub(crate) half_span: Duration,
    /// Rounds.
    pub(crate) rounds: usize,
    /// How long its parts take.
    pub(crate) times: Times,
    /// The binary under test.
    pub(crate) hansa: PathBuf,
    only: Option<String>,
    root: PathBuf,
    world: OnceCell<World>,
}

impl Bench {
    /// A bench that works in a directory.
    pub(crate) fn new(only: Option<String>, quick: bool, root: PathBuf, hansa: PathBuf) -> Self {
        let (rounds, span_ms, half_s) = if quick { (1, 1_000, 10) } else { (3, 1_200, 60) };
        Self {
            env: Env::real(),
            span: Duration::from_millis(span_ms),
            half_span: Duration::from_secs(half_s),
            rounds,
            times: Times::default(),
            hansa,
            only,
            root,
            world: OnceCell::new(),
        }
    }

    /// Whether figures whose names begin so were asked for.
    pub(crate) fn wants(&self, prefix: &str) -> bool {
        let Some(only) = &self.only else { return true };
        prefix.starts_with(only.as_str()) || only.starts_with(prefix)
    }

    /// Whether any of several were.
    pub(crate) fn wants_any(&self, prefixes: &[&str]) -> bool {
        prefixes.iter().any(|prefix| self.wants(prefix))
    }

    /// Where everything is written: on the disk of the build directory.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A directory of a scene.
    pub(crate) fn dir(&self, name: &str) -> anyhow::Result<PathBuf> {
        let dir = self.root.join(name);
        std::fs::create_dir_all(&dir).with_context(|| format!("making {}", dir.display()))?;
        Ok(dir)
    }

    /// The books, made when they are first asked for.
    pub(crate) fn world(&self) -> anyhow::Result<&World> {
        if let Some(world) = self.world.get() {
            return Ok(world);
        }
        let make = || World::create(self.root.join("world"), &self.env);
        let world = self.times.of("the books", make).context("making the books")?;
        Ok(self.world.get_or_init(|| world))
    }
}
