//! A node that is killed between the start and the end of an effect never has it done twice.
//!
//! The other side is a server of this test, which counts calls by their keys and kills the node's
//! process at a moment that the seed chooses. `HANSA_EFFECT_SEEDS` sets how many seeds are tried.
#![cfg(test)]
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests stand in the real world"
)]

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command as Process, Stdio};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex};

use hansa_crypto::hash::{label, sha256};
use hansa_crypto::keys::SigningKey;
use hansa_kernel::action::{Act, Call, References, Stage, Submit};
use hansa_kernel::task::{Act as StepAct, Rail, Step, Terms};
use hansa_kernel::{Auth, Caller, Command, EnvelopeProof, Request, grant, principal};
use hansa_node::effect::{Effect, Tools, params_id};
use hansa_node::egress::EgressPolicy;
use hansa_node::writer::Job;
use hansa_node::{Config, Done, Env, Node, start};
use hansa_types::{
    ActionId, Amount, AnyId, Digest, EnvelopeId, GrantId, PrincipalId, Signature, TaskId,
};
use serde_json::{Map, json};

const CHILD_DIR: &str = "HANSA_TEST_EFFECTS_DIR";
const CHILD_TOOL: &str = "HANSA_TEST_EFFECTS_TOOL";
/// The task and the grant that the child acts under, which were made before.
const CHILD_TASK: &str = "HANSA_TEST_EFFECTS_TASK";
const CHILD_GRANT: &str = "HANSA_TEST_EFFECTS_GRANT";
const SEEDS: &str = "HANSA_EFFECT_SEEDS";
const SEEDS_DEFAULT: u64 = 200;
const ALICE: PrincipalId = PrincipalId(2);
const BOB: PrincipalId = PrincipalId(3);
const ACTIONS: u128 = 6;
/// Longest time from a child's start to its end.
const KILLED_WITHIN: std::time::Duration = std::time::Duration::from_secs(60);

fn key(of: PrincipalId) -> SigningKey {
    SigningKey::from_seed([u8::try_from(of.0).unwrap(); 32])
}

fn signed(by: PrincipalId, number: u64) -> Caller {
    let proof = EnvelopeProof {
        id: EnvelopeId::new((by.0 << 64) + u128::from(number)),
        nonce: number,
        signature: Signature([u8::try_from(number).unwrap(); 64]),
        digest: Digest([7; 32]),
    };
    Caller { principal: Some(by), auth: Auth::Envelope(key(by).public(), Some(Box::new(proof))) }
}

async fn submit(node: &Node, caller: Caller, command: Command) -> Done {
    let request = Request::new(caller, command, None);
    node.submit(Job { request, vault: Vec::new() }).await.unwrap()
}

async fn open(dir: &Path, tool: &str) -> Arc<Node> {
    let mut config = Config::new(dir.to_owned()).unwrap();
    config.free_bytes_min = 0;
    config.tools = Tools::new([tool.parse().unwrap()]).unwrap();
    let host = tool.rsplit("//").next().unwrap().trim_end_matches('/');
    config.egress = EgressPolicy::closed().allow_private(host.parse().unwrap());
    start::start(config, Env::real()).await.unwrap().node
}

/// A task between alice and bob, and a grant of alice's to bob.
async fn begin(node: &Node) -> (TaskId, GrantId) {
    let machine = || Caller { principal: None, auth: Auth::Machine };
    for id in [ALICE, BOB] {
        let create = principal::Create {
            id,
            kind: principal::Kind::Agent,
            key: key(id).public(),
            card: None,
            genesis_grant: true,
        };
        submit(node, machine(), Command::PrincipalCreate(create)).await;
    }
    let terms = Terms {
        currency: "AVT".parse().unwrap(),
        amount: Amount(1_000_000),
        rail: Rail::Outcome,
        milestones: Vec::new(),
        deadline: None,
        sla: None,
    };
    let act = StepAct::Offer { terms, skill: label("work") };
    let offer = Command::TaskStep(Step { parent: None, to: BOB, act });
    let AnyId::Task(task) = submit(node, signed(ALICE, 1), offer).await.entry.id else {
        panic!("an offer makes a task");
    };
    // What the node sends out is done by the node's own authority.
    let look = |state: &hansa_kernel::State| state.node.as_ref().unwrap().handle;
    let handle = node.read(None, look).await.unwrap();
    let look = move |state: &hansa_kernel::State| state.principals.get(handle).id;
    let create = grant::Create {
        issuer: node.read(None, look).await.unwrap(),
        holder: BOB,
        terms: grant::Terms {
            actions: vec!["pay_vendor".parse().unwrap()],
            limits: grant::Limits::default(),
            scope: None,
            expires: node.now().after(hansa_types::Duration::days(1)),
            depth_max: None,
        },
        parent: None,
    };
    let AnyId::Grant(grant) = submit(node, machine(), Command::GrantCreate(create)).await.entry.id
    else {
        panic!("a grant has an id");
    };
    (task, grant)
}

