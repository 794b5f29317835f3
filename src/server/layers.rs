//! Layer around all routes: request id, access log, CORS and security headers. One layer instead of
//! four, as each costs allocations per request.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::access_log::AccessLog;
use super::cors::Cors;
use super::security_headers::SecurityHeaders;
use crate::config::ServerConfig;
use crate::http::request_id::RequestId;

/// State of the layer.
#[derive(Clone)]
pub struct Layers(Arc<Shared>);

struct Shared {
    cors: Cors,
    security_headers: SecurityHeaders,
}

impl Layers {
    pub fn new(settings: &ServerConfig) -> Self {
        let (cors, security_headers) = (Cors::new(settings), SecurityHeaders::new(settings));
        Self(Arc::new(Shared { cors, security_headers }))
    }
}

/// The layer.
pub async fn apply(
    State(Layers(shared)): State<Layers>,
    mut request: Request,
    next: Next,
) -> Response {
    let id = RequestId::assign(&mut request);
    let access_log = AccessLog::new(&request, &id);
    let cors = shared.cors.evaluate(&request);
    let is_cacheable = SecurityHeaders::is_cacheable(request.uri().path());
    let mut response = if cors.is_preflight {
        access_log.record(async { StatusCode::NO_CONTENT.into_response() }).await
    } else {
        access_log.record(next.run(request)).await
    };
    let headers = response.headers_mut();
    cors.add_to(headers);
    shared.security_headers.add_to(headers, is_cacheable);
    id.add_to(headers);
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

    use super::super::{error_responses, panics};
    use super::*;
    use crate::config::Config;
    use crate::http::request_id;

    #[tokio::test]
    async fn the_response_after_a_panic_has_all_headers() {
        let origin = "https://app.example.com";
        let config = Config::load(None, [], &[("cors_origins", origin)]).expect("settings");
        let routes = Router::new().route("/", get(async || -> () { panic!("from inside") }));
        let layer = from_fn_with_state(Layers::new(&config.server), apply);
        let routes = panics::catch(routes, error_responses::internal_error).layer(layer);
        let request = Request::get("/").header("origin", origin).body(Body::empty());
        let response = routes.oneshot(request.expect("a request")).await.expect("a response");
        assert_eq!(response.status(), 500);
        assert_eq!(response.headers()[header::ACCESS_CONTROL_ALLOW_ORIGIN], origin);
        for name in [header::X_CONTENT_TYPE_OPTIONS, header::CACHE_CONTROL, request_id::HEADER] {
            assert!(response.headers().contains_key(&name), "{name}");
        }
    }
}
