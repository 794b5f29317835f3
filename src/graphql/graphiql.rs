//! GraphiQL, to explore the schema by hand. The page loads pinned versions from a CDN, and a
//! script of ours; nothing else may run on it.

use axum::http::header;
use axum::response::IntoResponse;

const POLICY: &str = "default-src 'none'; script-src 'self' https://cdn.jsdelivr.net; \
    style-src 'self' 'unsafe-inline' https://cdn.jsdelivr.net; font-src data: https://cdn.jsdelivr.net; \
    img-src 'self' data:; connect-src 'self' https://cdn.jsdelivr.net; worker-src blob:; base-uri 'none'; \
    form-action 'self'; frame-ancestors 'none'";

/// The page.
pub async fn page() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (headers, include_str!("graphiql/page.html"))
}

/// The script that puts it together.
pub async fn script() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, include_str!("graphiql/graphiql.js"))
}
