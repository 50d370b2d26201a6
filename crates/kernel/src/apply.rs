//! What an entry makes true: pure, total, and the whole of replay.
//!
//! An entry that was decided here always applies. A panic in this module means that the journal
//! was not written by this program, or that this program is wrong; either stops the node before
//! anything further is durable.

use crate::State;
use crate::entry::Entry;
use crate::limits::ENTRIES_READ_AHEAD;
use crate::onboard;

impl State {
    /// Applies the next entry.
    pub fn apply(&mut self, entry: &Entry) {
        assert!(entry.seq == self.seq + 1, "entry {} follows entry {}", entry.seq, self.seq);
        assert!(entry.ts >= self.now, "entry {} is older than the one before", entry.seq);
        (self.seq, self.now) = (entry.seq, entry.ts);
        entry.event.apply(self, entry);
        if let Some(corr) = &entry.corr {
            self.idempotency.insert(corr, entry.seq, entry.ts);
        }
        self.note_envelope(entry);
        onboard::note_use(self, entry);
        self.let_go(entry.ts);
    }

    /// Applies the entries of a replay.
    pub fn apply_all(&mut self, entries: &[Entry]) {
        for next in entries.chunks(ENTRIES_READ_AHEAD) {
            self.read_ahead_of(next);
            next.iter().for_each(|entry| self.apply(entry));
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

/// What a record for whoever reads the journal makes true: nothing that a decision depends on.
pub(crate) fn nothing<T>(_: &mut State, _: &Entry, _: &T) {}
