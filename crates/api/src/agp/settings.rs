//! What an operator chose about AGP.

use hansa_crypto::Secret;
use hansa_types::ClientId;

/// The settings of the dialect. Secrets show nothing when formatted.
#[derive(Debug, Clone, Default)]
pub struct AgpSettings {
    /// What AGP's own tokens are signed with. Without it none are given out.
    pub auth_secret: Option<Secret>,
    /// The client that the operator named beside it.
    pub client: Option<NamedClient>,
    /// Whether requests without a credential stand for one agent: the open sandbox, on loopback.
    pub open: bool,
}

/// A client that is known by a name of the operator's.
#[derive(Debug, Clone)]
pub struct NamedClient {
    /// The name.
    pub id: String,
    /// Its secret.
    pub secret: Secret,
    /// The node's own client that it stands for.
    pub client: ClientId,
}
