//! Grants of the token endpoint, one file each (RFC 6749, section 1.3).
//!
//! A grant reads its parameters, authenticates the client, and returns the credential that the token
//! is issued to and the terms of the token. Another grant is a variant here and a file beside
//! `client_credentials.rs`, with its parameters in `form.rs` and its name in `metadata.rs`.

mod client_credentials;

use std::sync::Arc;

use super::client_authentication::ClientAuthentication;
use super::error::Error;
use super::form::Form;
use crate::app::App;
use crate::auth::{ActiveCredential, ClientInfo, Terms};
use client_credentials::ClientCredentials;

/// The supported values of `grant_type`.
pub const SUPPORTED: [&str; 1] = [client_credentials::GRANT_TYPE];

/// The grant of a token request.
pub enum Grant {
    /// The client credentials grant (RFC 6749, section 4.4).
    ClientCredentials(ClientCredentials),
}

/// The result of a grant: a token may be issued.
pub struct Authorized {
    /// The credential that it is issued to.
    pub credential: Arc<ActiveCredential>,
    /// Its audience and scope.
    pub terms: Terms,
}

impl Grant {
    /// Reads the grant and its parameters. Parameters over the limits are rejected before any other work.
    pub fn read(form: &Form) -> Result<Self, Error> {
        match form.get("grant_type") {
            Some(client_credentials::GRANT_TYPE) => {
                ClientCredentials::read(form).map(Self::ClientCredentials)
            }
            Some(_) => Err(Error::UnsupportedGrantType),
            None => Err(Error::InvalidRequest("grant_type is required")),
        }
    }

    /// Authenticates the client and determines the terms of its token.
    pub async fn authorize(
        &self,
        app: &App,
        client: &ClientInfo,
        authentication: &mut ClientAuthentication,
    ) -> Result<Authorized, Error> {
        match self {
            Self::ClientCredentials(grant) => grant.authorize(app, client, authentication).await,
        }
    }
}
