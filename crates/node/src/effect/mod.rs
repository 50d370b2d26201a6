//! Effects of the kind that happens once: what an action has somebody outside do.
//!
//! The entry `effect.started` is durable before anything here is called. What answered is recorded
//! as `effect.finished`, with its text sealed in the vault. Where no answer says whether it was done,
//! the entry says `outcome_unknown`, and nothing is sent again by itself, unless the operator says of
//! the tool that it honours the Idempotency-Key, which is the action's id and so the same each time.
//!
//! Deliberately absent: what may be repeated (callbacks, mail).

mod http;
mod mcp;
mod receipt;
mod tool;

use std::sync::{Arc, PoisonError};

use hansa_kernel::action::{Doubt, DoubtReason, Executor, Finish, Outcome};
use hansa_kernel::{Auth, Caller, Command, Request};
use hansa_types::{ActionId, Code, PrincipalId, Rejection};
use serde_json::{Map, Value};
use tokio::sync::oneshot;

pub use receipt::{RECEIPT_TYPE, receipt};
pub use tool::{Tool, ToolKind, Tools};

use crate::env::blocking;
use crate::error::Error;
use crate::limits::{EFFECT_RETRY, EFFECT_TRIES_MAX, EFFECTS_MAX};
use crate::node::{Done, Node, internal};
use crate::vault::Sealed;
use crate::writer::Job;

/// Name of the parameters of an action in the vault.
pub fn params_id(action: ActionId) -> String {
    format!("action/{action}/params")
}

/// Name of what the other side of an action answered.
pub fn result_id(action: ActionId) -> String {
    format!("action/{action}/result")
}

/// Something to have done outside.
#[derive(Debug, Clone)]
pub struct Effect {
    /// The action, whose id is also the key by which a repetition is told.
    pub action: ActionId,
    /// What is called.
    pub tool: Arc<Tool>,
    /// With what.
    pub params: Map<String, Value>,
    /// Whose action it is: the subject of what it answers.
    pub principal: PrincipalId,
    /// Whether it may have been sent before, so that not sending it now says nothing.
    pub sent_before: bool,
}

/// How a call ended.
enum Ended {
    /// The other side said what it did.
    Answered { outcome: Outcome, status: Option<u16>, body: Vec<u8> },
    /// Nothing was sent.
    NotSent,
    /// Nobody can tell.
    Unknown,
}

impl Node {
    /// Begins an effect whose start is durable. It goes on when nobody waits for it; whoever does
    /// is told once its end is durable.
    pub fn begin_effect(self: &Arc<Self>, effect: Effect) -> oneshot::Receiver<()> {
        let (told, ended) = oneshot::channel();
        let node = Arc::clone(self);
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        // What has ended is let go of.
        tasks.running();
        tasks.start(async move {
            node.carry_out(&effect).await;
            // Who asked may have gone away.
            let _ = told.send(());
        });
        ended
    }

    /// Whether one more effect may begin.
    pub fn effect_room(&self) -> Result<(), Rejection> {
        match self.effects.available_permits() {
            0 => {
                Err(Rejection::new(Code::QueueFull, format!("{EFFECTS_MAX} effects are under way")))
            }
            _ => Ok(()),
        }
    }

    async fn carry_out(&self, effect: &Effect) {
        let Ok(_place) = self.effects.acquire().await else { return };
        let mut tries = 1;
        let mut sent_before = effect.sent_before;
        let ended = loop {
            let ended = match effect.tool.kind {
                ToolKind::Http => http::call(&self.egress, effect).await,
                ToolKind::Mcp => mcp::call(&self.egress, effect).await,
            };
            let again = effect.tool.honours_key && tries < EFFECT_TRIES_MAX;
            match ended {
                Ended::Unknown if again => {
                    self.env.clock.sleep(EFFECT_RETRY).await;
                    tries += 1;
                    sent_before = true;
                }
                Ended::NotSent if sent_before => break Ended::Unknown,
                ended => break ended,
            }
        };
        if let Err(rejection) = self.record(effect, ended).await {
            let action = effect.action;
            tracing::error!(%action, %rejection, "the end of an effect is not recorded");
        }
    }

