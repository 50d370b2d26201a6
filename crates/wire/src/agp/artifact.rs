//! Artifacts of a task: contexts, evidence, decisions, commerce sessions; and manifests of skills.

use hansa_types::governance::{
    ActionClass, AttestationLevel, CommerceState, SkillClass, SourceType, Taint, TrustClass,
    Verification,
};
use hansa_types::{Code, EvidenceId, TaskId};
use serde_json::{Map, Value, json};

use super::body::Body;
use super::task::UNSAID;
use super::words::{digest, hash, kept, note, note_of, with_kept, word};
use crate::api::clearance::{
    Artifact, Claim, CommerceSessionCreate, ContextAttest, DecisionRecord, EvidenceAdd,
};
use crate::api::skills::SkillManifestCreate;
use crate::request::Invalid;
use crate::scalar::{Note, WireTime};

/// The task that an artifact is for.
pub fn task_of(body: Body<'_>) -> Result<TaskId, Invalid> {
    let missing = || Invalid::new(Code::MissingField, "task_id", "is required");
    body.id(&["task_id"])?.ok_or_else(missing)
}

/// What was kept with an artifact, and what it said.
struct Told<'a> {
    artifact: &'a Artifact,
    kept: Option<&'a Map<String, Value>>,
}

impl<'a> Told<'a> {
    fn of(artifact: &'a Artifact) -> Self {
        let document = artifact.document.as_ref();
        let kept = document.and_then(|document| document.get("annotations"));
        Self { artifact, kept: kept.and_then(Value::as_object) }
    }

    fn said(&self, name: &str) -> Value {
        let document = self.artifact.document.as_ref();
        document.and_then(|document| document.get(name)).cloned().unwrap_or_default()
    }

    fn kept(&self, name: &str) -> Option<&'a Value> {
        self.kept.and_then(|kept| kept.get(name))
    }

    fn text(&self, name: &str) -> Value {
        match self.said(name) {
            Value::Null => UNSAID.into(),
            said => said,
        }
    }
}

/// The native context. Where it comes from is told by its source, and by the trust it claims where
/// the source is none of the node's words.
pub fn context(body: &Map<String, Value>) -> Result<ContextAttest, Invalid> {
    let body = Body(body);
    let trust = body.text(&["trust_class"])?;
    let source = body.text(&["source_type"])?;
    let labels: Vec<String> = body.list(&["taint_labels"])?;
    // A label that is none of the node's still says that something is wrong with it.
    let mut taint: Vec<Taint> =
        labels.iter().map(|label| label.parse().unwrap_or(Taint::Unverified)).collect();
    taint.sort_unstable();
    taint.dedup();
    Ok(ContextAttest {
        task: task_of(body)?,
        source_type: source_type(source, trust),
        trust_class: trust.map(|word| word.parse().unwrap_or(TrustClass::Untrusted)),
        taint_labels: taint,
        derived_from: body.list(&["derived_from"])?,
        source_id: note_of(body, &["source_id"])?,
        hash: body.text(&["hash"])?.and_then(digest),
        annotations: kept(
            body,
            &["trust_class", "source_type", "taint_labels", "retrieved_at", "hash"],
        )?,
    })
}

fn source_type(source: Option<&str>, trust: Option<&str>) -> SourceType {
    let of_trust = |word: &str| match word {
        "trusted_policy" => Some(SourceType::Policy),
        "trusted_user" => Some(SourceType::User),
        "trusted_system" => Some(SourceType::System),
        _ => None,
    };
    let of_source = |word: &str| word.parse().ok().or_else(|| of_trust(word));
    match source {
        Some(source) => of_source(source).unwrap_or(SourceType::External),
        None => trust.and_then(of_trust).unwrap_or(SourceType::External),
    }
}

