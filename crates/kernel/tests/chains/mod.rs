//! Chains of grants under random interleavings of giving, narrowing, using, taking back and
//! giving up: nothing is ever used above a limit anywhere in its chain, what is refused was not
//! allowed, and no grant is wider than one above it.

mod model;
mod world;

use hansa_kernel::grant::{Create, Limits, Relinquish, Revoke, Scope, Terms};
use hansa_kernel::transfer::{Create as Pay, Hold, Post};
use hansa_kernel::{Command, Entry, Event};
use hansa_types::{Amount, AnyId, Code, Duration, GrantId, TransferId};

use model::{Known, Model, Payment};
use world::World;

const INTERLEAVINGS: u64 = 10_000;
const STEPS: usize = 40;

/// SplitMix64: a walk is drawn from one number.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.next() % most as u64).unwrap()
    }

    fn one_in(&mut self, many: u64) -> bool {
        self.next().is_multiple_of(many)
    }
}

/// One interleaving.
struct Walk {
    world: World,
    model: Model,
    dice: Dice,
    /// Money set aside under a grant, with the payer's and payee's places.
    holds: Vec<(TransferId, usize, usize)>,
    accepted: usize,
    refused: usize,
}

impl Walk {
    fn step(&mut self) {
        match self.dice.below(12) {
            0 | 1 => self.create(),
            2..=4 => self.narrow(),
            5..=8 => self.pay(),
            9 => self.post(),
            10 => self.end(),
            _ => {
                let span = 1 + self.dice.next() % 40_000;
                self.world.now = self.world.now.after(Duration(span));
            }
        }
    }

    fn amount(&mut self) -> Amount {
        Amount(u128::from(1 + self.dice.next() % 100) * 1_000_000)
    }

    fn terms(&mut self, holder: usize) -> Terms {
        let dice = &mut self.dice;
        let actions = match dice.below(4) {
            0 => vec!["*"],
            1 => vec!["transfer_create", "transfer_post"],
            2 => vec!["transfer_create"],
            _ => vec!["transfer_*"],
        };
        let towards = self.world.people[dice.below(world::NAMES.len())].id;
        let resources = ["mcp:*", "mcp:pay/*", "mcp:pay/send", "trf_*"];
        let places = ["US", "US-NY", "DE"];
        let mut scope = Scope::default();
        if dice.one_in(6) {
            scope.counterparties = vec![towards, self.world.people[dice.below(5)].id];
        }
        if dice.one_in(10) {
            scope.resources = vec![resources[dice.below(4)].parse().unwrap()];
        }
        if dice.one_in(16) {
            scope.jurisdictions = vec![places[dice.below(3)].parse().unwrap()];
        }
        if dice.one_in(5) {
            scope.key = Some(self.world.people[holder].key);
        }
        let bounded = dice.one_in(2);
        let uses_max = dice.one_in(3).then(|| 1 + dice.next() % 6);
        let depth_max = dice.one_in(4).then(|| u8::try_from(dice.next() % 4).unwrap());
        let expires = self.world.now.after(Duration(1 + dice.next() % 1_000_000));
        let (per_use, total) = (self.amount(), Amount(self.amount().0 * 3));
        let currency = bounded.then(|| "AVT".parse().unwrap());
        let limits = Limits {
            currency,
            per_use: Some(per_use).filter(|_| bounded),
            total: Some(total).filter(|_| bounded),
            uses_max,
        };
        Terms {
            actions: actions.into_iter().map(|a| a.parse().unwrap()).collect(),
            limits,
            scope: scope.boxed(),
            expires,
            depth_max,
        }
    }

    fn create(&mut self) {
        let (issuer, holder) = (self.dice.below(5), self.dice.below(5));
        let terms = self.terms(holder);
        self.give(issuer, holder, terms, None);
    }

    /// Narrows a grant: often in a way that should do, often in any way.
    fn narrow(&mut self) {
        if self.model.grants.is_empty() {
            return self.create();
        }
        let above = self.dice.below(self.model.grants.len());
        let (issuer, holder) = (self.model.grants[above].holder, self.dice.below(5));
        let mut terms = self.terms(holder);
        if !self.dice.one_in(3) {
            let wider = self.model.grants[above].terms.clone();
            terms.actions.clone_from(&wider.actions);
            terms.expires = terms.expires.min(wider.expires);
            terms.depth_max = None;
            let most = |mine: Option<Amount>, theirs: Option<Amount>| match (mine, theirs) {
                (Some(mine), Some(theirs)) => Some(mine.min(theirs)),
                (mine, theirs) => mine.or(theirs),
            };
            let (mine, theirs) = (terms.limits, wider.limits);
            terms.limits = Limits {
                currency: mine.currency.or(theirs.currency),
                per_use: most(mine.per_use, theirs.per_use),
                total: most(mine.total, theirs.total),
                uses_max: theirs.uses_max.or(mine.uses_max),
            };
            let mut scope = wider.scope.as_deref().cloned().unwrap_or_default();
            scope.key = scope.key.map(|_| self.world.people[holder].key);
            terms.scope = scope.boxed();
        }
        self.give(issuer, holder, terms, Some(above));
    }

