//! Query cost: what it counts, and documents that are within the default limits.

use reqwest::Method;
use serde_json::json;

use crate::support::{Reply, World};

#[tokio::test]
async fn the_cost_of_an_operation_is_reported_on_request() {
    let world = World::new().await;
    let admin = world.admin().await;
    let query = r#"
        query($n: Int = 10) {
          organizations(first: $n) {
            nodes {
              id
              permissions { roles { grant } }
            }
          }
        }
    "#;
    let request = |header: &str| {
        let body = json!({ "query": query });
        Reply::of(
            admin.request(Method::POST, "/graphql").header("graphql-cost", header).json(&body),
        )
    };
    let expected = json!({ "cost": { "requested": 11, "maximum": 5_000 } });
    assert_eq!(request("1").await.json()["extensions"], expected, "the default of the variable");
    assert_eq!(request("0").await.json().get("extensions"), None);
}

#[tokio::test]
async fn the_cost_of_usage_by_day_depends_on_the_number_of_days() {
    let world = World::new().await;
    let admin = world.admin().await;
    let cost = async |range: &str| {
        let to = if range.contains("$to") { r#", $to: Date = "2026-11-24""# } else { "" };
        let query = format!(
            r#"
                query($id: ID!{to}) {{
                  node(id: $id) {{
                    ... on Credential {{ usage{range} {{ sources {{ address }} }} }}
                  }}
                }}
            "#
        );
        let body = json!({ "query": query, "variables": { "id": world.first.credential.id } });
        let request = admin.request(Method::POST, "/graphql").header("graphql-cost", "1");
        let reply = Reply::of(request.json(&body)).await;
        reply.json()["extensions"]["cost"]["requested"].as_u64().expect("a cost")
    };
    let node_and_days = |days: u64| 1 + days * 21;
    assert_eq!(cost(r#"(from: "2026-11-20", to: $to)"#).await, node_and_days(5));
    for open in [
        "",
        "(to: $to)",
        r#"(from: "2026-11-20")"#,
        r#"(from: "2026-11-25", to: $to)"#,
        r#"(from: "0001-01-01", to: $to)"#,
    ] {
        assert_eq!(cost(open).await, node_and_days(90), "{open}");
    }
}

#[tokio::test]
async fn a_page_of_a_hundred_accounts_with_credentials_and_permissions_is_within_the_limits() {
    let world = World::new().await;
    let query = r#"
        {
          organization(id: "acme") {
            serviceAccounts(first: 100) {
              edges {
                cursor
                node {
                  id name description createdAt updatedAt disabledAt
                  roles { label name description permissions }
                  credentials {
                    nodes {
                      id clientId name description createdAt lastUsedAt expiresAt
                      disabledAt
                      permissions {
                        serviceAccountCredentials { list create read update delete }
                      }
                    }
                    permissions { serviceAccountCredentials { create } }
                    totalCount
                  }
                  permissions {
                    serviceAccounts { list create read update delete }
                    serviceAccountCredentials { list create read update delete }
                  }
                }
              }
              permissions { serviceAccounts { create } }
              totalCount
              pageInfo { hasNextPage endCursor }
            }
          }
        }
    "#;
    let edges = world.admin().await.graphql(query, json!({})).await;
    assert_eq!(edges.data("/organization/serviceAccounts/edges").as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn repeated_fields_count_once() {
    let world = World::new().await;
    let query = format!(
        "{{ viewer {{ {} }} {} }}",
        "scopes ".repeat(500),
        "viewer { scopes } ".repeat(100)
    );
    world.admin().await.graphql(&query, json!({})).await.data("/viewer/scopes");
}

#[tokio::test]
async fn the_introspection_query_of_graphiql_is_within_the_limits() {
    let world = World::new().await;
    let of_type = "kind name ofType { ".repeat(9) + "kind name" + &" }".repeat(9);
    let query = format!(
        "query IntrospectionQuery {{ __schema {{ description queryType {{ name kind }} mutationType {{ name kind }}
          subscriptionType {{ name kind }} types {{ ...FullType }}
          directives {{ name description isRepeatable locations args(includeDeprecated: true) {{ ...InputValue }} }} }} }}
        fragment FullType on __Type {{ kind name description specifiedByURL isOneOf
          fields(includeDeprecated: true) {{ name description args(includeDeprecated: true) {{ ...InputValue }}
            type {{ ...TypeRef }} isDeprecated deprecationReason }}
          inputFields(includeDeprecated: true) {{ ...InputValue }} interfaces {{ ...TypeRef }}
          enumValues(includeDeprecated: true) {{ name description isDeprecated deprecationReason }}
          possibleTypes {{ ...TypeRef }} }}
        fragment InputValue on __InputValue {{ name description type {{ ...TypeRef }} defaultValue isDeprecated deprecationReason }}
        fragment TypeRef on __Type {{ {of_type} }}"
    );
    world.anonymous().graphql(&query, json!({})).await.data("/__schema/types");
}
