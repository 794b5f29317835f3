//! Rotations in bodies.

use chrono::{DateTime, Utc};
use entity::{CredentialId, credential};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::context::OpContext;
use crate::domain::credentials::rotation::{self, Start, State};
use crate::rest::credentials::examples;
use crate::rest::credentials::views::Credential;
use crate::rest::text;
use crate::rest::time::Timestamp;

/// The rotation to start.
#[derive(Default, Deserialize, ToSchema)]
#[schema(example = json!({
    "overlap": 86400,
    "name": "Production 2",
    "expires_at": "2027-05-25T08:00:00Z",
}))]
#[serde(deny_unknown_fields)]
pub struct StartRotation {
    /// Time for which both credentials are valid, in seconds: 0 to 7776000 (90 days). Default:
    /// 604800, a week.
    #[schema(minimum = 0, maximum = 7776000, example = 86400)]
    overlap: Option<i64>,
    #[schema(schema_with = text::optional_name)]
    name: Option<String>,
    #[schema(schema_with = text::inherited_description)]
    description: Option<String>,
    /// Time at which the new credential expires: no later than the old one. Default: with the old
    /// one.
    expires_at: Option<Timestamp>,
    #[schema(schema_with = text::public_key)]
    public_key: Option<String>,
}

impl From<StartRotation> for Start {
    fn from(body: StartRotation) -> Self {
        Self {
            overlap: body.overlap,
            name: body.name,
            description: body.description,
            expires_at: body.expires_at.map(|at| at.0),
            public_key: body.public_key,
        }
    }
}

/// The rotation to cancel.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelRotation {
    /// Whether to cancel it although the new credential was used within 24 hours. Default: false.
    #[schema(example = false)]
    force: Option<bool>,
}

impl CancelRotation {
    pub fn force(&self) -> bool {
        self.force.unwrap_or_default()
    }
}

/// A rotation that was cancelled.
#[derive(Serialize, ToSchema)]
pub struct CancelledRotation {
    /// The old credential, which does not retire any more.
    pub credential: Credential,
    /// Id of the new credential, which was deleted.
    #[schema(value_type = String, pattern = "^c[a-z0-9]{25}$", example = "cz91n5b7vkq3w0m8x2t4y6hjdr")]
    pub deleted_id: CredentialId,
}

/// State of a rotation.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum RotationState {
    /// Both credentials are valid.
    Overlapping,
    /// The old credential is refused.
    Retired,
}

/// The replacement of a credential by another.
#[derive(Serialize, ToSchema)]
#[schema(example = examples::rotation)]
pub struct CredentialRotation {
    /// State: `overlapping` while both credentials are valid, `retired` when the old one is refused.
    state: RotationState,
    /// Time of the start.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    started_at: Option<Timestamp>,
    /// Time at which the old credential retires, or retired.
    retires_at: Timestamp,
    /// Id of the credential that replaces it; absent if that was deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false, pattern = "^c[a-z0-9]{25}$", example = "cz91n5b7vkq3w0m8x2t4y6hjdr")]
    replaced_by: Option<CredentialId>,
    /// Number of tokens that were issued to the old credential since the start.
    #[schema(example = 3, minimum = 0)]
    token_count: i64,
    /// Time at which a token was last issued to the old credential; absent if none ever was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    last_used_at: Option<Timestamp>,
    /// IP address that the old credential was last used from.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "10.1.2.3")]
    last_source_address: Option<String>,
    /// Whether the old credential can be revoked without cutting off a client: it is refused already
    /// or was never used; or it was not used within 24 hours, and the new one was used since.
    #[schema(example = false)]
    safe_to_revoke: bool,
}

impl CredentialRotation {
    pub fn of(
        op: &OpContext,
        row: credential::Model,
        state: State,
        retires_at: DateTime<Utc>,
        successor: Option<credential::Model>,
    ) -> Self {
        Self {
            state: match state {
                State::Overlapping => RotationState::Overlapping,
                State::Retired => RotationState::Retired,
            },
            safe_to_revoke: rotation::is_safe_to_revoke(&row, successor.as_ref(), op.now()),
            started_at: row.rotation_began_at.map(Timestamp),
            retires_at: Timestamp(retires_at),
            replaced_by: successor.map(|it| it.id),
            token_count: row.token_count - row.tokens_before_rotation.unwrap_or_default(),
            last_used_at: row.last_used_at.map(Timestamp),
            last_source_address: row.last_source_address,
        }
    }
}
