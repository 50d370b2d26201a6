//! A journal with every kind of entry, byte for byte.
//!
//! A released kind and version never changes its shape or its meaning: these lines must be encoded
//! the same and must fold to the same state for ever. Before the first release, and for new kinds,
//! `BLESS=1 cargo test -p hansa-kernel golden` writes the files anew.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use hansa_crypto::PublicKey;
use hansa_crypto::webvh::Address;
use hansa_kernel::action::ToolName;
use hansa_kernel::event::DecodeError;
use hansa_kernel::grant::{Action, Resource};
use hansa_kernel::org::OrgRole;
use hansa_kernel::policy::{Obligation, Verdict};
use hansa_kernel::{Event, State, codec};
use hansa_types::governance::{
    ActionClass, AttestationLevel, Attested, Clearance, CommerceState, Concern, Decision, Finding,
    GovernanceRole, Horizon, Recommendation, Resolution, Right, RiskTier, Severity, SkillClass,
    SourceType, Stakeholder, Taint, TrustClass, Verification,
};
use hansa_types::{
    Amount, AnyId, Code, Correlation, CurrencyCode, Did, Digest, EnvelopeId, Framework,
    IncarnationId, Jurisdiction, Label, PrincipalId, RuleName, Signature,
};
use serde_json::Value;

use crate::script::check;

const ENTRIES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/entries.jsonl");
const DIGEST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/digest.txt");

