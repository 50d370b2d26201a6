//! A network between clients and node that loses, delays, cuts and doubles.
//!
//! One connection carries one request. What happens to it is decided by dice of its own, so that a
//! seed gives the same mix, though not the same order: threads and processes are real here.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::sim::Rng;

/// Longest request that passes.
const REQUEST_BYTES_MAX: usize = 16 << 10;
/// Patience with either side.
const PATIENCE: Duration = Duration::from_secs(3);
/// Chances in a hundred of each fault.
const FAULT_PERCENT: u64 = 6;

/// The proxy.
pub(super) struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    node: Mutex<Option<SocketAddr>>,
    is_calm: AtomicBool,
    connections: AtomicU64,
    seed: u64,
}

/// What happens to a request.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    /// It never arrives.
    Lost,
    /// It arrives twice; the second answer counts.
    Doubled,
    /// It arrives late.
    Late,
    /// The answer is cut off.
    Cut,
}

impl Proxy {
    /// Starts it on a free port.
    pub(super) fn start(seed: u64) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            node: Mutex::new(None),
            is_calm: AtomicBool::new(false),
            connections: AtomicU64::new(0),
            seed,
        });
        let accepting = Arc::clone(&shared);
        // Ends with the process: a test's proxy has nothing to put in order.
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let shared = Arc::clone(&accepting);
                std::thread::spawn(move || shared.carry(client));
            }
        });
        Ok(Self { address, shared })
    }

    /// Where clients connect.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where the node is now, if it is anywhere.
    pub(super) fn lead_to(&self, node: Option<SocketAddr>) {
        *self.shared.node.lock().unwrap_or_else(PoisonError::into_inner) = node;
    }

    /// No more faults.
    pub(super) fn calm(&self) {
        self.shared.is_calm.store(true, Ordering::Relaxed);
    }

    /// Connections so far.
    pub(super) fn connections(&self) -> u64 {
        self.shared.connections.load(Ordering::Relaxed)
    }
}

impl Shared {
    fn carry(&self, client: TcpStream) {
        let number = self.connections.fetch_add(1, Ordering::Relaxed);
        let mut rng = Rng::new(self.seed.wrapping_add(number));
        let fault = match (self.is_calm.load(Ordering::Relaxed), rng.below(100) / FAULT_PERCENT) {
            (true, _) => Fault::None,
            (false, 0) => Fault::Lost,
            (false, 1) => Fault::Doubled,
            (false, 2) => Fault::Late,
            (false, 3) => Fault::Cut,
            (false, _) => Fault::None,
        };
        // A failure on either side is one more fault of the network.
        let _ = self.exchange(client, fault, &mut rng);
    }

    fn exchange(&self, mut client: TcpStream, fault: Fault, rng: &mut Rng) -> std::io::Result<()> {
        client.set_read_timeout(Some(PATIENCE))?;
        let request = read_request(&mut client)?;
        let node = *self.node.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(node) = node.filter(|_| fault != Fault::Lost) else { return Ok(()) };
        if fault == Fault::Late {
            std::thread::sleep(Duration::from_millis(rng.below(300)));
        }
        if fault == Fault::Doubled {
            answer(node, &request)?;
        }
        let mut answer = answer(node, &request)?;
        if fault == Fault::Cut {
            answer.truncate(usize::try_from(rng.below(answer.len() as u64)).unwrap_or(0));
        }
        client.write_all(&answer)?;
        client.shutdown(Shutdown::Both)
    }
}

/// A whole request: its head, and as many bytes as that says.
fn read_request(client: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let (mut request, mut piece) = (Vec::new(), [0; 2_048]);
    loop {
        let read = client.read(&mut piece)?;
        request.extend_from_slice(&piece[..read]);
        let text = String::from_utf8_lossy(&request);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length = length.and_then(|length| length.parse().ok()).unwrap_or(0);
            if body.len() >= length {
                return Ok(request);
            }
        }
        if read == 0 || request.len() > REQUEST_BYTES_MAX {
            return Err(std::io::ErrorKind::InvalidData.into());
        }
    }
}

/// What the node answers to a request that asks it to close behind the answer.
fn answer(node: SocketAddr, request: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect_timeout(&node, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(request)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(answer)
}
