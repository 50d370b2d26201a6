//! Callbacks: telling whoever waits for it, at the address they named, how something ended.
//!
//! An effect of the kind that repeats: what is due stands in the state once the entry that ended it is
//! durable, so a restart finds it again; it is sent under one id until the receiver takes it, at growing
//! intervals from that moment on, and given up after the last of them. What became of it is an entry, each
//! try is not. The node signs what it sends with its own key, so that the receiver needs no secret.
//!
//! Deliberately absent: what the receiver may not see. It learns the id and the state of what it named,
//! and asks for the rest as who it is.

mod message;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use hansa_kernel::callback::{Delivery, Due, EndCallback};
use hansa_kernel::{Auth, Caller, Command, Request, State};
use hansa_types::{AnyId, Code, Rejection, Time};
use tokio::sync::{Semaphore, watch};

use crate::egress::{EgressError, Purpose};
use crate::env::{Env, blocking};
use crate::limits::{
    CALLBACK_LOOK_PAUSE, CALLBACK_RECORD_RETRY, CALLBACK_RETRIES, CALLBACKS_SENT_MAX,
};
use crate::node::Node;
use crate::writer::Job;

/// Name of the address of a callback in the vault.
pub fn callback_id(subject: AnyId) -> String {
    format!("callback/{subject}")
}

/// How far the sending of a callback that is not over has come, as far as this run knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sending {
    /// How often it was tried, earlier runs included.
    pub tries: u8,
    /// The last status that was answered.
    pub status: Option<u16>,
    /// When it is tried again.
    pub next: Time,
}

/// The callbacks that were tried in vain and are tried again.
#[derive(Debug, Default)]
pub(crate) struct Sendings(Mutex<BTreeMap<AnyId, Sending>>);

