//! Routes, made from the operation table.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::HeaderValue;
use axum::http::header::ALLOW;
use axum::response::Response;
use axum::routing::{MethodFilter, on};
use hansa_node::Node;
use hansa_types::Code;
use hansa_wire::{Method, OPERATIONS, Operation};

use crate::agp;
use crate::api::Api;
use crate::edge;
use crate::oauth;
use crate::settings::ApiSettings;
use crate::setup_page;

/// Operations that stand at another path too. Problems say that codes are explained at the first, and
/// older clients look for cards at the second.
const ALIASES: [(&str, &str); 2] =
    [("docs", "/docs/errors"), ("agent_card_well_known", "/a2a/{agent}/.well-known/agent.json")];

/// The routes of a node.
pub fn router(node: Arc<Node>, settings: ApiSettings) -> Router {
    let api = Arc::new(Api::new(node, settings));
    let mut router = Router::new();
    for operation in OPERATIONS {
        router = route(router, operation.path, operation);
        for (_, path) in ALIASES.into_iter().filter(|(id, _)| *id == operation.id) {
            router = route(router, path, operation);
        }
    }
    let router = setup_page::routes(agp::routes(oauth::routes(router)));
    router.fallback(no_such_path).method_not_allowed_fallback(no_such_method).with_state(api)
}

fn route(
    router: Router<Arc<Api>>,
    path: &'static str,
    operation: &'static Operation,
) -> Router<Arc<Api>> {
    let handler = move |State(api): State<Arc<Api>>, request: Request<Body>| {
        edge::handle(api, operation, request)
    };
    router.route(path, on(filter(operation.method), handler))
}

fn filter(method: Method) -> MethodFilter {
    match method {
        Method::Get => MethodFilter::GET,
        Method::Post => MethodFilter::POST,
        Method::Put => MethodFilter::PUT,
        Method::Delete => MethodFilter::DELETE,
    }
}

async fn no_such_path(State(api): State<Arc<Api>>, mut request: Request<Body>) -> Response {
    edge::refuse(&api, &mut request, Code::NotFound)
}

async fn no_such_method(State(api): State<Arc<Api>>, mut request: Request<Body>) -> Response {
    let mut response = edge::refuse(&api, &mut request, Code::MethodNotAllowed);
    let path = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let methods = OPERATIONS.iter().filter(|operation| Some(operation.path) == path);
    let methods: Vec<&str> = methods.map(|operation| operation.method.as_str()).collect();
    let methods = if methods.is_empty() { "GET".to_owned() } else { methods.join(", ") };
    if let Ok(allow) = HeaderValue::try_from(methods) {
        response.headers_mut().insert(ALLOW, allow);
    }
    response
}
