//! The files of GraphiQL: embedded into the binary, or at the CDN.

use axum::Router;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::http::{content_negotiation, pages};

/// The CDN of all npm packages; what a package holds is served there byte for byte.
const CDN: &str = "https://cdn.jsdelivr.net/npm/";

/// The content changes only together with the URL.
const FOREVER: &str = "public, max-age=31536000, immutable";

/// All files, in the order in which the page loads them.
pub const FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/graphiql_files.rs"));

/// A file of an npm package.
pub struct File {
    name: &'static str,
    /// `package@version/path`.
    source: &'static str,
    integrity: &'static str,
    body: Option<Body>,
}

/// The content of an embedded file.
pub struct Body {
    plain: &'static [u8],
    gzip: &'static [u8],
}

/// Whether the page needs no foreign host.
pub fn are_embedded() -> bool {
    FILES.iter().all(|file| file.body.is_some())
}

/// The routes of the embedded files.
pub fn routes() -> Router {
    let embedded = FILES.iter().filter_map(|file| Some((file, file.body.as_ref()?)));
    embedded.fold(Router::new(), |routes, (file, body)| {
        let serve = move |headers: HeaderMap| async move { body.response(file, &headers) };
        routes.route(&file.url(), get(serve))
    })
}

impl File {
    const fn new(
        name: &'static str,
        source: &'static str,
        integrity: &'static str,
        body: Option<Body>,
    ) -> Self {
        Self { name, source, integrity, body }
    }

    /// Whether it is a style sheet; otherwise it is a script.
    pub fn is_style(&self) -> bool {
        self.name.ends_with(".css")
    }

    /// The URL that the page loads it from.
    pub fn url(&self) -> String {
        if self.body.is_none() {
            return format!("{CDN}{}", self.source);
        }
        let digest = self.integrity.trim_start_matches("sha384-");
        let digest = digest.get(..16).unwrap_or(digest).replace('/', "_").replace('+', "-");
        format!("/graphiql/assets/{digest}/{}", self.name)
    }

    /// The element that loads it.
    pub fn tag(&self) -> String {
        let (url, integrity) = (self.url(), self.integrity);
        // Subresource integrity works across origins only with CORS.
        let origin = if self.body.is_none() { r#" crossorigin="anonymous""# } else { "" };
        if self.is_style() {
            format!(r#"<link rel="stylesheet" href="{url}" integrity="{integrity}"{origin}>"#)
        } else {
            format!(r#"<script src="{url}" integrity="{integrity}"{origin}></script>"#)
        }
    }
}

impl Body {
    fn response(&self, file: &File, headers: &HeaderMap) -> Response {
        let content_type = if file.is_style() { pages::CSS } else { pages::JAVASCRIPT };
        let gzip = content_negotiation::accepts(headers, &header::ACCEPT_ENCODING, "gzip");
        let body = if gzip { self.gzip } else { self.plain };
        let mut response = pages::file(content_type, FOREVER, body).into_response();
        response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if gzip {
            let encoding = HeaderValue::from_static("gzip");
            response.headers_mut().insert(header::CONTENT_ENCODING, encoding);
        }
        response
    }
}
