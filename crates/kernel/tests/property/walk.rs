//! One walk: moves of plain numbers, made into requests that often make sense.

use hansa_crypto::hash::{label, sha256};
use hansa_kernel::action::{
    Act as SubmitAct, Call, Claim, Doubt, DoubtReason, Executor, Finish, Money, Outcome as Ending,
    References, RefusalNote, Submit, ToolName,
};
use hansa_kernel::callback::{Delivery, EndCallback};
use hansa_kernel::due::Due;
use hansa_kernel::grant::{self, Limits, Scope};
use hansa_kernel::org::OrgRole;
use hansa_kernel::principal::Kind;
use hansa_kernel::task::{Act, MilestoneTerms, Rail, Stage, Step, StepKind, Terms, Verdict};
use hansa_kernel::{
    Auth, Caller, Command, EnvelopeProof, Event, LookedUp, Request, idempotency, principal,
    transfer,
};
use hansa_types::{
    ActionId, Amount, AnyId, ApiKeyId, Code, Correlation, CurrencyCode, Digest, Duration,
    EnvelopeId, GrantId, Signature, TaskId, TransferId,
};

use crate::script::{Outcome, Town, run_line};

/// What happens, who asks, whom it concerns, a choice, and a size.
pub(super) type Move = (u8, u8, u8, u8, u32);

const NAMES: [&str; 8] = ["alice", "bob", "carol", "alice", "bob", "olga", "node", "nobody"];
const OLGA: usize = 5;
const CURRENCIES: [&str; 4] = ["AVT", "AVT", "WEI", "BIG"];
const PATTERNS: [&str; 6] =
    ["*", "transfer_*", "grant_*", "mint_create", "transfer_create", "api_*"];
const STEPS_NEAR: usize = 8;

/// A town with what can be named in it.
pub(super) struct Walk {
    pub(super) town: Town,
    steps: Vec<EnvelopeId>,
    tasks: Vec<TaskId>,
    holds: Vec<TransferId>,
    grants: Vec<GrantId>,
    keys: Vec<(ApiKeyId, usize)>,
    requests: Vec<Request>,
}

/// The thing at a place that wraps around.
fn pick<T: Copy>(things: &[T], place: impl Into<usize>) -> Option<T> {
    let place = place.into().checked_rem(things.len())?;
    things.get(place).copied()
}

fn amount(size: u32) -> Amount {
    let size = u128::from(size);
    Amount(match size % 16 {
        0 => 0,
        1 => 1,
        2 => 999,
        3..=10 => size % 100 * 1_000_000,
        11 | 12 => size % 1_000,
        13 => size,
        14 => 1_000_000_000_000_000_000 * (size % 1_000),
        _ => u128::MAX / (1 + size % 4),
    })
}

impl Walk {
    pub(super) fn new() -> Self {
        let limits = idempotency::Limits { keys_max: 4, filters_max: 3 };
        let mut town = Town::with_idempotency(limits);
        town.settle();
        for line in [
            "currency WEI scale:18 fee:5000/0",
            "currency BIG scale:0",
            "mint alice 1000000 WEI",
            "mint bob minor:max BIG",
        ] {
            run_line(&mut town, line).unwrap();
        }
        let (steps, tasks, holds) = (Vec::new(), Vec::new(), Vec::new());
        Self {
            town,
            steps,
            tasks,
            holds,
            grants: Vec::new(),
            keys: Vec::new(),
            requests: Vec::new(),
        }
    }

    pub(super) fn take(&mut self, step: &Move) {
        let (what, who, whom, choice, size) = *step;
        let Some((asker, command)) = self.command(what, who, whom, choice, size) else { return };
        let Some(caller) = self.caller(asker, choice, &command) else { return };
        let corr = size.is_multiple_of(6).then(|| {
            let mut corr = [0; 24];
            corr[..16].copy_from_slice(&sha256(&[who % 3, choice % 16]).0[..16]);
            corr[23] = whom % 2;
            Correlation(corr)
        });
        let looked_up = match size % 7 {
            0 => Some(LookedUp::Absent),
            1 => Some(LookedUp::Found { seq: 3, body: 1 }),
            _ => None,
        };
        self.submit(Request { looked_up, ..Request::new(caller, command, corr) });
    }

