//! ```text
//! act WHO TASK TOOL [AMOUNT CODE] [under G] [to NAME] [by NAME|http|mcp] [call:TEXT] [callback]     as A
//! perform WHO TASK [under G] [callback] : COMMAND…     as A
//! claim A [call:TEXT]          finish A done|refused|not_sent [status:N] [result]
//! doubt A                      refusal WHO TASK TOOL CODE
//! told NAME delivered|dead [status:N]
//! ```

use hansa_kernel::action::{
    Act, Call, Claim, Doubt, DoubtReason, Executor, Finish, Money, Outcome, References,
    RefusalNote, Submit, ToolName,
};
use hansa_kernel::callback::{Delivery, EndCallback};
use hansa_kernel::{Auth, Caller, Command, Request};
use hansa_types::{ActionId, AnyId, Code, Digest, TaskId};

use super::super::{Named, Town, Words};
use super::authority::grant_id;
use super::{Asked, amount};

pub(super) const VERBS: [&str; 7] =
    ["act", "perform", "claim", "finish", "doubt", "refusal", "told"];

pub(super) fn parse(town: &mut Town, verb: &str, words: &mut Words<'_>) -> Result<Asked, String> {
    match verb {
        "act" => act(town, words),
        "perform" => perform(town, words),
        "claim" => {
            let id = action_id(town, words.next()?)?;
            let call = words.keyed("call:").map(Town::digest_of);
            Asked::by(&executor_of(town, id), Command::EffectClaim(Claim { id, call }))
        }
        "finish" => finish(town, words),
        "doubt" => {
            let id = action_id(town, words.next()?)?;
            let reason = DoubtReason::Interrupted;
            Asked::by("machine", Command::EffectDoubt(Doubt { id, reason }))
        }
        "told" => told(town, words),
        _ => {
            let (who, task) = (words.next()?, task_id(town, words)?);
            let (tool, code) = (tool(words.next()?)?, words.next()?);
            let code = Code::ALL.iter().copied().find(|known| known.as_str() == code);
            let note = RefusalNote {
                id: fresh(town),
                principal: town.principal(who),
                task: Some(task),
                call: Some(digest(&tool)),
                tool,
                code: code.ok_or("no such code")?,
            };
            Asked::by("machine", Command::RefusalNote(note))
        }
    }
}

fn fresh(town: &mut Town) -> ActionId {
    ActionId::new(town.now.0, town.entropy())
}

fn tool(name: &str) -> Result<ToolName, String> {
    name.parse().map_err(|refusal| format!("{name}: {refusal}"))
}

fn digest(tool: &ToolName) -> Digest {
    Town::digest_of(tool.as_str())
}

fn task_id(town: &Town, words: &mut Words<'_>) -> Result<TaskId, String> {
    match words.next()? {
        "nowhere" => Ok(TaskId(7)),
        name => town.task(name),
    }
}

fn action_id(town: &Town, name: &str) -> Result<ActionId, String> {
    match town.named(name)? {
        Named::Id(AnyId::Action(id)) => Ok(id),
        other => Err(format!("{name} is {other:?} and no action")),
    }
}

fn executor_of(town: &Town, id: ActionId) -> String {
    let by = town.state.actions.get(id).map(|action| action.by);
    let by = by.map(|by| town.state.principals.get(by).id.into());
    by.map_or("alice".to_owned(), |id| town.name_of(id))
}

fn act(town: &mut Town, words: &mut Words<'_>) -> Result<Asked, String> {
    let (who, task) = (words.next()?, task_id(town, words)?);
    let tool = tool(words.next()?)?;
    let grant = words.after("under").map(|name| grant_id(town, name)).transpose()?;
    let counterparty = words.after("to").map(|name| town.principal(name));
    let call = words.keyed("call:").map_or(digest(&tool), Town::digest_of);
    let act = match (words.after("by"), words.flag("http"), words.flag("mcp")) {
        (Some(name), ..) => Act::External(town.principal(name)),
        (_, true, _) => Act::Service(Executor::Http),
        (.., true) => Act::Service(Executor::Mcp),
        _ => Act::External(town.principal(who)),
    };
    let callback = words.flag("callback").then(|| Box::new(Town::digest_of("url")));
    let money = match words.is_empty() {
        true => None,
        false => {
            let (amount, currency) = amount(town, words)?;
            Some(Money { currency: currency.code, amount })
        }
    };
    let submit = Submit {
        id: fresh(town),
        task,
        references: References { grant, ..References::default() },
        call: Call {
            tool,
            digest: call,
            money,
            counterparty,
            counterparty_name: None,
            parameters: None,
        },
        act,
        callback,
    };
    Asked::by(who, Command::ActionSubmit(submit))
}

fn perform(town: &mut Town, words: &mut Words<'_>) -> Result<Asked, String> {
    let (who, task) = (words.next()?, task_id(town, words)?);
    let grant = words.after("under").map(|name| grant_id(town, name)).transpose()?;
    let callback = words.flag("callback").then(|| Box::new(Town::digest_of("url")));
    if words.next()? != ":" {
        return Err("a colon and the command are missing".to_owned());
    }
    let verb = words.next()?;
    let inner = super::parse(town, verb, words)?.command;
    let tool = tool(inner.action())?;
    // The caller is put in once it is known.
    let caller = Caller { principal: None, auth: Auth::Machine };
    let request = Request::new(caller, inner, None);
    let submit = Submit {
        id: fresh(town),
        task,
        references: References { grant, ..References::default() },
        call: Call {
            digest: digest(&tool),
            tool,
            money: None,
            counterparty: None,
            counterparty_name: None,
            parameters: None,
        },
        act: Act::Native(Box::new(request)),
        callback,
    };
    Asked::by(who, Command::ActionSubmit(submit))
}

fn finish(town: &mut Town, words: &mut Words<'_>) -> Result<Asked, String> {
    let id = action_id(town, words.next()?)?;
    let outcome = match words.next()? {
        "done" => Outcome::Done,
        "refused" => Outcome::Refused,
        "not_sent" => Outcome::NotSent,
        other => return Err(format!("{other} is no outcome")),
    };
    let status = words.keyed("status:").map(str::parse).transpose();
    let status = status.map_err(|_| "no status".to_owned())?;
    let result = words.flag("result").then(|| Town::digest_of("result"));
    let finish = Finish { id, outcome, status, result };
    Asked::by(&executor_of(town, id), Command::EffectFinish(finish))
}

fn told(town: &mut Town, words: &mut Words<'_>) -> Result<Asked, String> {
    let name = words.next()?;
    let Named::Id(subject) = town.named(name)? else {
        return Err(format!("{name} is nothing that ends"));
    };
    let outcome = match words.next()? {
        "delivered" => Delivery::Delivered,
        "dead" => Delivery::Dead,
        other => return Err(format!("a callback is not {other}")),
    };
    let status = words.keyed("status:").map(str::parse).transpose();
    let status = status.map_err(|_| "no status".to_owned())?;
    Asked::by("machine", Command::CallbackEnd(EndCallback { subject, outcome, tries: 2, status }))
}
