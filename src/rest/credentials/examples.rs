//! Examples of credentials in the OpenAPI document: the same credential in its states.

use serde_json::{Value, json};

use crate::http::openapi::with;

/// The request that updates the credential.
pub fn update() -> Value {
    json!({
        "name": "Production",
        "expires_at": "2027-11-25T08:00:00Z",
        "restrictions": { "addresses": ["10.0.0.0/8"], "token_lifetime": 600 },
    })
}

/// The request that creates the credential.
pub fn create() -> Value {
    with(update(), json!({ "description": "Stored in the vault of the data team." }))
}

/// The members that every response has.
fn shown() -> Value {
    let set_by_server = json!({
        "id": "c8k2v0q4mzt1x7h5nw3yb6jdrp",
        "client_id": "svfV9ibqCbm8tB15SdaiE",
        "created_at": "2026-11-25T08:00:00.123456Z",
        "expires_at": "2027-11-25T08:00:00.000000Z",
    });
    with(create(), set_by_server)
}

/// An active credential.
pub fn credential() -> Value {
    with(shown(), json!({ "last_used_at": "2026-11-26T03:00:00.123456Z" }))
}

/// The same, disabled.
pub fn disabled() -> Value {
    with(credential(), json!({ "disabled_at": "2026-11-26T12:00:00.123456Z" }))
}

/// The same, retired by its rotation.
pub fn retired() -> Value {
    with(credential(), json!({ "retires_at": "2026-11-26T12:00:00.123456Z" }))
}

/// The same in the response to its creation.
pub fn created() -> Value {
    let secret = "psk_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
    with(shown(), json!({ "client_secret": secret }))
}

/// Its successor in the response to the start of the rotation.
pub fn successor() -> Value {
    let own = json!({
        "id": "cz91n5b7vkq3w0m8x2t4y6hjdr",
        "client_id": "R4tq8ZbW1kYx0NcVm7JfL",
        "name": "Production 2",
        "created_at": "2026-11-26T08:00:00.123456Z",
        "expires_at": "2027-05-25T08:00:00.000000Z",
    });
    with(created(), own)
}

/// The rotation between the two.
pub fn rotation() -> Value {
    json!({
        "state": "overlapping",
        "started_at": "2026-11-26T08:00:00.123456Z",
        "retires_at": "2026-11-27T08:00:00.123456Z",
        "replaced_by": "cz91n5b7vkq3w0m8x2t4y6hjdr",
        "token_count": 3,
        "last_used_at": "2026-11-26T09:00:00.123456Z",
        "last_source_address": "10.1.2.3",
        "safe_to_revoke": false,
    })
}

/// The credential in a list of an organization.
pub fn credential_with_account() -> Value {
    with(credential(), json!({ "service_account_id": "sti0xl3pdebmarw96xyp2a9517" }))
}
