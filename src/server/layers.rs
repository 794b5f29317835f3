//! What surrounds every request: its id, its line in the log, and the headers of every response. One
//! layer, as each costs every request some allocations.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::access_log::AccessLog;
use super::cors::Cors;
use super::security_headers::SecurityHeaders;
use crate::config::Front;
use crate::http::request_id::RequestId;

/// What is the same for all requests.
#[derive(Clone)]
pub struct Layers(Arc<Parts>);

struct Parts {
    cors: Cors,
    headers: SecurityHeaders,
}

impl Layers {
    pub fn new(settings: &Front) -> Self {
        let (cors, headers) = (Cors::new(settings), SecurityHeaders::new(settings));
        Self(Arc::new(Parts { cors, headers }))
    }
}

/// The layer.
pub async fn apply(
    State(Layers(parts)): State<Layers>,
    mut request: Request,
    next: Next,
) -> Response {
    let id = RequestId::give(&mut request);
    let line = AccessLog::of(&request, &id);
    let reader = parts.cors.reader(&request);
    let is_public = SecurityHeaders::is_public(request.uri().path());
    let mut response = if reader.is_preflight {
        line.write(async { StatusCode::NO_CONTENT.into_response() }).await
    } else {
        line.write(next.run(request)).await
    };
    let headers = response.headers_mut();
    reader.tell(headers);
    parts.headers.add(headers, is_public);
    id.tell(headers);
    response
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::http::header;
    use axum::middleware::from_fn_with_state;
    use axum::routing::get;
    use tower::ServiceExt;

    use super::super::fallback::{Cut, broken, guard, late};
    use super::*;
    use crate::config::Config;
    use crate::http::request_id;

    #[tokio::test]
    async fn the_response_after_a_panic_has_all_headers_too() {
        let origin = "https://app.example.com";
        let config = Config::load(None, [], &[("cors_origins", origin)]).expect("settings");
        let routes = Router::new().route("/", get(async || -> () { panic!("from inside") }));
        let layer = from_fn_with_state(Layers::new(&config.front), apply);
        let routes = guard(routes, Cut::All, late, broken).layer(layer);
        let request = Request::get("/").header("origin", origin).body(Body::empty());
        let response = routes.oneshot(request.expect("a request")).await.expect("a response");
        assert_eq!(response.status(), 500);
        assert_eq!(response.headers()[header::ACCESS_CONTROL_ALLOW_ORIGIN], origin);
        for name in [header::X_CONTENT_TYPE_OPTIONS, header::CACHE_CONTROL, request_id::HEADER] {
            assert!(response.headers().contains_key(&name), "{name}");
        }
    }
}
