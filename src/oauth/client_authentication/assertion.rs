//! The parameters `client_assertion` and `client_assertion_type` (RFC 7521, section 4.2).

use crate::app::App;
use crate::auth::{Assertion, InvalidReason};
use crate::oauth::error::Error;
use crate::oauth::form::Form;

/// The one supported type (RFC 7523, section 2.2).
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The assertion of a form.
pub enum Presented {
    /// An assertion, or the reason why it is invalid.
    Assertion(Result<Assertion, InvalidReason>),
    /// An assertion of a type that is not supported.
    OtherType,
}

/// The assertion of a form; `None` if the form has none.
pub fn read(app: &App, form: &Form) -> Result<Option<Presented>, Error> {
    match (form.get("client_assertion_type"), form.get("client_assertion")) {
        (None, None) => Ok(None),
        (Some(JWT_BEARER), Some(text)) => {
            let assertion = app.auth.read_assertion(text);
            check_client_id(form, &assertion)?;
            Ok(Some(Presented::Assertion(assertion)))
        }
        // An authentication method that is not supported (RFC 6749, section 5.2).
        (Some(_), Some(_)) => Ok(Some(Presented::OtherType)),
        _ => Err(Error::InvalidRequest(
            "client_assertion and client_assertion_type must be sent together",
        )),
    }
}

/// Rejects a `client_id` that differs from the assertion (RFC 7521, section 4.2).
fn check_client_id(form: &Form, assertion: &Result<Assertion, InvalidReason>) -> Result<(), Error> {
    match (form.get("client_id"), assertion) {
        (Some(id), Ok(assertion)) if id != assertion.client_id() => {
            Err(Error::InvalidRequest("client_id must equal the subject of client_assertion"))
        }
        _ => Ok(()),
    }
}
