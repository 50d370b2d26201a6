//! Whether the signatures on a card that comes in are its agent's, and where its documents are made.
//!
//! A signature counts if its `kid` names the agent, its key is the one the agent acts by or one before
//! it that is still accepted, and it verifies over one of the two documents that the node makes of the
//! profile. Nothing is fetched.

use std::collections::HashMap;

use hansa_crypto::PublicKey;
use hansa_crypto::card::{self, Form};
use hansa_crypto::did_document::NODE_FRAGMENT as CUSTODIAL;
use hansa_crypto::jws::{Detached, Header};
use hansa_kernel::State;
use hansa_kernel::did::scid;
use hansa_kernel::principal::{Kind, Trust};
use hansa_types::{Code, Did, PrincipalId, Rejection, Time};
use hansa_wire::Problem;
use hansa_wire::card::render::{self, Place, SIGNATURES};
use serde_json::{Map, Value, json};

use crate::api::Api;
use crate::context::Context;

/// The words for the forms in a stored profile.
const FORMS: [(Form, &str); 2] = [(Form::A2a, "a2a"), (Form::TheProtocol, "the_protocol")];

/// How a custodial key is named in headers.
pub(super) fn custodial_kid(did: &Did, generation: u32) -> String {
    format!("{did}#{CUSTODIAL}{generation}")
}

/// Whose card it is.
pub(super) struct Holder {
    /// Its id.
    pub(super) id: PrincipalId,
    /// Its DID.
    pub(super) did: Did,
    /// The key it acts by, and those before it that are still accepted, each with its end.
    pub(super) keys: Vec<(PublicKey, Option<Time>)>,
    /// Whether it has had another key.
    pub(super) has_rotated: bool,
    /// Whether it is an agent that may act.
    pub(super) is_listed: bool,
    place: Place,
}

/// What the state knows of a holder.
struct Known {
    id: PrincipalId,
    did: Did,
    keys: Vec<(PublicKey, Option<Time>)>,
    has_rotated: bool,
    is_listed: bool,
}

impl Known {
    fn of(state: &State, id: PrincipalId, now: Time) -> Option<Self> {
        let handle = state.principals.find(id)?;
        let found = state.principals.get(handle);
        let status = state.principals.status(handle);
        Some(Self {
            id,
            did: state.did_at(handle),
            keys: found.keys(now).collect(),
            has_rotated: !found.former_keys.is_empty(),
            is_listed: status.active && status.kind == Kind::Agent,
        })
    }
}

/// A signature of an agent's own on one of its documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Own {
    /// Which document.
    pub(super) form: Form,
    /// The signature.
    pub(super) signed: Detached,
}

/// What was found of a card's signatures.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Judged {
    /// In one word.
    pub(super) trust: Trust,
    /// Those that are the agent's.
    pub(super) own: Vec<Own>,
}

impl Api {
    /// Where documents say that the node is reached. Only settings decide, for a document must be
    /// the same whoever asks.
    fn place(&self, agent: PrincipalId) -> Place {
        let host = self.node.config.host.clone();
        let base_url = self.settings.public_url.clone().unwrap_or_else(|| format!("http://{host}"));
        Place { agent: agent.to_string(), base_url, host }
    }
}

impl Holder {
    /// The principal that a card belongs to, or nothing where there is none.
    pub(super) async fn find(
        context: &Context,
        id: PrincipalId,
    ) -> Result<Option<Self>, Rejection> {
        let now = context.api.node.now();
        let look = move |state: &State| Known::of(state, id, now);
        let found = context.api.node.read(None, look).await?;
        Ok(found.map(|known| Self::new(context, known)))
    }

    /// Those of many that there are, as of whatever the caller has seen.
    pub(super) async fn find_all(
        context: &Context,
        ids: Vec<PrincipalId>,
    ) -> Result<HashMap<PrincipalId, Self>, Rejection> {
        let now = context.api.node.now();
        let look = move |state: &State| -> Vec<Known> {
            ids.into_iter().filter_map(|id| Known::of(state, id, now)).collect()
        };
        let found = context.api.node.read(context.principal().ok(), look).await?;
        let holders = found.into_iter().map(|known| Self::new(context, known));
        Ok(holders.map(|holder| (holder.id, holder)).collect())
    }

    fn new(context: &Context, known: Known) -> Self {
        let Known { id, did, keys, has_rotated, is_listed } = known;
        Self { id, did, keys, has_rotated, is_listed, place: context.api.place(id) }
    }

