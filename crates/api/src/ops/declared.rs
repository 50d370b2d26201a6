//! Declared tasks: declaring and moving them, and everything on record for them.

use hansa_kernel::clearance::{
    AddArtifact, AgpState, Artifact as Recorded, Attestation, Commerce, Context as Told,
    DecisionRecord as Decided, Declare, DeclaredTask as Held, Evidence, Impact, Liability, Move,
    PromoteTrust, Standing, impact,
};
use hansa_kernel::task::Work;
use hansa_kernel::{Command, Entry, State};
use hansa_node::Done;
use hansa_types::governance::{CommerceState, HoldKind, Taint, TrustClass, Verification};
use hansa_types::{
    AnyId, AttestationId, Code, CommerceId, ContextId, DecisionId, Digest, Duration, EscalationId,
    EvidenceId, ImpactId, LiabilityId, PrincipalId, TaskId, Time,
};
use hansa_wire::Problem;
use hansa_wire::api::Page;
use hansa_wire::api::clearance::{
    Artifact, ArtifactGet, ArtifactList, CommerceSessionCreate, ContextAttest, DecisionRecord,
    DeclaredTask, EvidenceAdd, GovernanceAttest, ImpactAssess, LiabilityBind, TaintPromote,
    TaskDeclare, TaskUpdate,
};
use hansa_wire::api::tasks::TaskList;
use serde::Serialize;
use serde_json::{Map, Value};

use super::document::{both, document_id, json_of};
use crate::answer::Answer;
use crate::context::{Context, Step};
use crate::limits::DECLARED_LIFE_S;
use crate::resolve::counted;

/// A declared task as the state has it.
pub(crate) struct Seen {
    id: TaskId,
    principal: PrincipalId,
    declared_by: PrincipalId,
    task: Held,
    standing: Standing,
    taint: Vec<Taint>,
    hold: Option<HoldKind>,
    escalations: Vec<EscalationId>,
}

/// Declares a task.
pub(crate) async fn task_declare(
    context: &Context,
    request: TaskDeclare,
) -> Result<Answer, Problem> {
    let node = &context.api.node;
    let principal = context.find_or_caller(request.principal.as_ref()).await?;
    let id = TaskId::new(node.now().0, node.env.random_u128());
    let text = request.requested_outcome.as_str().as_bytes().to_vec();
    let sealed = context.seal_text(principal, document_id(id.into()), text).await?;
    let outcome = sealed.digest;
    let annotated = context.seal_annotations(principal, id.into(), &request.annotations).await?;
    let life = Duration::seconds(request.expires_in_s.unwrap_or(DECLARED_LIFE_S));
    let declare = Declare {
        id,
        principal,
        outcome,
        risk: request.risk_tier,
        jurisdictions: request.jurisdictions,
        frameworks: request.frameworks,
        roles: request.required_roles,
        quorum: request.quorum.unwrap_or(1),
        expires: node.now().after(life),
    };
    let step = Step::new(Command::TaskDeclare(declare)).with(both(sealed, annotated));
    let done = context.submit(step).await?;
    let AnyId::Task(id) = done.entry.id else { return Err(Code::Internal.into()) };
    Answer::done(&done, &tell(context, &see(context, id).await?).await?)
}

/// Answers for an operation that waits for its approval: 202 with the task that it waits as.
pub(crate) async fn waiting(context: &Context, parked: &Done) -> Result<Answer, Problem> {
    let AnyId::Task(id) = parked.entry.id else { return Err(Code::Internal.into()) };
    let told = tell(context, &see(context, id).await?).await?;
    Ok(Answer::done(parked, &told)?.with_status(202))
}

/// A declared task, if there is one that the caller has a hand in.
pub(crate) async fn find(context: &Context, id: TaskId) -> Result<Option<DeclaredTask>, Problem> {
    let (caller, all) = (context.principal()?, context.sees_all().await?);
    let look = move |state: &State| look_at(state, caller, all, id);
    match context.api.node.read(Some(caller), look).await? {
        Some(seen) => Ok(Some(tell(context, &seen).await?)),
        None => Ok(None),
    }
}

