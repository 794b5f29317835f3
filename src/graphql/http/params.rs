//! The parameters of a request: from the body of a POST, or from the query string of a GET.

use async_graphql::Variables;
use axum::extract::Request;
use axum::http::{HeaderMap, Method, header};
use serde_json::{Map, Value};
use url::form_urlencoded;

use super::request_error::RequestError;
use crate::config::GraphqlLimits;
use crate::http::body::{self, Unread};

/// The parameters of a query string.
const PARAMETERS: [&str; 4] = ["query", "operationName", "variables", "extensions"];

/// The parameters of a request.
pub struct Params {
    /// The document.
    pub query: String,
    /// The name of the operation to execute.
    pub operation_name: Option<String>,
    /// The values of its variables.
    pub variables: Variables,
}

impl Params {
    /// Reads the parameters of a request.
    pub async fn read(request: Request, limits: &GraphqlLimits) -> Result<Self, RequestError> {
        let maximum = limits.body_bytes;
        let (parts, body) = request.into_parts();
        let params = if parts.method == Method::GET {
            from_query_string(parts.uri.query().unwrap_or_default(), maximum)?
        } else if parts.method == Method::POST {
            if !body::is_json(&parts.headers) {
                return Err(RequestError::unsupported_media_type());
            }
            let reached = content_length(&parts.headers).unwrap_or(maximum + 1);
            let body = body::read(body, maximum).await.map_err(|it| match it {
                Unread::TooLarge => RequestError::too_large("body", maximum, reached),
                Unread::Broken => RequestError::invalid_body("could not be read"),
            })?;
            serde_json::from_slice(&body)
                .map_err(|_| RequestError::invalid_body("must be valid JSON"))?
        } else {
            return Err(RequestError::method_not_allowed("GET, POST"));
        };
        let Value::Object(params) = params else {
            let expected = "must be one JSON object; batches are not supported";
            return Err(RequestError::invalid_body(expected));
        };
        Self::of(params)
    }

    /// The parameters in a JSON object.
    pub fn of(mut params: Map<String, Value>) -> Result<Self, RequestError> {
        let extensions = match params.remove("extensions") {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(extensions)) => extensions,
            Some(_) => {
                return Err(RequestError::invalid_parameter("extensions", "must be an object"));
            }
        };
        let query = match params.remove("query") {
            Some(Value::String(query)) => query,
            None | Some(Value::Null) if extensions.contains_key("persistedQuery") => {
                return Err(RequestError::persisted_query_not_supported());
            }
            _ => return Err(RequestError::invalid_parameter("query", "must be a string")),
        };
        let operation_name = match params.remove("operationName") {
            None | Some(Value::Null) => None,
            Some(Value::String(name)) if name.is_empty() => None,
            Some(Value::String(name)) => Some(name),
            Some(_) => {
                return Err(RequestError::invalid_parameter("operationName", "must be a string"));
            }
        };
        let variables = match params.remove("variables") {
            None | Some(Value::Null) => Variables::default(),
            Some(object @ Value::Object(_)) => Variables::from_json(object),
            Some(_) => {
                return Err(RequestError::invalid_parameter("variables", "must be an object"));
            }
        };
        Ok(Self { query, operation_name, variables })
    }
}

/// The length of a body as its sender declares it.
fn content_length(headers: &HeaderMap) -> Option<usize> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn from_query_string(text: &str, maximum: usize) -> Result<Value, RequestError> {
    if text.len() > maximum {
        return Err(RequestError::too_large("query", maximum, text.len()));
    }
    let mut params = Map::new();
    for (name, value) in form_urlencoded::parse(text.as_bytes()) {
        let Some(name) = PARAMETERS.iter().find(|it| **it == name) else { continue };
        let value = match *name {
            "query" | "operationName" => Value::String(value.into_owned()),
            _ if value.is_empty() => continue,
            name => serde_json::from_str(&value)
                .map_err(|_| RequestError::invalid_parameter(name, "must be JSON"))?,
        };
        params.insert((*name).to_owned(), value);
    }
    Ok(Value::Object(params))
}
