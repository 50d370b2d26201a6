//! AGP's clients that the operator chooses by settings, not by operations: the named one
//! beside `AGP_AUTH_SECRET`, and the open sandbox of `hansa dev`.
//!
//! Each stands for an agent of its own, which has no authority but what others give it.
//!
//! Secrets are no settings: both are variables of the environment, and neither is kept.

use hansa_api::{AgpSettings, NamedClient};
use hansa_crypto::Secret;
use hansa_crypto::hs256::SECRET_BYTES_MIN;
use hansa_node::Node;

use crate::failure::Failure;

/// What AGP's tokens are signed with.
const AUTH_SECRET: &str = "AGP_AUTH_SECRET";
/// The secret of the named client.
const CLIENT_SECRET: &str = "AGP_CLIENT_SECRET";

/// What the operator chose about AGP.
#[derive(Debug, Clone, Default)]
pub(crate) struct AgpChoices {
    auth_secret: Option<Secret>,
    client: Option<(String, Secret)>,
}

impl AgpChoices {
    /// Reads the variables beside the setting `agp.client_id`.
    pub(crate) fn read(client_id: &str) -> Result<Self, Failure> {
        let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        Self::of(client_id, variable(AUTH_SECRET), variable(CLIENT_SECRET))
    }

    fn of(
        client_id: &str,
        auth_secret: Option<String>,
        client_secret: Option<String>,
    ) -> Result<Self, Failure> {
        if auth_secret.as_ref().is_some_and(|secret| secret.len() < SECRET_BYTES_MIN) {
            return Err(Failure::usage(format!("{AUTH_SECRET} is shorter than 32 bytes"))
                .next_step("set it to the output of: openssl rand -base64 32"));
        }
        let client = match (client_id, client_secret) {
            ("", None) => None,
            (id, Some(secret)) if !id.is_empty() && auth_secret.is_some() => {
                Some((id.to_owned(), Secret::new(secret)))
            }
            _ => {
                let what = format!("agp.client_id, {CLIENT_SECRET} and {AUTH_SECRET} go together");
                return Err(Failure::usage(what).next_step("set all three, or the last alone"));
            }
        };
        Ok(Self { auth_secret: auth_secret.map(Secret::new), client })
    }

    /// Brings the clients about. The sandbox opens only where no secret is set.
    pub(crate) async fn prepare(self, node: &Node, sandbox: bool) -> Result<AgpSettings, Failure> {
        let open = sandbox && self.auth_secret.is_none();
        let client = match self.client {
            Some((id, secret)) => {
                let client = node.agent_client(&id).await?;
                Some(NamedClient { id, secret, client })
            }
            None => None,
        };
        Ok(AgpSettings { auth_secret: self.auth_secret, client, open })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_go_together_and_the_first_alone() {
        let strong = || Some("0123456789abcdef0123456789abcdef".to_owned());
        let secret = || Some("s3cr3t".to_owned());
        assert!(AgpChoices::of("", None, None).unwrap().auth_secret.is_none());
        assert!(AgpChoices::of("", strong(), None).unwrap().auth_secret.is_some());
        let named = AgpChoices::of("finance-agent", strong(), secret()).unwrap().client;
        assert_eq!(named.map(|(id, _)| id).as_deref(), Some("finance-agent"));
        for (id, auth, secret) in [
            ("", Some("short".to_owned()), None),
            ("finance-agent", strong(), None),
            ("", strong(), secret()),
            ("finance-agent", None, secret()),
            ("finance-agent", None, None),
        ] {
            assert!(AgpChoices::of(id, auth, secret).is_err(), "{id}");
        }
    }
}
