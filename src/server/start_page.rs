//! Start page, for browsers.

use std::sync::LazyLock;

use axum::Router;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::response::Response;
use axum::routing::{any, get};

use super::error_responses;
use crate::http::{content_negotiation, pages};

/// Content security policy.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'none'";

const GRAPHIQL: &str =
    r#"<li><a href="/graphiql">GraphiQL</a> explore the GraphQL API and its schema</li>"#;

static WITHOUT_GRAPHIQL: LazyLock<String> = LazyLock::new(|| page(""));
static WITH_GRAPHIQL: LazyLock<String> = LazyLock::new(|| page(GRAPHIQL));

fn page(graphiql: &str) -> String {
    include_str!("start_page/page.html")
        .replace("<!-- graphiql -->", graphiql)
        .replace("<!-- version -->", env!("CARGO_PKG_VERSION"))
}

/// Routes of the start page and its files.
pub fn routes(graphiql: bool) -> Router {
    let page = if graphiql { &WITH_GRAPHIQL } else { &WITHOUT_GRAPHIQL };
    let start =
        async move |method: Method, headers: HeaderMap| start(page, &method, &headers).await;
    let style = async || pages::file(pages::CSS, "no-cache", include_str!("start_page/page.css"));
    let icon = async || {
        let day = "public, max-age=86400";
        pages::file(pages::SVG, day, include_str!("start_page/icon.svg"))
    };
    Router::new()
        .route("/", any(start))
        .route("/start.css", get(style))
        .route("/icon.svg", get(icon))
        .route("/favicon.ico", get(icon))
}

/// The page for browsers, 404 for other clients.
async fn start(page: &'static str, method: &Method, headers: &HeaderMap) -> Response {
    let is_read = matches!(*method, Method::GET | Method::HEAD);
    let mut response =
        if is_read && content_negotiation::accepts(headers, &header::ACCEPT, "text/html") {
            pages::html(POLICY, page)
        } else {
            error_responses::not_found().await
        };
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept"));
    response
}
