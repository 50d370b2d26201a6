//! From an HTTP request to a call: the host, the origin, the credential, the body, the parameters.
//!
//! A request that fails here has not touched the node beyond a look at its credential. The log
//! hears of every request once: never of bodies, credentials or query strings.

mod arrival;
mod body;
pub(crate) mod cookie;
mod credential;
mod host;
mod idempotency;
mod login_form;
mod query;

use std::sync::{Arc, OnceLock};

use axum::body::Body;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::header::IF_NONE_MATCH;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Request};
use axum::response::Response;
use bytes::Bytes;
use hansa_crypto::json::parse_strict;
use hansa_crypto::secret::token_digest;
use hansa_node::Identity;
use hansa_node::metrics::RequestLabels;
use hansa_types::{Code, Duration, PrincipalId, Rejection, RequestId};
use hansa_wire::request::assemble;
use hansa_wire::{Access, Effect, Operation, Problem};
use serde_json::Value;

pub(crate) use arrival::{Arrival, Client};
pub(crate) use idempotency::{Key, correlation};

use self::host::Named;
use crate::answer::Answer;
use crate::api::Api;
use crate::call::call;
use crate::context::{Basis, Context};
use crate::limits::FORM_BYTES_MAX;
use crate::render;

/// Who turned out to have asked, for the log.
pub(crate) type Asker = Arc<OnceLock<PrincipalId>>;

/// One request on its way.
struct Exchange {
    api: Arc<Api>,
    operation: &'static Operation,
    asker: Asker,
    client: Client,
}

/// Answers a request for an operation.
pub(crate) async fn handle(
    api: Arc<Api>,
    operation: &'static Operation,
    mut request: Request<Body>,
) -> Response {
    let began = api.node.env.clock.monotonic();
    let id = request_id(&api);
    let asker = Asker::default();
    let client = client_of(&api, &mut request);
    let exchange = Exchange {
        api: Arc::clone(&api),
        operation,
        asker: Arc::clone(&asker),
        client: client.clone(),
    };
    let mut response = match exchange.carry_out(request).await {
        Ok(answer) => render::answer(operation, id, answer),
        Err(problem) => render::problem(id, problem),
    };
    render::keep_to_https(&api.settings, client.secure, response.headers_mut());
    let took = Duration(api.node.env.clock.monotonic().0.saturating_sub(began.0));
    let status = response.status().as_u16();
    observe(&api, operation.id, status, took);
    tracing::info!(
        method = operation.method.as_str(),
        path = operation.path,
        status,
        ms = took.0,
        request = %id,
        client = client.address.map(tracing::field::display),
        principal = asker.get().map(tracing::field::display),
        "answered"
    );
    response
}

/// Answers a request for a path that is no operation, or none of that method.
pub(crate) fn refuse(api: &Api, request: &mut Request<Body>, code: Code) -> Response {
    let id = request_id(api);
    let client = client_of(api, request);
    let local = request.extensions().get::<Arrival>().and_then(|arrival| arrival.local);
    let named = host::name_of(&client, request.headers(), Some(request.uri()));
    let own = named.and_then(|named| host::check(&api.settings, &named, local));
    let problem = own.map_or_else(Problem::from, |()| code.into());
    let mut response = render::problem(id, problem);
    render::keep_to_https(&api.settings, client.secure, response.headers_mut());
    let status = response.status().as_u16();
    observe(api, "none", status, Duration(0));
    tracing::info!(status, request = %id, "no such route");
    response
}

/// Who sent a request, as far as the connection tells.
pub(crate) fn client_of(api: &Api, request: &mut Request<Body>) -> Client {
    let arrival = request.extensions().get::<Arrival>().copied();
    arrival::read(request.headers_mut(), arrival, &api.settings)
}

/// Checks and reads a request that is none of the operation table's: host, origin, body; and tells
/// where the node is reached.
pub(crate) async fn receive(
    api: &Api,
    request: Request<Body>,
) -> Result<(Parts, Bytes, String), Rejection> {
    receive_within(api, request, FORM_BYTES_MAX).await
}

