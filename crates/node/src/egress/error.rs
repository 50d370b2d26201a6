//! Why a request to elsewhere has no answer.

use std::io;

use super::Purpose;

/// A request that was not made, or came to nothing. The first group says that it was refused here,
/// the second that the other side failed.
#[derive(Debug, thiserror::Error)]
pub enum EgressError {
    /// The URL is none that this node fetches.
    #[error("this URL is not fetched: {0}")]
    Url(&'static str),
    /// The request cannot be made of these headers.
    #[error("the request is malformed")]
    Request,
    /// The host is not allowed for this purpose.
    #[error("{host} is not allowed for {purpose}")]
    HostNotAllowed {
        /// What it was for.
        purpose: Purpose,
        /// The host and port.
        host: String,
    },
    /// The URL is not https.
    #[error("only https is fetched")]
    NotSecure,
    /// The name leads to an address inside some network.
    #[error("the name leads to an address that is not of the open internet")]
    AddressNotOpen,

    /// The name has no address.
    #[error("the name has no address")]
    Resolve(#[source] io::Error),
    /// No address took the connection.
    #[error("no connection")]
    Connect(#[source] io::Error),
    /// The authorities that certificates must lead to cannot be read.
    #[error("the certificate authorities cannot be read")]
    Roots(#[source] io::Error),
    /// The connection could not be secured.
    #[error("the connection is not secure")]
    Tls(#[source] io::Error),
    /// What answered does not speak HTTP, or stopped in the middle.
    #[error("the answer is no HTTP")]
    Http(#[source] hyper::Error),
    /// The answer sends the reader elsewhere.
    #[error("the answer is a redirect ({0}), and none is followed")]
    Redirected(u16),
    /// The body is longer than its reader takes.
    #[error("the answer is too large")]
    TooLarge,
    /// The body is compressed, which was not asked for.
    #[error("the answer is encoded")]
    Encoded,
    /// The time was over first.
    #[error("no answer in time")]
    Deadline,
}

impl EgressError {
    /// One word for metrics and logs.
    pub fn as_str(&self) -> &'static str {
        match self {
            EgressError::Url(_) => "url_refused",
            EgressError::Request => "request_malformed",
            EgressError::HostNotAllowed { .. } => "host_not_allowed",
            EgressError::NotSecure => "not_secure",
            EgressError::AddressNotOpen => "address_not_open",
            EgressError::Resolve(_) => "no_address",
            EgressError::Connect(_) => "no_connection",
            EgressError::Roots(_) => "no_roots",
            EgressError::Tls(_) => "tls_failed",
            EgressError::Http(_) => "http_failed",
            EgressError::Redirected(_) => "redirected",
            EgressError::TooLarge => "too_large",
            EgressError::Encoded => "encoded",
            EgressError::Deadline => "deadline",
        }
    }

    /// Whether the request was refused here, before anything was sent.
    pub fn is_refusal(&self) -> bool {
        matches!(
            self,
            EgressError::Url(_)
                | EgressError::Request
                | EgressError::HostNotAllowed { .. }
                | EgressError::NotSecure
                | EgressError::AddressNotOpen
        )
    }

    /// Whether nothing was sent, so that nothing can have been done.
    pub fn is_unsent(&self) -> bool {
        self.is_refusal()
            || matches!(
                self,
                EgressError::Resolve(_)
                    | EgressError::Connect(_)
                    | EgressError::Roots(_)
                    | EgressError::Tls(_)
            )
    }
}
