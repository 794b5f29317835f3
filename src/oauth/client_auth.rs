//! Who asks: HTTP Basic or the body, never both (RFC 6749, section 2.3.1).

use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::error::Error;
use super::form::{Accepted, Form};
use crate::app::App;
use crate::domain::credentials::{self, Live, Source};
use crate::domain::tokens::{self, Good};
use crate::error::Error as Fault;
use crate::server::urlencoded::{Pair, decode};

/// What a client says that it is.
pub struct Presented {
    /// The client id.
    pub client_id: Zeroizing<String>,
    /// The secret; none, if it sent an id alone.
    pub secret: Option<Zeroizing<String>>,
    /// Whether it came by HTTP Basic.
    pub basic: bool,
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
        let live = Presented::read(&headers, &form)?.authenticate(app, source).await?;
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
    pub fn read(headers: &HeaderMap, form: &Form) -> Result<Self, Error> {
        let (form_id, form_secret) = (form.get("client_id"), form.get("client_secret"));
        let presented = match basic(headers)? {
            Some(_) if form_secret.is_some() => {
                return Err(Error::InvalidRequest(
                    "authenticate by Basic or in the body, not both",
                ));
            }
            Some((client_id, _)) if form_id.is_some_and(|id| id != client_id.as_str()) => {
                return Err(Error::InvalidRequest("two different client ids"));
            }
            Some((client_id, secret)) => {
                let secret = Some(secret).filter(|secret| !secret.is_empty());
                Self { client_id, secret, basic: true }
            }
            None => Self {
                client_id: Zeroizing::new(form_id.unwrap_or_default().to_owned()),
                secret: form_secret.map(|secret| Zeroizing::new(secret.to_owned())),
                basic: false,
            },
        };
        let texts = [Some(&presented.client_id), presented.secret.as_ref()];
        if texts.into_iter().flatten().all(|text| text.bytes().all(is_vschar)) {
            Ok(presented)
        } else {
            Err(Error::InvalidRequest("client id or secret has characters outside VSCHAR"))
        }
    }

    /// Both halves of the proof.
    pub fn pair(&self) -> Result<(&str, &str), Error> {
        match &self.secret {
            Some(secret) if !self.client_id.is_empty() => Ok((&self.client_id, secret)),
            _ => Err(self.refused()),
        }
    }

    /// Whom it proves.
    pub async fn authenticate(&self, app: &App, source: &Source) -> Result<Live, Error> {
        let (client_id, secret) = self.pair()?;
        if let Some(live) = credentials::authenticate(app, client_id, secret, source).await? {
            return Ok(live);
        }
        app.failures
            .count(source.address, client_id)
            .map_err(|wait| Error::TooManyFailures { retry_after: wait.as_secs() + 1 })?;
        Err(self.refused())
    }

    /// The answer to every proof that fails.
    pub fn refused(&self) -> Error {
        Error::InvalidClient { basic: self.basic }
    }
}

/// `Authorization: Basic base64(form-encoded id ":" form-encoded secret)`.
fn basic(headers: &HeaderMap) -> Result<Option<Pair>, Error> {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = given.next() else { return Ok(None) };
    if given.next().is_some() {
        return Err(Error::InvalidRequest("two Authorization headers"));
    }
    let (scheme, encoded) =
        value.to_str().ok().and_then(|it| it.split_once(' ')).unwrap_or_default();
    if !scheme.eq_ignore_ascii_case("basic") {
        // Another scheme is a failed attempt by a scheme that is not offered here.
        return Err(Error::InvalidClient { basic: true });
    }
    let malformed = Error::InvalidRequest("malformed Basic credentials");
    let Ok(bytes) = STANDARD.decode(encoded.trim()).map(Zeroizing::new) else {
        return Err(malformed);
    };
    let Some(colon) = bytes.iter().position(|&byte| byte == b':') else { return Err(malformed) };
    Ok(Some((decode(&bytes[..colon])?, decode(&bytes[colon + 1..])?)))
}

/// RFC 6749, appendix A: `%x20-7E`.
fn is_vschar(byte: u8) -> bool {
    (0x20..=0x7E).contains(&byte)
}
