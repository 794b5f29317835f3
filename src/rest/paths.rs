//! Path parameters. A segment that is not an id of its kind is 404, like an unknown id.

use std::str::FromStr;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use entity::{ApiId, CredentialId, ServiceAccountId};
use utoipa::{IntoParams, IntoResponses};

use super::error::Failure;
use super::responses::not_found;
use crate::error::{Error, Result};
use crate::http::openapi::Responses;

/// Defines the parameters of a path, their extractor, and the 404 response of its last segment.
macro_rules! path {
    ($(#[$doc:meta])* $name:ident {
        $($(#[$field:meta])* $segment:ident: $kind:ty = $noun:literal,)*
    }) => {
        $(#[$doc])*
        #[derive(IntoParams)]
        #[into_params(parameter_in = Path)]
        pub struct $name {
            /// Id or label of the organization.
            #[param(min_length = 1, max_length = 63, example = "acme")]
            pub organization_id: String,
            $($(#[$field])* pub $segment: $kind,)*
        }

        impl<S: Send + Sync> FromRequestParts<S> for $name {
            type Rejection = Failure;

            async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
                let segments = segments(parts).await?;
                Ok(Self {
                    organization_id: segment(&segments, "organization_id", "organization")?,
                    $($segment: segment(&segments, stringify!($segment), $noun)?,)*
                })
            }
        }

        impl IntoResponses for $name {
            fn responses() -> Responses {
                let nouns = ["organization", $($noun),*];
                not_found(nouns[nouns.len() - 1])
            }
        }
    };
}

path! {
    /// The path of an organization.
    OrganizationPath {}
}

path! {
    /// The path of a service account.
    ServiceAccountPath {
        /// Id of the service account.
        #[param(value_type = String, pattern = "^s[a-z0-9]{25}$", example = "sti0xl3pdebmarw96xyp2a9517")]
        service_account_id: ServiceAccountId = "service account",
    }
}

path! {
    /// The path of a credential.
    CredentialPath {
        /// Id of the service account.
        #[param(value_type = String, pattern = "^s[a-z0-9]{25}$", example = "sti0xl3pdebmarw96xyp2a9517")]
        service_account_id: ServiceAccountId = "service account",
        /// Id of the credential.
        #[param(value_type = String, pattern = "^c[a-z0-9]{25}$", example = "c8k2v0q4mzt1x7h5nw3yb6jdrp")]
        credential_id: CredentialId = "credential",
    }
}

path! {
    /// The path of a role of a service account.
    RolePath {
        /// Id of the service account.
        #[param(value_type = String, pattern = "^s[a-z0-9]{25}$", example = "sti0xl3pdebmarw96xyp2a9517")]
        service_account_id: ServiceAccountId = "service account",
        /// Label or id of the role.
        #[param(min_length = 1, max_length = 63, example = "org_viewer")]
        role: String = "role",
    }
}

path! {
    /// The path of a role of an organization.
    OrganizationRolePath {
        /// Label or id of the role.
        #[param(min_length = 1, max_length = 63, example = "credential-rotator")]
        role: String = "role",
    }
}

path! {
    /// The path of an API.
    ApiPath {
        /// Id of the API.
        #[param(value_type = String, pattern = "^p[a-z0-9]{25}$", example = "p7m1c4x9q2w8f0k5t3z6v1n0bd")]
        api_id: ApiId = "API",
    }
}

path! {
    /// The path of the scopes of an API that are granted to a service account.
    ApiGrantPath {
        /// Id of the service account.
        #[param(value_type = String, pattern = "^s[a-z0-9]{25}$", example = "sti0xl3pdebmarw96xyp2a9517")]
        service_account_id: ServiceAccountId = "service account",
        /// Id of the API.
        #[param(value_type = String, pattern = "^p[a-z0-9]{25}$", example = "p7m1c4x9q2w8f0k5t3z6v1n0bd")]
        api_id: ApiId = "API",
    }
}

/// A path that is not UTF-8 is 404.
async fn segments(parts: &mut Parts) -> Result<RawPathParams> {
    let segments = RawPathParams::from_request_parts(parts, &()).await;
    segments.map_err(|_| Error::NotFound("organization"))
}

fn segment<T: FromStr>(segments: &RawPathParams, name: &str, noun: &'static str) -> Result<T> {
    let value = segments.iter().find_map(|(key, value)| (key == name).then_some(value));
    value.and_then(|value| value.parse().ok()).ok_or(Error::NotFound(noun))
}
