//! Problem documents (RFC 9457): how every refusal and fault looks on the native API.
//!
//! A problem is built from a [`Rejection`]: the code decides type, title, status and next step, the
//! rejection adds its detail. The request id is put in by the edge.
//!
//! Deliberately absent: headers (`Retry-After` belongs to the edge) and the shapes of the dialects.

use std::borrow::Cow;
use std::fmt;
use std::ops::{Deref, DerefMut};

use hansa_types::{Code, Rejection, RequestId};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};

use crate::schema;

/// The media type of a problem (RFC 9457 section 6.1).
pub const MEDIA_TYPE: &str = "application/problem+json";

/// A refusal or fault, for people and programs. Small, so that it can stand in a `Result`; its
/// members are those of [`Members`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Problem(Box<Members>);

impl JsonSchema for Problem {
    fn schema_name() -> Cow<'static, str> {
        "Problem".into()
    }
    fn schema_id() -> Cow<'static, str> {
        Members::schema_id()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Members::json_schema(generator)
    }
}

/// A refusal or fault (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Members {
    /// Where the code is explained: a reference relative to the node's address (RFC 9457
    /// section 3.1.1).
    #[serde(rename = "type")]
    pub type_url: String,
    /// What the code means, in one sentence.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// The stable code that programs branch on.
    pub code: String,
    /// What exactly was wrong this time.
    pub detail: String,
    /// What the caller can do about it.
    pub next_step: String,
    /// The request this answers, as the node's log names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::RequestId>")]
    pub request_id: Option<RequestId>,
    /// The members of the request that were wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
}

/// One member of the request that was wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FieldProblem {
    /// The path of the member, e.g. `items[3].amount`.
    pub field: String,
    /// The stable code.
    pub code: String,
    /// What was wrong with it.
    pub detail: String,
}

impl Problem {
    /// The problem of a code with a detail of its own.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self(Box::new(Members {
            type_url: format!("/docs/errors#{code}"),
            title: code.title().to_owned(),
            status: code.status(),
            code: code.as_str().to_owned(),
            detail: detail.into(),
            next_step: code.next_step().to_owned(),
            request_id: None,
            errors: Vec::new(),
        }))
    }

    /// Names the request that this answers.
    #[must_use]
    pub fn with_request_id(mut self, id: RequestId) -> Self {
        self.request_id = Some(id);
        self
    }

    /// Adds a member of the request that was wrong.
    #[must_use]
    pub fn with_field(mut self, field: impl Into<String>, rejection: &Rejection) -> Self {
        self.errors.push(FieldProblem {
            field: field.into(),
            code: rejection.code.as_str().to_owned(),
            detail: rejection.detail.clone().into_owned(),
        });
        self
    }

    /// The code as a member of the registry, if this build knows it.
    pub fn known_code(&self) -> Option<Code> {
        Code::ALL.iter().copied().find(|code| code.as_str() == self.code)
    }
}

impl Deref for Problem {
    type Target = Members;
    fn deref(&self) -> &Members {
        &self.0
    }
}

impl DerefMut for Problem {
    fn deref_mut(&mut self) -> &mut Members {
        &mut self.0
    }
}

impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Self {
        Self::new(rejection.code, rejection.detail)
    }
}

impl From<Code> for Problem {
    fn from(code: Code) -> Self {
        Rejection::from(code).into()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.detail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rejection_becomes_a_problem_with_all_the_members_of_rfc_9457() {
        let rejection = Rejection::new(Code::AmountZero, "the amount is zero");
        let problem = Problem::from(rejection.clone())
            .with_request_id(RequestId(1))
            .with_field("amount", &rejection);
        let json = serde_json::to_value(&problem).unwrap();
        assert_eq!(json["type"], "/docs/errors#amount_zero");
        assert_eq!(json["status"], 422);
        assert_eq!(json["code"], "amount_zero");
        assert_eq!(json["next_step"], Code::AmountZero.next_step());
        assert_eq!(json["request_id"], RequestId(1).to_string());
        assert_eq!(json["errors"][0]["field"], "amount");
        assert_eq!(serde_json::from_value::<Problem>(json).unwrap(), problem);
    }

    #[test]
    fn a_problem_of_an_unknown_code_still_reads() {
        let mut problem = Problem::from(Code::Forbidden);
        assert_eq!(problem.known_code(), Some(Code::Forbidden));
        problem.code = "from_the_future".to_owned();
        assert_eq!(problem.known_code(), None);
    }
}
