//! Which pages of other origins may read responses (Fetch standard, section 3.2). Cookies and other
//! credentials of the browser are never involved: callers present tokens.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::config::Front;

const ALLOWED_METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE";

const ALLOWED_HEADERS: &str =
    "Accept, Authorization, Content-Type, GraphQL-Cost, Idempotency-Key, X-Client-Request-ID";

const EXPOSED_HEADERS: &str = "Retry-After, WWW-Authenticate, X-Client-Request-ID, x-should-retry";

/// How long a browser keeps the answer to a preflight, in seconds.
const MAX_AGE: &str = "3600";

/// The origins that may call each kind of path.
#[derive(Clone)]
pub struct Cors(Arc<Origins>);

struct Origins {
    api: Vec<String>,
    token: Vec<String>,
}

/// The origins that may read responses of a path.
enum Allowed<'a> {
    Any,
    Listed(&'a [String]),
}

impl Cors {
    pub fn new(settings: &Front) -> Self {
        let (api, token) = (settings.cors_origins.clone(), settings.cors_token_origins.clone());
        Self(Arc::new(Origins { api, token }))
    }

    fn allowed(&self, path: &str) -> Allowed<'_> {
        if path == "/openapi.json" || path.starts_with("/.well-known/") {
            Allowed::Any
        } else if path == "/service-account-token" || path.starts_with("/oauth/") {
            Allowed::Listed(&self.0.token)
        } else {
            Allowed::Listed(&self.0.api)
        }
    }
}

impl Allowed<'_> {
    /// The value of `Access-Control-Allow-Origin`.
    fn origin(&self, request: &HeaderMap) -> Option<HeaderValue> {
        let origin = request.get(header::ORIGIN)?;
        match self {
            Self::Any => Some(HeaderValue::from_static("*")),
            Self::Listed(origins) => {
                origins.iter().any(|it| it.as_bytes() == origin.as_bytes()).then(|| origin.clone())
            }
        }
    }

    /// Whether a cache must tell the origins apart.
    fn varies(&self) -> bool {
        matches!(self, Self::Listed(origins) if !origins.is_empty())
    }
}

/// Answers preflights, and says on all other responses who may read them.
pub async fn apply(State(cors): State<Cors>, request: Request, next: Next) -> Response {
    let allowed = cors.allowed(request.uri().path());
    let origin = allowed.origin(request.headers());
    let preflight = is_preflight(&request);
    let mut response =
        if preflight { StatusCode::NO_CONTENT.into_response() } else { next.run(request).await };
    let headers = response.headers_mut();
    if allowed.varies() {
        headers.append(header::VARY, HeaderValue::from_static("origin"));
    }
    let Some(origin) = origin else { return response };
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    let fields: &[_] = if preflight {
        &[
            (header::ACCESS_CONTROL_ALLOW_METHODS, ALLOWED_METHODS),
            (header::ACCESS_CONTROL_ALLOW_HEADERS, ALLOWED_HEADERS),
            (header::ACCESS_CONTROL_MAX_AGE, MAX_AGE),
        ]
    } else {
        &[(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED_HEADERS)]
    };
    for (name, value) in fields {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Whether a browser asks before it sends the request itself.
fn is_preflight(request: &Request) -> bool {
    let headers = request.headers();
    request.method() == Method::OPTIONS
        && headers.contains_key(header::ORIGIN)
        && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::middleware::from_fn_with_state;
    use axum::routing::get;
    use tower::ServiceExt;

    use super::super::fallback::{Cut, broken, guard, late};
    use super::*;

    #[tokio::test]
    async fn the_response_after_a_panic_is_readable_too() {
        let origin = "https://app.example.com";
        let cors = Cors(Arc::new(Origins { api: vec![origin.to_owned()], token: Vec::new() }));
        let routes = Router::new().route("/", get(async || -> () { panic!("from inside") }));
        let routes = guard(routes, Cut::All, late, broken).layer(from_fn_with_state(cors, apply));
        let request = Request::get("/").header("origin", origin).body(Body::empty());
        let response = routes.oneshot(request.expect("a request")).await.expect("a response");
        assert_eq!(response.status(), 500);
        assert_eq!(response.headers()[header::ACCESS_CONTROL_ALLOW_ORIGIN], origin);
    }
}