/// A context in the protocol's words. What the node made of its trust counts, not what was claimed.
pub fn attested_context(artifact: &Artifact) -> Value {
    let told = Told::of(artifact);
    let record = |name: &str| artifact.record.get(name).cloned();
    let mut labels = record("taint").unwrap_or_else(|| json!([]));
    let claimed = told.kept("taint_labels").and_then(Value::as_array);
    if let Some(labels) = labels.as_array_mut() {
        for label in claimed.into_iter().flatten() {
            if !labels.contains(label) {
                labels.push(label.clone());
            }
        }
    }
    let tainted = labels.as_array().is_some_and(|labels| !labels.is_empty());
    let trust = record("trust").unwrap_or_else(|| "untrusted".into());
    let eligible = !tainted && trust != "untrusted";
    let mut value = json!({
        "type": "AttestedContext",
        "context_id": artifact.id,
        "task_id": artifact.task,
        "source_id": told.said("source_id"),
        "source_type": told.kept("source_type").cloned().or(record("source")),
        "trust_class": trust,
        "claimed_trust_class": told.kept("trust_class"),
        "instruction_eligible": eligible,
        "taint_labels": labels,
        "tainted": tainted,
        "derived_from": record("derived_from").unwrap_or_else(|| json!([])),
        "created_at": artifact.created_at,
    });
    for name in ["retrieved_at", "hash"] {
        if let Some(kept) = told.kept(name) {
            value[name] = kept.clone();
        }
    }
    value
}

/// The native evidence: its claims, or what the items of a free form say.
pub fn evidence(body: &Map<String, Value>) -> Result<EvidenceAdd, Invalid> {
    let body = Body(body);
    let wanted: Vec<Map<String, Value>> = body.list(&["claims", "items"])?;
    let missing = || Invalid::new(Code::MissingField, "items", "at least one item or claim");
    if wanted.is_empty() {
        return Err(missing());
    }
    let claims: Result<Vec<Claim>, Invalid> = wanted.iter().map(claim).collect();
    let mut fresh: Option<WireTime> = None;
    for claim in &wanted {
        if let Some(until) = Body(claim).time(&["fresh_until"])? {
            fresh = Some(fresh.map_or(WireTime(until), |least| least.min(WireTime(until))));
        }
    }
    Ok(EvidenceAdd {
        task: task_of(body)?,
        claims: claims?,
        fresh_until: fresh,
        annotations: kept(body, &["items", "claims"])?,
    })
}

/// What an item is told by, the clearest first.
const TOLD_BY: [&str; 6] = ["claim_text", "claim", "text", "description", "title", "kind"];

fn claim(item: &Map<String, Value>) -> Result<Claim, Invalid> {
    let body = Body(item);
    let text = TOLD_BY.iter().find_map(|name| item.get(*name)?.as_str());
    let whole = Value::Object(item.clone()).to_string();
    let cut = whole.get(..whole.len().min(1_024)).unwrap_or("evidence");
    let sources: Vec<String> = body.list(&["source_refs"])?;
    let sources: Result<Vec<Note>, Invalid> =
        sources.iter().map(|source| note("source_refs", source)).collect();
    let status = body.text(&["verification_status"])?;
    Ok(Claim {
        claim_text: note("claim_text", text.unwrap_or(cut))?,
        source_refs: sources?,
        verification_status: status
            .and_then(|word| word.parse().ok())
            .unwrap_or(Verification::Unverified),
    })
}

/// Evidence in the protocol's words.
pub fn evidence_bundle(artifact: &Artifact) -> Value {
    let told = Told::of(artifact);
    let claims = told.said("claims");
    json!({
        "type": "EvidenceBundle",
        "bundle_id": artifact.id,
        "task_id": artifact.task,
        "items": told.kept("items").or(told.kept("claims")).cloned().unwrap_or_else(|| json!([])),
        "claims": if claims.is_null() { json!([]) } else { claims },
        "fresh_until": told.said("fresh_until"),
        "created_at": artifact.created_at,
    })
}

