//! Policy sets: making, reading and changing them.

use std::sync::Arc;

use hansa_crypto::hash::label;
use hansa_kernel::policy::{
    self, Activate, Bound, Create, Deprecate, Mode, Revoke, Scope, SetMode, Stage, Verdict,
};
use hansa_kernel::{Command, Entry, State};
use hansa_node::internal;
use hansa_node::judge::{Judge, PolicyDocument};
use hansa_node::vault::policy_id;
use hansa_types::{AnyId, Code, Currency, PolicySetId, Rejection};
use hansa_wire::api::Page;
use hansa_wire::api::policies::{
    PolicyBound, PolicyChange, PolicyDifference, PolicyDifferenceList, PolicyEngine, PolicyMode,
    PolicySet, PolicySetActivate, PolicySetCreate, PolicySetDeprecate, PolicySetGet, PolicySetList,
    PolicySetModeSet, PolicySetRevoke, PolicySetStatus, PolicyVerdict, ShadowVerdict,
};
use hansa_wire::scalar::ActionPattern;
use hansa_wire::{Problem, WireAmount};

use super::grants::actions;
use crate::answer::Answer;
use crate::context::{Context, Step};
use crate::resolve::{amount, counted, next, page, views_failed};
use crate::serve::blocking;

/// Makes a policy set.
pub(crate) async fn policy_set_create(
    context: &Context,
    request: PolicySetCreate,
) -> Result<Answer, Problem> {
    let node = &context.api.node;
    // Compiling takes a while, so whoever may not make a set is told before.
    if !node.may_for_node(context.principal()?, "policy_set_create").await? {
        return Err(Code::Forbidden.into());
    }
    let mut bounds = Vec::with_capacity(request.bounds.len());
    for wanted in &request.bounds {
        bounds.push(bound(context, wanted).await?);
    }
    let engine = engine(request.engine);
    let mode = request.mode.map_or_else(|| default_mode(context, engine), mode);
    let scope = Scope {
        actions: actions(&request.actions)?,
        jurisdictions: request.jurisdictions,
        frameworks: request.frameworks,
    };
    let document = PolicyDocument {
        name: request.name.as_str().to_owned(),
        version: request.version.as_str().to_owned(),
        description: request.description.map(|text| text.as_str().to_owned()),
        modules: request.modules,
        data: request.data,
        opa_path: request.opa_path,
    };
    let id = PolicySetId::new(node.now().0, node.env.random_u128());
    let keeper = node.read(None, |state| state.node().map(|node| node.id)).await??;
    let vault = Arc::clone(&node.vault);
    let work = move || {
        Judge::check(engine, &document)?;
        let (rules, bytes) = (document.rules_digest()?, document.to_bytes()?);
        let sealed = vault.seal(keeper, policy_id(id), &bytes).map_err(internal)?;
        Ok::<_, Rejection>((label(&document.name), rules, sealed))
    };
    let (name, rules, sealed) = blocking(work).await??;
    let document = sealed.digest;
    let create = Create { id, name, rules, document, engine, mode, scope, bounds };
    let step = Step::new(Command::PolicySetCreate(create)).with(Some(sealed));
    let done = context.submit(step).await?;
    Answer::done(&done, &of_entry(context, &done.entry).await?)
}

async fn bound(context: &Context, wanted: &PolicyBound) -> Result<Bound, Problem> {
    let currency = context.api.currency(Some(wanted.currency)).await?;
    let allow_up_to = amount("bounds.allow_up_to", &wanted.allow_up_to, &currency)?;
    let approve_up_to = match &wanted.approve_up_to {
        Some(most) => amount("bounds.approve_up_to", most, &currency)?,
        None => allow_up_to,
    };
    let action = wanted.action.as_str().parse()?;
    Ok(Bound { action, currency: currency.code, allow_up_to, approve_up_to })
}

fn default_mode(context: &Context, engine: policy::Engine) -> Mode {
    match engine {
        policy::Engine::Opa if !context.api.node.config.judge.opa_enforce => Mode::Shadow,
        _ => Mode::Enforce,
    }
}

