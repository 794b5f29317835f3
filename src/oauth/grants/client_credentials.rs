//! The client credentials grant (RFC 6749, section 4.4): the audience and the scope of a token for
//! the client itself.

use super::{Authorized, ClientAuthentication};
use crate::app::App;
use crate::auth::{ActiveClient, ActiveCredential, Audience, ClientInfo, Terms};
use crate::authz::{Bindings, Scopes};
use crate::domain::apis;
use crate::oauth::error::Error;
use crate::oauth::form::Form;

/// The `grant_type` of this grant.
pub const GRANT_TYPE: &str = "client_credentials";

/// Maximum number of scopes in a request.
const MAX_SCOPES: usize = 200;

/// Maximum length of the scope of a token, in bytes: clients send it with every request.
const MAX_SCOPE: usize = 4_096;

/// Maximum number of APIs in the audience of a token.
const MAX_RESOURCES: usize = 10;

const SCOPE_TOO_LONG: Error =
    Error::InvalidScope("scope must be at most 200 values and 4096 characters");

const RESOURCE_NOT_HELD: Error = Error::InvalidTarget(
    "each resource must have scopes that the client holds and that can share one token",
);

/// The parameters of the grant.
pub struct ClientCredentials {
    /// The requested scope, in the order of the request; empty if none is requested.
    scope: Scopes,
    /// The requested audiences without duplicates; empty for this server.
    resources: Vec<String>,
}

impl ClientCredentials {
    /// Reads the parameters.
    pub fn read(form: &Form) -> Result<Self, Error> {
        let scope = form.get("scope").unwrap_or_default();
        if scope.len() > MAX_SCOPE || scope.split(' ').count() > MAX_SCOPES {
            return Err(SCOPE_TOO_LONG);
        }
        let mut resources = form.resources.clone();
        resources.sort_unstable();
        resources.dedup();
        if resources.len() > MAX_RESOURCES {
            return Err(Error::InvalidTarget("at most 10 resource parameters are allowed"));
        }
        Ok(Self { scope: Scopes::split(scope), resources })
    }

    /// Authenticates the client and determines the terms of the token. If the terms depend on the
    /// credential alone, a cached verification is enough: recording the usage checks that the credential
    /// is still active. Both paths apply the rules of [`Self::is_unscoped`] and
    /// [`crate::auth::Auth`].
    pub async fn authorize(
        &self,
        app: &App,
        client: &ClientInfo,
        authentication: &mut ClientAuthentication,
    ) -> Result<Authorized, Error> {
        // Cached restrictions may be outdated; they only select this path.
        let suffices = |it: &ActiveCredential| self.is_unscoped(app, it).unwrap_or(false);
        if self.is_default()
            && let Some(credential) = authentication.cached(app, client, &suffices).await?
        {
            return Ok(Authorized { credential, terms: app.auth.own_terms(None) });
        }
        let found = authentication.authenticate(app, client).await?;
        let terms = self.terms(app, &found).await?;
        Ok(Authorized { credential: found.credential, terms })
    }

    /// Whether the request has neither scope nor resource.
    fn is_default(&self) -> bool {
        self.scope.is_empty() && self.resources.is_empty()
    }

    /// The terms of the complete request, or an error: never a reduced scope.
    async fn terms(&self, app: &App, client: &ActiveClient) -> Result<Terms, Error> {
        if self.is_unscoped(app, &client.credential)? {
            return Ok(app.auth.own_terms(None));
        }
        if self.audiences(app) == own_audience(app) {
            self.own_terms(app, client)
        } else {
            self.terms_for_apis(app, client).await
        }
    }

    /// Whether the token is for this server and has no scope: it has the permissions of the account's
    /// roles at the time of use, and its terms depend on the credential alone.
    fn is_unscoped(&self, app: &App, credential: &ActiveCredential) -> Result<bool, Error> {
        let (audiences, restrictions) = (self.audiences(app), &credential.restrictions);
        if !audiences.iter().all(|audience| restrictions.allow_audience(audience)) {
            return Err(RESOURCE_NOT_HELD);
        }
        let unscoped = self.scope.is_empty() && restrictions.scopes.is_none();
        Ok(unscoped && audiences == own_audience(app))
    }

    fn audiences<'a>(&'a self, app: &'a App) -> &'a [String] {
        if self.resources.is_empty() { own_audience(app) } else { &self.resources }
    }

    /// The terms of a token for this server with a scope.
    fn own_terms(&self, app: &App, client: &ActiveClient) -> Result<Terms, Error> {
        let held = Scopes::from_iter(Bindings::new(&client.bindings, None).anywhere().names());
        let held = client.credential.restrictions.reduce(held);
        Ok(app.auth.own_terms(Some(self.select(held)?.to_string())))
    }

    /// The requested scope, which must be held; without one, all held scopes.
    fn select(&self, held: Scopes) -> Result<Scopes, Error> {
        if !held.contains_all(&self.scope) || held.is_empty() {
            return Err(Error::InvalidScope("the scope exceeds the scope that the client holds"));
        }
        Ok(if self.scope.is_empty() { held } else { self.scope.clone() })
    }

    /// The terms of a token for APIs. This server is never one of several audiences: an API that receives the
    /// token could use it here. A token for several APIs has no scope that one of them could read as more
    /// than is granted there (RFC 9068, section 5).
    async fn terms_for_apis(&self, app: &App, client: &ActiveClient) -> Result<Terms, Error> {
        let credential = &client.credential;
        let (organization, account) = (&credential.organization, &credential.service_account);
        let granted = apis::grants_of_account(app.db.reader(), organization, account).await?;
        let grants = apis::for_audiences(&granted, &self.resources).ok_or(RESOURCE_NOT_HELD)?;
        let scope = self.select(credential.restrictions.reduce(apis::scopes_of(&grants)))?;
        if scope.text_len() > MAX_SCOPE {
            return Err(SCOPE_TOO_LONG);
        }
        if apis::unambiguous(&grants, scope.clone()) != scope {
            return Err(RESOURCE_NOT_HELD);
        }
        let audience = match self.resources.as_slice() {
            [one] => Audience::One(one.clone()),
            several => Audience::Several(several.to_vec()),
        };
        Ok(Terms { audience, scope: Some(scope.to_string()) })
    }
}

fn own_audience(app: &App) -> &[String] {
    std::slice::from_ref(&app.config.audience)
}
