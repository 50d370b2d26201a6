//! Who may see an entry or a row.

/// Visibility, decided when an entry is made and never widened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Vis {
    /// Everyone, without signing in.
    Public,
    /// The principals the entry names (actor, subject, the other side) and auditors of money.
    Parties,
    /// Members of the owning organization.
    Org,
    /// The node's owner alone.
    Node,
}

impl Vis {
    /// The word in the journal and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Vis::Public => "public",
            Vis::Parties => "parties",
            Vis::Org => "org",
            Vis::Node => "node",
        }
    }
}