/// Lists declared tasks that the caller takes part in, the latest first.
pub(crate) async fn declared_list(context: &Context, request: TaskList) -> Result<Answer, Problem> {
    let (caller, all) = (context.principal()?, context.sees_all().await?);
    let party = match &request.party {
        Some(named) => Some(context.find(named, Code::PrincipalUnknown).await?),
        None => None,
    };
    let wanted = request.agp_state;
    if wanted.as_ref().is_some_and(|word| !AgpState::ALL.contains(&word.as_str())) {
        return Err(Problem::new(Code::InvalidField, "agp_state: a state of AGP, e.g. CREATED"));
    }
    let look = move |state: &State| {
        let ids = state.clearance.tasks().rev().map(|(id, _)| id);
        let seen = ids.filter_map(|id| look_at(state, caller, all, id));
        let fits = |seen: &Seen| {
            party.is_none_or(|party| seen.principal == party || seen.declared_by == party)
                && wanted.as_ref().is_none_or(|word| seen.standing.agp().as_str() == word)
        };
        (seen.filter(fits).collect(), state.seq)
    };
    let (seen, as_of_seq): (Vec<Seen>, u64) = context.api.node.read(Some(caller), look).await?;
    let (page, next_cursor) = counted(seen, request.cursor.as_ref(), request.limit)?;
    let mut data = Vec::with_capacity(page.len());
    for seen in &page {
        data.push(tell(context, seen).await?);
    }
    Answer::json(&Page { data, next_cursor, as_of_seq })
}

/// Moves a declared task.
pub(crate) async fn task_update(context: &Context, request: TaskUpdate) -> Result<Answer, Problem> {
    let TaskUpdate { task, to, guard } = request;
    see(context, task).await?;
    let done = context.submit(Step::new(Command::TaskUpdate(Move { task, to, guard }))).await?;
    Answer::done(&done, &tell(context, &see(context, task).await?).await?)
}

/// Says who answers for a task.
pub(crate) async fn liability_bind(
    context: &Context,
    request: LiabilityBind,
) -> Result<Answer, Problem> {
    let seen = see(context, request.task).await?;
    let accountable = match &request.accountable {
        Some(named) => context.find(named, Code::PrincipalUnknown).await?,
        None => seen.declared_by,
    };
    let jurisdiction = request.jurisdiction.clone();
    attach(context, &seen, fresh(context, LiabilityId::new), &request, |document| {
        let document = Some(document);
        Recorded::LiabilityBinding(Liability {
            accountable,
            jurisdiction,
            document,
            implicit: false,
        })
    })
    .await
}

/// Puts on record what an agent was told.
pub(crate) async fn context_attest(
    context: &Context,
    request: ContextAttest,
) -> Result<Answer, Problem> {
    let seen = see(context, request.task).await?;
    let told = request.clone();
    attach(context, &seen, fresh(context, ContextId::new), &request, |document| {
        Recorded::AttestedContext(Told {
            source: told.source_type,
            trust: told.trust_class.unwrap_or(TrustClass::Untrusted),
            taint: told.taint_labels,
            derived_from: told.derived_from,
            document,
        })
    })
    .await
}

/// Puts on record what a decision rests on.
pub(crate) async fn evidence_add(
    context: &Context,
    request: EvidenceAdd,
) -> Result<Answer, Problem> {
    let seen = see(context, request.task).await?;
    let claims = u16::try_from(request.claims.len()).unwrap_or(u16::MAX);
    if !(1..=crate::limits::CLAIMS_MAX).contains(&request.claims.len()) {
        return Err(Problem::new(Code::InvalidField, "claims: 1 to 64 of them"));
    }
    let verification = weakest(&request);
    let fresh_until: Option<Time> = request.fresh_until.map(|time| time.0);
    attach(context, &seen, fresh(context, EvidenceId::new), &request, |document| {
        Recorded::EvidenceBundle(Evidence { claims, verification, fresh_until, document })
    })
    .await
}

/// How far the weakest claim was looked into; a disputed one is the weakest.
fn weakest(request: &EvidenceAdd) -> Verification {
    let rank = |status: &Verification| match status {
        Verification::Disputed => 0,
        Verification::Unverified => 1,
        Verification::Corroborated => 2,
        Verification::Verified => 3,
    };
    let all = request.claims.iter().map(|claim| claim.verification_status);
    all.min_by_key(rank).unwrap_or(Verification::Unverified)
}

/// Puts on record what an agent decided to do.
pub(crate) async fn decision_record(
    context: &Context,
    request: DecisionRecord,
) -> Result<Answer, Problem> {
    let seen = see(context, request.task).await?;
    let decided = request.clone();
    attach(context, &seen, fresh(context, DecisionId::new), &request, |document| {
        Recorded::DecisionRecord(Decided {
            class: decided.action_class,
            uncertainty_ppm: decided.uncertainty_ppm,
            evidence: decided.evidence,
            document: Some(document),
            implicit: false,
        })
    })
    .await
}

