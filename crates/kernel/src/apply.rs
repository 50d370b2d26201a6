//! What an entry makes true: pure, total, and the whole of replay.
//!
//! An entry that was decided here always applies. A panic in this module means that the journal
//! was not written by this program, or that this program is wrong; either stops the node before
//! anything further is durable.

use crate::State;
use crate::entry::Entry;
use crate::event::Event;
use crate::funding::Stage;
use crate::{
    account, clearance, client, custody, did, funding, grant, node, onboard, policy, principal,
    task, transfer,
};

impl State {
    /// Applies the next entry.
    pub fn apply(&mut self, entry: &Entry) {
        assert!(entry.seq == self.seq + 1, "entry {} follows entry {}", entry.seq, self.seq);
        assert!(entry.ts >= self.now, "entry {} is older than the one before", entry.seq);
        (self.seq, self.now) = (entry.seq, entry.ts);
        self.apply_event(entry);
        if let Some(corr) = &entry.corr {
            self.idempotency.insert(corr, entry.seq, entry.ts);
        }
        self.note_envelope(entry);
        onboard::note_use(self, entry);
        self.let_go(entry.ts);
    }

    fn apply_event(&mut self, entry: &Entry) {
        match &entry.event {
            Event::TransferPosted(posted) => transfer::apply_posted(self, entry, posted),
            Event::TransferPending(pending) => transfer::apply_pending(self, entry, pending),
            Event::TransferVoided(voided) => transfer::apply_voided(self, entry, voided),
            Event::MoneyMinted(minted) => transfer::apply_minted(self, entry, minted),
            Event::MoneyBurned(burned) => transfer::apply_burned(self, entry, burned),
            Event::CurrencyCreated(created) => transfer::apply_currency_created(self, created),
            Event::NodeFounded(founded) => node::apply_founded(self, entry, founded),
            Event::NodeRestored(restored) => node::apply_restored(self, entry, restored),
            Event::ClockAccepted(_) => {}
            Event::PrincipalCreated(created) => principal::apply_created(self, entry, created),
            Event::PrincipalSuspended(_) => principal::apply_suspended(self, entry),
            Event::PrincipalFrozen(_) => principal::apply_frozen(self, entry),
            Event::PrincipalReinstated(_) => principal::apply_reinstated(self, entry),
            Event::PrincipalErased(_) => principal::apply_erased(self, entry),
            Event::CardSet(set) => principal::apply_card_set(self, entry, set),
            Event::ApiKeyCreated(created) => principal::apply_api_key_created(self, entry, created),
            Event::ApiKeyRevoked(_) => principal::apply_api_key_revoked(self, entry),
            Event::ClientCreated(created) => client::apply_created(self, entry, created),
            Event::ClientRevoked(_) => client::apply_revoked(self, entry),
            Event::TokensRevoked(_) => client::apply_tokens_revoked(self, entry),
            Event::BootstrapCreated(created) => onboard::apply_created(self, entry, created),
            Event::FundingRequested(asked) => funding::apply_requested(self, entry, asked),
            Event::FundingApproved(_) => funding::apply_decided(self, entry, Stage::Approved),
            Event::FundingRejected(_) => funding::apply_decided(self, entry, Stage::Rejected),
            Event::GrantCreated(created) => grant::apply_created(self, entry, created),
            Event::GrantRevoked(_) | Event::GrantRelinquished(_) => {
                grant::apply_ended(self, entry);
            }
            Event::GrantUsed(_) => grant::apply_used(self, entry),
            Event::TaskOffered(offered) => task::apply_offered(self, entry, offered),
            Event::TaskCountered(countered) => task::apply_countered(self, entry, countered),
            Event::TaskAccepted(_) => task::apply_accepted(self, entry),
            Event::TaskRejected(_) => task::apply_rejected(self, entry),
            Event::TaskDelegated(delegated) => task::apply_delegated(self, entry, delegated),
            Event::TaskExecuted(executed) => task::apply_executed(self, entry, executed),
            Event::TaskClaimed(claimed) => task::apply_claimed(self, entry, claimed),
            Event::TaskAttested(attested) => task::apply_attested(self, entry, attested),
            Event::TaskSettled(settled) => task::apply_settled(self, entry, settled),
            Event::TaskRated(rated) => task::apply_rated(self, entry, rated),
            Event::TaskRevoked(_) => task::apply_revoked(self, entry),
            Event::TaskExpired(_) => task::apply_expired(self, entry),
            Event::CustodyKeySet(set) => custody::apply_key_set(self, entry, set),
            Event::KeyRotated(rotated) => principal::apply_key_rotated(self, entry, rotated),
            Event::PolicySetCreated(_)
            | Event::PolicySetActivated(_)
            | Event::PolicySetDeprecated(_)
            | Event::PolicySetRevoked(_)
            | Event::PolicySetModeSet(_)
            | Event::PolicySetChangeRequested(_)
            | Event::PolicyJudged(_)
            | Event::PolicyEvaluated(_) => self.apply_policy_event(entry),
            Event::TaskDeclared(_)
            | Event::TaskMoved(_)
            | Event::ArtifactAdded(_)
            | Event::TaintPromoted(_)
            | Event::SkillRegistered(_)
            | Event::RoleAssigned(_)
            | Event::RoleWithdrawn(_)
            | Event::AbsenceDelegated(_)
            | Event::ApprovalRequested(_)
            | Event::ApprovalBound(_)
            | Event::ApprovalDecided(_)
            | Event::ApprovalUsed(_)
            | Event::ApprovalExpired(_)
            | Event::ApprovalReminded(_)
            | Event::TaskParked(_)
            | Event::EscalationRaised(_)
            | Event::EscalationResolved(_) => self.apply_clearance_event(entry),
            Event::DidCreated(created) => did::apply_created(self, entry, created),
            Event::DidUpdated(updated) => did::apply_updated(self, entry, updated),
            Event::DidPinned(pinned) => did::apply_pinned(self, entry, pinned),
            Event::AccountRegistered(_)
            | Event::PasswordChanged(_)
            | Event::RecoveryKeyUsed(_)
            | Event::RecoveryKeysSet(_)
            | Event::SessionOpened(_)
            | Event::SessionClosed(_)
            | Event::TotpEnabled(_)
            | Event::TotpDisabled(_) => self.apply_account_event(entry),
        }
    }

