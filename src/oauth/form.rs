//! `application/x-www-form-urlencoded`, read strictly: a form that can be read in two ways is
//! refused (RFC 6749, section 3.2 and appendix B).

use std::collections::HashMap;

use axum::extract::Request;
use axum::http::{HeaderMap, header};
use zeroize::Zeroizing;

use super::error::Error;
use crate::server::body::{self, Unread};
use crate::server::urlencoded;

/// The largest body that is read.
const MAX_BODY: usize = 16 * 1024;

/// The parameters of RFC 6749, none of which may come twice; all others are ignored.
const PARAMETERS: [&str; 12] = [
    "client_id",
    "client_secret",
    "code",
    "error",
    "grant_type",
    "password",
    "redirect_uri",
    "refresh_token",
    "response_type",
    "scope",
    "state",
    "username",
];

/// The parameters that were sent with a value.
pub struct Form(HashMap<&'static str, Zeroizing<String>>);

impl Form {
    /// Reads the body of a request.
    pub async fn read(request: Request) -> Result<Self, Error> {
        let (parts, body) = request.into_parts();
        if !is_form(&parts.headers) {
            return Err(Error::InvalidRequest(
                "the body must be application/x-www-form-urlencoded",
            ));
        }
        let body = body::read(body, MAX_BODY).await.map_err(|unread| match unread {
            Unread::TooLarge => Error::TooLarge,
            Unread::Broken => Error::InvalidRequest("the body could not be read"),
        })?;
        let body = Zeroizing::new(body);
        Self::parse(&body)
    }

    fn parse(body: &[u8]) -> Result<Self, Error> {
        let mut form = HashMap::new();
        for pair in urlencoded::pairs(body) {
            let (name, value) = pair?;
            let known = PARAMETERS.into_iter().find(|parameter| *parameter == name.as_str());
            if let Some(name) = known
                && form.insert(name, value).is_some()
            {
                return Err(Error::InvalidRequest("a parameter was sent twice"));
            }
        }
        form.retain(|_, value: &mut Zeroizing<String>| !value.is_empty());
        Ok(Self(form))
    }

    /// The value of a parameter; an empty one counts as absent.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|value| value.as_str())
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    let mut types = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(only), None) = (types.next(), types.next()) else { return false };
    let media_type = only.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
    media_type.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
}
