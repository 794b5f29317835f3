//! Secrets that were right but came from where they may not be used: that is told in the audit, once
//! a minute for each credential and subscriber.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use entity::CredentialId;
use moka::sync::Cache;

use super::{Proof, Source, event, select};
use crate::app::App;
use crate::authz::Actor;
use crate::cx::Cx;
use crate::domain::audit::{self, Event};
use crate::error::Result;
use crate::network::Subscriber;

/// How many refusals are known not to be told again.
const REMEMBERED: u64 = 10_000;

/// What was told within the last minute.
pub struct Refusals(Cache<(CredentialId, Subscriber), ()>);

impl Default for Refusals {
    fn default() -> Self {
        let told = Cache::builder().max_capacity(REMEMBERED).time_to_live(Duration::from_secs(60));
        Self(told.build())
    }
}

/// Tells of it beside the request: whoever waits for the answer must not learn by its time that the
/// secret was right. If it cannot be written, the log tells.
pub(super) fn tell(app: &App, proof: &Arc<Proof>, source: &Source) {
    let key = (proof.credential.clone(), Subscriber::from(source.address));
    if !app.refusals.0.entry(key).or_insert(()).is_fresh() {
        return;
    }
    let request_id = Arc::clone(&source.request_id);
    let address = source.address;
    let (app, actor) = (app.clone(), Actor::Anonymous);
    let cx = Cx { app, actor, request_id, address: Some(address) };
    let proof = Arc::clone(proof);
    tokio::spawn(async move {
        if let Err(error) = record(&cx, &proof, address).await {
            error.log();
        }
    });
}

/// Records the refusal of a credential, unless it was deleted since.
async fn record(cx: &Cx, proof: &Proof, address: IpAddr) -> Result<()> {
    let row = select(&proof.organization, &proof.credential).one(cx.db()).await?;
    let Some(row) = row else { return Ok(()) };
    let detail = format!("{address} is not among its addresses");
    let event = Event { detail: Some(&detail), ..event(&row, "credential.refuse") };
    audit::record(cx.app.db.writer(), cx, event).await
}