    /// One of the two documents of a profile, without signatures.
    pub(super) fn document(&self, profile: &Map<String, Value>, form: Form) -> Map<String, Value> {
        match form {
            Form::A2a => render::a2a(profile, &self.place),
            Form::TheProtocol => render::the_protocol(profile, &self.place),
        }
    }

    /// Looks at the signatures that came with a profile. Those of the node itself, which stand in
    /// every document it gives out, are passed over.
    pub(super) fn judge(&self, profile: &Map<String, Value>) -> Judged {
        let Ok(found) = card::read(profile) else {
            return Judged { trust: Trust::Invalid, own: Vec::new() };
        };
        let (mut own, mut all) = (Vec::new(), true);
        for signed in found.into_iter().filter(|signed| !self.is_of_node(signed)) {
            match self.form_of(profile, &signed) {
                Some(form) => own.push(Own { form, signed }),
                None => all = false,
            }
        }
        let trust = match (all, own.is_empty()) {
            (false, _) => Trust::Invalid,
            (true, true) => Trust::Unsigned,
            (true, false) => Trust::Verified,
        };
        Judged { trust, own }
    }

    /// Which document a signature of the agent's is on; nothing if it is not one.
    pub(super) fn form_of(&self, profile: &Map<String, Value>, signed: &Detached) -> Option<Form> {
        let kid = Header::decode(&signed.protected).ok()?.kid?;
        if !self.is_named_by(&kid) || self.is_of_node(signed) {
            return None;
        }
        let keys: Vec<_> = self.keys.iter().map(|(key, _)| key.prepare()).collect();
        let verifies = |form: &Form| {
            let document = self.document(profile, *form);
            keys.iter().any(|key| card::verify(&document, *form, signed, key).is_ok())
        };
        FORMS.iter().map(|(form, _)| *form).find(verifies)
    }

    /// The agent's own signatures in a stored profile, but for those whose key counts no longer.
    pub(super) fn own(&self, profile: &Map<String, Value>) -> Result<Vec<Own>, Problem> {
        let mut own = kept(profile)?;
        if self.has_rotated {
            own.retain(|own| self.form_of(profile, &own.signed) == Some(own.form));
        }
        Ok(own)
    }

    fn is_named_by(&self, kid: &str) -> bool {
        let by_key = |did: &str| self.keys.iter().any(|(key, _)| key.did_key().as_str() == did);
        kid.split_once('#').is_some_and(|(did, fragment)| {
            // A log's DID may have moved since, and its SCID is the same.
            let named = did == self.did.as_str() || self.is_log(did) || by_key(did);
            !fragment.is_empty() && named
        })
    }

    fn is_log(&self, did: &str) -> bool {
        let found = did.parse().ok().and_then(|did| scid(&did));
        found.is_some() && found == scid(&self.did)
    }

    fn is_of_node(&self, signed: &Detached) -> bool {
        let kid = Header::decode(&signed.protected).ok().and_then(|header| header.kid);
        kid.is_some_and(|kid| {
            kid.split_once('#').is_some_and(|(did, fragment)| {
                (did == self.did.as_str() || self.is_log(did)) && fragment.starts_with(CUSTODIAL)
            })
        })
    }
}

/// Puts an agent's own signatures into its profile, as it is stored.
pub(super) fn keep(profile: &mut Map<String, Value>, own: &[Own]) {
    profile.remove(SIGNATURES);
    if own.is_empty() {
        return;
    }
    let told = own.iter().map(|own| {
        let word = FORMS.iter().find(|(form, _)| *form == own.form).map_or("", |(_, word)| word);
        let signature = own.signed.signature.to_string();
        json!({ "form": word, "protected": own.signed.protected, "signature": signature })
    });
    profile.insert(SIGNATURES.to_owned(), told.collect());
}

/// The agent's own signatures in a stored profile.
pub(super) fn kept(profile: &Map<String, Value>) -> Result<Vec<Own>, Problem> {
    let signed = card::read(profile).map_err(|_| Code::Internal)?;
    let entries = profile.get(SIGNATURES).and_then(Value::as_array).into_iter().flatten();
    let forms = entries.map(|entry| {
        let word = entry.get("form").and_then(Value::as_str);
        FORMS.iter().find(|(_, known)| word == Some(*known)).map(|(form, _)| *form)
    });
    let own = signed.into_iter().zip(forms);
    let own = own.map(|(signed, form)| Some(Own { form: form?, signed }));
    own.collect::<Option<_>>().ok_or_else(|| Code::Internal.into())
}
