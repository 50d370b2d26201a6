//! ```text
//! declare WHO [risk:high] [role:R…] [quorum:N] [for:SPAN] [in:EU] [under:gdpr]   as T
//! move WHO T STATE [guard:NAME]           verdict WHO T allow|require_approval|… [must:OBLIGATION…] [callback]
//! bind WHO T [to:NAME]                    context WHO T SOURCE [trust:CLASS] [taint:X] [from:C…]
//! evidence WHO T      decision WHO T CLASS [on:EVIDENCE…] [unsure:PPM]      commerce WHO T
//! impact WHO T [harm:N] [mitigated] [violates:RIGHT] [advises:WORD]
//! attested WHO T ROLE cleared|blocked     promote WHO T CONTEXT             skill WHO [level:X]
//! role NAME ROLE      unrole NAME ROLE    (by olga)
//! away WHO DEPUTY SPAN                    back WHO
//! request WHO T [call:TEXT] [dual] [multi:N] [role:R…] [by:NAME…] [strong] [for:SPAN] [callback]   as R
//! bound WHO R TEXT
//! approve WHO R [call:TEXT] [instead:NAME] [factor]      disapprove WHO R
//! concern WHO T [pause_and_review|escalate_to_human|quarantine]   as E
//! resolve WHO E upheld|dismissed|partially_upheld
//! ```

use std::str::FromStr;

use hansa_kernel::Command;
use hansa_kernel::clearance::{
    AddArtifact, Artifact, AssignRole, Attestation, BindApproval, Commerce, Context,
    DecideApproval, DecisionRecord, Declare, DelegateAbsence, Evidence, Impact, Liability, Move,
    PromoteTrust, Raise, RegisterSkill, RequestApproval, Resolve, WithdrawRole, impact,
};
use hansa_kernel::policy::{Evaluate, JudgedSet, Judgement, Mode, Obligation, Verdict};
use hansa_types::governance::{
    ActionClass, ApprovalMode, AttestationLevel, CommerceState, Concern, Decision, HoldKind,
    Horizon, Recommendation, RiskTier, Severity, SkillClass, Stakeholder, TrustClass, Verification,
};
use hansa_types::{
    AnyId, ApprovalId, ApprovalRequestId, AttestationId, CommerceId, ContextId, DecisionId,
    Duration, EscalationId, EvidenceId, ImpactId, LiabilityId, PolicyEvaluationId, PolicySetId,
    SkillId, TaskId,
};

use super::super::words::span;
use super::super::{Named, Town, Words};
use super::Asked;
use super::account::shown_passkey;

pub(super) const VERBS: &[&str] = &[
    "declare",
    "move",
    "verdict",
    "bind",
    "context",
    "evidence",
    "decision",
    "commerce",
    "impact",
    "attested",
    "promote",
    "skill",
    "role",
    "unrole",
    "away",
    "back",
    "request",
    "bound",
    "approve",
    "disapprove",
    "concern",
    "resolve",
];

pub(super) fn parse(town: &mut Town, verb: &str, words: &mut Words<'_>) -> Result<Asked, String> {
    let (who, entropy, at) = (words.next()?, town.entropy(), town.now.0);
    let principal = town.principal(who);
    let command = match verb {
        "declare" => declare(town, TaskId::new(at, entropy), who, words)?,
        "role" | "unrole" => {
            let role = word(words.next()?)?;
            return Asked::by(
                "olga",
                match verb {
                    "role" => Command::RoleAssign(AssignRole { principal, role }),
                    _ => Command::RoleWithdraw(WithdrawRole { principal, role }),
                },
            );
        }
        "skill" => Command::SkillManifestCreate(RegisterSkill {
            id: SkillId::new(at, entropy),
            class: SkillClass::Tool,
            risk: RiskTier::Low,
            level: words.keyed("level:").map_or(Ok(AttestationLevel::SelfAttested), word)?,
            document: Town::digest_of("skill"),
        }),
        "away" => {
            let deputy = town.principal(words.next()?);
            let until = town.now.after(span(words.next()?)?);
            Command::AbsenceDelegate(DelegateAbsence { principal, deputy: Some((deputy, until)) })
        }
        "back" => Command::AbsenceDelegate(DelegateAbsence { principal, deputy: None }),
        "bound" | "approve" | "disapprove" => approval(town, verb, entropy, words)?,
        "resolve" => Command::EscalationResolve(Resolve {
            id: match named(town, words.next()?)? {
                AnyId::Escalation(id) => id,
                other => return Err(format!("{other} is no escalation")),
            },
            resolution: word(words.next()?)?,
            document: None,
        }),
        _ => of_task(town, verb, entropy, words)?,
    };
    Asked::by(who, command)
}

