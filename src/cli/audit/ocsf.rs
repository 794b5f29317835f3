//! Audit events in the Open Cybersecurity Schema Framework, version 1.6
//! (<https://schema.ocsf.io/1.6.0>): the classes Account Change, Authentication and Entity
//! Management.

use std::net::IpAddr;

use entity::audit_event::Model;
use serde_json::{Value, json};

use crate::domain::audit::Outcome;
use crate::domain::audit::log::Entry;

/// The version of the schema.
const VERSION: &str = "1.6.0";

/// The category Identity & Access Management.
const CATEGORY: u32 = 3;

const ACCOUNT_CHANGE: u32 = 3001;
const AUTHENTICATION: u32 = 3002;
const ENTITY_MANAGEMENT: u32 = 3004;

/// The activity of verbs that a class does not have.
const OTHER: u32 = 99;

/// The type of users that are services.
const SERVICE: u32 = 4;

/// The type of entities that are organizations.
const ORGANIZATION: u32 = 4;

/// An event of the class that fits its action.
pub fn event(entry: &Entry) -> Value {
    let event = &entry.event;
    let class = class(event);
    let activity = activity(class, event);
    let (status_id, status) = if is_failure(event) { (2, "Failure") } else { (1, "Success") };
    let mut ocsf = json!({
        "category_uid": CATEGORY,
        "class_uid": class,
        "activity_id": activity,
        "activity_name": event.action,
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
    match event.action.split_once('.') {
        Some(("authentication" | "token", _)) | Some(("credential", "refuse")) => AUTHENTICATION,
        _ if event.target_kind == "service_account" => ACCOUNT_CHANGE,
        _ => ENTITY_MANAGEMENT,
    }
}

fn activity(class: u32, event: &Model) -> u32 {
    let verb = event.action.rsplit('.').next().unwrap_or_default();
    match (class, verb) {
        (ACCOUNT_CHANGE | ENTITY_MANAGEMENT, "create") => 1,
        (ACCOUNT_CHANGE, "enable") => 2,
        (ACCOUNT_CHANGE, "disable") => 5,
        (ACCOUNT_CHANGE, "delete") => 6,
        (ACCOUNT_CHANGE, "grant") => 7,
        (ACCOUNT_CHANGE, "revoke") => 8,
        (AUTHENTICATION, "refuse" | "fail") => 1,
        (AUTHENTICATION, "revoke") => 2,
        (ENTITY_MANAGEMENT, "update") => 3,
        (ENTITY_MANAGEMENT, "delete") => 4,
        (ENTITY_MANAGEMENT, "enable") => 8,
        (ENTITY_MANAGEMENT, "disable") => 9,
        _ => OTHER,
    }
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

fn actor(event: &Model) -> Option<Value> {
    if event.actor_kind == "operator" {
        return Some(
            json!({ "app_name": "postern", "user": { "name": "operator", "type_id": 2 } }),
        );
    }
    actor_user(event).map(|user| json!({ "user": user }))
}

fn actor_user(event: &Model) -> Option<Value> {
    let id = event.actor_id.as_ref()?;
    let mut user = json!({ "uid": id, "type_id": SERVICE, "type": "Service" });
    for (name, value) in [("name", &event.actor_name), ("credential_uid", &event.credential_id)] {
        if let Some(value) = value {
            user[name] = json!(value);
        }
    }
    Some(user)
}

fn target_user(event: &Model) -> Value {
    let mut user = json!({ "uid": event.target_id, "type_id": SERVICE, "type": "Service" });
    if let Some(name) = &event.target_name {
        user["name"] = json!(name);
    }
    user
}

fn entity(event: &Model) -> Value {
    let type_id = if event.target_kind == "organization" { ORGANIZATION } else { OTHER };
    let mut entity =
        json!({ "uid": event.target_id, "type_id": type_id, "type": event.target_kind });
    if let Some(name) = &event.target_name {
        entity["name"] = json!(name);
    }
    entity
}
