//! `hansa memory`: what agents keep for themselves.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::Subcommand;
use hansa_types::MemoryId;
use hansa_wire::api::auth::WhoAmI;
use hansa_wire::api::memories::{
    Encoding, Memory, MemoryDelete, MemoryList, MemoryRead, MemoryWrite,
};
use hansa_wire::limits::MEMORY_BYTES_MAX;
use hansa_wire::scalar::{Flag, MediaType, Name, PrincipalRef};

use super::agent::name;
use super::paging::Paging;
use super::principal::keep_receipt;
use super::{App, DONE, Outcome};
use crate::failure::Failure;
use crate::files;
use crate::remote::{Idempotency, Remote};

/// What can be done with memories.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write a memory, of a file or of standard input
    Write(Write),
    /// Read a memory
    Read {
        /// Its id
        memory: MemoryId,
        /// Write its content to this new file, and show the rest
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// List an agent's memories, the latest first
    List {
        /// Whose: its id or DID; the caller's own, unless said
        #[arg(long)]
        agent: Option<PrincipalRef>,
        #[command(flatten)]
        paging: Paging,
    },
    /// Destroy a memory with its key, for good
    Delete {
        /// Its id
        memory: MemoryId,
        /// Only say what would go
        #[arg(long)]
        dry_run: bool,
        /// Write the node's signed receipt to this new file
        #[arg(long, value_name = "FILE", conflicts_with = "dry_run")]
        receipt: Option<PathBuf>,
        #[command(flatten)]
        idempotency: Idempotency,
    },
}

/// Writing a memory.
#[derive(Debug, clap::Args)]
pub(crate) struct Write {
    /// The file with its content; - for standard input
    file: PathBuf,

    /// Whose memory: its id or DID; the caller's own, unless said
    #[arg(long)]
    agent: Option<PrincipalRef>,

    /// What the content is; text/plain or application/octet-stream, unless said
    #[arg(long, value_name = "TYPE", value_parser = media_type)]
    content_type: Option<MediaType>,

    /// What you call it
    #[arg(long, value_parser = name)]
    label: Option<Name>,

    /// A word to file it under; may be repeated
    #[arg(long = "tag", value_name = "TAG", value_parser = name)]
    tags: Vec<Name>,

    #[command(flatten)]
    idempotency: Idempotency,
}

const SHOWN: &[&str] = &[
    "id",
    "agent",
    "label",
    "tags",
    "content_type",
    "bytes",
    "created_at",
    "seq",
    "encoding",
    "content",
];
const LISTED: &[&str] = &["id", "label", "tags", "content_type", "bytes", "created_at"];
const ERASED: &[&str] = &[
    "memory",
    "agent",
    "dry_run",
    "bytes",
    "receipt.seq",
    "receipt.erased_at",
    "receipt.journal_clean",
    "receipt.backups_until",
    "signature",
];

impl Command {
    /// Carries it out.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        let remote = app.remote()?;
        match self {
            Command::Write(write) => {
                let (request, idempotency) = write.request(&remote).await?;
                app.ui.answer(&remote.call_once(&request, &idempotency).await?, SHOWN)?;
            }
            Command::Read { memory, out } => {
                let memory = remote.call(&MemoryRead { memory }).await?;
                let memory = match out {
                    Some(path) => {
                        files::write_new(&path, content_of(&memory)?, 0o600)?;
                        Memory { content: None, encoding: None, ..memory }
                    }
                    None => memory,
                };
                app.ui.answer(&memory, SHOWN)?;
            }
            Command::List { agent, paging: Paging { cursor, limit } } => {
                let agent = agent_or_caller(agent, &remote).await?;
                app.ui.answer(&remote.call(&MemoryList { agent, cursor, limit }).await?, LISTED)?;
            }
            Command::Delete { memory, dry_run, receipt, idempotency } => {
                let request = MemoryDelete { memory, dry_run: Flag(dry_run) };
                let erasure = remote.call_once(&request, &idempotency).await?;
                let signed = (erasure.receipt.as_ref(), erasure.signature.as_ref());
                keep_receipt(app, signed, receipt.as_deref())?;
                app.ui.answer(&erasure, ERASED)?;
            }
        }
        DONE
    }
}

impl Write {
    async fn request(self, remote: &Remote) -> Result<(MemoryWrite, Idempotency), Failure> {
        let Write { file, agent, content_type, label, tags, idempotency } = self;
        let bytes = files::read_bytes(&file)?;
        if bytes.is_empty() || bytes.len() > MEMORY_BYTES_MAX {
            let path = file.display();
            return Err(Failure::usage(format!("{path} has {} bytes", bytes.len()))
                .next_step("a memory has 1 byte to 256 KiB; split what is larger"));
        }
        let (encoding, content) = match std::str::from_utf8(&bytes) {
            Ok(text) => (Encoding::Utf8, text.to_owned()),
            Err(_) => (Encoding::Base64, STANDARD.encode(&*bytes)),
        };
        let agent = agent_or_caller(agent, remote).await?;
        Ok((MemoryWrite { agent, content, encoding, content_type, label, tags }, idempotency))
    }
}

/// Whose memories are meant.
async fn agent_or_caller(
    named: Option<PrincipalRef>,
    remote: &Remote,
) -> Result<PrincipalRef, Failure> {
    match named {
        Some(named) => Ok(named),
        None => Ok(remote.call(&WhoAmI {}).await?.id.into()),
    }
}

/// The bytes of a memory that was read.
fn content_of(memory: &Memory) -> Result<Vec<u8>, Failure> {
    let content = memory.content.clone().unwrap_or_default();
    match memory.encoding {
        Some(Encoding::Base64) => STANDARD
            .decode(content)
            .map_err(|error| Failure::because("the node's answer is not base64", &error)),
        _ => Ok(content.into_bytes()),
    }
}

fn media_type(text: &str) -> Result<MediaType, String> {
    MediaType::new(text).ok_or_else(|| "a media type such as text/plain".to_owned())
}
