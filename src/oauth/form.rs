//! Strict parser of `application/x-www-form-urlencoded`: ambiguous forms are rejected (RFC 6749,
//! section 3.2 and appendix B).

use std::collections::HashMap;

use axum::body::Body;
use axum::http::{HeaderMap, header};
use serde::Deserialize;
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::error::Error;
use crate::http::body::{self, Unread};
use crate::http::form_encoding;

/// Maximum size of a request body, in bytes.
const MAX_BODY: usize = 16 * 1024;

/// The parameters of RFC 6749 and RFC 7521, which must not be repeated. All others are ignored.
const PARAMETERS: [&str; 14] = [
    "client_assertion",
    "client_assertion_type",
    "client_id",
    "client_secret",
    "code",
    "error",
    "grant_type",
    "password",
    "redirect_uri",
    "refresh_token",
    "response_type",
    "scope",
    "state",
    "username",
];

/// A token request (RFC 6749, section 4.4.2).
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({
    "grant_type": "client_credentials",
    "client_id": "svfV9ibqCbm8tB15SdaiE",
    "client_secret": "psk_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "scope": "service_accounts:read service_accounts:list",
}))]
pub struct TokenRequest {
    /// Grant type (RFC 6749, section 4.4): always `client_credentials`.
    #[schema(value_type = String, pattern = "^client_credentials$", example = "client_credentials")]
    grant_type: Option<Zeroizing<String>>,
    /// OAuth client id. Absent with HTTP Basic or `client_assertion`, or equal to their client id.
    #[schema(value_type = String, required = false, example = "svfV9ibqCbm8tB15SdaiE")]
    client_id: Option<Zeroizing<String>>,
    /// OAuth client secret. Absent with HTTP Basic or `client_assertion`.
    #[schema(value_type = String, required = false)]
    client_secret: Option<Zeroizing<String>>,
    /// Space-separated scope of the token (RFC 6749, section 3.3), at most 200 values and 4096 characters,
    /// all of which the client must hold. Absent: a token for this server has the permissions that its
    /// service account holds at the time of use, a token for APIs has the scopes granted there now.
    #[schema(value_type = String, required = false, max_length = 4096, example = "service_accounts:read service_accounts:list")]
    scope: Option<Zeroizing<String>>,
    /// Identifiers of the APIs that the token is for (RFC 8707, section 2), at most 10. In a form, the
    /// parameter is repeated. Absent: this server.
    #[serde(default)]
    #[schema(value_type = Vec<String>, required = false, max_items = 10, example = json!(["https://api.example.com"]))]
    resource: Resources,
    /// Format of `client_assertion` (RFC 7521, section 4.2): always
    /// `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`. Required with `client_assertion`.
    #[schema(value_type = String, required = false, pattern = "^urn:ietf:params:oauth:client-assertion-type:jwt-bearer$", example = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")]
    client_assertion_type: Option<Zeroizing<String>>,
    /// JWT that authenticates the client instead of a secret (RFC 7523, section 2.2). It is signed with
    /// ES256, EdDSA, PS256 or RS256 by the private key of the client; `iss` and `sub` are the client id,
    /// `aud` is the issuer alone, `jti` is unique, and `exp` is at most 300 seconds in the future.
    #[schema(value_type = String, required = false, max_length = 8192, example = "eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9…")]
    client_assertion: Option<Zeroizing<String>>,
}

/// `resource` in JSON: a string or an array of strings.
#[derive(Default, Deserialize)]
#[serde(untagged)]
enum Resources {
    #[default]
    None,
    One(String),
    Several(Vec<String>),
}

impl Resources {
    /// Empty values count as absent.
    fn list(self) -> Vec<String> {
        let all = match self {
            Self::None => Vec::new(),
            Self::One(one) => vec![one],
            Self::Several(several) => several,
        };
        all.into_iter().filter(|it| !it.is_empty()).collect()
    }
}

