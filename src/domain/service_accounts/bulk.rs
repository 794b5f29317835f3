//! Disabling and enabling several service accounts at once.

use entity::{OrganizationId, ServiceAccountId, service_account};
use sea_orm::{ColumnTrait, Condition};

use super::disabling::set_disabled;
use super::{ServiceAccountFilter, ids_matching};
use crate::authz::{Client, Permission, Resource};
use crate::context::OpContext;
use crate::domain::audit::{self, EventType, Named, Rejection};
use crate::domain::bulk::{self, Items, MAX_ITEMS, Report, Request, Run};
use crate::error::{Error, Result};

/// Disables or enables one.
struct Switch<'a> {
    op: &'a OpContext,
    organization: &'a OrganizationId,
    disable: bool,
}

impl bulk::Change for Switch<'_> {
    type Id = ServiceAccountId;
    type Caller = OpContext;

    async fn caller(&self, assumed: &[ServiceAccountId]) -> Result<OpContext> {
        let disables = |client: &Client| self.disable && assumed.contains(&client.service_account);
        bulk::renew(self.op, disables).await
    }

    fn reject(&self, id: &str, error: &Error) {
        let event = if self.disable {
            EventType::ServiceAccountDisable
        } else {
            EventType::ServiceAccountEnable
        };
        if let Some(rejection) = Rejection::of(error) {
            audit::reject_operation(
                self.op,
                event,
                Named { target: Some(id), ..Named::default() },
                rejection,
            );
        }
    }

    async fn apply(
        &self,
        op: &OpContext,
        id: &ServiceAccountId,
        run: Run<'_, ServiceAccountId>,
    ) -> Result<bool> {
        let disabled_at = self.disable.then(|| op.now());
        let done = set_disabled(op, self.organization, id, disabled_at, run);
        Ok(done.await?.1)
    }
}

/// Disables service accounts, each as `disable` does, or enables them, each as `enable` does.
///
/// # Errors
/// `Forbidden`, `Invalid` (the ids or the filter), or the database does not respond before the first
/// item. All later errors are in the report.
pub async fn switch_all(
    op: &OpContext,
    organization: &OrganizationId,
    request: Request<ServiceAccountFilter>,
    disable: bool,
) -> Result<Report> {
    op.permit_held_anywhere(Permission::ServiceAccountsUpdate)?;
    let (ids, has_more) = match request.items {
        Items::Ids(ids) => (bulk::validate_ids(ids)?, false),
        Items::Matching(filter) => matching(op, organization, &filter, disable).await?,
    };
    let (noun, change) = (service_account::Model::NOUN, Switch { op, organization, disable });
    let results = bulk::run(ids, noun, request.dry_run, request.until, &change).await;
    Ok(Report { results, has_more })
}

/// The ids of the first that match a filter and are not in the requested state yet, so that a repeated
/// request goes on where the last one ended; and whether there are more.
async fn matching(
    op: &OpContext,
    organization: &OrganizationId,
    filter: &ServiceAccountFilter,
    disable: bool,
) -> Result<(Vec<String>, bool)> {
    if *filter == ServiceAccountFilter::default() {
        return Err(Error::invalid("filter", "must have at least one condition"));
    }
    let disabled_at = service_account::Column::DisabledAt;
    let open = if disable { disabled_at.is_null() } else { disabled_at.is_not_null() };
    let (open, limit) = (Condition::all().add(open), MAX_ITEMS as u64 + 1);
    let ids = ids_matching(op, organization, filter, open, limit).await?;
    let has_more = ids.len() > MAX_ITEMS;
    Ok((ids.iter().take(MAX_ITEMS).map(ToString::to_string).collect(), has_more))
}
