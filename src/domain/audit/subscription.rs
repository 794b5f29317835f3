//! Subscriptions to the audit log. A subscriber reads on from its position in the log, so that it
//! neither loses nor repeats an event, however slow it is and whichever replica it is connected to.

use std::sync::Arc;

use entity::{OrganizationId, audit_event};

use super::AuditEventFilter;
use super::log::{self, Cursors};
use crate::app::{BATCH_SIZE, LogWatch};
use crate::authz::Permission;
use crate::context::OpContext;
use crate::error::{Error, Fields, Result};

/// A subscription to the audit events of an organization.
pub struct LogSubscription {
    organization: OrganizationId,
    filter: AuditEventFilter,
    position: i64,
    log: LogWatch,
    is_behind: bool,
}

impl LogSubscription {
    /// A subscription to the events after a cursor; without one, to those from now on.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`, `Invalid` (the cursor, the filter), or the database does not respond.
    pub async fn open(
        op: &OpContext,
        organization: &OrganizationId,
        after: Option<&str>,
        filter: AuditEventFilter,
    ) -> Result<Self> {
        op.permit(Permission::AuditEventsList, organization)?;
        let mut fields = Fields::default();
        filter.validate(&mut fields);
        fields.finish()?;
        // From here on, new events wake it.
        let log = op.app.audit_log.watch(organization);
        let position = match after {
            None => log::last_position(op, organization).await?,
            Some(text) => log::position_of(op, Some(organization), text).await?,
        };
        Ok(Self { organization: organization.clone(), filter, position, log, is_behind: true })
    }

    /// Whether there may be further events already.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        self.is_behind
    }

    /// Completes when there may be further events.
    pub async fn changed(&mut self) {
        if !self.is_behind {
            self.log.changed().await;
        }
    }

    /// Rejects a caller that may no longer read the events.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`.
    pub fn authorize(&self, op: &OpContext) -> Result<()> {
        op.permit(Permission::AuditEventsList, &self.organization).map(drop)
    }

    /// The next events with their cursors, oldest first, without those that the filter excludes. There
    /// may be more as long as it [is behind](Self::is_behind).
    ///
    /// # Errors
    /// As [`log::after`]; nothing is lost.
    pub async fn read(&mut self, op: &OpContext) -> Result<Vec<(Arc<audit_event::Model>, String)>> {
        self.authorize(op)?;
        self.is_behind = true;
        let organization = &self.organization;
        let cursors = Cursors::of(op, Some(organization)).await?;
        let read = async move |position| {
            let events = log::events_after(op, organization, position, BATCH_SIZE as u64).await?;
            Ok(events.into_iter().map(|it| (it.position, it.event.into())).collect())
        };
        // Subscribers do not wait for one whose statement hangs.
        let next = self.log.next(self.position, read);
        let next = tokio::time::timeout(op.app.config.graphql.limits.duration, next).await;
        let batch = next.map_err(|elapsed| Error::Unavailable(elapsed.into()))??;
        self.is_behind = batch.is_behind;
        self.position = batch.events.last().map_or(self.position, |(position, _)| *position);
        let matching = batch.events.into_iter().filter(|(_, event)| self.filter.matches(event));
        matching.map(|(position, event)| Ok((event, cursors.text(position)?))).collect()
    }
}
