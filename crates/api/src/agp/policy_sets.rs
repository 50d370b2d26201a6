//! Policy sets: records of rules that are kept elsewhere, beside those of the node.

use hansa_types::{Code, PolicySetId, Rejection};
use hansa_wire::agp::AgpError;
use hansa_wire::agp::policy_set::{create, policy_set, step};
use serde_json::{Map, Value, json};

use super::asked::Asked;
use super::{Reply, invalid};

/// Registers a set, which is a record from now on.
pub(super) async fn policy_set_create(asked: &Asked) -> Result<Reply, AgpError> {
    let request = create(&asked.body).map_err(invalid)?;
    let made: Value = asked.read(asked.carry_out("policy_set_create", "set", request).await?)?;
    let wanted = json!({ "policy_set": made["id"] });
    let set: Value = asked.read(asked.carry_out("policy_set_activate", "active", wanted).await?)?;
    Ok(Reply::new(asked.route, policy_set(&set)))
}

/// Reads a set.
pub(super) async fn policy_set_get(asked: &Asked) -> Result<Reply, AgpError> {
    Ok(Reply::new(asked.route, policy_set(&set(asked).await?)))
}

async fn set(asked: &Asked) -> Result<Value, AgpError> {
    let id: PolicySetId = asked.id()?;
    asked.read(asked.carry_out("policy_set_get", "get", json!({ "policy_set": id })).await?)
}

/// Lists sets, those of one status, framework, jurisdiction or level if named.
pub(super) async fn policy_set_list(asked: &Asked) -> Result<Reply, AgpError> {
    let (cursor, limit) = asked.place()?;
    let mut list = Map::new();
    list.insert("limit".to_owned(), json!(limit));
    if let Some(cursor) = cursor {
        list.insert("cursor".to_owned(), json!(cursor));
    }
    if let Some(status) = asked.param("status") {
        list.insert("status".to_owned(), status.into());
    }
    let page = asked.carry_out("policy_set_list", "list", Value::Object(list)).await?;
    let page: Value = asked.read(page)?;
    let fits = |set: &Value| {
        let among = |name: &str, wanted: &str| {
            set[name].as_array().is_some_and(|all| all.iter().any(|known| known == wanted))
        };
        asked.param("regulatory_framework").is_none_or(|w| among("regulatory_frameworks", w))
            && asked.param("jurisdiction").is_none_or(|w| among("jurisdictions", w))
            && asked.param("attestation_level").is_none_or(|w| set["attestation_level"] == w)
    };
    let mut items = Vec::new();
    for listed in page["data"].as_array().into_iter().flatten() {
        // A list leaves out what is kept of a set beside what the node does with it.
        let wanted = json!({ "policy_set": listed["id"] });
        let set: Value = asked.read(asked.carry_out("policy_set_get", "get", wanted).await?)?;
        items.push(policy_set(&set));
    }
    items.retain(fits);
    let next = &page["next_cursor"];
    let place = json!({ "has_more": !next.is_null(), "next_cursor": next });
    Ok(Reply::new(asked.route, json!({ "items": items, "page": place })))
}

/// Deprecates or revokes a set.
pub(super) async fn policy_set_update(asked: &Asked) -> Result<Reply, AgpError> {
    let status = asked.required("status")?;
    let unknown = || Rejection::new(Code::InvalidField, "status: active, deprecated or revoked");
    let operation = step(status).ok_or_else(unknown)?;
    let id: PolicySetId = asked.id()?;
    // Nobody is authenticated in the sandbox, so what decides is not touched from there.
    if asked.caller.open && set(asked).await?["engine"] != "record" {
        return Err(
            Rejection::new(Code::Forbidden, "a set that decides is not the sandbox's").into()
        );
    }
    let request = json!({ "policy_set": id });
    let set: Value = asked.read(asked.carry_out(operation, "status", request).await?)?;
    Ok(Reply::new(asked.route, policy_set(&set)))
}
