//! Entries as bytes and back: the only place where an event meets JSON.
//!
//! A line is `{seq, ts_ms, id, kind, v, vis, actor, auth, subject, corr, data}` in that order and
//! without spaces; members with their default (version 1, visible to the parties, nobody, nothing)
//! are omitted. Everything before `data` is written and read by hand, because each line of a
//! journal of millions has it; so is the `data` of the most frequent kinds written, and the rest is
//! left to serde.
//!
//! Deliberately absent: leniency. Before `data`, other orders and spellings of the same JSON are
//! refused.

mod data;

use std::str::FromStr;

use hansa_crypto::keys::PublicKey;
use hansa_types::{AnyId, Time, Vis};
use serde::Serialize;
use serde::de::Error as _;

use self::data::push_data;
use crate::client::{Jwt, Signer};
use crate::entry::{Auth, Entry};
use crate::event::{DecodeError, Event};

const VERSION_DEFAULT: u16 = 1;
const VIS_DEFAULT: Vis = Vis::Parties;

/// Appends the entry's line, without a newline, to `out`.
pub fn encode(entry: &Entry, out: &mut Vec<u8>) {
    let Entry { seq, ts, id, vis, actor, auth, subject, corr, event } = entry;
    let mut number = itoa::Buffer::new();
    push(out, "{\"seq\":");
    push(out, number.format(*seq));
    push(out, ",\"ts_ms\":");
    push(out, number.format(ts.0));
    push(out, ",\"id\":\"");
    id.append_to(out);
    push(out, "\",\"kind\":\"");
    push(out, event.kind());
    push(out, "\"");
    if event.version() != VERSION_DEFAULT {
        push(out, ",\"v\":");
        push(out, number.format(event.version()));
    }
    if *vis != VIS_DEFAULT {
        push(out, ",\"vis\":\"");
        push(out, vis.as_str());
        push(out, "\"");
    }
    if let Some(actor) = actor {
        push(out, ",\"actor\":\"");
        actor.append_to(out);
        push(out, "\"");
    }
    push(out, ",\"auth\":{\"method\":\"");
    push_auth(out, auth);
    push(out, "}");
    if let Some(subject) = subject {
        push(out, ",\"subject\":\"");
        subject.append_to(out);
        push(out, "\"");
    }
    if let Some(corr) = corr {
        push(out, ",\"corr\":\"");
        corr.append_to(out);
        push(out, "\"");
    }
    push(out, ",\"data\":");
    push_data(out, event);
    push(out, "}");
}

fn push(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(text.as_bytes());
}

fn push_auth(out: &mut Vec<u8>, auth: &Auth) {
    push(out, auth.method());
    push(out, "\"");
    match auth {
        Auth::ApiKey(id) => push_kid(out, *id),
        Auth::Client(id) => push_kid(out, *id),
        Auth::Bootstrap(id) => push_kid(out, *id),
        Auth::Jwt(jwt) => {
            match &jwt.signer {
                Signer::Client(id) => push_kid(out, *id),
                Signer::Key(key) => push_key(out, key),
            }
            push(out, ",\"jti\":");
            push_json(out, &jwt.jti);
        }
        Auth::Envelope(key, proof) => {
            push_key(out, key);
            if let Some(proof) = proof {
                push(out, ",\"envelope\":");
                push_json(out, proof);
            }
        }
        Auth::Session(id) => push_kid(out, *id),
        Auth::Passkey(id) => push_kid(out, *id),
        Auth::Password
        | Auth::Mail
        | Auth::RecoveryKey
        | Auth::Timer
        | Auth::Setup
        | Auth::Machine => {}
    }
}

fn push_kid(out: &mut Vec<u8>, id: impl Into<AnyId>) {
    push(out, ",\"kid\":\"");
    id.into().append_to(out);
    push(out, "\"");
}

fn push_key(out: &mut Vec<u8>, key: &PublicKey) {
    push(out, ",\"kid\":\"");
    push(out, &key.to_multibase());
    push(out, "\"");
}

fn push_json(out: &mut Vec<u8>, value: &impl Serialize) {
    let written = serde_json::to_writer(out, value);
    assert!(written.is_ok(), "writing to memory cannot fail and every event has a JSON form");
}

/// Reads an entry's line.
pub fn decode(line: &[u8]) -> Result<Entry, DecodeError> {
    let text = std::str::from_utf8(line).map_err(|_| syntax("not UTF-8"))?;
    let mut rest = Rest(text);
    rest.expect("{\"seq\":")?;
    let seq = rest.number()?;
    rest.expect(",\"ts_ms\":")?;
    let ts = Time(rest.number()?);
    rest.expect(",\"id\":\"")?;
    let id = rest.value("id")?;
    rest.expect(",\"kind\":\"")?;
    let kind = rest.text()?;
    let version = match rest.accept(",\"v\":") {
        true => u16::try_from(rest.number()?).map_err(|_| syntax("v: too large"))?,
        false => VERSION_DEFAULT,
    };
    let vis = match rest.accept(",\"vis\":\"") {
        true => read_vis(rest.text()?)?,
        false => VIS_DEFAULT,
    };
    let actor = rest.optional(",\"actor\":\"", "actor")?;
    let auth = read_auth(&mut rest)?;
    let subject = rest.optional(",\"subject\":\"", "subject")?;
    let corr = rest.optional(",\"corr\":\"", "corr")?;
    rest.expect(",\"data\":")?;
    let data = rest.0.strip_suffix('}').ok_or_else(|| syntax("the line is not closed"))?;
    let event = Event::read(kind, version, data)?;
    Ok(Entry { seq, ts, id, vis, actor, auth, subject, corr, event })
}