    fn submit(&mut self, request: Request) {
        let outcome = self.town.submit(&request);
        self.requests.push(request);
        let Outcome::Done { entries } = outcome else { return };
        for entry in entries {
            match (entry.id, &entry.event) {
                (AnyId::Transfer(id), Event::TransferPending(_)) => self.holds.push(id),
                (AnyId::Grant(id), Event::GrantCreated(_)) => self.grants.push(id),
                (AnyId::Task(id), _) => self.tasks.push(id),
                _ => {}
            }
            let is_step = entry.event.kind().starts_with("task.");
            self.steps.extend(entry.auth.proof().filter(|_| is_step).map(|proof| proof.id));
        }
    }

    /// How somebody proves who they are: mostly by envelope, sometimes by key, seldom as the machine.
    fn caller(&mut self, asker: usize, choice: u8, command: &Command) -> Option<Caller> {
        if let Command::Expire(_) = command {
            return Some(Caller { principal: None, auth: Auth::Timer });
        }
        if choice % 32 == 31 {
            return Some(Caller { principal: None, auth: Auth::Machine });
        }
        let name = NAMES.get(asker).copied()?;
        let principal = Some(self.town.principal(name));
        let works = |id| choice % 8 == 6 || self.town.state.api_keys.contains_key(id);
        let key = self.keys.iter().rev().find(|(id, owner)| *owner == asker && works(id));
        let seldom = if matches!(command, Command::TaskStep(_)) { 27 } else { 3 };
        if let (Some(&(id, _)), 0) = (key, choice % seldom) {
            return Some(Caller { principal, auth: Auth::ApiKey(id) });
        }
        let (id, nonce) = (EnvelopeId::new(self.town.entropy() << 40), self.town.next_nonce(name));
        let signature = Signature([u8::try_from(nonce % 251).unwrap_or(0); 64]);
        let proof = EnvelopeProof { id, nonce, signature, digest: Digest([7; 32]) };
        Some(Caller {
            principal,
            auth: Auth::Envelope(Town::public_key(name), Some(Box::new(proof))),
        })
    }

    fn command(
        &mut self,
        what: u8,
        who: u8,
        whom: u8,
        choice: u8,
        size: u32,
    ) -> Option<(usize, Command)> {
        let (who, whom) = (usize::from(who) % NAMES.len(), usize::from(whom));
        let currency: CurrencyCode = pick(&CURRENCIES, choice)?.parse().ok()?;
        match what % 27 {
            0..=3 => self.pay(who, whom, choice, (currency, size)),
            4 | 5 => self.end_hold(whom, choice, size),
            6 => {
                self.pass_time(choice, size);
                None
            }
            7 => {
                let to = self.town.principal(NAMES[whom % NAMES.len()]);
                let amount = amount(size);
                Some(match choice % 3 {
                    0 => (OLGA, Command::BurnCreate(transfer::Burn { from: to, currency, amount })),
                    _ => (OLGA, Command::MintCreate(transfer::Mint { to, currency, amount })),
                })
            }
            8 => self.grant(who, whom, choice, (currency, size)),
            9 => {
                let id = pick(&self.grants, whom)?;
                Some(match choice % 4 {
                    0 => (who, Command::GrantRelinquish(grant::Relinquish { id })),
                    _ => (who, Command::GrantRevoke(grant::Revoke { id })),
                })
            }
            10 => self.key(who, whom, choice, size),
            11 => {
                let principal = self.town.principal(NAMES[whom % 3]);
                let card = Digest([choice; 32]);
                Some(match choice % 8 {
                    0 if size.is_multiple_of(16) => {
                        (OLGA, Command::PrincipalErase(principal::Erase { principal }))
                    }
                    0 => (
                        OLGA,
                        Command::PrincipalSuspend(principal::Suspend {
                            principal,
                            reason: None,
                            note: None,
                        }),
                    ),
                    1..=3 => (
                        OLGA,
                        Command::PrincipalReinstate(principal::Reinstate { principal, note: None }),
                    ),
                    _ => {
                        let trust = principal::Trust::default();
                        (
                            who,
                            Command::CardSet(principal::SetCard {
                                principal,
                                card,
                                trust,
                                replaces: None,
                            }),
                        )
                    }
                })
            }
            12 => {
                let request = self.requests.get(usize::from(choice) % self.requests.len().max(1));
                let request = request.cloned()?;
                self.submit(request);
                None
            }
            13 => {
                self.town.reload();
                let due = match choice % 2 {
                    0 => pick(&self.holds, whom).map(Due::Hold),
                    _ => pick(&self.tasks, whom).map(Due::Task),
                };
                Some((who, Command::Expire(due?)))
            }
            14 => {
                for part in size.to_be_bytes() {
                    self.account(NAMES[whom % 2], part / 4, part % 4);
                }
                None
            }
            15 => {
                for part in size.to_be_bytes() {
                    self.org(NAMES[whom % 3], part);
                }
                None
            }
            16 => self.act(who, whom, choice, size),
            17 => {
                self.remember(NAMES[whom % 3], choice);
                None
            }
            _ => self.step(who, whom, choice, size),
        }
    }

