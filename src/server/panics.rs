//! Responses after a panic.

use std::any::Any;

use axum::Router;
use axum::response::Response;
use tower_http::catch_panic::CatchPanicLayer;

/// The routes, with `internal_error` as the response to a request that panics.
pub fn catch(routes: Router, internal_error: fn() -> Response) -> Router {
    routes.layer(CatchPanicLayer::custom(move |panic: Box<dyn Any + Send>| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or_default();
        tracing::error!(error.cause = text, "request panicked");
        internal_error()
    }))
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::extract::Request;
    use axum::routing::any;
    use tower::ServiceExt;

    use super::super::error_responses::internal_error;
    use super::*;

    #[tokio::test]
    async fn the_response_after_a_panic_does_not_contain_its_message() {
        let routes = Router::new().route("/", any(async || -> () { panic!("from inside") }));
        let request = Request::post("/").body(Body::empty()).expect("a request");
        let response = catch(routes, internal_error).oneshot(request).await.expect("a response");
        assert_eq!(response.status(), 500);
        let body = axum::body::to_bytes(response.into_body(), 1_000).await.expect("a short body");
        let body = String::from_utf8_lossy(&body);
        assert!(body.contains("INTERNAL") && !body.contains("inside"), "{body}");
    }
}
