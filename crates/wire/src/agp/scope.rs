//! The nine scopes of AGP's tokens.
//!
//! Writing in a domain includes reading it. The scopes of approvals, policy and revocations stand
//! alone: whoever decides things need not be allowed to approve them.

use std::fmt;
use std::str::FromStr;

macro_rules! scopes {
    ($($name:ident = $text:literal, $about:literal;)*) => {
        /// What a token may be used for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Scope {
            $(#[doc = $about] $name,)*
        }

        impl Scope {
            /// Every scope.
            pub const ALL: &'static [Scope] = &[$(Scope::$name),*];

            /// The scope as a token names it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Scope::$name => $text),* }
            }

            /// What it is for, in one sentence.
            pub const fn about(self) -> &'static str {
                match self { $(Scope::$name => $about),* }
            }
        }
    };
}

scopes! {
    RegistryRead = "agp.registry.read", "Reads tasks, capabilities, delegations, skills, policy sets and revocations.";
    RegistryWrite = "agp.registry.write", "Makes and changes tasks, capabilities, liability bindings, delegations, skills and policy sets.";
    DecisionRead = "agp.decision.read", "Reads contexts, evidence, decisions, policy evaluations, approvals and escalations.";
    DecisionWrite = "agp.decision.write", "Makes contexts, evidence, decisions, assessments, escalations and commerce sessions.";
    ExecutionRead = "agp.execution.read", "Reads action envelopes, receipts, ledger events and replays.";
    ExecutionWrite = "agp.execution.write", "Submits action envelopes, receipts and ledger events.";
    ApprovalWrite = "agp.approval.write", "Asks for approvals and gives them.";
    PolicyWrite = "agp.policy.write", "Has policy evaluated.";
    RevocationWrite = "agp.revocation.write", "Revokes.";
}

impl Scope {
    /// Whether a token with this scope may be used for another.
    pub fn includes(self, other: Scope) -> bool {
        let reads = match self {
            Scope::RegistryWrite => Some(Scope::RegistryRead),
            Scope::DecisionWrite => Some(Scope::DecisionRead),
            Scope::ExecutionWrite => Some(Scope::ExecutionRead),
            _ => None,
        };
        self == other || reads == Some(other)
    }

    /// Whether a text names scopes of AGP and nothing else.
    pub fn read_all(text: &str) -> Result<Vec<Scope>, UnknownScope> {
        text.split(' ').map(str::parse).collect()
    }

    /// Scopes as a token names them.
    pub fn write_all(scopes: &[Scope]) -> String {
        scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" ")
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that is none of the nine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not one of AGP's nine scopes")]
pub struct UnknownScope;

impl FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        Scope::ALL.iter().copied().find(|scope| scope.as_str() == text).ok_or(UnknownScope)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_nine_and_each_is_read_as_it_is_written() {
        assert_eq!(Scope::ALL.len(), 9);
        let text = Scope::write_all(Scope::ALL);
        assert_eq!(Scope::read_all(&text).unwrap(), Scope::ALL);
        for bad in ["", "agp", "agp.registry", "agp.registry.read ", "AGP.REGISTRY.READ", "*"] {
            assert!(Scope::read_all(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn writing_includes_reading_and_nothing_else() {
        for &one in Scope::ALL {
            for &other in Scope::ALL {
                let reads = one
                    .as_str()
                    .strip_suffix(".write")
                    .is_some_and(|domain| other.as_str() == format!("{domain}.read"));
                assert_eq!(one.includes(other), one == other || reads, "{one} {other}");
            }
        }
    }
}
