//! What is on record for a task, and manifests of skills.

use hansa_types::{CommerceId, ContextId, DecisionId, EvidenceId, ImpactId, SkillId, TaskId};
use hansa_wire::agp::AgpError;
use hansa_wire::agp::action::Own;
use hansa_wire::agp::artifact::{
    attested_context, commerce_session, context, decide, decision, evidence, evidence_bundle,
    register, shop, skill,
};
use hansa_wire::agp::impact::{assess, impact_assessment};
use hansa_wire::agp::page::page;
use hansa_wire::api::skills::SkillManifestList;
use hansa_wire::scalar::PrincipalRef;
use serde_json::Value;

use super::asked::Asked;
use super::{Reply, invalid};

/// Attests what a task was told.
pub(super) async fn context_create(asked: &Asked) -> Result<Reply, AgpError> {
    let request = context(&asked.body).map_err(invalid)?;
    let made = asked.native("context", &request).await?;
    Ok(Reply::new(asked.route, attested_context(&made)))
}

/// Reads a context.
pub(super) async fn context_get(asked: &Asked) -> Result<Reply, AgpError> {
    let id: ContextId = asked.id()?;
    Ok(Reply::new(asked.route, attested_context(&asked.artifact(id).await?)))
}

/// Adds evidence.
pub(super) async fn evidence_bundle_create(asked: &Asked) -> Result<Reply, AgpError> {
    let request = evidence(&asked.body).map_err(invalid)?;
    let made = asked.native("evidence", &request).await?;
    Ok(Reply::new(asked.route, evidence_bundle(&made)))
}

/// Reads evidence.
pub(super) async fn evidence_bundle_get(asked: &Asked) -> Result<Reply, AgpError> {
    let id: EvidenceId = asked.id()?;
    Ok(Reply::new(asked.route, evidence_bundle(&asked.artifact(id).await?)))
}

/// Records a decision.
pub(super) async fn decision_create(asked: &Asked) -> Result<Reply, AgpError> {
    let request = decide(&asked.body).map_err(invalid)?;
    let made = asked.native("decision", &request).await?;
    Ok(Reply::new(asked.route, decision(&made)))
}

/// Reads a decision.
pub(super) async fn decision_get(asked: &Asked) -> Result<Reply, AgpError> {
    let id: DecisionId = asked.id()?;
    Ok(Reply::new(asked.route, decision(&asked.artifact(id).await?)))
}

/// Assesses the impact of a task.
pub(super) async fn impact_assessment_create(asked: &Asked) -> Result<Reply, AgpError> {
    let request = assess(&asked.body).map_err(invalid)?;
    let made = asked.native("impact", &request).await?;
    let own = own(asked, made.task).await?;
    Ok(Reply::new(asked.route, impact_assessment(&made, own.decision)))
}

/// Reads an assessment.
pub(super) async fn impact_assessment_get(asked: &Asked) -> Result<Reply, AgpError> {
    let id: ImpactId = asked.id()?;
    let made = asked.artifact(id).await?;
    let own = own(asked, made.task).await?;
    Ok(Reply::new(asked.route, impact_assessment(&made, own.decision)))
}

/// Opens a commerce session.
pub(super) async fn commerce_session_create(asked: &Asked) -> Result<Reply, AgpError> {
    let request = shop(&asked.body).map_err(invalid)?;
    let made = asked.native("commerce", &request).await?;
    let own = own(asked, made.task).await?;
    Ok(Reply::new(asked.route, commerce_session(&made, own.liability)))
}

/// Reads a commerce session.
pub(super) async fn commerce_session_get(asked: &Asked) -> Result<Reply, AgpError> {
    let id: CommerceId = asked.id()?;
    let made = asked.artifact(id).await?;
    let own = own(asked, made.task).await?;
    Ok(Reply::new(asked.route, commerce_session(&made, own.liability)))
}

/// What the task itself has on record.
pub(super) async fn own(asked: &Asked, task: Option<TaskId>) -> Result<Own, AgpError> {
    match task {
        Some(task) => Ok(Own::of(&asked.declared(task).await?.artifacts)),
        None => Ok(Own::default()),
    }
}

/// Registers a skill.
pub(super) async fn skill_create(asked: &Asked) -> Result<Reply, AgpError> {
    let request = register(&asked.body).map_err(invalid)?;
    let made = asked.native("skill", &request).await?;
    Ok(Reply::new(asked.route, skill(&made)))
}

/// Reads a skill.
pub(super) async fn skill_get(asked: &Asked) -> Result<Reply, AgpError> {
    let id: SkillId = asked.id()?;
    Ok(Reply::new(asked.route, skill(&asked.artifact(id).await?)))
}

/// Lists skills. A publisher that is no principal is the word that a manifest has for it, and
/// narrows each page.
pub(super) async fn skill_list(asked: &Asked) -> Result<Reply, AgpError> {
    let (cursor, limit) = asked.place()?;
    let named = asked.param("publisher");
    let publisher: Option<PrincipalRef> = named.and_then(|name| name.parse().ok());
    let list = SkillManifestList {
        risk_class: asked.word("risk_class")?,
        attestation_level: asked.word("attestation_level")?,
        publisher: publisher.clone(),
        cursor,
        limit,
    };
    let listed = asked.native("list", &list).await?;
    let mut told = page(listed, |made| skill(&made));
    if let (Some(name), None) = (named, publisher)
        && let Some(items) = told["items"].as_array_mut()
    {
        items.retain(|item: &Value| item["publisher"] == name);
    }
    Ok(Reply::new(asked.route, told))
}
