//! What a node tells whoever started it: where it is, and how it gets its owner.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use hansa_crypto::Secret;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::ui::Ui;

/// What there is to tell.
pub(crate) struct Announcement {
    setup_token: Option<Secret>,
    replayed: u64,
    data_dir: PathBuf,
}

impl Announcement {
    pub(super) fn new(setup_token: Option<Secret>, replayed: u64, data_dir: PathBuf) -> Self {
        Self { setup_token, replayed, data_dir }
    }

    pub(super) fn forget_token(&mut self) {
        self.setup_token = None;
    }

    /// Whether the node has no owner yet.
    pub(crate) fn waits_for_owner(&self) -> bool {
        self.setup_token.is_some()
    }

    /// The data directory.
    pub(crate) fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// Tells people on standard error, or with `-o json` programs on standard output, in one line.
    pub(crate) fn tell(&self, ui: &Ui, url: &str) -> Result<(), Failure> {
        match ui.is_for_people() {
            true => {
                // The token is told even to those who want quiet: it is told only now.
                match self.setup_token {
                    Some(_) => ui.complain(&self.text(url)),
                    None => ui.say(&self.text(url)),
                }
                Ok(())
            }
            false => ui.line(&self.json(url).to_string()),
        }
    }

    fn text(&self, url: &str) -> String {
        let version = env!("CARGO_PKG_VERSION");
        let mut text = format!(
            "Hansa {version}\n  API      {url}/api/v1\n  docs     {url}/docs\n  metrics  {url}/metrics\n  \
             data     {}",
            self.data_dir.display(),
        );
        if let Some(token) = self.setup_token.as_ref().map(Secret::expose) {
            text.push_str(&format!(
                "\nThis node has no owner yet. Within 30 minutes, on this machine:\n  \
                 hansa setup --node {url} --token {token}\n\
                 or by a browser:\n  {}",
                setup_url(url, token),
            ));
        }
        text
    }

    fn json(&self, url: &str) -> Value {
        let mut told = json!({
            "api": format!("{url}/api/v1"),
            "docs": format!("{url}/docs"),
            "metrics": format!("{url}/metrics"),
            "data_dir": self.data_dir,
            "replayed": self.replayed,
            "url": url,
            "version": env!("CARGO_PKG_VERSION"),
        });
        if let Some(token) = self.setup_token.as_ref().map(Secret::expose) {
            told["setup_token"] = token.into();
            told["setup_url"] = setup_url(url, token).into();
        }
        told
    }
}

/// The link that shows the page on which the owner is made.
fn setup_url(url: &str, token: &str) -> String {
    format!("{url}/setup?token={token}")
}

/// Where somebody on this machine reaches a node that listens on an address.
pub(crate) fn url(address: SocketAddr) -> String {
    let port = address.port();
    match (address, address.ip().is_unspecified()) {
        (SocketAddr::V4(_), true) => format!("http://127.0.0.1:{port}"),
        (SocketAddr::V6(_), true) => format!("http://[::1]:{port}"),
        (address, false) => format!("http://{address}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn announcement(token: Option<&str>) -> Announcement {
        let token = token.map(|token| Secret::new(token.to_owned()));
        Announcement::new(token, 7, PathBuf::from("data"))
    }

    #[test]
    fn the_token_is_told_while_there_is_no_owner() {
        let address = "http://127.0.0.1:7400";
        let text = announcement(Some("setup_x")).text(address);
        assert!(text.contains("--token setup_x") && text.contains("http://127.0.0.1:7400/docs"));
        assert!(text.ends_with("\n  http://127.0.0.1:7400/setup?token=setup_x"));
        assert!(!announcement(None).text(address).contains("setup"));
        let told = announcement(Some("setup_x")).json(address);
        assert_eq!(told["setup_token"], "setup_x");
        assert_eq!(told["setup_url"], "http://127.0.0.1:7400/setup?token=setup_x");
        assert!(announcement(None).json(address).get("setup_token").is_none());
    }

    #[test]
    fn an_unspecified_address_is_reached_by_loopback() {
        for (address, expected) in [
            ("0.0.0.0:1", "http://127.0.0.1:1"),
            ("[::]:1", "http://[::1]:1"),
            ("192.0.2.1:1", "http://192.0.2.1:1"),
        ] {
            assert_eq!(url(address.parse().unwrap()), expected);
        }
    }
}