    /// Something with an organization; much of it is refused.
    fn org(&mut self, name: &str, choice: u8) {
        let secret = self.town.entropy();
        let role = ["guest", "member", "admin", "owner"][usize::from(choice / 16) % 4];
        let asker = if choice.is_multiple_of(5) { name } else { "olga" };
        let join = [
            format!("invite acme {role} secret:{secret} @{asker} as i"),
            format!("join {name} {secret}"),
        ];
        let lines: Vec<String> = match choice % 16 {
            0 => vec!["org acme @olga".to_owned()],
            1..=3 => join.to_vec(),
            4 => vec![join[0].clone(), format!("uninvite i @{asker}")],
            5 | 6 => vec![format!("orgrole acme {name} {role} @{asker}")],
            7 => vec![format!("quit acme {name}")],
            8 => vec![format!("dismiss acme {name} @{asker}")],
            9 => vec![format!("handover acme {name} @olga"), format!("handover acme olga @{name}")],
            10 | 11 => {
                ["team acme as crew".to_owned(), format!("teamed crew {name} @{asker}")].into()
            }
            12 => vec![format!("unteamed crew {name} @{asker}"), "unteam crew".to_owned()],
            13 => vec![format!("hand {name} acme @olga"), format!("share {name} crew @{asker}")],
            14 => vec![format!("share {name} olga"), format!("unshare {name} olga @{asker}")],
            _ => vec![format!("hand {name} olga keep @{asker}"), "org acme @olga".to_owned()],
        };
        for line in lines {
            // A refusal is as good: what must hold was checked.
            let _ = run_line(&mut self.town, &line);
        }
    }

    /// An organization has an owner, its members hold what comes with their roles, and it has
    /// what says that it is the organization's.
    pub(super) fn check_orgs(&self) {
        let state = &self.town.state;
        let all = state.principals.iter();
        for (_, org) in all.filter(|(status, _)| status.kind == Kind::Organization) {
            let handle = state.principal(org.id).unwrap();
            let Some(org) = state.orgs.get(handle) else {
                assert!(state.principals.status(handle).erased);
                continue;
            };
            assert!(org.members.values().any(|member| member.role == OrgRole::Owner));
            for (&holder, member) in &org.members {
                assert!(state.orgs.of(holder).any(|of| of == handle));
                let grant = member.grant.and_then(|id| state.grants.get(&id));
                assert_eq!(member.grant.is_none(), member.role == OrgRole::Guest);
                let is_of_role = |grant: &grant::Grant| {
                    (grant.root, grant.holder) == (handle, holder)
                        && grant.ended != Some(grant::Ended::Revoked)
                        && grant.terms.actions == member.role.actions()
                };
                assert!(grant.is_none_or(is_of_role));
            }
            for &agent in &org.agents {
                assert_eq!(state.principals.get(agent).controller, Some(handle));
            }
            let mut teamed = org.teams.values().flat_map(|team| &team.members);
            assert!(teamed.all(|member| org.members.contains_key(member)));
            assert!(org.shares.iter().all(|(agent, _)| org.agents.contains(agent)));
        }
    }

