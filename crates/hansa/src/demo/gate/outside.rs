//! What lies outside of the node: a bank, and a remote policy engine.
//!
//! Both answer every request with the same and count them. A server that is closed takes no
//! connection any more, as one whose machine is gone.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::super::tell::{Facts, Told};
use crate::failure::Failure;

/// Most of a request that is read.
const REQUEST_BYTES_MAX: usize = 64 * 1_024;
/// What the bank says.
const PAID: &str = r#"{"confirmation":"paid"}"#;
/// What the engine says as long as it lives.
const ALLOWED: &str = r#"{"result":{"verdict":"allow","rules":["engine_alive"]}}"#;

/// A server that counts.
pub(super) struct Server {
    port: u16,
    calls: Arc<AtomicU64>,
    serving: JoinHandle<()>,
}

/// Everything outside of the node.
pub(super) struct Outside {
    /// Where money is paid.
    pub(super) bank: Server,
    /// What evaluates the policy of one tool.
    pub(super) engine: Server,
}

impl Outside {
    /// Opens both, and writes the settings by which the node knows them.
    pub(super) async fn open(dir: &Path) -> Told<Self> {
        let (bank, engine) = (Server::open(PAID).await?, Server::open(ALLOWED).await?);
        let (at_bank, at_engine) = (bank.port, engine.port);
        let tool = |name: &str| format!("\"{name}=http:http://localhost:{at_bank}/{name}\"");
        let settings = format!(
            "[actions]\ntools = [{}, {}, {}]\n[policy]\nopa_url = \"http://localhost:{at_engine}\"\n\
             [egress]\nprivate_hosts = [\"localhost:{at_bank}\", \"localhost:{at_engine}\"]\n",
            tool("approve_payment"),
            tool("close_account"),
            tool("wire_abroad"),
        );
        std::fs::write(dir.join("hansa.toml"), settings)
            .map_err(|error| Failure::because("cannot write the node's settings", &error))?;
        let facts = Facts::new().with("bank", format!("http://localhost:{at_bank}"));
        Ok((Self { bank, engine }, facts))
    }
}

impl Server {
    async fn open(answer: &'static str) -> Result<Self, Failure> {
        let failed = |error: io::Error| Failure::because("cannot open a server", &error);
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(failed)?;
        let port = listener.local_addr().map_err(failed)?.port();
        let calls = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&calls);
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let counted = Arc::clone(&counted);
                // Whoever hangs up before the end is told nothing.
                tokio::spawn(async move { serve(stream, answer, &counted).await.ok() });
            }
        });
        Ok(Self { port, calls, serving })
    }

    /// Requests that arrived as a whole.
    pub(super) fn calls(&self) -> u64 {
        self.calls.load(Ordering::SeqCst)
    }

    /// Takes no connection any more.
    pub(super) async fn close(&mut self) {
        self.serving.abort();
        // It ends by being aborted.
        let _ = (&mut self.serving).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(mut stream: TcpStream, answer: &str, calls: &AtomicU64) -> io::Result<()> {
    let mut read = Vec::new();
    while !is_whole(&read) {
        let mut buffer = [0; 4_096];
        match stream.read(&mut buffer).await? {
            0 => return Ok(()),
            count => read.extend_from_slice(&buffer[..count]),
        }
        if read.len() > REQUEST_BYTES_MAX {
            return Ok(());
        }
    }
    calls.fetch_add(1, Ordering::SeqCst);
    let length = answer.len();
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n";
    stream.write_all(format!("{head}content-length: {length}\r\n\r\n{answer}").as_bytes()).await?;
    stream.shutdown().await
}

/// Whether a request has arrived with its body (RFC 9112 section 6.2).
fn is_whole(read: &[u8]) -> bool {
    let text = String::from_utf8_lossy(read);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let header = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    body.len() >= header.unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_whole_with_its_body() {
        let request = b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}";
        assert!(is_whole(request));
        assert!(!is_whole(&request[..request.len() - 1]));
        assert!(!is_whole(b"POST / HTTP/1.1\r\n"));
        assert!(is_whole(b"GET / HTTP/1.1\r\n\r\n"));
    }
}
