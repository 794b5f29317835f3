//! Errors of documents and operations that are not executed.

use async_graphql::{Name, ServerError, Value};

/// A limit that a request exceeds.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// Name of the limit, such as `depth`.
    pub name: &'static str,
    /// The maximum.
    pub maximum: usize,
    /// The value of the request, reported up to 2147483647.
    pub reached: usize,
}

impl Limit {
    /// The value of `extensions.limit` of an error.
    pub fn value(self) -> Value {
        let number = |it: usize| Value::from(i32::try_from(it).unwrap_or(i32::MAX));
        Value::Object(
            [
                (Name::new("name"), Value::from(self.name)),
                (Name::new("maximum"), number(self.maximum)),
                (Name::new("reached"), number(self.reached)),
            ]
            .into(),
        )
    }
}

/// The error of a request that exceeds a limit.
#[derive(Debug)]
pub struct LimitExceeded {
    /// The code of the error.
    pub code: &'static str,
    /// The message, with the maximum and the value reached.
    pub message: String,
    /// The limit.
    pub limit: Limit,
}

impl LimitExceeded {
    /// The error of `limit`; `what` completes "the request has 50 …".
    pub fn new(code: &'static str, what: &str, limit: Limit) -> Self {
        let Limit { maximum, reached, .. } = limit;
        let reached = reached.min(i32::MAX as usize);
        let message = format!("the request has {reached} {what}; the maximum is {maximum}");
        Self { code, message, limit }
    }
}

/// The error of a document that cannot be executed.
#[derive(Debug)]
pub enum DocumentError {
    /// It exceeds a limit.
    LimitExceeded(LimitExceeded),
    /// It breaks a rule of the specification that neither the parser nor the engine checks.
    Invalid(String),
    /// It is not GraphQL.
    Syntax(Box<ServerError>),
}

impl DocumentError {
    /// The error of a document that breaks a rule.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::Invalid(message.into())
    }
}

impl From<LimitExceeded> for DocumentError {
    fn from(error: LimitExceeded) -> Self {
        Self::LimitExceeded(error)
    }
}

/// Rejects a request that is too complex.
pub fn check(
    name: &'static str,
    what: &str,
    reached: usize,
    maximum: usize,
) -> Result<(), LimitExceeded> {
    check_with("QUERY_TOO_COMPLEX", what, Limit { name, maximum, reached })
}

/// Rejects a request that is nested too deeply.
pub fn check_depth(
    name: &'static str,
    what: &str,
    reached: usize,
    maximum: usize,
) -> Result<(), LimitExceeded> {
    check_with("QUERY_TOO_DEEP", what, Limit { name, maximum, reached })
}

fn check_with(code: &'static str, what: &str, limit: Limit) -> Result<(), LimitExceeded> {
    if limit.reached > limit.maximum {
        return Err(LimitExceeded::new(code, what, limit));
    }
    Ok(())
}
