//! Sources of events, and the phases in which a subscription is executed.

use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::Context;
use entity::{audit_event, credential};
use futures_util::stream;

use crate::context::OpContext;
use crate::domain::audit::LogSubscription;
use crate::domain::credentials::UsageSubscription;
use crate::error::{Error, Result};

/// The source of the events of a subscription.
pub enum Source {
    /// The audit log.
    AuditLog(LogSubscription),
    /// The usage of a credential.
    Usage(UsageSubscription),
}

/// An event of a source.
pub enum Event {
    /// An audit event, and its cursor.
    AuditEvent(Arc<audit_event::Model>, String),
    /// A credential whose usage has changed.
    CredentialUsed(Arc<credential::Model>),
}

/// The phase of a subscription, in the context of its execution.
pub enum Phase {
    /// The source is opened.
    Subscribe(Mutex<Option<Source>>),
    /// The response to an event is resolved.
    Event(Event),
}

impl Phase {
    /// The phase in which the source is opened.
    pub fn subscribe() -> Self {
        Self::Subscribe(Mutex::default())
    }

    /// The source that was opened.
    pub fn take_source(&self) -> Option<Source> {
        match self {
            Self::Subscribe(source) => source.lock().unwrap_or_else(PoisonError::into_inner).take(),
            Self::Event(_) => None,
        }
    }
}

impl Source {
    /// Whether there are further events already.
    pub fn is_behind(&self) -> bool {
        match self {
            Self::AuditLog(log) => log.is_behind(),
            Self::Usage(_) => false,
        }
    }

    /// Completes when there may be further events.
    pub async fn changed(&mut self) {
        match self {
            Self::AuditLog(log) => log.changed().await,
            Self::Usage(usage) => usage.changed().await,
        }
    }

    /// Rejects a caller that may no longer read the events.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`, or the database does not respond.
    pub async fn authorize(&self, op: &OpContext) -> Result<()> {
        match self {
            Self::AuditLog(log) => log.authorize(op),
            Self::Usage(usage) => usage.authorize(op).await,
        }
    }

    /// The next events, if the caller may read them.
    ///
    /// # Errors
    /// As [`Self::authorize`]; no event is lost.
    pub async fn read(&mut self, op: &OpContext) -> Result<Vec<Event>> {
        let event = |(event, cursor)| Event::AuditEvent(event, cursor);
        Ok(match self {
            Self::AuditLog(log) => log.read(op).await?.into_iter().map(event).collect(),
            Self::Usage(usage) => {
                usage.read(op).await?.map(Arc::new).map(Event::CredentialUsed).into_iter().collect()
            }
        })
    }
}

/// The payload of an event, or none while the source is opened.
pub type Payloads<T> = stream::Iter<std::option::IntoIter<T>>;

/// Resolves the root field of a subscription: opens its source, or returns the payload of an event.
pub async fn resolve<T>(
    ctx: &Context<'_>,
    open: impl Future<Output = Result<Source>>,
    payload: impl FnOnce(&Event) -> Option<T>,
) -> Result<Payloads<T>> {
    let none = || Error::internal("a subscription without a phase");
    let payload = match ctx.data_opt::<Arc<Phase>>().ok_or_else(none)?.as_ref() {
        Phase::Event(event) => payload(event),
        Phase::Subscribe(source) => {
            let opened = open.await?;
            *source.lock().unwrap_or_else(PoisonError::into_inner) = Some(opened);
            None
        }
    };
    Ok(stream::iter(payload))
}
