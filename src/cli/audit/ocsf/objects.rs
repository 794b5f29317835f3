//! Objects within OCSF events: users and managed entities.

use entity::audit_event::Model;
use serde_json::{Value, json};

use super::OTHER;

/// The type of users that are services.
const SERVICE: (u32, &str) = (4, "Service");

/// The type of users that administrate the server.
const ADMIN: (u32, &str) = (2, "Admin");

/// The one who acted; `None` for a caller who was not authenticated.
pub fn actor(event: &Model) -> Option<Value> {
    if event.actor_kind == "operator" {
        let user = typed(json!({ "name": "operator" }), ADMIN);
        return Some(json!({ "app_name": "postern", "user": user }));
    }
    actor_user(event).map(|user| json!({ "user": user }))
}

/// The service account that acted, if one did.
pub fn actor_user(event: &Model) -> Option<Value> {
    let mut user = typed(named(event.actor_id.as_deref()?, event.actor_name.as_deref()), SERVICE);
    if let Some(id) = &event.credential_id {
        user["programmatic_credentials"] = json!([{ "uid": id }]);
    }
    Some(user)
}

/// The target as a user: also the credential of a client that was not authenticated, or its organization.
pub fn target_user(event: &Model) -> Value {
    let kind = match event.target_kind.as_str() {
        "service_account" => SERVICE,
        kind => (OTHER, kind),
    };
    typed(target(event), kind)
}

/// The target as an entity, with the object that its type demands.
pub fn entity(event: &Model) -> Value {
    let mut entity = target(event);
    let kind = match event.target_kind.as_str() {
        "organization" => {
            entity["org"] = target(event);
            (4, "Organization")
        }
        "service_account" => {
            entity["user"] = target_user(event);
            (2, "User")
        }
        "unknown" => (0, "Unknown"),
        kind => (OTHER, kind),
    };
    typed(entity, kind)
}

fn target(event: &Model) -> Value {
    named(&event.target_id, event.target_name.as_deref())
}

fn named(id: &str, name: Option<&str>) -> Value {
    let mut object = json!({ "uid": id });
    if let Some(name) = name {
        object["name"] = json!(name);
    }
    object
}

fn typed(mut object: Value, (id, name): (u32, &str)) -> Value {
    object["type_id"] = json!(id);
    object["type"] = json!(name);
    object
}
