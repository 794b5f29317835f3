//! `application/x-www-form-urlencoded`, read strictly: a form that can be read in two ways is
//! refused (RFC 6749, section 3.2 and appendix B).

use std::collections::HashMap;

use axum::body::Body;
use axum::http::{HeaderMap, header};
use serde::Deserialize;
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::error::Error;
use crate::http::body::{self, Unread};
use crate::http::form_encoding;

/// The largest body that is read.
const MAX_BODY: usize = 16 * 1024;

/// The parameters of RFC 6749 and RFC 7521, none of which may come twice; all others are ignored.
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

/// What a token is asked for with.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({
    "grant_type": "client_credentials",
    "client_id": "svfV9ibqCbm8tB15SdaiE",
    "client_secret": "psk_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "scope": "service_accounts:read service_accounts:list",
}))]
pub struct TokenRequest {
    /// `client_credentials`.
    #[schema(value_type = String, pattern = "^client_credentials$", example = "client_credentials")]
    grant_type: Option<Zeroizing<String>>,
    /// The client id, where it is not in HTTP Basic.
    #[schema(value_type = String, required = false, example = "svfV9ibqCbm8tB15SdaiE")]
    client_id: Option<Zeroizing<String>>,
    /// The client secret, where it is not in HTTP Basic.
    #[schema(value_type = String, required = false)]
    client_secret: Option<Zeroizing<String>>,
    /// What to narrow the token to, with spaces between them; without it, a token for Postern itself
    /// may do what the roles of the account hold at the time of use, and one for APIs what is granted
    /// there now.
    #[schema(value_type = String, required = false, max_length = 4096, example = "service_accounts:read service_accounts:list")]
    scope: Option<Zeroizing<String>>,
    /// Identifiers of the APIs that the token is for (RFC 8707), at most 10, in a form each as a
    /// parameter of its own; none for Postern itself.
    #[serde(default)]
    #[schema(value_type = Vec<String>, required = false, max_items = 10, example = json!(["https://api.example.com"]))]
    resource: Resources,
    /// What `client_assertion` is: `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`.
    #[schema(value_type = String, required = false, pattern = "^urn:ietf:params:oauth:client-assertion-type:jwt-bearer$", example = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")]
    client_assertion_type: Option<Zeroizing<String>>,
    /// Instead of a secret: a JWT that is signed with the client's key (RFC 7523), by ES256, EdDSA,
    /// PS256 or RS256. Its `iss` and `sub` are the client id, its `aud` is the issuer alone, its `jti`
    /// is used once, and its `exp` is at most 300 seconds from now.
    #[schema(value_type = String, required = false, max_length = 8192, example = "eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9…")]
    client_assertion: Option<Zeroizing<String>>,
}

/// `resource` in JSON: a text, or several.
#[derive(Default, Deserialize)]
#[serde(untagged)]
enum Resources {
    #[default]
    None,
    One(String),
    Several(Vec<String>),
}

impl Resources {
    /// An empty value counts as absent.
    fn list(self) -> Vec<String> {
        let all = match self {
            Self::None => Vec::new(),
            Self::One(one) => vec![one],
            Self::Several(several) => several,
        };
        all.into_iter().filter(|it| !it.is_empty()).collect()
    }
}

/// What is asked about a token (RFC 7662, section 2.1; RFC 7009, section 2.1).
#[derive(ToSchema)]
#[schema(example = json!({
    "token": "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFUzI1NiIsImtpZCI6…",
    "client_id": "svfV9ibqCbm8tB15SdaiE",
    "client_secret": "psk_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
}))]
#[expect(dead_code, reason = "it describes what a form holds")]
pub struct AboutToken {
    /// The token.
    token: String,
    /// `access_token`; there are no others here.
    #[schema(required = false)]
    token_type_hint: Option<String>,
    /// The client id, where it is not in HTTP Basic.
    #[schema(required = false)]
    client_id: Option<String>,
    /// The client secret, where it is not in HTTP Basic.
    #[schema(required = false)]
    client_secret: Option<String>,
    /// What `client_assertion` is: `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`.
    #[schema(required = false)]
    client_assertion_type: Option<String>,
    /// Instead of a secret: a JWT that is signed with the client's key, as at `POST /oauth/token`.
    #[schema(required = false, max_length = 8192)]
    client_assertion: Option<String>,
}

/// What a body may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accepted {
    /// A form.
    Form,
    /// A form, or a [`TokenRequest`] in JSON.
    FormOrJson,
    /// A form that is about a token: [`AboutToken`].
    Token,
}

impl Accepted {
    /// The parameters that are read, none of which may come twice.
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

/// The parameters that were sent with a value.
#[derive(Default)]
pub struct Form {
    /// Those that may come once.
    single: HashMap<&'static str, Zeroizing<String>>,
    /// Whom the token is to be for (RFC 8707, section 2): this one may come again and again.
    pub resources: Vec<String>,
}

impl Form {
    /// Reads the body of a request.
    pub async fn read(headers: &HeaderMap, body: Body, accepted: Accepted) -> Result<Self, Error> {
        let json = accepted == Accepted::FormOrJson && body::is_json(headers);
        if !json && !is_form(headers) {
            return Err(Error::InvalidRequest(
                "the body must be application/x-www-form-urlencoded",
            ));
        }
        let body = body::read(body, MAX_BODY).await.map_err(|unread| match unread {
            Unread::TooLarge => Error::TooLarge,
            Unread::Broken => Error::InvalidRequest("the body could not be read"),
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
                return Err(Error::InvalidRequest("a parameter was sent twice"));
            }
        }
        Ok(form.of_values())
    }

    fn parse_json(body: &[u8]) -> Result<Self, Error> {
        let asked: TokenRequest = body::object(body)
            .map_err(|_| Error::InvalidRequest("the body is not a JSON object of texts"))?;
        let members = [
            ("grant_type", asked.grant_type),
            ("client_id", asked.client_id),
            ("client_secret", asked.client_secret),
            ("scope", asked.scope),
            ("client_assertion_type", asked.client_assertion_type),
            ("client_assertion", asked.client_assertion),
        ];
        let single = members.into_iter().filter_map(|(name, value)| Some((name, value?)));
        let form = Self { single: single.collect(), resources: asked.resource.list() };
        Ok(form.of_values())
    }

    /// An empty value counts as absent.
    fn of_values(mut self) -> Self {
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
