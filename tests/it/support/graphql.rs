//! GraphQL documents that many tests send.

use serde::Serialize;
use serde_json::json;

use super::{Caller, Reply};

/// A query that any caller with a valid token may send.
pub const VIEWER: &str = "{ viewer { tokenExpiresAt } }";

impl Caller {
    /// Runs a mutation whose payload does not matter.
    pub async fn mutate(&self, mutation: &str, input: impl Serialize) -> Reply {
        self.mutate_selecting(mutation, input, "clientMutationId").await
    }

    /// Runs a mutation and selects `selection` of its payload.
    pub async fn mutate_selecting(
        &self,
        mutation: &str,
        input: impl Serialize,
        selection: &str,
    ) -> Reply {
        let document = mutation_document(mutation, selection);
        self.graphql(&document, json!({ "input": input })).await
    }
}

/// The document of a mutation whose input is the variable `$input`.
fn mutation_document(mutation: &str, selection: &str) -> String {
    let input = input_type(mutation);
    format!("mutation($input: {input}!) {{ {mutation}(input: $input) {{ {selection} }} }}")
}

/// The input type of a mutation: `createApi` takes a `CreateApiInput`.
pub fn input_type(mutation: &str) -> String {
    format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..])
}

/// A name of the schema in snake case, as REST spells it.
pub fn snake(camel: &str) -> String {
    camel.chars().fold(String::new(), |mut name, next| {
        if next.is_uppercase() {
            name.push('_');
        }
        name.extend(next.to_lowercase());
        name
    })
}

/// A document of a table of operations.
#[derive(Clone, Copy, Debug)]
pub enum Document {
    Query(&'static str),
    /// A mutation with its input, such as `deleteApi(input: { id: $api })`, and with a selection of its
    /// payload where that matters.
    Mutation(&'static str),
}

impl Document {
    pub fn text(self) -> String {
        match self {
            Self::Query(text) => text.to_owned(),
            Self::Mutation(call) => mutation_call(call),
        }
    }
}

/// The variables that a call in a table may use.
const VARIABLES: [(&str, &str); 9] = [
    ("$organization", "ID!"),
    ("$account", "ID!"),
    ("$credential", "ID!"),
    ("$api", "ID!"),
    ("$role", "ID!"),
    ("$own", "ID!"),
    ("$granted", "String!"),
    ("$name", "String!"),
    ("$restricted", "CreateCredentialInput!"),
];

/// The document of a mutation call, with the variables that it uses.
pub fn mutation_call(call: &str) -> String {
    let used = VARIABLES.iter().filter(|(name, _)| call.contains(name));
    let used: Vec<_> = used.map(|(name, kind)| format!("{name}: {kind}")).collect();
    let definitions =
        if used.is_empty() { String::new() } else { format!("({})", used.join(", ")) };
    let selection = if call.ends_with('}') { "" } else { "{ clientMutationId }" };
    format!("mutation{definitions} {{ {call} {selection} }}")
}
