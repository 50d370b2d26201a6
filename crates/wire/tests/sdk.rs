//! The generated parts of both SDKs are what the operation table says now.
//!
//! After a change of it: `BLESS=1 cargo test -p hansa-wire --test sdk`.
#![cfg(test)]
#![allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "the test runs a program")]

use std::io::Write as _;
use std::process::{Command, Stdio};

#[test]
fn the_generated_parts_are_what_the_table_says() {
    let document = hansa_wire::openapi::document(env!("CARGO_PKG_VERSION")).to_string();
    let mut generate = Command::new("python3");
    generate.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../../sdk/generate.py"));
    if std::env::var_os("BLESS").is_none() {
        generate.arg("--check");
    }
    let mut child = generate.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(document.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
