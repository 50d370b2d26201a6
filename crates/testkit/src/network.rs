//! A network in memory: names with the addresses a test gives them, and servers that tests play.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, MutexGuard, PoisonError};

use hansa_node::env::{BoxStream, Network, Wait};
use tokio::io::DuplexStream;
use tokio::sync::mpsc;

/// Bytes under way in each direction.
const PIPE_BYTES: usize = 64 << 10;

/// Names and servers in a test's hand. An empty one reaches nobody.
#[derive(Default)]
pub struct SimNetwork(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    names: HashMap<String, VecDeque<Vec<IpAddr>>>,
    servers: HashMap<SocketAddr, mpsc::UnboundedSender<DuplexStream>>,
    resolved: Vec<String>,
    connected: Vec<SocketAddr>,
}

impl SimNetwork {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives a name its addresses: one answer after another, the last one for ever.
    pub fn name(&self, host: &str, answers: impl IntoIterator<Item = Vec<IpAddr>>) {
        self.inner().names.insert(host.to_owned(), answers.into_iter().collect());
    }

    /// Connections that come in at an address from now on.
    pub fn listen(&self, address: SocketAddr) -> mpsc::UnboundedReceiver<DuplexStream> {
        let (arrive, arrived) = mpsc::unbounded_channel();
        self.inner().servers.insert(address, arrive);
        arrived
    }

    /// Names that were asked for, in order.
    pub fn resolved(&self) -> Vec<String> {
        self.inner().resolved.clone()
    }

    /// Addresses that were connected to, in order, whether or not anybody was there.
    pub fn connected(&self) -> Vec<SocketAddr> {
        self.inner().connected.clone()
    }

    fn answer(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        let mut inner = self.inner();
        inner.resolved.push(host.to_owned());
        let answers = inner.names.get_mut(host).ok_or(io::ErrorKind::NotFound)?;
        let answer = match answers.len() {
            1 => answers.front().cloned(),
            _ => answers.pop_front(),
        };
        answer.ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn open(&self, address: SocketAddr) -> io::Result<BoxStream> {
        let mut inner = self.inner();
        inner.connected.push(address);
        let server = inner.servers.get(&address).ok_or(io::ErrorKind::ConnectionRefused)?;
        let (here, there) = tokio::io::duplex(PIPE_BYTES);
        server.send(there).map_err(|_| io::ErrorKind::ConnectionRefused)?;
        Ok(Box::new(here))
    }
}

impl Network for SimNetwork {
    fn resolve(&self, host: &str) -> Wait<io::Result<Vec<IpAddr>>> {
        Box::pin(std::future::ready(self.answer(host)))
    }

    fn connect(&self, address: SocketAddr) -> Wait<io::Result<BoxStream>> {
        Box::pin(std::future::ready(self.open(address)))
    }
}
