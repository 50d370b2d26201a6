//! The gate of admission: whether policy lets a command through, as far as the writer can tell.
//!
//! Bounds first, then the judgement that came back with the command, then the question. A judgement
//! counts only over the same facts and the same sets in the same modes. Nobody is judged for what
//! keeps them in control of their own account, nor by a pattern as wide as `*` for changing policy:
//! a broken policy must not be able to lock the door from inside.

use std::borrow::Cow;
use std::sync::Arc;

use hansa_types::{Amount, Code, CurrencyCode, GrantId, PolicySetId, Rejection, Time};

use super::{
    CounterpartyFacts, Facts, GrantFacts, JudgedSet, Judgement, Mode, MoneyFacts, Obligation,
    PolicySet, Question, SetRef, TaskFacts, Verdict, bounds,
};
use crate::State;
use crate::action::{Call, Submit};
use crate::command::{Caller, Command, Request};
use crate::entry::Auth;
use crate::org::OrgCommand;
use crate::principal::Handle;
use crate::task;

/// The beginning of the operations that change policy itself.
const POLICY_ACTIONS: &str = "policy_";

/// What the gate says of a command.
#[derive(Debug)]
pub(crate) enum Gate {
    /// It may pass; with what was said of it, where somebody was asked.
    Pass(Option<Arc<Judgement>>),
    /// It may pass when it is approved.
    Approval(Arc<Judgement>),
    /// The writer cannot tell: somebody has to ask.
    Judge(Box<Question>),
}

/// An act, beside who does it and how they proved it: one that is asked for, or one that may be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Act {
    /// The id of the operation, or of the tool.
    pub action: Cow<'static, str>,
    /// The money it moves.
    pub money: Option<(CurrencyCode, Amount)>,
    /// The other side.
    pub counterparty: Option<CounterpartyFacts>,
    /// What it is done to.
    pub resource: Option<Box<str>>,
    /// The grant it uses.
    pub grant: Option<GrantId>,
    /// The task it belongs to.
    pub task: Option<TaskFacts>,
    /// Its parameters as canonical JSON.
    pub parameters: Option<Box<str>>,
}

impl State {
    /// Whether policy lets a command through. Of an action the judgement names the sets beside that
    /// concern it and were not asked, so that its receipt shows them.
    pub(crate) fn gate(
        &self,
        caller: Handle,
        request: &Request,
        grant: Option<GrantId>,
        now: Time,
    ) -> Result<Gate, Rejection> {
        let gate = self.ask_sets(caller, request, grant, now)?;
        let gate = self.unless_consequential(gate, (caller, request), || {
            let act = Act { grant, ..self.act(&request.command) };
            self.facts(caller, &request.caller, act, now).digest()
        });
        if self.policies.off().next().is_none()
            || !matches!(request.command, Command::ActionSubmit(_))
        {
            return Ok(gate);
        }
        let act = Act { grant, ..self.act(&request.command) };
        let concerns = |set: &PolicySet| {
            set.concerns_action(&act.action) && set.concerns_place(act.task.as_ref())
        };
        let off = self.policies.off().filter(|(_, set)| concerns(set));
        let off: Vec<JudgedSet> = off.map(|(id, set)| set.bounded(id, Verdict::Allow)).collect();
        Ok(match gate {
            Gate::Pass(None) if !off.is_empty() => {
                let facts = self.facts(caller, &request.caller, act, now).digest();
                Gate::Pass(Some(Arc::new(Judgement::compose(facts, off))))
            }
            Gate::Pass(Some(judgement)) => Gate::Pass(Some(judgement.beside(off))),
            Gate::Approval(judgement) => Gate::Approval(judgement.beside(off)),
            other => other,
        })
    }

    /// Asks the policy sets that concern a command, as far as their bounds and the judgement that
    /// came with it say.
    fn ask_sets(
        &self,
        caller: Handle,
        request: &Request,
        grant: Option<GrantId>,
        now: Time,
    ) -> Result<Gate, Rejection> {
        let action = acted(&request.command);
        if self.policies.asked.is_empty() || is_own_control(&request.command) {
            return Ok(Gate::Pass(None));
        }
        // What bounds alone let pass, wherever it happens, needs no facts.
        let money = self.money_of(&request.command);
        let passes = |set: &PolicySet| {
            let verdict = money.and_then(|money| bounds::verdict(&set.bounds, action, money));
            verdict == Some(Verdict::Allow)
        };
        let mut asked = self.policies.asked().map(|(_, set)| set);
        if asked.all(|set| !set.concerns_action(action) || passes(set)) {
            return Ok(Gate::Pass(None));
        }
        let act = Act { grant, ..self.act(&request.command) };
        let (bounded, open) = self.sort_sets(&act);
        let is_plain = |judged: &JudgedSet| judged.verdict == Verdict::Allow;
        if open.is_empty() && bounded.iter().all(is_plain) {
            return Ok(Gate::Pass(None));
        }
        let facts = self.facts(caller, &request.caller, act, now);
        if open.is_empty() {
            let judgement = Arc::new(Judgement::compose(facts.digest(), bounded));
            return Ok(match judgement.rule(&facts)? {
                // What bounds decide can be told from the journal at any time.
                Gate::Pass(_) => Gate::Pass(None),
                other => other,
            });
        }
        match &request.ruling {
            Some(ruling) if ruling.is_over(&facts) && ruling.judgement().is_by(&open) => {
                ruling.judgement().within(bounded).rule(&facts)
            }
            _ => Ok(Gate::Judge(Box::new(self.question(facts, open)))),
        }
    }

