//! Accepting a jump of the clock.

use hansa_kernel::node::AcceptClock;
use hansa_kernel::{Command, Event};
use hansa_types::{Code, Time};
use hansa_wire::Problem;
use hansa_wire::api::node::{ClockAccept, ClockAccepted};

use crate::answer::Answer;
use crate::context::{Context, Step};

/// Trusts the wall clock as it is.
pub(crate) async fn clock_accept(context: &Context, _: ClockAccept) -> Result<Answer, Problem> {
    let jump_ms = context.api.node.clock_jump_ms().unwrap_or(0);
    let done = context.submit(Step::new(Command::ClockAccept(AcceptClock { jump_ms }))).await?;
    let Event::ClockAccepted(accepted) = &done.entry.event else {
        return Err(Code::Internal.into());
    };
    // The entry still bears the time that was believed; what counts from now on lies a jump away.
    let now = Time(done.entry.ts.0.saturating_add_signed(accepted.jump_ms));
    Answer::done(&done, &ClockAccepted { now: now.into(), seq: done.entry.seq })
}
