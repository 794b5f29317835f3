//! Fields without the directive.

use std::collections::BTreeSet;

use async_graphql::parser::types::FieldDefinition;
use serde_json::json;

use super::schema::{base, composites, fields, required};
use crate::support::World;

/// Where each caller finds objects of its own, and the query root.
const OWN: [(&str, &str); 5] = [
    ("Query", "FIELDS"),
    ("Viewer", "viewer { FIELDS }"),
    ("Organization", r#"organization(id: "acme") { FIELDS }"#),
    ("ServiceAccount", "viewer { principal { ... on ServiceAccount { FIELDS } } }"),
    ("Credential", "viewer { credential { FIELDS } }"),
];

/// The selection of a field.
fn selection(field: &FieldDefinition, composites: &BTreeSet<String>) -> String {
    let selection = if composites.contains(base(&field.ty.node)) { " { __typename }" } else { "" };
    format!("{}{selection}", field.name.node)
}

#[tokio::test]
async fn a_field_without_the_directive_requires_no_permission() {
    let (world, fields, composites) = (World::new().await, fields(), composites());
    let caller = world.sign_in(&world.account(&[]).await).await;
    for (of, path) in OWN {
        // Those with required arguments are `node`, `nodes` and `organization`.
        let is_tried = |field: &&FieldDefinition| {
            let is_optional = field.arguments.iter().all(|it| it.node.ty.node.nullable);
            required(field).is_empty() && is_optional
        };
        let tried = fields[of].iter().filter(is_tried);
        let selections: Vec<_> = tried.map(|it| selection(it, &composites)).collect();
        assert!(selections.len() > 2, "{of}: {selections:?}");
        let document = format!("{{ {} }}", path.replace("FIELDS", &selections.join(" ")));
        caller.graphql(&document, json!({})).await.data("");
    }
}
