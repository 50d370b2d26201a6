//! What testing by disasters costs: the simulation's own program, which tells its figures.

use std::path::Path;
use std::process::Command;

use anyhow::Context as _;

use crate::report::Report;
use crate::scene::{Bench, Scene};

/// Images, and simulations, of one round.
const IMAGES: &str = "4000";
const SEEDS: &str = "300";

/// The scene.
pub(crate) struct SimScene;

impl Scene for SimScene {
    fn round(&mut self, bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
        let program = bench.hansa.with_file_name("hansa-sim");
        for (name, words) in
            [("sim.images_per_s", ["--images", IMAGES]), ("sim.hours_per_min", ["--seeds", SEEDS])]
        {
            if bench.wants(name) {
                report.add(name, told(&program, &words, name)?)?;
            }
        }
        Ok(())
    }
}

/// The number that the program tells behind a name.
fn told(program: &Path, words: &[&str], name: &str) -> anyhow::Result<f64> {
    let output = Command::new(program).args(words).output().context("starting the simulation")?;
    let said = String::from_utf8_lossy(&output.stdout);
    anyhow::ensure!(output.status.success(), "{}", said.trim());
    let number = said.split_once(name).and_then(|(_, rest)| rest.split_whitespace().next());
    number.context("the simulation told no figure")?.parse().context("no number")
}
