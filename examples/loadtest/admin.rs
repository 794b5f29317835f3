//! The admin of the organization, as a GraphQL and REST client.

use std::net::SocketAddr;

use serde_json::{Value, json};

use crate::http;
use crate::installation::{Installation, ORGANIZATION};

/// The admin with a token.
pub struct Admin {
    bearer: String,
}

impl Admin {
    /// Fetches a token of the server.
    pub async fn new(server: SocketAddr, of: &Installation) -> Self {
        let body = format!(
            "grant_type=client_credentials&client_id={}&client_secret={}",
            of.admin.credential.client_id,
            of.admin.secret.reveal()
        );
        let request = http::request("POST", "/oauth/token", &[http::FORM], &body);
        let token = fetch_json(server, &request).await;
        Self { bearer: format!("Bearer {}", token["access_token"].as_str().expect("a token")) }
    }

    /// Executes a document and returns its data.
    pub async fn execute(&self, server: SocketAddr, document: &str, variables: &Value) -> Value {
        let mut response = fetch_json(server, &self.graphql(document, variables)).await;
        assert!(response["errors"].is_null(), "{response}");
        response["data"].take()
    }

    /// Renders a GraphQL request.
    pub fn graphql(&self, document: &str, variables: &Value) -> Vec<u8> {
        let body = json!({ "query": document, "variables": variables }).to_string();
        let headers =
            [("authorization", self.bearer.as_str()), ("content-type", "application/json")];
        http::request("POST", "/graphql", &headers, &body)
    }

    /// Renders a REST request for a page of service accounts.
    pub fn rest(&self, limit: usize, after: Option<&str>) -> Vec<u8> {
        let after = after.map(|after| format!("&after={after}")).unwrap_or_default();
        let path = format!("/organizations/{ORGANIZATION}/service-accounts?limit={limit}{after}");
        http::request("GET", &path, &[("authorization", &self.bearer)], "")
    }
}

/// Sends one request; returns the JSON of its response, whose status must be 200.
pub async fn fetch_json(server: SocketAddr, request: &[u8]) -> Value {
    serde_json::from_slice(&http::fetch(server, request).await).expect("JSON")
}
