//! Reading ahead what the next requests will need.
//!
//! What a decision reads lies scattered over a large state, and most of it is in no cache of the
//! processor. One decision after the other waits for each piece by itself; looked at together before
//! the first of them is decided, they wait for many pieces at once. Nothing is decided here, and
//! nothing depends on it: what was not read ahead is read when it is needed.

use crate::State;
use crate::command::{Command, Request};
use crate::entry::Auth;
use crate::principal::Handle;
use crate::transfer::{AccountKey, Create, Role};

impl State {
    /// Looks at what deciding these requests will read.
    pub fn read_ahead<'a>(&self, requests: impl Iterator<Item = &'a Request>) {
        for request in requests {
            // Wanted by nobody, but the compiler shall not know.
            std::hint::black_box(self.read_for(request));
        }
    }

    fn read_for(&self, request: &Request) -> (bool, Option<Handle>, bool) {
        let remembered = request.corr.as_ref().is_some_and(|corr| self.idempotency.holds(corr));
        let credential = match &request.caller.auth {
            Auth::ApiKey(id) => self.api_keys.get(id).map(|key| key.principal),
            _ => None,
        };
        let caller = request.caller.principal.and_then(|id| self.principals.find(id));
        let read = match &request.command {
            Command::TransferCreate(create) => self.read_payment(caller, create),
            _ => caller.is_some_and(|caller| self.principals.get(caller).active),
        };
        (remembered, credential, read)
    }

    fn read_payment(&self, caller: Option<Handle>, create: &Create) -> bool {
        let Ok(currency) = self.ledger.currency(create.currency) else { return false };
        let (payer, payee) = (self.principals.find(create.from), self.principals.find(create.to));
        let read = |owner| {
            let account = self.ledger.account(AccountKey { owner, currency, role: Role::Main });
            self.principals.get(owner).active ^ account.is_some_and(|found| found.debits.0 == 0)
        };
        payer.is_some_and(read) ^ payee.is_some_and(read) ^ self.read_grants(caller, payer)
    }

    fn read_grants(&self, holder: Option<Handle>, root: Option<Handle>) -> bool {
        let (Some(holder), Some(root)) = (holder, root) else { return false };
        if holder == root {
            return false;
        }
        let first = self.grants.held(holder, root).next();
        let chain = first.into_iter().flat_map(|(id, _)| self.grants.chain(id));
        chain.fold(false, |all, (_, grant)| all ^ self.principals.get(grant.issuer).active)
    }
}
