//! Client authentication: by HTTP Basic, by a secret in the body or by an assertion, never by two
//! methods in one request (RFC 6749, section 2.3).

mod assertion;
mod authorization;
mod rejection;

use std::sync::Arc;

use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use zeroize::Zeroizing;

use super::error::Error;
use super::form::{Accepted, Form};
use crate::app::App;
use crate::auth::{
    ActiveClient, ActiveCredential, Assertion, AuthFailure, ClientInfo, InvalidReason, ValidToken,
};
use crate::error::Error as Fault;
use assertion::Presented;
use authorization::Authorization;

/// At most one method in a request (RFC 6749, section 2.3).
const MULTIPLE_METHODS: Error =
    Error::InvalidRequest("multiple client authentication methods in one request");

/// The client id and the authentication method of a request.
pub struct ClientAuthentication {
    /// The client id, as far as the request names one.
    client_id: Zeroizing<String>,
    method: AuthMethod,
    /// Whether the request uses HTTP Basic.
    basic: bool,
}

/// A client authentication method with its input.
enum AuthMethod {
    None,
    /// `client_secret_basic` or `client_secret_post`.
    Secret(Zeroizing<String>),
    /// `private_key_jwt`.
    Assertion(Box<Assertion>),
    /// `private_key_jwt` with an assertion that is invalid.
    InvalidAssertion(InvalidReason),
    Unsupported,
}

/// A request of an authenticated client.
pub struct AuthenticatedRequest {
    /// The client.
    pub client: ActiveClient,
    form: Form,
}

impl AuthenticatedRequest {
    /// Reads a request and authenticates its client.
    pub async fn read(
        app: &App,
        client: &ClientInfo,
        request: Request,
        accepted: Accepted,
    ) -> Result<Self, Error> {
        let (Parts { method, headers, .. }, body) = request.into_parts();
        if method != Method::POST {
            return Err(Error::MethodNotAllowed);
        }
        let form = Form::read(&headers, body, accepted).await?;
        let mut authentication = ClientAuthentication::read(app, &headers, &form)?;
        Ok(Self { client: authentication.authenticate(app, client).await?, form })
    }

    /// The token of the request, if it is valid and of the client's organization.
    pub async fn valid_token(&self, app: &App) -> Result<Option<ValidToken>, Error> {
        let token = self.form.get("token").ok_or(Error::InvalidRequest("token is required"))?;
        match app.auth.validate(token).await {
            Ok(valid) => {
                let own = valid.claims().org == self.client.credential.organization;
                Ok(own.then_some(valid))
            }
            Err(Fault::Unauthenticated) => Ok(None),
            Err(fault) => Err(fault.into()),
        }
    }
}

impl ClientAuthentication {
    /// Reads the client authentication from the header and the body, never from the query string.
    pub fn read(app: &App, headers: &HeaderMap, form: &Form) -> Result<Self, Error> {
        let other =
            headers.contains_key(header::AUTHORIZATION) || form.get("client_secret").is_some();
        if form.get("client_assertion").is_some() && other {
            return Err(MULTIPLE_METHODS);
        }
        let presented = match assertion::read(app, form)? {
            Some(Presented::Assertion(assertion)) => Ok(Self::with_assertion(form, assertion)),
            Some(Presented::OtherType) => Ok(Self::unsupported(form, false)),
            None => Self::with_secret(headers, form),
        }?;
        let secret =
            if let AuthMethod::Secret(secret) = &presented.method { Some(secret) } else { None };
        let texts = [Some(&presented.client_id), secret];
        if texts.into_iter().flatten().all(|text| text.bytes().all(is_vschar)) {
            Ok(presented)
        } else {
            Err(Error::InvalidRequest(
                "client_id and client_secret must be printable ASCII characters",
            ))
        }
    }

    fn with_assertion(form: &Form, assertion: Result<Assertion, InvalidReason>) -> Self {
        let (client_id, method) = match assertion {
            Ok(assertion) => {
                (assertion.client_id().to_owned(), AuthMethod::Assertion(Box::new(assertion)))
            }
            Err(reason) => (
                form.get("client_id").unwrap_or_default().to_owned(),
                AuthMethod::InvalidAssertion(reason),
            ),
        };
        Self { client_id: Zeroizing::new(client_id), method, basic: false }
    }

