//! Time limits of requests: the arrival of the body, and the request as a whole.

#[cfg(test)]
mod tests;

use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::Method;
use axum::middleware::{self, Next};
use axum::response::Response;

use super::body_timeout;

/// Time limit of a request.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// The methods whose requests have a time limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    AllMethods,
    /// GET, HEAD and OPTIONS. The change of another method may be committed by then, and its
    /// response, with a secret that is shown once, would be lost. Each wait within has its own limit.
    SafeMethods,
}

impl Scope {
    fn includes(self, method: &Method) -> bool {
        self == Self::AllMethods || method.is_safe()
    }
}

/// The routes, with `timed_out` as the response to a request that exceeds a limit. The limit of the
/// body applies to all methods.
pub fn apply(routes: Router, scope: Scope, timed_out: fn() -> Response) -> Router {
    routes.layer(middleware::from_fn(move |request: Request, next: Next| async move {
        let is_limited = scope.includes(request.method());
        let (parts, body) = request.into_parts();
        let (body, body_timeout) = body_timeout::apply(body);
        let work = next.run(Request::from_parts(parts, body));
        let response = if is_limited {
            tokio::time::timeout(REQUEST_TIMEOUT, work).await.ok()
        } else {
            Some(work.await)
        };
        // No change begins before the body is complete, so the response to an incomplete body can
        // be replaced.
        response.filter(|_| !body_timeout.is_elapsed()).unwrap_or_else(timed_out)
    }))
}
