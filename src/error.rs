//! What can go wrong, blind to the surface that reports it.
//!
//! The text of an [`Error`] is what a stranger may read. Its cause, where there is one, is for
//! the log: it is reached by [`std::error::Error::source`] only.

mod conflict;
mod fields;
mod transient;

use axum::http::StatusCode;
use sea_orm::DbErr;

pub use conflict::Reason;
pub use fields::{FieldError, Fields};
use transient::{DbErrorClass, DiskError};

/// The cause of an error of ours: for the log, never for a caller.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// The result of an operation.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No caller, or one that is not known any more.
    #[error("present a valid access token first")]
    Unauthenticated,
    /// The caller may read the thing but not do this to it.
    #[error("{message}")]
    Forbidden {
        /// The name of the permission that the operation asks for.
        permission: &'static str,
        /// What is missing.
        message: String,
    },
    /// There is no such thing, or the caller may not know that there is.
    #[error("no such {0}")]
    NotFound(&'static str),
    /// At least one input is invalid.
    #[error("{}", fields::message(.0))]
    Invalid(Vec<FieldError>),
    /// The request conflicts with the resource's current state.
    #[error("{message}")]
    Conflict {
        /// The rule that forbids it, for a program.
        reason: Reason,
        /// The same for a person.
        message: String,
    },
    /// There were too many failed attempts, and nothing was tried.
    #[error("too many failed attempts; try again in a moment")]
    RateLimited,
    /// Not now: the database is away, or there is too much to do.
    #[error("the service cannot answer right now; try again in a moment")]
    Unavailable(#[source] Cause),
    /// Our fault.
    #[error("something went wrong on our side")]
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

    /// Our fault.
    pub fn internal(cause: impl Into<Cause>) -> Self {
        Self::Internal(cause.into())
    }

    /// The same error for another caller that waited for the same work.
    #[must_use]
    pub fn again(&self) -> Self {
        match self {
            Self::Unauthenticated => Self::Unauthenticated,
            Self::Forbidden { permission, message } => {
                Self::Forbidden { permission, message: message.clone() }
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

    /// The HTTP status, where the surface has one for each error.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::Forbidden { .. } => StatusCode::FORBIDDEN,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::Invalid(_) => StatusCode::BAD_REQUEST,
            Self::Conflict { .. } => StatusCode::CONFLICT,
            Self::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Writes a fault of ours to the log, with its cause; a caller's mistake is not logged.
    /// To be called once, by the surface that answers.
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
