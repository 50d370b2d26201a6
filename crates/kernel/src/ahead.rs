//! Reading ahead what the next requests, or the next entries of a replay, will need.
//!
//! What a decision reads lies scattered over a large state, and most of it is in no cache of the
//! processor. One decision after the other waits for each piece by itself; looked at together before
//! the first of them is decided, step by step for all of them, they wait for many pieces at once.
//! Nothing is decided here, and nothing depends on it: what was not read ahead is read when it is
//! needed.

use std::hint::black_box;

use hansa_types::{AnyId, CurrencyCode, GrantId, PrincipalId};

use crate::State;
use crate::command::{Command, Request};
use crate::entry::{Auth, Entry};
use crate::event::Event;
use crate::grant::{Action, Grant};
use crate::limits::GRANT_LINKS_READ_AHEAD;
use crate::principal::{ApiKey, Handle};
use crate::transfer::{AccountKey, Role};

/// Whom a request concerns, as far as a payment does.
struct Parties {
    caller: Option<Handle>,
    payer: Option<Handle>,
    payee: Option<Handle>,
    currency: Option<CurrencyCode>,
}

impl State {
    /// Looks at what deciding these requests will read.
    pub fn read_ahead<'a>(&self, requests: impl Iterator<Item = &'a Request> + Clone) {
        requests.clone().for_each(read_request);
        self.idempotency.read_ahead(requests.clone().filter_map(|request| request.corr.as_ref()));
        let credentials: Vec<&ApiKey> =
            requests.clone().filter_map(|request| self.find_credential(request)).collect();
        let parties: Vec<Parties> = requests.map(|request| self.find_parties(request)).collect();
        credentials.iter().for_each(|key| read_actions(&key.actions));
        let used: Vec<(GrantId, &Grant)> =
            parties.iter().filter_map(|parties| self.read_parties(parties)).collect();
        // What is used is found by its id once more, to be charged.
        for (id, _) in &used {
            black_box(self.grants.get(id));
        }
        let mut grants: Vec<&Grant> = used.into_iter().map(|(_, grant)| grant).collect();
        grants.iter().for_each(|grant| read_actions(&grant.terms.actions));
        for _ in 0..GRANT_LINKS_READ_AHEAD {
            grants.iter().for_each(|grant| self.read_link(grant));
            let above = grants.iter().filter_map(|grant| self.grants.above(grant));
            grants = above.map(|(_, grant)| grant).collect();
        }
    }

    /// Looks at what applying these entries will read.
    pub(crate) fn read_ahead_of(&self, entries: &[Entry]) {
        self.idempotency.read_ahead(entries.iter().filter_map(|entry| entry.corr.as_ref()));
        let parties: Vec<Parties> =
            entries.iter().map(|entry| self.find_parties_of(entry)).collect();
        for parties in &parties {
            self.read_parties(parties);
        }
    }

    fn find_credential(&self, request: &Request) -> Option<&ApiKey> {
        match &request.caller.auth {
            Auth::ApiKey(id) => self.api_keys.get(id),
            _ => None,
        }
    }

    fn find_parties(&self, request: &Request) -> Parties {
        let find = |id| self.principals.find(id);
        let caller = request.caller.principal.and_then(find);
        let (payer, payee, currency) = match &request.command {
            Command::TransferCreate(create) => {
                (find(create.from), find(create.to), Some(create.currency))
            }
            _ => (None, None, None),
        };
        Parties { caller, payer, payee, currency }
    }

    fn find_parties_of(&self, entry: &Entry) -> Parties {
        let find = |id: Option<PrincipalId>| self.principals.find(id?);
        let (payer, payee, currency) = match (&entry.event, entry.subject) {
            (Event::TransferPosted(posted), Some(AnyId::Principal(payee))) => {
                (posted.from.or(entry.actor), Some(payee), Some(posted.currency))
            }
            _ => (None, None, None),
        };
        Parties { caller: None, payer: find(payer), payee: find(payee), currency }
    }

    /// Reads who they are and their accounts, and finds the grant that the caller would use.
    fn read_parties(&self, parties: &Parties) -> Option<(GrantId, &Grant)> {
        let currency = parties.currency.and_then(|code| self.ledger.currency(code).ok());
        for owner in [parties.caller, parties.payer, parties.payee].into_iter().flatten() {
            black_box(self.principals.status(owner).active);
        }
        for owner in [parties.payer, parties.payee].into_iter().flatten() {
            let key = currency.map(|currency| AccountKey { owner, currency, role: Role::Main });
            black_box(key.and_then(|key| self.ledger.account(key)).map(|found| found.debits));
        }
        let (holder, root) = (parties.caller?, parties.payer?);
        let is_other = holder != root;
        is_other.then(|| self.grants.held(holder, root).next()).flatten()
    }

    /// Reads every part of a grant, which is several lines of the cache long, and who gave it.
    fn read_link(&self, grant: &Grant) {
        let limits = &grant.terms.limits;
        black_box((limits.currency, limits.per_use, limits.total, limits.uses_max));
        black_box((grant.terms.expires, grant.spent, grant.uses, grant.parent));
        black_box(self.principals.status(grant.issuer).active);
    }
}

/// Reads those parts of a request, several lines of the cache long, that say where to look.
fn read_request(request: &Request) {
    let Request { caller, command, corr, .. } = request;
    black_box((caller.principal, std::mem::discriminant(&caller.auth), corr.is_some()));
    black_box(match command {
        Command::TransferCreate(create) => Some((create.from, create.to, create.currency)),
        _ => None,
    });
}

fn read_actions(actions: &[Action]) {
    black_box(actions.first().is_some_and(|action| action.covers("")));
}
