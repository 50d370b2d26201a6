//! AGP's edge: its paths, its tokens, its errors, over native operations.
//!
//! Every path of the table in `hansa_wire::agp` is a route. A request passes the same checks of host,
//! origin and size as every other, is authenticated (by a token of AGP, any credential of the node,
//! or nothing where the sandbox is open), and becomes native requests, which alone decide. Answers
//! carry `X-Correlation-Id` and, where an act is at stake, `X-AGP-Action-ID`.
//!
//! Deliberately absent: rules. What a client claims is handed to the native operation as a wish.

mod actions;
mod approvals;
mod artifacts;
mod asked;
mod documents;
mod evaluations;
mod ledger;
mod policy_sets;
mod registry;
mod settings;
mod tasks;
mod token;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{FromRequestParts, Path, RawPathParams, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Request, StatusCode};
use axum::response::Response;
use axum::routing::{MethodFilter, get, on};
use bytes::Bytes;
use hansa_crypto::json::parse_strict;
use hansa_types::{Code, Rejection, RequestId};
use hansa_wire::Problem;
use hansa_wire::agp::openapi::OPENAPI_PATH;
use hansa_wire::agp::schemas::SCHEMAS_PATH;
use hansa_wire::agp::{AgpCode, AgpError, Domain, Method, ROUTES, Route};
use hansa_wire::request::Invalid;
use serde_json::{Map, Value};

use self::asked::{Asked, Prefer};
pub use self::settings::{AgpSettings, NamedClient};
use crate::api::Api;
use crate::edge;
use crate::limits::AGP_CORRELATION_BYTES_MAX;

const CORRELATION: HeaderName = HeaderName::from_static("x-correlation-id");
const ACTION: HeaderName = HeaderName::from_static("x-agp-action-id");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The beginning of the paths of decisions in two of the protocol's three variants.
const DECISION: &str = "/agp/decision/";

/// What an endpoint answers.
struct Reply {
    status: u16,
    body: Value,
    /// The act at stake.
    action: Option<String>,
}

impl Reply {
    fn new(route: &Route, body: Value) -> Self {
        Self { status: route.status, body, action: None }
    }

    /// The answer about an act.
    fn about(self, action: impl std::fmt::Display) -> Self {
        Self { action: Some(action.to_string()), ..self }
    }

    fn with_status(self, status: u16) -> Self {
        Self { status, ..self }
    }
}

/// Adds the routes.
pub(crate) fn routes(mut router: Router<Arc<Api>>) -> Router<Arc<Api>> {
    for route in ROUTES {
        for path in route.paths {
            let handler = move |State(api): State<Arc<Api>>, request: Request<Body>| {
                handle(api, route, request)
            };
            router = router.route(path, on(filter(route.method), handler));
        }
    }
    router
        .route(SCHEMAS_PATH, get(schema_index))
        .route(&format!("{SCHEMAS_PATH}/{{*path}}"), get(schema))
        .route(&format!("{OPENAPI_PATH}/{{file}}"), get(openapi))
}

fn filter(method: Method) -> MethodFilter {
    match method {
        Method::Get => MethodFilter::GET,
        Method::Post => MethodFilter::POST,
        Method::Patch => MethodFilter::PATCH,
    }
}

async fn schema_index(State(api): State<Arc<Api>>, request: Request<Body>) -> Response {
    document(api, "agp_schemas", request, async |base| Ok(documents::index(base))).await
}

async fn schema(
    State(api): State<Arc<Api>>,
    Path(path): Path<String>,
    request: Request<Body>,
) -> Response {
    document(api, "agp_schema", request, async |base| documents::schema(&path, base)).await
}

async fn openapi(
    State(api): State<Arc<Api>>,
    Path(file): Path<String>,
    request: Request<Body>,
) -> Response {
    document(api, "agp_openapi", request, async |base| documents::openapi(&file, base)).await
}

/// Answers with a document that is the same for everybody.
async fn document(
    api: Arc<Api>,
    name: &'static str,
    request: Request<Body>,
    make: impl AsyncFnOnce(&str) -> Result<Response, AgpError>,
) -> Response {
    let id = edge::request_id(&api);
    let made = match edge::receive(&api, request).await {
        Ok((_, _, base_url)) => make(&base_url).await,
        Err(rejection) => Err(rejection.into()),
    };
    let response = made.unwrap_or_else(|error| refusal(&error, id));
    edge::tell(&api, name, id, &response);
    response
}

