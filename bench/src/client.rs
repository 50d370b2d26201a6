//! A load generator of HTTP/1.1: kept-alive connections, hand-written requests, answers read no
//! further than their length.
//!
//! It shares the machine with the node under test, so it does as little as it can, and does the
//! same beside the yardstick. Closed loops measure throughput. The open loop measures latency: each
//! request has its moment, and waits for a free connection or for the next look at the answers count
//! against the node. Its waits for a core do not: they are not the node's, so it goes first where the
//! system lets it.

use std::net::SocketAddr;
use std::ops::AddAssign;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinSet;

use crate::callers::nanos;
use crate::measure::{Work, as_f64, quantile};

/// How long the open loop sleeps between two looks at what is due and what was answered. To be woken by
/// each answer instead would take half as much of the machine again, which the node would have to wait for.
const TICK: Duration = Duration::from_micros(250);

/// Steps of priority by which the open loop goes before the node: setpriority(2).
const FIRST: i32 = 15;

/// Writes the bytes of a connection's next request.
pub(crate) type Compose = Box<dyn FnMut(&mut Vec<u8>) + Send>;

/// A kept-alive connection.
pub(crate) struct Connection {
    stream: TcpStream,
    input: Vec<u8>,
    filled: usize,
}

impl Connection {
    /// Connects.
    pub(crate) async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await.context("connecting to the node")?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, input: vec![0; 16 << 10], filled: 0 })
    }

    /// Sends the head of a request that expects to be asked for its body (RFC 9110, section 10.1.1),
    /// and waits until the node does. [`exchange`](Self::exchange) goes on with the body.
    pub(crate) async fn announce(&mut self, head: &[u8]) -> anyhow::Result<()> {
        let (status, _) = self.begin(head).await?;
        anyhow::ensure!(status == 100, "the head of a request was answered {status}");
        Ok(())
    }

    /// Sends a request and waits for its answer: status and body.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> anyhow::Result<(u16, &[u8])> {
        let (status, head) = self.begin(request).await?;
        let length = length(&self.input[..head]).context("the answer has no length")?;
        while self.filled < head + length {
            self.read_more().await?;
        }
        Ok((status, &self.input[head..head + length]))
    }

    /// Sends bytes and waits for the head of what answers them: its status and length.
    async fn begin(&mut self, bytes: &[u8]) -> anyhow::Result<(u16, usize)> {
        self.stream.write_all(bytes).await?;
        self.filled = 0;
        let head = loop {
            self.read_more().await?;
            if let Some(end) = find(&self.input[..self.filled], b"\r\n\r\n") {
                break end + 4;
            }
        };
        let status = status(&self.input[..head]).context("the answer has no status")?;
        Ok((status, head))
    }

    async fn read_more(&mut self) -> anyhow::Result<()> {
        if self.filled == self.input.len() {
            self.input.resize(self.filled * 2, 0);
        }
        let read = self.stream.read(&mut self.input[self.filled..]).await?;
        anyhow::ensure!(read > 0, "the node closed a connection");
        self.filled += read;
        Ok(())
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

fn status(head: &[u8]) -> Option<u16> {
    std::str::from_utf8(head.get(9..12)?).ok()?.parse().ok()
}

fn length(head: &[u8]) -> Option<usize> {
    let text = std::str::from_utf8(head).ok()?;
    let values = text.lines().filter_map(|line| line.split_once(':'));
    let mut lengths = values.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    lengths.next()?.1.trim().parse().ok()
}

/// What a load saw.
#[derive(Default)]
pub(crate) struct Seen {
    /// Answers and time.
    pub(crate) work: Work,
    /// Latencies in nanoseconds.
    latencies: Vec<u64>,
}

impl Seen {
    fn new(latencies: Vec<u64>, wall: Duration) -> Self {
        let count = latencies.len() as u64;
        Self { work: Work { count, wall, cpu: Duration::ZERO }, latencies }
    }

    /// Answers in a second.
    pub(crate) fn per_second(&self) -> f64 {
        self.work.per_second()
    }

    /// The latency below which a fraction of the requests stayed.
    pub(crate) fn latency_ms(&mut self, fraction: f64) -> f64 {
        self.latencies.sort_unstable();
        as_f64(quantile(&self.latencies, fraction)) / 1e6
    }
}

impl AddAssign for Seen {
    fn add_assign(&mut self, other: Self) {
        self.work += other.work;
        self.latencies.extend(other.latencies);
    }
}

async fn ask(connection: &mut Connection, request: &[u8]) -> anyhow::Result<()> {
    let (status, body) = connection.exchange(request).await?;
    anyhow::ensure!(status / 100 == 2, "answered {status}: {}", String::from_utf8_lossy(body));
    Ok(())
}

/// Each connection asks again as soon as it has its answer, for a span of time.
pub(crate) async fn closed_loop(
    address: SocketAddr,
    requests: Vec<Compose>,
    span: Duration,
) -> anyhow::Result<Seen> {
    let mut connections = Vec::with_capacity(requests.len());
    for compose in requests {
        connections.push((Connection::open(address).await?, compose));
    }
    let (begun, mut running) = (Instant::now(), JoinSet::new());
    for (mut connection, mut compose) in connections {
        running.spawn(async move {
            let (mut latencies, mut request) = (Vec::new(), Vec::new());
            let mut now = begun;
            while now - begun < span {
                request.clear();
                compose(&mut request);
                ask(&mut connection, &request).await?;
                let answered = Instant::now();
                latencies.push(nanos(answered - now));
                now = answered;
            }
            anyhow::Ok(latencies)
        });
    }
    let mut latencies = Vec::new();
    while let Some(done) = running.join_next().await {
        latencies.extend(done??);
    }
    Ok(Seen::new(latencies, begun.elapsed()))
}

/// Requests at a fixed rate, whatever the answers do. Latency counts from the planned moment.
pub(crate) fn open_loop(
    address: SocketAddr,
    requests: Vec<Compose>,
    rate: f64,
    span: Duration,
) -> anyhow::Result<Seen> {
    // On a thread of its own, whose priority ends with it.
    let generator = std::thread::spawn(move || {
        go_first();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(ask_as_planned(address, requests, rate, span))
    });
    generator.join().map_err(|_| anyhow::anyhow!("the generator's thread failed"))?
}

/// Raises the priority of this thread, and of those that it starts, unless the system forbids it.
fn go_first() {
    if rustix::process::nice(-FIRST).is_err() {
        eprintln!("bench: the load generator may not go first, so its own waits count");
    }
}

async fn ask_as_planned(
    address: SocketAddr,
    requests: Vec<Compose>,
    rate: f64,
    span: Duration,
) -> anyhow::Result<Seen> {
    let (plan, planned) = mpsc::unbounded_channel::<Instant>();
    let planned = Arc::new(Mutex::new(planned));
    let mut running = JoinSet::new();
    for mut compose in requests {
        let (mut connection, planned) = (Connection::open(address).await?, Arc::clone(&planned));
        running.spawn(async move {
            let (mut latencies, mut request) = (Vec::new(), Vec::new());
            loop {
                // A statement of its own, so that the next connection may wait meanwhile.
                let due = planned.lock().await.recv().await;
                let Some(due) = due else { return anyhow::Ok(latencies) };
                request.clear();
                compose(&mut request);
                ask(&mut connection, &request).await?;
                latencies.push(nanos(due.elapsed()));
            }
        });
    }
    drop(planned);
    let begun = Instant::now();
    let (mut next, mut sent) = (begun, 0);
    'plan: while next - begun < span {
        std::thread::sleep(TICK);
        while next <= Instant::now() {
            if plan.send(next).is_err() {
                // Every connection has ended; why, they say below.
                break 'plan;
            }
            sent += 1;
            next = begun + Duration::from_secs_f64(as_f64(sent) / rate);
        }
        // What is due goes out with this look, not after another sleep.
        look().await;
    }
    drop(plan);
    let mut latencies = Vec::new();
    while let Some(done) = running.join_next().await {
        latencies.extend(done??);
    }
    anyhow::ensure!(latencies.len() as u64 == sent, "answers are missing");
    Ok(Seen::new(latencies, begun.elapsed()))
}

/// Lets every connection go on that can: those whose answers have come, then those that are due.
async fn look() {
    for _ in 0..2 {
        tokio::task::yield_now().await;
    }
}
