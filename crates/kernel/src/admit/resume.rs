//! Admission of a parked command that comes back with its approval.
//!
//! What was proven when it was parked must not have been taken back; its time may have run out, for
//! that was checked when it came in. Authority and policy are asked anew.

use hansa_types::{Code, Rejection, TaskId, Time};

use super::{Admission, Permit};
use crate::State;
use crate::client::Signer;
use crate::command::{Caller, Request};
use crate::entry::Auth;
use crate::policy::Gate;
use crate::principal::Handle;

impl State {
    /// Admits a parked command that comes back: what was proven when it was parked must still stand,
    /// and everything else is asked anew.
    pub(super) fn admit_resumed<'state>(
        &'state self,
        request: &'state Request,
        task: TaskId,
        now: Time,
    ) -> Result<Admission<'state>, Rejection> {
        let caller = self.check_parked_credential(request, task, now)?;
        let grant = self.authorize(caller, request, now)?;
        let judgement = match self.gate(caller, request, grant.map(|found| found.id), now)? {
            Gate::Pass(judgement) => {
                self.check_resumed(request, task, None, now)?;
                judgement
            }
            Gate::Judge(question) => return Ok(Admission::Judge(question)),
            Gate::Approval(judgement) => {
                self.check_resumed(request, task, Some(&judgement), now)?;
                Some(judgement)
            }
        };
        Ok(Admission::Fresh(Permit { state: self, request, grant, judgement }))
    }

    /// Whether what was proven when a command was parked was not taken back since. Its time may have
    /// run out: that was checked when it came in.
    fn check_parked_credential(
        &self,
        request: &Request,
        task: TaskId,
        now: Time,
    ) -> Result<Handle, Rejection> {
        let Caller { principal, auth } = &request.caller;
        let gone = || Rejection::new(Code::CredentialInvalid, "what was proven was taken back");
        let handle = principal.and_then(|id| self.principals.find(id)).ok_or_else(gone)?;
        let principal = self.principals.get(handle);
        let epoch = self.clearance.task(task).and_then(|task| task.parked.as_ref());
        let stands = match auth {
            Auth::ApiKey(id) => self.api_keys.get(id).is_some_and(|key| key.principal == handle),
            Auth::Envelope(key, _) => principal.accepts(key, now),
            Auth::Session(id) => {
                self.accounts.session(*id).is_some_and(|session| session.principal == handle)
            }
            Auth::Jwt(jwt) => match jwt.signer {
                Signer::Client(id) => {
                    let client = self.clients.get(&id);
                    client.is_some_and(|client| client.principal == handle)
                        && epoch.is_some_and(|parked| parked.epoch == principal.epoch)
                }
                Signer::Key(key) => principal.accepts(&key, now),
            },
            _ => false,
        };
        if !stands {
            return Err(gone());
        }
        self.refuse_erased(handle)?;
        match self.principals.status(handle).active {
            true => Ok(handle),
            false => Err(Code::PrincipalSuspended.into()),
        }
    }
}
