//! Audit events in the Open Cybersecurity Schema Framework, version 1.6
//! (<https://schema.ocsf.io/1.6.0>): the classes Account Change, Authentication and Entity
//! Management.

mod objects;

use std::net::IpAddr;

use entity::audit_event::Model;
use serde_json::{Value, json};

use crate::domain::audit::Outcome;
use crate::domain::audit::log::Entry;
use objects::{actor, actor_user, entity, target_user};

/// The version of the schema.
const VERSION: &str = "1.6.0";

/// The category Identity & Access Management.
const CATEGORY: u32 = 3;

const ACCOUNT_CHANGE: u32 = 3001;
const AUTHENTICATION: u32 = 3002;
const ENTITY_MANAGEMENT: u32 = 3004;

/// The id of activities and types that the schema does not have; their names are our own.
const OTHER: u32 = 99;

/// An event of the class that fits its action.
pub fn event(entry: &Entry) -> Value {
    let event = &entry.event;
    let class = class(event);
    let (activity, activity_name) = activity(class, event);
    let (status_id, status) = if is_failure(event) { (2, "Failure") } else { (1, "Success") };
    let mut ocsf = json!({
        "category_uid": CATEGORY,
        "class_uid": class,
        "activity_id": activity,
        "activity_name": activity_name,
        "type_uid": class * 100 + activity,
        "time": event.created_at.timestamp_millis(),
        "severity_id": 1,
        "status_id": status_id,
        "status": status,
        "count": event.event_count,
        "message": event.action,
        "metadata": metadata(entry),
        "unmapped": { "cursor": entry.cursor(), "changes": event.changes },
    });
    let mut set = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            ocsf[name] = value;
        }
    };
    set("status_code", event.reason.as_ref().map(|reason| json!(reason)));
    set("status_detail", event.detail.as_ref().map(|detail| json!(detail)));
    // Repeated attempts have the network of the client.
    let address = event.client_address.as_ref().filter(|text| text.parse::<IpAddr>().is_ok());
    set("src_endpoint", address.map(|ip| json!({ "ip": ip })));
    set("actor", actor(event));
    match class {
        ACCOUNT_CHANGE => set("user", Some(target_user(event))),
        AUTHENTICATION => {
            set("user", Some(actor_user(event).unwrap_or_else(|| target_user(event))));
            set("service", Some(json!({ "name": "Postern" })));
        }
        _ => set("entity", Some(entity(event))),
    }
    ocsf
}

fn class(event: &Model) -> u32 {
    let (noun, verb) = noun_and_verb(event);
    match (noun, verb, event.target_kind.as_str()) {
        ("authentication" | "token", ..) | ("credential", "refuse", _) => AUTHENTICATION,
        ("service_account", _, "service_account")
        | ("role" | "api_scope", "grant" | "revoke", "service_account") => ACCOUNT_CHANGE,
        _ => ENTITY_MANAGEMENT,
    }
}

/// The id and the name of the activity. The target of a rejected attempt may be the resource that holds
/// the one of its action: that resource was not to be created, changed or deleted.
fn activity(class: u32, event: &Model) -> (u32, &str) {
    let (noun, verb) = noun_and_verb(event);
    match (class, verb) {
        (ACCOUNT_CHANGE, "create") => (1, "Create"),
        (ACCOUNT_CHANGE, "enable") => (2, "Enable"),
        (ACCOUNT_CHANGE, "disable") => (5, "Disable"),
        (ACCOUNT_CHANGE, "delete") => (6, "Delete"),
        (ACCOUNT_CHANGE, "grant") => (7, "Attach Policy"),
        (ACCOUNT_CHANGE, "revoke") => (8, "Detach Policy"),
        (AUTHENTICATION, "refuse" | "fail") => (1, "Logon"),
        (AUTHENTICATION, "revoke") => (2, "Logoff"),
        (ENTITY_MANAGEMENT, "create") if noun == event.target_kind => (1, "Create"),
        (ENTITY_MANAGEMENT, "update") if noun == event.target_kind => (3, "Update"),
        (ENTITY_MANAGEMENT, "delete") if noun == event.target_kind => (4, "Delete"),
        (ENTITY_MANAGEMENT, "enable") if noun == event.target_kind => (8, "Enable"),
        (ENTITY_MANAGEMENT, "disable") if noun == event.target_kind => (9, "Disable"),
        _ => (OTHER, event.action.as_str()),
    }
}

fn noun_and_verb(event: &Model) -> (&str, &str) {
    event.action.split_once('.').unwrap_or_default()
}

/// Whether the event records an attempt that was rejected.
fn is_failure(event: &Model) -> bool {
    event.outcome != Outcome::Success.text()
}

fn metadata(entry: &Entry) -> Value {
    json!({
        "version": VERSION,
        "uid": entry.event.id,
        "event_code": entry.event.action,
        "correlation_uid": entry.event.request_id,
        "tenant_uid": entry.event.organization_id,
        "log_name": "audit",
        "product": {
            "name": "Postern",
            "vendor_name": "Postern",
            "version": env!("CARGO_PKG_VERSION"),
        },
    })
}
