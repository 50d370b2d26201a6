//! The service behind: where it is, and asking it once.

use std::sync::Arc;

use axum::body::Bytes;
use axum::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use hansa_crypto::Secret;
use hansa_node::egress::{
    Egress, EgressError, EgressLimits, EgressPolicy, EgressRequest, EgressResponse, HostPattern,
    Purpose, host_and_port,
};
use hansa_node::env::Env;
use hansa_node::metrics::Metrics;
use hansa_types::{ActionId, Duration};

use super::call::{ACTION_HEADER, Arrived};
use crate::failure::Failure;

const ANSWER_BYTES_MAX: usize = 8 << 20;

/// Headers of the caller's that go on: what they say changes no act.
const PASSED_ON: [&str; 5] =
    ["accept-language", "x-correlation-id", "traceparent", "tracestate", "if-none-match"];
const KEY_HEADER: HeaderName = HeaderName::from_static("idempotency-key");

/// The service behind a gateway.
pub(crate) struct Upstream {
    /// Its address without a path.
    base: String,
    /// What the gateway shows it, if it asks for a credential.
    authorization: Option<HeaderValue>,
    egress: Egress,
    time_max: Duration,
}

impl Upstream {
    /// A service at `http://host:port` or `https://host[:port]`.
    pub(crate) fn new(
        base: &str,
        authorization: Option<&Secret>,
        time_max: Duration,
    ) -> Result<Self, Failure> {
        let wrong = || {
            Failure::usage(format!("{base} is no address of a service"))
                .next_step("write a URL without a path, such as http://127.0.0.1:9000")
        };
        let base = base.strip_suffix('/').unwrap_or(base);
        let (host, port) = host_and_port(base).ok_or_else(wrong)?;
        let authority = base.split_once("://").map_or("", |(_, authority)| authority);
        if authority.contains(['/', '?', '#', '@']) {
            return Err(wrong());
        }
        let place = match host.contains(':') {
            true => format!("[{host}]:{port}"),
            false => format!("{host}:{port}"),
        };
        let pattern: HostPattern = place.parse().map_err(|_| wrong())?;
        let private = place.parse().map_err(|_| wrong())?;
        // The operator named it: it may be on this machine, and in clear.
        let policy = EgressPolicy::closed().allow(Purpose::Effect, pattern).allow_private(private);
        let egress = Egress::new(policy, Env::real(), Arc::new(Metrics::default()));
        let authorization = authorization.map(sensitive).transpose()?;
        Ok(Self { base: base.to_owned(), authorization, egress, time_max })
    }

    /// Sends a request on, once.
    pub(super) async fn send(
        &self,
        arrived: &Arrived,
        action: Option<ActionId>,
    ) -> Result<EgressResponse, EgressError> {
        let target = arrived.uri.path_and_query().map_or("/", |target| target.as_str());
        let body = arrived.body.as_ref().map(serde_json::to_vec).transpose();
        let body = body.map_err(|_| EgressError::Request)?;
        let request = EgressRequest {
            purpose: Purpose::Effect,
            method: arrived.method.clone(),
            url: format!("{}{target}", self.base),
            headers: self.headers(arrived, action)?,
            body: body.map_or_else(Bytes::new, Bytes::from),
            limits: EgressLimits { body_bytes_max: ANSWER_BYTES_MAX, time_max: self.time_max },
        };
        self.egress.send(request).await
    }

    fn headers(
        &self,
        arrived: &Arrived,
        action: Option<ActionId>,
    ) -> Result<HeaderMap, EgressError> {
        let mut headers = HeaderMap::new();
        let passed_on = PASSED_ON.iter().map(|name| HeaderName::from_static(name));
        for name in passed_on.chain([ACCEPT]) {
            if let Some(value) = arrived.headers.get(&name) {
                headers.insert(name, value.clone());
            }
        }
        if arrived.body.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        if let Some(authorization) = &self.authorization {
            headers.insert(AUTHORIZATION, authorization.clone());
        }
        if let Some(action) = action {
            let id = HeaderValue::try_from(action.to_string()).map_err(|_| EgressError::Request)?;
            headers.insert(KEY_HEADER, id.clone());
            headers.insert(ACTION_HEADER, id);
        }
        Ok(headers)
    }
}

fn sensitive(secret: &Secret) -> Result<HeaderValue, Failure> {
    let value = HeaderValue::try_from(secret.expose());
    let mut value = value.map_err(|_| Failure::usage("the credential is no value of a header"))?;
    value.set_sensitive(true);
    Ok(value)
}
