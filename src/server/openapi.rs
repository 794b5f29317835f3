//! The OpenAPI document of the REST and OAuth endpoints, generated from their handlers, and its HTML page.

mod document;
mod examples;
mod headers;

use axum::Router;
use axum::middleware::map_response;
use axum::response::Response;
use utoipa::OpenApi as _;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{
    ClientCredentials, Flow, Http, HttpAuthScheme, HttpBuilder, OAuth2, Scopes, SecurityScheme,
};
use utoipa::openapi::{OpenApi, ServerBuilder};
use utoipa_axum::router::OpenApiRouter;
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::authz::PermissionSet;
use crate::http::pages;
use crate::{oauth, rest};

/// Content security policy of the page: it only loads its own files.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

/// The parts of the document that belong to no handler.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Postern",
        description = "Service accounts of an organization, their credentials, and OAuth 2.0 access tokens for them.\n\nGet an access token with `POST /oauth/token` and send it in the header `Authorization: Bearer`. Errors are `{message, code, status}`, with the invalid `field`, the missing `permission` or the `reason` of a conflict where one applies; errors of the OAuth endpoints follow RFC 6749, section 5.2. Absent values are left out of responses. Members that only the server sets, such as `id` and `created_at`, are ignored in requests, so that a resource can be sent back as it was read. Unknown members are rejected, and so are `disabled_at` and `retires_at`, which only the operations disable, enable and rotation change.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    components(schemas(rest::ErrorBody, oauth::ErrorBody)),
    security(("bearer" = []), ("client_credentials" = [])),
    tags(
        (name = "Service accounts", description = "Service accounts of an organization: machine identities with roles."),
        (name = "Credentials", description = "Credentials of service accounts: OAuth clients with a secret or a public key, and their rotation."),
        (name = "APIs", description = "APIs that access tokens can be issued for, and grants of their scopes to service accounts."),
        (name = "Organizations", description = "Organizations, which are tenants, with their roles and audit events."),
        (name = "OAuth", description = "Access tokens: issue, introspection, revocation, and the keys that verify them."),
    ),
)]
struct Document;

/// The OpenAPI document of an installation with the base URL `issuer`.
#[must_use]
pub fn document(issuer: &str) -> OpenApi {
    let mut document = OpenApiRouter::with_openapi(Document::openapi())
        .merge(rest::routes())
        .merge(oauth::routes())
        .into_openapi();
    document.servers = Some(vec![ServerBuilder::new().url(issuer).build()]);
    let components = document.components.get_or_insert_default();
    for (name, scheme) in schemes(issuer) {
        components.add_security_scheme(name, scheme);
    }
    headers::add(&mut document);
    examples::add(&mut document);
    document
}

/// The operations of a path.
fn operations(path: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, post, put, patch, delete, .. } = path;
    [get, post, put, patch, delete].into_iter().flatten()
}

/// The security schemes: an access token, the client credentials grant, and HTTP Basic for the token
/// endpoint.
fn schemes(issuer: &str) -> [(&'static str, SecurityScheme); 3] {
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some("Access token of `POST /oauth/token`."))
        .build();
    let scopes = PermissionSet::all().names().into_iter().map(|name| {
        (name.to_owned(), format!("Permission {name}, if the service account holds it."))
    });
    let flow = ClientCredentials::new(format!("{issuer}/oauth/token"), Scopes::from_iter(scopes));
    [
        ("bearer", SecurityScheme::Http(bearer)),
        (
            "client_credentials",
            SecurityScheme::OAuth2(OAuth2::new([Flow::ClientCredentials(flow)])),
        ),
        ("client_secret_basic", SecurityScheme::Http(Http::new(HttpAuthScheme::Basic))),
    ]
}

/// `/openapi.json` and `/docs`.
pub fn routes(issuer: &str) -> Router {
    let config = Config::from("/openapi.json").use_base_layout().validator_url("none");
    let page = Router::from(SwaggerUi::new("/docs").config(config)).layer(map_response(confine));
    document::routes(document(issuer)).merge(page)
}

async fn confine(page: Response) -> Response {
    pages::with_content_security_policy(POLICY, page)
}
