//! The judge in a whole node: what rules say, and that nothing passes when they cannot be asked.
#![cfg(test)]
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests stand in the real world, where a stand-in for a remote engine listens"
)]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use hansa_crypto::hash::label;
use hansa_crypto::keys::SigningKey;
use hansa_kernel::grant::Action;
use hansa_kernel::policy::{Activate, Bound, Create, Engine, Mode, Scope, Verdict};
use hansa_kernel::{Auth, Caller, Command, Event, Request, State, principal, transfer};
use hansa_node::egress::EgressPolicy;
use hansa_node::judge::{Judge, JudgeConfig, PolicyDocument, RemoteOpa, testing};
use hansa_node::start::start;
use hansa_node::vault::policy_id;
use hansa_node::writer::Job;
use hansa_node::{Config, Done, Env, Node};
use hansa_types::{Amount, ApiKeyId, Code, Digest, PolicySetId, PrincipalId, Rejection};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

mod foresight;

const ALICE: PrincipalId = PrincipalId(2);
const BOB: PrincipalId = PrincipalId(3);
const KEY: ApiKeyId = ApiKeyId(7);

/// Rules that look at the amount alone.
const THRESHOLD: &str = r#"
package hansa.policy
import rego.v1
default decision := {"verdict": "deny", "rules": ["nothing_says_so"]}
decision := {"verdict": "allow", "rules": ["small"]} if input.money.units <= 100
decision := {"verdict": "require_approval", "obligations": ["dual_approval"]} if {
    input.money.units > 100
    input.money.units <= 500
}
"#;

struct Town {
    node: Arc<Node>,
    next: u128,
    _dir: tempfile::TempDir,
}

async fn town() -> Town {
    town_with(|_| ()).await
}

async fn town_with(change: impl FnOnce(&mut Config)) -> Town {
    town_in(Env::real(), change).await
}

async fn town_in(env: Env, change: impl FnOnce(&mut Config)) -> Town {
    let dir = tempfile::tempdir().unwrap();
    let mut config = config(dir.path());
    change(&mut config);
    let node = start(config, env).await.unwrap().node;
    let town = Town { node, next: 10, _dir: dir };
    town.join(ALICE, KEY).await;
    town.join(BOB, ApiKeyId(9)).await;
    town
}

fn config(dir: &Path) -> Config {
    let mut config = Config::new(dir.to_owned()).unwrap();
    config.free_bytes_min = 0;
    config
}

fn document(rules: &str) -> PolicyDocument {
    PolicyDocument {
        name: "payments".to_owned(),
        version: "1".to_owned(),
        description: None,
        modules: BTreeMap::from([("policy.rego".to_owned(), rules.to_owned())]),
        data: serde_json::Map::new(),
        opa_path: None,
    }
}

fn by_machine(command: Command) -> Job {
    let caller = Caller { principal: None, auth: Auth::Machine };
    Job { request: Request::new(caller, command, None), vault: Vec::new() }
}

fn pay(from: PrincipalId, to: PrincipalId, units: u128) -> Command {
    let (currency, amount) = ("AVT".parse().unwrap(), Amount(units * 1_000_000));
    Command::TransferCreate(transfer::Create { from, to, currency, amount, hold: None })
}

fn by_key(by: PrincipalId, key: ApiKeyId, command: Command) -> Job {
    let caller = Caller { principal: Some(by), auth: Auth::ApiKey(key) };
    Job { request: Request::new(caller, command, None), vault: Vec::new() }
}

/// Alice pays Bob.
fn payment(units: u128) -> Job {
    by_key(ALICE, KEY, pay(ALICE, BOB, units))
}

impl Town {
    async fn by_machine(&self, command: Command) {
        self.node.submit(by_machine(command)).await.unwrap();
    }

    /// Makes an agent with money and an API key for everything.
    async fn join(&self, id: PrincipalId, key: ApiKeyId) {
        let number = u8::try_from(id.0).unwrap();
        self.by_machine(Command::PrincipalCreate(principal::Create {
            id,
            kind: principal::Kind::Agent,
            key: SigningKey::from_seed([number; 32]).public(),
            card: None,
            genesis_grant: true,
        }))
        .await;
        self.by_machine(Command::ApiKeyCreate(principal::CreateApiKey {
            id: key,
            principal: id,
            secret: Digest([number; 32]),
            actions: vec![Action::everything()],
            expires: None,
        }))
        .await;
    }

