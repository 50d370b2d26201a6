//! Principals of any kind: erasing what is personal about one.

use hansa_types::{Did, Digest, MemoryId, PrincipalId, Signature};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::accounts::Balance;
use super::{is_default, operations};
use crate::scalar::{PrincipalRef, WireTime};
use crate::schema;

operations! {
    PrincipalErase = "principal_erase" => Erasure;
}

/// What a receipt calls itself.
pub const RECEIPT_FORMAT: &str = "hansa-erasure-receipt";
/// The version of its members.
pub const RECEIPT_VERSION: u32 = 1;

/// Erases what is personal about a principal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PrincipalErase {
    /// Whom: the caller itself, somebody it controls, or as the owner anybody.
    pub principal: PrincipalRef,
    /// Answer what would go, and do nothing.
    #[serde(default, skip_serializing_if = "is_default")]
    pub dry_run: bool,
}

/// Documents of one kind in the vault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DocumentCount {
    /// What they are, e.g. `card` or `envelope`.
    pub kind: String,
    /// How many.
    pub count: u64,
}

/// What an erasure destroys, and what it leaves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Erasure {
    /// Who was, or would be, erased.
    #[schemars(with = "schema::PrincipalId")]
    pub principal: PrincipalId,
    /// Whether this only says what would happen.
    #[serde(default, skip_serializing_if = "is_default")]
    pub dry_run: bool,
    /// Documents destroyed with their key and salts. Of an erasure that is told again, nothing.
    pub documents: Vec<DocumentCount>,
    /// API keys revoked.
    #[serde(default)]
    pub api_keys: u64,
    /// Tasks still open: they run out by their deadlines.
    pub tasks: u64,
    /// Money that stays on its account, which nobody can move any more.
    pub balances: Vec<Balance>,
    /// The node's word for it; not of a dry run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Receipt>,
    /// The node's signature of the receipt's canonical JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::Signature>")]
    pub signature: Option<Signature>,
}

impl Erasure {
    /// An erasure of which nothing is known.
    pub fn of(principal: PrincipalId) -> Self {
        Self {
            principal,
            dry_run: false,
            documents: Vec::new(),
            api_keys: 0,
            tasks: 0,
            balances: Vec::new(),
            receipt: None,
            signature: None,
        }
    }
}

/// The node's word that somebody was erased, or a memory of theirs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Receipt {
    /// Always `hansa-erasure-receipt`.
    pub format: String,
    /// Always 1.
    pub version: u32,
    /// The node that says so, by the key it signs with.
    #[schemars(with = "schema::Did")]
    pub node: Did,
    /// Where its checkpoints come from.
    pub origin: String,
    /// Who was erased, or whose memory.
    #[schemars(with = "schema::PrincipalId")]
    pub principal: PrincipalId,
    /// The memory that was erased, where it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::MemoryId>")]
    pub memory: Option<MemoryId>,
    /// The entry of the journal that records it.
    pub seq: u64,
    /// That entry's leaf in the journal's tree.
    #[schemars(with = "schema::Digest")]
    pub leaf: Digest,
    /// When that was.
    pub erased_at: WireTime,
    /// Whether the journal's file and its write-ahead log hold nothing of it any more.
    pub journal_clean: bool,
    /// Whether the read models hold nothing of it any more.
    pub views_clean: bool,
    /// Whether the folds from before are gone.
    pub snapshots_clean: bool,
    /// When the last backup that may hold sealed copies is to be gone, if the operator prunes.
    pub backups_until: WireTime,
}
