//! What an operator may choose about the edge, as plain data.

use hansa_types::Duration;

use crate::limits::{BODY_READ_MAX, DRAIN_MAX, HEAD_READ_MAX};

/// The edge's settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiSettings {
    /// Host names the node answers under, beside loopback and the address it is reached at.
    pub allowed_hosts: Vec<String>,
    /// Web origins that may call beside the node's own, e.g. `https://console.example`.
    pub allowed_origins: Vec<String>,
    /// Where the node is reached from outside; its host is allowed too.
    pub public_url: Option<String>,
    /// Largest request body in bytes.
    pub body_bytes_max: usize,
    /// Longest wait for the head of a request.
    pub head_read_max: Duration,
    /// Longest wait for the body of a request.
    pub body_read_max: Duration,
    /// Longest wait for answers under way when the node stops.
    pub drain_max: Duration,
    /// The commit the software was built from.
    pub commit: Option<String>,
}

impl Default for ApiSettings {
    fn default() -> Self {
        Self {
            allowed_hosts: Vec::new(),
            allowed_origins: Vec::new(),
            public_url: None,
            body_bytes_max: hansa_wire::limits::BODY_BYTES_MAX,
            head_read_max: HEAD_READ_MAX,
            body_read_max: BODY_READ_MAX,
            drain_max: DRAIN_MAX,
            commit: None,
        }
    }
}
