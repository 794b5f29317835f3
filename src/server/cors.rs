//! CORS (Fetch standard, section 3.2), without browser credentials such as cookies: clients send
//! tokens.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, header};

use crate::config::ServerConfig;

const ALLOWED_METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE";

const ALLOWED_HEADERS: &str =
    "Accept, Authorization, Content-Type, GraphQL-Cost, Idempotency-Key, X-Client-Request-ID";

const EXPOSED_HEADERS: &str = "Retry-After, WWW-Authenticate, X-Client-Request-ID, x-should-retry";

/// Lifetime of a preflight response in the cache of a browser, in seconds.
const MAX_AGE: &str = "3600";

/// Allowed origins, by kind of path.
pub struct Cors {
    api: Vec<String>,
    token: Vec<String>,
}

/// CORS headers of the response to a request.
pub struct CorsHeaders {
    /// Whether the request is a preflight request.
    pub is_preflight: bool,
    /// `Access-Control-Allow-Origin`, if the origin is allowed.
    allow_origin: Option<HeaderValue>,
    /// Whether the response varies by origin.
    varies: bool,
}

/// Allowed origins of a path.
enum AllowedOrigins<'a> {
    Any,
    Listed(&'a [String]),
}

impl Cors {
    pub fn new(settings: &ServerConfig) -> Self {
        Self { api: settings.cors_origins.clone(), token: settings.cors_token_origins.clone() }
    }

    /// CORS headers of the response to `request`.
    pub fn evaluate(&self, request: &Request) -> CorsHeaders {
        let allowed = self.allowed_origins(request.uri().path());
        CorsHeaders {
            is_preflight: is_preflight(request),
            allow_origin: allowed.allow_origin(request.headers()),
            varies: allowed.varies(),
        }
    }

    fn allowed_origins(&self, path: &str) -> AllowedOrigins<'_> {
        if path == "/openapi.json" || path.starts_with("/.well-known/") {
            AllowedOrigins::Any
        } else if path == "/service-account-token" || path.starts_with("/oauth/") {
            AllowedOrigins::Listed(&self.token)
        } else {
            AllowedOrigins::Listed(&self.api)
        }
    }
}

impl AllowedOrigins<'_> {
    /// The value of `Access-Control-Allow-Origin`.
    fn allow_origin(&self, request: &HeaderMap) -> Option<HeaderValue> {
        let origin = request.get(header::ORIGIN)?;
        match self {
            Self::Any => Some(HeaderValue::from_static("*")),
            Self::Listed(origins) => {
                origins.iter().any(|it| it.as_bytes() == origin.as_bytes()).then(|| origin.clone())
            }
        }
    }

    /// Whether responses vary by origin.
    fn varies(&self) -> bool {
        matches!(self, Self::Listed(origins) if !origins.is_empty())
    }
}

impl CorsHeaders {
    /// Adds the headers to those of the response.
    pub fn add_to(self, headers: &mut HeaderMap) {
        if self.varies {
            headers.append(header::VARY, HeaderValue::from_static("origin"));
        }
        let Some(origin) = self.allow_origin else { return };
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

/// Whether the request is a preflight request.
fn is_preflight(request: &Request) -> bool {
    let headers = request.headers();
    request.method() == Method::OPTIONS
        && headers.contains_key(header::ORIGIN)
        && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}
