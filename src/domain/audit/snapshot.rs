//! Snapshots of resources for the audit trail: their fields as text, without secrets.

use chrono::{DateTime, Utc};
use entity::{api, credential, organization, role, service_account};
use serde::{Deserialize, Serialize};

use crate::clock;

/// The fields of a resource by name, in a fixed order; `None` where a field has no value.
#[derive(Default)]
pub struct Snapshot(Vec<(&'static str, Option<String>)>);

/// A field that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Its name, in snake case.
    pub field: String,
    /// Its value before; absent if it had none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old: Option<String>,
    /// Its value after; absent if it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new: Option<String>,
}

impl Change {
    /// A value that was added to a field of several values.
    pub fn added(field: &str, value: impl Into<String>) -> Self {
        Self { field: field.to_owned(), old: None, new: Some(value.into()) }
    }

    /// A value that was removed from a field of several values.
    pub fn removed(field: &str, value: impl Into<String>) -> Self {
        Self { field: field.to_owned(), old: Some(value.into()), new: None }
    }
}

/// The fields in which `after` differs from `before`; a resource that does not exist has no fields.
pub(super) fn differences(before: Snapshot, after: Snapshot) -> Vec<Change> {
    let names = if after.0.is_empty() { &before } else { &after };
    let value = |snapshot: &Snapshot, name: &str| {
        let named = snapshot.0.iter().find(|(field, _)| *field == name);
        named.and_then(|(_, value)| value.clone())
    };
    let change = |(field, _): &(&'static str, _)| {
        let (old, new) = (value(&before, field), value(&after, field));
        (old != new).then(|| Change { field: (*field).to_owned(), old, new })
    };
    names.0.iter().filter_map(change).collect()
}

impl From<&organization::Model> for Snapshot {
    fn from(row: &organization::Model) -> Self {
        Self(vec![("label", some(&row.label)), ("name", some(&row.name))])
    }
}

impl From<&service_account::Model> for Snapshot {
    fn from(row: &service_account::Model) -> Self {
        Self(vec![
            ("name", some(&row.name)),
            ("description", row.description.clone()),
            ("external_id", row.external_id.clone()),
            ("disabled_at", time(row.disabled_at)),
            ("not_before", time(row.not_before)),
        ])
    }
}

impl From<&credential::Model> for Snapshot {
    fn from(row: &credential::Model) -> Self {
        Self(vec![
            ("client_id", some(&row.client_id)),
            ("name", some(&row.name)),
            ("description", row.description.clone()),
            ("public_key", row.public_key.clone()),
            ("expires_at", time(row.expires_at)),
            ("disabled_at", time(row.disabled_at)),
            ("restrictions", row.restrictions.clone()),
            ("retires_at", time(row.retires_at)),
            ("replaced_by", row.replaced_by.as_ref().map(ToString::to_string)),
            ("not_before", time(row.not_before)),
        ])
    }
}

impl From<&role::Model> for Snapshot {
    fn from(row: &role::Model) -> Self {
        Self(vec![
            ("label", some(&row.label)),
            ("name", some(&row.name)),
            ("description", some(&row.description).filter(|text| !text.is_empty())),
            ("permissions", some(&row.permissions)),
        ])
    }
}

impl From<&api::Model> for Snapshot {
    fn from(row: &api::Model) -> Self {
        Self(vec![
            ("identifier", some(&row.identifier)),
            ("name", some(&row.name)),
            ("scopes", some(&row.scopes)),
        ])
    }
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn time(at: Option<DateTime<Utc>>) -> Option<String> {
    at.map(clock::to_rfc3339)
}
