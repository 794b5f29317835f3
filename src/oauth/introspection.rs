//! `POST /oauth/introspect`: whether a token is good right now, and what it says (RFC 7662).

use axum::extract::{Request, State};
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, OneOfBuilder, Schema, Type};

use super::client_authentication::AuthenticatedRequest;
use super::error::Error;
use super::form::{AboutToken, Accepted};
use super::responses::{Faults, RefusedAboutToken, answer};
use crate::app::App;
use crate::auth::ClientInfo;
use crate::auth::{Audience, Claims};
use crate::authz::Scopes;
use crate::domain::apis;

/// What is known of a token (RFC 7662, section 2.2).
#[derive(Default, Serialize, ToSchema)]
#[schema(example = json!({
    "active": true,
    "iss": "https://postern.example.com",
    "sub": "sti0xl3pdebmarw96xyp2a9517",
    "client_id": "svfV9ibqCbm8tB15SdaiE",
    "aud": "https://postern.example.com",
    "exp": 1795597200,
    "iat": 1795593600,
    "jti": "q3w0m8x2t4y6hjdrz91n5b7vk",
    "org": "o5x1c9m2w7f0k3t8q4z6v1n0bd",
    "token_type": "Bearer",
}))]
pub struct Introspection {
    /// Whether it is good right now. If not, nothing else is told.
    active: bool,
    /// Our issuer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    iss: Option<String>,
    /// The id of the service account.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    sub: Option<String>,
    /// The client id that it was issued to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    client_id: Option<String>,
    /// Whom it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    #[schema(schema_with = audience)]
    aud: Option<Audience>,
    /// When it ends, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    exp: Option<i64>,
    /// When it was issued, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    iat: Option<i64>,
    /// Its own id.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    jti: Option<String>,
    /// The id of the organization.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    org: Option<String>,
    /// What it was narrowed to, where it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    scope: Option<String>,
    /// `Bearer`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    token_type: Option<&'static str>,
}

/// One, or several.
fn audience() -> Schema {
    let one = || ObjectBuilder::new().schema_type(Type::String);
    let either = OneOfBuilder::new().item(one()).item(ArrayBuilder::new().items(one()));
    Schema::OneOf(either.description(Some("Whom it is for: one, or several.")).build())
}

/// Introspect a token
///
/// Whether a token of the client's own organization is good right now, and what it says
/// (RFC 7662); of the scope of a token for an API, what is still granted. Of any other token nothing is
/// told but that it is not active. The client proves itself as at `POST /oauth/token`.
#[utoipa::path(
    post, path = "/oauth/introspect", operation_id = "introspect_token", tag = "OAuth",
    security((), ("client_secret_basic" = [])),
    request_body(content = AboutToken, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "What is known of it.", body = Introspection), RefusedAboutToken, Faults),
)]
pub async fn introspect(State(app): State<App>, client: ClientInfo, request: Request) -> Response {
    answer(told(&app, client, request).await)
}

async fn told(app: &App, client: ClientInfo, request: Request) -> Result<Introspection, Error> {
    let request = AuthenticatedRequest::read(app, &client, request, Accepted::Token).await?;
    let Some(valid) = request.valid_token(app).await? else { return Ok(Introspection::default()) };
    let mut told = Introspection::of(valid.claims());
    // What narrows the credential by now narrows its tokens, too.
    let restrictions = &valid.client.credential.restrictions;
    told.scope = match told.scope {
        Some(scope) => Some(restrictions.reduce(Scopes::split(&scope)).to_string()),
        None => restrictions.scopes.as_ref().map(ToString::to_string),
    };
    let Claims { aud, sub, org, .. } = valid.claims();
    if aud.is(&app.config.audience) {
        return Ok(told);
    }
    // For an API, what is still granted there counts: here, as at our own surfaces, nobody goes on
    // with what was revoked.
    let scope = told.scope.clone().unwrap_or_default();
    let left = apis::still_granted(app.db.reader(), org, sub, aud.each(), &scope).await?;
    Ok(left.map_or_else(Introspection::default, |left| Introspection {
        scope: Some(left.to_string()),
        ..told
    }))
}

impl Introspection {
    fn of(claims: &Claims) -> Self {
        let claims = claims.clone();
        Self {
            active: true,
            iss: Some(claims.iss),
            sub: Some(claims.sub.to_string()),
            client_id: Some(claims.client_id),
            aud: Some(claims.aud),
            exp: Some(claims.exp),
            iat: Some(claims.iat),
            jti: Some(claims.jti),
            org: Some(claims.org.to_string()),
            scope: claims.scope,
            token_type: Some("Bearer"),
        }
    }
}