    /// Something through the gate: mostly a new action of a task's agent, else an end of one.
    fn act(&mut self, who: usize, whom: usize, choice: u8, size: u32) -> Option<(usize, Command)> {
        self.tell();
        let actions = self.town.state.actions.iter();
        let open = actions.filter(|(_, action)| !action.stage.is_final() || size % 8 == 7);
        let open: Vec<_> = open.map(|(id, _)| id).collect();
        if let (true, Some(id)) = (choice.is_multiple_of(2), pick(&open, whom)) {
            let by = self.town.state.actions.get(id)?.by;
            let name = self.town.state.principals.get(by).id;
            let by = NAMES.iter().position(|other| self.town.principal(other) == name)?;
            let outcome = if size.is_multiple_of(2) { Ending::Done } else { Ending::Refused };
            let reason = DoubtReason::NoAnswer;
            let finish = Finish { id, outcome, status: None, result: None };
            return Some(match choice / 2 % 4 {
                0 | 2 => (by, Command::EffectClaim(Claim { id, call: None })),
                1 => {
                    let caller = Caller { principal: None, auth: Auth::Machine };
                    let command = Command::EffectDoubt(Doubt { id, reason });
                    self.submit(Request::new(caller, command, None));
                    return None;
                }
                _ => (by, Command::EffectFinish(finish)),
            });
        }
        let id = pick(&self.tasks, whom)?;
        let task = self.town.state.tasks.get(id)?;
        let agent = self.town.state.principals.get(task.agent).id;
        let agent = NAMES.iter().position(|name| self.town.principal(name) == agent)?;
        let holds = |id: &&GrantId| {
            let grant = self.town.state.grants.get(id);
            grant.is_some_and(|grant| grant.holder == task.agent && grant.ended.is_none())
        };
        let grant = self.grants.iter().find(holds).copied();
        let grant = grant.filter(|_| !choice.is_multiple_of(7));
        let tool: ToolName = "pay_vendor".parse().ok()?;
        let currency = pick(&CURRENCIES, choice)?.parse().ok()?;
        let money = Money { currency, amount: amount(size) };
        let act = Submit {
            id: ActionId::new(self.town.now.0, self.town.entropy()),
            task: id,
            references: References { grant, ..References::default() },
            call: Call {
                tool: tool.clone(),
                digest: Digest([choice; 32]),
                money: choice.is_multiple_of(3).then_some(money),
                counterparty: None,
                counterparty_name: None,
                parameters: None,
            },
            act: match size % 4 {
                0 => SubmitAct::Service(Executor::Http),
                1 => SubmitAct::External(self.town.principal(NAMES[who])),
                _ => SubmitAct::External(self.town.principal(NAMES[agent])),
            },
            callback: (choice % 4 == 1).then(|| Box::new(Digest([choice; 32]))),
        };
        if choice % 16 == 15 {
            let note = RefusalNote {
                id: act.id,
                principal: self.town.principal(NAMES[who]),
                task: Some(id),
                tool,
                call: Some(Digest([choice; 32])),
                code: Code::Forbidden,
            };
            let caller = Caller { principal: None, auth: Auth::Machine };
            let command = Command::RefusalNote(note);
            self.submit(Request::new(caller, command, None));
            return None;
        }
        Some((agent, Command::ActionSubmit(act)))
    }

    /// Tells one of those who wait how it ended.
    fn tell(&mut self) {
        let Some(due) = self.town.state.callbacks_due().next() else { return };
        let (subject, outcome) = (due.subject, Delivery::Delivered);
        let end = EndCallback { subject, outcome, tries: 1, status: None };
        let caller = Caller { principal: None, auth: Auth::Machine };
        self.submit(Request::new(caller, Command::CallbackEnd(end), None));
    }

    /// Something with the account of an agent, by one of two passwords; much of it is refused.
    fn account(&mut self, name: &str, choice: u8, passwords: u8) {
        let (shown, other) = (passwords % 2, passwords / 2);
        let line = match choice % 16 {
            0 | 1 => format!("register {name} {name}@x {shown} exists"),
            2 | 3 => format!("login {name} {shown} as session-{name}"),
            4 => format!("login {name} {shown} code:c as session-{name}"),
            5 => format!("logout session-{name}"),
            6 => format!("password {name} {shown} {other}"),
            7 => format!("recovery {name} {shown} r1 r2 r3"),
            8 => format!("recover {name} r1 {other}"),
            9 => format!("totp {name} on c"),
            10 => format!("totp {name} off {shown}"),
            11 => format!("passkey {name} add {shown} as passkey-{name}"),
            12 => format!("login {name} - passkey:passkey-{name}/{passwords} as session-{name}"),
            13 => format!("passkey {name} drop passkey-{name} {shown}"),
            14 => format!("appeal {name}"),
            _ => format!("freeze {name} policy"),
        };
        // A refusal is as good: what must hold was checked.
        let _ = run_line(&mut self.town, &line);
    }

