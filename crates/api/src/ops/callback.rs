//! The address at which somebody wants to be told how something ended: refused at once where the node
//! would not go there, sealed in the vault otherwise, and shown to who named it alone.

use hansa_node::callback::callback_id;
use hansa_node::vault::Sealed;
use hansa_types::{AnyId, Code, PrincipalId};
use hansa_wire::Problem;

use crate::context::Context;

impl Context {
    /// Refuses an address that the node would not go to.
    pub(crate) fn check_callback(&self, url: Option<&str>) -> Result<(), Problem> {
        let Some(url) = url else { return Ok(()) };
        self.api.node.may_call_back(url).map_err(|error| {
            let hint = "the operator lists the hosts in egress.webhook";
            Problem::new(Code::InvalidField, format!("callback_url: {error}; {hint}"))
        })
    }

    /// Checks and seals the address of a callback, if there is one.
    pub(crate) async fn seal_callback(
        &self,
        subject: AnyId,
        url: Option<&str>,
    ) -> Result<Option<Sealed>, Problem> {
        self.check_callback(url)?;
        let Some(url) = url else { return Ok(None) };
        let text = url.as_bytes().to_vec();
        self.seal_text(self.principal()?, callback_id(subject), text).await.map(Some)
    }

    /// The address that somebody named, if it is they who look.
    pub(crate) async fn callback_url(
        &self,
        subject: AnyId,
        by: PrincipalId,
    ) -> Result<Option<String>, Problem> {
        if self.principal()? != by {
            return Ok(None);
        }
        let text = self.open_text(callback_id(subject)).await?;
        Ok(text.and_then(|text| String::from_utf8(text).ok()))
    }
}
