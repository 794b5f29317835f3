//! The errors of operations, without anything of a surface: no HTTP, no JSON, no GraphQL.
//!
//! The text of an [`Error`] is for the caller. The cause of a fault is for the log alone, by
//! [`std::error::Error::source`].

mod conflict;
mod fields;
mod transient;

use sea_orm::DbErr;

use crate::authz::Denial;
pub use conflict::Reason;
pub use fields::{FieldError, Fields};
use transient::{DbErrorClass, DiskError};

/// The cause of a fault of the server: for the log, never for a caller.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// The result of an operation.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An operation that was rejected or that failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The access token is missing, invalid or no longer active.
    #[error("a valid access token is required")]
    Unauthenticated,
    /// The caller may read the resource, but lacks a permission for the operation.
    #[error("{message}")]
    Forbidden {
        /// Name of the required permission.
        permission: &'static str,
        /// The rule that denies it.
        denial: Denial,
        /// Text for a person.
        message: String,
    },
    /// The resource of this kind does not exist, or the caller may not read it.
    #[error("no such {0}")]
    NotFound(&'static str),
    /// At least one input is invalid.
    #[error("{}", fields::message(.0))]
    Invalid(Vec<FieldError>),
    /// The request conflicts with the resource's current state.
    #[error("{message}")]
    Conflict {
        /// Reason for a program.
        reason: Reason,
        /// Text for a person.
        message: String,
    },
    /// Too many failed authentication attempts; nothing was verified.
    #[error("too many failed authentication attempts; try again in a moment")]
    RateLimited,
    /// A temporary fault: the database is not available, or the load is too high.
    #[error("the service is temporarily unavailable; try again in a moment")]
    Unavailable(#[source] Cause),
    /// A fault of the server that a retry does not mend.
    #[error("internal server error")]
    Internal(#[source] Cause),
}

impl Error {
    /// The input at `path` is invalid: names in snake case and positions in lists, with dots
    /// between them, such as `restrictions.addresses.2`.
    pub fn invalid(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError { path: path.into(), message: message.into() }])
    }

    /// A conflict with the state of a resource.
    pub fn conflict(reason: Reason, message: impl Into<String>) -> Self {
        Self::Conflict { reason, message: message.into() }
    }

    /// A fault of the server.
    pub fn internal(cause: impl Into<Cause>) -> Self {
        Self::Internal(cause.into())
    }

    /// The same error for another caller that waited for the same work.
    #[must_use]
    pub fn again(&self) -> Self {
        match self {
            Self::Unauthenticated => Self::Unauthenticated,
            Self::Forbidden { permission, denial, message } => {
                Self::Forbidden { permission, denial: *denial, message: message.clone() }
            }
            Self::NotFound(noun) => Self::NotFound(noun),
            Self::Invalid(fields) => Self::Invalid(fields.clone()),
            Self::Conflict { reason, message } => {
                Self::Conflict { reason: *reason, message: message.clone() }
            }
            Self::RateLimited => Self::RateLimited,
            Self::Unavailable(cause) => Self::Unavailable(cause.to_string().into()),
            Self::Internal(cause) => Self::Internal(cause.to_string().into()),
        }
    }

    /// The code that every surface shows, in upper snake case.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden { .. } => "FORBIDDEN",
            Self::NotFound(_) => "NOT_FOUND",
            Self::Invalid(_) => "BAD_USER_INPUT",
            Self::Conflict { .. } => "CONFLICT",
            Self::RateLimited => "RATE_LIMITED",
            Self::Unavailable(_) => "UNAVAILABLE",
            Self::Internal(_) => "INTERNAL",
        }
    }

    /// Logs a fault of the server with its cause; errors of the caller are not logged. The surface that
    /// responds calls this once.
    pub fn log(&self) {
        match self {
            Self::Unavailable(cause) if cause.is::<DiskError>() => {
                tracing::error!(error.cause = %cause, "unavailable");
            }
            Self::Unavailable(cause) => tracing::warn!(error.cause = %cause, "unavailable"),
            Self::Internal(cause) => tracing::error!(error.cause = %cause, "internal error"),
            _ => {}
        }
    }
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        match transient::classify(error) {
            DbErrorClass::Disk(error) => Self::Unavailable(error.into()),
            DbErrorClass::Transient(error) => Self::Unavailable(error.into()),
            DbErrorClass::Permanent(error) => Self::internal(error),
        }
    }
}
