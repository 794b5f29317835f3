//! Who asks: by HTTP Basic, by a secret or an assertion in the body, never by two of them (RFC 6749,
//! section 2.3).

mod authorization;
mod rejection;

use std::sync::Arc;

use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use zeroize::Zeroizing;

use super::assertion::{self, Sent};
use super::error::Error;
use super::form::{Accepted, Form};
use crate::app::App;
use crate::domain::credentials::{self, Assertion, AuthFailure, Flaw, Live, Proof, Source};
use crate::domain::tokens::{self, Good};
use crate::error::Error as Fault;
use authorization::Authorization;

/// RFC 6749, section 2.3: not more than one way in a request.
const TWO_WAYS: Error = Error::InvalidRequest("authenticate in one way, not in two");

/// What a client says that it is.
pub struct Presented {
    /// The client id, as far as it was told.
    client_id: Zeroizing<String>,
    means: Means,
    /// Whether it came by HTTP Basic.
    basic: bool,
}

/// What a client proves it by.
enum Means {
    Nothing,
    Secret(Zeroizing<String>),
    Assertion(Box<Assertion>),
    /// An assertion that proves nothing.
    Flawed(Flaw),
    /// Another method.
    Unsupported,
}

/// A client that has proven itself, and what it has sent.
pub struct Caller {
    /// The client.
    pub live: Live,
    form: Form,
}

impl Caller {
    /// Reads the request and has the client prove itself.
    pub async fn of(
        app: &App,
        source: &Source,
        request: Request,
        accepted: Accepted,
    ) -> Result<Self, Error> {
        let (Parts { method, headers, .. }, body) = request.into_parts();
        if method != Method::POST {
            return Err(Error::MethodNotAllowed);
        }
        let form = Form::read(&headers, body, accepted).await?;
        let live = Presented::read(app, &headers, &form)?.authenticate(app, source).await?;
        Ok(Self { live, form })
    }

    /// The token that it asks about, if that is good right now and of its organization.
    pub async fn good_token(&self, app: &App) -> Result<Option<Good>, Error> {
        let token = self.form.get("token").ok_or(Error::InvalidRequest("token is missing"))?;
        match tokens::check(app, token).await {
            Ok(good) => {
                let own = good.claims().org == self.live.proof.organization;
                Ok(own.then_some(good))
            }
            Err(Fault::Unauthenticated) => Ok(None),
            Err(fault) => Err(fault.into()),
        }
    }
}

impl Presented {
    /// Reads it from where it may be: never from the query string.
    pub fn read(app: &App, headers: &HeaderMap, form: &Form) -> Result<Self, Error> {
        let other =
            headers.contains_key(header::AUTHORIZATION) || form.get("client_secret").is_some();
        if form.get("client_assertion").is_some() && other {
            return Err(TWO_WAYS);
        }
        let presented = match assertion::read(app, form)? {
            Some(Sent::Assertion(assertion)) => Ok(Self::asserted(form, assertion)),
            Some(Sent::OtherType) => Ok(Self::unsupported(form, false)),
            None => Self::by_secret(headers, form),
        }?;
        let secret = if let Means::Secret(secret) = &presented.means { Some(secret) } else { None };
        let texts = [Some(&presented.client_id), secret];
        if texts.into_iter().flatten().all(|text| text.bytes().all(is_vschar)) {
            Ok(presented)
        } else {
            Err(Error::InvalidRequest("client id or secret has characters outside VSCHAR"))
        }
    }

    fn asserted(form: &Form, assertion: Result<Assertion, Flaw>) -> Self {
        let (client_id, means) = match assertion {
            Ok(assertion) => {
                (assertion.client_id().to_owned(), Means::Assertion(Box::new(assertion)))
            }
            Err(flaw) => {
                (form.get("client_id").unwrap_or_default().to_owned(), Means::Flawed(flaw))
            }
        };
        Self { client_id: Zeroizing::new(client_id), means, basic: false }
    }

