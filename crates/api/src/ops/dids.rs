//! DIDs of agents: reading them, beginning a log, and taking over one that its owner wrote to.

use std::collections::BTreeSet;

use hansa_crypto::webvh::{Address, Multihash};
use hansa_crypto::{PublicKey, Secret, SigningKey};
use hansa_kernel::did::{Create, Head, Held, Update};
use hansa_kernel::{Command, State};
use hansa_node::Done;
use hansa_node::did::{Begun, Subject};
use hansa_node::writer::Job;
use hansa_types::{Code, Did, Digest, PrincipalId, Rejection, alias};
use hansa_wire::Problem;
use hansa_wire::api::dids::{
    AgentDid, DidCreate, DidCreated, DidGet, DidHome, DidLog, DidLogSet, DidLogStored, DidMethod,
    NewDid,
};
use hansa_wire::scalar::WireKey;
use serde_json::Value;

use super::trial::attempt;
use crate::answer::Answer;
use crate::context::{Context, Step};

/// A digest that no log has, for commands that are only tried.
const NOTHING: Digest = Digest([0; 32]);

/// What a new agent's DID needs beside its creation.
#[derive(Default)]
pub(super) struct Named {
    /// To be handed in behind the creation; the last one makes the log.
    pub(super) jobs: Vec<Job>,
    /// The recovery key, where it was made here.
    recovery: Option<SigningKey>,
}

impl Named {
    /// What a new agent's DID needs, as its maker wants it and the node can have it.
    pub(super) async fn prepare(
        context: &Context,
        agent: PrincipalId,
        key: &PublicKey,
        wanted: Option<NewDid>,
    ) -> Result<Self, Rejection> {
        let dids = context.api.node.dids();
        match wanted {
            Some(NewDid { method: DidMethod::Key, recovery_key: None }) => {
                return Ok(Self::default());
            }
            Some(NewDid { method: DidMethod::Key, .. }) => {
                let detail = "did.recovery_key: a did:key has none";
                return Err(Rejection::new(Code::InvalidField, detail));
            }
            None if dids.home(agent).is_none() => return Ok(Self::default()),
            Some(_) | None => {}
        }
        dids.require_home(agent)?;
        let (public, recovery) =
            recovery_key(context, wanted.and_then(|wanted| wanted.recovery_key));
        let jobs = dids.prepare(agent, key, &public).await?;
        Ok(Self { jobs, recovery })
    }

    /// The recovery key as it is shown, once, if what was handed in made the log.
    pub(super) fn shown(self, outcomes: &[Result<Done, Rejection>]) -> Option<Secret> {
        match outcomes.last() {
            Some(Ok(done)) if !done.repeated => self.recovery.map(pem),
            Some(Err(rejection)) => {
                tracing::warn!(%rejection, "a new agent has no DID log");
                None
            }
            _ => None,
        }
    }
}

fn pem(key: SigningKey) -> Secret {
    Secret::from(key.to_pkcs8_pem())
}

/// The owner's recovery key: the one that was brought, or one that is made now.
fn recovery_key(context: &Context, brought: Option<WireKey>) -> (PublicKey, Option<SigningKey>) {
    match brought {
        Some(WireKey(key)) => (key, None),
        None => {
            let made = SigningKey::from_seed(context.api.node.env.random());
            (made.public(), Some(made))
        }
    }
}

/// The DID of a principal now.
pub(super) async fn did_of(context: &Context, principal: PrincipalId) -> Result<Did, Problem> {
    let look = move |state: &State| state.did_of(principal);
    Ok(context.api.node.read(context.principal().ok(), look).await??)
}

/// Reads an agent's DID, and what an entry of its log must say here.
pub(crate) async fn did_get(context: &Context, request: DidGet) -> Result<Answer, Problem> {
    let agent = context.find(&request.agent, Code::PrincipalUnknown).await?;
    let dids = context.api.node.dids();
    let subject = dids.subject(agent).await?;
    let log = match &subject.held {
        Some(held) => Some((held, dids.log(agent).await?.ok_or(Code::Internal)?)),
        None => None,
    };
    let did = log.as_ref().map_or_else(|| subject.keys.own.did_key(), |(held, _)| held.did.clone());
    let mut names: BTreeSet<Did> =
        alias::aliases(agent, &context.api.node.config.host).into_iter().collect();
    names.insert(subject.keys.own.did_key());
    if let Some((held, log)) = &log {
        names.extend(log.former().iter().cloned());
        names.insert(log.did().clone());
        names.extend(place(held).map(|address| address.web_did()));
    }
    names.remove(&did);
    let home = dids.template(agent).await?;
    let home = home.map(|template| match template.document {
        Value::Object(document) => {
            Ok(DidHome { did: template.did, update_key: WireKey(template.update_key), document })
        }
        _ => Err(Problem::from(Code::Internal)),
    });
    Answer::json(&AgentDid {
        agent,
        did,
        also_known_as: names.into_iter().collect(),
        log: log.map(|(held, log)| DidLog {
            url: place(held).map(|address| address.url("did.jsonl")).unwrap_or_default(),
            version_id: log.version_id().to_owned(),
            created_at: log.created().into(),
            updated_at: log.updated().into(),
            left: held.left,
        }),
        home: home.transpose()?,
    })
}