    fn apply_policy_event(&mut self, entry: &Entry) {
        match &entry.event {
            Event::PolicySetCreated(done) => policy::apply_created(self, entry, done),
            Event::PolicySetActivated(done) => policy::apply_activated(self, entry, done),
            Event::PolicySetDeprecated(_) => policy::apply_deprecated(self, entry),
            Event::PolicySetRevoked(_) => policy::apply_revoked(self, entry),
            Event::PolicySetModeSet(done) => policy::apply_mode_set(self, entry, done),
            Event::PolicySetChangeRequested(asked) => {
                policy::apply_change_requested(self, entry, asked);
            }
            // A record for whoever reads the journal; no decision depends on it.
            Event::PolicyJudged(_) => {}
            Event::PolicyEvaluated(done) => policy::apply_evaluated(self, entry, done),
            event => panic!("{} is about no policy", event.kind()),
        }
    }

    fn apply_account_event(&mut self, entry: &Entry) {
        match &entry.event {
            Event::AccountRegistered(done) => account::apply_registered(self, entry, done),
            Event::PasswordChanged(done) => account::apply_password_changed(self, entry, done),
            Event::RecoveryKeyUsed(done) => account::apply_recovery_key_used(self, entry, done),
            Event::RecoveryKeysSet(done) => account::apply_recovery_keys_set(self, entry, done),
            Event::SessionOpened(done) => account::apply_opened(self, entry, done),
            Event::SessionClosed(_) => account::apply_closed(self, entry),
            Event::TotpEnabled(done) => account::apply_enabled(self, entry, done),
            Event::TotpDisabled(_) => account::apply_disabled(self, entry),
            event => panic!("{} is about no account", event.kind()),
        }
    }

    fn apply_clearance_event(&mut self, entry: &Entry) {
        match &entry.event {
            Event::TaskDeclared(declared) => clearance::apply_declared(self, entry, declared),
            Event::TaskMoved(moved) => clearance::apply_moved(self, entry, moved),
            Event::ArtifactAdded(artifact) => clearance::apply_added(self, entry, artifact),
            Event::TaintPromoted(promoted) => clearance::apply_promoted(self, entry, promoted),
            Event::SkillRegistered(skill) => clearance::apply_registered(self, entry, skill),
            Event::RoleAssigned(assigned) => clearance::apply_assigned(self, entry, assigned),
            Event::RoleWithdrawn(withdrawn) => clearance::apply_withdrawn(self, entry, withdrawn),
            Event::AbsenceDelegated(away) => clearance::apply_absence_delegated(self, entry, away),
            Event::ApprovalRequested(asked) => clearance::apply_requested(self, entry, asked),
            Event::ApprovalBound(bound) => clearance::apply_bound(self, entry, bound),
            Event::ApprovalDecided(decided) => clearance::apply_decided(self, entry, decided),
            Event::ApprovalUsed(_) => clearance::apply_used(self, entry),
            Event::ApprovalExpired(_) => clearance::apply_approval_expired(self, entry),
            Event::ApprovalReminded(_) => clearance::apply_reminded(self, entry),
            Event::TaskParked(parked) => clearance::apply_parked(self, entry, parked),
            Event::EscalationRaised(raised) => clearance::apply_raised(self, entry, raised),
            Event::EscalationResolved(resolved) => clearance::apply_resolved(self, entry, resolved),
            event => panic!("{} is about no clearance", event.kind()),
        }
    }

    /// Remembers the envelope that an entry was caused by. Steps of a task are kept by the task.
    fn note_envelope(&mut self, entry: &Entry) {
        let (Some(proof), Some(actor)) = (entry.auth.proof(), entry.actor) else { return };
        let sender = self.handle(actor);
        if self.tasks.step(proof.id).is_some() {
            self.principals.get_mut(sender).nonce = proof.nonce;
        } else {
            self.operation_envelopes.insert(sender, proof, entry.seq, entry.ts);
        }
    }
}
