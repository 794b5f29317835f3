//! Organizations, their APIs and their audit events as resources.

use entity::{OrganizationId, api, audit_event, organization};

use super::Resource;
use crate::authz::{Client, Permission};

impl Resource for organization::Model {
    const NOUN: &'static str = "organization";
    const READ: Permission = Permission::OrganizationsRead;
    const TYPES: &'static [&'static str] = &[
        "organizations",
        "service_accounts",
        "service_account_credentials",
        "roles",
        "members",
        "apis",
        "trusted_issuers",
        "audit_events",
    ];

    fn organization(&self) -> &OrganizationId {
        &self.id
    }

    fn is_own(&self, client: &Client) -> bool {
        self.id == client.organization
    }
}

/// An organization as the parent of its lists, whose row need not be read.
impl Resource for OrganizationId {
    const NOUN: &'static str = organization::Model::NOUN;
    const READ: Permission = organization::Model::READ;
    const TYPES: &'static [&'static str] = organization::Model::TYPES;

    fn organization(&self) -> &OrganizationId {
        self
    }

    fn is_own(&self, client: &Client) -> bool {
        *self == client.organization
    }
}

/// Unlike the organization itself, an API is not readable by everyone in it.
impl Resource for api::Model {
    const NOUN: &'static str = "API";
    const READ: Permission = Permission::ApisRead;
    const TYPES: &'static [&'static str] = &["apis"];

    fn organization(&self) -> &OrganizationId {
        &self.organization_id
    }
}

impl Resource for audit_event::Model {
    const NOUN: &'static str = "audit event";
    const READ: Permission = Permission::AuditEventsList;
    const TYPES: &'static [&'static str] = &["audit_events"];

    fn organization(&self) -> &OrganizationId {
        &self.organization_id
    }
}