    fn unsupported(form: &Form, basic: bool) -> Self {
        let client_id = form.get("client_id").unwrap_or_default().to_owned();
        Self { client_id: Zeroizing::new(client_id), means: Means::Unsupported, basic }
    }

    fn by_secret(headers: &HeaderMap, form: &Form) -> Result<Self, Error> {
        let (form_id, form_secret) = (form.get("client_id"), form.get("client_secret"));
        let means =
            |secret: Option<Zeroizing<String>>| secret.map_or(Means::Nothing, Means::Secret);
        match Authorization::read(headers)? {
            Authorization::Other => Ok(Self::unsupported(form, true)),
            Authorization::Basic(_) if form_secret.is_some() => Err(TWO_WAYS),
            Authorization::Basic((client_id, _))
                if form_id.is_some_and(|id| id != client_id.as_str()) =>
            {
                Err(Error::InvalidRequest("two different client ids"))
            }
            Authorization::Basic((client_id, secret)) => {
                let secret = Some(secret).filter(|secret| !secret.is_empty());
                Ok(Self { client_id, means: means(secret), basic: true })
            }
            Authorization::None => Ok(Self {
                client_id: Zeroizing::new(form_id.unwrap_or_default().to_owned()),
                means: means(form_secret.map(|secret| Zeroizing::new(secret.to_owned()))),
                basic: false,
            }),
        }
    }

    /// The client that it authenticates, from memory, if it was authenticated before and its
    /// restrictions leave the terms of a token alone. An assertion is used by this.
    pub async fn recall(
        &mut self,
        app: &App,
        source: &Source,
    ) -> Result<Option<Arc<Proof>>, Error> {
        match &mut self.means {
            Means::Secret(secret) => {
                Ok(credentials::recall(app, &self.client_id, secret, source.address))
            }
            Means::Assertion(assertion) => {
                Ok(credentials::recall_by_assertion(app, assertion, source.address).await?)
            }
            Means::Nothing | Means::Flawed(_) | Means::Unsupported => Ok(None),
        }
    }

    /// The client that it authenticates. An assertion is used by this, and by the same request again.
    pub async fn authenticate(&mut self, app: &App, source: &Source) -> Result<Live, Error> {
        let authenticated = match &mut self.means {
            Means::Secret(_) | Means::Nothing if self.client_id.is_empty() => {
                Ok(Err(AuthFailure::MissingCredentials))
            }
            Means::Nothing => Ok(Err(AuthFailure::MissingCredentials)),
            Means::Unsupported => Ok(Err(AuthFailure::UnsupportedMethod)),
            Means::Flawed(_) => Ok(Err(AuthFailure::InvalidAssertion)),
            Means::Secret(secret) => {
                credentials::authenticate(app, &self.client_id, secret, source).await
            }
            Means::Assertion(assertion) => {
                credentials::authenticate_by_assertion(app, assertion, source).await
            }
        };
        match authenticated {
            Ok(Ok(live)) => Ok(live),
            Ok(Err(failure)) => Err(self.reject(app, source, failure)),
            Err(Fault::RateLimited) => Err(self.reject(app, source, AuthFailure::TooManyFailures)),
            Err(fault) => Err(fault.into()),
        }
    }

    /// The response to a failure.
    fn reject(&self, app: &App, source: &Source, failure: AuthFailure) -> Error {
        rejection::log(source, &self.client_id, failure, self.means.flaw());
        let invalid = Error::InvalidClient { basic: self.basic };
        let by_secret = matches!(self.means, Means::Secret(_));
        let limited = rejection::limit(app, source, &self.client_id, failure, by_secret);
        limited.err().unwrap_or(invalid)
    }
}

impl Means {
    /// Why an assertion proves nothing, where that is so.
    fn flaw(&self) -> Option<Flaw> {
        if let Self::Flawed(flaw) = self { Some(flaw) } else { None }
    }
}

/// RFC 6749, appendix A: `%x20-7E`.
fn is_vschar(byte: u8) -> bool {
    (0x20..=0x7E).contains(&byte)
}
