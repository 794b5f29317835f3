//! Content negotiation between the two media types of responses.

use axum::http::{HeaderMap, header};

/// The media types of the specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `application/graphql-response+json`: the status distinguishes errors of the request.
    GraphqlResponse,
    /// `application/json`: for older clients.
    Json,
}

impl Format {
    /// The format that the caller prefers; `None` if it accepts neither.
    pub fn accepted(headers: &HeaderMap) -> Option<Self> {
        if !headers.contains_key(header::ACCEPT) {
            return Some(Self::Json);
        }
        let mut best: Option<(Self, f32)> = None;
        for header in headers.get_all(header::ACCEPT) {
            for range in header.to_str().unwrap_or_default().split(',') {
                let Some((format, quality)) = Self::of_range(range) else { continue };
                if quality > best.map_or(0.0, |(_, quality)| quality) {
                    best = Some((format, quality));
                }
            }
        }
        best.map(|(format, _)| format)
    }

    /// The format that a media range accepts, with its quality (RFC 9110, section 12.5.1).
    fn of_range(range: &str) -> Option<(Self, f32)> {
        let mut parts = range.split(';').map(str::trim);
        let format = match parts.next()?.to_ascii_lowercase().as_str() {
            "application/graphql-response+json" => Self::GraphqlResponse,
            "application/json" | "application/*" | "*/*" => Self::Json,
            _ => return None,
        };
        let quality = parts.find_map(|part| part.strip_prefix("q=").or(part.strip_prefix("Q=")));
        Some((format, quality.map_or(1.0, |quality| quality.parse().unwrap_or(0.0))))
    }

    /// The value of `Content-Type`.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }
}
