//! The journal as a stream of lines, for whoever wants to verify it.

use std::ops::ControlFlow;
use std::sync::Arc;

use axum::body::Body;
use bytes::Bytes;
use hansa_node::export::Export;
use hansa_node::sight::Sight;
use hansa_node::{Error, Node};
use hansa_types::{Code, IncarnationId};
use hansa_wire::Problem;
use hansa_wire::api::journal::JournalExport;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::answer::Answer;
use crate::context::Context;
use crate::limits::{EXPORT_CHUNK_BYTES, EXPORT_CHUNKS_MAX};
use crate::serve::beside;

/// A piece of the stream, or the news that it breaks off.
type Piece = Result<Bytes, Error>;

/// Streams the journal as the caller may see it.
pub(crate) async fn journal_export(
    context: &Context,
    request: JournalExport,
) -> Result<Answer, Problem> {
    let from = request.from.map_or(1, |from| from.0);
    if from == 0 {
        return Err(Problem::new(Code::InvalidField, "from: entries are counted from 1"));
    }
    let node = Arc::clone(&context.api.node);
    let head = node.durable.seq();
    if from > head + 1 {
        let detail = format!("from: the journal ends at entry {head}");
        return Err(Problem::new(Code::InvalidField, detail));
    }
    let incarnation = context.api.incarnation().await?;
    let sight = context.whole_sight().await?;
    let (out, pieces) = channel(EXPORT_CHUNKS_MAX);
    let wanted = Wanted { incarnation, sight, from, texts: request.texts.0 };
    beside(move || wanted.write(&node, &out));
    Ok(Answer::stream(Body::new(Pieces(pieces))))
}

struct Wanted {
    incarnation: IncarnationId,
    sight: Sight,
    from: u64,
    texts: bool,
}

impl Wanted {
    /// Writes the export until it ends or its reader has gone away.
    fn write(self, node: &Node, out: &Sender<Piece>) {
        let export = Export {
            reader: &*node.reader,
            key: node.keys.signing(),
            host: &node.config.host,
            incarnation: self.incarnation,
            sight: self.sight,
            texts: self.texts.then_some(&*node.vault),
            from: self.from,
        };
        let mut gathered = Vec::with_capacity(EXPORT_CHUNK_BYTES);
        let written = export.write(&mut |line| {
            gathered.extend_from_slice(&line);
            if gathered.len() < EXPORT_CHUNK_BYTES {
                return ControlFlow::Continue(());
            }
            let chunk = std::mem::replace(&mut gathered, Vec::with_capacity(EXPORT_CHUNK_BYTES));
            match out.blocking_send(Ok(chunk.into())) {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            }
        });
        let last = match written {
            Ok(()) => Ok(gathered.into()),
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "an export broke off");
                Err(error)
            }
        };
        // A reader that went away misses nothing it wanted.
        let _ = out.blocking_send(last);
    }
}

/// The pieces as a body.
struct Pieces(Receiver<Piece>);

impl hyper::body::Body for Pieces {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<hyper::body::Frame<Bytes>, Error>>> {
        self.0.poll_recv(cx).map(|piece| piece.map(|piece| piece.map(hyper::body::Frame::data)))
    }
}
