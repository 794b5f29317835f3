//! The head of the audit log's chain of blocks.

use axum::Json;
use entity::audit_block;
use serde::Serialize;
use utoipa::ToSchema;

use super::error::Result;
use super::paths::OrganizationPath;
use super::responses::{CommonErrors, forbidden};
use super::timestamp::Timestamp;
use crate::context::OpContext;
use crate::domain::audit::blocks;
use crate::domain::organizations;
use crate::error::Error;

/// A closed block of the audit log. Each block contains the hash of the block before it.
#[derive(Serialize, ToSchema)]
pub struct AuditBlock {
    /// Number of the block in the organization, from 1.
    #[schema(example = 42, minimum = 1)]
    number: i64,
    /// SHA-256 hash of the block in hexadecimal, for `postern audit verify --head`.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    hash: String,
    /// Number of events in the block: 1 to 1000.
    #[schema(example = 7, minimum = 1, maximum = 1000)]
    event_count: i32,
    /// Time of the latest event in the block.
    last_event_at: Timestamp,
    /// Time of creation. Blocks are closed once a minute.
    created_at: Timestamp,
    /// Signature of the hash by a signing key of the server, as a JWS in compact serialization.
    #[schema(example = "eyJ0eXAiOiJwb3N0ZXJuLWF1ZGl0LWJsb2NrIn0.eyJudW1iZXIiOjQyfQ.c2lnbmF0dXJl")]
    signature: String,
}

impl From<audit_block::Model> for AuditBlock {
    fn from(row: audit_block::Model) -> Self {
        Self {
            number: row.number,
            hash: row.hash,
            event_count: row.event_count,
            last_event_at: Timestamp(row.last_event_at),
            created_at: Timestamp(row.created_at),
            signature: row.signature,
        }
    }
}

/// Get the last closed block of the audit log
///
/// Returns the head of the hash chain over the audit events of an organization. Blocks are closed once a
/// minute. The status is 404 before the first block.
#[utoipa::path(
    get, path = "/organizations/{organization_id}/audit-head", tag = "Organizations",
    params(OrganizationPath),
    responses((status = 200, description = "The last closed block.", body = AuditBlock), CommonErrors, OrganizationPath, forbidden::AuditEventsList),
)]
pub async fn show_audit_head(op: OpContext, at: OrganizationPath) -> Result<Json<AuditBlock>> {
    let organization = organizations::resolve(&op, &at.organization_id)?;
    let head = blocks::head(&op, organization).await?;
    Ok(Json(head.ok_or(Error::NotFound("audit block"))?.into()))
}
