//! Proving oneself by a credential, and the trace that it leaves.

use entity::{
    CredentialId, OrganizationId, ServiceAccountId, credential, organization, role_binding,
};
use sea_orm::sea_query::{Expr, ExprTrait, SimpleExpr};
use sea_orm::{ConnectionTrait, FromQueryResult, JoinType, QuerySelect, RelationTrait};

use crate::app::App;
use crate::authz::Role;
use crate::domain::roles;
use crate::error::Result;
use crate::secret::{Claim, ClientSecret, Verdict};

/// A credential that is good right now, and whom it proves.
#[derive(Clone, Debug)]
pub struct Live {
    /// Which.
    pub credential: CredentialId,
    /// Its OAuth client id.
    pub client_id: String,
    /// Whom it proves.
    pub service_account: ServiceAccountId,
    /// The tenant.
    pub organization: OrganizationId,
    /// The label of the tenant.
    pub organization_label: String,
    /// The roles that the service account holds now.
    pub roles: Vec<Role>,
    /// The hash of the secret, as it is stored now.
    secret_hash: Hash,
    /// What is to be stored instead, as the stored one was made with other parameters.
    rehashed: Option<Hash>,
}

/// A stored hash, which does not print itself.
#[derive(Clone)]
struct Hash(String);

impl std::fmt::Debug for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[hash]")
    }
}

#[derive(FromQueryResult)]
struct Row {
    id: CredentialId,
    service_account_id: ServiceAccountId,
    organization_id: OrganizationId,
    secret_hash: String,
    label: String,
    role: Option<String>,
}

/// The credential of a client id, if it is good right now, with all that depends on it: one
/// statement, asked anew for every request, so that revocation holds from the next one on.
///
/// # Errors
/// What the database answers.
pub async fn live(on: &impl ConnectionTrait, client_id: &str) -> Result<Option<Live>> {
    let rows = credential::Entity::by_client_id(client_id)
        .select_only()
        .columns([
            credential::Column::Id,
            credential::Column::ServiceAccountId,
            credential::Column::OrganizationId,
            credential::Column::SecretHash,
        ])
        .column(organization::Column::Label)
        .column(role_binding::Column::Role)
        .join(JoinType::InnerJoin, credential::Relation::Organization.def())
        .join(JoinType::LeftJoin, credential::Relation::RoleBinding.def())
        .into_model::<Row>()
        .all(on)
        .await?;
    let roles = rows.iter().filter_map(|row| roles::parse(row.role.as_deref()?)).collect();
    Ok(rows.into_iter().next().map(|row| Live {
        credential: row.id,
        client_id: client_id.to_owned(),
        service_account: row.service_account_id,
        organization: row.organization_id,
        organization_label: row.label,
        roles,
        secret_hash: Hash(row.secret_hash),
        rehashed: None,
    }))
}

/// Whom `client_id` and `secret` prove; nobody, if they do not match. An unknown client costs as
/// much time as a wrong secret.
///
/// # Errors
/// `Unavailable` when too many secrets wait, or what the database answers.
pub async fn authenticate(app: &App, client_id: &str, secret: &str) -> Result<Option<Live>> {
    // What cannot be a secret of ours is refused alike for every client id.
    let Some(secret) = ClientSecret::parse(secret) else { return Ok(None) };
    let Some(mut live) = live(app.db.reader(), client_id).await? else {
        app.secrets.verify(&secret, None).await?;
        return Ok(None);
    };
    let stored = live.secret_hash.0.as_str();
    let claim = Claim { credential: live.credential.as_str(), stored, secret: &secret };
    let verify = app.secrets.verify(&secret, Some(stored));
    match app.verified.check(claim, app.clock.now(), verify).await? {
        Verdict::Right { rehashed } => {
            live.rehashed = rehashed.map(Hash);
            Ok(Some(live))
        }
        Verdict::Wrong => Ok(None),
    }
}

/// Stamps the credential with now, committed when this returns; the stamp never moves back. A
/// hash that was made with other parameters is replaced with it. Answers whether the credential
/// was still as it was proven: if it was deleted or its hash replaced in the meantime, it must not
/// be given a token before it is proven again.
///
/// This is the one place that writes `last_used_at`.
///
/// # Errors
/// What the database answers.
pub async fn mark_used(app: &App, live: &Live) -> Result<bool> {
    let now = app.clock.now();
    let stamp: SimpleExpr = Expr::value(now);
    let column = || Expr::col(credential::Column::LastUsedAt);
    let newer = column().is_null().or(column().lt(now));
    let stamp = Expr::case(newer, stamp).finally(column());
    let mut update = credential::Entity::update_while(&live.credential, &live.secret_hash.0)
        .col_expr(credential::Column::LastUsedAt, stamp.into());
    if let Some(hash) = &live.rehashed {
        update = update.col_expr(credential::Column::SecretHash, Expr::value(hash.0.clone()));
    }
    let done = update.exec(app.db.writer()).await?;
    Ok(done.rows_affected == 1)
}
