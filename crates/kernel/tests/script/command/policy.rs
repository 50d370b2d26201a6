//! ```text
//! policy NAME on PATTERN… [mode:shadow] [engine:record] [in:EU] [under:gdpr] [bound:ACTION/CODE/ALLOW/APPROVE]
//! activate P      deprecate P      unpolicy P      mode P off|shadow|enforce
//! evaluate [STEP]
//! later WHO T [callback]   as E      answer E VERDICT      unanswered E
//! ```

use hansa_kernel::policy::{
    Activate, Ask, Bound, Create, Deprecate, Engine, Evaluate, JudgedSet, Judgement, Leave, Mode,
    Obligation, Question, Revoke, Ruling, Scope, SetMode, Verdict,
};
use hansa_kernel::{Command, Request};
use hansa_types::{AnyId, Code, PolicyEvaluationId, PolicySetId, Time};

use super::super::{Named, Outcome, Town, Words};
use super::{Asked, actions, parse_amount};

pub(super) fn parse(town: &mut Town, verb: &str, words: &mut Words<'_>) -> Result<Asked, String> {
    let entropy = town.entropy();
    if verb == "evaluate" {
        let task = words.next().ok().map(|name| town.task(name)).transpose()?;
        let id = PolicyEvaluationId::new(town.now.0, entropy);
        let judgement = Judgement::compose(Town::digest_of("facts"), Vec::new());
        let (at_least, callback) = (None, None);
        let evaluate = Evaluate { id, task, judgement, at_least, callback };
        return Asked::by("alice", Command::PolicyEvaluate(evaluate));
    }
    if matches!(verb, "later" | "answer" | "unanswered") {
        return later(town, verb, words);
    }
    if verb == "policy" {
        let id = PolicySetId::new(town.now.0, entropy);
        return Asked::by("olga", Command::PolicySetCreate(create(town, id, words)?));
    }
    let name = words.next()?;
    let Named::Id(AnyId::PolicySet(id)) = town.named(name)? else {
        return Err(format!("{name} is no policy set"));
    };
    let command = match verb {
        "activate" => Command::PolicySetActivate(Activate { id }),
        "deprecate" => Command::PolicySetDeprecate(Deprecate { id }),
        "unpolicy" => Command::PolicySetRevoke(Revoke { id }),
        _ => Command::PolicySetModeSet(SetMode { id, mode: mode(words.next()?)? }),
    };
    Asked::by("olga", command)
}

/// What is answered later, by the node.
fn later(town: &mut Town, verb: &str, words: &mut Words<'_>) -> Result<Asked, String> {
    let (name, entropy) = (words.next()?, town.entropy());
    if verb == "later" {
        let task = Some(town.task(words.next()?)?);
        let id = PolicyEvaluationId::new(town.now.0, entropy);
        let callback = words.flag("callback").then(|| Town::digest_of("url"));
        return Asked::by(name, Command::PolicyAsk(Ask { id, task, callback }));
    }
    let Named::Id(AnyId::PolicyEvaluation(id)) = town.named(name)? else {
        return Err(format!("{name} is no evaluation"));
    };
    let code = Code::PolicyEngineUnavailable;
    let command = match verb {
        "unanswered" => Command::PolicyLeave(Leave { id, code }),
        _ => {
            let verdict = Verdict::from_word(words.next()?).ok_or("no verdict")?;
            let mut judgement = Judgement::compose(Town::digest_of("facts"), Vec::new());
            judgement.verdict = verdict;
            let task = town.state.policies.awaited(id).and_then(|awaited| awaited.task);
            let (at_least, callback) = (None, None);
            Command::PolicyEvaluate(Evaluate { id, task, judgement, at_least, callback })
        }
    };
    Asked::by("machine", command)
}

fn mode(word: &str) -> Result<Mode, String> {
    let all = [Mode::Off, Mode::Shadow, Mode::Enforce];
    all.into_iter().find(|mode| mode.as_str() == word).ok_or_else(|| format!("{word} is no mode"))
}

fn create(town: &Town, id: PolicySetId, words: &mut Words<'_>) -> Result<Create, String> {
    let name = words.next()?;
    let mut bounds = Vec::new();
    while let Some(bound) = words.keyed("bound:") {
        let parts: Vec<&str> = bound.split('/').collect();
        let [action, code, allow, approve] = parts[..] else {
            return Err(format!("{bound} is ACTION/CODE/ALLOW/APPROVE"));
        };
        let currency = town.currency(code)?;
        bounds.push(Bound {
            action: actions(&[action])?.remove(0),
            currency: currency.code,
            allow_up_to: parse_amount(&currency, allow)?,
            approve_up_to: parse_amount(&currency, approve)?,
        });
    }
    let engine = match words.keyed("engine:") {
        None => Engine::Rego,
        Some("opa") => Engine::Opa,
        Some(_) => Engine::Record,
    };
    let mode = words.keyed("mode:").map(mode).transpose()?.unwrap_or_default();
    let mut scope = Scope::default();
    while let Some(place) = words.keyed("in:") {
        scope.jurisdictions.push(place.parse().map_err(|e| format!("{place}: {e}"))?);
    }
    while let Some(framework) = words.keyed("under:") {
        scope.frameworks.push(framework.parse().map_err(|e| format!("{framework}: {e}"))?);
    }
    words.flag("on");
    scope.actions = actions(&words.rest())?;
    let (rules, document) = (Town::digest_of(&id.to_string()), Town::digest_of("a document"));
    let name = hansa_crypto::hash::label(name);
    Ok(Create { id, name, rules, document, engine, mode, scope, bounds })
}

/// Submits a request, and answers what policy is asked about it as the line says.
pub(super) fn submit(
    town: &mut Town,
    words: &Words<'_>,
    request: &Request,
) -> Result<Outcome, String> {
    let outcome = town.submit(request);
    let (Some(says), Outcome::Judge(question)) = (words.option("!says:"), &outcome) else {
        return Ok(outcome);
    };
    let mut facts = question.facts.clone();
    if words.option("!stale").is_some() {
        facts.hour = Time(0);
    }
    let ruling = Box::new(Ruling::new(facts.into(), judge(question, says)?));
    Ok(town.submit(&Request { ruling: Some(ruling), ..request.clone() }))
}

/// `deny,rule_name,dual_approval,by:2`: what is said, and by which of the sets alone.
fn judge(question: &Question, says: &str) -> Result<Vec<JudgedSet>, String> {
    let mut words = says.split(',');
    let word = words.next().unwrap_or_default();
    let (mut rules, mut obligations, mut only) = (Vec::new(), Vec::new(), None);
    for word in words {
        match (word.strip_prefix("by:"), Obligation::from_word(word)) {
            (Some(place), _) => only = place.parse::<usize>().ok(),
            (None, Some(obligation)) => obligations.push(obligation),
            (None, None) => rules.push(word.parse().map_err(|e| format!("{word}: {e}"))?),
        }
    }
    let judged = question.sets.iter().enumerate().map(|(place, asked)| {
        let mut judged = JudgedSet::failed(asked.set, asked.rules, asked.mode);
        if word == "dead" {
            return Ok(judged);
        }
        let says = only.is_none_or(|only| only == place + 1);
        let said = if says { word } else { "allow" };
        judged.verdict = Verdict::from_word(said).ok_or_else(|| format!("{said} is no verdict"))?;
        judged.failed = false;
        if says {
            (judged.rules, judged.obligations) = (rules.clone(), obligations.clone());
        }
        Ok(judged)
    });
    judged.collect()
}
