//! Credentials that are good right now, read anew for every request: whatever was revoked is
//! refused from the next one on. Requests that come at the same time are read together.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use entity::{CredentialId, OrganizationId, ServiceAccountId};
use entity::{credential, organization, revoked_token, role_binding};
use sea_orm::sea_query::IntoCondition;
use sea_orm::{
    ConnectionTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect, RelationTrait,
};

use super::AuthFailure;
use crate::app::App;
use crate::authz::{Bounds, Restrictions, Role};
use crate::clock::Clock;
use crate::domain::roles;
use crate::error::{Error, Result};
use crate::store::{Db, Gather, one_of};

/// How many statements may look credentials up at once.
const LANES: usize = 2;

/// What is asked for.
pub type LookUps = Gather<Asked, Result<Arc<Live>, AuthFailure>>;

/// A client, by its client id, or by one of its tokens.
pub struct Asked {
    client_id: String,
    jti: Option<String>,
}

/// What a credential proves, until the next change to it.
#[derive(Clone)]
pub struct Proof {
    /// Which credential.
    pub credential: CredentialId,
    /// Its OAuth client id.
    pub client_id: String,
    /// Whom it proves.
    pub service_account: ServiceAccountId,
    /// The tenant.
    pub organization: OrganizationId,
    /// The hash of the secret, as it is stored.
    pub(super) secret_hash: String,
    /// Which state of the credential this was read from: it proves nothing after the next change.
    pub(super) revision: i32,
    /// When it ends, if it does.
    pub ends_at: Option<DateTime<Utc>>,
    /// Its restrictions.
    pub restrictions: Restrictions,
    /// How often its tokens were revoked: tokens of earlier generations are invalid.
    pub token_generation: i32,
    /// What its assertions are verified with; none: it has a secret.
    pub(super) public_key: Option<String>,
}

impl Proof {
    /// Its restrictions and its end.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        Bounds { restrictions: self.restrictions.clone(), ends_at: self.ends_at }
    }

    /// Whether a token without terms of its own may be issued at this address, whatever else there is.
    #[must_use]
    pub(super) fn is_enough_at(&self, address: IpAddr) -> bool {
        self.restrictions.leave_terms() && self.restrictions.admit(address)
    }

    /// The hash of its secret; none, where it has a public key.
    pub(super) fn stored_hash(&self) -> Option<&str> {
        self.public_key.is_none().then_some(&self.secret_hash)
    }
}

/// A credential that is good right now, and whom it proves.
#[derive(Clone)]
pub struct Live {
    /// What it proves.
    pub proof: Arc<Proof>,
    /// The tenant.
    pub home: Arc<organization::Model>,
    /// The roles that the service account holds now.
    pub roles: Vec<Role>,
}

/// What looks credentials up in `db`.
#[must_use]
pub fn look_ups(db: &Db, clock: &Clock) -> LookUps {
    let (db, clock) = (db.clone(), clock.clone());
    Gather::new(LANES, move |asked: Vec<Asked>| {
        let (db, now) = (db.clone(), clock.now());
        async move {
            let found = all_live(db.token_reader(), &asked, now).await?;
            let unknown = || Err(AuthFailure::UnknownClient);
            let answer =
                |asked: &Asked| found.get(&asked.client_id).map_or_else(unknown, |it| it.to(asked));
            Ok(asked.iter().map(answer).collect())
        }
    })
}

/// The credential of a client id, if it is active right now, with all that depends on it, or why
/// it is not; read after this is called.
///
/// # Errors
/// What the database answers.
pub async fn look_up(app: &App, client_id: &str) -> Result<Result<Arc<Live>, AuthFailure>> {
    app.look_ups.ask(Asked { client_id: client_id.to_owned(), jti: None }).await
}

/// The same for the bearer of a token of that client; nothing, if the token was revoked.
///
/// # Errors
/// What the database answers.
pub async fn live_by_token(app: &App, client_id: &str, jti: &str) -> Result<Option<Arc<Live>>> {
    let asked = Asked { client_id: client_id.to_owned(), jti: Some(jti.to_owned()) };
    Ok(app.look_ups.ask(asked).await?.ok())
}

/// A credential, and those of its tokens that were asked for and are revoked.
struct Found {
    live: Result<Arc<Live>, AuthFailure>,
    revoked: Vec<String>,
}

impl Found {
    fn to(&self, asked: &Asked) -> Result<Arc<Live>, AuthFailure> {
        let revoked = asked.jti.as_ref().is_some_and(|jti| self.revoked.contains(jti));
        if revoked { Err(AuthFailure::TokenRevoked) } else { self.live.clone() }
    }
}

