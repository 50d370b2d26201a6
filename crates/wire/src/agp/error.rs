//! Refusals as AGP's clients read them: `{"error": {code, message, retryable, details}}`.
//!
//! A total function of the node's problems. Clients branch on the code first and on the status
//! otherwise, so each code has one status; the node's own code stays in `details`.

use serde_json::{Value, json};

use crate::problem::Problem;

macro_rules! codes {
    ($($name:ident = $text:literal, $status:literal, $retryable:literal;)*) => {
        /// Why a request was refused, in AGP's words.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum AgpCode {
            $(#[doc = concat!("`", $text, "`")] $name,)*
        }

        impl AgpCode {
            /// Every code.
            pub const ALL: &'static [AgpCode] = &[$(AgpCode::$name),*];

            /// The code on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(AgpCode::$name => $text),* }
            }

            /// Its status.
            pub const fn status(self) -> u16 {
                match self { $(AgpCode::$name => $status),* }
            }

            /// Whether the same request may succeed later.
            pub const fn is_retryable(self) -> bool {
                match self { $(AgpCode::$name => $retryable),* }
            }
        }
    };
}

codes! {
    InvalidRequest = "AGP_INVALID_REQUEST", 400, false;
    Unauthenticated = "AGP_UNAUTHENTICATED", 401, false;
    Forbidden = "AGP_FORBIDDEN", 403, false;
    NotFound = "AGP_NOT_FOUND", 404, false;
    MethodNotAllowed = "AGP_METHOD_NOT_ALLOWED", 405, false;
    Timeout = "AGP_TIMEOUT", 408, true;
    Conflict = "AGP_CONFLICT", 409, false;
    ScopeViolation = "AGP_SCOPE_VIOLATION", 409, false;
    Gone = "AGP_GONE", 410, false;
    TooLarge = "AGP_TOO_LARGE", 413, false;
    UnsupportedMediaType = "AGP_UNSUPPORTED_MEDIA_TYPE", 415, false;
    WrongHost = "AGP_WRONG_HOST", 421, false;
    Unprocessable = "AGP_UNPROCESSABLE", 422, false;
    PolicyDenied = "AGP_POLICY_DENIED", 422, false;
    TokenRevoked = "AGP_TOKEN_REVOKED", 422, false;
    TokenExpired = "AGP_TOKEN_EXPIRED", 422, false;
    ApprovalRequired = "AGP_APPROVAL_REQUIRED", 422, true;
    RateLimited = "AGP_RATE_LIMITED", 429, true;
    Server = "AGP_SERVER_ERROR", 500, true;
    Unavailable = "AGP_UNAVAILABLE", 503, true;
    Full = "AGP_INSUFFICIENT_STORAGE", 507, true;
}

impl AgpCode {
    /// What a code of the node is in AGP's words; by its status where nothing nearer is said.
    pub fn of(code: &str, status: u16) -> Self {
        match code {
            "grant_revoked" => AgpCode::TokenRevoked,
            "grant_expired" => AgpCode::TokenExpired,
            "grant_not_narrower"
            | "grant_out_of_scope"
            | "grant_too_deep"
            | "grant_limit_exceeded"
            | "grant_counterparty"
            | "grant_jurisdiction"
            | "grant_used_up" => AgpCode::ScopeViolation,
            _ if code.starts_with("policy_") && (status == 403 || status == 503) => {
                AgpCode::PolicyDenied
            }
            _ if code.starts_with("approval_") && status != 404 => AgpCode::ApprovalRequired,
            "idempotency_key_reused" => AgpCode::Conflict,
            _ => Self::of_status(status),
        }
    }

