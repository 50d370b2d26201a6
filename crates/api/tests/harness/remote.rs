//! Servers of somebody else's in a simulated network.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hansa_testkit::SimNetwork;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};

/// An answer that never comes.
pub const SILENCE: &str = "";

/// Answers requests with JSON at a name, an address and a port: the first with the first answer and so
/// on, all further ones with the last. Counts them.
pub fn serve(
    network: &SimNetwork,
    (name, address): (&str, &str),
    answers: Vec<String>,
) -> Arc<AtomicUsize> {
    let address: std::net::SocketAddr = address.parse().unwrap();
    network.name(name, [vec![address.ip()]]);
    let mut arrivals = network.listen(address);
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    tokio::spawn(async move {
        while let Some(stream) = arrivals.recv().await {
            let call = counted.fetch_add(1, Ordering::Relaxed);
            let answer = answers[call.min(answers.len() - 1)].clone();
            tokio::spawn(async move { say(stream, &answer).await });
        }
    });
    calls
}

async fn say(mut stream: DuplexStream, answer: &str) {
    let mut read = Vec::new();
    let mut buffer = [0; 4_096];
    // The whole request fits the pipe and ends with its JSON.
    while !read.ends_with(b"}") {
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => break,
            Ok(count) => read.extend_from_slice(&buffer[..count]),
        }
    }
    if answer == SILENCE {
        // Until the other side has enough of it.
        let _ = stream.read(&mut buffer).await;
        return;
    }
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
}

/// An answer of a status with a body.
pub fn answer(status: u16, body: &str) -> String {
    format!("HTTP/1.1 {status} said\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}
