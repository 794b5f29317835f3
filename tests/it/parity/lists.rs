//! Parity of lists: the filter and the order of each field of the schema are the query parameters of its
//! counterpart in the committed OpenAPI document, with the same values.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{document, members};
use crate::support::snake;

/// The fields with pages, a filter, an order or a range, each with the path of its counterpart.
const LISTS: &[(&str, &str)] = &[
    ("Query.organizations", "/organizations"),
    ("Organization.apis", "/organizations/{organization_id}/apis"),
    ("Organization.auditEvents", "/organizations/{organization_id}/audit-events"),
    ("Organization.credentialCounts", "/organizations/{organization_id}/credential-counts"),
    ("Organization.credentials", "/organizations/{organization_id}/credentials"),
    (
        "Organization.serviceAccountCounts",
        "/organizations/{organization_id}/service-account-counts",
    ),
    ("Organization.serviceAccounts", "/organizations/{organization_id}/service-accounts"),
    ("Api.grants", "/organizations/{organization_id}/apis/{api_id}/grants"),
    (
        "ServiceAccount.credentials",
        "/organizations/{organization_id}/service-accounts/{service_account_id}/credentials",
    ),
    (
        "Credential.usage",
        "/organizations/{organization_id}/service-accounts/{service_account_id}/credentials/{credential_id}/usage",
    ),
];

/// Fields without a counterpart.
const NOT_IN_REST: &[(&str, &str)] =
    &[("Subscription.auditEventAdded", "REST has no subscriptions")];

/// The inputs of filters, each with the member `filter` of the bodies of bulk operations.
const BODIES: &[(&str, &str)] =
    &[("CredentialFilter", "CredentialsFilter"), ("ServiceAccountFilter", "ServiceAccountsFilter")];

/// Parts of a filter with another name as a parameter.
const RENAMED: &[(&str, &str)] =
    &[("api_scope.api_id", "api_id"), ("api_scope.scope", "api_scope")];

/// Parameters that spell the values of the enum in another way.
const OTHER_VALUES: &[(&str, &str)] = &[("types", "actions, separated by commas")];

/// Parts of both surfaces that select no items.
const PAGING: &[&str] = &["first", "last", "after", "before", "limit", "expand"];

/// The names of the parameters, with their values in lower case where they are listed.
type Parameters = BTreeMap<String, Option<BTreeSet<String>>>;

/// The types of the schema by name.
struct Schema(BTreeMap<String, Value>);

fn text(of: &Value) -> &str {
    of["name"].as_str().expect("a name")
}

fn list(of: &Value) -> impl Iterator<Item = &Value> {
    of.as_array().into_iter().flatten()
}

impl Schema {
    async fn read() -> Self {
        let query = "
            {
              __schema {
                types {
                  kind name enumValues { name }
                  fields { name args { ...input } }
                  inputFields { ...input }
                }
              }
            }
            fragment input on __InputValue {
              name type { name ofType { name ofType { name ofType { name } } } }
            }
        ";
        let data = postern::graphql::schema().execute(query).await.data.into_json().expect("JSON");
        let types = list(&data["__schema"]["types"]);
        Self(types.map(|it| (text(it).to_owned(), it.clone())).collect())
    }

    /// The named type of an argument or a member, without lists and nulls around it.
    fn type_of(&self, input: &Value) -> &Value {
        let mut of = &input["type"];
        while of["name"].is_null() {
            of = &of["ofType"];
        }
        &self.0[text(of)]
    }

    /// The fields that select items of a list, by `Type.field`.
    fn lists(&self) -> Vec<(String, &Value)> {
        let selecting = ["first", "filter", "orderBy", "from"];
        let objects = self.0.iter().filter(|(name, _)| !name.starts_with("__"));
        let fields = objects.flat_map(|(name, of)| {
            list(&of["fields"])
                .map(move |field| (format!("{name}.{}", text(field)), &field["args"]))
        });
        fields.filter(|(_, args)| list(args).any(|it| selecting.contains(&text(it)))).collect()
    }

