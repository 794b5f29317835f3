//! `GET /openapi.json`: the document, serialized once.

use std::fmt::Write;
use std::sync::{Arc, LazyLock};

use aws_lc_rs::digest::{SHA256, digest};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use utoipa::openapi::OpenApi;

use crate::http::content_negotiation;
use crate::server::{compression, error_responses};

/// The document with its content encodings.
struct Encoded {
    identity: Bytes,
    gzip: Bytes,
    etag: HeaderValue,
}

impl Encoded {
    fn new(document: &OpenApi) -> Result<Self, Box<dyn std::error::Error>> {
        let identity = Bytes::from(document.to_json()?);
        // Weak, as both encodings share it (RFC 9110, section 8.8.1).
        let mut etag = String::from("W/\"");
        for byte in &digest(&SHA256, &identity).as_ref()[..16] {
            write!(etag, "{byte:02x}")?;
        }
        let gzip = compression::gzip(&identity)?.into();
        Ok(Self { etag: HeaderValue::try_from(etag + "\"")?, identity, gzip })
    }

    fn matches(&self, request: &HeaderMap) -> bool {
        let lists = request.get_all(header::IF_NONE_MATCH).iter();
        let tags = lists.filter_map(|list| list.to_str().ok()).flat_map(|list| list.split(','));
        // Weak comparison (RFC 9110, section 13.1.2).
        let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
        let own = opaque(self.etag.to_str().unwrap_or_default());
        tags.map(opaque).any(|tag| tag == "*" || tag == own)
    }

    fn response(&self, request: &HeaderMap) -> Response {
        let mut headers = HeaderMap::new();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(header::ETAG, self.etag.clone());
        let json = HeaderValue::from_static("application/json");
        if self.matches(request) {
            headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
        headers.insert(header::CONTENT_TYPE, json);
        if content_negotiation::accepts(request, &header::ACCEPT_ENCODING, "gzip") {
            headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            return (headers, self.gzip.clone()).into_response();
        }
        (headers, self.identity.clone()).into_response()
    }
}

/// The document, encoded on the first request.
type Shared = Arc<LazyLock<Result<Encoded, String>, Encode>>;

/// Encodes the document.
type Encode = Box<dyn FnOnce() -> Result<Encoded, String> + Send>;

/// The route.
pub fn routes(document: OpenApi) -> Router {
    let encode = move || Encoded::new(&document).map_err(|error| error.to_string());
    let shared: Shared = Arc::new(LazyLock::new(Box::new(encode)));
    Router::new().route("/openapi.json", get(show)).with_state(shared)
}

async fn show(State(shared): State<Shared>, request: HeaderMap) -> Response {
    match LazyLock::force(&shared) {
        Ok(encoded) => encoded.response(&request),
        Err(error) => {
            tracing::error!(error.cause = error, "the OpenAPI document cannot be serialized");
            error_responses::internal_error().into_response()
        }
    }
}