#[derive(FromQueryResult)]
struct Row {
    id: CredentialId,
    client_id: String,
    service_account_id: ServiceAccountId,
    organization_id: OrganizationId,
    secret_hash: String,
    revision: i32,
    expires_at: Option<DateTime<Utc>>,
    retires_at: Option<DateTime<Utc>>,
    suspended: bool,
    disabled_at: Option<DateTime<Utc>>,
    restrictions: Option<String>,
    token_generation: i32,
    label: String,
    name: String,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    role: Option<String>,
    jti: Option<String>,
    public_key: Option<String>,
}

/// One statement: a row for each role and revoked token of each credential, or one for a
/// credential without.
async fn all_live(
    on: &impl ConnectionTrait,
    asked: &[Asked],
    now: DateTime<Utc>,
) -> Result<HashMap<String, Found>> {
    use organization::Column::{CreatedAt, Label, Name, UpdatedAt};
    let jtis =
        one_of(on, revoked_token::Column::Jti, asked.iter().filter_map(|it| it.jti.as_ref()));
    let revoked = credential::Relation::RevokedToken.def();
    let revoked = revoked.on_condition(move |_, _| jtis.clone().into_condition());
    let rows = credential::Entity::of_any_tenant()
        .select_only()
        .columns([
            credential::Column::Id,
            credential::Column::ClientId,
            credential::Column::ServiceAccountId,
            credential::Column::OrganizationId,
            credential::Column::SecretHash,
            credential::Column::Revision,
            credential::Column::ExpiresAt,
            credential::Column::RetiresAt,
            credential::Column::Suspended,
            credential::Column::DisabledAt,
            credential::Column::Restrictions,
            credential::Column::TokenGeneration,
            credential::Column::PublicKey,
        ])
        .columns([Label, Name, CreatedAt, UpdatedAt])
        .column(role_binding::Column::Role)
        .column(revoked_token::Column::Jti)
        .join(JoinType::InnerJoin, credential::Relation::Organization.def())
        .join(JoinType::LeftJoin, credential::Relation::RoleBinding.def())
        .join(JoinType::LeftJoin, revoked)
        .filter(one_of(on, credential::Column::ClientId, asked.iter().map(|it| &it.client_id)))
        .into_model::<Row>()
        .all(on)
        .await?;
    let mut found: HashMap<String, (Result<Live, AuthFailure>, Vec<String>)> =
        HashMap::with_capacity(rows.len());
    for mut row in rows {
        let role = row.role.take().and_then(|label| roles::parse(&label));
        let (client_id, jti) = (row.client_id.clone(), row.jti.take());
        let (live, revoked) = match found.entry(client_id) {
            Entry::Occupied(there) => there.into_mut(),
            Entry::Vacant(place) => place.insert((row.active(now), Vec::new())),
        };
        if let Ok(live) = live {
            live.roles.extend(role.filter(|role| !live.roles.contains(role)));
        }
        revoked.extend(jti);
    }
    let found = found.into_iter();
    let shared =
        |(live, revoked): (Result<Live, _>, _)| Found { live: live.map(Arc::new), revoked };
    Ok(found.map(|(client_id, it)| (client_id, shared(it))).collect())
}

impl Row {
    fn ends_at(&self) -> Option<DateTime<Utc>> {
        credential::first_of(self.expires_at, self.retires_at)
    }

    /// The credential, if it is active.
    fn active(self, now: DateTime<Utc>) -> Result<Live, AuthFailure> {
        if self.suspended {
            return Err(AuthFailure::AccountDisabled);
        }
        if self.disabled_at.is_some() {
            return Err(AuthFailure::CredentialDisabled);
        }
        if self.ends_at().is_some_and(|end| end <= now) {
            return Err(AuthFailure::CredentialExpired);
        }
        self.live().map_err(|unreadable| {
            // The others of the batch are not concerned.
            unreadable.log();
            AuthFailure::CredentialUnreadable
        })
    }

    /// The roles are added by who reads the rows.
    fn live(self) -> Result<Live> {
        let ends_at = self.ends_at();
        let restrictions = Restrictions::stored(self.restrictions.as_deref());
        let restrictions = restrictions.map_err(Error::internal)?;
        let home = organization::Model {
            id: self.organization_id.clone(),
            label: self.label,
            name: self.name,
            created_at: self.created_at,
            updated_at: self.updated_at,
        };
        let proof = Proof {
            credential: self.id,
            client_id: self.client_id,
            service_account: self.service_account_id,
            organization: self.organization_id,
            secret_hash: self.secret_hash,
            revision: self.revision,
            ends_at,
            restrictions,
            token_generation: self.token_generation,
            public_key: self.public_key,
        };
        Ok(Live { proof: Arc::new(proof), home: Arc::new(home), roles: Vec::new() })
    }
}
