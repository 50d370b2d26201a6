//! A whole node behind real HTTP, in a simulated world: the clock stands still until a test moves
//! it, and nothing ever sleeps.

pub mod remote;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use hansa_api::ApiSettings;
use hansa_crypto::seal::SealKey;
use hansa_crypto::{Secret, SigningKey};
use hansa_node::backup::{self, Pace};
use hansa_node::egress::EgressPolicy;
use hansa_node::start::{Started, start};
use hansa_node::{Config, Env, Node};
use hansa_testkit::{SimClock, SimNetwork, world};
use hansa_types::{Code, Did, Duration, EnvelopeId, PrincipalId};
use hansa_wire::amp::build::Header;
use hansa_wire::amp::{Envelope, Recipient};
use hansa_wire::api::agents::{AgentCreate, AgentCreated};
use hansa_wire::api::amp::EnvelopeAccepted;
use hansa_wire::api::setup::{SetupComplete, SetupDone};
use hansa_wire::client::{Client, ClientError, Credential};
use hansa_wire::scalar::{Name, WireKey};
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A running node and the hand on its clock.
pub struct Town {
    pub node: Arc<Node>,
    pub clock: Arc<SimClock>,
    pub address: SocketAddr,
    /// Empty once an owner exists.
    pub setup_token: Option<Secret>,
    dir: TempDir,
    settings: ApiSettings,
    stop: Option<oneshot::Sender<()>>,
    served: Option<JoinHandle<std::io::Result<()>>>,
}

/// Somebody with a key pair and an API key.
pub struct Actor {
    pub id: PrincipalId,
    pub did: Did,
    pub key: SigningKey,
    pub secret: String,
    pub client: Client,
    nonce: AtomicU64,
    clock: Arc<SimClock>,
}

/// An HTTP response.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Reply {
    /// The first value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&self.body)))
    }

    /// The code of a problem, after a look at everything a problem must have.
    pub fn code(&self) -> String {
        let problem = self.json();
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{problem}");
        assert_eq!(problem["status"], self.status, "{problem}");
        for member in ["type", "title", "detail", "next_step", "request_id"] {
            assert!(problem[member].as_str().is_some_and(|text| !text.is_empty()), "{problem}");
        }
        assert_eq!(self.header("x-request-id"), problem["request_id"].as_str());
        problem["code"].as_str().unwrap().to_owned()
    }

    /// Asserts a refusal.
    pub fn refused(&self, code: Code) {
        assert_eq!(self.code(), code.as_str(), "{}", self.json());
        assert_eq!(self.status, code.status());
    }

    /// Asserts success and gives the JSON.
    pub fn accepted(&self) -> Value {
        assert!((200..300).contains(&self.status), "{} {}", self.status, self.json());
        self.json()
    }
}

/// An HTTP request under construction.
pub struct Ask {
    method: &'static str,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Ask {
    pub fn new(method: &'static str, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), headers: Vec::new(), body: Vec::new() }
    }

    pub fn get(path: impl Into<String>) -> Self {
        Self::new("GET", path)
    }

    pub fn post(path: impl Into<String>, body: Value) -> Self {
        Self::new("POST", path).json(&body)
    }

    pub fn json(self, body: &Value) -> Self {
        let asked = self.header("content-type", "application/json");
        asked.body(body.to_string().into_bytes())
    }

    pub fn body(self, body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..self }
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn bearer(self, secret: &str) -> Self {
        self.header("authorization", &format!("Bearer {secret}"))
    }

    pub fn by(self, actor: &Actor) -> Self {
        self.bearer(&actor.secret)
    }

    pub fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// Where it goes.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The same request to another place.
    pub fn at(self, place: impl Fn(&str) -> String) -> Self {
        Self { path: place(&self.path), ..self }
    }

    /// The head of a request whose body never comes.
    pub fn unfinished(&self, town: &Town, length: usize) -> Vec<u8> {
        let (method, path, host) = (self.method, &self.path, town.address);
        let head = format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\ncontent-length: {length}");
        format!("{head}\r\ncontent-type: application/json\r\n\r\n").into_bytes()
    }

    fn bytes(&self, host: &str) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\nconnection: close\r\n", self.method, self.path);
        if !self.headers.iter().any(|(name, _)| name == "host") {
            head.push_str(&format!("host: {host}\r\n"));
        }
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if !self.body.is_empty() || self.method != "GET" {
            head.push_str(&format!("content-length: {}\r\n", self.body.len()));
        }
        head.push_str("\r\n");
        [head.into_bytes(), self.body.clone()].concat()
    }
}