/// As [`receive`], with a limit of its own for the body.
pub(crate) async fn receive_within(
    api: &Api,
    mut request: Request<Body>,
    bytes_max: usize,
) -> Result<(Parts, Bytes, String), Rejection> {
    let client = client_of(api, &mut request);
    let (parts, body) = request.into_parts();
    let named = host::name_of(&client, &parts.headers, Some(&parts.uri))?;
    let local = parts.extensions.get::<Arrival>().and_then(|arrival| arrival.local);
    host::check(&api.settings, &named, local)?;
    if parts.method != axum::http::Method::GET {
        host::check_origin(&api.settings, &client, &parts.headers, &named)?;
    }
    let patience = api.node.env.clock.sleep(api.settings.body_read_max);
    let body = body::read(&parts.headers, body, bytes_max, patience).await?;
    let issuer = match &api.settings.public_url {
        Some(url) => url.trim_end_matches('/').to_owned(),
        None if client.secure => format!("https://{named}"),
        None => format!("http://{named}"),
    };
    Ok((parts, body, issuer))
}

/// Whether a body says that it is a form.
pub(crate) fn is_form(headers: &HeaderMap) -> bool {
    login_form::is_form(headers)
}

/// The pairs of a form, which is written like a query.
pub(crate) fn form(text: &str) -> Result<Vec<(String, String)>, Rejection> {
    query::read(text)
}

/// The bearer token of a request, if it carries one.
pub(crate) fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Rejection> {
    credential::bearer(headers)
}

/// The Idempotency-Key of a request, if it carries one.
pub(crate) fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Rejection> {
    idempotency::key(headers)
}

/// Refuses a body that is not JSON.
pub(crate) fn check_media_type(headers: &HeaderMap) -> Result<(), Rejection> {
    body::check_media_type(headers)
}

/// One text of a form.
pub(crate) fn form_text(text: &str) -> Result<String, Rejection> {
    query::decode(text)
}

/// Tells metrics and log of an answer that is none of the operation table's.
pub(crate) fn tell(api: &Api, name: &'static str, id: RequestId, response: &Response) {
    let status = response.status().as_u16();
    observe(api, name, status, Duration(0));
    tracing::info!(name, status, request = %id, "answered");
}

pub(crate) fn request_id(api: &Api) -> RequestId {
    RequestId::new(api.node.now().0, api.node.env.random_u128())
}

fn observe(api: &Api, operation: &'static str, status: u16, took: Duration) {
    let metrics = &api.node.metrics;
    metrics.requests.get_or_create(&RequestLabels { operation, status }).inc();
    metrics.request_seconds.observe(std::time::Duration::from_millis(took.0).as_secs_f64());
}

impl Exchange {
    async fn carry_out(self, request: Request<Body>) -> Result<Answer, Problem> {
        let (mut parts, body) = request.into_parts();
        let named = self.check_route(&parts)?;
        let caller = self.authenticate(&parts.headers, &named).await?;
        let credential = credential::secret(&parts.headers).map(token_digest);
        let key = match self.operation.idempotent {
            true => idempotency::key(&parts.headers)?,
            false => None,
        };
        let value = self.assemble(&mut parts, body).await?;
        let basis = match key {
            Some(key) => Basis::Key(Key::new(key, self.operation, &value)?),
            None => Basis::Once,
        };
        let if_none_match = parts.headers.get(IF_NONE_MATCH).and_then(|v| v.to_str().ok());
        let context = Context {
            api: self.api,
            operation: self.operation,
            caller,
            basis,
            asker: self.asker,
            if_none_match: if_none_match.map(str::to_owned),
            client: self.client,
            parked: OnceLock::new(),
            credential,
            wrap: None,
        };
        call(context, value).await
    }

    /// Refuses names this node does not have, and pages of other origins.
    fn check_route(&self, parts: &Parts) -> Result<Named, Problem> {
        let named = host::name_of(&self.client, &parts.headers, Some(&parts.uri))?;
        let local = parts.extensions.get::<Arrival>().and_then(|arrival| arrival.local);
        host::check(&self.api.settings, &named, local)?;
        if !render::is_open_to_pages(self.operation) {
            host::check_origin(&self.api.settings, &self.client, &parts.headers, &named)?;
        }
        Ok(named)
    }

