//! The end of an operation.

use crate::error::{Error, Result};
use crate::graphql::engine::errors;
use crate::graphql::http::body::json_body;
use crate::graphql::http::endpoint::NotExecuted;
use crate::graphql::http::response::OperationResponse;
use crate::graphql::http::streams::outlet::{Closed, Frame};

/// The end of an operation.
pub enum End {
    /// With a list of errors.
    Errors(Vec<u8>),
    /// Because the token of the caller is not valid.
    Unauthenticated,
    /// Because the connection is closed.
    Closed,
    /// A failure of the database, after which a subscription continues.
    Interrupted(Error),
}

impl End {
    /// The end of an operation that panicked, so that its client does not wait for it.
    pub fn panicked() -> Self {
        tracing::error!("operation panicked");
        Self::from(Error::internal("a panic"))
    }

    /// The end with the errors of a response.
    pub fn of_response(response: OperationResponse) -> Self {
        Self::Errors(or_internal_error(response.into_errors()))
    }
}

impl From<Closed> for End {
    fn from(_: Closed) -> Self {
        Self::Closed
    }
}

impl From<NotExecuted> for End {
    fn from(error: NotExecuted) -> Self {
        Self::Errors(errors_of(error))
    }
}

impl From<Error> for End {
    fn from(error: Error) -> Self {
        match error {
            Error::Unauthenticated => Self::Unauthenticated,
            error @ Error::Unavailable(_) => Self::Interrupted(error),
            error => Self::Errors(errors_of_domain(error)),
        }
    }
}

/// The last frame of an operation; `None` if its connection is closed.
pub fn frame(result: Result<(), End>) -> Option<Frame> {
    Some(match result {
        Ok(()) => Frame::Complete,
        Err(End::Errors(errors)) => Frame::Errors(errors),
        Err(End::Interrupted(error)) => Frame::Errors(errors_of_domain(error)),
        Err(End::Unauthenticated) => Frame::Unauthenticated,
        Err(End::Closed) => return None,
    })
}

/// The list of errors of an operation that is not executed.
pub fn errors_of(error: NotExecuted) -> Vec<u8> {
    or_internal_error(match error {
        NotExecuted::Rejected(error) => json_body(&[error.value()]),
        NotExecuted::Invalid(errors) => OperationResponse::not_executed(errors).into_errors(),
    })
}

fn errors_of_domain(error: Error) -> Vec<u8> {
    errors_of(NotExecuted::Invalid(vec![errors::of_domain(error)]))
}

fn or_internal_error(body: Result<Vec<u8>>) -> Vec<u8> {
    body.unwrap_or_else(|error| {
        error.log();
        br#"[{"message":"internal server error","extensions":{"code":"INTERNAL"}}]"#.to_vec()
    })
}
