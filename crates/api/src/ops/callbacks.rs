//! What became of callbacks: those that are over from the read models, how far the others are from the
//! state and from what the running node remembers of its tries.

use hansa_kernel::State;
use hansa_kernel::callback::Delivery;
use hansa_types::AnyId;
use hansa_views::{CallbackFilter, CallbackRow};
use hansa_wire::Problem;
use hansa_wire::api::Page;
use hansa_wire::api::callbacks::{Callback, CallbackDelivery, CallbackList};

use crate::answer::Answer;
use crate::context::Context;
use crate::resolve::{next, page, views_failed};

/// Lists callbacks, the newest first.
pub(crate) async fn callback_list(
    context: &Context,
    request: CallbackList,
) -> Result<Answer, Problem> {
    let query = page(request.cursor.as_ref(), request.limit)?;
    let filter = match request.delivery {
        None => CallbackFilter::All,
        Some(CallbackDelivery::Open) => CallbackFilter::Open,
        Some(CallbackDelivery::Delivered) => CallbackFilter::Ended(Delivery::Delivered),
        Some(CallbackDelivery::Dead) => CallbackFilter::Ended(Delivery::Dead),
    };
    let viewer = context.viewer().await?;
    let node = &context.api.node;
    let as_of_seq = node.views_caught_up().await;
    let rows = node.views.callbacks(filter, query, viewer).await.map_err(views_failed)?;
    let next_cursor = next(rows.next);
    let mut data = Vec::with_capacity(rows.items.len());
    for row in rows.items {
        data.push(tell(context, row).await?);
    }
    Answer::json(&Page { data, next_cursor, as_of_seq })
}

async fn tell(context: &Context, row: CallbackRow) -> Result<Callback, Problem> {
    let open = match row.ended {
        None => Some(sending(context, row.subject).await?),
        Some(_) => None,
    };
    let sending = open.as_ref().and_then(|open| open.sending);
    let ended = row.ended.as_ref();
    Ok(Callback {
        subject: row.subject.to_string(),
        by: row.by,
        callback_url: context.callback_url(row.subject, row.by).await?,
        delivery: match ended.map(|ended| ended.delivery) {
            None => CallbackDelivery::Open,
            Some(Delivery::Delivered) => CallbackDelivery::Delivered,
            Some(Delivery::Dead) => CallbackDelivery::Dead,
        },
        told: open.and_then(|open| open.told),
        tries: ended.map(|ended| ended.tries).or(sending.map(|s| s.tries)).unwrap_or_default(),
        status: ended.map_or(sending.and_then(|s| s.status), |ended| ended.status),
        next_try_at: sending.map(|sending| sending.next.into()),
        asked_at: row.at.into(),
        ended_at: ended.map(|ended| ended.at.into()),
        seq: row.seq,
    })
}

/// How far a callback is that is not over.
struct Open {
    /// How it ended, what is waited for, if it has.
    told: Option<String>,
    sending: Option<hansa_node::callback::Sending>,
}

async fn sending(context: &Context, subject: AnyId) -> Result<Open, Problem> {
    let look = move |state: &State| {
        let ended = state.callbacks.get(subject).and_then(|callback| callback.ended);
        ended.map(|ended| ended.end.as_str().to_owned())
    };
    let node = &context.api.node;
    let told = node.read(Some(context.principal()?), look).await?;
    Ok(Open { told, sending: node.callback_sending(subject) })
}