fn read_vis(word: &str) -> Result<Vis, DecodeError> {
    let all = [Vis::Public, Vis::Parties, Vis::Org, Vis::Node];
    let known = all.into_iter().find(|vis| vis.as_str() == word);
    known.ok_or_else(|| syntax("vis: unknown"))
}

fn read_auth(rest: &mut Rest<'_>) -> Result<Auth, DecodeError> {
    rest.expect(",\"auth\":{\"method\":\"")?;
    let auth = match rest.text()? {
        "api_key" => {
            rest.expect(",\"kid\":\"")?;
            Auth::ApiKey(rest.value("kid")?)
        }
        "envelope" => {
            rest.expect(",\"kid\":\"")?;
            let key = read_key(rest.text()?)?;
            let proof = match rest.accept(",\"envelope\":") {
                true => Some(serde_json::from_str(rest.object()?)?),
                false => None,
            };
            Auth::Envelope(key, proof)
        }
        "jwt" => {
            rest.expect(",\"kid\":\"")?;
            let signer = read_signer(rest.text()?)?;
            rest.expect(",\"jti\":\"")?;
            Auth::Jwt(Jwt { signer, jti: rest.value("jti")?, claims: None })
        }
        "client" => {
            rest.expect(",\"kid\":\"")?;
            Auth::Client(rest.value("kid")?)
        }
        "bootstrap" => {
            rest.expect(",\"kid\":\"")?;
            Auth::Bootstrap(rest.value("kid")?)
        }
        "session" => {
            rest.expect(",\"kid\":\"")?;
            Auth::Session(rest.value("kid")?)
        }
        "passkey" => {
            rest.expect(",\"kid\":\"")?;
            Auth::Passkey(rest.value("kid")?)
        }
        "password" => Auth::Password,
        "mail" => Auth::Mail,
        "recovery_key" => Auth::RecoveryKey,
        "timer" => Auth::Timer,
        "setup" => Auth::Setup,
        "machine" => Auth::Machine,
        _ => return Err(syntax("method: unknown")),
    };
    rest.expect("}")?;
    Ok(auth)
}

fn read_key(text: &str) -> Result<PublicKey, DecodeError> {
    PublicKey::from_multibase(text).map_err(|_| syntax("kid"))
}

fn read_signer(text: &str) -> Result<Signer, DecodeError> {
    match text.parse() {
        Ok(client) => Ok(Signer::Client(client)),
        Err(_) => read_key(text).map(Signer::Key),
    }
}

fn syntax(detail: &str) -> DecodeError {
    DecodeError::Syntax(serde_json::Error::custom(detail))
}

/// What is left of a line.
struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    /// Takes a text if it comes next.
    fn accept(&mut self, text: &str) -> bool {
        let rest = self.0.strip_prefix(text);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    fn expect(&mut self, text: &str) -> Result<(), DecodeError> {
        match self.accept(text) {
            true => Ok(()),
            false => Err(syntax(&format!("expected {text}"))),
        }
    }

    /// Takes a number in its one spelling.
    fn number(&mut self) -> Result<u64, DecodeError> {
        let end = self.0.bytes().position(|b| !b.is_ascii_digit()).unwrap_or(self.0.len());
        let (digits, rest) = self.0.split_at(end);
        self.0 = rest;
        let padded = digits.len() > 1 && digits.starts_with('0');
        let number = digits.parse().ok().filter(|_| !padded);
        number.ok_or_else(|| syntax("expected a number"))
    }

    /// Takes a text up to its closing quote. No value that belongs here has to be escaped.
    fn text(&mut self) -> Result<&'a str, DecodeError> {
        let end = memchr::memchr(b'"', self.0.as_bytes());
        let end = end.ok_or_else(|| syntax("expected a quote"))?;
        let (text, rest) = self.0.split_at(end);
        self.0 = &rest[1..];
        Ok(text)
    }

    fn value<T: FromStr>(&mut self, member: &str) -> Result<T, DecodeError> {
        self.text()?.parse().map_err(|_| syntax(member))
    }

    fn optional<T: FromStr>(
        &mut self,
        opens: &str,
        member: &str,
    ) -> Result<Option<T>, DecodeError> {
        match self.accept(opens) {
            true => self.value(member).map(Some),
            false => Ok(None),
        }
    }

    /// Takes an object that has no other in it.
    fn object(&mut self) -> Result<&'a str, DecodeError> {
        let end = self.0.find('}').ok_or_else(|| syntax("expected an object"))?;
        let (object, rest) = self.0.split_at(end + 1);
        self.0 = rest;
        Ok(object)
    }
}