    /// Puts rules in force, with small payments allowed without them.
    async fn enact(&mut self, document: PolicyDocument, engine: Engine, mode: Mode) -> PolicySetId {
        let bound = Bound {
            action: "transfer_create".parse().unwrap(),
            currency: "AVT".parse().unwrap(),
            allow_up_to: Amount(1_000_000),
            approve_up_to: Amount(1_000_000),
        };
        let id = self.draft(document, engine, mode, vec![bound]).await;
        self.by_machine(Command::PolicySetActivate(Activate { id })).await;
        id
    }

    /// Writes rules down.
    async fn draft(
        &mut self,
        document: PolicyDocument,
        engine: Engine,
        mode: Mode,
        bounds: Vec<Bound>,
    ) -> PolicySetId {
        self.next += 1;
        let id = PolicySetId(self.next);
        let keeper = self.node.read(None, |state| state.node().map(|n| n.id)).await;
        let keeper = keeper.unwrap().unwrap();
        let bytes = document.to_bytes().unwrap();
        let sealed = self.node.vault.seal(keeper, policy_id(id), &bytes).unwrap();
        let create = Create {
            id,
            name: label(&format!("{}{id}", document.name)),
            rules: document.rules_digest().unwrap(),
            document: sealed.digest,
            engine,
            mode,
            scope: Scope { actions: vec!["transfer_create".parse().unwrap()], ..Scope::default() },
            bounds,
        };
        let job = by_machine(Command::PolicySetCreate(create));
        self.node.submit(Job { vault: sealed.changes, ..job }).await.unwrap();
        id
    }

    async fn pay(&self, units: u128) -> Result<Done, Rejection> {
        self.node.submit(payment(units)).await
    }

    async fn refused(&self, units: u128) -> Code {
        self.pay(units).await.unwrap_err().code
    }

    /// Entries so far.
    async fn seq(&self) -> u64 {
        self.node.read(None, |state: &State| state.seq).await.unwrap()
    }

    /// Payments within the bounds pass, anything else is denied and leaves no entry.
    async fn is_shut(&self) {
        self.pay(1).await.unwrap();
        let before = self.seq().await;
        assert_eq!(self.refused(2).await, Code::PolicyEngineUnavailable);
        assert_eq!(self.seq().await, before);
    }
}

#[tokio::test]
async fn rules_decide_over_the_facts_and_are_recorded() {
    let mut town = town().await;
    town.pay(600).await.unwrap();
    let set = town.enact(document(THRESHOLD), Engine::Rego, Mode::Enforce).await;
    let done = town.pay(100).await.unwrap();
    assert_eq!(done.last_seq, done.entry.seq + 1);
    let judged = town.node.entry(done.last_seq).await.unwrap().unwrap();
    let Event::PolicyJudged(judged) = judged.event else { panic!("{judged:?}") };
    assert_eq!(judged.verdict, Verdict::Allow);
    assert_eq!(judged.rules[0].as_str(), "small");
    assert_eq!(judged.sets[0].set, set);
    let waiting = town.pay(101).await.unwrap().entry.event.clone();
    assert!(matches!(waiting, Event::TaskParked(_)), "{waiting:?}");
    assert_eq!(town.refused(501).await, Code::PolicyDenied);
    // Bounds are not evaluated, and leave no second entry.
    let done = town.pay(1).await.unwrap();
    assert_eq!(done.last_seq, done.entry.seq);
    town.node.stop().await.unwrap();
}

#[tokio::test]
async fn a_set_in_shadow_is_recorded_and_decides_nothing() {
    let mut town = town().await;
    town.enact(document(THRESHOLD), Engine::Rego, Mode::Shadow).await;
    let done = town.pay(600).await.unwrap();
    let judged = town.node.entry(done.last_seq).await.unwrap().unwrap();
    let Event::PolicyJudged(judged) = judged.event else { panic!("{judged:?}") };
    assert_eq!((judged.verdict, judged.sets[0].verdict), (Verdict::Allow, Verdict::Deny));
    let metrics = town.node.metrics.render();
    assert!(metrics.contains("hansa_policy_shadow_differences_total{"), "{metrics}");
    assert_eq!(town.node.policy_standing().await.unwrap().weakened.len(), 1);
    town.node.judge.stop();
    town.pay(2).await.unwrap();
    town.node.stop().await.unwrap();
}