/// Assesses what a task leads to.
pub(crate) async fn impact_assess(
    context: &Context,
    request: ImpactAssess,
) -> Result<Answer, Problem> {
    let seen = see(context, request.task).await?;
    let horizons = request.time_horizons.iter().map(|horizon| impact::Outlook {
        horizon: horizon.horizon,
        severity: horizon.severity,
        irreversible: !horizon.reversible,
    });
    let stakeholders = request.stakeholders.iter().map(|stake| impact::Stake {
        stakeholder: stake.stakeholder,
        harmed: stake.harmed,
        magnitude: stake.magnitude,
    });
    let assessed = impact::Assessed {
        horizons: horizons.collect(),
        stakeholders: stakeholders.collect(),
        mitigated: request.mitigated,
        violates: request.rights_violated.clone(),
        recommendation: request.recommendation,
    };
    let findings = assessed.evaluate();
    attach(context, &seen, fresh(context, ImpactId::new), &request, |document| {
        Recorded::ImpactAssessment(Impact { assessed, findings, document })
    })
    .await
}

/// Says in a governance role what stands for or against a task.
pub(crate) async fn governance_attest(
    context: &Context,
    request: GovernanceAttest,
) -> Result<Answer, Problem> {
    let seen = see(context, request.task).await?;
    let (role, attested) = (request.role, request.verdict);
    attach(context, &seen, fresh(context, AttestationId::new), &request, |document| {
        Recorded::GovernanceAttestation(Attestation { role, attested, document: Some(document) })
    })
    .await
}

/// Opens a commerce session for a task.
pub(crate) async fn commerce_session_create(
    context: &Context,
    request: CommerceSessionCreate,
) -> Result<Answer, Problem> {
    let seen = see(context, request.task).await?;
    let stands = request.status.unwrap_or(CommerceState::Initialized);
    attach(context, &seen, fresh(context, CommerceId::new), &request, |document| {
        Recorded::CommerceSession(Commerce { stands, document })
    })
    .await
}

/// Vouches for a context.
pub(crate) async fn taint_promote(
    context: &Context,
    request: TaintPromote,
) -> Result<Answer, Problem> {
    let seen = see(context, request.task).await?;
    let name = format!("promotion/{}", request.context);
    let text = request.rationale.as_str().as_bytes().to_vec();
    let sealed = context.seal_text(seen.principal, name, text).await?;
    let document = Some(sealed.digest);
    let (task, of) = (request.task, request.context);
    let command = Command::TaintPromote(PromoteTrust { task, context: of, document });
    let done = context.submit(Step::new(command).with(Some(sealed))).await?;
    Answer::done(&done, &tell(context, &see(context, task).await?).await?)
}

/// Lists everything on record for a task.
pub(crate) async fn artifact_list(
    context: &Context,
    request: ArtifactList,
) -> Result<Answer, Problem> {
    let seen = see(context, request.task).await?;
    let all: Vec<u64> = seen.task.artifacts.iter().map(|(_, seq)| *seq).collect();
    let (page, next_cursor) = counted(all, request.cursor.as_ref(), request.limit)?;
    let as_of_seq = context.api.node.durable.seq();
    let mut data = Vec::with_capacity(page.len());
    for seq in page {
        data.push(artifact_at(context, seq).await?);
    }
    Answer::json(&Page { data, next_cursor, as_of_seq })
}

/// Reads one artifact, or the manifest of a skill.
pub(crate) async fn artifact_get(
    context: &Context,
    request: ArtifactGet,
) -> Result<Answer, Problem> {
    let (caller, wanted) = (context.principal()?, request.artifact);
    let all = context.sees_all().await?;
    let look = move |state: &State| {
        if let AnyId::Skill(id) = wanted {
            return state.clearance.skill(id).map(|skill| skill.seq);
        }
        let handle = state.principals.find(caller)?;
        let mut mine =
            state.clearance.tasks().filter(|(id, _)| all || state.takes_part(*id, handle));
        mine.find_map(|(_, task)| {
            task.artifacts.iter().find(|(id, _)| *id == wanted).map(|(_, seq)| *seq)
        })
    };
    let seq = context.api.node.read(Some(caller), look).await?.ok_or(Code::NotFound)?;
    Answer::json(&artifact_at(context, seq).await?)
}

pub(super) async fn artifact_at(context: &Context, seq: u64) -> Result<Artifact, Problem> {
    let entry = context.api.node.entry(seq).await.map_err(hansa_node::internal)?;
    tell_artifact(context, &entry.ok_or(Code::NotFound)?).await
}

/// Attaches an artifact whose text is the request itself.
async fn attach(
    context: &Context,
    seen: &Seen,
    id: AnyId,
    request: &impl Serialize,
    artifact: impl FnOnce(Digest) -> Recorded,
) -> Result<Answer, Problem> {
    let sealed = context.seal_text(seen.principal, document_id(id), json_of(request)?).await?;
    let add = AddArtifact { id, task: seen.id, artifact: artifact(sealed.digest) };
    let done = context.submit(Step::new(Command::ArtifactAdd(add)).with(Some(sealed))).await?;
    Answer::done(&done, &tell_artifact(context, &done.entry).await?)
}