    fn of_status(status: u16) -> Self {
        match status {
            401 => AgpCode::Unauthenticated,
            403 => AgpCode::Forbidden,
            404 => AgpCode::NotFound,
            405 => AgpCode::MethodNotAllowed,
            408 => AgpCode::Timeout,
            409 => AgpCode::Conflict,
            410 => AgpCode::Gone,
            413 => AgpCode::TooLarge,
            415 => AgpCode::UnsupportedMediaType,
            421 => AgpCode::WrongHost,
            429 => AgpCode::RateLimited,
            503 => AgpCode::Unavailable,
            507 => AgpCode::Full,
            500.. => AgpCode::Server,
            _ => AgpCode::InvalidRequest,
        }
    }
}

/// A refusal in AGP's shape.
#[derive(Debug, Clone, PartialEq)]
pub struct AgpError {
    /// What went wrong.
    pub code: AgpCode,
    /// The same for people.
    pub message: String,
    /// What else there is to know.
    pub details: Value,
}

impl AgpError {
    /// A refusal of the dialect itself.
    pub fn new(code: AgpCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), details: json!({}) }
    }

    /// The body of the answer, with the request that it answers.
    pub fn body(&self, request_id: &str) -> Value {
        let mut details = self.details.clone();
        if let Some(details) = details.as_object_mut() {
            details.insert("request_id".to_owned(), request_id.into());
        }
        json!({ "error": {
            "code": self.code.as_str(),
            "message": self.message,
            "retryable": self.code.is_retryable(),
            "details": details,
        } })
    }
}

impl From<Problem> for AgpError {
    fn from(problem: Problem) -> Self {
        let mut details = json!({ "code": problem.code, "next_step": problem.next_step });
        if !problem.errors.is_empty() {
            let told = |error: &crate::problem::FieldProblem| json!({ "field": error.field, "code": error.code, "detail": error.detail });
            details["errors"] = problem.errors.iter().map(told).collect();
        }
        let code = AgpCode::of(&problem.code, problem.status);
        Self { code, message: problem.detail.clone(), details }
    }
}

impl From<hansa_types::Code> for AgpError {
    fn from(code: hansa_types::Code) -> Self {
        Problem::from(code).into()
    }
}

impl From<hansa_types::Rejection> for AgpError {
    fn from(rejection: hansa_types::Rejection) -> Self {
        Problem::from(rejection).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hansa_types::Code;

    #[test]
    fn every_code_of_the_node_has_one_of_agp() {
        for &code in Code::ALL {
            let error = AgpError::from(code);
            let body = error.body("req_1");
            assert_eq!(body["error"]["details"]["code"], code.as_str());
            assert_eq!(body["error"]["details"]["request_id"], "req_1");
            assert!(!error.message.is_empty(), "{code}");
            if code.status() >= 500 {
                assert!(error.code.is_retryable() || error.code == AgpCode::PolicyDenied, "{code}");
            }
        }
    }

    #[test]
    fn clients_learn_what_stands_in_the_way() {
        for (code, expected) in [
            (Code::GrantRevoked, AgpCode::TokenRevoked),
            (Code::GrantExpired, AgpCode::TokenExpired),
            (Code::GrantNotNarrower, AgpCode::ScopeViolation),
            (Code::GrantOutOfScope, AgpCode::ScopeViolation),
            (Code::GrantLimitExceeded, AgpCode::ScopeViolation),
            (Code::Unauthenticated, AgpCode::Unauthenticated),
            (Code::Forbidden, AgpCode::Forbidden),
            (Code::NotFound, AgpCode::NotFound),
            (Code::TaskState, AgpCode::Conflict),
            (Code::IdempotencyKeyReused, AgpCode::Conflict),
            (Code::MissingField, AgpCode::InvalidRequest),
            (Code::RateLimited, AgpCode::RateLimited),
            (Code::Internal, AgpCode::Server),
        ] {
            assert_eq!(AgpError::from(code).code, expected, "{code}");
        }
        assert_eq!(AgpCode::of("policy_denied", 403), AgpCode::PolicyDenied);
        assert_eq!(AgpCode::of("policy_engine_unavailable", 503), AgpCode::PolicyDenied);
        assert_eq!(AgpCode::of("approval_required", 403), AgpCode::ApprovalRequired);
    }
}
