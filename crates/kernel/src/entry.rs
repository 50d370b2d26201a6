//! One thing that happened, as the journal keeps it.

use hansa_crypto::keys::PublicKey;
use hansa_types::{
    AnyId, ApiKeyId, BootstrapId, ClientId, Correlation, Digest, EnvelopeId, PasskeyId,
    PrincipalId, SessionId, Signature, TaskId, Time, Vis,
};
use serde::{Deserialize, Serialize};

use crate::client::{Jwt, Signer};
use crate::event::Event;

/// An entry of the journal.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Position in the journal, from 1 without gaps.
    pub seq: u64,
    /// When the batch was decided; never earlier than the entry before.
    pub ts: Time,
    /// The entry's own id: that of the thing it brings about where there is one.
    pub id: AnyId,
    /// Who may see it.
    pub vis: Vis,
    /// Who did it; nobody when a timer did.
    pub actor: Option<PrincipalId>,
    /// What was proven about the actor.
    pub auth: Auth,
    /// What or whom it is about.
    pub subject: Option<AnyId>,
    /// What a repetition of the same request would repeat.
    pub corr: Option<Correlation>,
    /// What happened.
    pub event: Event,
}

/// How the actor was authenticated: what was proven, not what was claimed.
#[derive(Debug, Clone, PartialEq)]
pub enum Auth {
    /// An API key, by its public id.
    ApiKey(ApiKeyId),
    /// A signature under the actor's own key. Only the first entry of an envelope repeats its proof.
    Envelope(PublicKey, Option<Box<EnvelopeProof>>),
    /// A verified token.
    Jwt(Jwt),
    /// The secret of an OAuth client, which revokes its principal's tokens and nothing else.
    Client(ClientId),
    /// A bootstrap token, which onboards an agent and nothing else.
    Bootstrap(BootstrapId),
    /// A session, by its public id.
    Session(SessionId),
    /// The account's password, with its second factor where there is one.
    Password,
    /// One of the account's passkeys and nothing else, by its id.
    Passkey(PasskeyId),
    /// A single-use token that was mailed to an address.
    Mail,
    /// One of the account's recovery keys.
    RecoveryKey,
    /// The node's own timer.
    Timer,
    /// The one-time setup token.
    Setup,
    /// The command line on the node's machine, with the store locked.
    Machine,
}

/// What an entry keeps of the envelope that caused it; the text itself lies in the vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnvelopeProof {
    /// The envelope's id.
    pub id: EnvelopeId,
    /// The sender's counter.
    pub nonce: u64,
    /// Ed25519 over the canonical bytes without `auth`.
    pub signature: Signature,
    /// SHA-256 of the vault's salt and the canonical text.
    pub digest: Digest,
}

impl Entry {
    /// The task it is part of, where it names one.
    pub fn task(&self) -> Option<TaskId> {
        match (self.id, self.subject, &self.event) {
            (AnyId::Task(task), ..) | (_, Some(AnyId::Task(task)), _) => Some(task),
            (.., Event::TransferPending(pending)) => pending.task,
            (.., Event::EffectClaimed(claimed)) => Some(claimed.task),
            (.., Event::EffectFinished(finished)) => Some(finished.task),
            (.., Event::EffectOutcomeUnknown(unknown)) => Some(unknown.task),
            (.., Event::ActionRefused(refused)) => refused.task,
            _ => None,
        }
    }

    /// The digits of what it goes on with: an action, a request for approval, or an evaluation of
    /// policy. Their first entry names the task.
    pub fn thread(&self) -> Option<u128> {
        let of = |id: AnyId| match id {
            AnyId::Action(id) => Some(id.0),
            AnyId::ApprovalRequest(id) => Some(id.0),
            AnyId::PolicyEvaluation(id) => Some(id.0),
            _ => None,
        };
        of(self.id).or(of(self.subject?))
    }
}

impl Auth {
    /// The word for the method.
    pub fn method(&self) -> &'static str {
        match self {
            Auth::ApiKey(_) => "api_key",
            Auth::Envelope(..) => "envelope",
            Auth::Jwt(_) => "jwt",
            Auth::Client(_) => "client",
            Auth::Bootstrap(_) => "bootstrap",
            Auth::Session(_) => "session",
            Auth::Password => "password",
            Auth::Passkey(_) => "passkey",
            Auth::Mail => "mail",
            Auth::RecoveryKey => "recovery_key",
            Auth::Timer => "timer",
            Auth::Setup => "setup",
            Auth::Machine => "machine",
        }
    }

    /// As an entry keeps it: without what a token allowed.
    pub fn recorded(&self) -> Auth {
        match self {
            Auth::Jwt(jwt) => Auth::Jwt(jwt.recorded()),
            other => other.clone(),
        }
    }

    /// The same without the proof, for the further entries of one command.
    pub fn repeated(&self) -> Auth {
        match self {
            Auth::Envelope(key, _) => Auth::Envelope(*key, None),
            other => other.recorded(),
        }
    }

    /// The key of its principal that proved the call, if one did.
    pub fn key(&self) -> Option<&PublicKey> {
        match self {
            Auth::Envelope(key, _) => Some(key),
            Auth::Jwt(jwt) => match &jwt.signer {
                Signer::Key(key) => Some(key),
                Signer::Client(_) => None,
            },
            _ => None,
        }
    }

    /// The proof of the envelope, if this entry keeps one.
    pub fn proof(&self) -> Option<&EnvelopeProof> {
        match self {
            Auth::Envelope(_, proof) => proof.as_deref(),
            _ => None,
        }
    }
}
