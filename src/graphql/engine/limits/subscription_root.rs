//! The root field of a subscription (GraphQL specification, section 5.2.4.1).

use async_graphql::parser::types::{
    ExecutableDocument, OperationDefinition, Selection, SelectionSet,
};

use super::error::DocumentError;

/// Rejects a subscription that does not select exactly one field of data, for all variables.
///
/// # Errors
/// It selects several fields, introspection, or a field with `@skip` or `@include`.
pub fn check_subscription(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
) -> Result<(), DocumentError> {
    let count = count(document, &operation.selection_set.node)?;
    if count == 1 {
        return Ok(());
    }
    Err(DocumentError::invalid(format!("a subscription must select one root field, not {count}")))
}

/// The number of root fields. Fragments must not spread themselves.
fn count(document: &ExecutableDocument, set: &SelectionSet) -> Result<usize, DocumentError> {
    let mut sum = 0_usize;
    for item in &set.items {
        let is_conditional = |name: &str| matches!(name, "skip" | "include");
        if item.node.directives().iter().any(|it| is_conditional(&it.node.name.node)) {
            let message = "the root field of a subscription must not have @skip or @include";
            return Err(DocumentError::invalid(message));
        }
        sum = sum.saturating_add(match &item.node {
            Selection::Field(field) if field.node.name.node.starts_with("__") => {
                let message = "the root field of a subscription must not be introspection";
                return Err(DocumentError::invalid(message));
            }
            Selection::Field(_) => 1,
            Selection::InlineFragment(it) => count(document, &it.node.selection_set.node)?,
            // Unknown fragments are reported by the engine's validation.
            Selection::FragmentSpread(it) => {
                match document.fragments.get(&it.node.fragment_name.node) {
                    Some(it) => count(document, &it.node.selection_set.node)?,
                    None => 1,
                }
            }
        });
    }
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    #[test]
    fn a_subscription_has_one_unconditional_root_field_of_data() {
        let check = |text: &str| {
            let document = parse_query(text).expect("a document");
            let (_, operation) = document.operations.iter().next().expect("an operation");
            check_subscription(&document, &operation.node).is_ok()
        };
        let fragment = "fragment F on Subscription { a { b } }";
        assert!(check("subscription { a { b c } }"));
        assert!(check(&format!("subscription {{ ... {{ ...F }} }} {fragment}")));
        assert!(!check("subscription { a { b } c { d } }"));
        assert!(!check(&format!("subscription {{ a {{ c }} ...F }} {fragment}")));
        assert!(!check("subscription { __typename }"));
        assert!(!check("subscription { a { b } __typename }"));
        assert!(!check("subscription($x: Boolean!) { a @include(if: $x) { b } }"));
        assert!(!check("subscription { ... @skip(if: false) { a { b } } }"));
    }
}