/// The native decision.
pub fn decide(body: &Map<String, Value>) -> Result<DecisionRecord, Invalid> {
    let body = Body(body);
    let evidence: Vec<EvidenceId> = body.list(&["evidence_refs"])?;
    Ok(DecisionRecord {
        task: task_of(body)?,
        selected_action: note("selected_action", body.need(&["selected_action"])?)?,
        action_class: word(body, &["action_class"])?.unwrap_or(ActionClass::Unspecified),
        rationale: note_of(body, &["rationale"])?,
        uncertainty_ppm: uncertainty(body)?,
        evidence,
        annotations: kept(body, &["side_effects", "alternatives"])?,
    })
}

/// The score is a number from 0 to 1, kept in millionths.
#[allow(
    clippy::float_arithmetic,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the protocol has it as a number; 0 to a million"
)]
fn uncertainty(body: Body<'_>) -> Result<Option<u32>, Invalid> {
    let Some(score) = body.read::<f64>(&["uncertainty_score"])? else { return Ok(None) };
    let wrong = || Invalid::new(Code::InvalidField, "uncertainty_score", "a number from 0 to 1");
    match (0.0..=1.0).contains(&score) {
        true => Ok(Some((score * 1e6).round() as u32)),
        false => Err(wrong()),
    }
}

/// A decision in the protocol's words.
#[allow(clippy::float_arithmetic, reason = "the protocol has the score as a number")]
pub fn decision(artifact: &Artifact) -> Value {
    let told = Told::of(artifact);
    let ppm = artifact.record.get("uncertainty_ppm").and_then(Value::as_f64).unwrap_or_default();
    let mut value = json!({
        "type": "DecisionRecord",
        "decision_id": artifact.id,
        "task_id": artifact.task,
        "agent_id": artifact.by,
        "selected_action": told.text("selected_action"),
        "rationale": told.text("rationale"),
        "uncertainty_score": ppm / 1e6,
        "action_class": artifact.record.get("class"),
        "evidence_refs": artifact.record.get("evidence").cloned().unwrap_or_else(|| json!([])),
        "implicit": artifact.record.get("implicit").cloned().unwrap_or(Value::Bool(false)),
        "created_at": artifact.created_at,
    });
    with_kept(&mut value, told.kept);
    value
}

/// The native commerce session.
pub fn shop(body: &Map<String, Value>) -> Result<CommerceSessionCreate, Invalid> {
    let body = Body(body);
    let cart = body.need(&["cart_hash"])?;
    let names = ["cart_hash", "capability_token_ref", "liability_binding_ref"];
    Ok(CommerceSessionCreate {
        task: task_of(body)?,
        ucp_session_ref: note("ucp_session_ref", body.need(&["ucp_session_ref"])?)?,
        merchant: note("merchant_id", body.need(&["merchant_id"])?)?,
        cart_hash: digest(cart),
        status: word::<CommerceState>(body, &["status"])?,
        annotations: kept(body, &names)?,
    })
}

/// A commerce session in the protocol's words. References that were not named are the task's own.
pub fn commerce_session(artifact: &Artifact, liability: Option<String>) -> Value {
    let told = Told::of(artifact);
    let named = |name: &str| told.kept(name).and_then(Value::as_str).map(str::to_owned);
    json!({
        "type": "CommerceSession",
        "commerce_session_id": artifact.id,
        "task_id": artifact.task,
        "ucp_session_ref": told.text("ucp_session_ref"),
        "merchant_id": told.text("merchant"),
        "cart_hash": named("cart_hash").unwrap_or_else(|| UNSAID.to_owned()),
        "status": artifact.record.get("stands"),
        "capability_token_ref": named("capability_token_ref").unwrap_or_else(|| UNSAID.to_owned()),
        "liability_binding_ref":
            named("liability_binding_ref").or(liability).unwrap_or_else(|| UNSAID.to_owned()),
        "created_at": artifact.created_at,
    })
}