    /// Who asks. A credential that is wrong is refused even where none is needed.
    async fn authenticate(
        &self,
        headers: &HeaderMap,
        named: &Named,
    ) -> Result<Option<Identity>, Problem> {
        // What these carry is looked at by whoever carries them out.
        if matches!(self.operation.id, "envelope_submit" | "new_password_set") {
            return Ok(None);
        }
        if matches!(self.operation.id, "agent_onboard" | "onboard_agent")
            && let Some(token) = credential::bootstrap(headers)?
        {
            let identity = self.api.node.authenticate_bootstrap(token).await?;
            let _ = self.asker.set(identity.principal);
            return Ok(Some(identity));
        }
        let Some(token) = credential::bearer(headers)? else {
            return match (self.by_cookie(headers, named).await?, self.operation.access) {
                (None, Access::Principal | Access::Owner) => Err(Code::Unauthenticated.into()),
                (identity, _) => Ok(identity),
            };
        };
        let identity = self.identify(token).await?;
        // The log keeps whom it heard of first, and nobody else is heard of.
        let _ = self.asker.set(identity.principal);
        may_ask(&self.api, self.operation, &identity).await?;
        Ok(Some(identity))
    }

    async fn identify(&self, token: &str) -> Result<Identity, Rejection> {
        match is_heard_of_suspended(self.operation) {
            true => self.api.node.authenticate_if_suspended(token).await,
            false => self.api.node.authenticate(token).await,
        }
    }

    /// Who asks by a session that their browser holds. One that is over does not keep anybody from
    /// what is public, such as logging in again.
    async fn by_cookie(
        &self,
        headers: &HeaderMap,
        named: &Named,
    ) -> Result<Option<Identity>, Problem> {
        let Some(secret) = cookie::session(headers)? else { return Ok(None) };
        if render::is_open_to_pages(self.operation) {
            return Ok(None);
        }
        if self.operation.effect == Effect::Write {
            host::check_own_page(&self.api.settings, &self.client, headers, named)?;
        }
        match self.identify(secret).await {
            Ok(identity) => {
                let _ = self.asker.set(identity.principal);
                may_ask(&self.api, self.operation, &identity).await?;
                Ok(Some(identity))
            }
            Err(_) if self.operation.access == Access::Public => Ok(None),
            Err(rejection) => Err(rejection.into()),
        }
    }

    /// The request object, out of path, query and body.
    async fn assemble(&self, parts: &mut Parts, body: Body) -> Result<Value, Problem> {
        let query = query::read(parts.uri.query().unwrap_or_default())?;
        let limit = match self.operation.id {
            "envelope_submit" => hansa_wire::limits::ENVELOPE_BYTES_MAX,
            _ => self.api.settings.body_bytes_max,
        };
        let patience = self.api.node.env.clock.sleep(self.api.settings.body_read_max);
        let bytes = body::read(&parts.headers, body, limit, patience).await?;
        let value = match bytes.is_empty() {
            true => None,
            false if self.operation.id == "session_open" && login_form::is_form(&parts.headers) => {
                Some(login_form::read(&bytes)?)
            }
            false => {
                body::check_media_type(&parts.headers)?;
                Some(parse_strict(&bytes)?)
            }
        };
        let path = RawPathParams::from_request_parts(parts, &()).await;
        let path = path.map_err(|_| Problem::from(Code::NotFound))?;
        Ok(assemble(self.operation, &path, query, value)?)
    }
}

/// Whether a suspended principal is heard with an operation.
pub(crate) fn is_heard_of_suspended(operation: &Operation) -> bool {
    matches!(operation.id, "standing_get" | "appeal_lodge")
}

/// Whether a credential covers an operation, and whether its principal may read what is the node's
/// own. What changes something is judged when it is carried out.
pub(crate) async fn may_ask(
    api: &Api,
    operation: &'static Operation,
    identity: &Identity,
) -> Result<(), Problem> {
    identity.check(operation.id)?;
    if operation.access == Access::Owner && operation.effect == Effect::Read {
        let may = api.node.may_for_node(identity.principal, operation.id).await?;
        return if may { Ok(()) } else { Err(Code::Forbidden.into()) };
    }
    Ok(())
}
