//! Callers: what a client on the network can do, and what it gets.

use reqwest::header::HeaderMap;
use serde_json::{Value, json};

use super::documented;

/// Somebody with a token, or nobody.
#[derive(Clone)]
pub struct Caller {
    pub http: reqwest::Client,
    pub base: String,
    pub token: Option<String>,
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
    /// The responses of the operation in the OpenAPI document, if it has the operation.
    documented: Option<&'static Value>,
}

impl Caller {
    pub fn anonymous(base: &str) -> Self {
        Self { http: reqwest::Client::new(), base: base.to_owned(), token: None }
    }

    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// The same caller at another replica.
    pub fn at(&self, base: &str) -> Self {
        Self { base: base.to_owned(), ..self.clone() }
    }

    pub fn request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub async fn get(&self, path: &str) -> Reply {
        Reply::of(self.request(reqwest::Method::GET, path)).await
    }

    /// A GET with one more header.
    pub async fn get_with(&self, path: &str, name: &str, value: &str) -> Reply {
        Reply::of(self.request(reqwest::Method::GET, path).header(name, value)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        Reply::of(self.request(reqwest::Method::POST, path).json(body)).await
    }

    /// A POST without a body.
    pub async fn post_empty(&self, path: &str) -> Reply {
        Reply::of(self.request(reqwest::Method::POST, path)).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Reply {
        Reply::of(self.request(reqwest::Method::PATCH, path).json(body)).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        Reply::of(self.request(reqwest::Method::DELETE, path)).await
    }

    /// A token request with these parameters in the body.
    pub async fn ask_token(&self, form: &[(&str, &str)]) -> Reply {
        Reply::of(self.request(reqwest::Method::POST, "/oauth/token").form(form)).await
    }

    pub async fn graphql(&self, query: &str, variables: Value) -> Reply {
        let body = json!({ "query": query, "variables": variables });
        Reply::of(self.request(reqwest::Method::POST, "/graphql").json(&body)).await
    }
}

impl Reply {
    pub async fn of(request: reqwest::RequestBuilder) -> Self {
        let (http, request) = request.build_split();
        let request = request.expect("a request");
        let documented = documented::responses(request.method(), request.url().path());
        let response = http.execute(request).await.expect("the server answers");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.expect("the answer is text");
        Self { status, headers, text, documented }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("a header of text"))
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// What stands at a place of the `data` of a GraphQL answer without errors.
    #[track_caller]
    pub fn data(&self, pointer: &str) -> Value {
        let json = self.json();
        assert!(json.get("errors").is_none(), "{json:#}");
        json["data"].pointer(pointer).unwrap_or_else(|| panic!("no {pointer}: {json:#}")).clone()
    }

    /// The codes of the errors of a GraphQL answer, each with its path.
    pub fn errors(&self) -> Vec<(String, String)> {
        let json = self.json();
        let errors = json["errors"].as_array().cloned().unwrap_or_default();
        errors
            .iter()
            .map(|error| {
                let path = error["path"].as_array().cloned().unwrap_or_default();
                let path = path.iter().map(|it| it.to_string().replace('"', ""));
                let code = error["extensions"]["code"].as_str().unwrap_or("(none)").to_owned();
                (path.collect::<Vec<_>>().join("."), code)
            })
            .collect()
    }

    /// Asserts that the only error has this code.
    #[track_caller]
    pub fn is_graphql_error(&self, code: &str) {
        let codes: Vec<_> = self.errors().into_iter().map(|(_, code)| code).collect();
        assert_eq!(codes, [code], "{}", self.text);
    }

    /// Asserts that the only error is a conflict for this reason.
    #[track_caller]
    pub fn is_graphql_conflict(&self, reason: &str) {
        self.is_graphql_error("CONFLICT");
        assert_eq!(self.json()["errors"][0]["extensions"]["reason"], reason, "{}", self.text);
    }

    /// Asserts an error of the REST surface, with all that belongs to it and nothing more, and that
    /// the OpenAPI document has it.
    #[track_caller]
    pub fn is_error(&self, status: u16, code: &str) {
        assert_eq!(self.status, status, "{self:?}");
        let body = self.json();
        assert_eq!((&body["code"], &body["status"]), (&json!(code), &json!(status)), "{body}");
        assert!(body["message"].as_str().is_some_and(|message| !message.is_empty()), "{body}");
        let optional = match code {
            "BAD_USER_INPUT" => vec!["field", "fields"],
            "FORBIDDEN" => vec!["permission"],
            "CONFLICT" => vec!["reason"],
            _ => vec![],
        };
        for (name, value) in body.as_object().expect("an object") {
            let always = ["message", "code", "status"].contains(&name.as_str());
            assert!(always || optional.contains(&name.as_str()), "{name}: {body}");
            assert!(!value.is_null(), "{body}");
        }
        assert_eq!(body.get("permission").is_some(), code == "FORBIDDEN", "{body}");
        assert_eq!(body.get("reason").is_some(), code == "CONFLICT", "{body}");
        if let Some(fields) = body["fields"].as_array() {
            assert!(fields.len() > 1 && fields[0]["field"] == body["field"], "{body}");
        }
        assert_eq!(self.header("x-should-retry").is_some(), code == "CONFLICT");
        assert!(self.header("x-client-request-id").is_some());
        assert_eq!(self.header("www-authenticate").is_some(), status == 401);
        assert_eq!(self.header("allow").is_some(), status == 405);
        if let Some(responses) = self.documented {
            documented::check(responses, status, &body);
        }
    }

    /// Asserts that the error is 400 and names this input.
    #[track_caller]
    pub fn is_invalid(&self, field: &str) {
        self.is_error(400, "BAD_USER_INPUT");
        assert_eq!(self.json()["field"], field, "{}", self.text);
    }

    /// Asserts that the error is 409 for this reason.
    #[track_caller]
    pub fn is_conflict(&self, reason: &str) {
        self.is_error(409, "CONFLICT");
        assert_eq!(self.json()["reason"], reason, "{}", self.text);
    }

    /// Asserts that the answer has this status, and gives its body.
    #[track_caller]
    pub fn body(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{self:?}");
        self.json()
    }

    /// Asserts an error of the token endpoint.
    #[track_caller]
    pub fn is_oauth_error(&self, status: u16, error: &str) {
        assert_eq!((self.status, self.json()["error"].as_str()), (status, Some(error)), "{self:?}");
        assert_eq!(self.header("cache-control"), Some("no-store"));
        assert_eq!(self.header("pragma"), Some("no-cache"));
        assert!(self.json()["error_description"].as_str().is_some_and(str::is_ascii));
    }
}
