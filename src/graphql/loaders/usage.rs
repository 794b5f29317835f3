//! Loaders of the usage of credentials by day.

use std::collections::HashMap;
use std::sync::Arc;

use entity::CredentialId;

use super::{Loaded, Loaders, Permitted, permitted};
use crate::domain::credentials::usage::{self, CredentialUsage, DayRange, SourcesByDay};
use crate::error::Result;

/// The key of usage by day: a credential and a range of days.
pub type UsageKey = (CredentialId, DayRange);

impl Loaders {
    /// The usage of a credential by day, if the caller may read the credential.
    pub async fn usage_of(&self, key: UsageKey) -> Loaded<Option<Arc<CredentialUsage>>> {
        self.usage_of.load(key, |keys| self.fetch_usage(keys)).await?.0
    }

    /// The client addresses of that usage.
    pub async fn usage_sources_of(&self, key: UsageKey) -> Loaded<Arc<SourcesByDay>> {
        self.usage_sources_of.load(key, |keys| self.fetch_usage_sources(keys)).await?.0
    }

    async fn fetch_usage(
        &self,
        keys: Vec<UsageKey>,
    ) -> Result<HashMap<UsageKey, Permitted<Option<Arc<CredentialUsage>>>>> {
        let mut found = HashMap::new();
        for (range, ids) in by_range(keys) {
            let usage = usage::days(&self.op, self.op.tenant()?, &ids, range).await?;
            let shared = |(id, it): (_, Result<_>)| ((id, range), it.map(|it| Some(Arc::new(it))));
            found.extend(usage.into_iter().map(shared));
        }
        Ok(permitted(found))
    }

    /// Of credentials whose usage is loaded, so that no credential is read again.
    async fn fetch_usage_sources(
        &self,
        keys: Vec<UsageKey>,
    ) -> Result<HashMap<UsageKey, Permitted<Arc<SourcesByDay>>>> {
        let (mut found, mut rejected) = (HashMap::new(), HashMap::new());
        for (range, ids) in by_range(keys) {
            let mut loaded = Vec::with_capacity(ids.len());
            for id in ids {
                let key = (id, range);
                match self.usage_of(key.clone()).await {
                    Ok(usage) => loaded.extend(usage),
                    Err(error) => drop(rejected.insert(key, Permitted(Err(error)))),
                }
            }
            let rows: Vec<_> = loaded.iter().map(|usage| &usage.credential).collect();
            let sources = usage::sources(&self.op, self.op.tenant()?, &rows, range).await?;
            let shared = |(id, it): (_, Result<_>)| ((id, range), it.map(Arc::new));
            found.extend(sources.into_iter().map(shared));
        }
        rejected.extend(permitted(found));
        Ok(rejected)
    }
}

/// The credentials of each range, which are read together.
fn by_range(keys: Vec<UsageKey>) -> HashMap<DayRange, Vec<CredentialId>> {
    let mut ranges: HashMap<_, Vec<_>> = HashMap::new();
    for (id, range) in keys {
        ranges.entry(range).or_default().push(id);
    }
    ranges
}