async fn handle(api: Arc<Api>, route: &'static Route, request: Request<Body>) -> Response {
    let id = edge::request_id(&api);
    let correlation = correlation(request.headers());
    let mut response = match answer(Arc::clone(&api), route, request).await {
        Ok(reply) => render(&reply, id),
        Err(error) => refusal(&error, id),
    };
    if let Some(correlation) = correlation {
        response.headers_mut().insert(CORRELATION, correlation);
    }
    edge::tell(&api, route.id, id, &response);
    response
}

/// What the caller knows the request by, given back as it came.
fn correlation(headers: &HeaderMap) -> Option<HeaderValue> {
    headers.get(CORRELATION).filter(|value| value.len() <= AGP_CORRELATION_BYTES_MAX).cloned()
}

async fn answer(
    api: Arc<Api>,
    route: &'static Route,
    mut request: Request<Body>,
) -> Result<Reply, AgpError> {
    let client = edge::client_of(&api, &mut request);
    let bytes_max = api.settings.body_bytes_max;
    let (mut parts, body, base_url) = edge::receive_within(&api, request, bytes_max).await?;
    let caller = match edge::bearer(&parts.headers)? {
        Some(token) => token::bearer(&api, token).await?,
        None => token::nobody(&api).await?,
    };
    if let Some(scopes) = &caller.scopes
        && !scopes.iter().any(|scope| scope.includes(route.scope))
    {
        let message = format!("the token has no scope {}", route.scope);
        return Err(AgpError::new(AgpCode::Forbidden, message));
    }
    let body = read_body(route, &parts.headers, &body)?;
    let in_body = body.get("idempotency_key").and_then(Value::as_str).map(str::to_owned);
    let key = edge::idempotency_key(&parts.headers)?.or(in_body);
    let asked = Asked {
        route,
        caller,
        client,
        key,
        id: path_id(&mut parts).await?,
        query: edge::form(parts.uri.query().unwrap_or_default())?,
        body,
        prefer: prefer(&parts.headers),
        unprefixed: !parts.uri.path().starts_with(DECISION),
        base_url,
        api,
    };
    dispatch(asked).await
}

/// What the client would like (RFC 7240), of what the protocol names.
fn prefer(headers: &HeaderMap) -> Prefer {
    let values = headers.get_all("prefer").into_iter().filter_map(|value| value.to_str().ok());
    let mut words = values.flat_map(|value| value.split(',')).map(str::trim);
    words
        .find_map(|word| match word {
            "validate-only" => Some(Prefer::ValidateOnly),
            "execute-async" | "respond-async" => Some(Prefer::Async),
            _ => None,
        })
        .unwrap_or_default()
}

async fn path_id(parts: &mut Parts) -> Result<String, AgpError> {
    let params = RawPathParams::from_request_parts(parts, &()).await;
    let params = params.map_err(|_| Code::NotFound)?;
    let id = params.iter().find(|(name, _)| *name == "id");
    Ok(id.map(|(_, id)| id.to_owned()).unwrap_or_default())
}