/// Where this node serves a log.
pub(super) fn place(held: &Held) -> Option<Address> {
    Address::of_webvh(&held.did).ok().map(|(_, address)| address)
}

/// Gives an agent a DID log.
pub(crate) async fn did_create(context: &Context, request: DidCreate) -> Result<Answer, Problem> {
    let agent = context.find(&request.agent, Code::PrincipalUnknown).await?;
    let dids = context.api.node.dids();
    // Before keys are made for anybody, whoever asks must be allowed to.
    let tried = attempt(context, trial(&dids.subject(agent).await?)?).await;
    let (public, made) = recovery_key(context, request.recovery_key);
    let begun = match tried {
        Ok(_) => dids.begin(agent, &public).await?,
        Err(problem) => {
            let done = repeated(context, agent).await.ok_or(problem)?;
            return match made {
                Some(_) => Err(Code::SecretAlreadyShown.into()),
                None => created(context, agent, &done, None).await,
            };
        }
    };
    let Begun { command, sealed, .. } = begun;
    let done = context.submit(Step::new(command).with(Some(sealed))).await?;
    match (done.repeated, made) {
        (true, Some(_)) => Err(Code::SecretAlreadyShown.into()),
        (_, made) => created(context, agent, &done, made).await,
    }
}

async fn created(
    context: &Context,
    agent: PrincipalId,
    done: &Done,
    recovery: Option<SigningKey>,
) -> Result<Answer, Problem> {
    let told = DidCreated {
        agent,
        did: did_of(context, agent).await?,
        recovery_key_pem: recovery.map(|key| pem(key).into()),
        seq: done.entry.seq,
    };
    Ok(Answer::done(done, &told)?.secret())
}

/// Takes a log over, as its owner wrote it.
pub(crate) async fn did_log_set(context: &Context, request: DidLogSet) -> Result<Answer, Problem> {
    let agent = context.find(&request.agent, Code::PrincipalUnknown).await?;
    let dids = context.api.node.dids();
    // Verifying takes its time, so whoever asks must be allowed to have it done.
    attempt(context, trial(&dids.subject(agent).await?)?).await?;
    let taken = match dids.take(agent, request.log).await {
        Ok(taken) => taken,
        Err(rejection) => {
            let done = repeated(context, agent).await.ok_or(rejection)?;
            let log = dids.log(agent).await?.ok_or(Code::Internal)?;
            let left = dids.subject(agent).await?.held.is_some_and(|held| held.left);
            let version_id = log.version_id().to_owned();
            let (did, seq) = (log.did().clone(), done.entry.seq);
            return Answer::done(&done, &DidLogStored { agent, did, version_id, left, seq });
        }
    };
    let step = Step::new(taken.command).with(Some(taken.sealed));
    let done = context.submit(step).await?;
    Answer::done(
        &done,
        &DidLogStored {
            agent,
            did: taken.did,
            version_id: taken.version_id,
            left: taken.left,
            seq: done.entry.seq,
        },
    )
}

/// A command that is allowed to whoever may change a principal's DID now, to be tried alone.
fn trial(subject: &Subject) -> Result<Command, Problem> {
    let (principal, keys) = (subject.principal, subject.keys);
    let head = |version| Head { version, hash: NOTHING, log: NOTHING, update_key: 1 };
    Ok(match &subject.held {
        Some(held) => Command::DidUpdate(Update {
            principal,
            replaces: held.head.hash,
            head: head(held.head.version.saturating_add(1)),
            keys: Some(keys),
            did: None,
        }),
        None => {
            let nowhere = Address::new("localhost", None, &[]).map_err(|_| Code::Internal)?;
            let did = nowhere.did(&Multihash(NOTHING));
            Command::DidCreate(Create { principal, did, head: head(1), keys })
        }
    })
}

/// What the same request did when it came before. What is asked for here can never be done.
async fn repeated(context: &Context, principal: PrincipalId) -> Option<Done> {
    let never = Update {
        principal,
        replaces: NOTHING,
        head: Head { version: 0, hash: NOTHING, log: NOTHING, update_key: 0 },
        keys: None,
        did: None,
    };
    let done = context.submit(Step::new(Command::DidUpdate(never))).await;
    done.ok().filter(|done| done.repeated)
}
