//! The bearer token of a request (RFC 6750 section 2.1), or the API key that stands in its place.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use hansa_types::{Code, Rejection};

use crate::limits::TOKEN_BYTES_MAX;

/// Where clients of The Protocol put an API key.
const API_KEY_HEADER: &str = "x-api-key";

/// The token, if the request carries one.
pub(super) fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Rejection> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let keys = headers.get_all(API_KEY_HEADER).iter().count();
    let refuse = |detail: &'static str| Err(Rejection::new(Code::CredentialInvalid, detail));
    let Some(value) = values.next() else {
        return match (keys, headers.get(API_KEY_HEADER)) {
            (0, _) | (_, None) => Ok(None),
            (1, Some(key)) => readable(key.to_str().unwrap_or_default().trim()).map(Some),
            _ => refuse("the request carries more than one credential"),
        };
    };
    if keys > 0 || values.next().is_some() {
        return refuse("the request carries more than one credential");
    }
    let text = value.to_str().unwrap_or_default();
    let (scheme, token) = text.split_once(' ').unwrap_or((text, ""));
    let token = token.trim();
    if !scheme.eq_ignore_ascii_case("bearer") || token.is_empty() {
        return refuse("expected Authorization: Bearer and an API key or a token");
    }
    readable(token).map(Some)
}

fn readable(token: &str) -> Result<&str, Rejection> {
    let fits = (1..=TOKEN_BYTES_MAX).contains(&token.len());
    match fits && token.bytes().all(|b| b.is_ascii_graphic()) {
        true => Ok(token),
        false => Err(Rejection::new(
            Code::CredentialInvalid,
            "the token is neither an API key nor a JWT",
        )),
    }
}

/// The secret of a request, whichever it is, where one was accepted.
pub(super) fn secret(headers: &HeaderMap) -> Option<&str> {
    bootstrap(headers).ok().flatten().or_else(|| bearer(headers).ok().flatten())
}

/// The token that stands for a developer while an agent is onboarded.
pub(super) fn bootstrap(headers: &HeaderMap) -> Result<Option<&str>, Rejection> {
    let mut values = headers.get_all("bootstrap-token").iter();
    let Some(value) = values.next() else { return Ok(None) };
    let token = value.to_str().unwrap_or_default();
    let fits = !token.is_empty() && token.len() <= TOKEN_BYTES_MAX;
    let others = headers.contains_key(AUTHORIZATION) || headers.contains_key(API_KEY_HEADER);
    match fits && values.next().is_none() && !others {
        true => Ok(Some(token)),
        false => Err(Rejection::new(
            Code::CredentialInvalid,
            "the request carries more than one credential, or none that is a bootstrap token",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn one_bearer_token_is_read_whatever_the_case_of_its_scheme() {
        for value in ["Bearer abc", "bearer abc", "BEARER  abc"] {
            assert_eq!(bearer(&headers(&[value])), Ok(Some("abc")), "{value}");
        }
        assert_eq!(bearer(&HeaderMap::new()), Ok(None));
    }

    #[test]
    fn an_api_key_may_have_a_header_of_its_own_and_then_stands_alone() {
        let mut headers = HeaderMap::new();
        headers.insert(API_KEY_HEADER, "hk_1".parse().unwrap());
        assert_eq!(bearer(&headers), Ok(Some("hk_1")));
        headers.append(API_KEY_HEADER, "hk_2".parse().unwrap());
        assert_eq!(bearer(&headers).unwrap_err().code, Code::CredentialInvalid);
        headers.insert(API_KEY_HEADER, "".parse().unwrap());
        assert_eq!(bearer(&headers).unwrap_err().code, Code::CredentialInvalid);
        headers.insert(API_KEY_HEADER, "hk_1".parse().unwrap());
        headers.insert(AUTHORIZATION, "Bearer hk_1".parse().unwrap());
        assert_eq!(bearer(&headers).unwrap_err().code, Code::CredentialInvalid);
        headers.remove(AUTHORIZATION);
        headers.insert("bootstrap-token", "bst_1".parse().unwrap());
        assert_eq!(bootstrap(&headers).unwrap_err().code, Code::CredentialInvalid);
    }

    #[test]
    fn everything_else_is_refused() {
        let long = format!("Bearer {}", "a".repeat(TOKEN_BYTES_MAX + 1));
        let bad: &[&[&str]] = &[
            &["Basic YTpi"],
            &["Bearer"],
            &["Bearer "],
            &["Bearer a b"],
            &[&long],
            &["Bearer a", "Bearer b"],
        ];
        for values in bad {
            let refused = bearer(&headers(values)).unwrap_err();
            assert_eq!(refused.code, Code::CredentialInvalid, "{values:?}");
        }
    }
}