impl Sendings {
    fn change<T>(&self, change: impl FnOnce(&mut BTreeMap<AnyId, Sending>) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What became of one try.
enum Tried {
    /// The receiver took it.
    Taken(u16),
    /// The receiver wants none, or nobody knows its address any more.
    Unwanted(Option<u16>),
    /// It may be taken another time.
    NotTaken(Option<u16>),
}

impl Node {
    /// Whether the node would call back there: by its address alone, before anything is resolved.
    pub fn may_call_back(&self, url: &str) -> Result<(), EgressError> {
        self.egress.check(Purpose::Webhook, url)
    }

    /// How far the sending of a callback has come; nothing before its first try and after its end.
    pub fn callback_sending(&self, subject: AnyId) -> Option<Sending> {
        self.callbacks.change(|all| all.get(&subject).copied())
    }

    /// Sends it once.
    async fn call_back(&self, due: &Due) -> Tried {
        let (vault, id) = (Arc::clone(&self.vault), callback_id(due.subject));
        let opened = match blocking(move || vault.open(&id)).await {
            Ok(Ok(opened)) => opened,
            Ok(Err(error)) | Err(error) => {
                tracing::warn!(subject = %due.subject, %error, "a callback's address is not read");
                return Tried::NotTaken(None);
            }
        };
        let url = opened.and_then(|opened| String::from_utf8(opened.bytes.to_vec()).ok());
        let Some(url) = url else { return Tried::Unwanted(None) };
        let request = message::request(due, url, &self.keys, self.env.clock.wall());
        match self.egress.send(request).await {
            Ok(answer) => match answer.status {
                status @ 200..=299 => Tried::Taken(status),
                // By Standard Webhooks a receiver that is gone says so.
                status @ 410 => Tried::Unwanted(Some(status)),
                status => Tried::NotTaken(Some(status)),
            },
            Err(EgressError::Redirected(status)) => Tried::NotTaken(Some(status)),
            Err(_) => Tried::NotTaken(None),
        }
    }

    /// Begins what is due and was not begun by this run.
    fn begin_callbacks(self: &Arc<Self>, due: Vec<Due>, begun: &mut Begun) {
        let open: BTreeSet<AnyId> = due.iter().map(|due| due.subject).collect();
        begun.known.retain(|subject| open.contains(subject));
        self.callbacks.change(|all| all.retain(|subject, _| open.contains(subject)));
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        // What has ended is let go of.
        tasks.running();
        for due in due {
            if begun.known.insert(due.subject) {
                let (node, env) = (Arc::downgrade(self), self.env.clone());
                let tried = if begun.looked { 0 } else { tries_before(&due, &env) };
                tasks.start(deliver(node, env, Arc::clone(&begun.places), due, tried));
            }
        }
        begun.looked = true;
    }
}

/// What this run has begun.
struct Begun {
    known: BTreeSet<AnyId>,
    /// Whether this run has looked before: what it finds at first may have been tried by earlier ones.
    looked: bool,
    places: Arc<Semaphore>,
}

/// Delivers what comes due for as long as the node runs.
pub(crate) async fn follow(node: Weak<Node>, env: Env, mut durable: watch::Receiver<u64>) {
    let places = Arc::new(Semaphore::new(CALLBACKS_SENT_MAX));
    let mut begun = Begun { known: BTreeSet::new(), looked: false, places };
    loop {
        durable.borrow_and_update();
        let Some(strong) = node.upgrade() else { return };
        let look = |state: &State| state.callbacks_due().collect::<Vec<Due>>();
        let looked = match strong.read(None, look).await {
            Ok(due) => {
                strong.begin_callbacks(due, &mut begun);
                true
            }
            Err(refusal) if refusal.code == Code::Draining => return,
            Err(_) => false,
        };
        drop(strong);
        // A busy journal is looked at a few times a second, and a quiet one when it grows.
        env.clock.sleep(CALLBACK_LOOK_PAUSE).await;
        if looked && durable.changed().await.is_err() {
            return;
        }
    }
}

/// How many tries earlier runs have made or missed, by the time that has passed since the end. So a restart
/// neither begins anew nor leaves the last one out.
fn tries_before(due: &Due, env: &Env) -> usize {
    let passed = env.clock.wall().0.saturating_sub(due.ended.at.0);
    let mut at = 0;
    let later = CALLBACK_RETRIES.iter().take_while(|wait| {
        at += wait.0;
        at <= passed
    });
    later.count()
}

/// Tries until the receiver takes it or the last try has failed.
async fn deliver(node: Weak<Node>, env: Env, places: Arc<Semaphore>, due: Due, mut tried: usize) {
    loop {
        let Some(strong) = node.upgrade() else { return };
        let outcome = {
            let Ok(_place) = places.acquire().await else { return };
            strong.call_back(&due).await
        };
        tried += 1;
        let (outcome, status) = match outcome {
            Tried::Taken(status) => (Delivery::Delivered, Some(status)),
            Tried::Unwanted(status) => (Delivery::Dead, status),
            Tried::NotTaken(status) => match CALLBACK_RETRIES.get(tried - 1) {
                None => (Delivery::Dead, status),
                Some(wait) => {
                    let (tries, next) = (counted(tried), env.clock.wall().after(*wait));
                    let sending = Sending { tries, status, next };
                    strong.callbacks.change(|all| all.insert(due.subject, sending));
                    drop(strong);
                    env.clock.sleep(*wait).await;
                    continue;
                }
            },
        };
        let end = EndCallback { subject: due.subject, outcome, tries: counted(tried), status };
        return record(&strong, end).await;
    }
}

fn counted(tries: usize) -> u8 {
    u8::try_from(tries).unwrap_or(u8::MAX)
}

/// Records what became of it: now, or as soon as the node takes it.
async fn record(node: &Node, end: EndCallback) {
    loop {
        let caller = Caller { principal: None, auth: Auth::Machine };
        let request = Request::new(caller, Command::CallbackEnd(end), None);
        match node.submit(Job { request, vault: Vec::new() }).await {
            Ok(_) => return,
            Err(Rejection { code: Code::Draining | Code::NotFound, .. }) => return,
            Err(refusal) => {
                tracing::warn!(subject = %end.subject, %refusal, "a callback's end is not recorded");
                node.env.clock.sleep(CALLBACK_RECORD_RETRY).await;
            }
        }
    }
}
