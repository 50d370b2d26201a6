//! Random interleavings of parking, approving, editing, revoking and executing: nothing is done
//! without every key turned, as an independent account of the keys says.

use hansa_kernel::clearance::{
    AssignRole, DecideApproval, Park, Parking, Raise, Resolve, WithdrawRole,
};
use hansa_kernel::decide::{Context, Place, Repetition, decide};
use hansa_kernel::{
    Admission, Auth, Caller, Command, Entry, Event, Request, State, grant, principal, transfer,
};
use hansa_types::governance::{Concern, Decision, GovernanceRole, HoldKind, Resolution};
use hansa_types::{
    Amount, AnyId, ApprovalId, ApprovalRequestId, Code, CurrencyCode, Digest, Duration,
    EscalationId, GrantId, PrincipalId, Rejection, TaskId, Time,
};

use crate::script::{Town, check, run_line};

const INTERLEAVINGS: u64 = 10_000;
const STEPS: usize = 14;
/// Alice's policy asks for two persons, one of them a compliance monitor.
const SETTING: &str = "
    agent ben @machine
    agent cleo @machine
    person eve @machine
    role ben compliance_monitor
    role cleo executive
    role eve compliance_monitor
    policy payments bound:transfer_create/AVT/0/500 on transfer_create as p
    activate p
    key bob * as kb
    key olga * as ko
    key ben * as k1
    key cleo * as k2
    key eve * as k3
    grant alice bob transfer_create for 30d as g
    grant alice bob transfer_post for 30d as g2
";

/// The keys as an account of its own keeps them.
#[derive(Clone, Default)]
struct Keys {
    granted: bool,
    credential: bool,
    approved_by: Vec<usize>,
    rejected: bool,
    active: [bool; 2],
    in_role: [bool; 2],
    held: u32,
    asked_at: Time,
    used: bool,
    ended: bool,
}

struct World {
    state: State,
    now: Time,
    entropy: u128,
    keys: Keys,
    task: TaskId,
    request: ApprovalRequestId,
    open: Vec<EscalationId>,
    acts: u32,
}

/// A little generator, so that a seed says everything.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

struct Cast {
    alice: PrincipalId,
    bob: PrincipalId,
    voters: [PrincipalId; 2],
    eve: PrincipalId,
    olga: PrincipalId,
    grant: GrantId,
    auth: Vec<(PrincipalId, Auth)>,
}

fn cast(town: &Town) -> Cast {
    let key = |name: &str| match town.named(name) {
        Ok(crate::script::Named::Key { id, owner }) => (owner, Auth::ApiKey(id)),
        other => panic!("{name} is {other:?}"),
    };
    let grant = match town.named("g") {
        Ok(crate::script::Named::Id(AnyId::Grant(id))) => id,
        other => panic!("g is {other:?}"),
    };
    Cast {
        alice: town.principal("alice"),
        bob: town.principal("bob"),
        voters: [town.principal("ben"), town.principal("cleo")],
        eve: town.principal("eve"),
        olga: town.principal("olga"),
        grant,
        auth: ["kb", "ko", "k1", "k2", "k3"].map(key).to_vec(),
    }
}

impl World {
    fn submit(&mut self, request: &Request) -> Result<Vec<Entry>, Rejection> {
        let (now, counter) = (self.now, &mut self.entropy);
        let mut entropy = || {
            *counter += 1;
            *counter
        };
        let mut ctx = Context { now, entropy: &mut entropy };
        let mut drafts = Vec::new();
        match self.state.admit(request, now)? {
            Admission::Fresh(permit) => decide(&permit, &mut ctx, &mut drafts)?,
            Admission::Approval(_) => return Err(Code::ApprovalRequired.into()),
            other => panic!("{other:?}"),
        }
        let mut entries: Vec<Entry> = Vec::new();
        for draft in drafts {
            let place = Place {
                seq: self.state.seq + 1,
                actor: request.caller.principal,
                auth: &request.caller.auth,
                corr: Repetition { is_first: entries.is_empty(), correlation: None },
            };
            let entry = draft.into_entry(place, &mut ctx);
            self.state.apply(&entry);
            entries.push(entry);
        }
        Ok(entries)
    }

