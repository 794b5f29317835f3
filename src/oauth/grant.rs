//! The client credentials grant (RFC 6749, section 4.4): what the token is to be for, and what it may
//! do there.

use super::error::Error;
use super::form::Form;
use crate::app::App;
use crate::authz::{Permission, PermissionSet, Role};
use crate::domain::apis::{self, Scopes};
use crate::domain::credentials::Live;
use crate::domain::tokens::{Audience, Terms};

/// What is asked for.
pub struct Grant {
    /// What the token is to be narrowed to, in the order asked for; empty, if it is not.
    scope: Scopes,
    /// Whom it is to be for, each once; nobody: Postern itself.
    resources: Vec<String>,
}

impl Grant {
    /// Reads it.
    pub fn parse(form: &Form) -> Result<Self, Error> {
        match form.get("grant_type") {
            Some("client_credentials") => {}
            Some(_) => return Err(Error::UnsupportedGrantType),
            None => return Err(Error::InvalidRequest("grant_type is missing")),
        }
        let mut resources = form.resources.clone();
        resources.sort_unstable();
        resources.dedup();
        Ok(Self { scope: Scopes::split(form.get("scope").unwrap_or_default()), resources })
    }

    /// Whether it asks for nothing in particular: a token for Postern itself, that may do what the
    /// account may do at the time of use.
    pub fn is_plain(&self) -> bool {
        self.scope.is_empty() && self.resources.is_empty()
    }

    /// All of what was asked for, or none of it: never less, silently.
    pub async fn terms(&self, app: &App, live: &Live) -> Result<Terms, Error> {
        match self.resources.as_slice() {
            [] => self.own_terms(app, live),
            [own] if *own == app.config.audience => self.own_terms(app, live),
            _ => self.terms_for_apis(app, live).await,
        }
    }

    fn own_terms(&self, app: &App, live: &Live) -> Result<Terms, Error> {
        let asked: Option<PermissionSet> =
            self.scope.iter().map(|name| name.parse::<Permission>().ok()).collect();
        let held = Role::permissions_of(&live.roles);
        if !asked.is_some_and(|asked| held.contains_all(asked)) {
            return Err(Error::InvalidScope("the scope holds what the client does not"));
        }
        Ok(Terms::own(app, Some(self.scope.to_string()).filter(|scope| !scope.is_empty())))
    }

    /// A token for Postern itself is for nobody else: whoever gets it could act here.
    async fn terms_for_apis(&self, app: &App, live: &Live) -> Result<Terms, Error> {
        let (organization, account) = (&live.proof.organization, &live.proof.service_account);
        let accounts = std::slice::from_ref(account);
        let mut granted = apis::granted_to(app.db.reader(), organization, accounts).await?;
        let granted = granted.remove(account).unwrap_or_default();
        let mut held = Scopes::default();
        for resource in &self.resources {
            let grant = granted.iter().find(|grant| grant.api.identifier == *resource);
            let scopes = grant.map(|grant| grant.scopes.clone()).filter(|it| !it.is_empty());
            held = held.and(scopes.ok_or(Error::InvalidTarget)?);
        }
        if !held.contains_all(&self.scope) {
            return Err(Error::InvalidScope("the scope holds what the client does not"));
        }
        let scope = if self.scope.is_empty() { held } else { self.scope.clone() };
        let audience = match self.resources.as_slice() {
            [one] => Audience::One(one.clone()),
            several => Audience::Several(several.to_vec()),
        };
        Ok(Terms { audience, scope: Some(scope.to_string()) })
    }
}