    /// Somebody writes a memory, or erases the last one; much of it is refused.
    fn remember(&mut self, name: &str, choice: u8) {
        let _ = match choice % 4 {
            0 => run_line(&mut self.town, &format!("forget memory-{name}")),
            _ => run_line(&mut self.town, &format!("remember {name} {choice} as memory-{name}")),
        };
    }

    fn pay(
        &self,
        who: usize,
        whom: usize,
        choice: u8,
        (currency, size): (CurrencyCode, u32),
    ) -> Option<(usize, Command)> {
        let from =
            if choice.is_multiple_of(5) { NAMES[whom / 7 % NAMES.len()] } else { NAMES[who] };
        let life = Duration(u64::from(size) % 700_000);
        let life = size.is_multiple_of(3).then_some(life);
        let create = transfer::Create {
            from: self.town.principal(from),
            to: self.town.principal(NAMES[whom % NAMES.len()]),
            currency,
            amount: amount(size),
            hold: choice.is_multiple_of(2).then_some(transfer::Hold { life }),
        };
        Some((who, Command::TransferCreate(create)))
    }

    fn end_hold(&self, whom: usize, choice: u8, size: u32) -> Option<(usize, Command)> {
        let id = pick(&self.holds, whom)?;
        let held = self.town.state.held.get(&id);
        let by = |handle| {
            let id = self.town.state.principals.get(handle).id;
            NAMES.iter().position(|name| self.town.principal(name) == id).unwrap_or(0)
        };
        if choice.is_multiple_of(3) {
            let payee = held.map_or(0, |held| by(held.payee));
            return Some((payee, Command::TransferVoid(transfer::Void { id })));
        }
        let part = match size % 4 {
            0 => None,
            1 => Some(amount(size)),
            _ => Some(Amount(held?.amount.0 / (2 + u128::from(size % 3)))),
        };
        let asker = if choice % 7 == 1 { whom % 3 } else { held.map_or(0, |held| by(held.payer)) };
        Some((asker, Command::TransferPost(transfer::Post { id, amount: part })))
    }

    fn pass_time(&mut self, choice: u8, size: u32) {
        let spans = [1, 1_000, 60_000, 3_600_000, 86_400_000, 700_000_000, 2_700_000_000];
        let span = pick(&spans, choice).unwrap_or(1);
        self.town.now = self.town.now.after(Duration(span));
        if !size.is_multiple_of(4) {
            run_line(&mut self.town, "tick").unwrap();
        }
    }

    fn grant(
        &self,
        who: usize,
        whom: usize,
        choice: u8,
        (currency, size): (CurrencyCode, u32),
    ) -> Option<(usize, Command)> {
        let issuer = if choice % 8 == 7 { "node" } else { NAMES[who] };
        let limit = |bit: u32| (size >> bit & 1 == 1).then(|| amount(size >> 3));
        let limited = choice.is_multiple_of(2);
        let towards = self.town.principal(NAMES[usize::from(choice) % NAMES.len()]);
        let counterparties = if size.is_multiple_of(5) { vec![towards] } else { Vec::new() };
        let limits = Limits {
            currency: limited.then_some(currency),
            per_use: limit(0).filter(|_| limited),
            total: limit(1).filter(|_| limited),
            uses_max: (size.is_multiple_of(3)).then(|| u64::from(choice % 4)),
        };
        let terms = grant::Terms {
            actions: vec![pick(&PATTERNS, choice)?.parse().ok()?],
            limits,
            scope: Scope { counterparties, ..Scope::default() }.boxed(),
            expires: self.town.now.after(Duration(u64::from(size) * 10)),
            depth_max: (size.is_multiple_of(7)).then_some(choice % 3),
        };
        let create = grant::Create {
            issuer: self.town.principal(issuer),
            holder: self.town.principal(NAMES[whom % NAMES.len()]),
            terms,
            parent: (choice % 3 == 1).then(|| pick(&self.grants, whom)).flatten(),
        };
        Some((who, Command::GrantCreate(create)))
    }

