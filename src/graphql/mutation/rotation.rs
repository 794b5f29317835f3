//! The rotation of credentials.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};

use super::credential::CreateCredentialPayload;
use super::{changing, key};
use crate::authz::Permission;
use crate::domain::credentials::rotation::{self, Start};
use crate::error::Result;
use crate::graphql::directive::requires_permission;
use crate::graphql::gate::Gate;
use crate::graphql::parse_id;
use crate::graphql::types::Credential;

/// What is to be done about the rotation of a credential.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub enum RotationAction {
    /// Make a new credential; the old one retires when the overlap is over. Needs
    /// `service_account_credentials:create`, too.
    Start,
    /// Let the old credential retire now.
    Finish,
    /// Delete the new credential, and let the old one stay. Needs
    /// `service_account_credentials:delete`, too.
    Cancel,
}

/// A step in the rotation of a credential.
#[derive(InputObject)]
pub struct RotateCredentialInput {
    /// The id of the old credential.
    id: ID,
    /// What is to be done.
    #[graphql(default_with = "RotationAction::Start")]
    action: RotationAction,
    /// At the start: how long both are valid, in seconds, 0 to 7776000; by default a week.
    overlap: Option<i64>,
    /// At the start: what the new one is called; by default as the old one.
    name: Option<String>,
    /// At the start: what the new one is for; by default the same.
    description: Option<String>,
    /// At the start: when the new one is to end by itself; absent or null: never.
    expires_at: Option<DateTime<Utc>>,
    /// To cancel although the new credential was used within 24 hours.
    force: Option<bool>,
    /// At the start: chosen by the caller for this rotation alone, 1 to 255 characters: when it is
    /// sent again within ten minutes, nothing more is made and the answer is the same.
    idempotency_key: Option<String>,
    /// Answered as it is. When a start is sent again within ten minutes with the same input, nothing
    /// more is made and the answer is the same.
    client_mutation_id: Option<String>,
    /// At the start: what the new one is to prove itself by instead of a secret, as in
    /// CreateCredentialInput. Absent or null: a secret is made, also where the old one is a public key.
    public_key: Option<String>,
}

/// A step that was taken.
#[derive(SimpleObject)]
pub struct RotateCredentialPayload {
    /// The old credential as it is now.
    credential: Credential,
    /// At the start: the new credential, with its secret where it has one.
    created: Option<CreateCredentialPayload>,
    /// As it was given.
    client_mutation_id: Option<String>,
}

#[derive(Default)]
pub struct RotationMutation;

#[Object]
impl RotationMutation {
    /// Replaces a credential without a moment in which none is valid: at the start a new one is made,
    /// and both are valid until the old one retires, at its deadline or when asked. Until then the
    /// rotation can be cancelled. The caller must hold what its service account holds.
    #[graphql(directive = requires_permission::apply(Permission::CredentialsUpdate.name().to_owned()))]
    async fn rotate_credential(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and what is to be done.")] input: RotateCredentialInput,
    ) -> Gate<RotateCredentialPayload> {
        rotate(ctx, input).await.into()
    }
}

async fn rotate(
    ctx: &Context<'_>,
    input: RotateCredentialInput,
) -> Result<RotateCredentialPayload> {
    let (cx, id) = (changing(ctx), parse_id(&input.id, "credential")?);
    let organization = cx.tenant()?;
    let (old, minted) = match input.action {
        RotationAction::Start => {
            let key = key(input.idempotency_key, input.client_mutation_id.as_ref())?;
            let start = Start {
                overlap: input.overlap,
                name: input.name,
                description: input.description,
                expires_at: input.expires_at,
                public_key: input.public_key,
            };
            let (old, minted) = rotation::start(cx, organization, &id, start, key.as_ref()).await?;
            (old, Some(minted))
        }
        RotationAction::Finish => (rotation::finish(cx, organization, &id).await?, None),
        RotationAction::Cancel => {
            let force = input.force.unwrap_or_default();
            (rotation::cancel(cx, organization, &id, force).await?, None)
        }
    };
    Ok(RotateCredentialPayload {
        credential: Credential { row: Arc::new(old), account: None },
        created: minted.map(|minted| CreateCredentialPayload::of(minted, None)),
        client_mutation_id: input.client_mutation_id,
    })
}
