//! The setup link: a page on which a person becomes the owner of a new node.
//!
//! It is the one place where a secret is in a URL: the setup token, good once and for half an hour,
//! which the node prints where it was started. What the page sends is the operation
//! `setup_complete`, by a form and without a script, and what that shows once is the next page. Nobody
//! keeps these pages, and no other site hears where they were.
//!
//! Deliberately absent: everything else that a person would do in a browser.

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, REFERRER_POLICY,
};
use axum::response::Response;
use axum::routing::get;
use hansa_types::{Code, Rejection};
use hansa_wire::api::setup::{SetupComplete, SetupDone};
use hansa_wire::{Media, Problem, Request as _, find};
use serde_json::{Map, Value};

use crate::api::Api;
use crate::call::call;
use crate::context::{Basis, Context};
use crate::edge::{self, Asker, Client};
use crate::html::{self, Escaped};
use crate::render;

/// Where the link leads.
const PATH: &str = "/setup";

/// The page sends its form back to the node, and nothing may be fetched, run or framed.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Adds the routes.
pub(crate) fn routes(router: Router<Arc<Api>>) -> Router<Arc<Api>> {
    router.route(PATH, get(ask).post(complete))
}

/// Asks who becomes the owner.
async fn ask(State(api): State<Arc<Api>>, request: Request<Body>) -> Response {
    let page = form_of(&api, request).await;
    show(&api, page.map(|page| (200, page)))
}

async fn form_of(api: &Api, request: Request<Body>) -> Result<String, Problem> {
    let (parts, _, _) = edge::receive(api, request).await?;
    if !api.node.setup.is_open() {
        return Err(Code::AlreadySetUp.into());
    }
    let mut members = members(parts.uri.query().unwrap_or_default())?;
    match members.remove("token") {
        Some(Value::String(token)) if members.is_empty() => Ok(form(&token)),
        _ => Err(Problem::new(Code::MissingField, "token: is all that the link has")),
    }
}

/// Makes the owner, and shows what is shown once.
async fn complete(State(api): State<Arc<Api>>, request: Request<Body>) -> Response {
    let page = owner_made(&api, request).await;
    show(&api, page.map(|done| (201, shown_once(&done))))
}

async fn owner_made(api: &Arc<Api>, request: Request<Body>) -> Result<SetupDone, Problem> {
    let (parts, body, _) = edge::receive(api, request).await?;
    if !edge::is_form(&parts.headers) {
        return Err(Code::UnsupportedMediaType.into());
    }
    let not_text = |_| Rejection::new(Code::InvalidField, "the form is not UTF-8");
    let members = members(std::str::from_utf8(&body).map_err(not_text)?)?;
    let context = Context {
        api: Arc::clone(api),
        operation: find(SetupComplete::OPERATION).ok_or(Code::Internal)?,
        caller: None,
        basis: Basis::Once,
        asker: Asker::default(),
        if_none_match: None,
        client: Client::default(),
        parked: OnceLock::new(),
        credential: None,
        wrap: None,
    };
    let answer = call(context, Value::Object(members)).await?.into_value()?;
    serde_json::from_value(answer).map_err(|error| {
        tracing::error!(%error, "the owner was made, and what is shown of it is not its own type");
        Code::Internal.into()
    })
}

/// The members of a form. What was left empty is not there.
fn members(text: &str) -> Result<Map<String, Value>, Rejection> {
    let mut members = Map::new();
    for (name, value) in edge::form(text)? {
        if members.contains_key(&name) {
            return Err(Rejection::new(Code::InvalidField, "a member comes twice"));
        }
        if !value.is_empty() {
            members.insert(name, Value::String(value));
        }
    }
    Ok(members)
}

fn show(api: &Api, page: Result<(u16, String), Problem>) -> Response {
    let id = edge::request_id(api);
    let (status, page) = page.unwrap_or_else(|problem| (problem.status, refusal(&problem)));
    let mut headers = HeaderMap::new();
    for (name, value) in [
        (CONTENT_TYPE, Media::Html.as_str()),
        (CACHE_CONTROL, "no-store"),
        (CONTENT_SECURITY_POLICY, POLICY),
        // The form says where it is from; the address with the token is said to nobody.
        (REFERRER_POLICY, "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let response = render::response(status, headers, id, Body::from(page));
    edge::tell(api, "setup_page", id, &response);
    response
}

fn form(token: &str) -> String {
    let (begin, token, end) = (html::begin("Own this node"), Escaped(token), html::END);
    format!(
        "{begin}<p>This node has no owner yet. Its owner makes agents, money and rules here.</p>\
         <form method=\"post\" action=\"{PATH}\"><input type=\"hidden\" name=\"token\" value=\"{token}\">\
         <p><label>Your name <input name=\"name\" autofocus></label></p>\
         <p><button>Become its owner</button></p></form>\
         <p>You are shown an API key and a private key, once.</p>{end}"
    )
}

fn shown_once(done: &SetupDone) -> String {
    let (begin, end) = (html::begin("You own this node"), html::END);
    let (id, key) = (done.id, Escaped(done.api_key.0.expose()));
    let pem = done.private_key_pem.as_ref().map(|pem| {
        let pem = Escaped(pem.0.expose());
        format!("<h2>Private key</h2><pre id=\"private-key\">{pem}</pre>")
    });
    format!(
        "{begin}<p>Keep what you see here in files that you alone may read: it is not shown again. \
         You are <code>{id}</code>.</p><h2>API key</h2><pre id=\"api-key\">{key}</pre>{}\
         <p>Next step: <code>export HANSA_API_KEY_FILE=owner.key; hansa agent create NAME</code>, \
         or the <a href=\"/docs\">documentation of the API</a>.</p>{end}",
        pem.unwrap_or_default(),
    )
}

fn refusal(problem: &Problem) -> String {
    let (begin, end) = (html::begin(&problem.title), html::END);
    let [detail, next_step, code] =
        [&problem.detail, &problem.next_step, &problem.code].map(|text| Escaped(text));
    format!(
        "{begin}<p>{detail}</p><p>Next step: {next_step}</p>\
         <p class=\"a\"><a href=\"/docs/errors#{code}\">{code}</a></p>{end}"
    )
}