    fn key(&mut self, who: usize, whom: usize, choice: u8, size: u32) -> Option<(usize, Command)> {
        if choice % 4 == 3 {
            let (id, _) = pick(&self.keys, whom)?;
            return Some((who, Command::ApiKeyRevoke(principal::RevokeApiKey { id })));
        }
        let number = self.town.entropy();
        let id = ApiKeyId::new(self.town.now.0, number);
        self.keys.push((id, who));
        let create = principal::CreateApiKey {
            id,
            principal: self.town.principal(NAMES[who]),
            secret: sha256(&number.to_be_bytes()),
            actions: vec![pick(&PATTERNS, choice)?.parse().ok()?],
            expires: size.is_multiple_of(2).then(|| self.town.now.after(Duration(size.into()))),
        };
        Some((who, Command::ApiKeyCreate(create)))
    }

    fn step(&self, who: usize, whom: usize, choice: u8, size: u32) -> Option<(usize, Command)> {
        let near = &self.steps[self.steps.len().saturating_sub(STEPS_NEAR)..];
        let parent =
            if whom.is_multiple_of(2) { pick(near, whom / 2) } else { near.last().copied() };
        let parent = parent.filter(|_| !choice.is_multiple_of(8));
        let step = parent.and_then(|parent| self.town.state.tasks.step(parent));
        let task = step.and_then(|step| self.town.state.tasks.get(step.task));
        let (Some(parent), Some(step), Some(task)) = (parent, step, task) else {
            let (terms, to) = (self.terms(choice, size), self.town.principal(NAMES[whom % 5]));
            let act = Act::Offer { terms, skill: label("writing") };
            return Some((who, Command::TaskStep(Step { parent: None, to, act })));
        };
        let milestone = pick(&task.terms.milestones, choice).map(|milestone| milestone.on);
        let terms = task.terms.clone();
        let rating = (size.is_multiple_of(3)).then_some(choice % 6);
        let verdict = if choice % 4 == 1 { Verdict::Refuse } else { Verdict::Accept };
        let verdict = (!size.is_multiple_of(5)).then_some(verdict);
        let answers = task.last_by == task.payer;
        let (by_agent, act) = match (step.kind, task.stage) {
            (StepKind::Negotiation, Stage::Offered) => match choice % 5 {
                0 | 1 => (answers, Act::Counter { terms: self.terms(choice, size) }),
                2 if size.is_multiple_of(4) => (answers, Act::Reject),
                _ => (answers, Act::Accept { terms: (size.is_multiple_of(2)).then_some(terms) }),
            },
            (StepKind::Negotiation, _) => (false, Act::Delegate { terms, budget_max: None }),
            (StepKind::Delegation, _) if size.is_multiple_of(6) => {
                (false, Act::Revoke { of: parent })
            }
            (StepKind::Delegation, _) => {
                (true, Act::Execute { milestone, output: Digest([1; 32]) })
            }
            (StepKind::Execution, _) => {
                (true, Act::Settle { milestone: None, result: Digest([2; 32]) })
            }
            _ => (
                rating.is_some() && size.is_multiple_of(2),
                Act::Attest { of: parent, verdict, score: None, rating },
            ),
        };
        let (asker, other) =
            if by_agent { (task.agent, task.payer) } else { (task.payer, task.agent) };
        let id = |handle| self.town.state.principals.get(handle).id;
        let name = NAMES.iter().position(|name| self.town.principal(name) == id(asker));
        let asker = name.filter(|_| !size.is_multiple_of(13)).unwrap_or(who);
        Some((asker, Command::TaskStep(Step { parent: Some(parent), to: id(other), act })))
    }

    fn terms(&self, choice: u8, size: u32) -> Terms {
        let names = ["a", "b", "c"];
        let parts: &[u8] = match choice % 4 {
            0 => &[],
            1 => &[100],
            2 => &[33, 67],
            _ => &[1, 50, 49],
        };
        let milestone = |(&pct, name): (&u8, &str)| MilestoneTerms { pct, on: label(name) };
        let deadline =
            size.is_multiple_of(3).then(|| self.town.now.after(Duration(u64::from(size))));
        Terms {
            currency: pick(&CURRENCIES, choice / 4).unwrap_or("AVT").parse().unwrap(),
            amount: amount(size),
            rail: if parts.is_empty() { Rail::Outcome } else { Rail::Escrow },
            milestones: parts.iter().zip(names).map(milestone).collect(),
            deadline,
            sla: None,
        }
    }
}