    /// The active sets that concern an act: what the bounds of some say, and those to be asked.
    pub fn sort_sets(&self, act: &Act) -> (Vec<JudgedSet>, Vec<SetRef>) {
        let (mut bounded, mut open) = (Vec::new(), Vec::new());
        for (id, set) in self.policies.asked() {
            if !set.concerns_action(&act.action) || !set.concerns_place(act.task.as_ref()) {
                continue;
            }
            match act.money.and_then(|money| bounds::verdict(&set.bounds, &act.action, money)) {
                Some(verdict) => bounded.push(set.bounded(id, verdict)),
                None => open.push(set.reference(id)),
            }
        }
        (bounded, open)
    }

    /// The money of a command, by whose amount bounds decide.
    fn money_of(&self, command: &Command) -> Option<(CurrencyCode, Amount)> {
        if let Command::TaskStep(step) = command
            && let task::Act::Delegate { terms, .. } = &step.act
        {
            return Some((terms.currency, terms.amount));
        }
        self.money_moved(command).0
    }

    /// The facts of an act that somebody does. `hour` is the only part that time alone changes.
    pub fn facts(&self, actor: Handle, proven: &Caller, act: Act, now: Time) -> Facts {
        let Act { action, money, counterparty, resource, grant, task, parameters } = act;
        let grant = grant.and_then(|id| self.grant_facts(id));
        let roles = self.governance_roles(actor);
        // Whoever proved who they are is known by that.
        let id = proven.principal.unwrap_or_else(|| self.principals.get(actor).id);
        Facts {
            action,
            actor: id,
            actor_kind: self.principals.status(actor).kind,
            on_behalf_of: grant.as_ref().map(|grant| grant.root),
            money: money.and_then(|money| self.money_facts(money)),
            counterparty,
            resource,
            grant,
            task,
            roles,
            auth: proven.auth.method(),
            strong_auth: self.is_strong(proven),
            hour: Facts::hour_of(now),
            parameters,
        }
    }

    /// What a grant and its chain say of themselves.
    pub fn grant_facts(&self, id: GrantId) -> Option<GrantFacts> {
        let grant = self.grants.get(&id)?;
        let of = |handle| self.principals.get(handle).id;
        let (root, issuer) = (of(grant.root), of(grant.issuer));
        Some(GrantFacts { id, root, issuer, depth: grant.depth, expires: grant.terms.expires })
    }

    /// An amount with its currency as facts; nothing where the currency is unknown here.
    pub fn money_facts(&self, money: (CurrencyCode, Amount)) -> Option<MoneyFacts> {
        let index = self.ledger.currency(money.0).ok()?;
        let currency = self.ledger.currency_state(index).currency;
        Some(MoneyFacts { currency, amount: money.1 })
    }

    /// A principal as the other side of an act.
    pub fn counterparty_facts(&self, id: hansa_types::PrincipalId) -> CounterpartyFacts {
        let kind = self.principals.find(id).map(|handle| self.principals.status(handle).kind);
        CounterpartyFacts { principal: Some(id), kind, name: None }
    }

    /// What is known of a task. Contracts declare no risk and no place.
    pub fn task_facts(&self, id: hansa_types::TaskId) -> Option<TaskFacts> {
        if let Some(task) = self.clearance.task(id) {
            return Some(TaskFacts {
                id,
                risk: Some(task.risk),
                jurisdictions: task.jurisdictions.clone(),
                frameworks: task.frameworks.clone(),
                taint: task.taint().into_iter().map(|taint| taint.as_str().into()).collect(),
                artifacts: task.artifact_kinds().into_iter().map(Into::into).collect(),
            });
        }
        self.tasks.get(id)?;
        let (jurisdictions, frameworks) = (Vec::new(), Vec::new());
        let (taint, artifacts) = (Vec::new(), Vec::new());
        Some(TaskFacts { id, risk: None, jurisdictions, frameworks, taint, artifacts })
    }

