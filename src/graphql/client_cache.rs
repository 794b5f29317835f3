//! Settings for normalized client caches (Apollo Client, urql's Graphcache), derived from the schema.

use std::collections::BTreeMap;

use async_graphql::Name;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};
use serde::Serialize;

use super::sdl;

/// The facts about the schema that a normalized cache needs and cannot read from responses.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientCache {
    /// The object types of each interface and union, as Apollo's `possibleTypes`.
    possible_types: BTreeMap<String, Vec<String>>,
    /// The object types without an `id`: they are stored within their parent.
    embedded_types: Vec<String>,
}

/// The cache settings of the schema.
///
/// # Errors
/// The published schema cannot be parsed.
pub fn client_cache() -> Result<ClientCache, async_graphql::parser::Error> {
    let mut cache = ClientCache { possible_types: BTreeMap::new(), embedded_types: Vec::new() };
    for definition in parse_schema(sdl())?.definitions {
        let TypeSystemDefinition::Type(definition) = definition else { continue };
        let name = definition.node.name.node.to_string();
        match definition.node.kind {
            TypeKind::Object(object) => {
                for interface in object.implements {
                    cache.add_possible_type(&interface.node, &name);
                }
                let is_root = name == "Query" || name == "Mutation";
                if !is_root && object.fields.iter().all(|field| field.node.name.node != "id") {
                    cache.embedded_types.push(name);
                }
            }
            TypeKind::Union(union) => {
                for member in union.members {
                    cache.add_possible_type(&Name::new(&name), &member.node);
                }
            }
            _ => {}
        }
    }
    cache.embedded_types.sort();
    cache.possible_types.values_mut().for_each(|types| types.sort());
    Ok(cache)
}

impl ClientCache {
    fn add_possible_type(&mut self, of: &Name, name: &str) {
        self.possible_types.entry(of.to_string()).or_default().push(name.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interfaces_unions_and_types_without_an_id_are_listed() {
        let cache = client_cache().expect("a schema");
        assert_eq!(cache.possible_types["Principal"], ["ServiceAccount"]);
        let nodes = ["Api", "AuditEvent", "Credential", "Organization", "Role", "ServiceAccount"];
        assert_eq!(cache.possible_types["Node"], nodes);
        let embedded = |name: &str| cache.embedded_types.iter().any(|it| it == name);
        assert!(embedded("PageInfo") && embedded("Viewer") && embedded("CredentialPermissions"));
        assert!(!nodes.into_iter().any(embedded) && !embedded("Query") && !embedded("Mutation"));
    }
}
