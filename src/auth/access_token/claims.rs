//! Claims of access tokens (RFC 9068, section 2.2).

use entity::{OrganizationId, ServiceAccountId};
use serde::{Deserialize, Serialize};

/// The claims of an access token.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claims {
    /// The issuer.
    pub iss: String,
    /// The id of the service account.
    pub sub: ServiceAccountId,
    /// The client id that it was issued to.
    pub client_id: String,
    /// The audience.
    pub aud: Audience,
    /// When it expires, in seconds since 1970.
    pub exp: i64,
    /// When it was issued, in seconds since 1970.
    pub iat: i64,
    /// The id of the token.
    pub jti: String,
    /// The id of the organization.
    pub org: OrganizationId,
    /// Its scope, if it is restricted to one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// The generation of the credential's tokens that it belongs to; absent: the first.
    #[serde(default, rename = "gen", skip_serializing_if = "is_first")]
    pub generation: i32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_first(generation: &i32) -> bool {
    *generation == 0
}

/// The audience of a token (RFC 7519, section 4.1.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Audience {
    /// One API, or Postern itself.
    One(String),
    /// Several APIs.
    Several(Vec<String>),
}

impl Audience {
    /// Whether it is `audience` alone.
    #[must_use]
    pub fn is(&self, audience: &str) -> bool {
        matches!(self, Self::One(one) if one == audience)
    }

    /// Each of them.
    #[must_use]
    pub fn each(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Several(several) => several,
        }
    }
}