    /// The governance roles that a principal holds for the node, sorted.
    pub fn governance_roles(&self, holder: Handle) -> Vec<std::borrow::Cow<'static, str>> {
        let roles = self.clearance.roles_of(holder);
        let mut roles: Vec<_> = roles.into_iter().map(|role| role.as_str().into()).collect();
        roles.sort_unstable();
        roles
    }

    /// Whether a caller showed a key of their own or a second factor.
    pub fn is_strong(&self, caller: &Caller) -> bool {
        self.is_strong_proof(&caller.auth)
    }

    /// The same, of what an entry keeps of the proof.
    pub(crate) fn is_strong_proof(&self, auth: &Auth) -> bool {
        match auth {
            Auth::Envelope(..) => true,
            Auth::Session(id) => self.accounts.session(*id).is_some_and(|s| s.second_factor),
            _ => false,
        }
    }

    /// What is judged of an action: what it calls, and not that something is called.
    fn act_of(&self, submit: &Submit) -> Act {
        let task = self.task_facts(submit.task);
        if let Some(inner) = submit.act.native() {
            return Act { task, ..self.act(&inner.command) };
        }
        let Call { tool, counterparty, counterparty_name, parameters, .. } = &submit.call;
        let known = counterparty.map(|id| self.counterparty_facts(id));
        let named = counterparty_name.clone();
        let counterparty = match (known, named) {
            (known, None) => known,
            (Some(known), name) => Some(CounterpartyFacts { name, ..known }),
            (None, name) => Some(CounterpartyFacts { principal: None, kind: None, name }),
        };
        Act {
            action: tool.as_str().to_owned().into(),
            money: submit.call.money.map(|money| (money.currency, money.amount)),
            counterparty,
            task,
            parameters: parameters.clone(),
            ..Act::default()
        }
    }

    fn act(&self, command: &Command) -> Act {
        if let Command::ActionSubmit(submit) = command {
            return self.act_of(submit);
        }
        let of = |handle: Handle| self.principals.get(handle).id;
        let other = |id| Some(self.counterparty_facts(id));
        let held = |id| self.held.get(id);
        let counterparty = match command {
            Command::TransferCreate(create) => other(create.to),
            Command::MintCreate(mint) => other(mint.to),
            Command::BurnCreate(burn) => other(burn.from),
            Command::TransferPost(post) => held(&post.id).and_then(|held| other(of(held.payee))),
            Command::TransferVoid(void) => held(&void.id).and_then(|held| other(of(held.payer))),
            Command::FundingApprove(approve) => {
                let funding = self.fundings.get(approve.id);
                funding.and_then(|funding| other(of(funding.principal)))
            }
            Command::GrantCreate(create) => other(create.holder),
            Command::KeyRotate(rotate) => other(rotate.principal),
            Command::TaskStep(step) => other(step.to),
            _ => None,
        };
        let parent = match command {
            Command::TaskStep(step) => step.parent.and_then(|parent| self.tasks.step(parent)),
            _ => None,
        };
        let task = parent.and_then(|step| self.task_facts(step.task));
        let (action, money) = (command.action().into(), self.money_of(command));
        Act { action, money, counterparty, task, ..Act::default() }
    }
}

/// What is judged: the operation, or what an action calls.
fn acted(command: &Command) -> &str {
    match command {
        Command::ActionSubmit(submit) => match submit.act.native() {
            Some(inner) => inner.command.action(),
            None => submit.call.tool.as_str(),
        },
        other => other.action(),
    }
}

/// What keeps people in control of their own account and of policy's evaluation is not judged.
fn is_own_control(command: &Command) -> bool {
    matches!(
        command,
        Command::AccountRegister(_)
            | Command::PasswordChange(_)
            | Command::AccountRecover(_)
            | Command::RecoveryKeysSet(_)
            | Command::SessionOpen(_)
            | Command::SessionClose(_)
            | Command::AppealLodge(_)
            | Command::PasskeyAdd(_)
            | Command::PasskeyRemove(_)
            | Command::TotpEnable(_)
            | Command::TotpDisable(_)
            | Command::TokensRevoke(_)
            | Command::ApiKeyRevoke(_)
            | Command::Org(OrgCommand::Leave(_))
            | Command::PolicyEvaluate(_)
            | Command::PolicyAsk(_)
            | Command::ApprovalDecide(_)
            | Command::EscalationRaise(_)
            | Command::EscalationResolve(_)
    )
}

