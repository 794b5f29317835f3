//! Bodies of requests, read whole and never kept further than a limit.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::http::{HeaderMap, header};
use futures_util::StreamExt;
use futures_util::stream;
use http_body_util::BodyExt;
use serde::de::DeserializeOwned;
use tokio::time::Instant;

/// How much of a body that is too large is read and thrown away, in bytes: a caller that is cut
/// off while it sends does not get to see the answer.
const DISCARDED: usize = 16 * 1024 * 1024;

/// The longest time in which a body may arrive.
const ARRIVAL_TIMEOUT: Duration = Duration::from_secs(20);

/// The longest part of a parser's message that is told, in bytes: it may repeat what was sent.
const MAX_TOLD: usize = 200;

/// Why a body could not be had.
#[derive(Debug)]
pub enum Unread {
    /// It is longer than the limit.
    TooLarge,
    /// It broke off.
    Broken,
}

/// Whether a body did not arrive in time.
#[derive(Clone, Default)]
pub struct Late(Arc<AtomicBool>);

impl Late {
    /// Whether it did not.
    pub fn is_late(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The same body, which breaks off when it has not arrived in time.
pub fn in_time(body: Body) -> (Body, Late) {
    let late = Late::default();
    if body.is_end_stream() {
        return (body, late);
    }
    let (deadline, flag) = (Instant::now() + ARRIVAL_TIMEOUT, late.clone());
    let chunks = stream::unfold(Some(body.into_data_stream()), move |chunks| {
        let flag = flag.clone();
        async move {
            let mut chunks = chunks?;
            match tokio::time::timeout_at(deadline, chunks.next()).await {
                Ok(Some(Ok(chunk))) => Some((Ok(chunk), Some(chunks))),
                Ok(Some(Err(broken))) => Some((Err(broken), None)),
                Ok(None) => None,
                Err(elapsed) => {
                    flag.0.store(true, Ordering::Relaxed);
                    Some((Err(axum::Error::new(elapsed)), None))
                }
            }
        }
    });
    (Body::from_stream(chunks), late)
}

/// Reads a body of at most `limit` bytes.
pub async fn read(mut body: Body, limit: usize) -> Result<Vec<u8>, Unread> {
    let (mut kept, mut seen) = (Vec::new(), 0);
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Unread::Broken)?.into_data() else { continue };
        seen += data.len();
        if seen <= limit {
            kept.extend_from_slice(&data);
        } else if seen > DISCARDED {
            break;
        }
    }
    if seen <= limit { Ok(kept) } else { Err(Unread::TooLarge) }
}

/// Whether the body has one media type: `application/json`, in UTF-8.
pub fn is_json(headers: &HeaderMap) -> bool {
    let mut types = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(only), None) = (types.next(), types.next()) else { return false };
    let mut parts = only.to_str().unwrap_or_default().split(';').map(str::trim);
    let json = parts.next().is_some_and(|it| it.eq_ignore_ascii_case("application/json"));
    json && parts.all(|parameter| match parameter.split_once('=') {
        Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
            value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        }
        _ => true,
    })
}

/// Reads a JSON object in UTF-8.
///
/// # Errors
/// What is wrong with it.
pub fn object<T: DeserializeOwned>(body: &[u8]) -> Result<T, Cow<'static, str>> {
    let text = std::str::from_utf8(body).map_err(|_| "the body is not UTF-8")?;
    // The parser would also take an array for an object, by the order of its members.
    if !text.trim_start().starts_with('{') {
        return Err("the body must be a JSON object".into());
    }
    serde_json::from_str(text).map_err(|error| {
        let why = error.to_string();
        format!("the body does not fit: {}", &why[..why.floor_char_boundary(MAX_TOLD)]).into()
    })
}
