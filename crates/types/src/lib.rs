//! The vocabulary every other crate speaks: ids, amounts, times, digests, refusals and limits.
//!
//! Data only. No clock, no randomness, no IO, no wire shape: a value of these types means the same
//! thing in the kernel, in the journal and at the edge.

pub mod alias;
pub mod amount;
pub mod bytes;
pub mod did;
pub mod governance;
pub mod id;
pub mod limits;
pub mod rejection;
mod text;
pub mod time;
pub mod vis;
pub mod word;

pub use amount::{Amount, AmountError, Currency, CurrencyCode};
pub use bytes::{Correlation, Digest, Label, Salt, Signature};
pub use did::Did;
pub use id::{
    ActionId, AnyId, ApiKeyId, ApprovalId, ApprovalRequestId, AttestationId, BootstrapId, ClientId,
    CommerceId, ContextId, DecisionId, EntryId, EnvelopeId, EscalationId, EvidenceId, FundingId,
    GrantId, IdError, ImpactId, IncarnationId, InviteId, LiabilityId, MemoryId, PasskeyId,
    PolicyEvaluationId, PolicySetId, PrincipalId, ReceiptId, RequestId, SessionId, SkillId, TaskId,
    TeamId, TransferId,
};
pub use rejection::{Code, Rejection};
pub use time::{Duration, Time};
pub use vis::Vis;
pub use word::{Framework, Jurisdiction, RuleName, WordError};
