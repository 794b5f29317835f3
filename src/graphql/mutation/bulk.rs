//! Disabling and enabling many service accounts or credentials at once.

use async_graphql::{Context, ID, Object};

use super::begin;
use super::declare::mutation_types;
use crate::authz::Permission;
use crate::domain::bulk::{Items, Request};
use crate::domain::{credentials, organizations, service_accounts};
use crate::error::{Error, Result};
use crate::graphql::Deadline;
use crate::graphql::directive::requires_permission;
use crate::graphql::engine::NullOnError;
use crate::graphql::types::{BulkResult, CredentialFilter, ServiceAccountFilter};

mutation_types! {
    /// Input of the mutation `disableServiceAccounts`: either `ids` or `filter`.
    input DisableServiceAccountsInput {
        /// ID or label of the organization.
        organization_id: ID,
        /// IDs of the objects: 1 to 100, processed in their order; repetitions count once. Excludes
        /// `filter`; one of the two is required.
        ids: Option<Vec<ID>>,
        /// Filter of the service accounts, with at least one part that is not null. Excludes `ids`; one of the
        /// two is required.
        filter: Option<ServiceAccountFilter>,
        /// Report of the results without any change. Absent or null: false.
        dry_run: Option<bool>,
    }
    /// Payload of the mutation `disableServiceAccounts`.
    payload DisableServiceAccountsPayload {
        /// Results, in the order of `ids`, or in order of creation: at most 100.
        results: Vec<BulkResult>,
        /// Whether more service accounts match the filter and are not disabled yet; always false with `ids`.
        has_more: bool,
        /// Whether it was a dry run: nothing was changed.
        dry_run: bool,
    }
}

mutation_types! {
    /// Input of the mutation `enableServiceAccounts`: either `ids` or `filter`.
    input EnableServiceAccountsInput {
        /// ID or label of the organization.
        organization_id: ID,
        /// IDs of the objects: 1 to 100, processed in their order; repetitions count once. Excludes
        /// `filter`; one of the two is required.
        ids: Option<Vec<ID>>,
        /// Filter of the service accounts, with at least one part that is not null. Excludes `ids`; one of the
        /// two is required.
        filter: Option<ServiceAccountFilter>,
        /// Report of the results without any change. Absent or null: false.
        dry_run: Option<bool>,
    }
    /// Payload of the mutation `enableServiceAccounts`.
    payload EnableServiceAccountsPayload {
        /// Results, in the order of `ids`, or in order of creation: at most 100.
        results: Vec<BulkResult>,
        /// Whether more service accounts match the filter and are not enabled yet; always false with `ids`.
        has_more: bool,
        /// Whether it was a dry run: nothing was changed.
        dry_run: bool,
    }
}

mutation_types! {
    /// Input of the mutation `disableCredentials`: either `ids` or `filter`.
    input DisableCredentialsInput {
        /// ID or label of the organization.
        organization_id: ID,
        /// IDs of the objects: 1 to 100, processed in their order; repetitions count once. Excludes
        /// `filter`; one of the two is required.
        ids: Option<Vec<ID>>,
        /// Filter of the credentials, with at least one part that is not null. Excludes `ids`; one of the
        /// two is required.
        filter: Option<CredentialFilter>,
        /// Report of the results without any change. Absent or null: false.
        dry_run: Option<bool>,
    }
    /// Payload of the mutation `disableCredentials`.
    payload DisableCredentialsPayload {
        /// Results, in the order of `ids`, or in order of creation: at most 100.
        results: Vec<BulkResult>,
        /// Whether more credentials match the filter and are not disabled yet; always false with `ids`.
        has_more: bool,
        /// Whether it was a dry run: nothing was changed.
        dry_run: bool,
    }
}

