//! The API's description, for programs and for people.
//!
//! Both are made from the operation table, once.

use std::fmt::{self, Write as _};

use bytes::Bytes;
use hansa_types::Code;
use hansa_wire::api::node::{Docs, OpenApi};
use hansa_wire::operations::TAGS;
use hansa_wire::{Access, OPERATIONS, Operation, Problem, openapi};
use serde_json::Value;

use crate::answer::Answer;
use crate::context::Context;
use crate::html::{self, Escaped};

/// The OpenAPI document.
pub(crate) async fn openapi(context: &Context, _: OpenApi) -> Result<Answer, Problem> {
    let make = || serde_json::to_vec(&document()).unwrap_or_default().into();
    let bytes: &Bytes = context.api.openapi.get_or_init(make);
    Ok(Answer::bytes(bytes.clone()))
}

/// The page.
pub(crate) async fn docs(context: &Context, _: Docs) -> Result<Answer, Problem> {
    let make = || page(&document()).unwrap_or_default().into_bytes().into();
    let bytes: &Bytes = context.api.docs.get_or_init(make);
    Ok(Answer::bytes(bytes.clone()))
}

fn document() -> Value {
    openapi::document(env!("CARGO_PKG_VERSION"))
}

fn page(document: &Value) -> Result<String, fmt::Error> {
    let mut out = html::begin("Hansa API");
    out.push_str(
        "<p>Send <code>Authorization: Bearer</code> and an API key, or sign an envelope. Amounts are \
         decimal strings. Every refusal is <code>application/problem+json</code> with a code of the \
         <a href=\"#errors\">table below</a>. The same as a document: \
         <a href=\"/openapi.json\">openapi.json</a>.</p><nav><ul>",
    );
    for (tag, about) in TAGS {
        let (tag, about) = (Escaped(tag), Escaped(about));
        write!(out, "<li><a href=\"#tag-{tag}\">{tag}</a>: {about}</li>")?;
    }
    out.push_str("<li><a href=\"#errors\">errors</a></li></ul></nav>");
    for (tag, about) in TAGS {
        let (shown, about) = (Escaped(tag), Escaped(about));
        write!(out, "<section><h2 id=\"tag-{shown}\">{shown}</h2><p>{about}</p>")?;
        for operation in OPERATIONS.iter().filter(|operation| operation.tag == *tag) {
            write_operation(&mut out, operation, document)?;
        }
        out.push_str("</section>");
    }
    write_schemas(&mut out, document)?;
    write_errors(&mut out)?;
    out.push_str(html::END);
    Ok(out)
}

fn write_operation(out: &mut String, operation: &Operation, document: &Value) -> fmt::Result {
    let access = match operation.access {
        Access::Public => "everyone",
        Access::Principal => "any principal",
        Access::Owner => "the owner, or who holds a grant",
    };
    write!(
        out,
        "<article id=\"{id}\"><h3><span class=\"m\">{method}</span> <code>{path}</code></h3>\
         <p>{summary}. {description}</p><p class=\"a\">{id} · {access}</p>",
        id = Escaped(operation.id),
        method = operation.method,
        path = Escaped(operation.path),
        summary = Escaped(operation.summary),
        description = Escaped(operation.description),
    )?;
    let method = operation.method.as_str().to_ascii_lowercase();
    let described = &document["paths"][operation.path][&method];
    for (name, value) in [
        ("parameters", &described["parameters"]),
        ("request", &described["requestBody"]),
        ("responses", &described["responses"]),
    ] {
        if !value.is_null() {
            write_details(out, name, value)?;
        }
    }
    out.push_str("</article>");
    Ok(())
}

fn write_schemas(out: &mut String, document: &Value) -> fmt::Result {
    out.push_str("<section><h2 id=\"schemas\">schemas</h2>");
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        write_details(out, name, schema)?;
    }
    out.push_str("</section>");
    Ok(())
}

fn write_details(out: &mut String, name: &str, value: &Value) -> fmt::Result {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    let (name, text) = (Escaped(name), Escaped(&text));
    write!(out, "<details><summary>{name}</summary><pre>{text}</pre></details>")
}

fn write_errors(out: &mut String) -> fmt::Result {
    out.push_str(
        "<section><h2 id=\"errors\">errors</h2><table><thead><tr><th>code</th><th>status</th>\
         <th>meaning</th><th>next step</th></tr></thead><tbody>",
    );
    for code in Code::ALL {
        write!(
            out,
            "<tr id=\"{code}\"><td><code>{code}</code></td><td>{}</td><td>{}</td><td>{}</td></tr>",
            code.status(),
            Escaped(code.title()),
            Escaped(code.next_step()),
        )?;
    }
    out.push_str("</tbody></table></section>");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_every_operation_and_code_and_loads_nothing() {
        let page = page(&document()).unwrap();
        for operation in OPERATIONS {
            assert!(
                page.contains(&format!("<article id=\"{}\">", operation.id)),
                "{}",
                operation.id
            );
        }
        for code in Code::ALL {
            assert!(page.contains(&format!("<tr id=\"{code}\">")), "{code}");
        }
        for loading in ["<script", "<link", "src=", "@import", "url("] {
            assert!(!page.contains(loading), "{loading}");
        }
        assert!(!page.contains("href=\"http"));
    }
}
