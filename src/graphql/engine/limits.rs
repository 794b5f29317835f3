//! Limits of documents and operations, enforced before the engine sees them.
//!
//! The engine's parser recurses with the brackets of a document, and its checks walk every spread of
//! every fragment: a few KB can overflow its stack or occupy it for minutes. Therefore [`scan`] checks
//! the characters before the parser, [`measure`] the parsed document, visiting each fragment once, and
//! [`estimate`] the operation with the values of its variables before it is executed.

mod cost;
mod error;
mod introspection;
mod list_sizes;
mod measure;
mod roots;
mod scan;
mod subscription_root;

pub use cost::{Cost, estimate};
pub use error::{DocumentError, Limit, LimitExceeded};
pub use measure::measure;
pub use roots::{Roots, check_mutations, roots};
pub use scan::scan;
pub use subscription_root::check_subscription;

/// Maximum characters of a name or a number, so that no error repeats a long one.
const NAME: usize = 100;
/// Maximum depth of brackets.
const BRACKETS: usize = 32;
/// Maximum depth of brackets in arguments.
const VALUE_BRACKETS: usize = 16;
/// Maximum depth of fields in introspection.
const INTROSPECTION_DEPTH: usize = 20;
/// Maximum depth of lists in introspection.
const INTROSPECTION_LISTS: usize = 2;

#[cfg(test)]
mod tests {
    use async_graphql::Variables;
    use async_graphql::parser::parse_query;

    use super::*;
    use crate::config::Config;
    use crate::graphql::engine::schema_types::SchemaTypes;

    fn estimated_with(
        settings: &[(&str, &str)],
        text: &str,
        variables: serde_json::Value,
    ) -> Result<Cost, DocumentError> {
        let config = Config::load(None, [], settings).expect("settings");
        let document = parse_query(text).expect("a document");
        measure(&document, &config.graphql.limits)?;
        let (_, operation) = document.operations.iter().next().expect("an operation");
        let (types, variables) = (SchemaTypes::shared(), Variables::from_json(variables));
        Ok(estimate(&document, &operation.node, &variables, &types, &config)?)
    }

    fn estimated(text: &str, variables: serde_json::Value) -> Result<Cost, DocumentError> {
        estimated_with(&[], text, variables)
    }

    fn cost(text: &str) -> usize {
        estimated(text, serde_json::json!({})).expect("bounded").objects
    }

    /// The cost of a selection below one account.
    fn below_account(selection: &str) -> usize {
        cost(&format!("{{ node(id: \"\") {{ ... on ServiceAccount {{ {selection} }} }} }}")) - 1
    }

    #[track_caller]
    fn is_rejected(text: &str, code: &str, name: &str) {
        let error = estimated(text, serde_json::json!({})).expect_err("an error");
        let DocumentError::LimitExceeded(LimitExceeded { code: its, message, limit }) = error
        else {
            panic!("{error:?}: {text}");
        };
        assert_eq!((its, limit.name), (code, name), "{text}");
        assert!(limit.reached > limit.maximum, "{text}");
        assert!(message.contains(&limit.maximum.to_string()), "{message}");
    }

    #[test]
    fn fragments_that_double_are_rejected_with_and_without_fields() {
        for last in ["a", "...nowhere ...nowhere"] {
            let mut document = "query { ...f0 }".to_owned();
            for level in 0..30 {
                let next = level + 1;
                document += &format!(" fragment f{level} on Query {{ ...f{next} ...f{next} }}");
            }
            document += &format!(" fragment f30 on Query {{ {last} }}");
            let limit = if last == "a" { "root_fields" } else { "selections" };
            is_rejected(&document, "QUERY_TOO_COMPLEX", limit);
        }
    }

    #[test]
    fn a_fragment_that_spreads_itself_is_rejected() {
        let document = "{ ...a } fragment a on Query { ...b } fragment b on Query { x ...a }";
        let error = estimated(document, serde_json::json!({})).expect_err("an error");
        assert!(matches!(error, DocumentError::Invalid(_)), "{error:?}");
    }