impl PolicySet {
    /// Whether an action falls under one of its patterns. Operations on policy itself only do where a
    /// pattern means them.
    pub(super) fn concerns_action(&self, action: &str) -> bool {
        let is_policy = action.starts_with(POLICY_ACTIONS);
        self.scope.actions.iter().any(|pattern| {
            pattern.covers(action) && (!is_policy || pattern.as_str().starts_with(POLICY_ACTIONS))
        })
    }

    /// Whether it holds where a task happens and for what the task is bound by. What says nothing
    /// could be anywhere.
    pub fn concerns_place(&self, task: Option<&TaskFacts>) -> bool {
        let Some(task) = task else { return true };
        let scope = &self.scope;
        let place = scope.jurisdictions.is_empty()
            || task.jurisdictions.is_empty()
            || scope.jurisdictions.iter().any(|j| task.jurisdictions.iter().any(|t| j.overlaps(t)));
        let framework = scope.frameworks.is_empty()
            || task.frameworks.is_empty()
            || scope.frameworks.iter().any(|framework| task.frameworks.contains(framework));
        place && framework
    }

    fn bounded(&self, set: PolicySetId, verdict: Verdict) -> JudgedSet {
        let (rules, obligations) = (Vec::new(), Vec::new());
        let (rules_digest, mode, failed) = (self.rules, self.mode, false);
        JudgedSet { set, rules_digest, mode, verdict, rules, obligations, failed }
    }
}

impl Judgement {
    /// The same, with what sets are said of that decide nothing.
    fn beside(mut self: Arc<Self>, sets: Vec<JudgedSet>) -> Arc<Self> {
        Arc::make_mut(&mut self).policy_sets.extend(sets);
        self
    }

    /// The same, together with what the bounds of others say.
    fn within(self: &Arc<Self>, bounded: Vec<JudgedSet>) -> Arc<Self> {
        if bounded.is_empty() {
            return Arc::clone(self);
        }
        let sets = bounded.into_iter().chain(self.policy_sets.iter().cloned());
        Arc::new(Self::compose(self.facts, sets.collect()))
    }

    /// Whether it is what these sets say in these modes.
    fn is_by(&self, sets: &[SetRef]) -> bool {
        let answers = |(asked, judged): (&SetRef, &JudgedSet)| {
            asked.set == judged.set
                && asked.rules == judged.rules_digest
                && asked.mode == judged.mode
        };
        sets.len() == self.policy_sets.len() && sets.iter().zip(&self.policy_sets).all(answers)
    }

    /// What follows from it.
    pub(crate) fn rule(self: Arc<Self>, facts: &Facts) -> Result<Gate, Rejection> {
        let refuse = |code| Err(Rejection::new(code, self.tell()));
        match self.verdict {
            Verdict::Deny if self.failed => Err(Code::PolicyEngineUnavailable.into()),
            Verdict::Deny => refuse(Code::PolicyDenied),
            Verdict::Quarantine => refuse(Code::PolicyQuarantined),
            Verdict::Escalate => refuse(Code::PolicyEscalated),
            Verdict::RequireApproval => {
                self.check_kept(facts)?;
                Ok(Gate::Approval(self))
            }
            Verdict::RequireStrongerAuth | Verdict::Allow => {
                self.check_kept(facts)?;
                Ok(Gate::Pass(Some(self)))
            }
        }
    }

    /// Refuses where something beside an approval is missing.
    fn check_kept(&self, facts: &Facts) -> Result<(), Rejection> {
        let missing = |o: &&Obligation| !o.shapes_approval() && !o.is_kept(facts);
        match self.obligations.iter().find(missing) {
            None => Ok(()),
            Some(Obligation::StrongerAuth) => {
                Err(Rejection::new(Code::StrongerAuthRequired, self.tell()))
            }
            Some(missing) => {
                let detail = format!("{} is missing; {}", missing.as_str(), self.tell());
                Err(Rejection::new(Code::ObligationUnmet, detail))
            }
        }
    }

    /// Which sets and rules say so, for a person.
    pub fn tell(&self) -> String {
        let sets = self.policy_sets.iter().filter(|judged| {
            judged.mode == Mode::Enforce && judged.verdict >= self.verdict.min(Verdict::Deny)
        });
        let sets: Vec<String> = sets.map(|judged| judged.set.to_string()).collect();
        let rules: Vec<&str> = self.matched_rules.iter().map(|rule| rule.as_str()).collect();
        let sets = match sets.is_empty() {
            true => "the node itself".to_owned(),
            false => sets.join(", "),
        };
        let said = format!("{sets} says {}", self.verdict.as_str());
        match rules.is_empty() {
            true => said,
            false => format!("{said} by {}", rules.join(", ")),
        }
    }
}
