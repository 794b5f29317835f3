//! Subscriptions to the audit log. A subscriber reads on from its position in the log, so that it
//! neither loses nor repeats an event, however slow it is and whichever replica it is connected to.

use entity::{OrganizationId, audit_event};
use tokio::sync::watch;

use super::log::{self, Entry};
use crate::authz::Permission;
use crate::context::OpContext;
use crate::error::{Fields, Result};

/// The maximum number of events that one statement reads.
const BATCH_SIZE: u64 = 100;

/// The maximum number of actions of a filter.
const MAX_ACTIONS: usize = 100;

/// The maximum length of an action or of an ID in a filter, in characters.
const MAX_LENGTH: usize = 100;

/// A filter of audit events; an absent part matches every event.
#[derive(Clone, Debug, Default)]
pub struct LogFilter {
    /// The actions, any of which an event has.
    pub actions: Option<Vec<String>>,
    /// The id of the service account that performed the action.
    pub actor_id: Option<String>,
    /// The id of the target.
    pub target_id: Option<String>,
}

impl LogFilter {
    fn validate(&self) -> Result<()> {
        let mut fields = Fields::default();
        let actions = self.actions.as_deref().unwrap_or_default();
        if actions.len() > MAX_ACTIONS {
            fields.add("filter.actions", format!("must have at most {MAX_ACTIONS} items"));
        }
        for (index, action) in actions.iter().take(MAX_ACTIONS).enumerate() {
            let is_action = action.split_once('.').is_some() && action.len() <= MAX_LENGTH;
            if !is_action {
                let expected = "must be an action such as credential.create";
                fields.add(format!("filter.actions.{index}"), expected);
            }
        }
        for (name, id) in [("actor_id", &self.actor_id), ("target_id", &self.target_id)] {
            if id.as_ref().is_some_and(|id| id.len() > MAX_LENGTH) {
                fields.add(format!("filter.{name}"), "must be an ID");
            }
        }
        fields.finish()
    }

    fn matches(&self, event: &audit_event::Model) -> bool {
        self.actions.as_ref().is_none_or(|actions| actions.contains(&event.action))
            && self.actor_id.as_ref().is_none_or(|id| event.actor_id.as_ref() == Some(id))
            && self.target_id.as_ref().is_none_or(|id| event.target_id == *id)
    }
}

/// A subscription to the audit events of an organization.
pub struct LogSubscription {
    organization: OrganizationId,
    filter: LogFilter,
    position: i64,
    last: watch::Receiver<i64>,
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
        filter: LogFilter,
    ) -> Result<Self> {
        op.permit(Permission::AuditEventsList, organization)?;
        filter.validate()?;
        let mut last = op.app.audit_log.subscribe();
        let position = match after {
            None => log::last_position(op, organization).await?,
            Some(cursor) => log::position_of(op, Some(organization), cursor).await?,
        };
        // The events after the cursor are there already.
        last.mark_changed();
        let organization = organization.clone();
        Ok(Self { organization, filter, position, last, is_behind: true })
    }

    /// Whether there are further events already.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        self.is_behind
    }

    /// Completes when there may be further events.
    pub async fn changed(&mut self) {
        if self.last.changed().await.is_err() {
            // The process ends.
            std::future::pending::<()>().await;
        }
    }

    /// Rejects a caller that may no longer read the events.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`.
    pub fn authorize(&self, op: &OpContext) -> Result<()> {
        op.permit(Permission::AuditEventsList, &self.organization).map(drop)
    }

    /// The next events, oldest first, without those that the filter excludes. There may be more as
    /// long as it [has changed](Self::changed).
    ///
    /// # Errors
    /// As [`log::after`]; nothing is lost.
    pub async fn read(&mut self, op: &OpContext) -> Result<Vec<Entry>> {
        self.last.mark_unchanged();
        let batch = log::after(op, &self.organization, self.position, BATCH_SIZE).await;
        let is_last = |batch: &Vec<Entry>| batch.len() < BATCH_SIZE as usize;
        self.is_behind = !batch.as_ref().is_ok_and(is_last);
        if self.is_behind {
            self.last.mark_changed();
        }
        let mut batch = batch?;
        if let Some(entry) = batch.last() {
            self.position = entry.position;
        }
        batch.retain(|entry| self.filter.matches(&entry.event));
        Ok(batch)
    }
}