/// The native manifest.
pub fn register(body: &Map<String, Value>) -> Result<SkillManifestCreate, Invalid> {
    let body = Body(body);
    let notes = |name: &'static str| -> Result<Vec<Note>, Invalid> {
        let texts: Vec<String> = body.list(&[name])?;
        texts.iter().map(|text| note(name, text)).collect()
    };
    let missing = |name: &str| Invalid::new(Code::MissingField, name, "is required");
    let class = body.text(&["skill_class"])?;
    let level = match body.text(&["attestation_level"])? {
        // Nobody has vouched for it but who registers it.
        None | Some("unverified") => None,
        Some(_) => word::<AttestationLevel>(body, &["attestation_level"])?,
    };
    let names = [
        "publisher",
        "skill_class",
        "instruction_hash",
        "required_approvals",
        "ethical_frameworks",
    ];
    Ok(SkillManifestCreate {
        name: note("name", body.need(&["name"])?)?,
        version: note("version", body.need(&["version"])?)?,
        skill_class: class.and_then(|word| word.parse().ok()).unwrap_or(SkillClass::Tool),
        risk_class: word(body, &["risk_class"])?.ok_or_else(|| missing("risk_class"))?,
        attestation_level: level,
        instruction_hash: digest(body.need(&["instruction_hash"])?),
        supported_protocols: notes("supported_protocols")?,
        required_tools: notes("required_tools")?,
        annotations: kept(body, &names)?,
    })
}

