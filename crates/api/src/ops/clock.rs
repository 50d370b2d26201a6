//! Accepting a jump of the clock.

use hansa_kernel::Command;
use hansa_kernel::node::AcceptClock;
use hansa_wire::Problem;
use hansa_wire::api::node::{ClockAccept, ClockAccepted};

use crate::answer::Answer;
use crate::context::{Context, Step};

/// Trusts the wall clock as it is.
pub(crate) async fn clock_accept(context: &Context, _: ClockAccept) -> Result<Answer, Problem> {
    let jump_ms = context.api.node.clock_jump_ms().unwrap_or(0);
    let done = context.submit(Step::new(Command::ClockAccept(AcceptClock { jump_ms }))).await?;
    let accepted = ClockAccepted { now: done.entry.ts.into(), seq: done.entry.seq };
    Answer::done(&done, &accepted)
}
