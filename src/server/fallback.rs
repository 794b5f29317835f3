//! Responses of no surface: unknown paths and wrong methods, requests that take too long, and
//! panics. Each surface has its own words for the latter two.

use std::any::Any;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::{Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;

use crate::http::body;
use crate::rest::Failure;

/// The longest time that a request may take, where it is cut at all.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// A fault of ours, in the words of a surface.
pub type Words = fn() -> Response;

/// The requests that are cut at the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// All of them.
    All,
    /// GET, HEAD and OPTIONS. What other methods do may be committed by then, and its response, with
    /// a secret that is shown once, would be lost: each of their waits has a limit of its own.
    Reads,
}

impl Cut {
    fn includes(self, method: &Method) -> bool {
        self == Self::All || method.is_safe()
    }
}

/// 404.
pub async fn not_found() -> Response {
    Failure::new(StatusCode::NOT_FOUND, "NOT_FOUND", "no such path").into_response()
}

/// 405; the router adds `Allow`.
pub async fn method_not_allowed() -> Response {
    let message = "the path does not support this method";
    Failure::new(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", message).into_response()
}

/// 503, for whatever takes too long.
pub fn late() -> Response {
    let message = "the request took too long; try again in a moment";
    Failure::new(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", message).into_response()
}

/// 500.
pub fn broken() -> Response {
    let message = "internal server error";
    Failure::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", message).into_response()
}

/// Bounds the time in which the body of a request to `routes` arrives, and the time of the requests
/// that are `cut`; responds also when one panics.
pub fn guard(routes: Router, cut: Cut, late: Words, broken: Words) -> Router {
    let in_time = move |request: Request, next: Next| async move {
        let is_cut = cut.includes(request.method());
        let (parts, body) = request.into_parts();
        let (body, arrival) = body::in_time(body);
        let work = next.run(Request::from_parts(parts, body));
        let response = if is_cut {
            tokio::time::timeout(REQUEST_TIMEOUT, work).await.ok()
        } else {
            Some(work.await)
        };
        // Nothing is done before the body was read, so nothing is lost with the surface's response
        // to a body that broke off.
        response.filter(|_| !arrival.is_late()).unwrap_or_else(late)
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
    use axum::routing::any;
    use futures_util::stream;
    use tower::ServiceExt;

    use super::*;

    const LATE: [(Words, &str); 3] = [
        (late, r#""code":"UNAVAILABLE""#),
        (crate::oauth::unavailable, r#""error":"temporarily_unavailable""#),
        (crate::graphql::late, r#"{"errors":[{""#),
    ];

    async fn send(routes: Router, request: Request) -> (Response, String) {
        let response = routes.oneshot(request).await.expect("a response");
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, 1_000).await.expect("a short body");
        (Response::from_parts(parts, Body::empty()), String::from_utf8_lossy(&body).into_owned())
    }

    fn request(method: Method, body: Body) -> Request {
        Request::builder().method(method).uri("/").body(body).expect("a request")
    }

    /// A body whose chunks arrive with so many seconds between them.
    fn slow(chunks: usize, seconds: u64) -> Body {
        Body::from_stream(stream::unfold(0, move |sent| async move {
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            (sent < chunks).then_some((Ok::<_, std::io::Error>("{}"), sent + 1))
        }))
    }

    /// Reads the body, then takes a minute.
    fn slow_work() -> Router {
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
    async fn a_request_that_takes_too_long_is_answered_in_the_words_of_its_surface() {
        for (late, words) in LATE {
            for (cut, method) in
                [(Cut::All, Method::GET), (Cut::All, Method::POST), (Cut::Reads, Method::GET)]
            {
                let routes = guard(slow_work(), cut, late, broken);
                let (response, body) = send(routes, request(method, Body::empty())).await;
                assert_eq!(
                    (response.status().as_u16(), &response.headers()[header::RETRY_AFTER]),
                    (503, &"1".parse().expect("a value"))
                );
                assert!(body.contains(words), "{body}");
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_write_is_answered_however_long_it_takes_once_its_body_was_read() {
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            for body in [Body::empty(), Body::from("{}"), slow(9, 2)] {
                let routes = guard(slow_work(), Cut::Reads, late, broken);
                let (response, body) = send(routes, request(method.clone(), body)).await;
                assert_eq!((response.status().as_u16(), body.as_str()), (201, "the secret"));
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_does_not_arrive_in_time_is_answered_in_the_words_of_its_surface() {
        for (late, words) in LATE {
            for (cut, body) in [(Cut::All, slow(usize::MAX, 2)), (Cut::Reads, slow(1, 3_600))] {
                let (begun, routes) =
                    (tokio::time::Instant::now(), guard(slow_work(), cut, late, broken));
                let (response, body) = send(routes, request(Method::POST, body)).await;
                assert_eq!(response.status(), 503, "{body}");
                assert!(body.contains(words), "{body}");
                assert_eq!(begun.elapsed().as_secs(), 20);
            }
        }
    }

    #[tokio::test]
    async fn a_panic_is_answered_and_shows_nothing_from_inside() {
        let routes = Router::new().route("/", any(async || -> () { panic!("from inside") }));
        let routes = guard(routes, Cut::Reads, late, broken);
        let (response, body) = send(routes, request(Method::POST, Body::empty())).await;
        assert_eq!(response.status(), 500);
        assert!(body.contains("INTERNAL") && !body.contains("inside"), "{body}");
    }
}
