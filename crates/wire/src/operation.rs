//! What one operation is: a row of the table that routes, OpenAPI, tools and clients are made from.
//!
//! Invariants: the id is the same word in the command, the CLI, the tool, the client method and the
//! test (DESIGN §8, 1); every path parameter is a member of the request type; types come in through
//! [`Request`], so that a row and its shapes cannot drift apart.
//!
//! Deliberately absent: handlers, and how a caller proves who they are.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A request object: it names its operation and the shape of the answer.
pub trait Request: Serialize + DeserializeOwned + JsonSchema {
    /// The id of the operation.
    const OPERATION: &'static str;
    /// The answer.
    type Response: Serialize + DeserializeOwned + JsonSchema;
}

/// Methods that operations use (RFC 9110 section 9.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// Reads.
    Get,
    /// Creates or acts.
    Post,
    /// Replaces.
    Put,
    /// Removes.
    Delete,
}

impl Method {
    /// The method as it stands in a request line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Delete => "DELETE",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Who may ask at all. What they then may do, grants decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    /// Everyone, signed in or not.
    Public,
    /// Any principal of this node.
    Principal,
    /// The node's owner, or whoever holds a grant from them.
    Owner,
}

/// Whether an operation changes anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Nothing changes; safe to repeat.
    Read,
    /// An entry of the journal, if it is accepted.
    Write,
}

/// What the body of a successful answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Media {
    /// One JSON value.
    Json,
    /// One JSON value per line.
    NdJson,
    /// A DID log: one version per line, of a bounded size.
    DidLog,
    /// Plain text.
    Text,
    /// A page for people.
    Html,
}

impl Media {
    /// The media type.
    pub const fn as_str(self) -> &'static str {
        match self {
            Media::Json => "application/json",
            Media::NdJson => "application/x-ndjson",
            Media::DidLog => "text/jsonl",
            Media::Text => "text/plain; charset=utf-8",
            Media::Html => "text/html; charset=utf-8",
        }
    }
}

/// Makes the schema of a type within a document.
pub type SchemaFn = fn(&mut SchemaGenerator) -> Schema;

/// One operation of the native API.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    /// The word that names it at every layer.
    pub id: &'static str,
    /// The method.
    pub method: Method,
    /// The path, with `{name}` for each path parameter.
    pub path: &'static str,
    /// What it does, in a few words.
    pub summary: &'static str,
    /// What a caller should know.
    pub description: &'static str,
    /// The group it is listed under.
    pub tag: &'static str,
    /// Who may ask.
    pub access: Access,
    /// Whether it changes anything.
    pub effect: Effect,
    /// Whether it honours `Idempotency-Key`.
    pub idempotent: bool,
    /// Whether `dry_run: true` answers without doing.
    pub dry_run: bool,
    /// Status of success.
    pub status: u16,
    /// Body of success.
    pub media: Media,
    /// The request object's own schema: always an object, never a reference.
    pub request: SchemaFn,
    /// The answer's schema.
    pub response: SchemaFn,
}

impl Operation {
    /// A row for the request type `R`: access public, media JSON, status 200.
    const fn row<R: Request>(method: Method, path: &'static str, effect: Effect) -> Self {
        Self {
            id: R::OPERATION,
            method,
            path,
            summary: "",
            description: "",
            tag: "",
            access: Access::Public,
            effect,
            idempotent: false,
            dry_run: false,
            status: 200,
            media: Media::Json,
            request: own_schema::<R>,
            response: schema_of::<R::Response>,
        }
    }

    /// An operation that reads, by GET.
    pub(crate) const fn get<R: Request>(path: &'static str) -> Self {
        Self::row::<R>(Method::Get, path, Effect::Read)
    }

    /// An operation that writes by POST and honours `Idempotency-Key`.
    pub(crate) const fn post<R: Request>(path: &'static str) -> Self {
        let row = Self::row::<R>(Method::Post, path, Effect::Write);
        Self { idempotent: true, ..row }
    }

    /// An operation that writes by PUT and honours `Idempotency-Key`.
    pub(crate) const fn put<R: Request>(path: &'static str) -> Self {
        let row = Self::row::<R>(Method::Put, path, Effect::Write);
        Self { idempotent: true, ..row }
    }

    /// An operation that removes, by DELETE; repeating it does no more than doing it once.
    pub(crate) const fn delete<R: Request>(path: &'static str) -> Self {
        let row = Self::row::<R>(Method::Delete, path, Effect::Write);
        Self { idempotent: true, ..row }
    }

    pub(crate) const fn about(
        self,
        tag: &'static str,
        summary: &'static str,
        description: &'static str,
    ) -> Self {
        Self { tag, summary, description, ..self }
    }

    pub(crate) const fn access(self, access: Access) -> Self {
        Self { access, ..self }
    }

    pub(crate) const fn reads(self) -> Self {
        Self { effect: Effect::Read, idempotent: false, ..self }
    }

    pub(crate) const fn without_key(self) -> Self {
        Self { idempotent: false, ..self }
    }

    pub(crate) const fn dry_run(self) -> Self {
        Self { dry_run: true, ..self }
    }

    pub(crate) const fn status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    pub(crate) const fn media(self, media: Media) -> Self {
        Self { media, ..self }
    }

    /// The names of the path's parameters, in order.
    pub fn path_params(&self) -> impl Iterator<Item = &'static str> {
        self.path.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
    }

    /// Whether an envelope may name it (`intent.action` = id, `params` = the request object). An
    /// envelope proves one command, so a batch in it is refused by the batch itself.
    pub fn by_envelope(&self) -> bool {
        let native = self.path.starts_with("/api/") || self.path.starts_with("/amp/");
        self.media == Media::Json
            && native
            // Passwords and secrets have no place in what the vault keeps of an envelope, nor has what
            // must be possible to erase alone.
            && (self.tag != "accounts" || self.id == "whoami")
            && !matches!(self.id, "setup_complete" | "envelope_submit" | "memory_write")
    }
}

fn own_schema<R: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    R::json_schema(generator)
}

fn schema_of<R: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<R>()
}
