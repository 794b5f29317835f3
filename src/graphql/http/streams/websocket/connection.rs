//! A connection whose caller is authenticated.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::ws::{Message, Utf8Bytes, WebSocket};
use serde_json::{Map, Value};
use tokio::time::{Instant, Interval, MissedTickBehavior};

use super::close::Close;
use super::operations::Operations;
use super::transport::{SEND_TIMEOUT, receive, send, transmit};
use crate::context::OpContext;
use crate::domain::limits::MAX_OPERATIONS;
use crate::error::Error;
use crate::graphql::http::endpoint::{Endpoint, NotExecuted, Operation, Transport};
use crate::graphql::http::params::Params;
use crate::graphql::http::request_error::RequestError;
use crate::graphql::http::streams;
use crate::graphql::http::streams::message::{self, ClientMessage};
use crate::graphql::http::streams::operation::{self, Execution};
use crate::graphql::http::streams::outlet::{self, Frame, Frames, Outgoing, Outlet, Sender};
use crate::graphql::http::streams::session::Session;
use crate::subscriptions::{OperationPermit, UntilClose};

/// Interval of pings. A client from which nothing arrives in the meantime is disconnected.
const PING_INTERVAL: Duration = Duration::from_secs(30);

/// An operation that may be executed, its permit, and the caller who was authenticated for it.
type Prepared = (Operation, OperationPermit, OpContext, Instant);

/// A connection whose caller is authenticated.
pub struct Connection {
    endpoint: Endpoint,
    session: Arc<Session>,
    operations: Operations,
    sender: Sender,
    frames: Frames,
    /// Time at which the token expires; `None` if that is too far away to matter.
    expires_at: Option<Instant>,
    pings: Interval,
    is_alive: bool,
}

