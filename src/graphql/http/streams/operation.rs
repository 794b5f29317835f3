//! Execution of an operation whose responses are sent to an outlet.

mod end;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::parser::types::OperationType;
use futures_util::FutureExt;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::outlet::{Frame, Outlet, Turn};
use super::session::Session;
use crate::context::OpContext;
use crate::error::{Error, Result};
use crate::graphql::http::endpoint::{Endpoint, NotExecuted, Operation};
use crate::graphql::http::response::OperationResponse;
use crate::graphql::subscription::{Event, Phase, Source};
use crate::subscriptions::{Delivery, OperationPermit};
use end::End;
pub use end::errors_of;

/// Interval at which the caller of a subscription without events is authenticated again, and pause
/// after a failure of the database.
const CHECK_INTERVAL: Duration = Duration::from_secs(2);

/// Pause after the events of one read, so that events in quick succession are read together.
const PAUSE: Duration = Duration::from_millis(100);

/// Time for which a caller counts as authenticated within one batch of events.
const BATCH_TIME: Duration = Duration::from_millis(500);

/// An operation that is executed for the caller of a connection.
pub struct Execution {
    pub endpoint: Endpoint,
    pub session: Arc<Session>,
    pub operation: Operation,
    pub outlet: Outlet,
    /// Its place in the limit of its service account, held until it ends.
    pub _permit: OperationPermit,
}

/// The caller of a subscription.
struct Caller {
    op: OpContext,
    /// The time at which the last authentication began; `None` if another one must follow.
    at: Option<Instant>,
}

impl Execution {
    /// Executes the operation in a task of its own, for a caller whose authentication began at `asked`.
    /// Returns what aborts it; nothing aborts a mutation, which may be committed already.
    pub fn spawn(self, op: OpContext, asked: Instant) -> Option<AbortHandle> {
        let is_mutation = self.operation.kind() == OperationType::Mutation;
        let task = tokio::spawn(async move {
            self.run(Caller { op, at: Some(asked) }).await;
        });
        (!is_mutation).then(|| task.abort_handle())
    }

    /// Executes the operation, and sends its responses and its end.
    async fn run(&self, caller: Caller) {
        let work = async {
            match self.operation.kind() {
                OperationType::Subscription => self.subscribe(caller).await,
                OperationType::Query | OperationType::Mutation => self.execute(caller.op).await,
            }
        };
        let result = AssertUnwindSafe(work).catch_unwind().await;
        let Some(frame) = end::frame(result.unwrap_or_else(|_| Err(End::panicked()))) else {
            return;
        };
        // An error means that the connection is closed.
        let _ = self.outlet.send(frame).await;
    }

    async fn execute(&self, op: OpContext) -> Result<(), End> {
        let response = self.endpoint.execute(&self.operation, op).await;
        let response = response.map_err(NotExecuted::from)?;
        send(self.outlet.turn().await?, response).await
    }

    async fn subscribe(&self, mut caller: Caller) -> Result<(), End> {
        let mut source = self.open(caller.op.clone()).await?;
        loop {
            match self.proceed(&mut source, &mut caller).await {
                // The source remains behind.
                Err(End::Interrupted(error)) => {
                    error.log();
                    tokio::time::sleep(CHECK_INTERVAL).await;
                }
                result => result?,
            }
            if !source.is_behind() {
                tokio::time::sleep(PAUSE).await;
            }
        }
    }

    /// Opens the source of a subscription.
    async fn open(&self, op: OpContext) -> Result<Source, End> {
        let phase = Arc::new(Phase::subscribe());
        let response = self.endpoint.execute_phase(&self.operation, op, &phase).await;
        let response = response.map_err(NotExecuted::from)?;
        phase.take_source().ok_or_else(|| End::of_response(response))
    }

    /// Waits for further events, and sends them, or for the next check of the caller.
    async fn proceed(&self, source: &mut Source, caller: &mut Caller) -> Result<(), End> {
        let has_changed = tokio::select! {
            () = source.changed() => true,
            () = self.endpoint.app.subscriptions.next_check(CHECK_INTERVAL) => false,
            () = self.outlet.closed() => return Err(End::Closed),
        };
        let events = if has_changed { source.read(&caller.op).await? } else { Vec::new() };
        if !has_changed || !events.is_empty() {
            // After the events were read: one of them may have ended the access of the caller.
            caller.at = None;
        }
        if events.is_empty() {
            return Ok(caller.renew(&self.session, source).await?);
        }
        self.deliver(events, source, caller).await
    }

    /// Sends events, all of them.
    async fn deliver(
        &self,
        events: Vec<Event>,
        source: &Source,
        caller: &mut Caller,
    ) -> Result<(), End> {
        for event in events {
            let phase = Arc::new(Phase::Event(event));
            let (turn, delivery, op) = self.turn(source, caller).await?;
            let response = self.endpoint.execute_phase(&self.operation, op, &phase).await;
            drop(delivery);
            send(turn, response.map_err(NotExecuted::from)?).await?;
        }
        Ok(())
    }

    /// The turn of the next event, the permit to execute it, and its context, whose caller was
    /// authenticated a moment ago: a client that reads slowly may have lost its access
    /// since the first event of a batch, and the events of a batch must all be sent.
    async fn turn(
        &self,
        source: &Source,
        caller: &mut Caller,
    ) -> Result<(Turn<'_>, Delivery, OpContext), End> {
        loop {
            let turn = self.outlet.turn().await?;
            let organization = &caller.op.client()?.organization;
            let delivery = self.endpoint.app.subscriptions.deliveries.acquire(organization).await;
            match caller.renew(&self.session, source).await {
                Ok(()) => return Ok((turn, delivery, caller.op.clone())),
                Err(error @ Error::Unavailable(_)) => {
                    drop((turn, delivery));
                    error.log();
                    tokio::time::sleep(CHECK_INTERVAL).await;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// Sends a result; one that was not executed is the end.
async fn send(turn: Turn<'_>, response: OperationResponse) -> Result<(), End> {
    match response.into_body() {
        (true, body) => Ok(turn.send(Frame::Next(body?)).await?),
        (false, errors) => Err(End::Errors(errors?)),
    }
}

impl Caller {
    /// Authenticates and authorizes the caller again, unless that was a moment ago.
    async fn renew(&mut self, session: &Session, source: &Source) -> Result<()> {
        if self.at.is_some_and(|at| at.elapsed() <= BATCH_TIME) {
            return Ok(());
        }
        let at = Instant::now();
        let op = session.op().await?;
        source.authorize(&op).await?;
        *self = Self { op, at: Some(at) };
        Ok(())
    }
}
