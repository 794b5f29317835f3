//! What no surface answers: unknown paths and wrong methods, requests that take too long, and our
//! own panics. Each surface says the latter two in its own words.

use std::any::Any;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;

use crate::rest::Failure;

/// How long a request may take in all.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// A fault of ours, in the words of a surface.
pub type Words = fn() -> Response;

/// 404.
pub async fn not_found() -> Response {
    Failure::new(StatusCode::NOT_FOUND, "NOT_FOUND", "there is nothing at this path")
        .into_response()
}

/// 405; the router adds `Allow`.
pub async fn method_not_allowed() -> Response {
    let message = "this path does not take that method";
    Failure::new(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", message).into_response()
}

/// 503, for whatever takes too long.
pub fn late() -> Response {
    let message = "the request took too long; try again in a moment";
    Failure::new(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", message).into_response()
}

/// 500.
pub fn broken() -> Response {
    let message = "something went wrong on our side";
    Failure::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", message).into_response()
}

/// Bounds the time of each request to `routes`, and answers also when one panics.
pub fn guard(routes: Router, late: Words, broken: Words) -> Router {
    let in_time = move |request: Request, next: Next| async move {
        let answer = tokio::time::timeout(REQUEST_TIMEOUT, next.run(request)).await;
        answer.unwrap_or_else(|_| late())
    };
    routes.layer(middleware::from_fn(in_time)).layer(CatchPanicLayer::custom(
        move |what: Box<dyn Any + Send>| {
            let text = what.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| what.downcast_ref::<&str>().copied()).unwrap_or_default();
            tracing::error!(error.cause = text, "a request panicked");
            broken()
        },
    ))
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::header;
    use axum::routing::get;
    use tower::ServiceExt;

    use super::*;

    async fn ask(routes: Router, late: Words, broken: Words) -> (Response, String) {
        let request = Request::builder().uri("/").body(Body::empty()).expect("a request");
        let answer = guard(routes, late, broken).oneshot(request).await.expect("an answer");
        let (parts, body) = answer.into_parts();
        let body = axum::body::to_bytes(body, 1_000).await.expect("a short body");
        (Response::from_parts(parts, Body::empty()), String::from_utf8_lossy(&body).into_owned())
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_takes_too_long_is_answered_in_the_words_of_its_surface() {
        let stuck = || Router::new().route("/", get(std::future::pending::<()>));
        let (answer, body) = ask(stuck(), late, broken).await;
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()[header::RETRY_AFTER]),
            (503, &"1".parse().expect("a value"))
        );
        assert!(body.contains(r#""code":"UNAVAILABLE""#), "{body}");
        let (answer, body) = ask(stuck(), crate::oauth::unavailable, broken).await;
        assert_eq!(answer.status(), 503);
        assert!(body.contains(r#""error":"temporarily_unavailable""#), "{body}");
        let (answer, body) = ask(stuck(), crate::graphql::late, broken).await;
        assert_eq!(answer.status(), 503);
        assert!(body.starts_with(r#"{"errors":[{"#), "{body}");
    }

    #[tokio::test]
    async fn a_panic_is_answered_and_tells_nothing() {
        let routes = Router::new().route("/", get(async || -> () { panic!("from inside") }));
        let (answer, body) = ask(routes, late, broken).await;
        assert_eq!(answer.status(), 500);
        assert!(body.contains("INTERNAL") && !body.contains("inside"), "{body}");
    }
}
