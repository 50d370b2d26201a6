//! What a callback says: that something has ended, and how; nothing that only its parties may see.
//!
//! The members `operation_id` and `status` say the same in the words of AGP's asynchronous operations.

use hansa_types::{AnyId, Time};
use serde::{Deserialize, Serialize};

use crate::scalar::WireTime;

/// What is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told<'a> {
    /// What ended: a request for approval, an action, an evaluation.
    pub subject: AnyId,
    /// How.
    pub state: &'a str,
    /// When.
    pub at: Time,
    /// The entry that says so.
    pub seq: u64,
    /// The node's DID, whose keys sign.
    pub node: String,
}

/// A callback's body.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// What it is about, e.g. `approval.approved`.
    #[serde(rename = "type")]
    pub kind: String,
    /// When that happened.
    pub timestamp: WireTime,
    /// More of it.
    pub data: MessageData,
}

/// What a callback is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageData {
    /// What ended.
    pub id: String,
    /// How.
    pub state: String,
    /// The entry that says so.
    pub seq: u64,
    /// Who says it.
    pub node: String,
    /// Its id as AGP's operation: the same.
    pub operation_id: String,
    /// Where that operation stands.
    pub status: String,
}

impl Message {
    /// The body that tells of something.
    pub fn of(told: &Told<'_>) -> Self {
        let noun = match told.subject {
            AnyId::ApprovalRequest(_) => "approval",
            AnyId::Action(_) => "action",
            AnyId::PolicyEvaluation(_) => "policy_evaluation",
            _ => "entry",
        };
        let id = told.subject.to_string();
        Self {
            kind: format!("{noun}.{}", told.state),
            timestamp: told.at.into(),
            data: MessageData {
                operation_id: id.clone(),
                id,
                state: told.state.to_owned(),
                seq: told.seq,
                node: told.node.clone(),
                status: operation_status(told.state).to_owned(),
            },
        }
    }

    /// Its bytes, the same each time.
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}

/// The word of AGP's operations for how something ended.
fn operation_status(state: &str) -> &'static str {
    match state {
        "approved" | "done" | "evaluated" => "completed",
        "rejected" => "denied",
        "expired" => "expired",
        _ => "failed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_says_what_ended_in_both_words() {
        let subject: AnyId = "arq_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD".parse().unwrap();
        for (state, status) in [
            ("approved", "completed"),
            ("rejected", "denied"),
            ("expired", "expired"),
            ("void", "failed"),
            ("outcome_unknown", "failed"),
        ] {
            let node = "did:key:z6Mk".to_owned();
            let told = Told { subject, state, at: Time(1_000), seq: 7, node };
            let message = Message::of(&told);
            assert_eq!(message.kind, format!("approval.{state}"));
            assert_eq!((message.data.status.as_str(), message.data.seq), (status, 7));
            let read: Message = serde_json::from_slice(&message.to_bytes()).unwrap();
            assert_eq!(read, message);
        }
    }
}
