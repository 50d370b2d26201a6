//! `hansa init`: a commented file of settings, and the data directory.

use std::os::unix::fs::DirBuilderExt as _;
use std::path::PathBuf;

use serde_json::json;

use super::{App, DONE, Outcome};
use crate::config::template::template;
use crate::failure::Failure;
use crate::files;

/// Where.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The folder for hansa.toml; made if it does not exist
    #[arg(default_value = ".")]
    dir: PathBuf,

    /// The data directory; hansa-data beside the file unless named
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

impl Args {
    /// Carries it out. The node's key and journal are made by its first start.
    pub(crate) fn run(self, app: &App<'_>) -> Outcome {
        let file = self.dir.join("hansa.toml");
        let data_dir = self.data_dir.unwrap_or_else(|| self.dir.join("hansa-data"));
        std::fs::create_dir_all(&self.dir).map_err(|error| {
            Failure::because(format!("cannot make the folder {}", self.dir.display()), &error)
        })?;
        // An absolute path, so that the file means the same from everywhere.
        let absolute = std::path::absolute(&data_dir)
            .map_err(|error| Failure::because("cannot name the data directory", &error))?;
        let text = absolute
            .to_str()
            .ok_or_else(|| Failure::usage("the path of the data directory is not UTF-8"))?;
        files::write_new(&file, template(&[("store.data_dir", text.to_owned())]), 0o644)?;
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&absolute).map_err(
            |error| Failure::because(format!("cannot make {}", absolute.display()), &error),
        )?;
        app.ui.answer(&json!({ "config": file, "data_dir": absolute }), &["config", "data_dir"])?;
        let config = match self.dir.as_os_str() == "." {
            true => String::new(),
            false => format!(" --config {}", file.display()),
        };
        app.ui.say(&format!("next step: hansa serve{config}"));
        DONE
    }
}
