//! The closed vocabularies of governed work: risk, roles, states, trust, impact and outcomes.
//!
//! One word for one thing in the journal, at the edge and in the documentation.
//!
//! Deliberately absent: what any of them means for a decision; the kernel knows that.

use std::fmt;
use std::str::FromStr;

/// The text is no word of the vocabulary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected one of: {0}")]
pub struct WordError(pub &'static str);

/// A closed vocabulary.
pub trait Vocabulary {
    /// Every word of it.
    fn words() -> Vec<&'static str>;
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$about:meta])* $variant:ident = $word:literal),* $(,)? })*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
            #[derive(serde::Serialize, serde::Deserialize)]
            pub enum $name {
                $($(#[$about])* #[serde(rename = $word)] $variant,)*
            }

            impl $name {
                /// Every word, in the order of this registry.
                pub const ALL: &'static [$name] = &[$($name::$variant),*];

                /// The word.
                pub const fn as_str(self) -> &'static str {
                    match self { $($name::$variant => $word),* }
                }
            }

            impl Vocabulary for $name {
                fn words() -> Vec<&'static str> {
                    vec![$($word),*]
                }
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(self.as_str())
                }
            }

            impl FromStr for $name {
                type Err = WordError;
                fn from_str(text: &str) -> Result<Self, WordError> {
                    match text {
                        $($word => Ok($name::$variant),)*
                        _ => Err(WordError(concat!($($word, " "),*))),
                    }
                }
            }
        )*
    };
}