mutation_types! {
    /// Input of the mutation `enableCredentials`: either `ids` or `filter`.
    input EnableCredentialsInput {
        /// ID or label of the organization.
        organization_id: ID,
        /// IDs of the objects: 1 to 100, processed in their order; repetitions count once. Excludes
        /// `filter`; one of the two is required.
        ids: Option<Vec<ID>>,
        /// Filter of the credentials, with at least one part that is not null. Excludes `ids`; one of the
        /// two is required.
        filter: Option<CredentialFilter>,
        /// Report of the results without any change. Absent or null: false.
        dry_run: Option<bool>,
    }
    /// Payload of the mutation `enableCredentials`.
    payload EnableCredentialsPayload {
        /// Results, in the order of `ids`, or in order of creation: at most 100.
        results: Vec<BulkResult>,
        /// Whether more credentials match the filter and are not enabled yet; always false with `ids`.
        has_more: bool,
        /// Whether it was a dry run: nothing was changed.
        dry_run: bool,
    }
}

#[derive(Default)]
pub struct BulkMutation;

#[Object]
impl BulkMutation {
    /// Disables up to 100 service accounts, each as `disableServiceAccount` does: in a transaction of its own, with an audit
    /// event of its own. With a filter, which also requires `service_accounts:list`,
    /// the first 100 in order of creation that match and are not disabled yet. Undone by `enableServiceAccounts`.
    #[graphql(directive = requires_permission::apply(Permission::ServiceAccountsUpdate.name().to_owned()))]
    async fn disable_service_accounts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The service accounts to disable.")] input: DisableServiceAccountsInput,
    ) -> NullOnError<DisableServiceAccountsPayload> {
        disable_service_accounts(ctx, input).await.into()
    }

    /// Enables up to 100 service accounts, each as `enableServiceAccount` does: in a transaction of its own, with an audit
    /// event of its own. With a filter, which also requires `service_accounts:list`,
    /// the first 100 in order of creation that match and are not enabled yet. Undoes `disableServiceAccounts`.
    #[graphql(directive = requires_permission::apply(Permission::ServiceAccountsUpdate.name().to_owned()))]
    async fn enable_service_accounts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The service accounts to enable.")] input: EnableServiceAccountsInput,
    ) -> NullOnError<EnableServiceAccountsPayload> {
        enable_service_accounts(ctx, input).await.into()
    }

    /// Disables up to 100 credentials, each as `disableCredential` does: in a transaction of its own, with an audit
    /// event of its own. With a filter, which also requires `service_account_credentials:list` and `service_accounts:read`,
    /// the first 100 in order of creation that match and are not disabled yet. Undone by `enableCredentials`.
    #[graphql(directive = requires_permission::apply(Permission::CredentialsUpdate.name().to_owned()))]
    async fn disable_credentials(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The credentials to disable.")] input: DisableCredentialsInput,
    ) -> NullOnError<DisableCredentialsPayload> {
        disable_credentials(ctx, input).await.into()
    }

    /// Enables up to 100 credentials, each as `enableCredential` does: in a transaction of its own, with an audit
    /// event of its own. With a filter, which also requires `service_account_credentials:list` and `service_accounts:read`,
    /// the first 100 in order of creation that match and are not enabled yet. Undoes `disableCredentials`.
    #[graphql(directive = requires_permission::apply(Permission::CredentialsUpdate.name().to_owned()))]
    async fn enable_credentials(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The credentials to enable.")] input: EnableCredentialsInput,
    ) -> NullOnError<EnableCredentialsPayload> {
        enable_credentials(ctx, input).await.into()
    }
}

/// The fields that all inputs have.
struct Asked<F> {
    organization_id: ID,
    ids: Option<Vec<ID>>,
    filter: Option<F>,
    dry_run: Option<bool>,
}