#[tokio::test]
async fn the_child_acts_until_it_is_killed() {
    let given = [CHILD_DIR, CHILD_TOOL, CHILD_TASK, CHILD_GRANT].map(std::env::var);
    let [Ok(dir), Ok(tool), Ok(task), Ok(grant)] = given else { return };
    let node = open(Path::new(&dir), &tool).await;
    let (task, grant): (TaskId, GrantId) = (task.parse().unwrap(), grant.parse().unwrap());
    for number in 1..=ACTIONS {
        let id = ActionId(number);
        let params: Map<_, _> = json!({ "n": number.to_string() }).as_object().unwrap().clone();
        let bytes = serde_json::to_vec(&params).unwrap();
        let sealed = node.vault.seal(BOB, params_id(id), &bytes).unwrap();
        let command = Command::ActionSubmit(Submit {
            id,
            task,
            references: References { grant: Some(grant), ..References::default() },
            call: Call {
                tool: "pay_vendor".parse().unwrap(),
                digest: sha256(&bytes),
                money: None,
                counterparty: None,
                counterparty_name: None,
                parameters: None,
            },
            act: Act::Service(hansa_kernel::action::Executor::Http),
            callback: None,
        });
        let caller = signed(BOB, u64::try_from(number).unwrap());
        let request = Request::new(caller, command, None);
        node.submit(Job { request, vault: sealed.changes }).await.unwrap();
        let tool = node.config.tools.find("pay_vendor").unwrap();
        let effect = Effect { action: id, tool, params, principal: BOB, sent_before: false };
        node.begin_effect(effect).await.unwrap();
    }
    node.stop().await.unwrap();
}

/// A node's files before anything was done, which each seed begins with.
struct Beginning {
    dir: tempfile::TempDir,
    task: TaskId,
    grant: GrantId,
}

impl Beginning {
    async fn make() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let node = open(dir.path(), "pay_vendor=http:http://localhost:9/").await;
        let (task, grant) = begin(&node).await;
        node.stop().await.unwrap();
        drop(node);
        // The read models let go of their files behind the last who used them.
        while dir.path().join("views.db-wal").exists() {
            tokio::task::yield_now().await;
        }
        Self { dir, task, grant }
    }

    fn copy(&self) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        copy(self.dir.path(), dir.path());
        dir
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            std::fs::create_dir_all(&to).unwrap();
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// What the other side knows: how often each key came, whom to kill, and whom to tell of it.
struct Seen {
    calls: BTreeMap<String, u32>,
    child: Option<Child>,
    killed: Sender<()>,
}

/// When the child is killed: at which call, and whether the call is answered first.
#[derive(Clone, Copy)]
struct Fate {
    at_call: u32,
    answered: bool,
}

fn serve(listener: TcpListener, seen: Arc<Mutex<Seen>>, fate: Fate) {
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(stream) = stream else { return };
            answer(stream, &seen, fate);
        }
    });
}

fn answer(mut stream: TcpStream, seen: &Mutex<Seen>, fate: Fate) {
    let mut read = Vec::new();
    let mut buffer = [0; 1_024];
    while !read.ends_with(b"}") {
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return,
            Ok(count) => read.extend_from_slice(&buffer[..count]),
        }
    }
    let head = String::from_utf8_lossy(&read).to_ascii_lowercase();
    let key = head.lines().find_map(|line| line.strip_prefix("idempotency-key: ")).unwrap();
    let mut seen = seen.lock().unwrap();
    *seen.calls.entry(key.to_owned()).or_default() += 1;
    let due = seen.calls.values().sum::<u32>() == fate.at_call;
    let mut tell = || _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}");
    if due && !fate.answered {
        kill(&mut seen);
    }
    tell();
    if due && fate.answered {
        kill(&mut seen);
    }
}

