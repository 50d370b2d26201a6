//! The tools that an operator lists: what actions may call outside, and how.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::Arc;

use hansa_kernel::action::{Executor, ToolName};

use crate::egress::{EgressPolicy, HostPattern, Purpose};
use crate::limits::TOOLS_MAX;

/// How a tool is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToolKind {
    /// By a POST of its parameters as JSON.
    Http,
    /// As a tool of an MCP server (Streamable HTTP).
    Mcp,
}

impl ToolKind {
    /// Who carries out what calls it, as entries say.
    pub fn executor(self) -> Executor {
        match self {
            ToolKind::Http => Executor::Http,
            ToolKind::Mcp => Executor::Mcp,
        }
    }
}

/// A tool: `approve_payment=http:https://bank.example/approve`. `http+key` and `mcp+key` say that its
/// target honours `Idempotency-Key`, so that a call without an answer may be sent again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tool {
    /// Its name, which grants cover.
    pub name: ToolName,
    /// How it is called.
    pub kind: ToolKind,
    /// Whether its target knows a repetition by its key.
    pub honours_key: bool,
    /// Where it is.
    pub url: String,
}

impl FromStr for Tool {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = "a tool such as pay=http:https://bank.example/pay, or mcp, or http+key";
        let (name, rest) = text.split_once('=').ok_or(wrong)?;
        let (kind, url) = rest.split_once(':').ok_or(wrong)?;
        let (kind, honours_key) = match kind {
            "http" => (ToolKind::Http, false),
            "http+key" => (ToolKind::Http, true),
            "mcp" => (ToolKind::Mcp, false),
            "mcp+key" => (ToolKind::Mcp, true),
            _ => return Err(wrong),
        };
        crate::egress::host_and_port(url).ok_or(wrong)?;
        let name = name.parse().map_err(|_| wrong)?;
        Ok(Self { name, kind, honours_key, url: url.to_owned() })
    }
}

/// All tools by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tools(BTreeMap<String, Arc<Tool>>);

impl Tools {
    /// The tools of a list, or what is wrong with it.
    pub fn new(list: impl IntoIterator<Item = Tool>) -> Result<Self, &'static str> {
        let mut tools = BTreeMap::new();
        for tool in list {
            if tools.len() == TOOLS_MAX {
                return Err("at most 256 tools");
            }
            if tools.insert(tool.name.as_str().to_owned(), Arc::new(tool)).is_some() {
                return Err("tools with a name of their own each");
            }
        }
        Ok(Self(tools))
    }

    /// A tool.
    pub fn find(&self, name: &str) -> Option<Arc<Tool>> {
        self.0.get(name).cloned()
    }

    /// Lets effects go where the listed tools are, and nowhere else. A host inside some network has
    /// to be named as private besides.
    #[must_use]
    pub fn allow(&self, policy: EgressPolicy) -> EgressPolicy {
        self.0.values().fold(policy, |policy, tool| {
            let place = crate::egress::host_and_port(&tool.url);
            let pattern = place.and_then(|(host, port)| format!("{host}:{port}").parse().ok());
            match pattern {
                Some(pattern) => allow_once(policy, pattern),
                None => policy,
            }
        })
    }
}

fn allow_once(policy: EgressPolicy, pattern: HostPattern) -> EgressPolicy {
    policy.allow(Purpose::Effect, pattern)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tool_says_what_it_is_and_where() {
        let tool: Tool = "pay=http+key:https://bank.example/pay".parse().unwrap();
        assert_eq!((tool.kind, tool.honours_key), (ToolKind::Http, true));
        assert_eq!(tool.url, "https://bank.example/pay");
        let tool: Tool = "look_up=mcp:http://localhost:9000/mcp".parse().unwrap();
        assert_eq!((tool.kind, tool.honours_key), (ToolKind::Mcp, false));
        for bad in
            ["", "pay", "pay=http", "pay=ftp:https://a.example", "pay=http:a", "P=http:https://a.b"]
        {
            assert!(bad.parse::<Tool>().is_err(), "{bad}");
        }
    }

    #[test]
    fn names_are_unique_and_limited() {
        let tool: Tool = "pay=http:https://bank.example/pay".parse().unwrap();
        assert!(Tools::new([tool.clone(), tool.clone()]).is_err());
        let many = |count: usize| {
            (0..count).map(|i| {
                let name: String = format!("{i:03}").bytes().map(|b| char::from(b + 49)).collect();
                format!("{name}=http:https://bank.example/pay").parse::<Tool>().unwrap()
            })
        };
        assert!(Tools::new(many(TOOLS_MAX)).is_ok());
        assert!(Tools::new(many(TOOLS_MAX + 1)).is_err());
    }
}