/// Lists policy sets, the newest first.
pub(crate) async fn policy_set_list(
    context: &Context,
    request: PolicySetList,
) -> Result<Answer, Problem> {
    let wanted = request.status;
    let look = move |state: &State| {
        let all = state
            .policies
            .iter()
            .filter(|(_, set)| wanted.is_none_or(|wanted| status(set.stage) == wanted));
        let mut all: Vec<PolicySetId> = all.map(|(id, _)| id).collect();
        all.reverse();
        (all, state.seq)
    };
    let (all, as_of_seq) = context.api.node.read(Some(context.principal()?), look).await?;
    let (shown, next_cursor) = counted(all, request.cursor.as_ref(), request.limit)?;
    let mut data = Vec::with_capacity(shown.len());
    for id in shown {
        let set = show(context, id).await?;
        let rules = match set.engine {
            PolicyEngine::Record => set.data.clone(),
            PolicyEngine::Rego | PolicyEngine::Opa => Default::default(),
        };
        data.push(PolicySet { modules: Default::default(), data: rules, ..set });
    }
    Answer::json(&Page { data, next_cursor, as_of_seq })
}

/// Reads a policy set.
pub(crate) async fn policy_set_get(
    context: &Context,
    request: PolicySetGet,
) -> Result<Answer, Problem> {
    Answer::json(&show(context, request.policy_set).await?)
}

/// Puts a policy set in force.
pub(crate) async fn policy_set_activate(
    context: &Context,
    request: PolicySetActivate,
) -> Result<Answer, Problem> {
    change(context, Command::PolicySetActivate(Activate { id: request.policy_set })).await
}

/// Asks a policy set no longer.
pub(crate) async fn policy_set_deprecate(
    context: &Context,
    request: PolicySetDeprecate,
) -> Result<Answer, Problem> {
    change(context, Command::PolicySetDeprecate(Deprecate { id: request.policy_set })).await
}

/// Ends a policy set.
pub(crate) async fn policy_set_revoke(
    context: &Context,
    request: PolicySetRevoke,
) -> Result<Answer, Problem> {
    change(context, Command::PolicySetRevoke(Revoke { id: request.policy_set })).await
}

/// Says how much a policy set counts.
pub(crate) async fn policy_set_mode_set(
    context: &Context,
    request: PolicySetModeSet,
) -> Result<Answer, Problem> {
    let set = SetMode { id: request.policy_set, mode: mode(request.mode) };
    change(context, Command::PolicySetModeSet(set)).await
}

async fn change(context: &Context, command: Command) -> Result<Answer, Problem> {
    let done = context.submit(Step::new(command)).await?;
    Answer::done(&done, &of_entry(context, &done.entry).await?)
}

async fn of_entry(context: &Context, entry: &Entry) -> Result<PolicySet, Problem> {
    match entry.id {
        AnyId::PolicySet(id) => show(context, id).await,
        _ => Err(Code::Internal.into()),
    }
}

/// What is told of a set; its rules are told to whoever sees everything of the node.
async fn show(context: &Context, id: PolicySetId) -> Result<PolicySet, Problem> {
    let node = &context.api.node;
    let look = move |state: &State| {
        let set = state.policies.get(id)?.clone();
        let pending = set.pending.map(|pending| PolicyChange {
            change: pending.change.as_str().to_owned(),
            requested_by: state.principals.get(pending.by).id,
            expires_at: pending.until.into(),
        });
        Some((set, pending))
    };
    let seen = node.read(context.principal().ok(), look).await?;
    let (set, pending) = seen.ok_or(Code::NotFound)?;
    let vault = Arc::clone(&node.vault);
    let opened = blocking(move || vault.open(&policy_id(id))).await?.map_err(internal)?;
    let document = opened.and_then(|opened| PolicyDocument::from_bytes(&opened.bytes).ok());
    let document = document.ok_or(Code::Internal)?;
    let all = context.sees_all().await?;
    // Whose rules are kept elsewhere keeps nothing here that could be secret.
    let is_record = set.engine == policy::Engine::Record;
    let mut bounds = Vec::with_capacity(set.bounds.len());
    for bound in &set.bounds {
        let currency = context.api.currency(Some(bound.currency)).await?;
        bounds.extend(tell_bound(bound, &currency));
    }
    Ok(PolicySet {
        id,
        name: document.name,
        version: document.version,
        description: document.description,
        status: status(set.stage),
        mode: tell_mode(set.mode),
        engine: match set.engine {
            policy::Engine::Rego => PolicyEngine::Rego,
            policy::Engine::Opa => PolicyEngine::Opa,
            policy::Engine::Record => PolicyEngine::Record,
        },
        actions: set.scope.actions.iter().filter_map(|a| ActionPattern::new(a.as_str())).collect(),
        jurisdictions: set.scope.jurisdictions,
        frameworks: set.scope.frameworks,
        bounds,
        rules_digest: set.rules,
        pending,
        modules: if all { document.modules } else { Default::default() },
        data: if all || is_record { document.data } else { Default::default() },
    })
}