    #[test]
    fn aliases_root_fields_depth_directives_and_cost_are_bounded() {
        let complex = "QUERY_TOO_COMPLEX";
        is_rejected(&format!("{{ a {{ {} }} }}", "b: c ".repeat(31)), complex, "aliases");
        is_rejected(&format!("{{ {} }}", "a ".repeat(21)), complex, "root_fields");
        is_rejected(&format!("{}{}", "{a".repeat(13), "}".repeat(13)), "QUERY_TOO_DEEP", "depth");
        let nested = "viewer { organization { serviceAccounts(first: 100) { nodes {
            credentials { edges { node { rotation { replacedBy { id } } } } } } } } }";
        is_rejected(&format!("{{ {nested} }}"), complex, "cost");
        is_rejected(&format!("{{ a {{ {} }} }}", "a @b(c: 1) ".repeat(51)), complex, "directives");
        let leaves = format!(
            "{{ viewer {{ organization {{ serviceAccounts(first: 100) {{ nodes {{
                credentials {{ nodes {{ {} }} }} }} }} }} }} }}",
            "b ".repeat(51)
        );
        is_rejected(&leaves, complex, "resolutions");
    }

    #[test]
    fn cost_is_objects_times_the_length_of_their_lists() {
        assert_eq!(cost("{ viewer { scopes } }"), 1);
        assert_eq!(cost("{ organizations(first: 10) { nodes { id } } }"), 11);
        let text =
            "{ organizations(first: 10) { edges { node { id permissions { roles { list } } } }
            totalCount pageInfo { endCursor } permissions { organizations { read } } } }";
        assert_eq!(cost(text), 22, "the page information once, permissions not at all");
        let text = "{ organizations(first: 10) { ...F } } fragment F on OrganizationConnection { nodes { id } pageInfo { endCursor } }";
        assert_eq!(cost(text), 12);
        assert_eq!(cost("{ nodes(ids: [\"a\", \"b\", \"c\"]) { id } }"), 3);
        assert_eq!(below_account("roles { label } apiGrants { api { id } }"), 3 + 40);
        let text = "{ organizations(first: 1) { nodes { auditEvents(last: 2) { nodes { changes { field } } } } } }";
        assert_eq!(cost(text), 2 + 1 + 2 * (1 + 10));
    }

    #[test]
    fn the_length_of_a_page_is_that_of_the_argument_that_has_a_value() {
        let text = "query($first: Int, $last: Int) {
            organizations(first: $first, last: $last) { nodes { id } } }";
        let of = |variables| estimated(text, variables).expect("bounded").objects;
        for (variables, page) in [
            (serde_json::json!({ "first": 7 }), 7),
            (serde_json::json!({ "last": 7 }), 7),
            (serde_json::json!({ "first": null, "last": 70 }), 70),
            (serde_json::json!({ "last": 1_000 }), 100),
            (serde_json::json!({}), 50),
        ] {
            assert_eq!(of(variables.clone()), 1 + page, "{variables}");
        }
        assert_eq!(cost("{ organizations(first: null, last: 70) { nodes { id } } }"), 71);
    }

    #[test]
    fn a_page_of_credentials_has_as_many_as_an_account_may_have() {
        assert_eq!(below_account("credentials { nodes { id } }"), 1 + 20);
        assert_eq!(below_account("credentials(last: 3) { nodes { id } }"), 1 + 3);
        let text = "{ node(id: \"\") { ... on ServiceAccount { credentials(first: 100) { nodes { id } } } } }";
        let settings = [("credentials_per_account", "100")];
        let cost = estimated_with(&settings, text, serde_json::json!({})).expect("bounded");
        assert_eq!(cost.objects, 2 + 100);
    }

    #[test]
    fn introspection_may_be_deep_but_not_circular() {
        let of_type = "ofType { name ".repeat(9) + &"}".repeat(9);
        let usual = format!(
            "{{ __schema {{ types {{ fields {{ args {{ type {{ {of_type} }} }} }} }} }} }}"
        );
        assert_eq!(cost(&usual), 1);
        let circular = "fields { type { ".repeat(4) + "name" + &"}}".repeat(4);
        let circular = format!("{{ __schema {{ types {{ {circular} }} }} }}");
        is_rejected(&circular, "QUERY_TOO_DEEP", "introspection_lists");
    }

    #[test]
    fn aliases_directives_and_products_of_introspection_count() {
        let complex = "QUERY_TOO_COMPLEX";
        let aliases = format!("{{ __schema {{ types {{ {} }} }} }}", "a: name ".repeat(31));
        is_rejected(&aliases, complex, "aliases");
        let directives = "name @skip(if: false) ".repeat(51);
        is_rejected(
            &format!("{{ __schema {{ types {{ {directives} }} }} }}"),
            complex,
            "directives",
        );
        let fields = "description ".repeat(20);
        let many = format!("types {{ fields {{ args {{ {fields} }} }} }} ").repeat(7);
        is_rejected(&format!("{{ __schema {{ {many} }} }}"), complex, "resolutions");
    }

    /// The number of fields in the response to a query of introspection.
    async fn resolved(query: &str) -> usize {
        fn members(value: &serde_json::Value) -> usize {
            match value {
                serde_json::Value::Object(object) => {
                    object.values().map(|it| 1 + members(it)).sum()
                }
                serde_json::Value::Array(items) => items.iter().map(members).sum(),
                _ => 0,
            }
        }
        let response = crate::graphql::schema().execute(query).await;
        assert!(response.errors.is_empty(), "{query}: {:?}", response.errors);
        members(&response.data.into_json().expect("JSON"))
    }

    #[tokio::test]
    async fn introspection_resolves_no_more_fields_than_are_estimated() {
        let of_type = "type { kind name ofType { kind name ofType { name } } }";
        let inputs = format!("name description defaultValue {of_type}");
        let fields = format!("fields {{ name description args {{ {inputs} }} {of_type} }}");
        let nested = format!("fields {{ name type {{ name {fields} ofType {{ {fields} }} }} }}");
        let inputs = format!("inputFields {{ {inputs} type {{ inputFields {{ name }} }} }}");
        let rest = "interfaces { name } possibleTypes { name fields { name } } enumValues { name description }";
        let one = format!("name description {nested} {inputs} {rest}");
        let mut queries = vec![
            format!("{{ __schema {{ types {{ {one} }} }} }}"),
            format!("{{ __schema {{ queryType {{ {one} }} mutationType {{ {one} }} }} }}"),
            "{ __schema { directives { name locations args { name } } } }".to_owned(),
        ];
        let names = crate::graphql::schema().execute("{ __schema { types { name } } }").await;
        let names = names.data.into_json().expect("JSON");
        for it in names["__schema"]["types"].as_array().expect("types") {
            queries.push(format!("{{ __type(name: {}) {{ {one} }} }}", it["name"]));
        }
        for query in queries {
            let most = [("graphql_max_resolutions", "10000000")];
            let estimated = estimated_with(&most, &query, serde_json::json!({})).expect("bounded");
            let estimated = estimated.resolutions;
            let resolved = resolved(&query).await;
            assert!(resolved <= estimated, "{resolved} > {estimated}: {query}");
        }
    }

    #[test]
    fn root_fields_are_found_through_fragments() {
        let of = |text| {
            let document = parse_query(text).expect("a document");
            let (_, operation) = document.operations.iter().next().expect("an operation");
            roots(&document, &operation.node.selection_set.node)
        };
        assert_eq!(of("{ __typename ...a } fragment a on Query { __typename }"), Roots::TypeName);
        assert_eq!(of("{ __typename ...a } fragment a on Query { viewer { x } }"), Roots::Data);
    }

    #[test]
    fn a_mutation_that_is_selected_twice_through_fragments_is_rejected() {
        let check = |text: &str| {
            let document = parse_query(text).expect("a document");
            let (_, operation) = document.operations.iter().next().expect("an operation");
            let variables = serde_json::json!({ "y": true, "n": false });
            check_mutations(&document, &operation.node, &Variables::from_json(variables)).is_ok()
        };
        let fragment = "fragment F on Mutation { a { b } }";
        assert!(!check(&format!("mutation {{ a {{ c }} ...F }} {fragment}")));
        assert!(!check(&format!(
            "mutation {{ ... @include(if: $y) {{ a {{ c }} }} ...F }} {fragment}"
        )));
        assert!(check(&format!("mutation {{ x: a {{ c }} ...F }} {fragment}")));
        assert!(check("mutation { a @include(if: $n) { b } a @skip(if: $n) { c } }"));
        assert!(check("{ a ... { a } }"));
    }
}
