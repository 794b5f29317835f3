//! The client credentials grant (RFC 6749, section 4.4): what the token is to be for, and what it may
//! do there.

use super::error::Error;
use super::form::Form;
use crate::app::App;
use crate::authz::{Role, Scopes};
use crate::domain::apis;
use crate::domain::credentials::Live;
use crate::domain::tokens::{Audience, Terms};

/// The most scopes that are asked for at once.
const MAX_SCOPES: usize = 200;

/// The longest scope of a token, in bytes: it travels with every request.
const MAX_SCOPE: usize = 4_096;

/// The most APIs that a token is for.
const MAX_RESOURCES: usize = 10;

const TOO_LONG: Error = Error::InvalidScope("the scope is too long; ask for less");

const NOT_HELD: Error =
    Error::InvalidTarget("the client holds nothing at a resource, or they cannot go together");

/// What is asked for.
pub struct Grant {
    /// What the token is to be narrowed to, in the order asked for; empty, if it is not.
    scope: Scopes,
    /// Whom it is to be for, each once; nobody: Postern itself.
    resources: Vec<String>,
}

impl Grant {
    /// Reads it. What is too much is rejected before anything is done with it.
    pub fn parse(form: &Form) -> Result<Self, Error> {
        match form.get("grant_type") {
            Some("client_credentials") => {}
            Some(_) => return Err(Error::UnsupportedGrantType),
            None => return Err(Error::InvalidRequest("grant_type is missing")),
        }
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

    /// Whether it asks for nothing in particular: a token for Postern itself, that may do what the
    /// account may do at the time of use.
    pub fn is_plain(&self) -> bool {
        self.scope.is_empty() && self.resources.is_empty()
    }

    /// All of what was asked for, or none of it: never less, silently.
    pub async fn terms(&self, app: &App, live: &Live) -> Result<Terms, Error> {
        let own = std::slice::from_ref(&app.config.audience);
        let audiences = if self.resources.is_empty() { own } else { &self.resources };
        if !audiences.iter().all(|audience| live.proof.restrictions.allow_audience(audience)) {
            return Err(NOT_HELD);
        }
        if audiences == own {
            self.own_terms(app, live)
        } else {
            self.terms_for_apis(app, live).await
        }
    }

    /// Where nothing narrows the token, it may do what the account holds at the time of use.
    fn own_terms(&self, app: &App, live: &Live) -> Result<Terms, Error> {
        let restrictions = &live.proof.restrictions;
        if self.scope.is_empty() && restrictions.scopes.is_none() {
            return Ok(Terms::own(app, None));
        }
        let held = Scopes::from_iter(Role::permissions_of(&live.roles).names());
        Ok(Terms::own(app, Some(self.select(restrictions.reduce(held))?.to_string())))
    }

    /// What was asked for, if it is held; all that is held, if nothing was.
    fn select(&self, held: Scopes) -> Result<Scopes, Error> {
        if !held.contains_all(&self.scope) || held.is_empty() {
            return Err(Error::InvalidScope("the scope holds what the client does not"));
        }
        Ok(if self.scope.is_empty() { held } else { self.scope.clone() })
    }

    /// A token for Postern itself is for nobody else: whoever gets it could act here. And one for several
    /// APIs has no scope that one of them would take for more than was granted there (RFC 9068,
    /// section 5).
    async fn terms_for_apis(&self, app: &App, live: &Live) -> Result<Terms, Error> {
        let (organization, account) = (&live.proof.organization, &live.proof.service_account);
        let granted = apis::granted_to_one(app.db.reader(), organization, account).await?;
        let grants = apis::for_audiences(&granted, &self.resources).ok_or(NOT_HELD)?;
        let scope = self.select(live.proof.restrictions.reduce(apis::held(&grants)))?;
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