    fn give(&mut self, issuer: usize, holder: usize, terms: Terms, above: Option<usize>) {
        let by_envelope = self.dice.one_in(2);
        let caller = self.world.caller(issuer, by_envelope);
        let parent = above.map(|above| self.model.grants[above].id);
        let people = &self.world.people;
        let (from, to) = (people[issuer].id, people[holder].id);
        let create = Create { issuer: from, holder: to, terms, parent };
        let now = self.world.now;
        let Ok(entries) = self.world.ask(caller, Command::GrantCreate(create)) else {
            return self.refused += 1;
        };
        let [Entry { event: Event::GrantCreated(created), .. }] = &entries[..] else {
            panic!("{entries:?}");
        };
        let place = self.model.grants.len();
        let mut chain = vec![place];
        if let Some(above) = above {
            assert!(self.model.stands(above, now), "nothing is made under what has ended");
            let key = self.model.grants[above].terms.scope.as_ref().and_then(|scope| scope.key);
            assert!(key.is_none() || by_envelope, "the key of the one above was not proven");
            chain.extend(&self.model.grants[above].chain);
        }
        let root = above.map_or(issuer, |above| self.model.grants[above].root);
        let id = World::grant_of(&entries[0]);
        let (ended, spent, uses) = (false, 0, 0);
        let terms = created.terms();
        self.model.grants.push(Known {
            id,
            holder,
            issuer,
            root,
            chain,
            terms,
            ended,
            spent,
            uses,
        });
        self.model.check_narrower(place);
        self.accepted += 1;
    }

    fn pay(&mut self) {
        if self.model.grants.is_empty() {
            return self.create();
        }
        let known = &self.model.grants[self.dice.below(self.model.grants.len())];
        let (holder, root) = (known.holder, known.root);
        let (to, by_envelope, amount) = (self.dice.below(5), self.dice.one_in(2), self.amount());
        if to == root || holder == root {
            return;
        }
        let caller = self.world.caller(holder, by_envelope);
        let hold = self.dice.one_in(3).then_some(Hold { life: None });
        let (from, payee) = (self.world.people[root].id, self.world.people[to].id);
        let currency = "AVT".parse().unwrap();
        let pay = Pay { from, to: payee, currency, amount, hold };
        let wanted = Payment {
            action: "transfer_create",
            to: payee,
            amount,
            key: by_envelope.then_some(self.world.people[holder].key),
            thing: None,
            now: self.world.now,
        };
        let done = self.world.ask(caller, Command::TransferCreate(pay));
        let Some(entries) = self.judge(holder, root, &wanted, done) else { return };
        if let (Event::TransferPending(_), AnyId::Transfer(id)) = (&entries[0].event, entries[0].id)
        {
            self.holds.push((id, root, to));
        }
    }

    /// Posts what was set aside, under whatever grant the poster has.
    fn post(&mut self) {
        if self.holds.is_empty() || self.model.grants.is_empty() {
            return;
        }
        let (id, root, to) = self.holds[self.dice.below(self.holds.len())];
        let Some(held) = self.world.state.held.get(&id) else { return };
        let (amount, charged) = (held.amount, held.grant);
        let holder = self.model.grants[self.dice.below(self.model.grants.len())].holder;
        if holder == root {
            return;
        }
        let by_envelope = self.dice.one_in(2);
        let caller = self.world.caller(holder, by_envelope);
        let done = self.world.ask(caller, Command::TransferPost(Post { id, amount: None }));
        // Under the grant it was set aside under nothing more is charged.
        if let Ok(entries) = &done
            && charge_of(&entries[0]).is_none()
        {
            let charged = self.model.find(charged.expect("a grant was charged for it"));
            assert!(self.model.stands(charged, self.world.now));
            assert_eq!(self.model.grants[charged].holder, holder);
            self.accepted += 1;
            return;
        }
        let wanted = Payment {
            action: "transfer_post",
            to: self.world.people[to].id,
            amount,
            key: by_envelope.then_some(self.world.people[holder].key),
            thing: Some(id),
            now: self.world.now,
        };
        self.judge(holder, root, &wanted, done);
    }

