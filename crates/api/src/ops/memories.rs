//! Memories: writing, listing, reading and erasing what an agent keeps for itself.
//!
//! Who may not is answered as if there were none, whether there is one or not.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hansa_kernel::memory::{Delete, Kept, Write};
use hansa_kernel::{Command, Event, State};
use hansa_node::internal;
use hansa_node::vault::{Sealed, Vault, memory_path};
use hansa_types::{AnyId, Code, MemoryId, PrincipalId, Time};
use hansa_wire::Problem;
use hansa_wire::api::Page;
use hansa_wire::api::memories::{
    Encoding, Memory, MemoryDelete, MemoryErasure, MemoryList, MemoryRead, MemoryWrite,
};
use hansa_wire::limits::{MEMORY_BYTES_MAX, MEMORY_TAGS_MAX};
use hansa_wire::scalar::{Cursor, MediaType, Name};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::document::json_of;
use super::principals::receipt;
use super::trial::attempt;
use crate::answer::Answer;
use crate::context::{Context, Step};
use crate::serve::blocking;

/// The part of a memory that holds its content.
const CONTENT: &str = "content";
/// The part that holds what is said about it, which lists show.
const ABOUT: &str = "about";

/// What is said about a content, as it is sealed.
#[derive(Serialize, Deserialize)]
struct About {
    content_type: MediaType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    label: Option<Name>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tags: Vec<Name>,
}

impl About {
    /// A memory of which this is said, without its content.
    fn of(
        self,
        (id, agent): (MemoryId, PrincipalId),
        bytes: u32,
        (seq, at): (u64, Time),
    ) -> Memory {
        Memory {
            id,
            agent,
            bytes: bytes.into(),
            content_type: self.content_type,
            label: self.label,
            tags: self.tags,
            created_at: at.into(),
            seq,
            encoding: None,
            content: None,
        }
    }
}

/// Writes a memory.
pub(crate) async fn memory_write(
    context: &Context,
    request: MemoryWrite,
) -> Result<Answer, Problem> {
    let agent = context.find(&request.agent, Code::PrincipalUnknown).await?;
    let content = content_of(&request)?;
    let MemoryWrite { encoding, content_type, label, tags, .. } = request;
    if tags.len() > MEMORY_TAGS_MAX {
        return Err(Problem::new(Code::InvalidField, "tags: at most 32"));
    }
    let content_type = content_type.or_else(|| MediaType::new(default_type(encoding)));
    let about = About { content_type: content_type.ok_or(Code::Internal)?, label, tags };
    let node = &context.api.node;
    let id = MemoryId::new(node.now().0, node.env.random_u128());
    let bytes = u32::try_from(content.len()).map_err(|_| Code::Internal)?;
    let (vault, text) = (Arc::clone(&node.vault), json_of(&about)?);
    let seal = move || {
        let parts = [(CONTENT, content.as_slice()), (ABOUT, text.as_slice())];
        vault.seal_apart(agent, &memory_path(agent, Some(id)), parts)
    };
    let ([content, described], changes) = blocking(seal).await?.map_err(internal)?;
    let write = Write { id, agent, bytes, content, about: described };
    let sealed = Sealed { digest: content, changes };
    let done = context.submit(Step::new(Command::MemoryWrite(write)).with(Some(sealed))).await?;
    // A repetition tells of the memory that was written first.
    let (Event::MemoryWritten(written), AnyId::Memory(id)) = (&done.entry.event, done.entry.id)
    else {
        return Err(Code::Internal.into());
    };
    let recorded = (done.entry.seq, done.entry.ts);
    Answer::done(&done, &about.of((id, agent), written.bytes, recorded))
}

/// The bytes of a content as it was sent.
fn content_of(request: &MemoryWrite) -> Result<Zeroizing<Vec<u8>>, Problem> {
    let refuse = |detail: &'static str| Problem::new(Code::InvalidField, detail);
    let bytes = match request.encoding {
        Encoding::Utf8 => request.content.clone().into_bytes(),
        Encoding::Base64 => STANDARD
            .decode(&request.content)
            .map_err(|_| refuse("content: not base64 with its padding (RFC 4648 section 4)"))?,
    };
    match bytes.len() {
        1..=MEMORY_BYTES_MAX => Ok(Zeroizing::new(bytes)),
        _ => Err(refuse("content: 1 byte to 256 KiB")),
    }
}

fn default_type(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Utf8 => "text/plain",
        Encoding::Base64 => "application/octet-stream",
    }
}