impl Town {
    /// A founded node without an owner.
    pub async fn found() -> Self {
        Self::with(|_| (), ApiSettings::default()).await
    }

    /// A founded node with an owner.
    pub async fn owned() -> (Self, Actor) {
        let mut town = Self::found().await;
        let owner = town.set_up().await;
        (town, owner)
    }

    /// A node with settings of its own.
    pub async fn with(configure: impl FnOnce(&mut Config), settings: ApiSettings) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::at(listener, world(7), configure, settings).await
    }

    /// The same, in a network that the test plays.
    pub async fn within(
        configure: impl FnOnce(&mut Config),
        settings: ApiSettings,
        network: Arc<SimNetwork>,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (env, clock) = world(7);
        Self::at(listener, (Env { network, ..env }, clock), configure, settings).await
    }

    /// Two nodes with public names on this machine, and their owners. Each may ask the other, and
    /// whoever listens at `ports`.
    pub async fn pair(ports: &[u16]) -> [(Self, Actor); 2] {
        let bind = || async { TcpListener::bind("127.0.0.1:0").await.unwrap() };
        let listeners = [bind().await, bind().await];
        let mut all = ports.to_vec();
        all.extend(listeners.iter().map(|listener| listener.local_addr().unwrap().port()));
        let mut towns = Vec::new();
        for (seed, listener) in (1..).zip(listeners) {
            let url = format!("http://localhost:{}", listener.local_addr().unwrap().port());
            let settings = ApiSettings { public_url: Some(url.clone()), ..ApiSettings::default() };
            let private = |port: &u16| format!("localhost:{port}").parse().unwrap();
            let egress = all.iter().map(private);
            let egress = egress.fold(EgressPolicy::default(), EgressPolicy::allow_private);
            let configure = |config: &mut Config| {
                (config.public_url, config.egress) = (Some(url), egress);
            };
            let (env, clock) = world(seed);
            let env = Env { network: Env::real().network, ..env };
            let mut town = Self::at(listener, (env, clock), configure, settings).await;
            let owner = town.set_up().await;
            towns.push((town, owner));
        }
        towns.try_into().unwrap_or_else(|_| panic!("two of them"))
    }

    /// A node with a public name whose time is the world's, for programs with clocks of their own.
    pub async fn in_real_time() -> (Self, Actor) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let settings = ApiSettings { public_url: Some(url.clone()), ..ApiSettings::default() };
        let configure = |config: &mut Config| config.public_url = Some(url);
        let still = Arc::new(SimClock::new());
        let mut town = Self::at(listener, (Env::real(), still), configure, settings).await;
        let owner = town.set_up().await;
        (town, owner)
    }

    async fn at(
        listener: TcpListener,
        (env, clock): (Env, Arc<SimClock>),
        configure: impl FnOnce(&mut Config),
        settings: ApiSettings,
    ) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut config = Config::new(dir.path().to_owned()).unwrap();
        config.free_bytes_min = 0;
        configure(&mut config);
        Self::run(dir, listener, (env, clock), config, settings).await
    }

    async fn run(
        dir: TempDir,
        listener: TcpListener,
        (env, clock): (Env, Arc<SimClock>),
        config: Config,
        settings: ApiSettings,
    ) -> Self {
        let Started { node, setup_token, .. } = start(config, env).await.unwrap();
        let kept = settings.clone();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = hansa_api::serve(Arc::clone(&node), listener, settings, async {
            let _ = stopped.await;
        });
        let served = Some(tokio::spawn(serving));
        let stop = Some(stop);
        Self { node, clock, address, setup_token, dir, settings: kept, stop, served }
    }

    /// Stops the node and starts another on what it left, at another port.
    pub async fn restart(self) -> Self {
        self.restart_after(async |config, _| config).await
    }

    /// Stops the node and starts it with other settings of its edge.
    pub async fn with_settings(mut self, change: impl FnOnce(&mut ApiSettings)) -> Self {
        change(&mut self.settings);
        self.restart().await
    }

    /// Stops the node and starts it under another public name.
    pub async fn renamed(mut self, url: &str) -> Self {
        let url = Some(url.to_owned());
        self.settings.public_url.clone_from(&url);
        self.restart_after(async |config, _| Config { public_url: url, ..config }).await
    }

    /// Stops the node and starts it without a public name.
    pub async fn nameless(mut self) -> Self {
        self.settings.public_url = None;
        self.restart_after(async |config, _| Config { public_url: None, ..config }).await
    }

    /// Stops the node, gives it another key, and starts it.
    pub async fn with_another_key(self, revoke_former: bool) -> Self {
        let rotate = async |config: Config, env: Env| {
            let node = start(config.clone(), env).await.unwrap().node;
            node.rotate_key(revoke_former).await.unwrap();
            config
        };
        self.restart_after(rotate).await
    }

    /// Makes a backup, loses what comes after it, and starts another node on what the backup restores to.
    pub async fn restored_after(self, lost: impl AsyncFnOnce(&Self)) -> Self {
        let (data, key) = (self.node.config.data_dir.clone(), SealKey::from_bytes([9; 32]));
        let (backups, data_dir) = (data.join("backups"), data.join("restored"));
        let env = self.node.env.clone();
        let made =
            backup::create(&*data, &backups, &key, &env, Pace::AtOnce, &mut |_, _| ()).unwrap();
        lost(&self).await;
        let restore = async |config: Config, env: Env| {
            let to = &*data_dir;
            backup::restore(&backups, &made, &key, to, &env, &mut |_, _| ()).unwrap();
            Config { data_dir: to.to_owned(), ..config }
        };
        self.restart_after(restore).await
    }

    /// Stops the node, does something, and starts another.
    async fn restart_after(mut self, work: impl AsyncFnOnce(Config, Env) -> Config) -> Self {
        self.stop_serving();
        self.served.take().unwrap().await.unwrap().unwrap();
        self.node.stop().await.unwrap();
        let Self { node, clock, dir, settings, .. } = self;
        let (config, env) = (node.config.clone(), node.env.clone());
        drop(node);
        let config = work(config, env.clone()).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::run(dir, listener, (env, clock), config, settings).await
    }

    /// Ends serving, then the node, and waits for both.
    pub async fn stop(mut self) {
        self.stop_serving();
        self.stopped().await;
    }

    /// Takes no more connections.
    pub fn stop_serving(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    /// Waits until everything has ended.
    pub async fn stopped(mut self) {
        self.served.take().unwrap().await.unwrap().unwrap();
        self.node.stop().await.unwrap();
        assert!(self.dir.path().exists());
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A client with an API key.
    pub fn client(&self, secret: &str) -> Client {
        Client::new(&self.url(), Credential::ApiKey(Secret::new(secret.to_owned()))).unwrap()
    }

    /// A client that nobody knows.
    pub fn guest(&self) -> Client {
        Client::new(&self.url(), Credential::None).unwrap()
    }

    /// Makes the owner.
    pub async fn set_up(&mut self) -> Actor {
        let key = SigningKey::from_seed([200; 32]);
        let request = SetupComplete {
            token: self.setup_token.take().unwrap().into(),
            name: Name::new("Olivia"),
            public_key: Some(WireKey(key.public())),
        };
        let done: SetupDone = self.guest().call(&request).await.unwrap();
        self.actor(done.id, key, done.api_key.0.expose())
    }

    /// Somebody whose key is known, without an API key.
    pub fn known(&self, id: &str, key: SigningKey) -> Actor {
        self.actor(id.parse().unwrap(), key, "")
    }

    fn actor(&self, id: PrincipalId, key: SigningKey, secret: &str) -> Actor {
        Actor {
            id,
            did: key.public().did_key(),
            key,
            secret: secret.to_owned(),
            client: self.client(secret),
            nonce: AtomicU64::new(0),
            clock: Arc::clone(&self.clock),
        }
    }

    /// Registers an agent with a key of its own and an API key; it receives the genesis grant.
    pub async fn agent(&self, owner: &Actor, name: &str) -> Actor {
        self.agent_with(owner, name, None).await
    }

    /// As [`Town::agent`], with a card.
    pub async fn agent_with(
        &self,
        owner: &Actor,
        name: &str,
        card: Option<Map<String, Value>>,
    ) -> Actor {
        let digest = hansa_crypto::hash::sha256(name.as_bytes());
        let key = SigningKey::from_seed(digest.0);
        let request = AgentCreate {
            name: Name::new(name).unwrap(),
            public_key: Some(WireKey(key.public())),
            card,
            genesis_grant: true,
            did: None,
        };
        let created: AgentCreated = owner.client.call(&request).await.unwrap();
        self.actor(created.id, key, created.api_key.unwrap().0.expose())
    }

    /// The node's own DID.
    pub fn did(&self) -> Did {
        self.node.keys.signing().public().did_key()
    }

    /// The number of the last durable entry.
    pub fn seq(&self) -> u64 {
        self.node.durable.seq()
    }

    /// Sends a request and waits for the whole response.
    pub async fn ask(&self, ask: Ask) -> Reply {
        self.raw(&ask.bytes(&self.address.to_string())).await
    }

    /// Sends bytes and reads until the other side closes.
    pub async fn raw(&self, bytes: &[u8]) -> Reply {
        let mut stream = self.connect(bytes).await;
        let mut response = Vec::new();
        // A server that refuses early may reset the connection behind its answer.
        let _ = stream.read_to_end(&mut response).await;
        parse(&response)
    }

    /// Sends bytes and leaves the connection open.
    pub async fn connect(&self, bytes: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let _ = stream.write_all(bytes).await;
        stream
    }

    /// Sends the head of a request and waits until the server has taken it: connections are served
    /// in the order they came, so an answer on a later one says so.
    pub async fn begun(&self, head: &[u8]) -> TcpStream {
        let stream = self.connect(head).await;
        self.ask(Ask::get("/healthz")).await.accepted();
        stream
    }

    /// Sends the rest of a request and reads the response.
    pub async fn finish(&self, mut stream: TcpStream, rest: &[u8]) -> Reply {
        stream.write_all(rest).await.unwrap();
        let mut response = Vec::new();
        stream.read_to_end(&mut response).await.unwrap();
        parse(&response)
    }

    /// Reads a response while time passes, however much it takes.
    pub async fn read_as_time_passes(&self, mut stream: TcpStream) -> Reply {
        let mut response = Vec::new();
        {
            let mut reading = std::pin::pin!(stream.read_to_end(&mut response));
            loop {
                tokio::select! {
                    biased;
                    read = &mut reading => { read.unwrap(); break; }
                    () = tokio::task::yield_now() => self.clock.advance(Duration::seconds(1)),
                }
            }
        }
        parse(&response)
    }

    /// Hands in an envelope, whatever it is.
    pub async fn submit(&self, envelope: &Value) -> Reply {
        self.ask(Ask::post("/amp/envelopes", envelope.clone())).await
    }
}

impl Actor {
    /// What every envelope of this actor has: a fresh id and nonce, and the present time.
    pub fn header(&self, to: impl Into<Recipient>, parent: Option<EnvelopeId>) -> Header {
        use hansa_node::env::Clock as _;
        let nonce = self.nonce.fetch_add(1, Ordering::Relaxed) + 1;
        let bits = hansa_crypto::hash::sha256(format!("{}/{nonce}", self.did).as_bytes()).0;
        let (head, _) = bits.split_at(16);
        Header {
            id: EnvelopeId::new(u128::from_be_bytes(head.try_into().unwrap())),
            from: self.did.clone(),
            to: to.into(),
            parent,
            nonce,
            ts: self.clock.wall().unix_seconds(),
        }
    }

    /// Signs an envelope.
    pub fn sign(&self, mut envelope: Envelope) -> Value {
        envelope.sign(&self.key).unwrap();
        envelope.to_value().unwrap()
    }

    /// Signs an envelope and hands it in.
    pub async fn send(&self, envelope: Envelope) -> Result<EnvelopeAccepted, ClientError> {
        self.client.submit_envelope(self.sign(envelope)).await
    }
}

fn parse(response: &[u8]) -> Reply {
    let split = response.windows(4).position(|window| window == b"\r\n\r\n");
    let split = split.unwrap_or_else(|| panic!("no head: {}", String::from_utf8_lossy(response)));
    let head = std::str::from_utf8(&response[..split]).unwrap();
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers: Vec<(String, String)> = lines
        .map(|line| line.split_once(':').unwrap())
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let body = &response[split + 4..];
    let chunked = headers.iter().any(|(n, v)| n == "transfer-encoding" && v == "chunked");
    let body = if chunked { dechunk(body) } else { body.to_vec() };
    Reply { status, headers, body }
}

fn dechunk(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = rest.windows(2).position(|window| window == b"\r\n") {
        let size = std::str::from_utf8(&rest[..end]).unwrap();
        let size = usize::from_str_radix(size, 16).unwrap();
        body.extend_from_slice(&rest[end + 2..end + 2 + size]);
        rest = &rest[end + 4 + size..];
        if size == 0 {
            break;
        }
    }
    body
}

/// The problem's code of a call that was refused.
pub fn code_of<T: std::fmt::Debug>(result: Result<T, ClientError>) -> Code {
    let error = result.unwrap_err();
    error.problem().unwrap_or_else(|| panic!("{error:?}")).known_code().unwrap()
}

/// A JSON object.
pub fn object(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

/// A transfer's request object.
pub fn pay(to: &Actor, amount: &str) -> Value {
    json!({ "to": to.id, "amount": amount })
}