    fn ask(
        &mut self,
        cast: &Cast,
        by: PrincipalId,
        command: Command,
    ) -> Result<Vec<Entry>, Rejection> {
        self.submit(&asked(cast, by, command))
    }

    fn tick(&mut self) {
        while let Some(due) = self.state.next_due(self.now) {
            let caller = Caller { principal: None, auth: Auth::Timer };
            let request = Request::new(caller, Command::Expire(due), None);
            self.submit(&request).unwrap_or_else(|refusal| panic!("{due:?}: {refusal}"));
        }
    }

    fn id(&mut self) -> u128 {
        self.entropy += 1;
        self.entropy
    }
}

fn asked(cast: &Cast, by: PrincipalId, command: Command) -> Request {
    let auth = cast.auth.iter().find(|(owner, _)| *owner == by).map(|(_, auth)| auth.clone());
    let caller = Caller { principal: Some(by), auth: auth.unwrap_or(Auth::Machine) };
    Request::new(caller, command, None)
}

fn pay(cast: &Cast, amount: u128) -> Command {
    Command::TransferCreate(transfer::Create {
        from: cast.alice,
        to: cast.eve,
        currency: "AVT".parse::<CurrencyCode>().unwrap(),
        amount: Amount(amount * 1_000_000),
        hold: None,
    })
}

const ROLES: [GovernanceRole; 2] = [GovernanceRole::ComplianceMonitor, GovernanceRole::Executive];

/// Two approvals are needed when `dual`; the amount says whether the call is the approved one.
fn step(world: &mut World, cast: &Cast, dice: &mut Dice) {
    let voter = usize::try_from(dice.roll(2)).unwrap();
    match dice.roll(13) {
        0 => {
            let revoked =
                world.ask(cast, cast.alice, Command::GrantRevoke(grant::Revoke { id: cast.grant }));
            if revoked.is_ok() {
                world.keys.granted = false;
            }
        }
        1..=3 => vote(world, cast, voter, Decision::Approved),
        4 if dice.roll(4) == 0 => vote(world, cast, voter, Decision::Rejected),
        5 => {
            let principal = cast.voters[voter];
            let (reason, note) = (None, None);
            let command = match world.keys.active[voter] {
                true => Command::PrincipalSuspend(principal::Suspend { principal, reason, note }),
                false => Command::PrincipalReinstate(principal::Reinstate { principal, note }),
            };
            world.ask(cast, cast.olga, command).unwrap();
            world.keys.active[voter] = !world.keys.active[voter];
        }
        6 => {
            let (principal, role) = (cast.voters[voter], ROLES[voter]);
            let command = match world.keys.in_role[voter] {
                true => Command::RoleWithdraw(WithdrawRole { principal, role }),
                false => Command::RoleAssign(AssignRole { principal, role }),
            };
            if world.ask(cast, cast.olga, command).is_ok() {
                world.keys.in_role[voter] = !world.keys.in_role[voter];
            }
        }
        7 if dice.roll(3) == 0 => {
            world.now = world.now.after(Duration::hours(13));
            world.tick();
        }
        8 => hold(world, cast, dice),
        9 if dice.roll(4) == 0 => {
            let id = match &cast.auth[0].1 {
                Auth::ApiKey(id) => *id,
                other => panic!("{other:?}"),
            };
            let command = Command::ApiKeyRevoke(principal::RevokeApiKey { id });
            if world.ask(cast, cast.bob, command).is_ok() {
                world.keys.credential = false;
            }
        }
        10 => execute(world, cast, 101),
        _ => execute(world, cast, 100),
    }
}