fn of_task(
    town: &mut Town,
    verb: &str,
    entropy: u128,
    words: &mut Words<'_>,
) -> Result<Command, String> {
    let (task, at) = (town.task(words.next()?)?, town.now.0);
    Ok(match verb {
        "move" => Command::TaskUpdate(Move {
            task,
            to: word(words.next()?)?,
            guard: words.keyed("guard:").map(|name| named(town, name)).transpose()?,
        }),
        "verdict" => verdict(task, PolicyEvaluationId::new(at, entropy), words)?,
        "promote" => Command::TaintPromote(PromoteTrust {
            task,
            context: context_id(town, words.next()?)?,
            document: None,
        }),
        "concern" => Command::EscalationRaise(Raise {
            id: EscalationId::new(at, entropy),
            task,
            concern: Concern::Fraud,
            action: words.next().map_or(Ok(HoldKind::PauseAndReview), word)?,
            document: None,
        }),
        "request" => request(town, task, ApprovalRequestId::new(at, entropy), words)?,
        _ => {
            let (id, artifact) = artifact(town, verb, entropy, words)?;
            Command::ArtifactAdd(AddArtifact { id, task, artifact })
        }
    })
}

fn word<T: FromStr<Err = E>, E: std::fmt::Display>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error| format!("{text}: {error}"))
}

fn all<T: FromStr<Err = E>, E: std::fmt::Display>(
    words: &mut Words<'_>,
    mark: &str,
) -> Result<Vec<T>, String> {
    let mut all = Vec::new();
    while let Some(text) = words.keyed(mark) {
        all.push(word(text)?);
    }
    Ok(all)
}

fn named(town: &Town, name: &str) -> Result<AnyId, String> {
    match town.named(name)? {
        Named::Id(id) => Ok(id),
        other => Err(format!("{name} is {other:?} and has no id")),
    }
}

fn context_id(town: &Town, name: &str) -> Result<ContextId, String> {
    match named(town, name)? {
        AnyId::Context(id) => Ok(id),
        other => Err(format!("{other} is no context")),
    }
}

fn life(words: &mut Words<'_>) -> Result<Duration, String> {
    words.keyed("for:").map_or(Ok(Duration::days(1)), span)
}

fn declare(town: &Town, id: TaskId, who: &str, words: &mut Words<'_>) -> Result<Command, String> {
    Ok(Command::TaskDeclare(Declare {
        id,
        principal: town.principal(words.keyed("of:").unwrap_or(who)),
        outcome: Town::digest_of("outcome"),
        risk: words.keyed("risk:").map_or(Ok(RiskTier::Low), word)?,
        jurisdictions: all(words, "in:")?,
        frameworks: all(words, "under:")?,
        roles: all(words, "role:")?,
        quorum: words.keyed("quorum:").map_or(Ok(1), word)?,
        expires: town.now.after(life(words)?),
    }))
}

fn verdict(task: TaskId, id: PolicyEvaluationId, words: &mut Words<'_>) -> Result<Command, String> {
    let verdict = words.next()?;
    let at_least = match words.keyed("at_least:") {
        Some(word) => Some(Verdict::from_word(word).ok_or("no verdict")?),
        None => None,
    };
    let mut obligations = Vec::new();
    while let Some(obligation) = words.keyed("must:") {
        obligations.push(Obligation::from_word(obligation).ok_or("no obligation")?);
    }
    let judged = JudgedSet {
        set: PolicySetId(1),
        rules_digest: Town::digest_of("rules"),
        mode: Mode::Enforce,
        verdict: Verdict::from_word(verdict).ok_or("no verdict")?,
        rules: Vec::new(),
        obligations,
        failed: false,
    };
    let judgement = Judgement::compose(Town::digest_of("facts"), vec![judged]);
    let callback = words.flag("callback").then(|| Town::digest_of("url"));
    Ok(Command::PolicyEvaluate(Evaluate { id, task: Some(task), judgement, at_least, callback }))
}

fn request(
    town: &Town,
    task: TaskId,
    id: ApprovalRequestId,
    words: &mut Words<'_>,
) -> Result<Command, String> {
    let (dual, multi) = (words.flag("dual"), words.keyed("multi:"));
    let mut approvers = Vec::new();
    while let Some(name) = words.keyed("by:") {
        approvers.push(town.principal(name));
    }
    Ok(Command::ApprovalRequestCreate(RequestApproval {
        id,
        task,
        call: words.keyed("call:").map(Town::digest_of),
        mode: match (dual, multi) {
            (true, _) => ApprovalMode::Dual,
            (false, Some(_)) => ApprovalMode::Multi,
            (false, None) => ApprovalMode::Single,
        },
        quorum: multi.map_or(Ok(1), word)?,
        roles: all(words, "role:")?,
        approvers,
        strong: words.flag("strong"),
        expires: town.now.after(life(words)?),
        callback: words.flag("callback").then(|| Town::digest_of("url")),
    }))
}