/// A manifest in the protocol's words.
pub fn skill(artifact: &Artifact) -> Value {
    let told = Told::of(artifact);
    let list = |name: &str| match told.said(name) {
        Value::Null => json!([]),
        said => said,
    };
    let instructions = told.said("instruction_hash");
    let instructions = instructions.as_str().and_then(|text| text.parse().ok());
    let mut value = json!({
        "type": "SkillManifest",
        "skill_id": artifact.id,
        "name": told.text("name"),
        "version": told.text("version"),
        "publisher": told.kept("publisher").cloned().unwrap_or_else(|| json!(artifact.by)),
        "published_by": artifact.by,
        "supported_protocols": list("supported_protocols"),
        "skill_class": told.kept("skill_class").cloned().or(artifact.record.get("class").cloned()),
        "risk_class": artifact.record.get("risk"),
        "instruction_hash": told.kept("instruction_hash").cloned()
            .or(instructions.map(|digest| hash(&digest).into())).unwrap_or_else(|| UNSAID.into()),
        "required_tools": list("required_tools"),
        "attestation_level": artifact.record.get("level"),
        "created_at": artifact.created_at,
    });
    with_kept(&mut value, told.kept);
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    const TASK: &str = "tsk_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD";

    fn with(value: Value) -> Map<String, Value> {
        let mut members = value.as_object().unwrap().clone();
        members.insert("task_id".to_owned(), TASK.into());
        members
    }

    fn recorded(id: &str, record: Value, document: &impl serde::Serialize) -> Artifact {
        let document = serde_json::to_value(document).unwrap();
        serde_json::from_value(json!({
            "id": id, "kind": "x", "task": TASK, "by": "agt_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD",
            "record": record, "document": document, "created_at": "2026-01-15T09:00:00.000Z", "seq": 1,
        }))
        .unwrap()
    }

    #[test]
    fn a_context_says_where_it_comes_from_and_never_more_trust_than_the_node_has() {
        for (source, trust, expected) in [
            (Some("trusted_policy"), None, SourceType::Policy),
            (Some("retrieved"), Some("trusted_user"), SourceType::Retrieved),
            (Some("a web page"), Some("trusted_user"), SourceType::External),
            (None, Some("trusted_system"), SourceType::System),
            (None, Some("whatever"), SourceType::External),
        ] {
            assert_eq!(source_type(source, trust), expected, "{source:?} {trust:?}");
        }
        let read =
            context(&with(json!({ "trust_class": "trusted_policy", "taint_labels": ["odd"] })));
        let read = read.unwrap();
        assert_eq!(read.taint_labels, [Taint::Unverified]);
        let record = json!({ "source": "policy", "trust": "untrusted", "taint": ["unverified"] });
        let told = attested_context(&recorded("ctx_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD", record, &read));
        assert_eq!(told["taint_labels"], json!(["unverified", "odd"]));
        assert_eq!(
            (&told["trust_class"], &told["instruction_eligible"]),
            (&json!("untrusted"), &json!(false))
        );
        assert_eq!(told["claimed_trust_class"], "trusted_policy");
    }

    #[test]
    fn evidence_of_a_free_form_is_kept_as_it_came() {
        let items = json!([{ "kind": "invoice", "total": 3 }, { "total": 4 }]);
        let read = evidence(&with(json!({ "items": items }))).unwrap();
        assert_eq!(read.claims[0].claim_text.as_str(), "invoice");
        assert_eq!(read.claims[1].claim_text.as_str(), "{\"total\":4}");
        let record = json!({ "claims": 2, "verification": "unverified" });
        let told = evidence_bundle(&recorded("evb_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD", record, &read));
        assert_eq!(told["items"], items);
        assert!(evidence(&with(json!({ "items": [] }))).is_err());
        assert!(evidence(&with(json!({ "items": [1] }))).is_err());
    }

    #[test]
    fn a_decision_keeps_its_score_and_refuses_another() {
        let body = |score: Value| {
            with(
                json!({ "selected_action": "analyse", "rationale": "fine", "uncertainty_score": score }),
            )
        };
        let read = decide(&body(json!(0.05))).unwrap();
        assert_eq!(read.uncertainty_ppm, Some(50_000));
        let record = json!({ "class": "unspecified", "uncertainty_ppm": 50_000 });
        let told = decision(&recorded("dec_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD", record, &read));
        assert_eq!(
            (&told["uncertainty_score"], &told["rationale"]),
            (&json!(0.05), &json!("fine"))
        );
        for bad in [json!(1.5), json!(-1), json!("much")] {
            assert!(decide(&body(bad.clone())).is_err(), "{bad}");
        }
        assert!(decide(&with(json!({ "selected_action": "x", "action_class": "x" }))).is_err());
    }

    #[test]
    fn a_skill_keeps_its_publishers_words() {
        let body = json!({ "name": "invoices", "version": "1", "publisher": "acme", "skill_class": "chat",
            "risk_class": "low", "instruction_hash": "sha256:x", "supported_protocols": ["AGP"],
            "attestation_level": "unverified" });
        let read = register(body.as_object().unwrap()).unwrap();
        assert_eq!((read.skill_class, read.attestation_level), (SkillClass::Tool, None));
        let record = json!({ "class": "tool", "risk": "low", "level": "self_attested" });
        let told = skill(&recorded("skl_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD", record, &read));
        for (name, expected) in [
            ("publisher", "acme"),
            ("skill_class", "chat"),
            ("instruction_hash", "sha256:x"),
            ("attestation_level", "self_attested"),
        ] {
            assert_eq!(told[name], expected, "{name}");
        }
        for name in ["name", "version", "risk_class", "instruction_hash"] {
            let mut bad = body.as_object().unwrap().clone();
            bad.remove(name);
            assert!(register(&bad).is_err(), "{name}");
        }
    }

    #[test]
    fn a_purchase_names_its_references_or_the_tasks_own() {
        let read = shop(&with(
            json!({ "ucp_session_ref": "u", "merchant_id": "m", "cart_hash": "sha256:c" }),
        ))
        .unwrap();
        let told = commerce_session(
            &recorded("com_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD", json!({ "stands": "initialized" }), &read),
            Some("lib_1".to_owned()),
        );
        assert_eq!(
            (&told["cart_hash"], &told["liability_binding_ref"]),
            (&json!("sha256:c"), &json!("lib_1"))
        );
        assert!(shop(&with(json!({ "ucp_session_ref": "u", "merchant_id": "m" }))).is_err());
    }
}