fn vote(world: &mut World, cast: &Cast, voter: usize, decision: Decision) {
    let command = Command::ApprovalDecide(DecideApproval {
        id: ApprovalId::new(world.now.0, world.id()),
        request: world.request,
        decision,
        call: None,
        on_behalf_of: None,
        second_factor: false,
        passkey: None,
        document: None,
    });
    if world.ask(cast, cast.voters[voter], command).is_ok() {
        match decision {
            Decision::Approved => world.keys.approved_by.push(voter),
            Decision::Rejected => world.keys.rejected = true,
        }
    }
}

fn hold(world: &mut World, cast: &Cast, dice: &mut Dice) {
    if let Some(id) = world.open.pop() {
        let resolution = match dice.roll(3) {
            0 => Resolution::Upheld,
            _ => Resolution::Dismissed,
        };
        let command = Command::EscalationResolve(Resolve { id, resolution, document: None });
        match world.ask(cast, cast.eve, command) {
            Ok(_) => {
                world.keys.held -= 1;
                world.keys.ended |= resolution == Resolution::Upheld;
            }
            Err(_) => world.open.push(id),
        }
        return;
    }
    let id = EscalationId::new(world.now.0, world.id());
    let raise = Raise {
        id,
        task: world.task,
        concern: Concern::Fraud,
        action: HoldKind::Quarantine,
        document: None,
    };
    if world.ask(cast, cast.bob, Command::EscalationRaise(raise)).is_ok() {
        world.open.push(id);
        world.keys.held += 1;
    }
}

fn execute(world: &mut World, cast: &Cast, amount: u128) {
    let mut request = asked(cast, cast.bob, pay(cast, amount));
    request.parking = Some(Parking::Resume(world.task));
    let before = world.keys.clone();
    let Ok(entries) = world.submit(&request) else { return };
    assert!(entries.iter().any(|entry| matches!(entry.event, Event::TransferPosted(_))));
    world.acts += 1;
    let keys = &before;
    let counts = |voter: &&usize| keys.active[**voter] && keys.in_role[**voter];
    let counted = keys.approved_by.iter().filter(counts).count();
    assert_eq!(amount, 100, "another call than the approved one was done");
    assert!(keys.granted, "the grant was revoked");
    assert!(keys.credential, "the credential was revoked");
    assert!(counted >= 1 && !keys.rejected, "it was not approved");
    assert_eq!(keys.held, 0, "it stood still");
    assert!(!keys.used && !keys.ended, "it was done before, or ended");
    assert!(world.now < keys.asked_at.after(Duration::days(1)), "the approval was too old");
    world.keys.used = true;
}

#[test]
fn nothing_is_done_without_every_key_turned() {
    let mut town = check(SETTING);
    run_line(&mut town, "filler 1").unwrap();
    let cast = cast(&town);
    let mut acts = 0;
    let mut refused = 0;
    for seed in 1..=INTERLEAVINGS {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let (now, entropy) = (town.now, u128::from(seed) << 40);
        let task = TaskId::new(now.0, entropy + 1);
        let request = ApprovalRequestId::new(now.0, entropy + 2);
        let keys = Keys {
            granted: true,
            credential: true,
            active: [true; 2],
            in_role: [true; 2],
            asked_at: now,
            ..Keys::default()
        };
        let state = town.state.clone();
        let mut world =
            World { state, now, entropy, keys, task, request, open: Vec::new(), acts: 0 };
        let mut park = asked(&cast, cast.bob, pay(&cast, 100));
        assert_eq!(world.submit(&park).unwrap_err().code, Code::ApprovalRequired);
        let parking = Park { task, request, document: Digest([7; 32]) };
        park.parking = Some(Parking::Park(Box::new(parking)));
        world.submit(&park).unwrap();
        (0..STEPS).for_each(|_| step(&mut world, &cast, &mut dice));
        assert!(world.acts <= 1, "seed {seed}: it was done twice");
        acts += world.acts;
        refused += u32::from(world.acts == 0);
    }
    // Both happen often, or the walks would show nothing.
    assert!(acts > 500 && refused > 500, "{acts} acts, {refused} without");
}
