//! Strict JSON in, canonical JSON out.
//!
//! Whatever is signed is read by [`parse_strict`] and written by [`canonical`] (RFC 8785, JCS), and
//! both refuse what two readers could understand differently: repeated keys, integers that do not
//! survive as doubles (RFC 7493, I-JSON), nesting that exhausts a stack, anything behind the value.
//!
//! Deliberately absent: schemas and field names; the callers know those. The literal `-0` reads as
//! the double -0.0, which JCS writes as `0`.

use std::cell::{Cell, RefCell};
use std::fmt;

use hansa_types::limits::{JSON_DEPTH_MAX, JSON_INTEGER_MAX};
use hansa_types::{Code, Rejection};
use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::limits::JSON_PATH_CHARS_MAX;

/// Doubles from here on are written with an exponent (ECMAScript Number::toString), so they cannot
/// be taken for integers.
const EXPONENT_FROM: f64 = 1e21;
/// The largest integer that every reader keeps exact, as a double.
const INTEGER_MAX: f64 = 9_007_199_254_740_991.0;
/// Below this magnitude serde_json keeps every integer as `i64` or `u64`.
const INTEGER_LOSSY_FROM: f64 = 9_223_372_036_854_775_808.0;

/// Reads exactly one JSON value (RFC 8259): UTF-8 without byte order mark, no key twice in one
/// object, at most [`JSON_DEPTH_MAX`] levels of nesting, nothing but white space behind it.
///
/// Integers are kept exact: those beyond 64 bits are refused instead of rounded. Whether an integer
/// also fits a double is for [`canonical`] to say.
pub fn parse_strict(bytes: &[u8]) -> Result<Value, Rejection> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        Rejection::new(Code::MalformedJson, format!("The body is not UTF-8 at byte {at}."))
    })?;
    let state = State::default();
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let read = Strict { state: &state, depth: 0 }
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value));
    let value = read.map_err(|error| state.rejection(&error))?;
    if state.lossy.get() && holds_integer_beyond_64_bits(text) {
        return Err(Rejection::new(Code::InvalidField, "An integer does not fit 64 bits."));
    }
    Ok(value)
}

/// The canonical bytes of a value (RFC 8785).
///
/// Refuses integers beyond ±(2^53 − 1), and doubles that would be written as such integers
/// (RFC 7493 section 2.2), so that reading the bytes back gives the same bytes again.
pub fn canonical(value: &Value) -> Result<Vec<u8>, Rejection> {
    check(value, 0).map_err(Refusal::into_rejection)?;
    serde_json_canonicalizer::to_vec(value)
        .map_err(|error| Rejection::new(Code::Internal, format!("canonical JSON: {error}")))
}

/// What went wrong and where, collected from the inside out while the recursion unwinds.
struct Refusal {
    code: Code,
    detail: &'static str,
    /// Segments of a JSON pointer (RFC 6901), innermost first.
    path: Vec<String>,
}

impl Refusal {
    fn new(code: Code, detail: &'static str) -> Self {
        Self { code, detail, path: Vec::new() }
    }

    fn within_key(mut self, key: &str) -> Self {
        let shown = key.chars().take(JSON_PATH_CHARS_MAX).flat_map(char::escape_debug);
        self.path.push(shown.collect::<String>().replace('~', "~0").replace('/', "~1"));
        self
    }

    fn within_index(mut self, index: usize) -> Self {
        self.path.push(index.to_string());
        self
    }

    fn into_rejection(self) -> Rejection {
        let mut path = String::new();
        for segment in self.path.iter().rev() {
            path.push('/');
            path.push_str(segment);
        }
        if let Some((cut, _)) = path.char_indices().nth(JSON_PATH_CHARS_MAX) {
            path.truncate(cut);
            path.push('…');
        }
        let at = if path.is_empty() { String::new() } else { format!(": {path}") };
        Rejection::new(self.code, format!("{}{at}", self.detail))
    }
}

const TOO_DEEP: &str = "The JSON nests deeper than 32 levels";

/// Walks a value for what [`canonical`] refuses.
fn check(value: &Value, depth: usize) -> Result<(), Refusal> {
    let nested = matches!(value, Value::Array(_) | Value::Object(_));
    if nested && depth >= JSON_DEPTH_MAX {
        return Err(Refusal::new(Code::TooDeep, TOO_DEEP));
    }
    match value {
        Value::Number(number) if !interoperable(number) => Err(Refusal::new(
            Code::InvalidField,
            "The integer lies beyond ±(2^53 − 1); send it as a string",
        )),
        Value::Array(items) => items.iter().enumerate().try_for_each(|(index, item)| {
            check(item, depth + 1).map_err(|refusal| refusal.within_index(index))
        }),
        Value::Object(members) => members.iter().try_for_each(|(key, member)| {
            check(member, depth + 1).map_err(|refusal| refusal.within_key(key))
        }),
        _ => Ok(()),
    }
}

