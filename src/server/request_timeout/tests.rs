use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::routing::any;
use futures_util::stream;
use tokio::time::Instant;
use tower::ServiceExt;

use super::super::error_responses::timed_out;
use super::*;
use crate::http::body;

/// The error response of a surface, and a part of its body.
type Surface = (fn() -> Response, &'static str);

const SURFACES: [Surface; 3] = [
    (timed_out, r#""code":"UNAVAILABLE""#),
    (crate::oauth::unavailable, r#""error":"temporarily_unavailable""#),
    (crate::graphql::timed_out, r#"{"errors":[{""#),
];

async fn send(routes: Router, method: Method, body: Body) -> (Response, String) {
    let request = Request::builder().method(method).uri("/").body(body).expect("a request");
    let response = routes.oneshot(request).await.expect("a response");
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, 1_000).await.expect("a short body");
    (Response::from_parts(parts, Body::empty()), String::from_utf8_lossy(&body).into_owned())
}

/// A body whose chunks arrive at an interval in seconds.
fn slow_body(chunks: usize, interval: u64) -> Body {
    Body::from_stream(stream::unfold(0, move |sent| async move {
        tokio::time::sleep(Duration::from_secs(interval)).await;
        (sent < chunks).then_some((Ok::<_, std::io::Error>("{}"), sent + 1))
    }))
}

/// Reads the body, then takes a minute.
fn slow_routes() -> Router {
    let work = async |request: Request| {
        if body::read(request.into_body(), 100).await.is_err() {
            return (StatusCode::BAD_REQUEST, "unreadable");
        }
        tokio::time::sleep(Duration::from_secs(60)).await;
        (StatusCode::CREATED, "the secret")
    };
    Router::new().route("/", any(work))
}

#[tokio::test(start_paused = true)]
async fn a_request_beyond_its_time_limit_has_the_error_response_of_its_surface() {
    for (timed_out, expected) in SURFACES {
        for (scope, method) in [
            (Scope::AllMethods, Method::GET),
            (Scope::AllMethods, Method::POST),
            (Scope::SafeMethods, Method::GET),
        ] {
            let routes = apply(slow_routes(), scope, timed_out);
            let (response, body) = send(routes, method, Body::empty()).await;
            assert_eq!(response.status(), 503);
            assert_eq!(response.headers()[header::RETRY_AFTER], "1");
            assert!(body.contains(expected), "{body}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_with_a_complete_body_has_no_time_limit() {
    for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
        for body in [Body::empty(), Body::from("{}"), slow_body(9, 2)] {
            let routes = apply(slow_routes(), Scope::SafeMethods, timed_out);
            let (response, body) = send(routes, method.clone(), body).await;
            assert_eq!((response.status().as_u16(), body.as_str()), (201, "the secret"));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_beyond_its_time_limit_has_the_error_response_of_its_surface() {
    for (timed_out, expected) in SURFACES {
        for (scope, body) in [
            (Scope::AllMethods, slow_body(usize::MAX, 2)),
            (Scope::SafeMethods, slow_body(1, 3_600)),
        ] {
            let started = Instant::now();
            let routes = apply(slow_routes(), scope, timed_out);
            let (response, body) = send(routes, Method::POST, body).await;
            assert_eq!(response.status(), 503, "{body}");
            assert!(body.contains(expected), "{body}");
            assert_eq!(started.elapsed().as_secs(), 20);
        }
    }
}
