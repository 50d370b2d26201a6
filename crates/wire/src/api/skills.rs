//! Skills: what agents are able to do, as their publishers put it on record.

use hansa_types::Digest;
use hansa_types::governance::{AttestationLevel, RiskTier, SkillClass};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::clearance::Artifact;
use super::{Page, operations};
use crate::scalar::{Annotations, Cursor, Limit, Note, PrincipalRef};
use crate::schema::{self, OneOf};

operations! {
    SkillManifestCreate = "skill_manifest_create" => Artifact;
    SkillManifestList = "skill_manifest_list" => Page<Artifact>;
}

/// Puts the manifest of a skill on record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SkillManifestCreate {
    /// Its name.
    pub name: Note,
    /// Its version.
    pub version: Note,
    /// What it is.
    #[schemars(with = "OneOf<SkillClass>")]
    pub skill_class: SkillClass,
    /// How much may go wrong.
    #[schemars(with = "OneOf<RiskTier>")]
    pub risk_class: RiskTier,
    /// Who vouches for it; its publisher unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<OneOf<AttestationLevel>>")]
    pub attestation_level: Option<AttestationLevel>,
    /// SHA-256 of its instructions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::Digest>")]
    pub instruction_hash: Option<Digest>,
    /// Protocols it speaks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16))]
    pub supported_protocols: Vec<Note>,
    /// Tools it needs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32))]
    pub required_tools: Vec<Note>,
    /// What else its author says.
    #[serde(default, skip_serializing_if = "Annotations::is_empty")]
    pub annotations: Annotations,
}

/// Lists skills, the newest first.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SkillManifestList {
    /// Only those of this publisher.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publisher: Option<PrincipalRef>,
    /// Only those of this risk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<OneOf<RiskTier>>")]
    pub risk_class: Option<RiskTier>,
    /// Only those vouched for so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<OneOf<AttestationLevel>>")]
    pub attestation_level: Option<AttestationLevel>,
    /// Where to go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
    /// How many at most.
    #[serde(default)]
    pub limit: Limit,
}
