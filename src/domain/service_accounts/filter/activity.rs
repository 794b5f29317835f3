//! The parts of a filter of service accounts that ask for their credentials, and the columns of the
//! accounts that answer sooner.

use chrono::{DateTime, Utc};
use entity::{OrganizationId, TenantScoped, credential, service_account};
use sea_orm::sea_query::{Expr, ExprTrait, SelectStatement, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, DbBackend, QueryFilter, QueryOrder};

use super::subqueries::{exists_for_account, ids};
use crate::auth::status;
use crate::auth::usage::day_of;
use crate::page;

/// Whether the account has an active credential. The column `active_until` decides, or, where it is
/// null, the credentials.
pub(super) fn has_active(
    backend: DbBackend,
    organization: &OrganizationId,
    now: DateTime<Utc>,
    expected: bool,
) -> Condition {
    let active = credential::Entity::in_org(organization).filter(status::active_at(now));
    let active = exists_for_account(active, credential::Column::ServiceAccountId);
    let until = || Expr::cust(r#""service_accounts"."active_until""#);
    let has_one: SimpleExpr = Expr::case(until().is_null(), active).finally(until().gt(now)).into();
    if expected {
        return Condition::all().add(has_one);
    }
    // The condition of an index.
    let ends = format!(
        r#""service_accounts"."active_until" IS DISTINCT FROM {}"#,
        page::never_text(backend)
    );
    Condition::all().add(Expr::cust(ends)).add(has_one.not())
}

/// Whether no credential of the account was used since an instant, also none that is deleted, and it is
/// older than that.
pub(super) fn unused_since(organization: &OrganizationId, since: DateTime<Utc>) -> Condition {
    let used =
        credential::Entity::in_org(organization).filter(credential::Column::LastUsedAt.gte(since));
    let deleted = || Expr::cust(r#""service_accounts"."deleted_last_used_at""#);
    Condition::all()
        .add(service_account::Column::CreatedAt.lt(since))
        .add(not_used_after(since))
        .add(deleted().is_null().or(deleted().lt(since)))
        .add(exists_for_account(used, credential::Column::ServiceAccountId).not())
}

/// The ids of the accounts that the column `used_day` does not exclude, which an index has.
pub(super) fn perhaps_unused_since(
    organization: &OrganizationId,
    since: DateTime<Utc>,
) -> SelectStatement {
    let rows = service_account::Entity::in_org(organization).filter(not_used_after(since));
    // Without the order, PostgreSQL reads the table.
    ids(rows.order_by_asc(used_day()), service_account::Column::Id)
}

/// Whether the account may not have been used after the day of an instant: on the day in the column
/// `used_day`, one of its credentials was.
fn not_used_after(since: DateTime<Utc>) -> SimpleExpr {
    used_day().lte(day_of(since))
}

fn used_day() -> SimpleExpr {
    Expr::cust(r#""service_accounts"."used_day""#)
}
