//! Manifests of skills: registering and listing them.

use hansa_kernel::clearance::{RegisterSkill, Skill};
use hansa_kernel::{Command, State};
use hansa_types::governance::AttestationLevel;
use hansa_types::{Code, SkillId};
use hansa_wire::Problem;
use hansa_wire::api::Page;
use hansa_wire::api::skills::{SkillManifestCreate, SkillManifestList};

use super::declared::{artifact_at, tell_artifact};
use super::document::{document_id, json_of};
use crate::answer::Answer;
use crate::context::{Context, Step};
use crate::resolve::counted;

/// Puts the manifest of a skill on record.
pub(crate) async fn skill_manifest_create(
    context: &Context,
    request: SkillManifestCreate,
) -> Result<Answer, Problem> {
    let node = &context.api.node;
    let id = SkillId::new(node.now().0, node.env.random_u128());
    let publisher = context.principal()?;
    let sealed = context.seal_text(publisher, document_id(id.into()), json_of(&request)?).await?;
    let register = RegisterSkill {
        id,
        class: request.skill_class,
        risk: request.risk_class,
        level: request.attestation_level.unwrap_or(AttestationLevel::SelfAttested),
        document: sealed.digest,
    };
    let step = Step::new(Command::SkillManifestCreate(register)).with(Some(sealed));
    let done = context.submit(step).await?;
    Answer::done(&done, &tell_artifact(context, &done.entry).await?)
}

/// Lists skills, which are public.
pub(crate) async fn skill_manifest_list(
    context: &Context,
    request: SkillManifestList,
) -> Result<Answer, Problem> {
    let publisher = match &request.publisher {
        Some(named) => Some(context.find(named, Code::PrincipalUnknown).await?),
        None => None,
    };
    let (risk, level) = (request.risk_class, request.attestation_level);
    let look = move |state: &State| {
        let fits = |skill: &Skill| {
            let of = state.principals.get(skill.publisher).id;
            publisher.is_none_or(|publisher| of == publisher)
                && risk.is_none_or(|risk| skill.risk == risk)
                && level.is_none_or(|level| skill.level == level)
        };
        let found = state.clearance.skills().rev().filter(|(_, skill)| fits(skill));
        (found.map(|(_, skill)| skill.seq).collect(), state.seq)
    };
    let (found, as_of_seq): (Vec<u64>, u64) =
        context.api.node.read(Some(context.principal()?), look).await?;
    let (page, next_cursor) = counted(found, request.cursor.as_ref(), request.limit)?;
    let mut data = Vec::with_capacity(page.len());
    for seq in page {
        data.push(artifact_at(context, seq).await?);
    }
    Answer::json(&Page { data, next_cursor, as_of_seq })
}
