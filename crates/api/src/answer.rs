//! What an operation answers with, before it is an HTTP response or part of an envelope's answer.

use axum::body::Body;
use bytes::Bytes;
use hansa_crypto::Secret;
use hansa_node::Done;
use hansa_types::{Code, TransferId};
use hansa_wire::{Media, Problem};
use serde::Serialize;
use serde_json::Value;

/// The body of an answer.
pub(crate) enum Content {
    /// All of it at once.
    Whole(Bytes),
    /// As it is made.
    Stream(Body),
    /// The caller has it already.
    NotModified,
}

/// What an operation answers with.
pub(crate) struct Answer {
    pub(crate) content: Content,
    /// Another media type than the operation's.
    pub(crate) media: Option<Media>,
    /// Another status than the operation's.
    pub(crate) status: Option<u16>,
    /// The first entry that it made, now or before.
    pub(crate) seq: Option<u64>,
    /// Whether an earlier request with the same key was carried out.
    pub(crate) repeated: bool,
    /// The transfer it made.
    pub(crate) transfer: Option<TransferId>,
    /// Whether it shows something that nobody may keep.
    pub(crate) secret: bool,
    /// Tells one version of what is shown from another.
    pub(crate) etag: Option<String>,
    /// Whether anybody may keep it for a while.
    pub(crate) cacheable: bool,
    /// What a browser is told to keep, or to forget.
    pub(crate) cookie: Option<Secret>,
}

impl Answer {
    fn of(content: Content) -> Self {
        Self {
            content,
            media: None,
            status: None,
            seq: None,
            repeated: false,
            transfer: None,
            secret: false,
            etag: None,
            cacheable: false,
            cookie: None,
        }
    }

    /// An answer of one JSON value.
    pub(crate) fn json(value: &impl Serialize) -> Result<Self, Problem> {
        match serde_json::to_vec(value) {
            Ok(bytes) => Ok(Self::of(Content::Whole(bytes.into()))),
            Err(error) => {
                tracing::error!(%error, "an answer has no JSON form");
                Err(Code::Internal.into())
            }
        }
    }

    /// An answer of bytes in the operation's media type.
    pub(crate) fn bytes(bytes: impl Into<Bytes>) -> Self {
        Self::of(Content::Whole(bytes.into()))
    }

    /// An answer that is made while it is sent.
    pub(crate) fn stream(body: Body) -> Self {
        Self::of(Content::Stream(body))
    }

    /// The caller's copy is current.
    pub(crate) fn not_modified(etag: String) -> Self {
        Self { etag: Some(etag), status: Some(304), ..Self::of(Content::NotModified) }
    }

    /// An answer told from a command that was carried out.
    pub(crate) fn done(done: &Done, value: &impl Serialize) -> Result<Self, Problem> {
        let answer = Self::json(value)?;
        Ok(Self { seq: Some(done.entry.seq), repeated: done.repeated, ..answer })
    }

    pub(crate) fn with_status(self, status: u16) -> Self {
        Self { status: Some(status), ..self }
    }

    pub(crate) fn with_transfer(self, transfer: TransferId) -> Self {
        Self { transfer: Some(transfer), ..self }
    }

    pub(crate) fn with_etag(self, etag: String) -> Self {
        Self { etag: Some(etag), ..self }
    }

    /// Anybody may keep it for a while.
    pub(crate) fn cacheable(self) -> Self {
        Self { cacheable: true, ..self }
    }

    pub(crate) fn secret(self) -> Self {
        Self { secret: true, ..self }
    }

    /// The JSON value of the answer, for the envelope that asked for it.
    pub(crate) fn into_value(self) -> Result<Value, Problem> {
        let Content::Whole(bytes) = self.content else { return Err(Code::Internal.into()) };
        serde_json::from_slice(&bytes).map_err(|error| {
            tracing::error!(%error, "an answer is no JSON");
            Code::Internal.into()
        })
    }
}
