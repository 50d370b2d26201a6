//! The bytes that Python's `json.dumps(value, sort_keys=True, separators=(",", ":"))` writes.
//!
//! The Protocol signs its agent cards, registry cards and JWTs over these and not over RFC 8785.
//! Three things differ: everything beyond ASCII is escaped (`\u00e9`, surrogate pairs, lower-case
//! hex, and DEL too), keys are sorted by code point instead of UTF-16 unit, and floats are written
//! as Python's `repr` does (`5.0`, `1e-07`). Integers and floats stay apart, as serde_json reads
//! them.
//!
//! Deliberately absent: integers beyond 64 bits, and `NaN`, which Python would write and JSON does
//! not know. The literal `-0`, an integer to Python, reads as the float -0.0 and is written so.

use std::fmt::Write as _;

use hansa_types::limits::JSON_DEPTH_MAX;
use hansa_types::{Code, Rejection};
use serde_json::{Number, Value};

/// Exponents for which `repr` writes plain digits: from 1e-4 up to below 1e16.
const PLAIN: std::ops::Range<i32> = -4..16;

/// The canonical bytes of The Protocol; nesting is bounded as everywhere.
pub fn canonical(value: &Value) -> Result<Vec<u8>, Rejection> {
    let mut out = String::new();
    write_value(&mut out, value, 0)?;
    Ok(out.into_bytes())
}

fn write_value(out: &mut String, value: &Value, depth: usize) -> Result<(), Rejection> {
    let nested = matches!(value, Value::Array(_) | Value::Object(_));
    if nested && depth >= JSON_DEPTH_MAX {
        return Err(Code::TooDeep.into());
    }
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => write_number(out, number)?,
        Value::String(text) => write_string(out, text),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_value(out, item, depth + 1)?;
            }
            out.push(']');
        }
        Value::Object(members) => {
            // The order of UTF-8 bytes is the order of code points.
            let mut members: Vec<_> = members.iter().collect();
            members.sort_unstable_by_key(|(key, _)| *key);
            out.push('{');
            for (index, (key, member)) in members.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_string(out, key);
                out.push(':');
                write_value(out, member, depth + 1)?;
            }
            out.push('}');
        }
    }
    Ok(())
}

/// Python's `py_encode_basestring_ascii`.
fn write_string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            ' '..='~' => out.push(c),
            _ => c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| write_escape(out, *unit)),
        }
    }
    out.push('"');
}

fn write_escape(out: &mut String, unit: u16) {
    const HEX: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    out.push_str("\\u");
    for shift in [12, 8, 4, 0] {
        out.push(HEX[usize::from((unit >> shift) & 0xF)]);
    }
}

fn write_number(out: &mut String, number: &Number) -> Result<(), Rejection> {
    let written = if let Some(integer) = number.as_i64() {
        write!(out, "{integer}")
    } else if let Some(integer) = number.as_u64() {
        write!(out, "{integer}")
    } else {
        let float = number.as_f64().filter(|float| float.is_finite());
        return match float.and_then(python_repr) {
            Some(text) => {
                out.push_str(&text);
                Ok(())
            }
            None => Err(Rejection::new(Code::InvalidField, "A number is not finite.")),
        };
    };
    written.map_err(|_| Code::Internal.into())
}

/// `repr(float)`: the shortest digits that read back the same, laid out as CPython's
/// `PyOS_double_to_string(x, 'r', 0, Py_DTSF_ADD_DOT_0, …)` does.
fn python_repr(float: f64) -> Option<String> {
    // Rust finds the same shortest digits; only where they are put differs.
    let scientific = format!("{float:e}");
    let (mantissa, exponent) = scientific.split_once('e')?;
    let exponent: i32 = exponent.parse().ok()?;
    let (sign, mantissa) = match mantissa.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", mantissa),
    };
    if !PLAIN.contains(&exponent) {
        let direction = if exponent < 0 { '-' } else { '+' };
        return Some(format!("{sign}{mantissa}e{direction}{:02}", exponent.unsigned_abs()));
    }
    let digits = mantissa.replace('.', "");
    let Ok(point) = usize::try_from(exponent + 1) else {
        let zeros = "0".repeat(usize::try_from(-1 - exponent).ok()?);
        return Some(format!("{sign}0.{zeros}{digits}"));
    };
    Some(match digits.split_at_checked(point) {
        Some(("", fraction)) => format!("{sign}0.{fraction}"),
        Some((whole, "")) => format!("{sign}{whole}.0"),
        Some((whole, fraction)) => format!("{sign}{whole}.{fraction}"),
        None => format!("{sign}{digits:0<point$}.0"),
    })
}