impl Connection {
    pub fn new(endpoint: Endpoint, session: Arc<Session>, expires_at: Option<Instant>) -> Self {
        let (sender, frames) = outlet::channel();
        let first = Instant::now() + PING_INTERVAL;
        let mut pings = tokio::time::interval_at(first, PING_INTERVAL);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            endpoint,
            session,
            operations: Operations::default(),
            sender,
            frames,
            expires_at,
            pings,
            is_alive: true,
        }
    }

    /// Serves operations until the connection must be closed.
    pub async fn serve(&mut self, socket: &mut WebSocket, until_close: &mut UntilClose) -> Close {
        loop {
            let expired = streams::expiry(self.expires_at);
            let result = tokio::select! {
                text = receive(socket) => self.handle(socket, text).await,
                Some(outgoing) = self.frames.recv() => self.forward(socket, outgoing).await,
                _ = self.pings.tick() => self.ping(socket).await,
                () = expired => Err(Close::FORBIDDEN),
                () = until_close.closing() => Err(Close::RESTART),
            };
            match result {
                Ok(()) => {}
                Err(close @ (Close::FORBIDDEN | Close::RESTART)) => {
                    return self.finish(socket, close).await;
                }
                Err(close) => return close,
            }
        }
    }

    /// Ends all operations but mutations, sends the results of these, and closes; reads no further
    /// message. This is bounded: after the time limit of operations a mutation begins nothing more, and
    /// the rest is for its last statements and the client.
    async fn finish(&mut self, socket: &mut WebSocket, close: Close) -> Close {
        self.operations.abort();
        let limit = self.endpoint.limits().duration + SEND_TIMEOUT;
        let finished = tokio::time::timeout(limit, self.send_results(socket)).await;
        finished.unwrap_or(Ok(())).err().unwrap_or(close)
    }

    /// Sends the results of the mutations in progress.
    async fn send_results(&mut self, socket: &mut WebSocket) -> Result<(), Close> {
        while self.operations.has_mutations() {
            let Some(outgoing) = self.frames.recv().await else { break };
            self.forward(socket, outgoing).await?;
        }
        Ok(())
    }

    async fn handle(
        &mut self,
        socket: &mut WebSocket,
        text: Result<Option<Utf8Bytes>, Close>,
    ) -> Result<(), Close> {
        self.is_alive = true;
        let Some(text) = text? else { return Ok(()) };
        match ClientMessage::parse(&text).ok_or(Close::MALFORMED)? {
            ClientMessage::ConnectionInit { .. } => Err(Close::INITIALIZED_TWICE),
            ClientMessage::Subscribe { id, .. } if self.operations.contains(&id) => {
                Err(Close::DUPLICATE)
            }
            ClientMessage::Subscribe { id, params } => self.start(socket, id, params).await,
            ClientMessage::Complete { id } => {
                self.operations.complete(&id);
                Ok(())
            }
            ClientMessage::Ping { payload } => send(socket, message::pong(payload)).await,
            ClientMessage::Pong => Ok(()),
        }
    }

    async fn start(
        &mut self,
        socket: &mut WebSocket,
        id: String,
        params: Map<String, Value>,
    ) -> Result<(), Close> {
        match self.prepare(params).await? {
            Ok(prepared) => self.spawn(id, prepared),
            Err(error) => {
                let errors = operation::errors_of(error);
                send(socket, rendered("error", &id, &errors)?).await?;
            }
        }
        Ok(())
    }

    /// Authenticates the caller again, and checks the operation.
    async fn prepare(
        &self,
        params: Map<String, Value>,
    ) -> Result<Result<Prepared, NotExecuted>, Close> {
        if self.operations.is_full() {
            return Ok(Err(RequestError::too_many_operations(MAX_OPERATIONS).into()));
        }
        let asked = Instant::now();
        let op = match self.session.op().await {
            Ok(op) => op,
            Err(error @ Error::Unauthenticated) => return Err(Close::of(&error)),
            Err(error) => {
                error.log();
                return Ok(Err(RequestError::from_domain(&error).into()));
            }
        };
        let check = || -> Result<Prepared, NotExecuted> {
            let params = Params::of(params)?;
            let operation = self.endpoint.prepare(params, &op.actor, Transport::Stream)?;
            let permit = streams::admit(&op)?;
            Ok((operation, permit, op, asked))
        };
        Ok(check())
    }

    fn spawn(&mut self, id: String, (operation, permit, op, asked): Prepared) {
        let number = self.operations.next_number();
        let outlet = Outlet::new(number, self.sender.clone());
        let (endpoint, session) = (self.endpoint.clone(), Arc::clone(&self.session));
        let abort =
            Execution { endpoint, session, operation, outlet, _permit: permit }.spawn(op, asked);
        self.operations.insert(id, number, abort);
    }

    /// Sends a frame of an operation, unless the operation was ended or the client has completed it.
    async fn forward(&mut self, socket: &mut WebSocket, outgoing: Outgoing) -> Result<(), Close> {
        let Outgoing { operation: number, frame, turn } = outgoing;
        let id = self.operations.id(number).map(str::to_owned);
        if !matches!(frame, Frame::Next(_)) {
            self.operations.remove(number);
        }
        let Some(id) = id else { return Ok(()) };
        let text = match &frame {
            Frame::Next(body) => rendered("next", &id, body)?,
            Frame::Errors(body) => rendered("error", &id, body)?,
            Frame::Complete => message::complete(&id),
            Frame::Unauthenticated => return Err(Close::FORBIDDEN),
        };
        send(socket, text).await?;
        drop(turn);
        Ok(())
    }

    /// Disconnects a client that is gone or whose token is no longer valid; pings any other.
    async fn ping(&mut self, socket: &mut WebSocket) -> Result<(), Close> {
        if !std::mem::take(&mut self.is_alive) {
            return Err(Close::UNRESPONSIVE);
        }
        if let Err(error @ Error::Unauthenticated) = self.session.op().await {
            return Err(Close::of(&error));
        }
        transmit(socket, Message::Ping(Bytes::new())).await
    }
}

fn rendered(kind: &str, id: &str, payload: &[u8]) -> Result<String, Close> {
    message::with_payload(kind, id, payload).map_err(|error| Close::of(&error))
}
