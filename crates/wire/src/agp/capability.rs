//! Capabilities, delegations and revocations, which are grants in other words.

use hansa_types::{CurrencyCode, GrantId, Time};
use serde_json::{Map, Value, json};

use super::body::Body;
use crate::amount::WireAmount;
use crate::api::grants::{Grant, GrantStatus};
use crate::limits::AGP_CAPABILITY_LIFE_S;
use crate::request::Invalid;
use crate::scalar::{ActionPattern, PrincipalRef, WireTime};

/// A capability as a client asks for it. Names of principals are claims until they are resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// Who shall hold it; the caller unless named.
    pub subject: Option<String>,
    /// Who gave the authority that is narrowed.
    pub given_by: Option<String>,
    /// What it allows.
    pub actions: Vec<ActionPattern>,
    /// The most that one act may spend.
    pub limit: Option<(CurrencyCode, WireAmount)>,
    /// Where it may take effect.
    pub jurisdictions: Vec<String>,
    /// The tools and data it may be used on.
    pub resources: Vec<String>,
    /// How many links may be narrowed from it.
    pub depth_max: Option<u8>,
    /// When it ends.
    pub expires: Option<Time>,
    /// The grant it narrows.
    pub parent: Option<GrantId>,
}

impl Wanted {
    /// Reads a request for a capability.
    pub fn capability(body: &Map<String, Value>) -> Result<Self, Invalid> {
        let body = Body(body);
        let given_by = body.text(&["granted_by", "issuer"])?;
        let subject = body.text(&["subject_agent"])?;
        let actions = &["permitted_actions", "scope"];
        Self::read(body, subject, given_by, actions, "max_delegation_depth")
    }

    /// Reads a request for a delegation.
    pub fn delegation(body: &Map<String, Value>) -> Result<Self, Invalid> {
        let body = Body(body);
        let subject = Some(body.need(&["delegate_agent"])?);
        let parent = body.id(&["parent_delegation_id", "capability_token_ref"])?;
        let read = Self::read(body, subject, None, &["authority_scope"], "max_hops_remaining")?;
        Ok(Self { parent, ..read })
    }

    fn read(
        body: Body<'_>,
        subject: Option<&str>,
        given_by: Option<&str>,
        actions: &[&'static str],
        depth: &'static str,
    ) -> Result<Self, Invalid> {
        let constraints = body.within("constraints");
        let mut resources = body.list(&["tool_scopes"])?;
        resources.extend(body.list::<String>(&["data_scopes"])?);
        Ok(Self {
            subject: subject.map(str::to_owned),
            given_by: given_by.map(str::to_owned),
            actions: body.list(actions)?,
            limit: body.spend_limit()?,
            jurisdictions: match constraints {
                Some(constraints) => constraints.list(&["jurisdictions"])?,
                None => Vec::new(),
            },
            resources,
            depth_max: match constraints {
                Some(constraints) => constraints.read(&[depth])?,
                None => None,
            },
            expires: body.time(&["expires_at"])?,
            parent: body.id(&["parent_capability_id"])?,
        })
    }

    /// Whether a held grant might be what this narrows. The kernel checks it in full.
    pub fn fits(&self, grant: &Grant) -> bool {
        let covered = |wanted: &ActionPattern| {
            grant.actions.iter().any(|held| covers(held.as_str(), wanted.as_str()))
        };
        let currency = self.limit.as_ref().map(|(currency, _)| *currency);
        let money = grant.currency.is_none() || grant.currency == currency;
        grant.status == GrantStatus::Active && money && self.actions.iter().all(covered)
    }

    /// The native request. What has no end ends with its parent, or after a day; what limits the
    /// parent and is not named limits it too.
    pub fn grant(self, holder: PrincipalRef, parent: Option<&Grant>, now: Time) -> Value {
        let until = |end: Time| (end.0.saturating_sub(now.0) / 1_000).max(1);
        let left = parent.map_or(AGP_CAPABILITY_LIFE_S, |parent| until(parent.expires_at.0));
        let mut request = Map::new();
        let mut set = |name: &str, value: Value| _ = request.insert(name.to_owned(), value);
        let inherited = parent.map(told).unwrap_or_default();
        for name in ["total", "uses_max", "counterparties"] {
            if let Some(value) = inherited.get(name) {
                set(name, value.clone());
            }
        }
        if let Some((currency, amount)) = self.limit {
            set("currency", json!(currency));
            set("per_use", json!(amount));
        }
        for (name, values) in [("resources", self.resources), ("jurisdictions", self.jurisdictions)]
        {
            if !values.is_empty() {
                set(name, json!(values));
            }
        }
        if let Some(depth_max) = self.depth_max {
            set("depth_max", depth_max.into());
        }
        if let Some(parent) = parent {
            set("parent", json!(parent.id));
        }
        set("holder", json!(holder));
        set("actions", json!(self.actions));
        set("expires_in_s", self.expires.map_or(left, until).into());
        Value::Object(request)
    }
}

/// A grant as its own members.
fn told(grant: &Grant) -> Map<String, Value> {
    match serde_json::to_value(grant) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    }
}