    fn unsupported(form: &Form, basic: bool) -> Self {
        let client_id = form.get("client_id").unwrap_or_default().to_owned();
        Self { client_id: Zeroizing::new(client_id), method: AuthMethod::Unsupported, basic }
    }

    fn with_secret(headers: &HeaderMap, form: &Form) -> Result<Self, Error> {
        let (form_id, form_secret) = (form.get("client_id"), form.get("client_secret"));
        let method =
            |secret: Option<Zeroizing<String>>| secret.map_or(AuthMethod::None, AuthMethod::Secret);
        match Authorization::read(headers)? {
            Authorization::Other => Ok(Self::unsupported(form, true)),
            Authorization::Basic(_) if form_secret.is_some() => Err(MULTIPLE_METHODS),
            Authorization::Basic((client_id, _))
                if form_id.is_some_and(|id| id != client_id.as_str()) =>
            {
                Err(Error::InvalidRequest(
                    "client_id must equal the client id of the Authorization header",
                ))
            }
            Authorization::Basic((client_id, secret)) => {
                let secret = Some(secret).filter(|secret| !secret.is_empty());
                Ok(Self { client_id, method: method(secret), basic: true })
            }
            Authorization::None => Ok(Self {
                client_id: Zeroizing::new(form_id.unwrap_or_default().to_owned()),
                method: method(form_secret.map(|secret| Zeroizing::new(secret.to_owned()))),
                basic: false,
            }),
        }
    }

    /// The credential of a cached verification, if it `suffices`. This consumes an assertion.
    pub async fn cached(
        &mut self,
        app: &App,
        client: &ClientInfo,
        suffices: &(dyn Fn(&ActiveCredential) -> bool + Sync),
    ) -> Result<Option<Arc<ActiveCredential>>, Error> {
        match &mut self.method {
            AuthMethod::Secret(secret) => {
                let cached = app.auth.cached_secret(&self.client_id, secret, client);
                Ok(cached.filter(|credential| suffices(credential)))
            }
            AuthMethod::Assertion(assertion) => {
                Ok(app.auth.cached_assertion(assertion, client, suffices).await?)
            }
            AuthMethod::None | AuthMethod::InvalidAssertion(_) | AuthMethod::Unsupported => {
                Ok(None)
            }
        }
    }

    /// The authenticated client. This consumes an assertion, which further attempts of the same request may
    /// use again.
    pub async fn authenticate(
        &mut self,
        app: &App,
        client: &ClientInfo,
    ) -> Result<ActiveClient, Error> {
        let authenticated = match &mut self.method {
            AuthMethod::Secret(_) | AuthMethod::None if self.client_id.is_empty() => {
                Ok(Err(AuthFailure::MissingCredentials))
            }
            AuthMethod::None => Ok(Err(AuthFailure::MissingCredentials)),
            AuthMethod::Unsupported => Ok(Err(AuthFailure::UnsupportedMethod)),
            AuthMethod::InvalidAssertion(_) => Ok(Err(AuthFailure::InvalidAssertion)),
            AuthMethod::Secret(secret) => {
                app.auth.authenticate_secret(&self.client_id, secret, client).await
            }
            AuthMethod::Assertion(assertion) => {
                app.auth.authenticate_assertion(assertion, client).await
            }
        };
        match authenticated {
            Ok(Ok(active)) => Ok(active),
            Ok(Err(failure)) => Err(self.reject(app, client, failure)),
            Err(Fault::RateLimited) => Err(self.reject(app, client, AuthFailure::TooManyFailures)),
            Err(fault) => Err(fault.into()),
        }
    }

    /// The response to a failure.
    fn reject(&self, app: &App, client: &ClientInfo, failure: AuthFailure) -> Error {
        rejection::log(client, &self.client_id, &failure, self.method.invalid_reason());
        let invalid = Error::InvalidClient { basic: self.basic };
        let with_secret = matches!(self.method, AuthMethod::Secret(_));
        let limited = rejection::count(app, client, &self.client_id, &failure, with_secret);
        rejection::report(app, client, &self.client_id, failure);
        limited.err().unwrap_or(invalid)
    }
}

impl AuthMethod {
    /// The reason why an assertion is invalid, where it is.
    fn invalid_reason(&self) -> Option<InvalidReason> {
        if let Self::InvalidAssertion(reason) = self { Some(reason) } else { None }
    }
}

/// RFC 6749, appendix A: `%x20-7E`.
fn is_vschar(byte: u8) -> bool {
    (0x20..=0x7E).contains(&byte)
}
