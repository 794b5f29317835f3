//! Recent rejections of valid secrets because of the client address, so that each is reported once a
//! minute.

use std::net::IpAddr;
use std::time::Duration;

use entity::CredentialId;
use moka::sync::Cache;

use crate::network::Subscriber;

/// The most credentials and subscribers that are remembered.
const MAX_REMEMBERED: u64 = 10_000;

/// Credentials and subscribers whose rejection was reported within the last minute.
pub struct AddressRejections(Cache<(CredentialId, Subscriber), ()>);

impl Default for AddressRejections {
    fn default() -> Self {
        let recent = Cache::builder().max_capacity(MAX_REMEMBERED);
        Self(recent.time_to_live(Duration::from_secs(60)).build())
    }
}

impl AddressRejections {
    /// Whether a rejection of this credential is the first one of this minute.
    #[must_use]
    pub fn is_first(&self, credential: &CredentialId, address: IpAddr) -> bool {
        let key = (credential.clone(), Subscriber::from(address));
        self.0.entry(key).or_insert(()).is_fresh()
    }
}
