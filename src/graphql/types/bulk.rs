//! Results of bulk operations.

use async_graphql::{Enum, ID, Object};

use super::error_enums::{ConflictReason, ErrorCode};
use crate::domain::bulk::{ItemResult, Outcome};
use crate::error::Error;

/// Outcomes of the items of a bulk operation. In a dry run, the outcome that the operation would have.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub enum BulkOutcome {
    /// The object was changed.
    Changed,
    /// The object was in the requested state already.
    Unchanged,
    /// The change was rejected with an error; the object is unchanged.
    Rejected,
    /// A fault of the server left it unknown if the object was changed; repeat the operation.
    Unconfirmed,
    /// The operation ended before this object, because of its time limit or because the service was
    /// unavailable; the object is unchanged.
    NotReached,
}

/// Result of a bulk operation for one object.
pub struct BulkResult(pub ItemResult);

/// Result of a bulk operation for one object.
#[Object]
impl BulkResult {
    /// ID of the object.
    async fn id(&self) -> ID {
        ID::from(&self.0.id)
    }

    /// Outcome for the object.
    async fn outcome(&self) -> BulkOutcome {
        match self.0.outcome {
            Outcome::Changed => BulkOutcome::Changed,
            Outcome::Unchanged => BulkOutcome::Unchanged,
            Outcome::Rejected(_) => BulkOutcome::Rejected,
            Outcome::Unconfirmed(_) => BulkOutcome::Unconfirmed,
            Outcome::NotReached => BulkOutcome::NotReached,
        }
    }

    /// Error that the single operation would have for the object; null unless the outcome is `REJECTED`
    /// or `UNCONFIRMED`.
    async fn error(&self) -> Option<BulkError<'_>> {
        match &self.0.outcome {
            Outcome::Rejected(error) | Outcome::Unconfirmed(error) => Some(BulkError(error)),
            Outcome::Changed | Outcome::Unchanged | Outcome::NotReached => None,
        }
    }
}

/// The error of one object.
pub struct BulkError<'a>(&'a Error);

/// Error of a bulk operation for one object.
#[Object]
impl BulkError<'_> {
    /// Code of the error.
    async fn code(&self) -> ErrorCode {
        match self.0 {
            Error::Unauthenticated => ErrorCode::Unauthenticated,
            Error::Forbidden { .. } => ErrorCode::Forbidden,
            Error::NotFound(_) => ErrorCode::NotFound,
            Error::Invalid(_) => ErrorCode::BadUserInput,
            Error::Conflict { .. } => ErrorCode::Conflict,
            Error::RateLimited => ErrorCode::RateLimited,
            Error::Unavailable(_) => ErrorCode::Unavailable,
            Error::Internal(_) => ErrorCode::Internal,
        }
    }

    /// Human-readable description of the error.
    async fn message(&self) -> String {
        self.0.to_string()
    }

    /// Reason of the conflict; null unless the code is `CONFLICT`.
    async fn reason(&self) -> Option<ConflictReason> {
        match self.0 {
            Error::Conflict { reason, .. } => Some((*reason).into()),
            _ => None,
        }
    }

    /// Permission that the caller lacks; null unless the code is `FORBIDDEN`.
    async fn permission(&self) -> Option<&'static str> {
        match self.0 {
            Error::Forbidden { permission, .. } => Some(permission),
            _ => None,
        }
    }
}