async fn disable_service_accounts(
    ctx: &Context<'_>,
    input: DisableServiceAccountsInput,
) -> Result<DisableServiceAccountsPayload> {
    let DisableServiceAccountsInput { organization_id, ids, filter, dry_run, client_mutation_id } =
        input;
    let asked = Asked { organization_id, ids, filter, dry_run };
    let (results, has_more, dry_run) = service_accounts(ctx, asked, true).await?;
    Ok(DisableServiceAccountsPayload { results, has_more, dry_run, client_mutation_id })
}

async fn enable_service_accounts(
    ctx: &Context<'_>,
    input: EnableServiceAccountsInput,
) -> Result<EnableServiceAccountsPayload> {
    let EnableServiceAccountsInput { organization_id, ids, filter, dry_run, client_mutation_id } =
        input;
    let asked = Asked { organization_id, ids, filter, dry_run };
    let (results, has_more, dry_run) = service_accounts(ctx, asked, false).await?;
    Ok(EnableServiceAccountsPayload { results, has_more, dry_run, client_mutation_id })
}

async fn disable_credentials(
    ctx: &Context<'_>,
    input: DisableCredentialsInput,
) -> Result<DisableCredentialsPayload> {
    let DisableCredentialsInput { organization_id, ids, filter, dry_run, client_mutation_id } =
        input;
    let asked = Asked { organization_id, ids, filter, dry_run };
    let (results, has_more, dry_run) = credentials(ctx, asked, true).await?;
    Ok(DisableCredentialsPayload { results, has_more, dry_run, client_mutation_id })
}

async fn enable_credentials(
    ctx: &Context<'_>,
    input: EnableCredentialsInput,
) -> Result<EnableCredentialsPayload> {
    let EnableCredentialsInput { organization_id, ids, filter, dry_run, client_mutation_id } =
        input;
    let asked = Asked { organization_id, ids, filter, dry_run };
    let (results, has_more, dry_run) = credentials(ctx, asked, false).await?;
    Ok(EnableCredentialsPayload { results, has_more, dry_run, client_mutation_id })
}

async fn service_accounts(
    ctx: &Context<'_>,
    asked: Asked<ServiceAccountFilter>,
    disable: bool,
) -> Result<(Vec<BulkResult>, bool, bool)> {
    let op = begin(ctx)?;
    let organization = organizations::resolve(op, &asked.organization_id)?;
    let filter = asked.filter.map(TryFrom::try_from).transpose()?;
    let (request, dry_run) = request(ctx, asked.ids, filter, asked.dry_run)?;
    let report = service_accounts::switch_all(op, organization, request, disable).await?;
    Ok((report.results.into_iter().map(BulkResult).collect(), report.has_more, dry_run))
}

async fn credentials(
    ctx: &Context<'_>,
    asked: Asked<CredentialFilter>,
    disable: bool,
) -> Result<(Vec<BulkResult>, bool, bool)> {
    let op = begin(ctx)?;
    let organization = organizations::resolve(op, &asked.organization_id)?;
    let filter = asked.filter.map(TryFrom::try_from).transpose()?;
    let (request, dry_run) = request(ctx, asked.ids, filter, asked.dry_run)?;
    let report = credentials::switch_all(op, organization, request, disable).await?;
    Ok((report.results.into_iter().map(BulkResult).collect(), report.has_more, dry_run))
}

/// The bulk operation that an input asks for, and whether it is a dry run.
fn request<F>(
    ctx: &Context<'_>,
    ids: Option<Vec<ID>>,
    filter: Option<F>,
    dry_run: Option<bool>,
) -> Result<(Request<F>, bool)> {
    let items = match (ids, filter) {
        (Some(ids), None) => Items::Ids(ids.into_iter().map(|id| id.0).collect()),
        (None, Some(filter)) => Items::Matching(filter),
        _ => return Err(Error::invalid("ids", "exactly one of ids and filter is required")),
    };
    let dry_run = dry_run.unwrap_or_default();
    let until = ctx.data_unchecked::<Deadline>().0;
    Ok((Request { items, dry_run, until }, dry_run))
}
