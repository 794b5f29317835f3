//! Rows of counted attempts, with the credentials and names that were not looked up before.

use std::collections::{HashMap, HashSet};

use entity::{AuditEventId, OrganizationId, audit_event, credential, service_account};
use entity::{ServiceAccountId, TenantScoped};
use sea_orm::{ConnectionTrait, QueryFilter, QuerySelect};
use serde_json::json;

use crate::app::App;
use crate::clock;
use crate::domain::audit::{ANONYMOUS, Change, EventType, SERVICE_ACCOUNT};
use crate::error::Result;
use crate::rejections::{Attempt, By, Counted};
use crate::store::{Pool, in_list};

/// The most ids per statement.
const CHUNK: usize = 1_000;

/// A credential by its client id.
type Credentials = HashMap<String, (OrganizationId, String, String)>;

/// Names of service accounts by id.
type Names = HashMap<String, String>;

/// The rows of attempts that belong to an organization, and the attempts that belong to none.
pub async fn read<'a>(
    app: &App,
    counted: &'a [Counted],
) -> Result<(Vec<audit_event::Model>, Vec<&'a Counted>)> {
    let credentials = credentials(app.db.reader(), counted).await?;
    let names = names(app.db.reader(), counted).await?;
    let (mut rows, mut unknown) = (Vec::new(), Vec::new());
    for counted in counted {
        match row(counted, &credentials, &names) {
            Some(row) => rows.push(row),
            None => unknown.push(counted),
        }
    }
    Ok((rows, unknown))
}

async fn credentials(on: &Pool, counted: &[Counted]) -> Result<Credentials> {
    let client_ids: HashSet<_> = counted.iter().filter_map(client_id).collect();
    let client_ids: Vec<_> = client_ids.into_iter().collect();
    let mut found = Credentials::new();
    for chunk in client_ids.chunks(CHUNK) {
        use credential::Column::{ClientId, Id, Name, OrganizationId};
        let rows = credential::Entity::any_tenant()
            .filter(in_list(on, ClientId, chunk))
            .select_only()
            .columns([ClientId, OrganizationId, Id, Name]);
        let rows: Vec<(String, _, _, _)> = rows.into_tuple().all(on).await?;
        found.extend(
            rows.into_iter().map(|(client_id, org, id, name)| (client_id, (org, id, name))),
        );
    }
    Ok(found)
}

/// The names of the service accounts that made attempts; one statement for each organization.
async fn names(on: &Pool, counted: &[Counted]) -> Result<Names> {
    let mut accounts: HashMap<&OrganizationId, HashSet<&ServiceAccountId>> = HashMap::new();
    for counted in counted {
        if let (Some(organization), Some(By::ServiceAccount(account, _))) =
            (&counted.attempt.organization, &counted.attempt.by)
        {
            accounts.entry(organization).or_default().insert(account);
        }
    }
    let mut names = Names::new();
    for (organization, accounts) in accounts {
        use service_account::Column::{Id, Name};
        let rows = service_account::Entity::in_org(organization)
            .filter(in_list(on, Id, accounts))
            .select_only()
            .columns([Id, Name]);
        names.extend(rows.into_tuple::<(String, String)>().all(on).await?);
    }
    Ok(names)
}

fn client_id(counted: &Counted) -> Option<&str> {
    match counted.attempt.by.as_ref()? {
        By::Client(client_id, _) | By::Unverified(Some(client_id), _) => Some(client_id),
        By::ServiceAccount(..) | By::Unverified(None, _) => None,
    }
}

fn network(counted: &Counted) -> Option<String> {
    match counted.attempt.by.as_ref()? {
        By::Client(_, network) => network.map(|network| network.to_string()),
        By::Unverified(_, network) => Some(network.to_string()),
        By::ServiceAccount(..) => counted.address.map(|address| address.to_string()),
    }
}

fn row(counted: &Counted, credentials: &Credentials, names: &Names) -> Option<audit_event::Model> {
    let attempt = &counted.attempt;
    let client = client_id(counted).and_then(|client_id| credentials.get(client_id));
    let known = client.map(|(organization, ..)| organization);
    let organization = attempt.organization.as_ref().or(known)?.clone();
    let named = attempt.target.clone().map(|id| (kind(&id), id, None));
    let client = client.map(|(_, id, name)| ("credential", id.clone(), Some(name.clone())));
    let whole = || ("organization", organization.to_string(), None);
    let (target_kind, target_id, target_name) = named.or(client).unwrap_or_else(whole);
    let actor = match &attempt.by {
        Some(By::ServiceAccount(account, credential)) => Some((account, credential)),
        _ => None,
    };
    Some(audit_event::Model {
        id: counted.id.clone(),
        created_at: counted.at,
        actor_kind: actor.map_or(ANONYMOUS, |_| SERVICE_ACCOUNT).to_owned(),
        actor_id: actor.map(|(account, _)| account.to_string()),
        actor_name: actor.and_then(|(account, _)| names.get(account.as_str())).cloned(),
        credential_id: actor.map(|(_, credential)| credential.to_string()),
        client_address: network(counted),
        action: attempt.action.to_owned(),
        target_kind: target_kind.to_owned(),
        target_id,
        target_name,
        detail: attempt.detail.map(str::to_owned),
        changes: attempted_change(attempt),
        request_id: counted.request_id.to_string(),
        outcome: attempt.outcome.to_owned(),
        reason: Some(attempt.reason.to_owned()),
        event_count: counted.count,
        organization_id: organization,
    })
}

/// The role that the attempt would have granted or revoked.
fn attempted_change(attempt: &Attempt) -> Option<String> {
    let role = attempt.role.as_deref()?;
    let change = if attempt.action == EventType::RoleGrant.action() {
        Change::added("roles", role)
    } else if attempt.action == EventType::RoleRevoke.action() {
        Change::removed("roles", role)
    } else {
        return None;
    };
    Some(json!([change]).to_string())
}

/// The kind of the resource that an id would name, whether or not it exists.
fn kind(id: &str) -> &'static str {
    match id.as_bytes().first() {
        Some(b'o') => "organization",
        Some(b's') => "service_account",
        Some(b'c') => "credential",
        Some(b'p') => "api",
        Some(b'r') => "role",
        _ => "unknown",
    }
}

/// The rows that an earlier attempt to write them has not committed.
pub async fn without_committed(
    on: &impl ConnectionTrait,
    rows: Vec<audit_event::Model>,
) -> Result<Vec<audit_event::Model>> {
    let mut committed: HashSet<AuditEventId> = HashSet::new();
    for chunk in rows.chunks(CHUNK) {
        let these = in_list(on, audit_event::Column::Id, chunk.iter().map(|row| &row.id));
        let ids =
            audit_event::Entity::any_tenant(these).select_only().column(audit_event::Column::Id);
        committed.extend(ids.into_tuple::<AuditEventId>().all(on).await?);
    }
    Ok(rows.into_iter().filter(|row| !committed.contains(&row.id)).collect())
}

/// The line for attempts that belong to no organization.
pub fn line(counted: &Counted) -> Vec<u8> {
    let mut line = json!({
        "id": counted.id,
        "created_at": clock::to_rfc3339(counted.at),
        "action": counted.attempt.action,
        "outcome": counted.attempt.outcome,
        "reason": counted.attempt.reason,
        "count": counted.count,
        "actor_kind": ANONYMOUS,
        "client_address": network(counted),
        "request_id": counted.request_id,
    })
    .to_string()
    .into_bytes();
    line.push(b'\n');
    line
}
