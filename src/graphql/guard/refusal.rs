//! Refusals of the guard: each names the limit, its value, and what was reached.

use async_graphql::{Name, Value};

/// A limit that a request goes beyond.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// Its name, such as `depth`.
    pub name: &'static str,
    /// Its value.
    pub maximum: usize,
    /// What the request comes to; at most 2147483647 is reported.
    pub reached: usize,
}

impl Limit {
    /// As `extensions.limit` of an error.
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

/// A document or an operation that is not executed.
#[derive(Debug)]
pub struct Refusal {
    /// The code of the error.
    pub code: &'static str,
    /// The reason: the limit, its value and what was reached.
    pub message: String,
    /// The limit, if that is the reason.
    pub limit: Option<Limit>,
}

impl Refusal {
    /// A document that is no valid one.
    pub fn wrong(message: impl Into<String>) -> Self {
        Self { code: "BAD_USER_INPUT", message: message.into(), limit: None }
    }

    /// A limit that is exceeded; `what` completes "the operation has 50 …".
    pub fn over(code: &'static str, what: &str, limit: Limit) -> Self {
        let Limit { maximum, reached, .. } = limit;
        let reached = reached.min(i32::MAX as usize);
        let message = format!("the request has {reached} {what}; the maximum is {maximum}");
        Self { code, message, limit: Some(limit) }
    }
}

/// Refuses a request that is too complex.
pub fn within(
    name: &'static str,
    what: &str,
    reached: usize,
    maximum: usize,
) -> Result<(), Refusal> {
    let limit = Limit { name, maximum, reached };
    if reached > maximum { Err(Refusal::over("QUERY_TOO_COMPLEX", what, limit)) } else { Ok(()) }
}

/// Refuses a request that is too deep.
pub fn within_depth(
    name: &'static str,
    what: &str,
    reached: usize,
    maximum: usize,
) -> Result<(), Refusal> {
    let limit = Limit { name, maximum, reached };
    if reached > maximum { Err(Refusal::over("QUERY_TOO_DEEP", what, limit)) } else { Ok(()) }
}