fn fresh<T: Into<AnyId>>(context: &Context, make: fn(u64, u128) -> T) -> AnyId {
    let node = &context.api.node;
    make(node.now().0, node.env.random_u128()).into()
}

pub(super) async fn tell_artifact(context: &Context, entry: &Entry) -> Result<Artifact, Problem> {
    let object = |value: Value| match value {
        Value::Object(members) => members,
        _ => Map::new(),
    };
    let record = serde_json::to_value(&entry.event).map_err(|_| Code::Internal)?;
    let mut record = object(record);
    let kind = match record.remove("artifact") {
        Some(Value::String(kind)) => kind,
        _ => "skill_manifest".to_owned(),
    };
    let text = context.open_text(document_id(entry.id)).await?;
    let document = text.and_then(|text| serde_json::from_slice(&text).ok()).map(object);
    let task = match entry.subject {
        Some(AnyId::Task(task)) => Some(task),
        _ => None,
    };
    Ok(Artifact {
        id: entry.id,
        kind,
        task,
        by: entry.actor,
        record,
        document,
        created_at: entry.ts.into(),
        seq: entry.seq,
    })
}

/// A declared task, if the caller has a hand in it.
pub(crate) async fn see(context: &Context, id: TaskId) -> Result<Seen, Problem> {
    let (caller, all) = (context.principal()?, context.sees_all().await?);
    let look = move |state: &State| look_at(state, caller, all, id);
    Ok(context.api.node.read(Some(caller), look).await?.ok_or(Code::NotFound)?)
}

/// A declared task as one principal sees it.
pub(crate) fn look_at(state: &State, looker: PrincipalId, all: bool, id: TaskId) -> Option<Seen> {
    let handle = state.principals.find(looker)?;
    let task = state.clearance.task(id)?;
    let granted = || {
        let principal = state.principals.get(task.principal).id;
        crate::sight::holds_grant_of(state, looker, principal)
    };
    if !(all || state.takes_part(id, handle) || granted()) {
        return None;
    }
    let of = |handle| state.principals.get(handle).id;
    Some(Seen {
        id,
        principal: of(task.principal),
        declared_by: of(task.declarer),
        standing: state.standing(id)?,
        taint: task.taint(),
        hold: state.clearance.hold(id),
        escalations: task.holds.clone(),
        task: task.clone(),
    })
}

/// A declared task in an answer.
pub(crate) async fn tell(context: &Context, seen: &Seen) -> Result<DeclaredTask, Problem> {
    let text = match &seen.task.parked {
        Some(_) => None,
        None => context.open_text(document_id(seen.id.into())).await?,
    };
    let parked_call = match &seen.task.parked {
        Some(_) => super::parked::call(context, seen.id).await?,
        None => Map::new(),
    };
    let requested_outcome = text.and_then(|text| String::from_utf8(text).ok());
    let task = &seen.task;
    Ok(DeclaredTask {
        id: seen.id,
        clearance: task.clearance,
        hold: seen.hold.filter(|_| !task.clearance.is_final()),
        agp_state: seen.standing.agp().as_str().to_owned(),
        a2a_state: a2a_word(seen.standing.a2a()).to_owned(),
        principal: seen.principal,
        declared_by: seen.declared_by,
        requested_outcome,
        risk_tier: task.risk,
        jurisdictions: task.jurisdictions.clone(),
        frameworks: task.frameworks.clone(),
        required_roles: task.roles.clone(),
        quorum: task.quorum,
        taint: seen.taint.clone(),
        impact: task.impact,
        artifacts: task.artifacts.iter().map(|(id, _)| *id).collect(),
        approval_requests: task.requests.clone(),
        escalations: seen.escalations.clone(),
        parked: task.parked.as_ref().map(|parked| parked.operation.as_str().to_owned()),
        parked_call,
        result: task.result,
        refusal: task.refusal.as_ref().map(|code| code.to_string()),
        annotations: context.open_annotations(seen.id.into()).await?,
        created_at: task.declared.into(),
        updated_at: task.moved.into(),
        expires_at: task.expires.into(),
        seq: task.seq,
    })
}

fn a2a_word(work: Work) -> &'static str {
    match work {
        Work::Submitted => "TASK_STATE_SUBMITTED",
        Work::Working => "TASK_STATE_WORKING",
        Work::Completed => "TASK_STATE_COMPLETED",
        Work::Failed => "TASK_STATE_FAILED",
        Work::Canceled => "TASK_STATE_CANCELED",
        Work::Rejected => "TASK_STATE_REJECTED",
        Work::InputRequired => "TASK_STATE_INPUT_REQUIRED",
        Work::AuthRequired => "TASK_STATE_AUTH_REQUIRED",
    }
}
