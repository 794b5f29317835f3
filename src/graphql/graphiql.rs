//! GraphiQL, to explore the schema in a browser: its files, the page, and the page's own scripts.

mod files;

use std::sync::LazyLock;

use axum::Router;
use axum::response::Response;
use axum::routing::get;

use crate::http::pages;
use files::FILES;

/// The page's own files. Those of GraphiQL are in [`files`].
const OWN: &[(&str, &str, &str)] = &[
    ("/graphiql/page.css", pages::CSS, include_str!("graphiql/page.css")),
    ("/graphiql/page.js", pages::JAVASCRIPT, include_str!("graphiql/page.js")),
    ("/graphiql/event-stream.js", pages::JAVASCRIPT, include_str!("graphiql/event-stream.js")),
    ("/graphiql/examples.js", pages::JAVASCRIPT, include_str!("graphiql/examples.js")),
    ("/graphiql/fetcher.js", pages::JAVASCRIPT, include_str!("graphiql/fetcher.js")),
    ("/graphiql/sign-in.js", pages::JAVASCRIPT, include_str!("graphiql/sign-in.js")),
    ("/graphiql/storage.js", pages::JAVASCRIPT, include_str!("graphiql/storage.js")),
];

// GraphiQL sets style attributes through the CSSOM, which no policy restricts. It injects one style
// element, the same whenever a dialog opens (to lock scrolling), which is allowed by its hash.

/// The content security policy with embedded files.
const EMBEDDED: &str = "default-src 'none'; script-src 'self'; \
    style-src 'self' 'sha256-nzTgYzXYDNe6BAHiiI7NNlfK8n/auuOAhh2t92YvuXo='; \
    font-src data:; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; \
    frame-ancestors 'none'";

/// The content security policy with files of the CDN.
const WITH_CDN: &str = "default-src 'none'; script-src 'self' https://cdn.jsdelivr.net/npm/; \
    style-src 'self' https://cdn.jsdelivr.net/npm/ \
    'sha256-nzTgYzXYDNe6BAHiiI7NNlfK8n/auuOAhh2t92YvuXo='; \
    font-src data:; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; \
    frame-ancestors 'none'";

/// Shown where the files are not embedded.
const NOTICE: &str = r#"<p id="notice">GraphiQL is loaded from a public CDN; build with <code>.ci/graphiql-assets</code> to embed it.</p>"#;

static PAGE: LazyLock<String> = LazyLock::new(|| {
    let tags = |style| {
        let files = FILES.iter().filter(|file| file.is_style() == style);
        files.map(files::File::tag).collect::<Vec<_>>().join("\n    ")
    };
    include_str!("graphiql/page.html")
        .replace("<!-- styles -->", &tags(true))
        .replace("<!-- scripts -->", &tags(false))
        .replace("<!-- notice -->", if files::are_embedded() { "" } else { NOTICE })
});

/// The routes of the page and of everything that it loads.
pub fn routes() -> Router {
    let routes = Router::new().route("/graphiql", get(page)).merge(files::routes());
    OWN.iter().fold(routes, |routes, &(path, content_type, body)| {
        routes.route(path, get(async move || pages::file(content_type, "no-cache", body)))
    })
}

async fn page() -> Response {
    let policy = if files::are_embedded() { EMBEDDED } else { WITH_CDN };
    pages::html(policy, PAGE.as_str())
}
