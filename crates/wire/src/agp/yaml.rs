//! JSON as YAML 1.2, for tools that prefer it.
//!
//! Block style for objects and arrays, JSON's own spelling for everything else, which YAML reads as
//! it stands. Keys are bare where nobody could misread them.

use serde_json::Value;

/// The document.
pub fn to_yaml(value: &Value) -> String {
    let mut out = String::new();
    write(&mut out, value, 0);
    if !out.ends_with('\n') {
        out.push('\n');
    }
    out
}

fn write(out: &mut String, value: &Value, depth: usize) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (at, (name, member)) in members.iter().enumerate() {
                if at > 0 {
                    indent(out, depth);
                }
                out.push_str(&key(name));
                out.push(':');
                below(out, member, depth);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    indent(out, depth);
                }
                out.push_str("- ");
                write(out, item, depth + 1);
            }
        }
        scalar => {
            out.push_str(&scalar.to_string());
            out.push('\n');
        }
    }
}

/// A member's value: on the same line, or below it and further in.
fn below(out: &mut String, value: &Value, depth: usize) {
    let nests = match value {
        Value::Object(members) => !members.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => false,
    };
    match nests {
        true => {
            out.push('\n');
            indent(out, depth + 1);
            write(out, value, depth + 1);
        }
        false => {
            out.push(' ');
            write(out, value, depth);
        }
    }
}

fn indent(out: &mut String, depth: usize) {
    for _ in 0..depth {
        out.push_str("  ");
    }
}

fn key(name: &str) -> String {
    let bare = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/')
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-./{}".contains(&b))
        && !name.contains(['{', '}'])
        && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
            .contains(&name.to_ascii_lowercase().as_str());
    match bare {
        true => name.to_owned(),
        false => Value::from(name).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn blocks_nest_and_scalars_are_quoted() {
        let value = json!({
            "a": { "b": [1, { "c": "x: y", "d": [] }, [true, null]], "/p/{id}": {} },
            "200": "ok", "no": 1.5,
        });
        let expected = "\"200\": \"ok\"\na:\n  \"/p/{id}\": {}\n  b:\n    - 1\n    - c: \"x: y\"\n      \
                        d: []\n    - - true\n      - null\n\"no\": 1.5\n";
        let sorted: Value = serde_json::from_str(&value.to_string()).unwrap();
        assert_eq!(to_yaml(&sorted), expected);
        assert_eq!(to_yaml(&json!({})), "{}\n");
    }
}
