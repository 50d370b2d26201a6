//! Capabilities, delegations and revocations: grants of the node.

use hansa_types::{Code, GrantId, Rejection};
use hansa_wire::Request as _;
use hansa_wire::agp::capability::{Wanted, capability, delegation, revocation};
use hansa_wire::agp::page::page;
use hansa_wire::agp::{AgpCode, AgpError};
use hansa_wire::api::agents::AgentGet;
use hansa_wire::api::grants::{Grant, GrantCreate, GrantGet, GrantList, GrantRevoke, GrantStatus};
use hansa_wire::scalar::{Limit, PrincipalRef, WireTime};
use serde_json::Value;

use super::asked::Asked;
use super::{Reply, invalid};

/// Most held grants that are looked through for the one that is narrowed.
pub(super) const LOOKED_THROUGH: Limit = match Limit::new(200) {
    Some(limit) => limit,
    None => unreachable!(),
};

/// Gives authority, or narrows authority that the caller holds.
pub(super) async fn capability_create(asked: &Asked) -> Result<Reply, AgpError> {
    let wanted = Wanted::capability(&asked.body).map_err(invalid)?;
    let grant = create(asked, wanted).await?;
    let mut told = capability(&grant);
    if let Some(task) = asked.text("task_id") {
        told["task_id"] = task.into();
    }
    Ok(Reply::new(asked.route, told))
}

/// Hands authority on.
pub(super) async fn delegation_create(asked: &Asked) -> Result<Reply, AgpError> {
    let wanted = Wanted::delegation(&asked.body).map_err(invalid)?;
    Ok(Reply::new(asked.route, delegation(&create(asked, wanted).await?)))
}

async fn create(asked: &Asked, wanted: Wanted) -> Result<Grant, AgpError> {
    if wanted.actions.is_empty() {
        return Err(super::asked::missing("permitted_actions"));
    }
    let holder = match &wanted.subject {
        Some(name) => asked.principal("subject_agent", name).await?,
        None => asked.caller.identity.principal.into(),
    };
    let parent = parent(asked, &wanted).await?;
    let request = wanted.grant(holder, parent.as_ref(), asked.api.node.now());
    asked.read(asked.carry_out(GrantCreate::OPERATION, "capability", request).await?)
}

/// The grant that is narrowed: the one that is named, or the one of whoever is said to have given
/// it. Whoever names nobody but themselves gives authority over their own things.
async fn parent(asked: &Asked, wanted: &Wanted) -> Result<Option<Grant>, AgpError> {
    if let Some(grant) = wanted.parent {
        return asked.native("parent", &GrantGet { grant }).await.map(Some);
    }
    let Some(given_by) = wanted.given_by.as_deref().filter(|name| !asked.is_caller(name)) else {
        return Ok(None);
    };
    let holder = Some(asked.caller.identity.principal.into());
    let list = GrantList { holder, limit: LOOKED_THROUGH, ..GrantList::default() };
    let held = asked.native::<GrantList>("held", &list).await?;
    for grant in held.data.into_iter().filter(|grant| wanted.fits(grant)) {
        if is_named(asked, &grant, given_by).await {
            return Ok(Some(grant));
        }
    }
    let message = format!("no grant of {given_by} that the caller holds reaches this far");
    Err(AgpError::new(AgpCode::ScopeViolation, message))
}

/// Whether a grant was given by somebody, by id, DID or name.
async fn is_named(asked: &Asked, grant: &Grant, name: &str) -> bool {
    let issuer = PrincipalRef::Id(grant.issuer);
    if issuer.to_string() == name {
        return true;
    }
    let read = asked.native::<AgentGet>("issuer", &AgentGet { agent: issuer }).await;
    read.is_ok_and(|found| {
        found.did.to_string() == name || found.name.is_some_and(|known| known.as_str() == name)
    })
}

/// Reads a capability.
pub(super) async fn capability_get(asked: &Asked) -> Result<Reply, AgpError> {
    Ok(Reply::new(asked.route, capability(&grant(asked).await?)))
}

/// Reads a delegation.
pub(super) async fn delegation_get(asked: &Asked) -> Result<Reply, AgpError> {
    Ok(Reply::new(asked.route, delegation(&grant(asked).await?)))
}

/// Lists what the caller gave or holds.
pub(super) async fn capability_list(asked: &Asked) -> Result<Reply, AgpError> {
    let (cursor, limit) = asked.place()?;
    let list = GrantList { cursor, limit, ..GrantList::default() };
    let listed = asked.native::<GrantList>("list", &list).await?;
    Ok(Reply::new(asked.route, page(listed, |grant| capability(&grant))))
}

/// Takes a capability or a delegation back, with everything narrowed from it.
pub(super) async fn revocation_create(asked: &Asked) -> Result<Reply, AgpError> {
    let (kind, reason) = (asked.required("target_type")?, asked.required("reason")?);
    if !["CapabilityToken", "DelegationChain"].contains(&kind) {
        let detail = "target_type: CapabilityToken or DelegationChain";
        return Err(Rejection::new(Code::InvalidField, detail).into());
    }
    let target: GrantId = asked.required("target_id")?.parse().map_err(|_| Code::NotFound)?;
    let revoked = asked.native::<GrantRevoke>("revoke", &GrantRevoke { grant: target }).await?;
    let now = WireTime(asked.api.node.now());
    Ok(Reply::new(asked.route, revocation(&revoked, kind, reason, now)))
}

/// Reads a revocation, which has the id of what was revoked.
pub(super) async fn revocation_get(asked: &Asked) -> Result<Reply, AgpError> {
    let grant = grant(asked).await?;
    match grant.status {
        GrantStatus::Active | GrantStatus::Expired => Err(Code::NotFound.into()),
        _ => {
            // Why and when is in the journal; the reason itself was not kept.
            let at = grant.created_at;
            let told: Value = revocation(&grant, "CapabilityToken", "revoked", at);
            Ok(Reply::new(asked.route, told))
        }
    }
}

async fn grant(asked: &Asked) -> Result<Grant, AgpError> {
    let grant: GrantId = asked.id()?;
    asked.native::<GrantGet>("get", &GrantGet { grant }).await
}
