//! How long files and functions are.
//!
//! A file's length is its lines without `#[cfg(test)]` modules. A function's length runs from its
//! `fn` line to its closing brace, comments and blank lines included, attributes and documentation
//! not. A function inside another counts in both.
//!
//! Deliberately absent: cleverness about what "code" is. The number is the one an editor shows.

use crate::check::source::{SourceFile, is_test_only};
use std::collections::BTreeMap;
use syn::visit::{self, Visit};
use syn::{
    Attribute, Block, ImplItemFn, ItemFn, ItemImpl, ItemMod, ItemTrait, Signature, TraitItemFn,
};

/// The lengths of one file, each under the name that the ratchet uses for it.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Measure {
    /// Lines of the file.
    pub(super) lines: usize,
    /// Lines by function name, such as `Type::method`. Of two that share a name, the longer.
    pub(super) functions: BTreeMap<String, usize>,
}

/// Measures a file that is not a test.
pub(super) fn measure(file: &SourceFile) -> Measure {
    let mut visitor = Visitor { scope: Vec::new(), test_lines: 0, functions: BTreeMap::new() };
    visitor.visit_file(&file.ast);
    let lines = file.text.lines().count().saturating_sub(visitor.test_lines);
    Measure { lines, functions: visitor.functions }
}

struct Visitor {
    scope: Vec<String>,
    test_lines: usize,
    functions: BTreeMap<String, usize>,
}

impl Visitor {
    fn function(&mut self, attributes: &[Attribute], signature: &Signature, body: &Block) -> bool {
        if is_test_only(attributes) {
            return false;
        }
        self.scope.push(signature.ident.to_string());
        let first = signature.fn_token.span.start().line;
        let last = body.brace_token.span.close().end().line;
        let longest = self.functions.entry(self.scope.join("::")).or_default();
        *longest = (*longest).max(last + 1 - first);
        true
    }

    fn scoped(&mut self, name: String, inside: impl FnOnce(&mut Self)) {
        self.scope.push(name);
        inside(self);
        self.scope.pop();
    }
}

impl<'ast> Visit<'ast> for Visitor {
    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        if is_test_only(&module.attrs) {
            if let Some((brace, _)) = &module.content {
                let attributes = module.attrs.iter().map(|a| a.pound_token.spans[0].start().line);
                let first = attributes.min().unwrap_or(module.mod_token.span.start().line);
                self.test_lines += brace.span.close().end().line + 1 - first;
            }
            return;
        }
        self.scoped(module.ident.to_string(), |this| visit::visit_item_mod(this, module));
    }

    fn visit_item_impl(&mut self, block: &'ast ItemImpl) {
        self.scoped(type_name(&block.self_ty), |this| visit::visit_item_impl(this, block));
    }

    fn visit_item_trait(&mut self, item: &'ast ItemTrait) {
        self.scoped(item.ident.to_string(), |this| visit::visit_item_trait(this, item));
    }

    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        if self.function(&function.attrs, &function.sig, &function.block) {
            visit::visit_item_fn(self, function);
            self.scope.pop();
        }
    }

    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        if self.function(&function.attrs, &function.sig, &function.block) {
            visit::visit_impl_item_fn(self, function);
            self.scope.pop();
        }
    }

    fn visit_trait_item_fn(&mut self, function: &'ast TraitItemFn) {
        let Some(body) = &function.default else {
            return;
        };
        if self.function(&function.attrs, &function.sig, body) {
            visit::visit_trait_item_fn(self, function);
            self.scope.pop();
        }
    }
}

/// The last word of a type's path; `_` for what has none.
fn type_name(ty: &syn::Type) -> String {
    match ty {
        syn::Type::Path(path) => {
            path.path.segments.last().map_or_else(|| "_".to_owned(), |last| last.ident.to_string())
        }
        syn::Type::Reference(reference) => type_name(&reference.elem),
        _ => "_".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::source::parse;

    fn of(text: &str) -> Measure {
        measure(&parse("crates/a/src/lib.rs".into(), text.into()).unwrap())
    }

    #[test]
    fn test_modules_do_not_count() {
        let text = "//! a\nfn a() {}\n\n/// t\n#[cfg(test)]\nmod unit {\n    fn b() {\n    }\n}\n";
        let measure = of(text);
        assert_eq!(measure.lines, 3);
        assert_eq!(measure.functions, BTreeMap::from([("a".into(), 1)]));
    }

    #[test]
    fn a_function_runs_from_its_fn_line_to_its_brace() {
        let text = "/// d\n#[inline]\npub async fn a(\n    b: u8,\n) {\n    // c\n\n}\n";
        assert_eq!(of(text).functions["a"], 6);
    }

    #[test]
    fn names_carry_type_trait_and_module() {
        let text = "mod m { impl A<u8> { fn f() {} } trait T { fn g() {} fn h(); } }
            impl T for &B { fn f() { fn inner() {} } }";
        let names: Vec<String> = of(text).functions.into_keys().collect();
        assert_eq!(names, ["B::f", "B::f::inner", "m::A::f", "m::T::g"]);
    }

    #[test]
    fn of_two_with_one_name_the_longer_counts() {
        let text = "impl D for A { fn f() {\n\n} }\nimpl E for A { fn f() {} }";
        assert_eq!(of(text).functions["A::f"], 3);
    }

    #[test]
    fn a_lone_test_function_is_no_function() {
        assert!(of("#[test]\nfn a() {}").functions.is_empty());
    }
}
