//! Time limit of request bodies.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use futures_util::{StreamExt, stream};
use tokio::time::Instant;

/// Time limit for the arrival of a body.
const BODY_TIMEOUT: Duration = Duration::from_secs(20);

/// Whether a body exceeded its time limit.
#[derive(Clone, Default)]
pub struct BodyTimeout(Arc<AtomicBool>);

impl BodyTimeout {
    pub fn is_elapsed(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The body with a time limit, at which it ends with an error.
pub fn apply(body: Body) -> (Body, BodyTimeout) {
    let timeout = BodyTimeout::default();
    if body.is_end_stream() {
        return (body, timeout);
    }
    let (deadline, elapsed) = (Instant::now() + BODY_TIMEOUT, timeout.clone());
    let chunks = stream::unfold(Some(body.into_data_stream()), move |chunks| {
        let elapsed = elapsed.clone();
        async move {
            let mut chunks = chunks?;
            match tokio::time::timeout_at(deadline, chunks.next()).await {
                Ok(Some(Ok(chunk))) => Some((Ok(chunk), Some(chunks))),
                Ok(Some(Err(error))) => Some((Err(error), None)),
                Ok(None) => None,
                Err(error) => {
                    elapsed.0.store(true, Ordering::Relaxed);
                    Some((Err(axum::Error::new(error)), None))
                }
            }
        }
    });
    (Body::from_stream(chunks), timeout)
}
