//! `POST /oauth/introspect`: the state and the claims of a token (RFC 7662).

use axum::extract::{Request, State};
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, OneOfBuilder, Schema, Type};

use super::client_authentication::AuthenticatedRequest;
use super::error::Error;
use super::form::{AboutToken, Accepted};
use super::responses::{ServerErrors, TokenOperationErrors, respond};
use crate::app::App;
use crate::auth::ClientInfo;
use crate::auth::{Audience, Claims};
use crate::authz::Scopes;
use crate::domain::apis;

/// The state and the claims of a token (RFC 7662, section 2.2).
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
    /// True if the token is valid now. All other members are absent if it is not.
    active: bool,
    /// Issuer of the token: `issuer` of the metadata (RFC 8414).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    iss: Option<String>,
    /// Subject of the token: the id of the service account.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    sub: Option<String>,
    /// OAuth client id. Identifies the credential that the token was issued to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    client_id: Option<String>,
    /// Audience of the token.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    #[schema(schema_with = audience)]
    aud: Option<Audience>,
    /// Expiry of the token, in seconds since 1970-01-01T00:00:00Z.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    exp: Option<i64>,
    /// Time at which the token was issued, in seconds since 1970-01-01T00:00:00Z.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    iat: Option<i64>,
    /// Unique id of the token.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    jti: Option<String>,
    /// Id of the organization of the service account.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    org: Option<String>,
    /// Space-separated scope of the token (RFC 6749, section 3.3). Absent: every permission that the service
    /// account holds at the time of use.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    scope: Option<String>,
    /// Type of the token (RFC 6750): always `Bearer`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    token_type: Option<&'static str>,
}

/// The schema of `aud`: one audience or several.
fn audience() -> Schema {
    let one = || ObjectBuilder::new().schema_type(Type::String);
    let either = OneOfBuilder::new().item(one()).item(ArrayBuilder::new().items(one()));
    Schema::OneOf(
        either
            .description(Some(
                "Audience of the token: this server, or the identifiers of one or several APIs.",
            ))
            .build(),
    )
}

/// Introspect a token
///
/// Returns the state and the claims of a token of the client's organization (RFC 7662). The scope of a
/// token for an API is reduced to the scopes that are still granted. For every other token, the response
/// contains only `"active": false`. The client authenticates as in `POST /oauth/token`.
#[utoipa::path(
    post, path = "/oauth/introspect", operation_id = "introspect_token", tag = "OAuth",
    security((), ("client_secret_basic" = [])),
    request_body(content = AboutToken, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "The state and the claims of the token.", body = Introspection), TokenOperationErrors, ServerErrors),
)]
pub async fn introspect(State(app): State<App>, client: ClientInfo, request: Request) -> Response {
    respond(introspection(&app, client, request).await)
}

async fn introspection(
    app: &App,
    client: ClientInfo,
    request: Request,
) -> Result<Introspection, Error> {
    let request = AuthenticatedRequest::read(app, &client, request, Accepted::Token).await?;
    let Some(valid) = request.valid_token(app).await? else { return Ok(Introspection::default()) };
    let mut introspection = Introspection::of(valid.claims());
    // The current restrictions of the credential also restrict its tokens.
    let restrictions = &valid.client.credential.restrictions;
    introspection.scope = match introspection.scope {
        Some(scope) => Some(restrictions.reduce(Scopes::split(&scope)).to_string()),
        None => restrictions.scopes.as_ref().map(ToString::to_string),
    };
    let Claims { aud, sub, org, .. } = valid.claims();
    if aud.is(&app.config.audience) {
        return Ok(introspection);
    }
    // A token for an API loses revoked scopes at once, like a token for this server.
    let scope = introspection.scope.clone().unwrap_or_default();
    let left = apis::remaining_scope(app.db.reader(), org, sub, aud.each(), &scope).await?;
    Ok(left.map_or_else(Introspection::default, |left| Introspection {
        scope: Some(left.to_string()),
        ..introspection
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