#[tokio::test]
async fn a_dead_judge_denies_what_bounds_do_not_allow() {
    let mut town = town().await;
    town.enact(document(THRESHOLD), Engine::Rego, Mode::Enforce).await;
    town.pay(50).await.unwrap();
    town.node.judge.stop();
    town.is_shut().await;
    town.node.stop().await.unwrap();
}

#[tokio::test]
async fn garbled_undefined_and_failing_rules_deny() {
    for rules in [
        "package hansa.policy\nimport rego.v1\ndecision := \"allow\"",
        "package hansa.policy\nimport rego.v1\ndecision := {\"verdict\": \"yes\"}",
        "package hansa.policy\nimport rego.v1\ndecision := {\"verdict\": \"allow\"} if input.nobody",
        "package hansa.policy\nimport rego.v1\ndecision := {\"verdict\": \"allow\", \"obligations\": [\"pray\"]}",
        "package hansa.policy\nimport rego.v1\ndecision := {\"verdict\": \"allow\", \"x\": to_number(input.action)}",
    ] {
        let mut town = town().await;
        town.enact(document(rules), Engine::Rego, Mode::Enforce).await;
        town.is_shut().await;
        town.node.stop().await.unwrap();
    }
}

#[tokio::test]
async fn rules_that_take_too_long_deny_and_others_go_on() {
    let slow = r#"
package hansa.policy
import rego.v1
decision := {"verdict": "allow"} if input.action == "none"
decision := {"verdict": "allow"} if {
    input.action != "none"
    count([1 | some a in data.many; some b in data.many; some c in data.many; a + b + c > 0]) > 0
}
"#;
    let mut town = town().await;
    let mut document = document(slow);
    let many: Vec<u32> = (0..2_000).collect();
    document.data.insert("many".to_owned(), many.into());
    town.enact(document, Engine::Rego, Mode::Enforce).await;
    for _ in 0..3 {
        town.is_shut().await;
    }
    assert!(town.node.metrics.render().contains("hansa_policy_failures_total 3"));
    town.node.stop().await.unwrap();
}

#[test]
fn rules_that_no_limit_covers_do_not_compile() {
    for line in [
        "x := numbers.range(1, 1000000000)",
        "x := numbers[\"range\"](1, 2)",
        "x := bits.lsh(1, 1000000000)",
        "x := replace(\"a\", \"a\", \"b\")",
        "x := http.send({})",
        "x := time.now_ns()",
        "x :=",
    ] {
        let rules = format!("{THRESHOLD}\n{line}\ndecision := x if input.action == \"none\"");
        let refused = Judge::check(Engine::Rego, &document(&rules)).unwrap_err();
        assert_eq!(refused.code, Code::PolicyInvalid, "{line}");
    }
    let nothing = document("package other\nx := 1");
    assert_eq!(Judge::check(Engine::Rego, &nothing).unwrap_err().code, Code::PolicyInvalid);
    let commented = format!("{THRESHOLD}\n# numbers.range is refused");
    Judge::check(Engine::Rego, &document(&commented)).unwrap();
}

#[test]
fn documents_past_their_limits_are_refused() {
    let mut many = document(THRESHOLD);
    for number in 0..32 {
        many.modules.insert(format!("{number}.rego"), "package other".to_owned());
    }
    assert_eq!(many.check().unwrap_err().code, Code::InvalidField);
    let long = document(&"#".repeat(256 << 10));
    assert_eq!(long.check().unwrap_err().code, Code::InvalidField);
    let nameless = PolicyDocument { name: String::new(), ..document(THRESHOLD) };
    assert_eq!(nameless.check().unwrap_err().code, Code::InvalidField);
    let elsewhere = PolicyDocument { opa_path: Some("a?b".to_owned()), ..document(THRESHOLD) };
    assert_eq!(elsewhere.check().unwrap_err().code, Code::InvalidField);
}

/// A remote OPA that says one thing to everybody.
async fn opa(answer: Option<&'static str>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(say(stream, answer));
        }
    });
    port
}

