//! A small town that is copied for each interleaving, and carries requests out as the writer does.

use hansa_crypto::PublicKey;
use hansa_kernel::decide::{Place, Repetition, decide};
use hansa_kernel::principal::CreateApiKey;
use hansa_kernel::{
    Admission, Auth, Caller, Command, Context, Draft, Entry, EnvelopeProof, Request, State,
};
use hansa_types::{AnyId, ApiKeyId, Digest, EnvelopeId, PrincipalId, Rejection, Signature, Time};

use crate::script::{Town, run_line};

/// Who there is.
pub(super) const NAMES: [&str; 5] = ["alice", "bob", "carol", "dora", "erin"];

/// Somebody with an API key and a key of its own.
#[derive(Debug, Clone, Copy)]
pub(super) struct Person {
    pub(super) id: PrincipalId,
    pub(super) api_key: ApiKeyId,
    pub(super) key: PublicKey,
}

/// The town at one moment.
#[derive(Clone)]
pub(super) struct World {
    pub(super) state: State,
    pub(super) now: Time,
    pub(super) people: [Person; NAMES.len()],
    entropy: u128,
}

impl World {
    /// Five agents with money enough.
    pub(super) fn new() -> Self {
        let mut town = Town::new();
        town.settle();
        for line in ["agent dora", "agent erin"] {
            run_line(&mut town, line).unwrap();
        }
        let mut entropy = 1 << 70;
        let people = NAMES.map(|name| {
            run_line(&mut town, &format!("mint {name} 1000000000")).unwrap();
            entropy += 1;
            let id = ApiKeyId::new(town.now.0, entropy);
            Person { id: town.principal(name), api_key: id, key: Town::public_key(name) }
        });
        let mut world = Self { state: town.state, now: town.now, people, entropy };
        for person in people {
            let create = CreateApiKey {
                id: person.api_key,
                principal: person.id,
                secret: Digest([u8::try_from(person.api_key.0 & 0xFF).unwrap(); 32]),
                actions: vec!["*".parse().unwrap()],
                expires: None,
            };
            let machine = Caller { principal: None, auth: Auth::Machine };
            world.ask(machine, Command::ApiKeyCreate(create)).unwrap();
        }
        world
    }

    /// Somebody, proven by the API key or by an envelope.
    pub(super) fn caller(&mut self, person: usize, by_envelope: bool) -> Caller {
        let Person { id, api_key, key } = self.people[person];
        let auth = if by_envelope {
            self.entropy += 1;
            let proof = EnvelopeProof {
                id: EnvelopeId::new(self.entropy),
                nonce: u64::try_from(self.entropy & 0xFFFF_FFFF).unwrap(),
                signature: Signature([7; 64]),
                digest: Digest([7; 32]),
            };
            Auth::Envelope(key, Some(Box::new(proof)))
        } else {
            Auth::ApiKey(api_key)
        };
        Caller { principal: Some(id), auth }
    }

    /// Has a command carried out.
    pub(super) fn ask(
        &mut self,
        caller: Caller,
        command: Command,
    ) -> Result<Vec<Entry>, Rejection> {
        let request =
            Request { caller, command, corr: None, looked_up: None, ruling: None, parking: None };
        let mut drafts: Vec<Draft> = Vec::new();
        let entropy = &mut self.entropy;
        let mut next = || {
            *entropy += 1;
            *entropy
        };
        let mut ctx = Context { now: self.now, entropy: &mut next };
        match self.state.admit(&request, self.now)? {
            Admission::Fresh(permit) => decide(&permit, &mut ctx, &mut drafts)?,
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

    /// The grant of an entry.
    pub(super) fn grant_of(entry: &Entry) -> hansa_types::GrantId {
        match entry.id {
            AnyId::Grant(id) => id,
            other => panic!("{other} is no grant"),
        }
    }
}
