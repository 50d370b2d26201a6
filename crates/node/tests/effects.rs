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
const SEEDS: &str = "HANSA_EFFECT_SEEDS";
const SEEDS_DEFAULT: u64 = 9;
const ALICE: PrincipalId = PrincipalId(2);
const BOB: PrincipalId = PrincipalId(3);
const ACTIONS: u128 = 6;

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
    let (Ok(dir), Ok(tool)) = (std::env::var(CHILD_DIR), std::env::var(CHILD_TOOL)) else { return };
    let node = open(Path::new(&dir), &tool).await;
    let (task, grant) = begin(&node).await;
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

/// What the other side knows: how often each key came.
#[derive(Default)]
struct Seen {
    calls: BTreeMap<String, u32>,
    child: Option<Child>,
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
    }
}

/// One seed: the calls by key, and how every action stands after the restart.
async fn kill_one(seed: u64, kind: &str) -> (BTreeMap<String, u32>, Vec<Stage>) {
    let dir = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let tool =
        format!("pay_vendor={kind}:http://localhost:{}/", listener.local_addr().unwrap().port());
    let fate = Fate {
        at_call: 1 + u32::try_from(seed % u64::try_from(ACTIONS).unwrap()).unwrap(),
        answered: seed / u64::try_from(ACTIONS).unwrap() % 2 == 1,
    };
    let seen = Arc::new(Mutex::new(Seen::default()));
    let pid = start_child(dir.path(), &tool, &seen, || serve(listener, Arc::clone(&seen), fate));
    while Path::new(&format!("/proc/{pid}")).exists() && seen.lock().unwrap().child.is_some() {
        tokio::task::yield_now().await;
    }
    let node = open(dir.path(), &tool).await;
    let stages = settled(&node).await;
    node.stop().await.unwrap();
    let calls = seen.lock().unwrap().calls.clone();
    (calls, stages)
}

/// Starts the process that is killed. Nobody is answered before it is known whom to kill.
fn start_child(dir: &Path, tool: &str, seen: &Mutex<Seen>, serve: impl FnOnce()) -> u32 {
    let mut locked = seen.lock().unwrap();
    serve();
    let child = Process::new(std::env::current_exe().unwrap())
        .args(["--exact", "the_child_acts_until_it_is_killed"])
        .env(CHILD_DIR, dir)
        .env(CHILD_TOOL, tool)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let pid = child.id();
    locked.child = Some(child);
    pid
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
    let mut unknown = 0;
    for seed in 0..seeds() {
        let (calls, stages) = kill_one(seed, "http").await;
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
    let (calls, stages) = kill_one(2, "http+key").await;
    assert!(stages.iter().all(|stage| *stage == Stage::Done), "{stages:?}");
    assert_eq!(calls.len(), stages.len(), "{calls:?}");
}