/// Whether a held pattern covers a wanted one.
fn covers(held: &str, wanted: &str) -> bool {
    match held.strip_suffix('*') {
        Some(prefix) => wanted.starts_with(prefix),
        None => held == wanted,
    }
}

fn status(grant: &Grant) -> &'static str {
    match grant.status {
        GrantStatus::Active => "active",
        GrantStatus::Expired => "expired",
        _ => "revoked",
    }
}

fn constraints(grant: &Map<String, Value>, depth: &str) -> Value {
    let mut limits = Map::new();
    let amount = grant.get("per_use").or(grant.get("total"));
    if let (Some(currency), Some(amount)) = (grant.get("currency"), amount) {
        let limit = json!({ "currency": currency, "amount": amount });
        limits.insert("spend_limit".to_owned(), limit);
    }
    for (name, member) in [(depth, "depth_max"), ("jurisdictions", "jurisdictions")] {
        if let Some(value) = grant.get(member) {
            limits.insert(name.to_owned(), value.clone());
        }
    }
    Value::Object(limits)
}

/// A grant as a capability.
pub fn capability(grant: &Grant) -> Value {
    let members = told(grant);
    json!({
        "type": "CapabilityToken",
        "capability_id": grant.id,
        "token_id": grant.id,
        "subject_agent": grant.holder,
        "issuer": grant.issuer,
        "principal_id": grant.on_behalf_of,
        "permitted_actions": grant.actions,
        "tool_scopes": members.get("resources").cloned().unwrap_or_else(|| json!([])),
        "data_scopes": [],
        "constraints": constraints(&members, "max_delegation_depth"),
        "expires_at": grant.expires_at,
        "revocation_id": grant.id,
        "parent_capability_id": grant.parent,
        "status": status(grant),
        "created_at": grant.created_at,
    })
}

/// A grant as a delegation.
pub fn delegation(grant: &Grant) -> Value {
    let members = told(grant);
    json!({
        "type": "DelegationChain",
        "delegation_id": grant.id,
        "parent_delegation_id": grant.parent,
        "root_principal": grant.on_behalf_of,
        "delegator_agent": grant.issuer,
        "delegate_agent": grant.holder,
        "authority_scope": grant.actions,
        "constraints": constraints(&members, "max_hops_remaining"),
        "accepted_at": grant.created_at,
        "expires_at": grant.expires_at,
        "signature_chain": [],
        "status": status(grant),
    })
}

/// A grant that was taken back, as a notice of it.
pub fn revocation(grant: &Grant, target_type: &str, reason: &str, at: WireTime) -> Value {
    json!({
        "type": "RevocationNotice",
        "revocation_id": grant.id,
        "issuer": grant.issuer,
        "target_type": target_type,
        "target_id": grant.id,
        "reason": reason,
        "effective_at": at,
        "propagation": "cascade",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_cover_what_they_begin() {
        for (held, wanted, covered) in [
            ("*", "approve_payment", true),
            ("approve_*", "approve_payment", true),
            ("approve_payment", "approve_payment", true),
            ("approve_payment", "approve_*", false),
            ("approve_payment", "*", false),
        ] {
            assert_eq!(covers(held, wanted), covered, "{held} {wanted}");
        }
    }

    #[test]
    fn the_protocols_own_example_is_read() {
        let value = json!({
            "task_id": "tsk_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD", "granted_by": "treasury-controller",
            "scope": ["approve_payment"], "max_amount_usd": 200000,
        });
        let wanted = Wanted::capability(value.as_object().unwrap()).unwrap();
        assert_eq!(wanted.given_by.as_deref(), Some("treasury-controller"));
        let (currency, amount) = wanted.limit.clone().unwrap();
        assert_eq!(
            (currency.to_string(), amount.to_string()),
            ("USD".to_owned(), "200000".to_owned())
        );
        let create = wanted.grant("agt_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD".parse().unwrap(), None, Time(0));
        let expected = json!({
            "holder": "agt_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD", "actions": ["approve_payment"],
            "currency": "USD", "per_use": "200000", "expires_in_s": AGP_CAPABILITY_LIFE_S,
        });
        assert_eq!(create, expected);
    }

    #[test]
    fn what_cannot_be_given_is_refused() {
        for bad in [
            json!({ "permitted_actions": ["Approve Payment"] }),
            json!({ "permitted_actions": "all" }),
            json!({ "scope": ["a"], "expires_at": "soon" }),
            json!({ "scope": ["a"], "constraints": { "max_delegation_depth": -1 } }),
            json!({ "scope": ["a"], "parent_capability_id": "cap_1" }),
        ] {
            assert!(Wanted::capability(bad.as_object().unwrap()).is_err(), "{bad}");
        }
        assert!(
            Wanted::delegation(json!({ "authority_scope": ["a"] }).as_object().unwrap()).is_err()
        );
    }
}
