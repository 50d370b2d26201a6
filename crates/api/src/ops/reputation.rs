//! What counterparties made of an agent's work.

use hansa_kernel::State;
use hansa_kernel::task::{ReputationKey, Side};
use hansa_types::{Code, Label, PrincipalId, Rejection};
use hansa_wire::Problem;
use hansa_wire::api::agents::{Reputation, ReputationGet, Standing};
use hansa_wire::scalar::Hundredths;

use crate::answer::Answer;
use crate::context::Context;

/// Reads an agent's reputation, all skills together.
pub(crate) async fn reputation_get(
    context: &Context,
    request: ReputationGet,
) -> Result<Answer, Problem> {
    let agent = context.find(&request.agent, Code::PrincipalUnknown).await?;
    let asker = context.principal().ok();
    let reputation = context.api.node.read(asker, move |state| add_up(state, agent)).await??;
    Answer::json(&reputation)
}

/// What is added up for one side.
#[derive(Default)]
struct Sum {
    standing: Standing,
    stars: u64,
}

fn add_up(state: &State, agent: PrincipalId) -> Result<Reputation, Rejection> {
    let principal = state.principal(agent)?;
    let (mut as_agent, mut as_payer) = (Sum::default(), Sum::default());
    let first = ReputationKey { principal, skill: Label([0; 16]), side: Side::Agent };
    let of = state.reputations.range(first..).take_while(|(key, _)| key.principal == principal);
    for (key, reputation) in of {
        let sum = match key.side {
            Side::Agent => &mut as_agent,
            Side::Payer => &mut as_payer,
        };
        sum.standing.completed += reputation.completed;
        sum.standing.failed += reputation.failed;
        sum.standing.ratings += reputation.ratings;
        sum.stars += reputation.stars;
    }
    let (as_agent, as_payer) = (as_agent.mean(), as_payer.mean());
    Ok(Reputation { agent, as_agent, as_payer, as_of_seq: state.seq })
}

impl Sum {
    fn mean(self) -> Standing {
        let mean = (self.stars * 100).checked_div(self.standing.ratings);
        let rating = mean.and_then(|mean| u32::try_from(mean).ok()).map(Hundredths);
        Standing { rating, ..self.standing }
    }
}
