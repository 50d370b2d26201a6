//! Finds the attributes that would switch a seam off.
//!
//! Looks for `allow` or `expect` of `clippy::disallowed_methods`, `clippy::disallowed_types`, or a
//! group that contains them, in code that is not a test: as an attribute, inside `cfg_attr` unless
//! for `test`, and inside macro bodies.
//!
//! Deliberately absent: judging whether the place may do so. That is the list in the parent module.

use crate::check::source::{SourceFile, is_test_only};
use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, ImplItemFn, Item, Macro, Meta};

/// Lints and groups that hold the seams. Naming any of them lowers the guard.
const LINTS: &[&str] = &["disallowed_methods", "disallowed_types"];
const GROUPS: &[&str] = &["clippy::all", "clippy::style", "warnings"];

/// The lines of a file on which non-test code switches a seam off.
pub(super) fn lowered_guards(file: &SourceFile) -> Vec<usize> {
    let mut visitor = Visitor { lines: Vec::new() };
    visitor.visit_file(&file.ast);
    visitor.lines
}

struct Visitor {
    lines: Vec<usize>,
}

impl<'ast> Visit<'ast> for Visitor {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes = match item {
            Item::Mod(module) => &module.attrs,
            Item::Fn(function) => &function.attrs,
            Item::Impl(block) => &block.attrs,
            Item::Use(import) => &import.attrs,
            _ => return visit::visit_item(self, item),
        };
        if !is_test_only(attributes) {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        if !is_test_only(&function.attrs) {
            visit::visit_impl_item_fn(self, function);
        }
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if let Meta::List(list) = &attribute.meta {
            let name = list.path.get_ident().map(ToString::to_string).unwrap_or_default();
            if switches_off(&name, &list.tokens) {
                self.lines.push(attribute.pound_token.spans[0].start().line);
            }
        }
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        self.search(&call.tokens);
    }
}

impl Visitor {
    /// Looks for `#[allow(…)]` among the raw tokens of a macro.
    fn search(&mut self, tokens: &TokenStream) {
        let mut name = String::new();
        for token in tokens.clone() {
            match token {
                TokenTree::Ident(ident) => name = ident.to_string(),
                TokenTree::Group(group) if switches_off(&name, &group.stream()) => {
                    self.lines.push(group.span_open().start().line);
                }
                TokenTree::Group(group) => self.search(&group.stream()),
                _ => name.clear(),
            }
        }
    }
}

/// Whether `name(tokens)` is an attribute that switches a seam off.
fn switches_off(name: &str, tokens: &TokenStream) -> bool {
    let text: String = tokens.to_string().chars().filter(|c| !c.is_whitespace()).collect();
    match name {
        "allow" | "expect" => text.split(',').any(names_a_seam),
        "cfg_attr" if text.starts_with("test,") => false,
        "cfg_attr" => {
            LINTS.iter().any(|lint| text.contains(lint)) && !text.contains("deny(")
                || GROUPS.iter().any(|group| text.contains(&format!("allow({group}")))
        }
        _ => false,
    }
}

fn names_a_seam(word: &str) -> bool {
    GROUPS.contains(&word) || LINTS.iter().any(|lint| word.strip_prefix("clippy::") == Some(lint))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::source::parse;

    fn lines(text: &str) -> Vec<usize> {
        lowered_guards(&parse("crates/a/src/lib.rs".into(), text.into()).unwrap())
    }

    #[test]
    fn an_allow_is_found_wherever_it_stands() {
        assert_eq!(lines("#![allow(clippy::disallowed_methods)]"), [1]);
        assert_eq!(lines("\n#[expect(unused, clippy::disallowed_types)]\nfn a() {}"), [2]);
        assert_eq!(
            lines("fn a() {\n#[allow(clippy::disallowed_methods, reason = \"x\")]\nb();\n}"),
            [2]
        );
        assert_eq!(lines("impl A {\n#[allow(clippy::all)]\nfn b() {}\n}"), [2]);
        assert_eq!(lines("#[cfg_attr(unix, allow(clippy::disallowed_methods))]\nfn a() {}"), [1]);
    }

    #[test]
    fn an_allow_inside_a_macro_is_found() {
        let text = "macro_rules! a { () => {\n#[allow(clippy::disallowed_methods)]\nfn b() {} } }";
        assert_eq!(lines(text), [2]);
    }

    #[test]
    fn other_lints_are_no_seam() {
        assert!(lines("#[allow(clippy::float_arithmetic)]\nfn a() {}").is_empty());
        assert!(lines("#[deny(clippy::disallowed_methods)]\nfn a() {}").is_empty());
        assert!(lines("/// allow(clippy::disallowed_methods)\nfn a() {}").is_empty());
    }

    #[test]
    fn tests_may() {
        assert!(
            lines("#[cfg(test)]\n#[allow(clippy::disallowed_methods)]\nmod tests {}").is_empty()
        );
        let inner = "#[cfg(test)] mod tests { #![allow(clippy::disallowed_methods)] }";
        assert!(lines(inner).is_empty());
        assert!(lines("#![cfg_attr(test, allow(clippy::disallowed_methods))]").is_empty());
    }
}