fn kill(seen: &mut Seen) {
    if let Some(mut child) = seen.child.take() {
        child.kill().unwrap();
        child.wait().unwrap();
        seen.killed.send(()).unwrap();
    }
}

/// One seed: the calls by key, and how every action stands after the restart.
async fn kill_one(
    beginning: &Beginning,
    seed: u64,
    kind: &str,
) -> (BTreeMap<String, u32>, Vec<Stage>) {
    let dir = beginning.copy();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let tool =
        format!("pay_vendor={kind}:http://localhost:{}/", listener.local_addr().unwrap().port());
    let fate = Fate {
        at_call: 1 + u32::try_from(seed % u64::try_from(ACTIONS).unwrap()).unwrap(),
        answered: seed / u64::try_from(ACTIONS).unwrap() % 2 == 1,
    };
    let (killed, is_killed) = mpsc::channel();
    let seen = Arc::new(Mutex::new(Seen { calls: BTreeMap::new(), child: None, killed }));
    let child = child(beginning, dir.path(), &tool);
    start_child(child, &seen, || serve(listener, Arc::clone(&seen), fate));
    let wait =
        move || is_killed.recv_timeout(KILLED_WITHIN).expect("the child calls and is killed");
    tokio::task::spawn_blocking(wait).await.unwrap();
    let node = open(dir.path(), &tool).await;
    let stages = settled(&node).await;
    node.stop().await.unwrap();
    let calls = seen.lock().unwrap().calls.clone();
    (calls, stages)
}

fn child(beginning: &Beginning, dir: &Path, tool: &str) -> Process {
    let mut child = Process::new(std::env::current_exe().unwrap());
    child
        .args(["--exact", "the_child_acts_until_it_is_killed"])
        .env(CHILD_DIR, dir)
        .env(CHILD_TOOL, tool)
        .env(CHILD_TASK, beginning.task.to_string())
        .env(CHILD_GRANT, beginning.grant.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    child
}

/// Starts the process that is killed. Nobody is answered before it is known whom to kill.
fn start_child(mut child: Process, seen: &Mutex<Seen>, serve: impl FnOnce()) {
    let mut locked = seen.lock().unwrap();
    serve();
    locked.child = Some(child.spawn().unwrap());
}

/// How all actions stand, once none of them is open.
async fn settled(node: &Node) -> Vec<Stage> {
    loop {
        let look = |state: &hansa_kernel::State| -> Vec<Stage> {
            state.actions.iter().map(|(_, action)| action.stage).collect()
        };
        let stages = node.read(None, look).await.unwrap();
        if stages.iter().all(|stage| *stage != Stage::Started) {
            return stages;
        }
        tokio::task::yield_now().await;
    }
}

fn seeds() -> u64 {
    std::env::var(SEEDS).ok().map_or(SEEDS_DEFAULT, |text| text.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_called_twice_whenever_the_node_is_killed() {
    let beginning = Arc::new(Beginning::make().await);
    let (mut unknown, mut seeds, mut running) = (0, 0..seeds(), tokio::task::JoinSet::new());
    let at_once = std::thread::available_parallelism().unwrap().get();
    loop {
        while running.len() < at_once
            && let Some(seed) = seeds.next()
        {
            let beginning = Arc::clone(&beginning);
            running.spawn(async move { (seed, kill_one(&beginning, seed, "http").await) });
        }
        let Some(ended) = running.join_next().await else { break };
        let (seed, (calls, stages)) = ended.unwrap();
        assert!(calls.values().all(|count| *count == 1), "seed {seed}: {calls:?}");
        let open = stages.iter().filter(|stage| **stage == Stage::OutcomeUnknown).count();
        let done = stages.iter().filter(|stage| **stage == Stage::Done).count();
        assert!(open <= 1 && done + open == stages.len(), "seed {seed}: {stages:?}");
        // Whatever arrived was started before.
        assert!(calls.len() <= stages.len(), "seed {seed}: {calls:?} {stages:?}");
        unknown += open;
    }
    assert!(unknown > 0, "no kill came between a start and its end");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_other_side_knows_by_its_key_is_asked_again_and_ends() {
    let beginning = Beginning::make().await;
    let (calls, stages) = kill_one(&beginning, 2, "http+key").await;
    assert!(stages.iter().all(|stage| *stage == Stage::Done), "{stages:?}");
    assert_eq!(calls.len(), stages.len(), "{calls:?}");
}
