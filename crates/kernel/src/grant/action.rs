//! Patterns of operation ids: `transfer_create`, `transfer_*` or `*`.

use std::cmp::Ordering;
use std::ops::Deref;
use std::str::FromStr;

use hansa_types::{Code, Rejection};
use serde::{Deserialize, Serialize};

use crate::command::Command;
use crate::limits::ACTION_BYTES_MAX;

/// A pattern: an operation id, or a prefix of operation ids followed by `*`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Action(Pattern);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Pattern {
    /// `*`.
    Everything,
    /// An operation of the kernel. Like `*` it takes no look at text elsewhere in memory.
    Operation(&'static str),
    /// Any other pattern, whole.
    Text(Box<str>),
}

impl Pattern {
    fn of(text: &str) -> Self {
        if text == "*" {
            return Pattern::Everything;
        }
        match Command::OPERATIONS.iter().find(|operation| **operation == text) {
            Some(operation) => Pattern::Operation(operation),
            None => Pattern::Text(text.into()),
        }
    }
}

/// Patterns of which one has to cover an operation. `*` alone takes no look elsewhere in memory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Action>", into = "Vec<Action>")]
pub struct Actions(Option<Box<[Action]>>);

/// What [`Actions`] without a list of their own stand for.
const EVERYTHING: &[Action] = &[Action(Pattern::Everything)];

impl Deref for Actions {
    type Target = [Action];
    fn deref(&self) -> &[Action] {
        self.0.as_deref().unwrap_or(EVERYTHING)
    }
}

impl From<Vec<Action>> for Actions {
    fn from(patterns: Vec<Action>) -> Self {
        Self((patterns != EVERYTHING).then(|| patterns.into()))
    }
}

impl From<Actions> for Vec<Action> {
    fn from(actions: Actions) -> Self {
        actions.to_vec()
    }
}

impl Ord for Action {
    /// As their texts, however each is kept.
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl PartialOrd for Action {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Action {
    /// The pattern that covers every operation.
    pub fn everything() -> Self {
        Self(Pattern::Everything)
    }

    /// The pattern as text.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Pattern::Everything => "*",
            Pattern::Operation(text) => text,
            Pattern::Text(text) => text,
        }
    }

    /// Whether an operation falls under the pattern.
    pub fn covers(&self, action: &str) -> bool {
        match &self.0 {
            Pattern::Everything => true,
            Pattern::Operation(operation) => *operation == action,
            Pattern::Text(text) => match text.strip_suffix('*') {
                Some(prefix) => action.starts_with(prefix),
                None => **text == *action,
            },
        }
    }

    /// Whether every operation under `other` falls under this pattern too.
    pub fn includes(&self, other: &Action) -> bool {
        match (self.as_str().strip_suffix('*'), other.as_str().strip_suffix('*')) {
            (Some(prefix), Some(narrower)) => narrower.starts_with(prefix),
            (None, Some(_)) => false,
            (_, None) => self.covers(other.as_str()),
        }
    }
}

impl FromStr for Action {
    type Err = Rejection;
    fn from_str(text: &str) -> Result<Self, Rejection> {
        let body = text.strip_suffix('*').unwrap_or(text);
        let shaped = !text.is_empty()
            && text.len() <= ACTION_BYTES_MAX
            && body.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        if shaped {
            return Ok(Self(Pattern::of(text)));
        }
        Err(Rejection::new(
            Code::InvalidField,
            "actions: an operation id, or the beginning of one followed by *",
        ))
    }
}

impl Serialize for Action {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Action {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;
        String::deserialize(d)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn action(text: &str) -> Action {
        text.parse().unwrap()
    }

    #[test]
    fn patterns_cover_what_they_say() {
        assert!(
            action("*").covers("mint_create") && action("transfer_*").covers("transfer_create")
        );
        assert!(
            !action("transfer_*").covers("mint_create")
                && !action("transfer").covers("transfer_create")
        );
    }

    #[test]
    fn everything_alone_is_kept_without_a_list_and_told_as_one() {
        let all = Actions::from(vec![Action::everything()]);
        assert!(all.0.is_none() && *all == [Action::everything()]);
        let two = vec![Action::everything(), action("mint_create")];
        for patterns in [vec![action("mint_create")], two] {
            let kept = Actions::from(patterns.clone());
            assert!(kept.0.is_some() && *kept == patterns);
            let bytes = postcard::to_stdvec(&kept).unwrap();
            assert_eq!(bytes, postcard::to_stdvec(&patterns).unwrap());
            assert_eq!(postcard::from_bytes::<Actions>(&bytes).unwrap(), kept);
        }
    }

    #[test]
    fn inclusion_is_never_wider() {
        assert!(action("*").includes(&action("transfer_*")));
        assert!(action("transfer_*").includes(&action("transfer_create")));
        assert!(!action("transfer_create").includes(&action("transfer_*")));
        assert!(!action("transfer_*").includes(&action("*")));
    }

    #[test]
    fn other_text_is_refused() {
        for bad in ["", "Transfer", "a b", "a*b", "**", "transfer.create", &"a".repeat(65)] {
            assert!(bad.parse::<Action>().is_err(), "{bad}");
        }
    }
}
