//! `GET /openapi.json`: the document, serialized once.

use std::fmt::Write;

use aws_lc_rs::digest::{SHA256, digest};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use utoipa::openapi::OpenApi;

/// The document as it is sent.
#[derive(Clone)]
struct Served {
    body: Bytes,
    etag: HeaderValue,
}

impl Served {
    fn new(document: &OpenApi) -> Result<Self, Box<dyn std::error::Error>> {
        let body = Bytes::from(document.to_json()?);
        let mut etag = String::from("\"");
        for byte in &digest(&SHA256, &body).as_ref()[..16] {
            write!(etag, "{byte:02x}")?;
        }
        Ok(Self { etag: HeaderValue::try_from(etag + "\"")?, body })
    }
}

/// The route.
pub fn routes(document: &OpenApi) -> Router {
    match Served::new(document) {
        Ok(served) => Router::new().route("/openapi.json", get(show)).with_state(served),
        Err(error) => {
            tracing::error!(error.cause = %error, "the OpenAPI document cannot be serialized");
            Router::new()
        }
    }
}

async fn show(State(Served { body, etag }): State<Served>, headers: HeaderMap) -> Response {
    let known = headers.get_all(header::IF_NONE_MATCH).iter();
    let known = known.filter_map(|list| list.to_str().ok()).flat_map(|list| list.split(','));
    // Compared weakly, as RFC 9110, section 13.1.2 asks for.
    let known = known.map(|tag| tag.trim()).map(|tag| tag.strip_prefix("W/").unwrap_or(tag));
    let is_known = known.into_iter().any(|tag| tag == "*" || tag.as_bytes() == etag.as_bytes());
    let headers =
        [(header::ETAG, etag), (header::CACHE_CONTROL, HeaderValue::from_static("no-cache"))];
    if is_known {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    let json = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    (headers, json, body).into_response()
}
