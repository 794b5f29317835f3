//! Execution of an operation whose responses are sent to an outlet.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::parser::types::OperationType;
use futures_util::FutureExt;
use tokio::time::Instant;

use super::outlet::{Closed, Frame, Outlet};
use super::session::Session;
use crate::context::OpContext;
use crate::error::{Error, Result};
use crate::graphql::engine::errors;
use crate::graphql::http::body::json_body;
use crate::graphql::http::endpoint::{Endpoint, NotExecuted, Operation};
use crate::graphql::http::response::OperationResponse;
use crate::graphql::subscription::{Phase, Source};

/// Interval at which the caller of a subscription without events is authenticated again, and pause
/// after a failure of the database.
const CHECK_INTERVAL: Duration = Duration::from_secs(2);

/// Pause after the events of one read, so that events in quick succession are read together.
const PAUSE: Duration = Duration::from_millis(100);

/// Time for which a caller counts as authenticated within one batch of events.
const BATCH_TIME: Duration = Duration::from_millis(500);

/// The end of an operation.
enum End {
    /// With errors, or with none.
    Errors(OperationResponse),
    /// Because the token of the caller is not valid.
    Unauthenticated,
    /// Because the connection is closed.
    Closed,
    /// A failure of the database, after which a subscription continues.
    Interrupted(Error),
}

impl End {
    /// The end of an operation that panicked, so that its client does not wait for it.
    fn panicked() -> Self {
        tracing::error!("operation panicked");
        Self::from(Error::internal("a panic"))
    }
}

impl From<Closed> for End {
    fn from(_: Closed) -> Self {
        Self::Closed
    }
}

impl From<Error> for End {
    fn from(error: Error) -> Self {
        match error {
            Error::Unauthenticated => Self::Unauthenticated,
            error @ Error::Unavailable(_) => Self::Interrupted(error),
            error => Self::Errors(OperationResponse::not_executed(vec![errors::of_domain(error)])),
        }
    }
}

/// Executes an operation, and sends its responses and its end.
pub async fn run(endpoint: &Endpoint, session: &Session, operation: &Operation, outlet: &Outlet) {
    let work = async {
        match operation.kind() {
            OperationType::Subscription => subscribe(endpoint, session, operation, outlet).await,
            OperationType::Query | OperationType::Mutation => {
                execute(endpoint, session, operation, outlet).await
            }
        }
    };
    let result = AssertUnwindSafe(work).catch_unwind().await;
    let frame = match result.unwrap_or_else(|_| Err(End::panicked())) {
        Ok(()) => Frame::Complete,
        Err(End::Errors(response)) => Frame::Errors(or_internal_error(response.into_errors())),
        Err(End::Unauthenticated) => Frame::Unauthenticated,
        Err(End::Interrupted(error)) => {
            let response = OperationResponse::not_executed(vec![errors::of_domain(error)]);
            Frame::Errors(or_internal_error(response.into_errors()))
        }
        Err(End::Closed) => return,
    };
    // An error means that the connection is closed.
    let _ = outlet.send(frame).await;
}

/// The list of errors of an operation that is not executed.
pub fn errors_of(error: NotExecuted) -> Vec<u8> {
    or_internal_error(match error {
        NotExecuted::Rejected(error) => json_body(&[error.value()]),
        NotExecuted::Invalid(errors) => OperationResponse::not_executed(errors).into_errors(),
    })
}

fn or_internal_error(body: Result<Vec<u8>>) -> Vec<u8> {
    body.unwrap_or_else(|error| {
        error.log();
        br#"[{"message":"internal server error","extensions":{"code":"INTERNAL"}}]"#.to_vec()
    })
}

async fn execute(
    endpoint: &Endpoint,
    session: &Session,
    operation: &Operation,
    outlet: &Outlet,
) -> Result<(), End> {
    let op = session.op().await?;
    send(outlet, endpoint.execute(operation, op).await.map_err(NotExecuted::from)).await
}

/// Sends a result; one that was not executed is the end.
async fn send(
    outlet: &Outlet,
    response: Result<OperationResponse, NotExecuted>,
) -> Result<(), End> {
    match response.map(OperationResponse::into_body) {
        Ok((true, body)) => Ok(outlet.send(Frame::Next(body.map_err(End::from)?)).await?),
        Ok((false, errors)) => {
            outlet.send(Frame::Errors(errors.map_err(End::from)?)).await?;
            Err(End::Closed)
        }
        Err(error) => {
            outlet.send(Frame::Errors(errors_of(error))).await?;
            Err(End::Closed)
        }
    }
}

async fn subscribe(
    endpoint: &Endpoint,
    session: &Session,
    operation: &Operation,
    outlet: &Outlet,
) -> Result<(), End> {
    let mut source = open(endpoint, session, operation, outlet).await?;
    let mut subscription = Subscription { endpoint, session, operation, outlet };
    loop {
        let has_changed = tokio::select! {
            () = source.changed() => true,
            () = tokio::time::sleep(CHECK_INTERVAL) => false,
            () = outlet.closed() => return Err(End::Closed),
        };
        match subscription.proceed(&mut source, has_changed).await {
            // The source remains changed.
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
async fn open(
    endpoint: &Endpoint,
    session: &Session,
    operation: &Operation,
    outlet: &Outlet,
) -> Result<Source, End> {
    let phase = Arc::new(Phase::subscribe());
    let op = session.op().await?;
    match endpoint.execute_phase(operation, op, &phase).await {
        Ok(response) => phase.take_source().ok_or(End::Errors(response)),
        Err(error) => {
            outlet.send(Frame::Errors(errors_of(error.into()))).await?;
            Err(End::Closed)
        }
    }
}

/// A subscription whose source is open.
struct Subscription<'a> {
    endpoint: &'a Endpoint,
    session: &'a Session,
    operation: &'a Operation,
    outlet: &'a Outlet,
}

impl Subscription<'_> {
    /// Authenticates and authorizes the caller again, and sends the next events.
    async fn proceed(&mut self, source: &mut Source, has_changed: bool) -> Result<(), End> {
        let mut caller = Caller::of(self.session).await?;
        if !has_changed {
            return Ok(source.authorize(&caller.op).await?);
        }
        for event in source.read(&caller.op).await? {
            let phase = Arc::new(Phase::Event(event));
            let op = caller.current(self.session, source).await;
            let response = self.endpoint.execute_phase(self.operation, op?, &phase).await;
            send(self.outlet, response.map_err(NotExecuted::from)).await?;
        }
        Ok(())
    }
}

/// A caller who was authenticated a moment ago.
struct Caller {
    op: OpContext,
    at: Instant,
}

impl Caller {
    async fn of(session: &Session) -> Result<Self> {
        let at = Instant::now();
        Ok(Self { op: session.op().await?, at })
    }

    async fn authorized(session: &Session, source: &Source) -> Result<Self> {
        let caller = Self::of(session).await?;
        source.authorize(&caller.op).await?;
        Ok(caller)
    }

    /// The context of the next event. A client that reads slowly may have lost its access since the
    /// first event of a batch, and the events of a batch must all be sent.
    async fn current(&mut self, session: &Session, source: &Source) -> Result<OpContext, End> {
        while self.at.elapsed() > BATCH_TIME {
            match Self::authorized(session, source).await {
                Ok(caller) => *self = caller,
                Err(error @ Error::Unavailable(_)) => {
                    error.log();
                    tokio::time::sleep(CHECK_INTERVAL).await;
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(self.op.clone())
    }
}