    async fn record(&self, effect: &Effect, ended: Ended) -> Result<(), Rejection> {
        let id = effect.action;
        let (command, vault) = match ended {
            Ended::Answered { outcome, status, body } => {
                let sealed = self.seal_result(effect.principal, id, body).await?;
                let finish = Finish { id, outcome, status, result: Some(sealed.digest) };
                (Command::EffectFinish(finish), sealed.changes)
            }
            Ended::NotSent => {
                let outcome = Outcome::NotSent;
                let finish = Finish { id, outcome, status: None, result: None };
                (Command::EffectFinish(finish), Vec::new())
            }
            Ended::Unknown => {
                let doubt = Doubt { id, reason: DoubtReason::NoAnswer };
                (Command::EffectDoubt(doubt), Vec::new())
            }
        };
        self.submit(Job { request: by_node(command), vault }).await.map(|_| ())
    }

    /// Seals what the other side of an action answered.
    pub async fn seal_result(
        &self,
        principal: PrincipalId,
        action: ActionId,
        body: Vec<u8>,
    ) -> Result<Sealed, Rejection> {
        let vault = Arc::clone(&self.vault);
        let seal = move || vault.seal(principal, result_id(action), &body);
        blocking(seal).await.and_then(|sealed| sealed).map_err(internal)
    }

    /// Notes a refusal of the gate; beyond a bounded number in an hour it is counted only.
    pub async fn note_refusal(
        &self,
        note: hansa_kernel::action::RefusalNote,
    ) -> Result<Done, Rejection> {
        self.metrics.refused_actions.inc();
        self.submit(Job { request: by_node(Command::RefusalNote(note)), vault: Vec::new() }).await
    }

    /// Ends what was begun by a run of the node that stopped before it heard an answer: what may be
    /// repeated is repeated, of everything else nobody can tell.
    pub(crate) async fn settle_effects(self: &Arc<Self>) -> Result<(), Error> {
        let look = |state: &hansa_kernel::State| -> Vec<(ActionId, Executor, String, PrincipalId)> {
            let open = state.actions.unanswered();
            let tell = |(id, action): (ActionId, &hansa_kernel::action::Action)| {
                let caller = state.principals.get(action.caller).id;
                (id, action.executor, action.tool.clone(), caller)
            };
            open.map(tell).collect()
        };
        let refused = |rejection| Error::Refused { action: "settle its effects", rejection };
        for (id, executor, name, principal) in self.read(None, look).await.map_err(refused)? {
            if let Some(effect) = self.repeatable(id, executor, &name, principal).await? {
                drop(self.begin_effect(effect));
                continue;
            }
            let doubt = Doubt { id, reason: DoubtReason::Interrupted };
            let job = Job { request: by_node(Command::EffectDoubt(doubt)), vault: Vec::new() };
            self.submit(job).await.map_err(refused)?;
        }
        Ok(())
    }

    /// An effect that its target knows again by its key.
    async fn repeatable(
        &self,
        action: ActionId,
        executor: Executor,
        name: &str,
        principal: PrincipalId,
    ) -> Result<Option<Effect>, Error> {
        let Some(tool) = self.config.tools.find(name) else { return Ok(None) };
        if !tool.honours_key || tool.kind.executor() != executor {
            return Ok(None);
        }
        let vault = Arc::clone(&self.vault);
        let opened = blocking(move || vault.open(&params_id(action))).await??;
        // Erased parameters are not sent again.
        let Some(opened) = opened else { return Ok(None) };
        let Ok(Value::Object(params)) = serde_json::from_slice(&opened.bytes) else {
            return Ok(None);
        };
        Ok(Some(Effect { action, tool, params, principal, sent_before: true }))
    }
}

fn by_node(command: Command) -> Request {
    let caller = Caller { principal: None, auth: Auth::Machine };
    Request::new(caller, command, None)
}