words! {
    /// How much may go wrong.
    RiskTier {
        /// Little, and soon put right.
        Low = "low",
        /// Something.
        Medium = "medium",
        /// Much: needs attestation and approval.
        High = "high",
        /// Everything: needs explicit records too.
        Critical = "critical",
    }
    /// An office of oversight. One person holds at most one of them on one task.
    GovernanceRole {
        /// Answers for the business.
        Executive = "executive",
        /// Answers for the rules.
        ComplianceMonitor = "compliance_monitor",
        /// Answers for the consequences.
        ImpactAssessor = "impact_assessor",
    }
    /// Where the clearance of a task stands.
    Clearance {
        /// Declared.
        Created = "created",
        /// Somebody is liable for it.
        Bound = "bound",
        /// Authority was handed down for it.
        Delegated = "delegated",
        /// A skill was chosen for it.
        SkillBound = "skill_bound",
        /// A commerce session belongs to it.
        CommerceInit = "commerce_init",
        /// Context and evidence are being gathered.
        Analyzing = "analyzing",
        /// The agent has decided what to do.
        Decided = "decided",
        /// Waits for approval.
        ApprovalPending = "approval_pending",
        /// Policy, and approval where due, have cleared it.
        PolicyChecked = "policy_checked",
        /// Under way.
        Executing = "executing",
        /// Done.
        Completed = "completed",
        /// Not done, or its time ran out.
        Failed = "failed",
        /// Refused by policy, by an approver or by an escalation.
        Denied = "denied",
        /// Taken back.
        Revoked = "revoked",
    }
    /// Why a task stands still; the later one is the stronger.
    HoldKind {
        /// A monitor looks at it.
        PauseAndReview = "pause_and_review",
        /// A person has to look at it.
        EscalateToHuman = "escalate_to_human",
        /// It is dangerous.
        Quarantine = "quarantine",
    }
    /// What a concern is about.
    Concern {
        /// Something that should not be done.
        EthicalViolation = "ethical_violation",
        /// Against a rule of policy.
        PolicyViolation = "policy_violation",
        /// Beyond the authority that was given.
        AuthorityViolation = "authority_violation",
        /// Somebody may come to harm.
        Safety = "safety",
        /// Somebody deceives.
        Fraud = "fraud",
        /// Personal data.
        Privacy = "privacy",
        /// Against the law.
        Legal = "legal",
        /// Two frameworks of assessment disagree.
        FrameworkConflict = "framework_conflict",
        /// None of these.
        Other = "other",
    }
    /// What became of an escalation.
    Resolution {
        /// The concern was right: the task ends.
        Upheld = "upheld",
        /// The concern was wrong: the task goes on as if it had not stood still.
        Dismissed = "dismissed",
        /// Right in part: the task goes on, and needs approval anew.
        PartiallyUpheld = "partially_upheld",
    }
    /// How far the origin of a context is trusted.
    TrustClass {
        /// A rule of the house.
        TrustedPolicy = "trusted_policy",
        /// The person the agent works for.
        TrustedUser = "trusted_user",
        /// The node or its operator.
        TrustedSystem = "trusted_system",
        /// Anybody else.
        Untrusted = "untrusted",
    }
    /// Where a context comes from.
    SourceType {
        /// A rule of the house.
        Policy = "policy",
        /// The person the agent works for.
        User = "user",
        /// The node or its operator.
        System = "system",
        /// A tool's answer.
        Tool = "tool",
        /// Something that was looked up.
        Retrieved = "retrieved",
        /// Something that somebody sent.
        External = "external",
        /// Other contexts.
        Derived = "derived",
    }
    /// Why a context is not to be trusted.
    Taint {
        /// It came from outside.
        External = "external",
        /// It was looked up.
        Retrieved = "retrieved",
        /// Its trust was claimed by somebody who may not vouch for it.
        Unverified = "unverified",
        /// Somebody saw instructions in it that do not belong there.
        Injected = "injected",
    }
    /// How far evidence was looked into.
    Verification {
        /// Not at all.
        Unverified = "unverified",
        /// Several sources agree.
        Corroborated = "corroborated",
        /// It was checked.
        Verified = "verified",
        /// Sources contradict each other.
        Disputed = "disputed",
    }
    /// What kind of act was decided on.
    ActionClass {
        /// Looks.
        Read = "read",
        /// Changes something.
        Write = "write",
        /// Talks to somebody.
        Communicate = "communicate",
        /// Moves money or goods.
        Transact = "transact",
        /// Destroys something.
        Delete = "delete",
        /// Changes who may do what.
        Admin = "admin",
        /// Said with the act itself.
        Unspecified = "unspecified",
    }
    /// How far ahead a consequence lies.
    Horizon {
        /// At once.
        Immediate = "immediate",
        /// Within weeks.
        ShortTerm = "short_term",
        /// Within a year.
        MediumTerm = "medium_term",
        /// Later.
        LongTerm = "long_term",
    }
    /// How bad a consequence is.
    Severity {
        /// Nobody would notice.
        Negligible = "negligible",
        /// Bearable.
        Low = "low",
        /// Felt.
        Moderate = "moderate",
        /// Grave.
        High = "high",
        /// Ruinous.
        Severe = "severe",
    }
    /// Whom a consequence is about.
    Stakeholder {
        /// Whoever the agent acts for.
        Principal = "principal",
        /// The person who uses it.
        User = "user",
        /// The other side of a deal.
        Counterparty = "counterparty",
        /// Whoever buys.
        Customer = "customer",
        /// Whoever works there.
        Employee = "employee",
        /// Those who live there.
        Community = "community",
        /// Those who cannot look after themselves.
        VulnerableGroup = "vulnerable_group",
        /// Everybody.
        Public = "public",
        /// The living world.
        Environment = "environment",
        /// Somebody else.
        Other = "other",
    }
    /// What nobody may be deprived of, whatever it is good for.
    Right {
        /// To live, unharmed.
        LifeAndSafety = "life_and_safety",
        /// Not to be a mere means.
        Dignity = "dignity",
        /// To be left alone.
        Privacy = "privacy",
        /// To be treated as others are.
        NonDiscrimination = "non_discrimination",
        /// To be heard before one is judged.
        DueProcess = "due_process",
        /// To speak.
        Expression = "expression",
        /// To keep what is one's own.
        Property = "property",
        /// Of children.
        Childhood = "childhood",
    }
    /// What one framework says of an act; the later one is the worse.
    Finding {
        /// Nothing stands against it.
        Pass = "pass",
        /// Something has to be watched.
        Concern = "concern",
        /// It must not be done.
        Fail = "fail",
    }
    /// What an assessor advises; the later one is the stricter.
    Recommendation {
        /// Do it.
        Proceed = "proceed",
        /// Do it under conditions.
        ProceedWithConditions = "proceed_with_conditions",
        /// Let a person decide.
        Escalate = "escalate",
        /// Leave it.
        Stop = "stop",
    }
    /// What a governance role says of a task.
    Attested {
        /// Nothing stands against it.
        Cleared = "cleared",
        /// It must not go on.
        Blocked = "blocked",
    }
    /// How many have to approve.
    ApprovalMode {
        /// One.
        Single = "single",
        /// Two persons.
        Dual = "dual",
        /// As many persons as the quorum says.
        Multi = "multi",
    }
    /// Where a request for approval stands.
    ApprovalState {
        /// Waits for approvers.
        Pending = "pending",
        /// Approved and not used.
        Approved = "approved",
        /// Rejected.
        Rejected = "rejected",
        /// Its time ran out, which counts as a rejection.
        Expired = "expired",
        /// Approved and used: it is good for nothing more.
        Used = "used",
        /// Void: what it was for has changed or ended.
        Void = "void",
    }
    /// What an approver says.
    Decision {
        /// Yes.
        Approved = "approved",
        /// No.
        Rejected = "rejected",
    }
    /// What a skill is.
    SkillClass {
        /// It speaks a protocol.
        ProtocolAdapter = "protocol_adapter",
        /// It does one thing.
        Tool = "tool",
        /// It does several things in order.
        Workflow = "workflow",
        /// It thinks.
        Reasoning = "reasoning",
        /// It knows.
        Knowledge = "knowledge",
    }
    /// Who vouches for a skill.
    AttestationLevel {
        /// Its publisher.
        SelfAttested = "self_attested",
        /// Somebody else.
        ThirdPartyAttested = "third_party_attested",
        /// It was checked.
        Verified = "verified",
    }
    /// Where a commerce session stands.
    CommerceState {
        /// Opened.
        Initialized = "initialized",
        /// A cart is filled.
        Active = "active",
        /// Bought.
        Completed = "completed",
        /// Left.
        Cancelled = "cancelled",
    }
}

impl Clearance {
    /// Whether nothing can move it any more.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Denied | Self::Revoked)
    }
}

impl RiskTier {
    /// Whether attestation and approval are due.
    pub fn is_grave(self) -> bool {
        self >= Self::High
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_has_one_spelling() {
        for clearance in Clearance::ALL {
            assert_eq!(clearance.as_str().parse(), Ok(*clearance));
            assert_eq!(clearance.to_string(), clearance.as_str());
        }
        assert_eq!(Clearance::ALL.len(), 14);
        assert!("Created".parse::<Clearance>().is_err());
        assert!("".parse::<RiskTier>().is_err());
    }

    #[test]
    fn the_grave_are_high_and_critical() {
        let grave: Vec<_> = RiskTier::ALL.iter().filter(|tier| tier.is_grave()).collect();
        assert_eq!(grave, [&RiskTier::High, &RiskTier::Critical]);
        assert!(HoldKind::Quarantine > HoldKind::EscalateToHuman);
    }
}
