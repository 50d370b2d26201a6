//! What The Protocol's published clients ask beside what has a native twin.

use hansa_kernel::principal::Kind;
use hansa_kernel::{Command, State};
use hansa_types::Code;
use hansa_wire::Problem;
use hansa_wire::api::the_protocol::{AgentMe, Me, TegSend, TegSent};
use hansa_wire::api::transfers::TransferCreate;

use super::transfers::{create, told};
use super::trial::attempt;
use crate::answer::Answer;
use crate::context::{Context, Step};

/// Says whom the credential stands for.
pub(crate) async fn agent_me(context: &Context, _: AgentMe) -> Result<Answer, Problem> {
    let id = context.principal()?;
    let look = move |state: &State| {
        let handle = state.principals.find(id)?;
        let found = state.principals.get(handle);
        (found.kind != Kind::Node).then(|| (state.did_at(handle), found.active))
    };
    let found = context.api.node.read(Some(id), look).await?;
    let (did, active) = found.ok_or(Code::CredentialInvalid)?;
    let status = if active { "active" } else { "suspended" };
    Answer::json(&Me { did, client_id: id.to_string(), status: status.to_owned() })
}

/// Sends money from the caller to an agent of this node.
pub(crate) async fn teg_send(context: &Context, request: TegSend) -> Result<Answer, Problem> {
    let TegSend { receiver_did: to, amount, dry_run, message, .. } = request;
    let wanted = TransferCreate { from: None, to, amount, currency: None, hold: None, dry_run };
    let (create, currency) = create(context, wanted).await?;
    let command = Command::TransferCreate(create);
    let mut sent = TegSent {
        ok: true,
        method: "local".to_owned(),
        status: "dry_run".to_owned(),
        transfer_id: None,
        currency_sent: currency.code,
        currency_received: currency.code,
        receiver_registry: context.api.node.config.host.clone(),
        detail: match message {
            None => "The payee is on this node.".to_owned(),
            Some(_) => "The payee is on this node; the message was not kept.".to_owned(),
        },
    };
    if dry_run {
        attempt(context, command).await?;
        return Answer::json(&sent);
    }
    let done = context.submit(Step::new(command)).await?;
    sent.status = "completed".to_owned();
    sent.transfer_id = told(&done.entry, &currency)?.id;
    let answer = Answer::done(&done, &sent)?;
    Ok(match sent.transfer_id {
        Some(transfer) => answer.with_transfer(transfer),
        None => answer,
    })
}
