//! The client credentials grant (RFC 6749, section 4.4): the audience and the scope of a token for
//! the client itself.

use super::{Authorized, ClientAuthentication};
use crate::app::App;
use crate::auth::{ActiveClient, ActiveCredential, Audience, ClientInfo, Terms};
use crate::authz::{Role, Scopes};
use crate::domain::apis;
use crate::oauth::error::Error;
use crate::oauth::form::Form;

/// The `grant_type` of this grant.
pub const GRANT_TYPE: &str = "client_credentials";

/// The most scopes in a request.
const MAX_SCOPES: usize = 200;

/// The longest scope of a token, in bytes: it is sent with every request.
const MAX_SCOPE: usize = 4_096;

/// The most APIs that a token is for.
const MAX_RESOURCES: usize = 10;

const TOO_LONG: Error = Error::InvalidScope("the scope is too long; request less");

const NOT_HELD: Error = Error::InvalidTarget(
    "the client holds no scope at a resource, or the resources cannot share a token",
);

/// The parameters of the grant.
pub struct ClientCredentials {
    /// The requested scope, in the order of the request; empty if none is requested.
    scope: Scopes,
    /// The requested audiences, each once; none for Postern itself.
    resources: Vec<String>,
}

impl ClientCredentials {
    /// Reads the parameters.
    pub fn read(form: &Form) -> Result<Self, Error> {
        let scope = form.get("scope").unwrap_or_default();
        if scope.len() > MAX_SCOPE || scope.split(' ').count() > MAX_SCOPES {
            return Err(TOO_LONG);
        }
        let mut resources = form.resources.clone();
        resources.sort_unstable();
        resources.dedup();
        if resources.len() > MAX_RESOURCES {
            return Err(Error::InvalidTarget("a token is for at most 10 resources"));
        }
        Ok(Self { scope: Scopes::split(scope), resources })
    }

    /// A client that authenticated before is taken from memory where the terms depend on its
    /// credential alone: recording the usage checks that the credential is still active. Both ways
    /// apply the same rules: [`Self::terms_of_credential`] and those of [`crate::auth::Auth`].
    pub async fn authorize(
        &self,
        app: &App,
        client: &ClientInfo,
        authentication: &mut ClientAuthentication,
    ) -> Result<Authorized, Error> {
        if self.is_plain()
            && let Some(credential) = authentication.cached(app, client).await?
            // Restrictions in memory may be outdated: they decide nothing but the way.
            && let Ok(Some(terms)) = self.terms_of_credential(app, &credential)
        {
            return Ok(Authorized { credential, terms });
        }
        let found = authentication.authenticate(app, client).await?;
        let terms = self.terms(app, &found).await?;
        Ok(Authorized { credential: found.credential, terms })
    }

    /// Whether neither scope nor resource is requested.
    fn is_plain(&self) -> bool {
        self.scope.is_empty() && self.resources.is_empty()
    }

    /// The terms of the whole request, or an error: never less than was requested.
    async fn terms(&self, app: &App, client: &ActiveClient) -> Result<Terms, Error> {
        if let Some(terms) = self.terms_of_credential(app, &client.credential)? {
            return Ok(terms);
        }
        if self.audiences(app) == own_audience(app) {
            self.own_terms(app, client)
        } else {
            self.terms_for_apis(app, client).await
        }
    }

    /// The terms, where they depend on the credential alone: without a scope, a token for Postern
    /// itself may do what the roles of the account hold at the time of use.
    fn terms_of_credential(
        &self,
        app: &App,
        credential: &ActiveCredential,
    ) -> Result<Option<Terms>, Error> {
        let (audiences, restrictions) = (self.audiences(app), &credential.restrictions);
        if !audiences.iter().all(|audience| restrictions.allow_audience(audience)) {
            return Err(NOT_HELD);
        }
        let unscoped = self.scope.is_empty() && restrictions.scopes.is_none();
        Ok((unscoped && audiences == own_audience(app)).then(|| app.auth.own_terms(None)))
    }

    fn audiences<'a>(&'a self, app: &'a App) -> &'a [String] {
        if self.resources.is_empty() { own_audience(app) } else { &self.resources }
    }

    /// The terms of a token for Postern itself that has a scope.
    fn own_terms(&self, app: &App, client: &ActiveClient) -> Result<Terms, Error> {
        let held = Scopes::from_iter(Role::permissions_of(&client.roles).names());
        let held = client.credential.restrictions.reduce(held);
        Ok(app.auth.own_terms(Some(self.select(held)?.to_string())))
    }

    /// The requested scope, if it is held; all that is held, if none is requested.
    fn select(&self, held: Scopes) -> Result<Scopes, Error> {
        if !held.contains_all(&self.scope) || held.is_empty() {
            return Err(Error::InvalidScope("the scope includes what the client does not hold"));
        }
        Ok(if self.scope.is_empty() { held } else { self.scope.clone() })
    }

    /// A token for Postern itself has no other audience: whoever receives it could act here. A token
    /// for several APIs has no scope that one of them would take for more than is granted there
    /// (RFC 9068, section 5).
    async fn terms_for_apis(&self, app: &App, client: &ActiveClient) -> Result<Terms, Error> {
        let credential = &client.credential;
        let (organization, account) = (&credential.organization, &credential.service_account);
        let granted = apis::granted_to_one(app.db.reader(), organization, account).await?;
        let grants = apis::for_audiences(&granted, &self.resources).ok_or(NOT_HELD)?;
        let scope = self.select(credential.restrictions.reduce(apis::held(&grants)))?;
        if scope.text_len() > MAX_SCOPE {
            return Err(TOO_LONG);
        }
        if apis::unambiguous(&grants, scope.clone()) != scope {
            return Err(NOT_HELD);
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
