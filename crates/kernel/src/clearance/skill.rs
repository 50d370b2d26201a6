//! Manifests of skills: what a skill is, how risky, and who vouches for it.

use hansa_types::governance::{AttestationLevel, RiskTier, SkillClass};
use hansa_types::{AnyId, Code, Digest, Rejection, SkillId, Vis};
use serde::{Deserialize, Serialize};

use crate::State;
use crate::admit::{Permit, Sphere};
use crate::command::Rules;
use crate::decide::{Context, Draft};
use crate::entry::Entry;
use crate::event::Event;
use crate::limits::SKILLS_MAX;
use crate::principal::Handle;

/// Put the manifest of a skill on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterSkill {
    /// The id it shall have.
    pub id: SkillId,
    /// What it is.
    pub class: SkillClass,
    /// How much may go wrong.
    pub risk: RiskTier,
    /// Who vouches for it.
    pub level: AttestationLevel,
    /// Salted digest of the manifest.
    pub document: Digest,
}

/// Data of `skill.registered`. The entry's id is the skill, its subject the publisher.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SkillRegistered {
    /// What it is.
    pub class: SkillClass,
    /// How much may go wrong.
    pub risk: RiskTier,
    /// Who vouches for it.
    pub level: AttestationLevel,
    /// Salted digest of the manifest.
    pub document: Digest,
}

/// What the state keeps of a skill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skill {
    /// Who published it.
    pub publisher: Handle,
    /// How much may go wrong.
    pub risk: RiskTier,
    /// Who vouches for it.
    pub level: AttestationLevel,
    /// The entry that holds it.
    pub seq: u64,
}

impl Rules for RegisterSkill {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        // Offices speak by their role, which the decision looks at.
        Ok(Sphere::Open)
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        _: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        let publisher = permit.caller().principal.ok_or(Code::Forbidden)?;
        if state.clearance.skills.len() >= SKILLS_MAX {
            return Err(Rejection::new(Code::StateFull, "at most 100,000 skills are registered"));
        }
        if state.clearance.skills.contains_key(&self.id) {
            return Err(Rejection::new(Code::InvalidField, "id: there is such a skill already"));
        }
        // Whoever publishes a skill cannot vouch for it in another's name.
        if self.level != AttestationLevel::SelfAttested
            && state.clearance.roles_of(state.principal(publisher)?).is_empty()
        {
            let detail = "only a governance role registers a skill that others vouch for";
            return Err(Rejection::new(Code::RoleRequired, detail));
        }
        let Self { id, class, risk, level, document } = *self;
        let event = Event::SkillRegistered(SkillRegistered { class, risk, level, document });
        out.push(Draft::new(id, Vis::Parties, event).about(publisher));
        Ok(())
    }
}

pub(crate) fn apply_registered(state: &mut State, entry: &Entry, registered: &SkillRegistered) {
    let (AnyId::Skill(id), Some(AnyId::Principal(publisher))) = (entry.id, entry.subject) else {
        panic!("skill.registered names the skill and its publisher");
    };
    let publisher = state.handle(publisher);
    let SkillRegistered { risk, level, .. } = *registered;
    let skill = Skill { publisher, risk, level, seq: entry.seq };
    state.clearance.skills.insert(id, skill);
}
