//! Parity of the surfaces: the committed schema and the committed OpenAPI document have the same
//! fields, filters and orders, save those that are listed here with their counterpart.
//! `audit::coverage` pairs the mutations with the writes of REST.

mod limits;
mod lists;
mod roles;

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::snake;

/// A type of the schema, the schemas of the document that show the same, and the fields with another
/// counterpart there, or none.
struct Pair {
    graphql: &'static str,
    rest: &'static [&'static str],
    elsewhere: &'static [&'static str],
}

const fn pair(graphql: &'static str, rest: &'static [&'static str]) -> Pair {
    Pair { graphql, rest, elsewhere: &[] }
}

const PAIRS: &[Pair] = &[
    Pair {
        graphql: "Viewer",
        rest: &["Viewer"],
        // service_account
        elsewhere: &["principal"],
    },
    Pair {
        graphql: "Organization",
        rest: &["Organization"],
        // Operations of their own, below the path of the organization.
        elsewhere: &[
            "apis",
            "audit_events",
            "audit_event_types",
            "audit_head",
            "credentials",
            "credential_counts",
            "limits",
            "roles",
            "service_account",
            "service_accounts",
            "service_account_counts",
        ],
    },
    pair("Limits", &["Limits"]),
    Pair {
        graphql: "ServiceAccount",
        rest: &["ServiceAccount"],
        elsewhere: &[
            // Operations of their own, below the path of the service account.
            "api_grants",
            "credential",
            "credentials",
            "effective_permissions",
            "may_grant",
            "organization",
            "role_bindings",
            "roles",
            // The contract has no such member.
            "disabled_by",
            "not_before",
        ],
    },
    pair("ServiceAccountCounts", &["ServiceAccountCounts"]),
    Pair {
        graphql: "Credential",
        rest: &["Credential", "CredentialState", "Usage", "OrganizationCredential"],
        elsewhere: &[
            // Operations of their own, below the path of the credential.
            "effective_permissions",
            "rotation",
            // service_account_id
            "service_account",
            // The contract has no such member.
            "disabled_by",
            "not_before",
            "public_key",
            "updated_at",
        ],
    },
    pair("CredentialCounts", &["CredentialCounts"]),
    pair("CredentialRestrictions", &["Restrictions"]),
    pair("CredentialRotation", &["CredentialRotation"]),
    pair("CredentialUsageDay", &["CredentialUsageDay"]),
    pair("CredentialUsageSource", &["CredentialUsageSource"]),
    Pair {
        graphql: "Role",
        rest: &["CustomRole", "Role"],
        // built_in
        elsewhere: &["is_built_in"],
    },
    Pair {
        graphql: "RoleBinding",
        rest: &["RoleBinding"],
        // on_service_account_id
        elsewhere: &["on_service_account"],
    },
    pair("RoleHolderChange", &["RoleHolderChange"]),
    pair("PermissionsOnServiceAccount", &["PermissionsOnServiceAccount"]),
    Pair {
        graphql: "PermissionsOfRole",
        rest: &["PermissionsOfRole"],
        // role
        elsewhere: &["role_label"],
    },
    pair("CatalogPermission", &["CatalogPermission"]),
    Pair {
        graphql: "Api",
        rest: &["Api"],
        // An operation of its own, below the path of the API.
        elsewhere: &["grants"],
    },
    Pair {
        graphql: "ApiGrant",
        rest: &["ApiGrant"],
        // api_id; service_account_id of ApiGrantHolder
        elsewhere: &["api", "service_account"],
    },
    Pair {
        graphql: "AuditEvent",
        rest: &["AuditEvent"],
        // Ids; the type of an action is in the list of event types.
        elsewhere: &["actor", "target", "type"],
    },
    pair("AuditChange", &["AuditChange"]),
    Pair {
        graphql: "AuditEventTypeEntry",
        rest: &["AuditEventType"],
        // The action identifies it.
        elsewhere: &["type"],
    },
    pair("AuditBlock", &["AuditBlock"]),
    pair("BulkResult", &["BulkResult"]),
    pair("BulkError", &["Error"]),
];

/// Types without a counterpart: the roots, and the envelopes of lists and mutations.
fn is_envelope(name: &str) -> bool {
    let ends = ["Payload", "Connection", "Edge", "Actions", "Permissions"];
    let roots = ["Query", "Mutation", "Subscription", "PageInfo"];
    roots.contains(&name) || ends.iter().any(|end| name.ends_with(end))
}

/// The object types of the schema, each with its fields in snake case.
async fn types() -> Vec<(String, BTreeSet<String>)> {
    let query = "{ __schema { types { kind name fields { name } } } }";
    let data = postern::graphql::schema().execute(query).await.data.into_json().expect("JSON");
    let text = |it: &Value| it["name"].as_str().expect("a name").to_owned();
    let fields = |it: &Value| {
        let fields = it["fields"].as_array().expect("fields").iter();
        fields.map(|field| snake(&text(field))).collect()
    };
    let types = data["__schema"]["types"].as_array().expect("types").iter();
    let objects = types.filter(|it| it["kind"] == "OBJECT").map(|it| (text(it), fields(it)));
    objects.filter(|(name, _)| !name.starts_with("__")).collect()
}

/// The committed document.
fn document() -> Value {
    serde_json::from_str(include_str!("../openapi.json")).expect("JSON")
}

/// The members of these schemas of the committed document, and of those that they contain.
fn members(document: &Value, schemas: &[&str]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for name in schemas {
        let schema = &document["components"]["schemas"][*name];
        assert!(schema.is_object(), "{name}");
        let parts = schema["allOf"].as_array().into_iter().flatten().chain([schema]);
        let properties = parts.filter_map(|it| it["properties"].as_object());
        found.extend(properties.flat_map(|it| it.keys().cloned()));
    }
    found
}

#[tokio::test]
async fn every_field_of_the_schema_is_a_member_of_rest_or_has_another_counterpart() {
    let (document, types) = (document(), types().await);
    for (name, fields) in types.iter().filter(|(name, _)| !is_envelope(name)) {
        let pair = PAIRS.iter().find(|it| it.graphql == name);
        let pair = pair.unwrap_or_else(|| panic!("{name} has no counterpart"));
        let members = members(&document, pair.rest);
        let missing: BTreeSet<_> = fields.difference(&members).map(String::as_str).collect();
        assert_eq!(missing, pair.elsewhere.iter().copied().collect(), "{name}");
    }
    assert!(PAIRS.iter().all(|pair| types.iter().any(|(name, _)| pair.graphql == name)));
}