/// An introspection or revocation request (RFC 7662, section 2.1; RFC 7009, section 2.1).
#[derive(ToSchema)]
#[schema(example = json!({
    "token": "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFUzI1NiIsImtpZCI6…",
    "client_id": "svfV9ibqCbm8tB15SdaiE",
    "client_secret": "psk_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
}))]
#[expect(dead_code, reason = "it documents the parameters of a form")]
pub struct AboutToken {
    /// Access token to introspect or revoke.
    token: String,
    /// Type of the token: only `access_token` is supported. The value is ignored.
    #[schema(required = false)]
    token_type_hint: Option<String>,
    /// OAuth client id. Absent with HTTP Basic or `client_assertion`, or equal to their client id.
    #[schema(required = false)]
    client_id: Option<String>,
    /// OAuth client secret. Absent with HTTP Basic or `client_assertion`.
    #[schema(required = false)]
    client_secret: Option<String>,
    /// Format of `client_assertion` (RFC 7521, section 4.2): always
    /// `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`. Required with `client_assertion`.
    #[schema(required = false)]
    client_assertion_type: Option<String>,
    /// JWT that authenticates the client instead of a secret (RFC 7523, section 2.2). The rules are those
    /// of `POST /oauth/token`.
    #[schema(required = false, max_length = 8192)]
    client_assertion: Option<String>,
}

/// The request bodies that an endpoint accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accepted {
    /// A form.
    Form,
    /// A form, or a [`TokenRequest`] in JSON.
    FormOrJson,
    /// An [`AboutToken`] form.
    Token,
}

impl Accepted {
    /// The supported parameters, which must not be repeated.
    fn parameters(self) -> &'static [&'static str] {
        match self {
            Self::Form | Self::FormOrJson => &PARAMETERS,
            Self::Token => &[
                "token",
                "token_type_hint",
                "client_id",
                "client_secret",
                "client_assertion",
                "client_assertion_type",
            ],
        }
    }
}

/// The parameters of a request that have a value.
#[derive(Default)]
pub struct Form {
    /// Parameters that must not be repeated.
    single: HashMap<&'static str, Zeroizing<String>>,
    /// Requested audiences (RFC 8707, section 2); `resource` may be repeated.
    pub resources: Vec<String>,
}

impl Form {
    /// Reads the body of a request.
    pub async fn read(headers: &HeaderMap, body: Body, accepted: Accepted) -> Result<Self, Error> {
        let json = accepted == Accepted::FormOrJson && body::is_json(headers);
        if !json && !is_form(headers) {
            return Err(Error::InvalidRequest(
                "the request body must be application/x-www-form-urlencoded",
            ));
        }
        let body = body::read(body, MAX_BODY).await.map_err(|unread| match unread {
            Unread::TooLarge => Error::TooLarge,
            Unread::Broken => Error::InvalidRequest("the request body could not be read"),
        })?;
        let body = Zeroizing::new(body);
        if json { Self::parse_json(&body) } else { Self::parse(&body, accepted) }
    }

    fn parse(body: &[u8], accepted: Accepted) -> Result<Self, Error> {
        let mut form = Self::default();
        for pair in form_encoding::pairs(body) {
            let (name, value) = pair?;
            if name.as_str() == "resource" && !value.is_empty() {
                form.resources.push(value.to_string());
            }
            let known = accepted.parameters().iter().find(|parameter| **parameter == name.as_str());
            if let Some(name) = known
                && form.single.insert(*name, value).is_some()
            {
                return Err(Error::InvalidRequest("a parameter must occur only once"));
            }
        }
        Ok(form.without_empty_values())
    }

    fn parse_json(body: &[u8]) -> Result<Self, Error> {
        let request: TokenRequest = body::object(body).map_err(|_| {
            Error::InvalidRequest("the request body must be a JSON object with string members")
        })?;
        let members = [
            ("grant_type", request.grant_type),
            ("client_id", request.client_id),
            ("client_secret", request.client_secret),
            ("scope", request.scope),
            ("client_assertion_type", request.client_assertion_type),
            ("client_assertion", request.client_assertion),
        ];
        let single = members.into_iter().filter_map(|(name, value)| Some((name, value?)));
        let form = Self { single: single.collect(), resources: request.resource.list() };
        Ok(form.without_empty_values())
    }

    /// Empty values count as absent.
    fn without_empty_values(mut self) -> Self {
        self.single.retain(|_, value| !value.is_empty());
        self
    }

    /// The value of a parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.single.get(name).map(|value| value.as_str())
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    let mut types = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(only), None) = (types.next(), types.next()) else { return false };
    let media_type = only.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
    media_type.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
}
