//! Routes: which tool a request calls, and which requests call none.
//!
//! A segment in braces is a parameter of the call. What stands there is of letters, digits, `.`, `_`,
//! `~` and `-` alone, so that the node and the service cannot read it in two ways.

use std::str::FromStr;

use axum::http::Method;
use hansa_wire::scalar::ToolText;
use serde_json::{Map, Value};

/// A method and a path with parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Pattern {
    method: Method,
    segments: Vec<Segment>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    Literal(String),
    Named(String),
}

/// `POST /payments/{vendor}=approve_payment`: what needs an action.
#[derive(Debug, Clone)]
pub(crate) struct ToolRoute {
    pattern: Pattern,
    tool: ToolText,
}

/// `GET /health`: what needs none.
#[derive(Debug, Clone)]
pub(crate) struct OpenRoute(Pattern);

/// Every route.
pub(super) struct Routes {
    tools: Vec<ToolRoute>,
    open: Vec<OpenRoute>,
}

/// What a request calls.
#[derive(Debug, PartialEq)]
pub(super) enum Found {
    /// A tool, with the parameters of its path.
    Tool {
        /// Its name.
        tool: ToolText,
        /// The parameters.
        named: Map<String, Value>,
    },
    /// Nothing that needs an action.
    Open,
}

impl Routes {
    pub(super) fn new(tools: Vec<ToolRoute>, open: Vec<OpenRoute>) -> Self {
        Self { tools, open }
    }

    /// What a request calls. Whatever needs an action is found before what needs none.
    pub(super) fn find(&self, method: &Method, path: &str) -> Option<Found> {
        let tool = |route: &ToolRoute| {
            let named = route.pattern.matches(method, path)?;
            Some(Found::Tool { tool: route.tool.clone(), named })
        };
        let open = |route: &OpenRoute| route.0.matches(method, path).map(|_| Found::Open);
        self.tools.iter().find_map(tool).or_else(|| self.open.iter().find_map(open))
    }
}

impl Pattern {
    fn matches(&self, method: &Method, path: &str) -> Option<Map<String, Value>> {
        if self.method != *method {
            return None;
        }
        let mut present = path.strip_prefix('/')?.split('/');
        let mut named = Map::new();
        for segment in &self.segments {
            let text = present.next()?;
            match segment {
                Segment::Literal(literal) if literal == text => {}
                Segment::Named(name) if is_plain(text) => {
                    named.insert(name.clone(), text.into());
                }
                Segment::Literal(_) | Segment::Named(_) => return None,
            }
        }
        present.next().is_none().then_some(named)
    }
}

/// Whether a segment means the same to whoever reads it.
fn is_plain(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._~-".contains(c);
    !text.is_empty() && text != "." && text != ".." && text.chars().all(plain)
}

impl FromStr for Pattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is no method and path such as POST /payments/{{vendor}}");
        let (method, path) = text.split_once(' ').ok_or_else(wrong)?;
        let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
        let method = known.contains(&method).then(|| method.parse().ok()).flatten();
        let segments = path.strip_prefix('/').ok_or_else(wrong)?.split('/');
        let segments = segments.map(|segment| {
            let named = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
            match named {
                Some(name) if is_plain(name) => Some(Segment::Named(name.to_owned())),
                None if segment.is_empty() || is_plain(segment) => {
                    Some(Segment::Literal(segment.to_owned()))
                }
                _ => None,
            }
        });
        let segments = segments.collect::<Option<Vec<_>>>().ok_or_else(wrong)?;
        let pattern = Self { method: method.ok_or_else(wrong)?, segments };
        let mut names: Vec<_> = pattern.names().collect();
        names.sort_unstable();
        match names.windows(2).any(|pair| pair[0] == pair[1]) {
            true => Err(format!("{text:?} names a parameter twice")),
            false => Ok(pattern),
        }
    }
}

impl Pattern {
    fn names(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().filter_map(|segment| match segment {
            Segment::Named(name) => Some(name.as_str()),
            Segment::Literal(_) => None,
        })
    }
}

impl FromStr for ToolRoute {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is no route such as POST /payments=approve_payment");
        let (pattern, tool) = text.rsplit_once('=').ok_or_else(wrong)?;
        let tool = ToolText::new(tool).ok_or_else(wrong)?;
        Ok(Self { pattern: pattern.parse()?, tool })
    }
}

impl FromStr for OpenRoute {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.parse().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn routes() -> Routes {
        let tools = ["POST /payments/{vendor}=approve_payment", "DELETE /files/{id}/now=remove"];
        let open = ["GET /health", "POST /payments/{vendor}"];
        let tools = tools.iter().map(|text| text.parse().unwrap());
        Routes::new(tools.collect(), open.iter().map(|text| text.parse().unwrap()).collect())
    }

    #[test]
    fn a_request_calls_the_tool_of_its_route() {
        let found = routes().find(&Method::POST, "/payments/acme-1.2");
        let Some(Found::Tool { tool, named }) = found else { panic!("{found:?}") };
        assert_eq!(tool.as_str(), "approve_payment");
        assert_eq!(Value::Object(named), json!({"vendor": "acme-1.2"}));
        assert_eq!(routes().find(&Method::GET, "/health"), Some(Found::Open));
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_no_route() {
        for path in [
            "/payments",
            "/payments/",
            "/payments/a/b",
            "/payments/a/",
            "/payments/..",
            "/payments/.",
            "/payments/a%2Fb",
            "/payments/a%20b",
            "/payments/a;b",
            "//payments/a",
            "/Payments/a",
            "payments/a",
        ] {
            assert_eq!(routes().find(&Method::POST, path), None, "{path}");
        }
        assert_eq!(routes().find(&Method::PUT, "/payments/acme"), None);
        assert_eq!(routes().find(&Method::HEAD, "/health"), None);
    }

    #[test]
    fn routes_that_do_not_read_are_refused() {
        for text in [
            "",
            "POST /payments",
            "/payments=pay",
            "POST payments=pay",
            "FETCH /payments=pay",
            "POST /payments=Pay!",
            "POST /pay ments=pay",
            "POST /{a}/{a}=pay",
            "POST /{}=pay",
            "POST /a{b}=pay",
            "POST /*=pay",
        ] {
            assert!(text.parse::<ToolRoute>().is_err(), "{text}");
        }
        assert!("GET /health?x=1".parse::<OpenRoute>().is_err());
        assert!("GET /".parse::<OpenRoute>().is_ok());
    }
}