    /// What the kernel accepts the model allows, under the grant that was charged; what it refuses
    /// no grant of the holder allows.
    fn judge(
        &mut self,
        holder: usize,
        root: usize,
        wanted: &Payment<'_>,
        done: Result<Vec<Entry>, hansa_types::Rejection>,
    ) -> Option<Vec<Entry>> {
        match done {
            Ok(entries) => {
                let charged = charge_of(&entries[0]).expect("somebody else's money moved");
                let place = self.model.find(charged);
                assert_eq!(self.model.grants[place].holder, holder);
                assert_eq!(self.model.grants[place].root, root);
                assert!(self.model.allows(place, wanted), "{wanted:?} under {place}");
                assert_eq!(entries.len(), 1, "money says itself what it is charged to");
                self.model.charge(place, wanted.amount.0);
                self.accepted += 1;
                Some(entries)
            }
            Err(refusal) => {
                self.refused += 1;
                let is_money = matches!(refusal.code, Code::SameAccount | Code::InsufficientFunds);
                let mut mine = 0..self.model.grants.len();
                let allowed = mine.any(|at| {
                    let known = &self.model.grants[at];
                    known.holder == holder && known.root == root && self.model.allows(at, wanted)
                });
                assert!(is_money || !allowed, "{refusal} of {wanted:?}");
                None
            }
        }
    }

    fn end(&mut self) {
        if self.model.grants.is_empty() {
            return;
        }
        let place = self.dice.below(self.model.grants.len());
        let known = &self.model.grants[place];
        let id = known.id;
        let (by, command) = match self.dice.one_in(3) {
            true => (known.holder, Command::GrantRelinquish(Relinquish { id })),
            false => (known.issuer, Command::GrantRevoke(Revoke { id })),
        };
        let caller = self.world.caller(by, false);
        if self.world.ask(caller, command).is_ok() {
            self.model.grants[place].ended = true;
            self.accepted += 1;
        }
    }

    /// That the kernel counted what the model counted.
    fn compare(&self) {
        for known in &self.model.grants {
            let Some(grant) = self.world.state.grants.get(&known.id) else { continue };
            assert_eq!((grant.spent.0, grant.uses), (known.spent, known.uses));
            let limits = &known.terms.limits;
            assert!(limits.total.is_none_or(|most| known.spent <= most.0));
            assert!(limits.uses_max.is_none_or(|most| known.uses <= most));
        }
    }
}

fn charge_of(entry: &Entry) -> Option<GrantId> {
    match &entry.event {
        Event::TransferPosted(posted) => posted.grant,
        Event::TransferPending(pending) => pending.grant,
        other => panic!("{other:?}"),
    }
}

#[test]
fn no_use_is_above_any_limit_of_its_chain_and_no_grant_is_wider_than_one_above_it() {
    let world = World::new();
    let (mut accepted, mut refused, mut deepest) = (0, 0, 0);
    for seed in 0..INTERLEAVINGS {
        let mut walk = Walk {
            world: world.clone(),
            model: Model::default(),
            dice: Dice(seed),
            holds: Vec::new(),
            accepted: 0,
            refused: 0,
        };
        for _ in 0..STEPS {
            walk.step();
        }
        walk.compare();
        accepted += walk.accepted;
        refused += walk.refused;
        deepest = walk.model.grants.iter().map(|g| g.chain.len()).fold(deepest, usize::max);
    }
    // A walk that is refused everything would prove nothing.
    assert!(accepted > 50_000 && refused > 20_000, "{accepted} accepted, {refused} refused");
    assert!(deepest >= 5, "chains of {deepest}");
}

#[test]
fn one_gives_at_most_ten_thousand_grants_and_another_still_can() {
    let mut world = World::new();
    let ids: Vec<_> = (0..101u32).map(|_| make_agent(&mut world)).collect();
    let terms = Terms {
        actions: vec!["transfer_create".parse().unwrap()],
        limits: Limits::default(),
        scope: None,
        expires: world.now.after(Duration::days(1)),
        depth_max: None,
    };
    let mut give = |issuer: usize, holder| {
        let caller = world.caller(issuer, false);
        let issuer = world.people[issuer].id;
        let create = Create { issuer, holder, terms: terms.clone(), parent: None };
        world.ask(caller, Command::GrantCreate(create)).map_err(|refusal| refusal.code)
    };
    for holder in &ids[..100] {
        for _ in 0..100 {
            give(0, *holder).unwrap();
        }
        assert_eq!(give(0, *holder).map(|_| ()), Err(Code::StateFull), "a hundred for each");
    }
    assert_eq!(give(0, ids[100]).map(|_| ()), Err(Code::StateFull), "ten thousand in all");
    give(1, ids[100]).unwrap();
    give(1, ids[0]).unwrap();
}

fn make_agent(world: &mut World) -> hansa_types::PrincipalId {
    use hansa_kernel::principal::{Create, Kind};
    use hansa_kernel::{Auth, Caller};
    let number = u64::try_from(world.state.principals.len()).unwrap();
    let mut seed = [3; 32];
    seed[..8].copy_from_slice(&number.to_be_bytes());
    let key = hansa_crypto::SigningKey::from_seed(seed).public();
    let id = hansa_types::PrincipalId::new(world.now.0, (1 << 60) + u128::from(number));
    let create = Create { id, kind: Kind::Agent, key, card: None, genesis_grant: false };
    let machine = Caller { principal: None, auth: Auth::Machine };
    world.ask(machine, Command::PrincipalCreate(create)).unwrap();
    id
}
