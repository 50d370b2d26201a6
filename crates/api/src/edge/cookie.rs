//! Sessions of pages: a secret that only the browser holds.
//!
//! The cookie has the prefix `__Host-`, so it comes from this host, over TLS (or this machine), and
//! no other host can set it. It holds sessions alone: an API key in it counts for nothing. What
//! changes something must come from one of the node's own pages, for a browser sends a cookie along
//! whoever asks; [`super::host::check_own_page`] sees to that.

use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use hansa_crypto::Secret;
use hansa_types::{Code, Duration, Rejection};

use crate::limits::TOKEN_BYTES_MAX;

/// The cookie's name.
const NAME: &str = "__Host-hansa";
/// What session secrets begin with.
pub(crate) const SESSION_PREFIX: &str = "hansa_ses_";
/// What keeps scripts, other sites and plain connections from it.
const GUARDS: &str = "Path=/; Secure; HttpOnly; SameSite=Strict";

/// The session's secret, if the request carries one.
pub(super) fn session(headers: &HeaderMap) -> Result<Option<&str>, Rejection> {
    let mut found = None;
    for value in headers.get_all(COOKIE) {
        // Cookies of others on the same name may hold anything.
        let pairs = value.to_str().unwrap_or_default().split(';');
        let own =
            pairs.filter_map(|pair| pair.trim().split_once('=')).filter(|pair| pair.0 == NAME);
        for (_, value) in own {
            if found.replace(value).is_some() {
                let detail = "the request carries more than one session cookie";
                return Err(Rejection::new(Code::CredentialInvalid, detail));
            }
        }
    }
    let fits =
        |secret: &&str| secret.starts_with(SESSION_PREFIX) && secret.len() <= TOKEN_BYTES_MAX;
    Ok(found.filter(fits))
}

/// The header that hands a session to a browser.
pub(crate) fn handing_over(secret: &Secret, life: Duration) -> Secret {
    let (secret, life_s) = (secret.expose(), life.0 / 1_000);
    Secret::new(format!("{NAME}={secret}; {GUARDS}; Max-Age={life_s}"))
}

/// The header that takes it away.
pub(crate) fn taking_away() -> Secret {
    Secret::new(format!("{NAME}=; {GUARDS}; Max-Age=0"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(values: &[&str]) -> Result<Option<String>, Rejection> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(COOKIE, value.parse().unwrap());
        }
        session(&headers).map(|secret| secret.map(str::to_owned))
    }

    #[test]
    fn one_session_is_read_among_other_cookies() {
        let found = Ok(Some("hansa_ses_x".to_owned()));
        assert_eq!(read(&["a=b; __Host-hansa=hansa_ses_x; c"]), found);
        assert_eq!(read(&["a=b", "__Host-hansa=hansa_ses_x"]), found);
        for none in
            ["", "hansa=hansa_ses_x", "__host-hansa=hansa_ses_x", "__Host-hansa=hansa_key_x"]
        {
            assert_eq!(read(&[none]), Ok(None), "{none}");
        }
        let long = format!("__Host-hansa=hansa_ses_{}", "x".repeat(TOKEN_BYTES_MAX));
        assert_eq!(read(&[&long]), Ok(None));
        for two in [&["__Host-hansa=a; __Host-hansa=b"][..], &["__Host-hansa=a", "__Host-hansa=a"]]
        {
            assert_eq!(read(two).unwrap_err().code, Code::CredentialInvalid);
        }
    }
}
