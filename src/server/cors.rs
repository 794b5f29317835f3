//! Which pages of other origins may read responses (Fetch standard, section 3.2). Cookies and other
//! credentials of the browser are never involved: callers present tokens.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, header};

use crate::config::Front;

const ALLOWED_METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE";

const ALLOWED_HEADERS: &str =
    "Accept, Authorization, Content-Type, GraphQL-Cost, Idempotency-Key, X-Client-Request-ID";

const EXPOSED_HEADERS: &str = "Retry-After, WWW-Authenticate, X-Client-Request-ID, x-should-retry";

/// How long a browser keeps the answer to a preflight, in seconds.
const MAX_AGE: &str = "3600";

/// The origins that may call each kind of path.
pub struct Cors {
    api: Vec<String>,
    token: Vec<String>,
}

/// The page that sends a request, if it is one.
pub struct Reader {
    /// Whether its browser asks before it sends the request itself.
    pub is_preflight: bool,
    /// `Access-Control-Allow-Origin`, if it may read the response.
    origin: Option<HeaderValue>,
    /// Whether a cache must tell the origins apart.
    varies: bool,
}

/// The origins that may read responses of a path.
enum Allowed<'a> {
    Any,
    Listed(&'a [String]),
}

impl Cors {
    pub fn new(settings: &Front) -> Self {
        Self { api: settings.cors_origins.clone(), token: settings.cors_token_origins.clone() }
    }

    /// Who sends a request.
    pub fn reader(&self, request: &Request) -> Reader {
        let allowed = self.allowed(request.uri().path());
        Reader {
            is_preflight: is_preflight(request),
            origin: allowed.origin(request.headers()),
            varies: allowed.varies(),
        }
    }

    fn allowed(&self, path: &str) -> Allowed<'_> {
        if path == "/openapi.json" || path.starts_with("/.well-known/") {
            Allowed::Any
        } else if path == "/service-account-token" || path.starts_with("/oauth/") {
            Allowed::Listed(&self.token)
        } else {
            Allowed::Listed(&self.api)
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

impl Reader {
    /// Says in the headers of a response who may read it.
    pub fn tell(self, headers: &mut HeaderMap) {
        if self.varies {
            headers.append(header::VARY, HeaderValue::from_static("origin"));
        }
        let Some(origin) = self.origin else { return };
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        let fields: &[_] = if self.is_preflight {
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
    }
}

/// Whether a browser asks before it sends the request itself.
fn is_preflight(request: &Request) -> bool {
    let headers = request.headers();
    request.method() == Method::OPTIONS
        && headers.contains_key(header::ORIGIN)
        && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}
