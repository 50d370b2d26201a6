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

/// `repr(float)`, laid out as CPython's `PyOS_double_to_string(x, 'r', 0, Py_DTSF_ADD_DOT_0, …)`.
fn python_repr(float: f64) -> Option<String> {
    let sign = if float.is_sign_negative() { "-" } else { "" };
    let (digits, exponent) = shortest(float.abs())?;
    if !PLAIN.contains(&exponent) {
        let (first, rest) = digits.split_at_checked(1)?;
        let point = if rest.is_empty() { "" } else { "." };
        let direction = if exponent < 0 { '-' } else { '+' };
        return Some(format!(
            "{sign}{first}{point}{rest}e{direction}{:02}",
            exponent.unsigned_abs()
        ));
    }
    let Ok(point) = usize::try_from(exponent + 1) else {
        let zeros = usize::try_from(-1 - exponent).ok()?;
        return Some(format!("{sign}0.{:0<zeros$}{digits}", ""));
    };
    Some(match digits.split_at_checked(point) {
        Some(("", fraction)) => format!("{sign}0.{fraction}"),
        Some((whole, "")) => format!("{sign}{whole}.0"),
        Some((whole, fraction)) => format!("{sign}{whole}.{fraction}"),
        None => format!("{sign}{digits:0<point$}.0"),
    })
}

/// The shortest digits that read back as the number, and the power of ten of the first of them.
///
/// They are those of JCS: of two candidates equally near, both JavaScript and Python take the even
/// one. Rust's own `{:e}` does not, so it cannot be used here.
fn shortest(float: f64) -> Option<(String, i32)> {
    let text = serde_json_canonicalizer::to_string(&float).ok()?;
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    let significant = all.trim_start_matches('0');
    let digits = match significant.trim_end_matches('0') {
        "" => return Some(("0".to_owned(), 0)),
        digits => digits.to_owned(),
    };
    let skipped = i32::try_from(all.len() - significant.len()).ok()?;
    let places = i32::try_from(whole.len()).ok()? - 1 - skipped;
    Some((digits, exponent.parse::<i32>().ok()? + places))
}