fn tell_bound(bound: &Bound, currency: &Currency) -> Option<PolicyBound> {
    let between = bound.approve_up_to > bound.allow_up_to;
    Some(PolicyBound {
        action: ActionPattern::new(bound.action.as_str())?,
        currency: bound.currency,
        allow_up_to: WireAmount::of(currency, bound.allow_up_to),
        approve_up_to: between.then(|| WireAmount::of(currency, bound.approve_up_to)),
    })
}

/// Lists what sets in shadow would have decided otherwise.
pub(crate) async fn policy_difference_list(
    context: &Context,
    request: PolicyDifferenceList,
) -> Result<Answer, Problem> {
    if !context.sees_all().await? {
        return Err(Code::Forbidden.into());
    }
    let query = page(request.cursor.as_ref(), request.limit)?;
    let node = &context.api.node;
    let as_of_seq = node.views_caught_up().await;
    let rows = node.views.policy_differences(query).await.map_err(views_failed)?;
    let next_cursor = next(rows.next);
    let data = rows.items.into_iter().map(|row| PolicyDifference {
        subject: row.subject.map(|id| id.to_string()),
        enforced: tell_verdict(row.enforced),
        shadow: row
            .differs
            .into_iter()
            .map(|(policy_set, said)| ShadowVerdict { policy_set, verdict: tell_verdict(said) })
            .collect(),
        judged_at: row.at.into(),
        seq: row.seq,
    });
    Answer::json(&Page { data: data.collect(), next_cursor, as_of_seq })
}

fn engine(engine: PolicyEngine) -> policy::Engine {
    match engine {
        PolicyEngine::Rego => policy::Engine::Rego,
        PolicyEngine::Opa => policy::Engine::Opa,
        PolicyEngine::Record => policy::Engine::Record,
    }
}

fn mode(mode: PolicyMode) -> Mode {
    match mode {
        PolicyMode::Off => Mode::Off,
        PolicyMode::Shadow => Mode::Shadow,
        PolicyMode::Enforce => Mode::Enforce,
    }
}

pub(super) fn tell_mode(mode: Mode) -> PolicyMode {
    match mode {
        Mode::Off => PolicyMode::Off,
        Mode::Shadow => PolicyMode::Shadow,
        Mode::Enforce => PolicyMode::Enforce,
    }
}

fn status(stage: Stage) -> PolicySetStatus {
    match stage {
        Stage::Draft => PolicySetStatus::Draft,
        Stage::Active => PolicySetStatus::Active,
        Stage::Deprecated => PolicySetStatus::Deprecated,
        Stage::Revoked => PolicySetStatus::Revoked,
    }
}

pub(super) fn tell_verdict(verdict: Verdict) -> PolicyVerdict {
    match verdict {
        Verdict::Allow => PolicyVerdict::Allow,
        Verdict::RequireStrongerAuth => PolicyVerdict::RequireStrongerAuth,
        Verdict::RequireApproval => PolicyVerdict::RequireApproval,
        Verdict::Escalate => PolicyVerdict::Escalate,
        Verdict::Deny => PolicyVerdict::Deny,
        Verdict::Quarantine => PolicyVerdict::Quarantine,
    }
}