    /// The parameters that arguments stand for.
    fn parameters(&self, args: &Value) -> Parameters {
        let mut found = Parameters::new();
        for arg in list(args).filter(|it| !PAGING.contains(&text(it))) {
            match text(arg) {
                "filter" => self.add_members(arg, "", &mut found),
                "orderBy" => {
                    self.add_members(arg, "", &mut found);
                    let field = found.remove("field").expect("a field");
                    found.insert("order_by".to_owned(), field);
                }
                _ => self.add(arg, "", &mut found),
            }
        }
        found
    }

    fn add_members(&self, input: &Value, before: &str, found: &mut Parameters) {
        for member in list(&self.type_of(input)["inputFields"]) {
            self.add(member, before, found);
        }
    }

    fn add(&self, input: &Value, before: &str, found: &mut Parameters) {
        let name = format!("{before}{}", snake(text(input)));
        let of = self.type_of(input);
        if of["kind"] == "INPUT_OBJECT" {
            return self.add_members(input, &format!("{name}."), found);
        }
        let renamed = RENAMED.iter().find(|(part, _)| *part == name);
        let name = renamed.map_or(name, |(_, parameter)| (*parameter).to_owned());
        let values = list(&of["enumValues"]).map(|it| text(it).to_lowercase());
        found.insert(name, of["enumValues"].is_array().then(|| values.collect()));
    }
}

/// The values that a pattern lists: `^(asc|desc)$`.
fn listed(pattern: &str) -> Option<BTreeSet<String>> {
    let inner = pattern.strip_prefix('^')?.strip_suffix('$')?;
    let inner = inner.strip_prefix('(').and_then(|it| it.strip_suffix(')')).unwrap_or(inner);
    let is_plain = |it: char| it.is_ascii_alphabetic() || it == '_' || it == '|';
    let plain = inner.chars().all(is_plain).then_some(inner)?;
    Some(plain.split('|').map(str::to_lowercase).collect())
}

/// The parameters of an operation in its query string, if there are any.
fn parameters_of(item: &Value) -> Parameters {
    let all = list(&item["get"]["parameters"]).filter(|it| it["in"] == "query");
    let selecting = all.filter(|it| !PAGING.contains(&text(it)));
    let values = |it: &Value| it["schema"]["pattern"].as_str().and_then(listed);
    selecting.map(|it| (text(it).to_owned(), values(it))).collect()
}

#[tokio::test]
async fn filters_and_orders_of_fields_are_the_query_parameters_of_rest() {
    let (schema, document) = (Schema::read().await, document());
    let mut unknown: Vec<_> = schema.lists().into_iter().map(|(name, _)| name).collect();
    unknown.retain(|name| !LISTS.iter().chain(NOT_IN_REST).any(|(known, _)| known == name));
    assert!(unknown.is_empty(), "lists without a counterpart: {unknown:?}");
    for (name, path) in LISTS {
        let lists = schema.lists();
        let (_, args) = lists.iter().find(|(it, _)| it == name).expect(name);
        let item = &document["paths"][*path];
        assert!(item["get"].is_object(), "{path}");
        let (mut ours, mut theirs) = (schema.parameters(args), parameters_of(item));
        for (parameter, _) in OTHER_VALUES {
            for values in
                [&mut ours, &mut theirs].into_iter().filter_map(|it| it.get_mut(*parameter))
            {
                *values = None;
            }
        }
        assert_eq!(ours, theirs, "{name} and {path}");
    }
}

#[test]
fn every_selection_in_a_query_string_belongs_to_a_list_of_the_schema() {
    let document = document();
    let paths = document["paths"].as_object().expect("paths").iter();
    let selecting = paths.filter(|(_, item)| !parameters_of(item).is_empty());
    let unknown: Vec<_> =
        selecting.filter(|(path, _)| !LISTS.iter().any(|(_, known)| known == path)).collect();
    assert!(unknown.is_empty(), "{unknown:#?}");
}

#[tokio::test]
async fn filters_of_bulk_operations_have_the_same_members() {
    let (schema, document) = (Schema::read().await, document());
    for (input, body) in BODIES {
        let ours = list(&schema.0[*input]["inputFields"]).map(|it| snake(text(it)));
        assert_eq!(ours.collect::<BTreeSet<_>>(), members(&document, &[*body]), "{input}");
    }
}
