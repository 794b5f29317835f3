//! Filters of lists of audit events.

use entity::audit_event::{self, Column};
use entity::{OrganizationId, TenantScoped};
use sea_orm::sea_query::SimpleExpr;
use sea_orm::{ColumnTrait, Condition, QueryFilter, QuerySelect, QueryTrait};

use super::{EventType, Outcome};
use crate::domain::filters::TimeRange;
use crate::error::Fields;
use crate::page::{ByIndex, FEW};

/// The maximum length of an id in a filter, in bytes: that of the id of a request.
const MAX_ID: usize = 128;

/// A filter of audit events: all parts that are given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditEventFilter {
    /// It has one of these types.
    pub types: Option<Vec<EventType>>,
    /// Its outcome.
    pub outcome: Option<Outcome>,
    /// The id of the service account that acted.
    pub actor_id: Option<String>,
    /// The id of the target.
    pub target_id: Option<String>,
    /// The id of the credential that the service account acted with.
    pub credential_id: Option<String>,
    /// The id of the request.
    pub request_id: Option<String>,
    /// Time of creation.
    pub created: TimeRange,
}

impl AuditEventFilter {
    /// Validates the parts.
    pub fn validate(&self, fields: &mut Fields) {
        let most = EventType::ALL.len();
        if self.types.as_ref().is_some_and(|types| !(1..=most).contains(&types.len())) {
            fields.add("filter.types", format!("must have 1 to {most} types"));
        }
        for (path, id) in [
            ("filter.actor_id", &self.actor_id),
            ("filter.target_id", &self.target_id),
            ("filter.credential_id", &self.credential_id),
            ("filter.request_id", &self.request_id),
        ] {
            if id.as_deref().is_some_and(|id| !is_id(id)) {
                fields.add(path, format!("must be 1 to {MAX_ID} visible ASCII characters"));
            }
        }
        self.created.validate(fields);
    }

    /// The condition on a row.
    #[must_use]
    pub fn condition(&self) -> Condition {
        let is = |column: Column, value: &Option<String>| value.as_deref().map(|it| column.eq(it));
        Condition::all()
            .add_option(self.types.as_deref().map(has_type))
            .add_option(self.outcome.map(|it| Column::Outcome.eq(it.text())))
            .add_option(is(Column::ActorId, &self.actor_id))
            .add_option(is(Column::TargetId, &self.target_id))
            .add_option(is(Column::CredentialId, &self.credential_id))
            .add_option(is(Column::RequestId, &self.request_id))
            .add(self.created.condition(Column::CreatedAt))
    }

    /// How an index finds the events of several types if they are few: it does not have them in the order
    /// of the list.
    #[must_use]
    pub fn by_index(&self, organization: &OrganizationId) -> Option<ByIndex<audit_event::Entity>> {
        let types = self.types.as_deref().filter(|types| types.len() > 1)?;
        let rows = audit_event::Entity::in_org(organization).filter(has_type(types));
        Some(ByIndex::ids(rows.select_only().column(Column::Id).into_query(), FEW))
    }

    /// [`Self::condition`] on a row that was read.
    #[must_use]
    pub fn matches(&self, event: &audit_event::Model) -> bool {
        let is = |value: Option<&str>, expected: &Option<String>| {
            expected.is_none() || value == expected.as_deref()
        };
        let is_type = |types: &Vec<EventType>| types.iter().any(|it| it.action() == event.action);
        self.types.as_ref().is_none_or(is_type)
            && self.outcome.is_none_or(|it| it.text() == event.outcome)
            && is(event.actor_id.as_deref(), &self.actor_id)
            && is(Some(&event.target_id), &self.target_id)
            && is(event.credential_id.as_deref(), &self.credential_id)
            && is(Some(&event.request_id), &self.request_id)
            && self.created.contains(event.created_at)
    }
}

fn has_type(types: &[EventType]) -> SimpleExpr {
    Column::Action.is_in(types.iter().map(|it| it.action()))
}

fn is_id(text: &str) -> bool {
    (1..=MAX_ID).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_graphic() || it == b' ')
}
