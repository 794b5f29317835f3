//! The limits of events that are executed at a time, in total and per organization.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use entity::OrganizationId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The maximum number of events that are executed at a time, so that requests do not wait behind all
/// subscribers of an event.
const MAX_DELIVERIES: usize = 32;

/// The maximum number of them for the callers of one organization, so that its events do not delay
/// those of the others.
const MAX_PER_ORGANIZATION: usize = 8;

/// Limits the events that are executed at a time.
#[derive(Clone)]
pub struct Deliveries(Arc<Shared>);

struct Shared {
    total: Arc<Semaphore>,
    /// Those of organizations with a permit, or with callers that wait for one.
    organizations: Mutex<HashMap<OrganizationId, (Arc<Semaphore>, usize)>>,
}

/// Permit to execute one event, released when it is dropped.
pub struct Delivery {
    _total: Option<OwnedSemaphorePermit>,
    _organization: Option<OwnedSemaphorePermit>,
    _entry: Entry,
}

/// An entry of the map, removed when the last one of its organization is dropped.
struct Entry {
    deliveries: Deliveries,
    organization: OrganizationId,
}

impl Deliveries {
    pub(super) fn new() -> Self {
        let total = Arc::new(Semaphore::new(MAX_DELIVERIES));
        Self(Arc::new(Shared { total, organizations: Mutex::default() }))
    }

    /// A permit to execute an event for a caller of `organization`. Those who wait get it in their order.
    pub async fn acquire(&self, organization: &OrganizationId) -> Delivery {
        let (entry, own) = self.enter(organization);
        // Neither fails: the semaphores are not closed.
        let organization = own.acquire_owned().await.ok();
        let total = Arc::clone(&self.0.total).acquire_owned().await.ok();
        Delivery { _total: total, _organization: organization, _entry: entry }
    }

    fn enter(&self, organization: &OrganizationId) -> (Entry, Arc<Semaphore>) {
        let mut organizations = self.organizations();
        let new = || (Arc::new(Semaphore::new(MAX_PER_ORGANIZATION)), 0);
        let (semaphore, users) = organizations.entry(organization.clone()).or_insert_with(new);
        *users += 1;
        let entry = Entry { deliveries: self.clone(), organization: organization.clone() };
        (entry, Arc::clone(semaphore))
    }

    fn organizations(&self) -> MutexGuard<'_, HashMap<OrganizationId, (Arc<Semaphore>, usize)>> {
        self.0.organizations.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        let mut organizations = self.deliveries.organizations();
        if let Some((_, users)) = organizations.get_mut(&self.organization) {
            *users -= 1;
            if *users == 0 {
                organizations.remove(&self.organization);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn organization(letter: &str) -> OrganizationId {
        format!("o{}", letter.repeat(25)).parse().expect("an id")
    }

    #[tokio::test]
    async fn an_organization_at_its_limit_does_not_delay_others_and_leaves_no_entry() {
        let deliveries = Deliveries::new();
        let (busy, other) = (organization("a"), organization("b"));
        let mut permits = Vec::new();
        for _ in 0..MAX_PER_ORGANIZATION {
            permits.push(deliveries.acquire(&busy).now_or_never().expect("a permit"));
        }
        let waiting = deliveries.acquire(&busy);
        assert!(deliveries.acquire(&busy).now_or_never().is_none());
        drop(deliveries.acquire(&other).now_or_never().expect("a permit"));
        permits.pop();
        permits.push(waiting.now_or_never().expect("the permit that was released"));
        drop(permits);
        assert!(deliveries.organizations().is_empty());
    }
}
