//! The usage of credentials by day.

use std::sync::Arc;

use async_graphql::{Context, Object};

use super::scalars::{Date, DateTime};
use crate::authz::Permission;
use crate::domain::credentials::usage::{Source, Sources, UsageDay};
use crate::error::Error;
use crate::graphql::directive::requires_permission;
use crate::graphql::engine::{NullOnError, SequentialList};
use crate::graphql::loaders;
use crate::graphql::loaders::UsageKey;

/// A day of usage.
pub struct CredentialUsageDay {
    /// The credential, and the range of days that the day was read with.
    pub key: UsageKey,
    pub day: UsageDay,
}

/// Usage of a credential on one day in UTC.
#[Object]
impl CredentialUsageDay {
    /// Day of the usage, in UTC.
    async fn date(&self) -> Date {
        Date(self.day.date)
    }

    /// Number of tokens issued to the credential on this day. Saturates at 2147483647.
    async fn token_count(&self) -> i32 {
        i32::try_from(self.day.token_count).unwrap_or(i32::MAX)
    }

    /// IP addresses of the clients that tokens were issued to on this day, in order of their first
    /// token: the first 20 (setting `usage_sources_per_day`).
    #[graphql(directive = requires_permission::apply(Permission::CredentialsRead.name().to_owned()))]
    async fn sources(
        &self,
        ctx: &Context<'_>,
    ) -> NullOnError<SequentialList<CredentialUsageSource>> {
        let sources = self.all_sources(ctx).await;
        let listed = sources.map(|it| it.listed.into_iter().map(CredentialUsageSource).collect());
        listed.map(SequentialList).into()
    }

    /// Time at which a token was last issued to a client address that is not among `sources`; null
    /// if all are.
    #[graphql(directive = requires_permission::apply(Permission::CredentialsRead.name().to_owned()))]
    async fn other_sources_last_used_at(&self, ctx: &Context<'_>) -> NullOnError<DateTime> {
        let sources = self.all_sources(ctx).await;
        sources.map(|it| it.others_last_used_at.map(DateTime)).into()
    }
}

impl CredentialUsageDay {
    async fn all_sources(&self, ctx: &Context<'_>) -> Result<Sources, Arc<Error>> {
        let by_day = loaders(ctx).usage_sources_of(self.key.clone()).await?;
        Ok(by_day.get(&self.day.date).cloned().unwrap_or_default())
    }
}

/// A client address of a day.
pub struct CredentialUsageSource(pub Source);

/// Client address that tokens of a credential were issued to on one day.
#[Object]
impl CredentialUsageSource {
    /// IP address of the client.
    async fn address(&self) -> &str {
        &self.0.address
    }

    /// Time at which a token was first issued to this address on this day.
    async fn first_used_at(&self) -> DateTime {
        DateTime(self.0.first_used_at)
    }

    /// Time at which a token was last issued to this address on this day; up to one minute too
    /// early if the credential was used at other addresses since.
    async fn last_used_at(&self) -> DateTime {
        DateTime(self.0.last_used_at)
    }
}