fn approval(
    town: &Town,
    verb: &str,
    entropy: u128,
    words: &mut Words<'_>,
) -> Result<Command, String> {
    let name = words.next()?;
    let request = match named(town, name)? {
        AnyId::ApprovalRequest(id) => id,
        // A parked command brings its request along.
        AnyId::Task(id) => match town.state.clearance.task(id).and_then(|t| t.requests.first()) {
            Some(request) => *request,
            None => return Err(format!("{name} asks for nothing")),
        },
        other => return Err(format!("{other} is no request")),
    };
    if verb == "bound" {
        let call = Town::digest_of(words.next()?);
        return Ok(Command::ApprovalBind(BindApproval { id: request, call }));
    }
    Ok(Command::ApprovalDecide(DecideApproval {
        id: ApprovalId::new(town.now.0, entropy),
        request,
        decision: match verb {
            "approve" => Decision::Approved,
            _ => Decision::Rejected,
        },
        call: words.keyed("call:").map(Town::digest_of),
        on_behalf_of: words.keyed("instead:").map(|name| town.principal(name)),
        second_factor: words.flag("factor"),
        passkey: words.keyed("passkey:").map(|text| shown_passkey(town, text)).transpose()?,
        document: None,
    }))
}

fn artifact(
    town: &mut Town,
    verb: &str,
    entropy: u128,
    words: &mut Words<'_>,
) -> Result<(AnyId, Artifact), String> {
    let (at, document) = (town.now.0, Town::digest_of("document"));
    Ok(match verb {
        "bind" => {
            let accountable = town.principal(words.keyed("to:").unwrap_or("olga"));
            let jurisdiction = words.keyed("in:").map(word).transpose()?;
            let liability =
                Liability { accountable, jurisdiction, document: Some(document), implicit: false };
            (LiabilityId::new(at, entropy).into(), Artifact::LiabilityBinding(liability))
        }
        "context" => {
            let mut derived_from = Vec::new();
            while let Some(name) = words.keyed("from:") {
                derived_from.push(context_id(town, name)?);
            }
            let context = Context {
                source: word(words.next()?)?,
                trust: words.keyed("trust:").map_or(Ok(TrustClass::Untrusted), word)?,
                taint: all(words, "taint:")?,
                derived_from,
                document,
            };
            (ContextId::new(at, entropy).into(), Artifact::AttestedContext(context))
        }
        "evidence" => {
            let verification = Verification::Verified;
            let evidence = Evidence { claims: 2, verification, fresh_until: None, document };
            (EvidenceId::new(at, entropy).into(), Artifact::EvidenceBundle(evidence))
        }
        "decision" => {
            let mut evidence = Vec::new();
            while let Some(name) = words.keyed("on:") {
                match named(town, name)? {
                    AnyId::Evidence(id) => evidence.push(id),
                    other => return Err(format!("{other} is no evidence")),
                }
            }
            let decision = DecisionRecord {
                class: words.next().map_or(Ok(ActionClass::Write), word)?,
                uncertainty_ppm: words.keyed("unsure:").map(word).transpose()?,
                evidence,
                document: Some(document),
                implicit: false,
            };
            (DecisionId::new(at, entropy).into(), Artifact::DecisionRecord(decision))
        }
        "impact" => {
            let assessed = assessed(words)?;
            let findings = assessed.evaluate();
            let impact = Impact { assessed, findings, document };
            (ImpactId::new(at, entropy).into(), Artifact::ImpactAssessment(impact))
        }
        "attested" => {
            let (role, attested) = (word(words.next()?)?, word(words.next()?)?);
            let attestation = Attestation { role, attested, document: Some(document) };
            (AttestationId::new(at, entropy).into(), Artifact::GovernanceAttestation(attestation))
        }
        "commerce" => {
            let commerce = Commerce { stands: CommerceState::Initialized, document };
            (CommerceId::new(at, entropy).into(), Artifact::CommerceSession(commerce))
        }
        other => return Err(format!("{other} is no artifact")),
    })
}

fn assessed(words: &mut Words<'_>) -> Result<impact::Assessed, String> {
    let harm: Option<u8> = words.keyed("harm:").map(word).transpose()?;
    let outlook = impact::Outlook {
        horizon: Horizon::Immediate,
        severity: Severity::Low,
        irreversible: words.flag("irreversible"),
    };
    let stake = impact::Stake {
        stakeholder: Stakeholder::Counterparty,
        harmed: harm.is_some(),
        magnitude: harm.unwrap_or(10),
    };
    Ok(impact::Assessed {
        horizons: vec![outlook],
        stakeholders: vec![stake],
        mitigated: words.flag("mitigated"),
        violates: all(words, "violates:")?,
        recommendation: words.keyed("advises:").map_or(Ok(Recommendation::Proceed), word)?,
    })
}
