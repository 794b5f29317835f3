//! Assertions as they are sent: `client_assertion` and its type (RFC 7521, section 4.2).

use super::error::Error;
use super::form::Form;
use crate::app::App;
use crate::domain::credentials::{Assertion, Flaw};

/// The one type that is taken (RFC 7523, section 2.2).
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// What a form holds.
pub enum Sent {
    /// An assertion, or why it proves nothing.
    Assertion(Result<Assertion, Flaw>),
    /// An assertion of a type that is not supported.
    OtherType,
}

/// The assertion in a form; nothing, if the form has none.
pub fn read(app: &App, form: &Form) -> Result<Option<Sent>, Error> {
    match (form.get("client_assertion_type"), form.get("client_assertion")) {
        (None, None) => Ok(None),
        (Some(JWT_BEARER), Some(text)) => {
            let assertion = Assertion::read(app, text);
            same_client(form, &assertion)?;
            Ok(Some(Sent::Assertion(assertion)))
        }
        // An authentication method that is not supported (RFC 6749, section 5.2).
        (Some(_), Some(_)) => Ok(Some(Sent::OtherType)),
        _ => Err(Error::InvalidRequest("client_assertion goes with client_assertion_type")),
    }
}

/// `client_id` is not needed, but must not say otherwise (RFC 7521, section 4.2).
fn same_client(form: &Form, assertion: &Result<Assertion, Flaw>) -> Result<(), Error> {
    match (form.get("client_id"), assertion) {
        (Some(id), Ok(assertion)) if id != assertion.client_id() => {
            Err(Error::InvalidRequest("two different client ids"))
        }
        _ => Ok(()),
    }
}