/// Every kind of entry, every way to prove who acts, and every optional member.
const SCRIPT: &str = "
    found sovereign AVT scale:6 fee:5000/0.001 genesis:1000 format:1 => founded created currency
    format 2
    owner olga => created owner granted
    agent alice card:alice
    agent bob @olga
    agent carol poor
    currency EUR scale:2 foreign
    currency USD scale:2 fee:0/0.01
    clock -7200000
    card bob
    suspend carol
    reinstate carol
    key alice transfer_* for 30d as k
    key bob * as l
    unkey l
    grant alice bob transfer_* for 10d currency:AVT per_use:10 total:50 as g
    grant bob carol transfer_create under g for 1d currency:AVT per_use:5 total:5 as h
    grant node carol mint_create burn_create currency:AVT @olga as m
    ungrant h
    mint bob 12.5 AVT
    mint node 3 AVT @carol
    transfer alice bob 10 AVT @k !idem:r1
    transfer alice bob 1 AVT
    transfer alice carol 0.2 AVT @bob
    transfer alice bob 2 AVT @machine
    transfer alice node 20 AVT
    burn node 1 AVT
    burn node 1 AVT @carol
    hold alice bob 10 AVT for 1h @k as h1
    post h1 4
    post h1 1 @bob
    at +1h
    tick => expired
    hold alice bob 3 AVT @bob as h2
    void h2
    offer alice bob 50 AVT escrow draft:40 final:60 deadline 5d sla gold as t.o
    counter bob t.o 60 AVT escrow draft:50 final:50 as t.c
    accept alice t.c as t.a
    delegate alice t.a as t.d
    execute bob t.d draft as t.e1
    settle bob t.e1 as t.c1
    attest alice t.c1 accept score 950
    execute bob t.d final as t.e2
    settle bob t.e2 as t.c2
    attest alice t.c2 refuse rating 2
    attest bob t.c1 rating 5
    offer alice bob 5 AVT outcome as u.o
    reject bob u.o
    offer alice bob 6 AVT outcome as v.o
    accept bob v.o as v.a
    delegate alice v.a as v.d
    revoke alice v.d
    offer alice bob 7 AVT outcome as w.o
    accept bob w.o as w.a
    delegate alice w.a
    at +8d
    tick => expired expired
    custody alice 1
    custody alice 2 @alice
    client alice transfer_* as cl
    transfer alice bob 1 AVT @cl
    transfer alice bob 1 AVT @self/alice
    client alice transfer_create as cm
    unclient cm
    revoke_tokens alice @secret/cl
    person pat
    bootstrap pat as b
    onboard dave transfer_* @b
    ask alice 7 AVT as f1
    fund f1
    ask alice 8 AVT as f2
    decline f2
    erase carol => erased
    suspend bob fraud note
    appeal bob
    reinstate bob note
    freeze bob legal
    reinstate bob
    register dora dora@example.com pw
    login dora pw as s1
    recovery dora pw a b c @s1
    totp dora on secret @s1
    password dora pw new @s1
    login dora new code:secret as s2
    card dora @s2
    totp dora off new @s2
    logout s2
    recover dora a newer
    register olga olga@example.com pw exists
    rotate bob key:bob2 @bob
    rotate alice key:alice2 revoke
    card bob verified @olga
    card bob invalid @olga
    restored 2
    at +301s
    policy payments bound:mint_create/AVT/5/10 in:US-NY in:EU under:sox on transfer_create mint_create as ps
    activate ps
    transfer alice bob 1 !with:alice2 !says:allow,small_payment,notify_monitor => posted judged
    mint bob 5 => minted
    policy trial mode:shadow engine:opa on burn_create as pt
    activate pt
    burn node 1 !says:dead => burned judged
    evaluate @alice !with:alice2
    offer alice bob 5 AVT outcome !with:alice2 as x.o
    evaluate x.o @alice !with:alice2
    owner omar @machine
    mode ps shadow
    mode ps shadow @omar
    mode ps enforce
    policy payments on transfer_create as pu
    activate pu
    activate pu @omar
    deprecate pu
    deprecate pu @omar
    unpolicy pu
    unpolicy pt
    agent gus @machine
    agent gia @machine
    person gil @machine
    agent god @machine
    role gus compliance_monitor
    role gil compliance_monitor
    role gia executive
    role gia impact_assessor
    unrole gia impact_assessor
    declare bob risk:high role:executive quorum:2 in:EU under:gdpr !with:bob2 as gt
    bind bob gt to:olga in:EU !with:bob2
    context bob gt external taint:injected !with:bob2 as gc
    context bob gt derived from:gc !with:bob2
    promote gus gt gc
    evidence bob gt !with:bob2 as ge
    skill bob !with:bob2
    commerce bob gt !with:bob2
    impact bob gt harm:20 mitigated irreversible !with:bob2
    decision bob gt transact on:ge unsure:100000 !with:bob2
    attested gus gt compliance_monitor cleared
    verdict bob gt require_approval !with:bob2
    request bob gt dual role:compliance_monitor by:gus by:gia strong for:4h !with:bob2 as gr
    bound bob gr pay !with:bob2
    away gia god 1d
    back gia
    away gia god 1d
    at +2h
    tick => reminded
    approve gus gr call:pay
    approve god gr instead:gia
    concern gia gt quarantine as gx
    resolve gil gx partially_upheld
    request bob gt for:1h !with:bob2 as gs
    at +1h
    tick => reminded expired
    declare bob !with:bob2 as gu
    impact bob gu violates:dignity !with:bob2 => added raised
    verdict bob gu allow !with:bob2 => task_held
    declare bob !with:bob2 as gw
    verdict bob gw allow !with:bob2 => evaluated added added moved
    move bob gw revoked !with:bob2
    policy caps bound:mint_create/AVT/5/10 on mint_create as pc
    activate pc !park => parked judged as gq
    approve gia gq
    activate pc !resume:gq => activated used moved judged
    mint bob 9 !park => parked as gp
    approve gia gp
    mint bob 9 !resume:gp => minted used moved
    did create alice
    did update alice from:1 version:2 scid:moved/alice @machine
    did update alice from:2 version:4 left @machine
    did pin did:web:elsewhere.example version:0
    did pin scid version:3
    grant olga bob transfer_* for 5d currency:AVT uses:2 depth:1 on:mcp:pay/* with:alice in:US in:DE-BE by:bob2
    grant node bob clock_accept uses:1 @olga as gu
    clock 1 @bob !with:bob2 => used
    relinquish gu !with:bob2
    org acme @dora
    invite acme admin secret:i1 mail:olga@example.com @dora as i1
    invite acme guest secret:i2 @dora as i2
    invite acme member secret:i3 @dora as i3
    join olga i1
    join pat i2
    uninvite i3 @dora
    orgrole acme pat member @dora
    onboard adam transfer_* org:acme @pat
    hand alice acme @olga
    hand alice olga keep @dora
    orgrole acme pat guest @dora
    team acme @dora as crew
    teamed crew pat @dora
    share adam crew @dora
    share adam pat @dora
    unshare adam pat @dora
    mint acme 1
    transfer acme bob 0.1 AVT @dora => posted
    unteamed crew pat @dora
    unteam crew @dora
    handover acme olga @dora
    quit acme pat
    dismiss acme dora
    passkey dora add newer as pk
    login dora - passkey:pk/2 as s3
    passkey dora drop pk newer
    at +10m
    agent gina
    agent hank
    offer gina hank 50 AVT outcome as y.o
    grant gina hank pay_vendor transfer_create for 10d as yg
    act hank y.o pay_vendor 10 AVT under yg to dora by gina as ya
    claim ya
    finish ya refused status:403 result
    grant node hank pay_vendor for 10d @olga as yn
    act hank y.o pay_vendor 10 USD under yn http as yb
    doubt yb
    act hank y.o pay_vendor under yn mcp as yc
    finish yc not_sent @machine
    perform hank y.o under yg : transfer gina hank 1 AVT
    refusal hank y.o pay_vendor grant_revoked
    nodekey node2
    nodekey node3 by:node2 revoke
    act hank y.o pay_vendor 10 AVT under yg by gina callback => started asked as yd
    declare hank as later.t
    later hank later.t as later.e
    answer later.e allow
    later hank later.t as later.f
    unanswered later.f
    finish yd done
    told yd delivered status:204
    onboard mia * @pat
    remember mia 40 as mm
    remember mia 50
    forget mm
    erase pat => erased erased
";

/// The journal as it is written today; written down when blessing.
fn written_today() -> &'static [Vec<u8>] {
    static WRITTEN: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    WRITTEN.get_or_init(|| {
        let town = check(SCRIPT);
        if std::env::var_os("BLESS").is_some() {
            let mut text = town.journal().join(&b'\n');
            text.push(b'\n');
            std::fs::write(ENTRIES, text).unwrap();
            std::fs::write(DIGEST, format!("{}\n", town.state.digest())).unwrap();
        }
        town.journal().to_vec()
    })
}

fn golden_lines() -> Vec<String> {
    written_today();
    std::fs::read_to_string(ENTRIES).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn entries_are_written_as_they_always_were() {
    let written = written_today();
    let golden = golden_lines();
    for (written, golden) in written.iter().zip(&golden) {
        assert_eq!(std::str::from_utf8(written).unwrap(), golden);
    }
    assert_eq!(written.len(), golden.len());
}

#[test]
fn entries_are_written_as_they_were_read() {
    for line in golden_lines() {
        let mut again = Vec::new();
        codec::encode(&codec::decode(line.as_bytes()).unwrap(), &mut again);
        assert_eq!(std::str::from_utf8(&again).unwrap(), line);
    }
}

#[test]
fn the_golden_journal_has_every_kind() {
    let entries = golden_lines();
    let entries = entries.iter().map(|line| codec::decode(line.as_bytes()).unwrap());
    let seen: BTreeSet<_> = entries.map(|e| (e.event.kind(), e.event.version())).collect();
    assert_eq!(seen, Event::KINDS.iter().copied().collect::<BTreeSet<_>>());
}

#[test]
fn the_golden_journal_folds_to_the_same_state_as_ever() {
    let mut state = State::new([9, 8, 7, 6]);
    for line in golden_lines() {
        state.apply(&codec::decode(line.as_bytes()).unwrap());
    }
    assert_eq!(state.digest().to_string(), std::fs::read_to_string(DIGEST).unwrap().trim());
}

#[test]
fn an_everyday_transfer_takes_at_most_420_bytes() {
    let is_everyday = |line: &&String| {
        line.contains("transfer.posted") && line.contains("api_key") && line.contains("\"corr\"")
    };
    let lines = golden_lines();
    let line = lines.iter().find(is_everyday).unwrap();
    assert!(line.len() <= 420, "{} bytes: {line}", line.len());
}

#[test]
fn entries_hold_no_free_text_and_nothing_that_goes_without_saying() {
    for line in golden_lines() {
        walk("entry", &serde_json::from_str(&line).unwrap(), &line);
    }
}

fn walk(member: &str, value: &Value, line: &str) {
    match value {
        Value::Null | Value::Bool(false) => panic!("{member} says nothing: {line}"),
        Value::Bool(true) => {
            assert!(
                [
                    "own",
                    "owner",
                    "second_factor",
                    "failed",
                    "implicit",
                    "irreversible",
                    "harmed",
                    "mitigated",
                    "conflict",
                    "strong",
                    "by_node",
                    "left",
                ]
                .contains(&member),
                "{member}: {line}"
            )
        }
        Value::Number(number) => {
            assert!(number.is_u64() || member == "jump_ms", "{member}: {line}");
        }
        Value::String(text) => assert!(is_shaped(member, text), "{member}: {text:?} in {line}"),
        Value::Array(items) => {
            assert!(!items.is_empty(), "{member} says nothing: {line}");
            items.iter().for_each(|item| walk(member, item, line));
        }
        Value::Object(members) => members.iter().for_each(|(name, value)| {
            let path = if name == "kind" && member == "data" { "principal_kind" } else { name };
            walk(path, value, line);
        }),
    }
}

/// The closed shape of each member that is a text. A new member needs a line here, and one that
/// could hold what somebody wrote must not get any: see the vault.
fn is_shaped(member: &str, text: &str) -> bool {
    let word = |words: &[&str]| words.contains(&text);
    match member {
        "id" | "envelope" => text.parse::<AnyId>().is_ok() || text.parse::<EnvelopeId>().is_ok(),
        "actor" | "subject" | "from" | "of" | "grant" | "issuer" | "parent" | "task" | "hold"
        | "set" | "supersedes" | "requested_by" | "member" | "agent" | "controller" | "invite"
        | "from_grant" | "team" | "memory" => text.parse::<AnyId>().is_ok(),
        "incarnation" => text.parse::<IncarnationId>().is_ok(),
        "kind" => Event::KINDS.iter().any(|(kind, _)| *kind == text),
        "vis" => word(&["public", "org", "node"]),
        "method" => word(&[
            "api_key",
            "jwt",
            "client",
            "bootstrap",
            "envelope",
            "session",
            "password",
            "passkey",
            "mail",
            "recovery_key",
            "timer",
            "setup",
            "machine",
        ]),
        "kid" => {
            let id = ["key_", "cli_", "btk_", "ses_", "psk_"].iter().any(|p| text.starts_with(p));
            id && text.parse::<AnyId>().is_ok() || is_key(text)
        }
        "jti" => text.parse::<Label>().is_ok(),
        "key" => is_key(text),
        "corr" => text.parse::<Correlation>().is_ok(),
        "signature" | "proof" => text.parse::<Signature>().is_ok(),
        "email" | "password" | "passkey" | "totp" | "recovery_keys" | "note" => {
            text.parse::<Digest>().is_ok()
        }
        "rules_digest" | "document" | "facts" => text.parse::<Digest>().is_ok(),
        "rules" => text.parse::<RuleName>().is_ok(),
        "jurisdictions" => text.parse::<Jurisdiction>().is_ok(),
        "frameworks" => text.parse::<Framework>().is_ok(),
        "obligations" => Obligation::from_word(text).is_some(),
        "engine" => word(&["opa", "record"]),
        "change" => word(&["activate", "deprecate", "revoke", "mode_shadow", "mode_off"]),
        "delivery" => word(&["delivered", "dead"]),
        "url" => text.parse::<Digest>().is_ok(),
        "digest" | "card" | "secret" | "sla" | "output" | "result" => {
            text.parse::<Digest>().is_ok()
        }
        "did" => text.parse::<Did>().is_ok_and(|did| {
            let named = Address::of_webvh(&did).map(|(_, address)| address.to_string());
            let last = named.as_deref().unwrap_or_default().rsplit(':').next().map(str::to_owned);
            last.is_some_and(|last| last.parse::<PrincipalId>().is_ok())
        }),
        "hash" | "log" => text.parse::<Digest>().is_ok(),
        "name" => text.parse::<Label>().is_ok() || text.parse::<Digest>().is_ok(),
        "skill" | "on" => text.parse::<Label>().is_ok(),
        "amount" | "fee" | "minimum" | "genesis_grant" | "per_use" | "total" | "allow_up_to"
        | "approve_up_to" => Amount::from_minor(text).is_ok_and(|amount| amount > Amount::ZERO),
        "tool" => text.parse::<ToolName>().is_ok(),
        "by" | "counterparty" => text.parse::<AnyId>().is_ok(),
        "executor" => word(&["native", "http", "mcp", "external"]),
        "refusal" => Code::ALL.iter().any(|code| code.as_str() == text),
        "currency" | "code" => text.parse::<CurrencyCode>().is_ok(),
        "actions" | "action" => text.parse::<Action>().is_ok(),
        "resources" => text.parse::<Resource>().is_ok(),
        "counterparties" => text.parse::<PrincipalId>().is_ok(),
        "principal_kind" => word(&["agent", "person", "organization", "node"]),
        "mode" => word(&["sovereign", "satellite", "off", "shadow", "enforce"]),
        "rail" => word(&["amp-escrow", "amp-outcome"]),
        "accountable" | "guard" | "derived_from" | "evidence" | "approvers" | "on_behalf_of"
        | "deputy" | "request" | "context" => text.parse::<AnyId>().is_ok(),
        "outcome" => {
            word(&["done", "refused", "not_sent"])
                || text.parse::<Digest>().is_ok()
                || text.parse::<Recommendation>().is_ok()
        }
        "call" | "policy" | "content" | "about" => text.parse::<Digest>().is_ok(),
        "risk" => text.parse::<RiskTier>().is_ok(),
        "to" => text.parse::<Clearance>().is_ok(),
        "role" | "roles" => {
            text.parse::<GovernanceRole>().is_ok()
                || OrgRole::ALL.iter().any(|role| role.as_str() == text)
        }
        "artifact" => word(&[
            "liability_binding",
            "attested_context",
            "evidence_bundle",
            "decision_record",
            "impact_assessment",
            "governance_attestation",
            "commerce_session",
        ]),
        "jurisdiction" => text.parse::<Jurisdiction>().is_ok(),
        "source" => text.parse::<SourceType>().is_ok(),
        "taint" => text.parse::<Taint>().is_ok(),
        "verification" => text.parse::<Verification>().is_ok(),
        "class" => text.parse::<ActionClass>().is_ok() || text.parse::<SkillClass>().is_ok(),
        "horizon" => text.parse::<Horizon>().is_ok(),
        "severity" => text.parse::<Severity>().is_ok(),
        "stakeholder" => text.parse::<Stakeholder>().is_ok(),
        "violates" => text.parse::<Right>().is_ok(),
        "recommendation" => text.parse::<Recommendation>().is_ok(),
        "horizons" | "worst_off" | "pareto" | "rights" => text.parse::<Finding>().is_ok(),
        "attested" => text.parse::<Attested>().is_ok(),
        "stands" => text.parse::<CommerceState>().is_ok(),
        "level" => text.parse::<AttestationLevel>().is_ok(),
        "decision" => text.parse::<Decision>().is_ok(),
        "concern" => text.parse::<Concern>().is_ok(),
        "resolution" => text.parse::<Resolution>().is_ok(),
        "operation" => text.parse::<Action>().is_ok(),
        "verdict" => word(&["accept", "refuse"]) || Verdict::from_word(text).is_some(),
        "trust" => word(&["verified", "invalid"]) || text.parse::<TrustClass>().is_ok(),
        "reason" => word(&[
            "voided",
            "expired",
            "revoked",
            "refused",
            "abuse",
            "fraud",
            "compromised",
            "policy",
            "legal",
            "requested",
            "interrupted",
            "no_answer",
        ]),
        _ => false,
    }
}

fn is_key(text: &str) -> bool {
    PublicKey::from_multibase(text).is_ok()
}

#[test]
fn other_spellings_of_an_entry_are_refused() {
    let lines = golden_lines();
    let line = lines.iter().find(|line| line.contains("\"corr\"")).unwrap();
    let spellings = [
        line.replacen(":", ": ", 1),
        line.replacen("{\"seq\":", "{\"seq\":0", 1),
        line.replacen("{\"seq\":", "{\"seq\":+", 1),
        line.replacen("\"ts_ms\"", "\"ts\"", 1),
        line.replacen(",\"auth\"", ",\"subject\":null,\"auth\"", 1),
        line.replacen(",\"kind\"", ",\"v\":1,\"kind\"", 1),
        line.replacen("\"data\":{", "\"data\":{\"note\":\"hello\",", 1),
        line.replacen("\"data\":{", "\"data\":{\"amount\":\"1\",", 1),
        line.replacen("transfer.posted", "transfer.posted\\u0020", 1),
        line.replacen("\"api_key\"", "\"guess\"", 1),
        line.replacen("key_", "agt_", 1),
        format!("{line} "),
        format!("{line}}}"),
        line[..line.len() - 1].to_owned(),
        String::new(),
    ];
    for spelling in spellings {
        assert_ne!(&spelling, line);
        assert!(codec::decode(spelling.as_bytes()).is_err(), "{spelling}");
    }
}

#[test]
fn kinds_of_newer_releases_are_named() {
    let lines = golden_lines();
    let line = lines.iter().find(|line| line.contains("transfer.posted")).unwrap();
    let unknown = [
        (line.replacen("transfer.posted", "transfer.teleported", 1), "transfer.teleported", 1),
        (line.replacen("transfer.posted\"", "transfer.posted\",\"v\":2", 1), "transfer.posted", 2),
    ];
    for (line, wanted_kind, wanted_version) in unknown {
        match codec::decode(line.as_bytes()) {
            Err(DecodeError::Kind { kind, version }) => {
                assert_eq!((kind.as_str(), version), (wanted_kind, wanted_version));
            }
            other => panic!("{other:?}"),
        }
    }
}