/// Lists the memories of an agent, the latest first.
pub(crate) async fn memory_list(context: &Context, request: MemoryList) -> Result<Answer, Problem> {
    let agent = context.find(&request.agent, Code::NotFound).await?;
    let after = request.cursor.as_ref().map(|cursor| cursor.as_str().parse()).transpose();
    let after = after.map_err(|_| Problem::from(Code::InvalidCursor))?;
    let (asker, now) = (context.principal()?, context.api.node.now());
    let (action, limit) = (context.operation.id, usize::from(request.limit.items()));
    let look = move |state: &State| {
        let handle = state.principals.find(agent)?;
        let may = state.may_with_memories(asker, agent, action, now);
        // One more tells whether there is another page.
        let page = || state.memories.of(handle, after).take(limit + 1).collect();
        may.then(|| (page(), state.seq))
    };
    let found: Option<(Vec<(MemoryId, Kept)>, u64)> =
        context.api.node.read(Some(asker), look).await?;
    let (mut page, as_of_seq) = found.ok_or(Code::NotFound)?;
    let more = page.len() > limit;
    page.truncate(limit);
    let last = page.last().filter(|_| more).map(|(id, _)| id.to_string());
    let vault = Arc::clone(&context.api.node.vault);
    let told = blocking(move || {
        let told = page.iter().map(|(id, kept)| about(&vault, *id, agent, kept));
        told.collect::<Result<Vec<Option<Memory>>, Problem>>()
    });
    // What was erased since the look is left out.
    let data = told.await??.into_iter().flatten().collect();
    Answer::json(&Page { data, next_cursor: last.and_then(Cursor::new), as_of_seq })
}

/// What a list shows of a memory, or nothing once it was erased.
fn about(
    vault: &Vault,
    id: MemoryId,
    agent: PrincipalId,
    kept: &Kept,
) -> Result<Option<Memory>, Problem> {
    let opened = vault.open(&format!("{}{ABOUT}", memory_path(agent, Some(id))));
    let Some(opened) = opened.map_err(internal)? else { return Ok(None) };
    let about: About = serde_json::from_slice(&opened.bytes).map_err(|_| Code::Internal)?;
    Ok(Some(about.of((id, agent), kept.bytes, (kept.seq, kept.at))))
}

/// Reads a memory with its content.
pub(crate) async fn memory_read(context: &Context, request: MemoryRead) -> Result<Answer, Problem> {
    let id = request.memory;
    let (agent, kept) = find(context, id).await?;
    let vault = Arc::clone(&context.api.node.vault);
    let read = blocking(move || {
        let Some(memory) = about(&vault, id, agent, &kept)? else { return Ok(None) };
        let content = vault.open(&format!("{}{CONTENT}", memory_path(agent, Some(id))));
        Ok::<_, Problem>(content.map_err(internal)?.map(|content| (memory, content.bytes)))
    });
    let (memory, content) = read.await??.ok_or(Code::NotFound)?;
    let (encoding, content) = match std::str::from_utf8(&content) {
        Ok(text) => (Encoding::Utf8, text.to_owned()),
        Err(_) => (Encoding::Base64, STANDARD.encode(&*content)),
    };
    Answer::json(&Memory { encoding: Some(encoding), content: Some(content), ..memory })
}

/// Erases a memory, or says what that would be.
pub(crate) async fn memory_delete(
    context: &Context,
    request: MemoryDelete,
) -> Result<Answer, Problem> {
    let id = request.memory;
    let command = Command::MemoryDelete(Delete { id });
    let erasure = |agent: PrincipalId, bytes: u32| MemoryErasure {
        memory: id,
        agent,
        dry_run: request.dry_run.0,
        bytes: bytes.into(),
        receipt: None,
        signature: None,
    };
    let found = find(context, id).await;
    if request.dry_run.0 {
        let (agent, kept) = found?;
        attempt(context, command).await?;
        return Answer::json(&erasure(agent, kept.bytes));
    }
    // One that is not found may have been erased by the same request: then the answer is the same too.
    let done = match (context.submit(Step::new(command)).await, found) {
        (Ok(done), _) => done,
        (Err(problem), Err(hidden)) if tells_of_it(&problem) => return Err(hidden),
        (Err(problem), _) => return Err(problem),
    };
    let (Event::MemoryErased(erased), Some(AnyId::Principal(agent))) =
        (&done.entry.event, done.entry.subject)
    else {
        return Err(Code::Internal.into());
    };
    let gone = context.api.node.end_vault_traces().await?;
    let (receipt, signature) = receipt(context, (agent, Some(id)), &done, gone).await?;
    let (receipt, signature) = (Some(receipt), Some(signature));
    let told = MemoryErasure { receipt, signature, ..erasure(agent, erased.bytes) };
    Answer::done(&done, &told)
}

/// Whether a refusal says something of what the caller may not know of.
fn tells_of_it(problem: &Problem) -> bool {
    problem.status < 500 && problem.known_code() != Some(Code::EnvelopeReplayed)
}

/// A memory that the caller may do this with, and whose it is.
async fn find(context: &Context, id: MemoryId) -> Result<(PrincipalId, Kept), Problem> {
    let (asker, now, action) = (context.principal()?, context.api.node.now(), context.operation.id);
    let look = move |state: &State| {
        let kept = state.memories.get(id)?;
        let agent = state.principals.get(kept.agent).id;
        state.may_with_memories(asker, agent, action, now).then_some((agent, kept))
    };
    let found = context.api.node.read(Some(asker), look).await?;
    found.ok_or_else(|| Code::NotFound.into())
}
