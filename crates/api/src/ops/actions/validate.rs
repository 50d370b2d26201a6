//! Asking the gate without doing anything.

use hansa_kernel::action::{Act, Checked, Submit};
use hansa_kernel::{Command, State};
use hansa_types::{Code, Rejection};
use hansa_wire::Problem;
use hansa_wire::api::actions::{ActionSubmit, ActionValidate, CheckView, Validation};

use super::ask::{Asked, How};
use super::{call, native};
use crate::answer::Answer;
use crate::context::Context;

/// Says whether an envelope would pass, or whether an action covers a call that arrived.
pub(crate) async fn action_validate(
    context: &Context,
    request: ActionValidate,
) -> Result<Answer, Problem> {
    let checks = match (request.envelope, request.action) {
        (Some(envelope), None) if request.call.is_none() => {
            envelope_checks(context, envelope).await?
        }
        (None, Some(id)) => {
            let asker = context.principal()?;
            let call = request.call.as_ref().map(call::digest).transpose()?;
            let now = context.api.node.now();
            let look = move |state: &State| state.examine_action(id, asker, call, now);
            context.api.node.read(Some(asker), look).await??
        }
        _ => {
            let detail = "either an envelope, or an action with the call that arrived";
            return Err(Problem::new(Code::InvalidField, detail));
        }
    };
    answer(&checks)
}

async fn envelope_checks(
    context: &Context,
    envelope: ActionSubmit,
) -> Result<Vec<Checked>, Problem> {
    let asked = Asked::read(context, envelope).await?;
    let request = match &asked.how {
        How::Native(operation) => native::request(context, &asked, operation).await?,
        How::Service(tool) => {
            context.request(submit(&asked, Act::Service(tool.kind.executor()))).await?
        }
        How::External(by) => context.request(submit(&asked, Act::External(*by))).await?,
    };
    let now = context.api.node.now();
    let look = move |state: &State| state.examine(&request, now.max(state.now));
    Ok(context.api.node.read(context.principal().ok(), look).await?)
}

fn submit(asked: &Asked, act: Act) -> Command {
    Command::ActionSubmit(Submit {
        id: asked.id,
        task: asked.task,
        references: asked.references,
        call: asked.call.clone(),
        act,
        callback: None,
    })
}

/// 200 where every lock opens; otherwise a problem that names each that does not.
fn answer(checks: &[Checked]) -> Result<Answer, Problem> {
    let view = |checked: &Checked| CheckView {
        check: checked.check.to_owned(),
        passed: checked.refusal.is_none(),
        code: checked.refusal.as_ref().map(|refusal| refusal.code.as_str().to_owned()),
        detail: checked.refusal.as_ref().map(|refusal| refusal.detail.clone().into_owned()),
    };
    let closed: Vec<(&str, &Rejection)> = checks
        .iter()
        .filter_map(|checked| Some((checked.check, checked.refusal.as_ref()?)))
        .collect();
    let Some((first, refusal)) = closed.first() else {
        let checks = checks.iter().map(view).collect();
        return Answer::json(&Validation { permit: true, checks });
    };
    let problem = Problem::new(Code::ActionDenied, format!("{first}: {}", refusal.detail));
    let told = |problem: Problem, (check, refusal): &(&str, &Rejection)| {
        problem.with_field(*check, refusal)
    };
    Err(closed.iter().fold(problem, told))
}
