//! `hansa logout`: the end of a session.

use hansa_types::Code;
use hansa_wire::api::auth::SessionClose;
use hansa_wire::client::Credential;
use serde_json::json;

use super::{App, DONE, Outcome};
use crate::failure::Failure;
use crate::profiles::{Profiles, name};
use crate::remote::Remote;

/// Nothing to choose.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

impl Args {
    /// Carries it out. A session that is over already is forgotten all the same.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        let (mut profiles, name) = (Profiles::open()?, name(&app.global)?);
        let profile = profiles.find(&app.global)?.ok_or_else(|| {
            Failure::usage(format!("nobody is logged in as {name}"))
                .next_step("log in with hansa login")
        })?;
        let remote = Remote::by(&app.global, Credential::ApiKey(profile.access_token.0.clone()))?;
        match remote.call(&SessionClose { session: Some(profile.session) }).await {
            Ok(_) => {}
            Err(failure) if is_over(&failure) => {}
            Err(failure) => return Err(failure),
        }
        profiles.forget(&app.global)?;
        let told = json!({ "profile": name, "node": profile.node, "session": profile.session });
        app.ui.answer(&told, &["profile", "node", "session"])?;
        DONE
    }
}

fn is_over(failure: &Failure) -> bool {
    let over = [Code::CredentialInvalid, Code::NotFound];
    failure.problem().is_some_and(|problem| over.iter().any(|code| code.as_str() == problem.code))
}