/// Whether the canonical form of a number means the same to every reader.
fn interoperable(number: &Number) -> bool {
    if let Some(integer) = number.as_u64() {
        return integer <= JSON_INTEGER_MAX;
    }
    if let Some(integer) = number.as_i64() {
        return integer.unsigned_abs() <= JSON_INTEGER_MAX;
    }
    number.as_f64().is_some_and(|double| {
        let size = double.abs();
        size <= INTEGER_MAX || (size >= EXPONENT_FROM && size.is_finite())
    })
}

/// What the visitors share: the refusal on its way out, and whether a number may have been rounded.
#[derive(Default)]
struct State {
    refusal: RefCell<Option<Refusal>>,
    lossy: Cell<bool>,
}

impl State {
    fn refuse<E: serde::de::Error>(&self, refusal: Refusal) -> E {
        self.refusal.replace(Some(refusal));
        E::custom("refused")
    }

    fn locate(&self, within: impl FnOnce(Refusal) -> Refusal) {
        let refusal = self.refusal.take();
        self.refusal.replace(refusal.map(within));
    }

    fn rejection(&self, error: &serde_json::Error) -> Rejection {
        match self.refusal.take() {
            Some(refusal) => refusal.into_rejection(),
            None => Rejection::new(Code::MalformedJson, format!("The JSON is malformed: {error}.")),
        }
    }
}

/// Reads one value at some depth. The depth is checked before anything inside is read, so the
/// stack is as deep as [`JSON_DEPTH_MAX`] at most.
#[derive(Clone, Copy)]
struct Strict<'a> {
    state: &'a State,
    depth: usize,
}

impl<'a> Strict<'a> {
    fn inside<E: serde::de::Error>(self) -> Result<Strict<'a>, E> {
        if self.depth >= JSON_DEPTH_MAX {
            return Err(self.state.refuse(Refusal::new(Code::TooDeep, TOO_DEEP)));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;
    fn deserialize<D: serde::Deserializer<'de>>(self, d: D) -> Result<Value, D::Error> {
        d.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        if value.abs() >= INTEGER_LOSSY_FROM {
            self.state.lossy.set(true);
        }
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("not a finite number"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let inside = self.inside()?;
        let mut items = Vec::new();
        loop {
            match access.next_element_seed(inside) {
                Ok(Some(item)) => items.push(item),
                Ok(None) => return Ok(Value::Array(items)),
                Err(error) => {
                    self.state.locate(|refusal| refusal.within_index(items.len()));
                    return Err(error);
                }
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let inside = self.inside()?;
        let mut members = Map::new();
        while let Some(key) = access.next_key::<String>()? {
            if members.contains_key(&key) {
                let refusal = Refusal::new(Code::DuplicateKey, "The key appears twice");
                return Err(self.state.refuse(refusal.within_key(&key)));
            }
            match access.next_value_seed(inside) {
                Ok(value) => members.insert(key, value),
                Err(error) => {
                    self.state.locate(|refusal| refusal.within_key(&key));
                    return Err(error);
                }
            };
        }
        Ok(Value::Object(members))
    }
}

/// Looks in valid JSON for an integer literal that neither `i64` nor `u64` holds. Only needed once
/// a huge double was read, which may have been such a literal or one with an exponent.
fn holds_integer_beyond_64_bits(text: &str) -> bool {
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = match byte {
            b'"' => behind_string(after),
            b'-' | b'0'..=b'9' => {
                let part = |b: &u8| matches!(b, b'+' | b'-' | b'.' | b'e' | b'E' | b'0'..=b'9');
                let end = rest.iter().position(|b| !part(b)).unwrap_or(rest.len());
                let (literal, behind) = rest.split_at(end);
                if is_integer_beyond_64_bits(literal) {
                    return true;
                }
                behind
            }
            _ => after,
        };
    }
    false
}

fn is_integer_beyond_64_bits(literal: &[u8]) -> bool {
    let integer = literal.iter().all(|b| matches!(b, b'-' | b'0'..=b'9'));
    let text = std::str::from_utf8(literal).unwrap_or_default();
    integer && text.parse::<i64>().is_err() && text.parse::<u64>().is_err()
}

/// What follows the string whose opening quote was just read.
fn behind_string(mut rest: &[u8]) -> &[u8] {
    loop {
        match rest {
            [b'\\', _, after @ ..] => rest = after,
            [b'"', after @ ..] => return after,
            [_, after @ ..] => rest = after,
            [] => return rest,
        }
    }
}
