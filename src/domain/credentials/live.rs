//! Credentials that are good right now, read anew for every request: whatever was revoked is
//! refused from the next one on. Requests that come at the same time are read together.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use entity::{CredentialId, OrganizationId, ServiceAccountId};
use entity::{credential, organization, revoked_token, role_binding};
use sea_orm::sea_query::IntoCondition;
use sea_orm::{
    ColumnTrait, ConnectionTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect,
    RelationTrait,
};

use crate::app::App;
use crate::authz::{Bounds, Restrictions, Role};
use crate::clock::Clock;
use crate::domain::roles;
use crate::error::{Error, Result};
use crate::store::{Db, Gather, one_of};

/// How many statements may look credentials up at once.
const LANES: usize = 2;

/// What is asked for.
pub type LookUps = Gather<Asked, Option<Arc<Live>>>;

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
            Ok(asked.iter().map(|asked| found.get(&asked.client_id)?.to(asked)).collect())
        }
    })
}

/// The credential of a client id, if it is good right now, with all that depends on it; read
/// after this is called.
///
/// # Errors
/// What the database answers.
pub async fn live(app: &App, client_id: &str) -> Result<Option<Arc<Live>>> {
    app.look_ups.ask(Asked { client_id: client_id.to_owned(), jti: None }).await
}

/// The same for the bearer of a token of that client; nothing, if the token was revoked.
///
/// # Errors
/// What the database answers.
pub async fn live_by_token(app: &App, client_id: &str, jti: &str) -> Result<Option<Arc<Live>>> {
    let asked = Asked { client_id: client_id.to_owned(), jti: Some(jti.to_owned()) };
    app.look_ups.ask(asked).await
}

/// A credential, and those of its tokens that were asked for and are revoked.
struct Found {
    live: Arc<Live>,
    revoked: Vec<String>,
}

impl Found {
    fn to(&self, asked: &Asked) -> Option<Arc<Live>> {
        let revoked = asked.jti.as_ref().is_some_and(|jti| self.revoked.contains(jti));
        (!revoked).then(|| Arc::clone(&self.live))
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
        .filter(credential::Column::Suspended.eq(false))
        .filter(credential::Column::DisabledAt.is_null())
        .filter(one_of(on, credential::Column::ClientId, asked.iter().map(|it| &it.client_id)))
        .into_model::<Row>()
        .all(on)
        .await?;
    let mut found: HashMap<String, (Live, Vec<String>)> = HashMap::with_capacity(rows.len());
    for mut row in rows {
        if row.ends_at().is_some_and(|end| end <= now) {
            continue;
        }
        let role = row.role.take().and_then(|label| roles::parse(&label));
        let (client_id, jti) = (row.client_id.clone(), row.jti.take());
        let (live, revoked) = match found.entry(client_id) {
            Entry::Occupied(there) => there.into_mut(),
            Entry::Vacant(place) => match row.live() {
                Ok(live) => place.insert((live, Vec::new())),
                Err(unreadable) => {
                    // It proves nothing; the others of the batch do.
                    unreadable.log();
                    continue;
                }
            },
        };
        live.roles.extend(role.filter(|role| !live.roles.contains(role)));
        revoked.extend(jti);
    }
    let found = found.into_iter();
    Ok(found.map(|(id, (live, revoked))| (id, Found { live: Arc::new(live), revoked })).collect())
}

impl Row {
    fn ends_at(&self) -> Option<DateTime<Utc>> {
        credential::first_of(self.expires_at, self.retires_at)
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