/// The members of the body; none for a request that takes none.
fn read_body(
    route: &Route,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<Map<String, Value>, AgpError> {
    if route.method == Method::Get {
        return Ok(Map::new());
    }
    edge::check_media_type(headers)?;
    match parse_strict(body)? {
        Value::Object(members) => Ok(members),
        _ => Err(Rejection::new(Code::InvalidField, "the body must be a JSON object").into()),
    }
}

/// Hands a request to the endpoint's own function.
async fn dispatch(asked: Asked) -> Result<Reply, AgpError> {
    match asked.route.domain {
        Domain::Registry => registry(&asked).await,
        Domain::Decision => decision(&asked).await,
        Domain::Execution => execution(&asked).await,
    }
}

async fn registry(asked: &Asked) -> Result<Reply, AgpError> {
    match asked.route.id {
        "task_create" => tasks::task_create(asked).await,
        "task_list" => tasks::task_list(asked).await,
        "task_get" => tasks::task_get(asked).await,
        "task_update" => tasks::task_update(asked).await,
        "liability_binding_create" => tasks::liability_binding_create(asked).await,
        "liability_binding_get" => tasks::liability_binding_get(asked).await,
        "capability_create" => registry::capability_create(asked).await,
        "capability_list" => registry::capability_list(asked).await,
        "capability_get" => registry::capability_get(asked).await,
        "delegation_create" => registry::delegation_create(asked).await,
        "delegation_get" => registry::delegation_get(asked).await,
        "skill_create" => artifacts::skill_create(asked).await,
        "skill_list" => artifacts::skill_list(asked).await,
        "skill_get" => artifacts::skill_get(asked).await,
        "policy_set_create" => policy_sets::policy_set_create(asked).await,
        "policy_set_list" => policy_sets::policy_set_list(asked).await,
        "policy_set_get" => policy_sets::policy_set_get(asked).await,
        "policy_set_update" => policy_sets::policy_set_update(asked).await,
        "revocation_create" => registry::revocation_create(asked).await,
        "revocation_get" => registry::revocation_get(asked).await,
        id => nothing(id),
    }
}

async fn decision(asked: &Asked) -> Result<Reply, AgpError> {
    match asked.route.id {
        "context_create" => artifacts::context_create(asked).await,
        "context_get" => artifacts::context_get(asked).await,
        "evidence_bundle_create" => artifacts::evidence_bundle_create(asked).await,
        "evidence_bundle_get" => artifacts::evidence_bundle_get(asked).await,
        "decision_create" => artifacts::decision_create(asked).await,
        "decision_get" => artifacts::decision_get(asked).await,
        "policy_evaluation_create" | "policy_decision_create" => {
            evaluations::policy_evaluation_create(asked).await
        }
        "policy_evaluation_get" | "policy_decision_get" => {
            evaluations::policy_evaluation_get(asked).await
        }
        "approval_create" => approvals::approval_create(asked).await,
        "approval_get" => approvals::approval_get(asked).await,
        "approval_request_create" => approvals::approval_request_create(asked).await,
        "approval_request_get" => approvals::approval_request_get(asked).await,
        "impact_assessment_create" => artifacts::impact_assessment_create(asked).await,
        "impact_assessment_get" => artifacts::impact_assessment_get(asked).await,
        "escalation_create" => approvals::escalation_create(asked).await,
        "escalation_get" => approvals::escalation_get(asked).await,
        "escalation_update" => approvals::escalation_update(asked).await,
        "commerce_session_create" => artifacts::commerce_session_create(asked).await,
        "commerce_session_get" => artifacts::commerce_session_get(asked).await,
        id => nothing(id),
    }
}

async fn execution(asked: &Asked) -> Result<Reply, AgpError> {
    match asked.route.id {
        "action_envelope_create" => actions::action_envelope_create(asked).await,
        "action_envelope_get" => actions::action_envelope_get(asked).await,
        "receipt_create" => actions::receipt_create(asked).await,
        "receipt_get" => actions::receipt_get(asked).await,
        "ledger_event_create" => ledger::ledger_event_create(asked).await,
        "ledger_event_list" => ledger::ledger_event_list(asked).await,
        "task_replay" => ledger::task_replay(asked).await,
        "operation_get" => actions::operation_get(asked).await,
        "validate" => actions::validate(asked).await,
        id => nothing(id),
    }
}

fn nothing(id: &'static str) -> Result<Reply, AgpError> {
    tracing::error!(id, "a route of the table has no function");
    Err(Code::Internal.into())
}

/// A member of a request that was refused.
fn invalid(invalid: Invalid) -> AgpError {
    Problem::from(invalid).into()
}

fn render(reply: &Reply, id: RequestId) -> Response {
    let mut response = json(reply.status, &reply.body, id);
    if let Some(action) = reply.action.as_deref().and_then(|id| HeaderValue::try_from(id).ok()) {
        response.headers_mut().insert(ACTION, action);
    }
    response
}

fn refusal(error: &AgpError, id: RequestId) -> Response {
    let mut response = json(error.code.status(), &error.body(&id.to_string()), id);
    if error.code == AgpCode::Unauthenticated {
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

fn json(status: u16, body: &Value, id: RequestId) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(id) = HeaderValue::try_from(id.to_string()) {
        headers.insert(REQUEST_ID, id);
    }
    response
}
