//! Positions of audit events in the audit log: the order in which the events were committed.

use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, QuerySelect, SelectTwo};

use crate::{AuditEventId, OrganizationId, TenantScoped, audit_event};

/// One row of `audit_positions`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_positions")]
pub struct Model {
    /// The position, which increases in the order of commits across all organizations.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    /// The event.
    #[sea_orm(unique)]
    pub event_id: AuditEventId,
    /// The organization of the event.
    pub organization_id: OrganizationId,
}

/// Relations to other tables.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// The event at the position.
    #[sea_orm(
        belongs_to = "audit_event::Entity",
        from = "Column::EventId",
        to = "audit_event::Column::Id"
    )]
    Event,
}

impl Related<audit_event::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Event.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

impl TenantScoped for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}

impl Entity {
    /// The first `limit` events after a position, in order of position.
    pub fn in_org_after(
        organization: &OrganizationId,
        position: i64,
        limit: u64,
    ) -> SelectTwo<Self, audit_event::Entity> {
        after(Self::in_org(organization), position, limit)
    }

    /// The events of an organization after one position, up to another one.
    pub fn in_org_between(
        organization: &OrganizationId,
        after: i64,
        last: i64,
        limit: u64,
    ) -> SelectTwo<Self, audit_event::Entity> {
        Self::in_org_after(organization, after, limit).filter(Column::Position.lte(last))
    }

    /// The ids of the events of an organization from one position to another one.
    pub fn event_ids(organization: &OrganizationId, first: i64, last: i64) -> Select<Self> {
        Self::in_org(organization)
            .filter(Column::Position.between(first, last))
            .select_only()
            .column(Column::EventId)
    }

    /// The first `limit` events of all organizations after a position, in order of position.
    pub fn any_tenant_after(position: i64, limit: u64) -> SelectTwo<Self, audit_event::Entity> {
        after(Self::find(), position, limit)
    }

    /// The ids of the organizations with events after one position, up to another one.
    pub fn any_tenant_organizations(after: i64, last: i64) -> Select<Self> {
        let organizations = Self::find().select_only().column(Column::OrganizationId).distinct();
        organizations.filter(Column::Position.gt(after)).filter(Column::Position.lte(last))
    }
}

fn after(
    select: Select<Entity>,
    position: i64,
    limit: u64,
) -> SelectTwo<Entity, audit_event::Entity> {
    select
        .filter(Column::Position.gt(position))
        .order_by_asc(Column::Position)
        .limit(limit)
        .find_also_related(audit_event::Entity)
}