async fn say(mut stream: TcpStream, answer: Option<&'static str>) {
    let mut read = [0; 4_096];
    let _ = stream.read(&mut read).await;
    match answer {
        Some(answer) => {
            let _ = stream.write_all(answer.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
        // It keeps the connection and says nothing.
        None => std::mem::forget(stream),
    }
}

/// An answer with a body.
fn says(body: &str) -> &'static str {
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    head.leak()
}

/// A town with a remote OPA.
async fn beside_opa(env: Env, answer: Option<&'static str>) -> Town {
    let port = opa(answer).await;
    town_in(env, |config| {
        let host = format!("localhost:{port}");
        config.judge = JudgeConfig {
            opa: Some(RemoteOpa { url: format!("http://{host}") }),
            ..JudgeConfig::default()
        };
        let policy = hansa_node::egress::Purpose::Policy;
        config.egress = EgressPolicy::closed()
            .allow(policy, host.parse().unwrap())
            .allow_private(host.parse().unwrap());
    })
    .await
}

/// A set whose rules are the remote engine's.
fn remote() -> PolicyDocument {
    PolicyDocument { modules: BTreeMap::new(), ..document(THRESHOLD) }
}

async fn with_opa(answer: Option<&'static str>) -> Town {
    let mut town = beside_opa(Env::real(), answer).await;
    town.enact(remote(), Engine::Opa, Mode::Enforce).await;
    town
}

#[tokio::test]
async fn a_remote_engine_decides_and_its_silence_denies() {
    let town = with_opa(Some(says(r#"{"result": {"verdict": "allow"}}"#))).await;
    town.pay(600).await.unwrap();
    town.node.stop().await.unwrap();
    let town = with_opa(Some(says(r#"{"result": {"verdict": "escalate"}}"#))).await;
    assert_eq!(town.refused(2).await, Code::PolicyEscalated);
    town.node.stop().await.unwrap();
    for answer in [
        None,
        Some(says(r#"{"result": true}"#)),
        Some(says("{}")),
        Some(says("garbled")),
        Some("HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n"),
        Some(""),
    ] {
        let town = with_opa(answer).await;
        town.is_shut().await;
        town.node.stop().await.unwrap();
    }
}

#[tokio::test]
async fn without_a_remote_engine_its_sets_deny() {
    let mut town = town().await;
    town.enact(remote(), Engine::Opa, Mode::Enforce).await;
    town.is_shut().await;
    town.node.stop().await.unwrap();
}

#[test]
fn the_bundled_policies_pass_their_tests_and_cover_every_line() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    for set in std::fs::read_dir(root).unwrap() {
        let dir = set.unwrap().path();
        let mut modules = BTreeMap::new();
        for file in std::fs::read_dir(&dir).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "rego") {
                let name = path.file_name().unwrap().to_str().unwrap().to_owned();
                modules.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
        let data = std::fs::read_to_string(dir.join("data.json")).unwrap();
        let data: serde_json::Map<_, _> = serde_json::from_str(&data).unwrap();
        let report = testing::run(&modules, data.clone()).unwrap();
        assert!(report.is_passed(), "{:#?}", report.tests);
        assert_eq!(report.percent(), 100, "{:#?}", report.coverage);
        modules.retain(|name, _| !testing::is_test(name));
        let document = PolicyDocument { modules, data, ..document("") };
        Judge::check(Engine::Rego, &document).unwrap();
    }
}

#[test]
fn a_failing_test_is_told_and_missed_lines_are_counted() {
    let policy =
        "package p\nimport rego.v1\na := 1 if input.x\nb := 2 if {\n  input.y\n  input.z\n}";
    let test = "package p_test\nimport rego.v1\nimport data.p\n\
                test_a if p.a == 1 with input as {\"x\": true}\n\
                test_b if p.a == 2 with input as {\"x\": true}";
    let modules = BTreeMap::from([
        ("p.rego".to_owned(), policy.to_owned()),
        ("p_test.rego".to_owned(), test.to_owned()),
    ]);
    let report = testing::run(&modules, serde_json::Map::new()).unwrap();
    let failed: Vec<bool> = report.tests.iter().map(|test| test.failure.is_some()).collect();
    assert_eq!(failed, [false, true]);
    assert!(!report.is_passed() && report.percent() < 100, "{:?}", report.coverage);
}
