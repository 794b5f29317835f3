//! The audit log as newline-delimited JSON.

use axum::body::{Body, Bytes};
use axum::extract::FromRequestParts;
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use entity::OrganizationId;
use futures_util::stream;
use serde::Serialize;
use utoipa::ToSchema;

use super::AuditEvent;
use crate::context::OpContext;
use crate::domain::audit::log::{self, Cursors, Entry};
use crate::error::{Error, Result};
use crate::http::bearer;
use crate::http::content_negotiation::accepts;
use crate::rest::audit_events_selection::NAMES;
use crate::rest::error::Failure;
use crate::rest::list::UNKNOWN;
use crate::rest::query_string;

/// The media type of newline-delimited JSON.
pub const MEDIA_TYPE: &str = "application/x-ndjson";

/// The number of events per statement. The reader takes one chunk before the next one is read.
const CHUNK: u64 = 500;

/// A line of the audit log: an audit event with its cursor.
#[derive(Serialize, ToSchema)]
pub struct AuditLogLine {
    /// Cursor of the line: an export with `after` continues with the next one.
    #[schema(example = "mV7Yb0c1vJ3nq0qvTq8u1w")]
    cursor: String,
    /// Id of the organization.
    #[schema(value_type = String, pattern = "^o[a-z0-9]{25}$", example = "oq2m8x0v5t1k9c3z7w4n6b0jdr")]
    organization_id: OrganizationId,
    #[serde(flatten)]
    event: AuditEvent,
}

impl AuditLogLine {
    /// The line of an entry.
    ///
    /// # Errors
    /// `Internal`: the stored changes are invalid.
    pub fn of(entry: Entry) -> Result<Self> {
        let (cursor, organization_id) =
            (entry.cursor().to_owned(), entry.event.organization_id.clone());
        Ok(Self { cursor, organization_id, event: AuditEvent::of(entry.event)? })
    }
}

/// The last line of a complete export.
#[derive(Serialize)]
struct End {
    cursor: String,
    complete: bool,
}

/// A request for the audit log; absent unless its media type is listed in `Accept`.
pub struct ExportRequest {
    after: Option<String>,
    headers: HeaderMap,
}

impl ExportRequest {
    /// Reads the request.
    fn read(parts: &Parts) -> Result<Option<Self>, Failure> {
        if !accepts(&parts.headers, &ACCEPT, MEDIA_TYPE) {
            return Ok(None);
        }
        let mut after = None;
        for parameter in query_string::parameters(parts) {
            let (name, value) = parameter?;
            match name.as_str() {
                "after" if after.is_none() => after = Some(value.to_string()),
                "after" => return Err(Error::invalid("after", "must occur only once").into()),
                name if name == "before" || name == "limit" || NAMES.contains(&name) => {
                    let message = format!("is not supported with {MEDIA_TYPE}");
                    return Err(Error::invalid(name, message).into());
                }
                unknown => return Err(Error::invalid(unknown, UNKNOWN).into()),
            }
        }
        Ok(Some(Self { after, headers: parts.headers.clone() }))
    }
}

/// The request for an export, if it is one.
pub struct MaybeExport(pub Option<ExportRequest>);

impl<S: Send + Sync> FromRequestParts<S> for MaybeExport {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        ExportRequest::read(parts).map(Self)
    }
}

/// An export under way.
struct Export {
    op: OpContext,
    headers: HeaderMap,
    organization: OrganizationId,
    cursors: Cursors,
    position: i64,
    /// The last position when the export began.
    last: i64,
    is_complete: bool,
}

/// Streams the events after the cursor, up to the last one that is committed now. The first chunk is
/// read before the response begins, so that errors have their status. After an error in between, the
/// connection ends without the last line.
///
/// # Errors
/// `Forbidden`, `NotFound`, or the database does not respond.
pub async fn export(
    op: OpContext,
    organization: OrganizationId,
    request: ExportRequest,
) -> Result<Response> {
    let last = log::exportable_position(&op, &organization).await?;
    let cursors = Cursors::of(&op, Some(&organization)).await?;
    let position = match request.after {
        None => 0,
        Some(cursor) => log::position_of(&op, Some(&organization), &cursor).await?,
    };
    let headers = request.headers;
    let mut export =
        Export { op, headers, organization, cursors, position, last, is_complete: false };
    let first = export.chunk().await?;
    let rest = stream::try_unfold(export, async |mut export| {
        if export.is_complete {
            return Ok(None);
        }
        let chunk = export.next().await.inspect_err(Error::log)?;
        Ok::<_, Error>(Some((chunk, export)))
    });
    let chunks = stream::once(async { Ok(first) });
    let body = Body::from_stream(futures_util::StreamExt::chain(chunks, rest));
    let mut response = Response::new(body);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    Ok(response)
}

impl Export {
    /// The next chunk, after the caller was authenticated again: its token may have been revoked.
    async fn next(&mut self) -> Result<Bytes> {
        self.op.actor = bearer::actor(&self.op.app, &self.headers).await?;
        self.chunk().await
    }

    async fn chunk(&mut self) -> Result<Bytes> {
        let (from, to) = (self.position, self.last);
        let entries = log::export(&self.op, &self.organization, from, to, CHUNK).await?;
        self.is_complete = (entries.len() as u64) < CHUNK;
        let mut text = Vec::new();
        for entry in entries {
            self.position = entry.position;
            write_line(&mut text, &AuditLogLine::of(entry)?)?;
        }
        if self.is_complete {
            let cursor = self.cursors.text(self.position)?;
            write_line(&mut text, &End { cursor, complete: true })?;
        }
        Ok(text.into())
    }
}

fn write_line(text: &mut Vec<u8>, line: &impl Serialize) -> Result<()> {
    serde_json::to_writer(&mut *text, line).map_err(Error::internal)?;
    text.push(b'\n');
    Ok(())
}
