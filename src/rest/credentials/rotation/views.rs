//! Rotations in requests and responses.

use chrono::{DateTime, Utc};
use entity::{CredentialId, credential};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::context::OpContext;
use crate::domain::credentials::rotation::{self, StartInput, State};
use crate::rest::credentials::examples;
use crate::rest::credentials::views::Credential;
use crate::rest::schemas;
use crate::rest::timestamp::Timestamp;

/// The rotation to start.
#[derive(Default, Deserialize, ToSchema)]
#[schema(example = json!({
    "overlap": 86400,
    "name": "Production 2",
    "expires_at": "2027-05-25T08:00:00Z",
}))]
#[serde(deny_unknown_fields)]
pub struct StartRotation {
    /// Time in seconds during which both credentials are active: 0 to 7776000 (90 days). Absent or null:
    /// 604800 (7 days).
    #[schema(minimum = 0, maximum = 7776000, example = 86400)]
    overlap: Option<i64>,
    #[schema(schema_with = schemas::successor_name)]
    name: Option<String>,
    #[schema(schema_with = schemas::successor_description)]
    description: Option<String>,
    /// Time at which the credential expires, which must be in the future. It must not be later than the
    /// expiry of the old credential. Absent or null: the expiry of the old credential.
    expires_at: Option<Timestamp>,
    #[schema(schema_with = schemas::public_key)]
    public_key: Option<String>,
}

impl From<StartRotation> for StartInput {
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
    /// Cancellation although the new credential was used within 24 hours. Absent or null: false, and such
    /// a cancellation fails with 409 and the reason `CREDENTIAL_IN_USE`.
    #[schema(example = false)]
    force: Option<bool>,
}

impl CancelRotation {
    pub fn force(&self) -> bool {
        self.force.unwrap_or_default()
    }
}

/// The result of the cancellation of a rotation.
#[derive(Serialize, ToSchema)]
pub struct CancelledRotation {
    /// The old credential, which no longer retires.
    pub credential: Credential,
    /// Id of the deleted new credential.
    #[schema(value_type = String, pattern = "^c[a-z0-9]{25}$", example = "cz91n5b7vkq3w0m8x2t4y6hjdr")]
    pub deleted_id: CredentialId,
}

/// State of a rotation.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum RotationState {
    /// Both credentials are active.
    Overlapping,
    /// The old credential has retired and is rejected.
    Retired,
}

/// The replacement of a credential by a new one.
#[derive(Serialize, ToSchema)]
#[schema(example = examples::rotation)]
pub struct CredentialRotation {
    /// State of the rotation: `overlapping` while both credentials are active, `retired` once the old one
    /// is rejected.
    state: RotationState,
    /// Time at which the rotation started. Absent if it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    started_at: Option<Timestamp>,
    /// Time at which the credential retires or retired because of its rotation.
    retires_at: Timestamp,
    /// Id of the new credential. Absent if it was deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false, pattern = "^c[a-z0-9]{25}$", example = "cz91n5b7vkq3w0m8x2t4y6hjdr")]
    replaced_by: Option<CredentialId>,
    /// Number of access tokens issued to the credential. In a rotation, tokens of the old credential since
    /// the rotation started.
    #[schema(example = 3, minimum = 0)]
    token_count: i64,
    /// Time at which an access token was last issued to the credential. In a rotation, to the old
    /// credential. Absent if never.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    last_used_at: Option<Timestamp>,
    /// Client address of the last token request of the credential. In a rotation, of the old credential.
    /// Absent if there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "10.1.2.3")]
    last_source_address: Option<String>,
    /// True if no client depends on the old credential: it is already rejected or was never used, or it
    /// was not used within 24 hours and the new one was used since.
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
