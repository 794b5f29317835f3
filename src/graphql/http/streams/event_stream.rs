//! Operations as event streams (server-sent events), after the distinct connections mode of the
//! protocol `graphql-sse`.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{Method, header};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, stream};
use tokio::sync::OwnedSemaphorePermit;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::operation::Execution;
use super::outlet::{self, Frame, Frames, Outgoing, Outlet};
use super::session::Session;
use super::{admit, connect};
use crate::error::Error;
use crate::graphql::http::endpoint::{Endpoint, NotExecuted, Transport};
use crate::graphql::http::negotiate::Format;
use crate::graphql::http::params::Params;
use crate::graphql::http::request_error::RequestError;
use crate::graphql::http::response::OperationResponse;
use crate::http::content_negotiation;
use crate::network::Permit;
use crate::subscriptions::UntilClose;

/// Interval of comments on an idle stream, which proxies would close.
const KEEP_ALIVE: Duration = Duration::from_secs(12);

/// The error of a stream whose token is no longer valid.
const UNAUTHENTICATED: &[u8] =
    br#"[{"message":"a valid access token is required","extensions":{"code":"UNAUTHENTICATED"}}]"#;

/// Executes an operation, and responds with a stream of its results.
pub async fn event_stream(State(endpoint): State<Endpoint>, request: Request) -> Response {
    let headers = request.headers().clone();
    match start(&endpoint, request).await {
        Ok(response) => response,
        Err(NotExecuted::Invalid(errors)) => {
            OperationResponse::not_executed(errors).into_response(Format::GraphqlResponse)
        }
        Err(NotExecuted::Rejected(error)) => error.into_response(Format::Json, &headers),
    }
}

async fn start(endpoint: &Endpoint, request: Request) -> Result<Response, NotExecuted> {
    let (method, headers) = (request.method().clone(), request.headers().clone());
    if !content_negotiation::accepts(&headers, &header::ACCEPT, "text/event-stream") {
        return Err(RequestError::not_acceptable_stream().into());
    }
    let session = Session::new(&endpoint.app, request.extensions(), &headers);
    let params = Params::read(request, endpoint.limits()).await?;
    let rejected = |error: Error| {
        error.log();
        RequestError::from_domain(&error)
    };
    let asked = Instant::now();
    let op = session.start().await.map_err(rejected)?;
    let transport = if method == Method::GET { Transport::GetStream } else { Transport::Stream };
    let operation = endpoint.prepare(params, &op.actor, transport)?;
    let (connection, permit) = (connect(endpoint, &session)?, admit(&op)?);
    let (sender, frames) = outlet::channel();
    let (expires_at, until_close) = (session.expiry(&op), op.app.subscriptions.until_close());
    let (endpoint, session) = (endpoint.clone(), Arc::new(session));
    let outlet = Outlet::new(0, sender);
    let abort =
        Execution { endpoint, session, operation, outlet, _permit: permit }.spawn(op, asked);
    let events = Events {
        frames,
        abort,
        expires_at,
        until_close,
        turn: None,
        is_complete: false,
        _connection: connection,
    };
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    // Proxies such as nginx would buffer the stream.
    let unbuffered = [("x-accel-buffering", "no")];
    Ok((headers, unbuffered, Body::from_stream(events.into_stream())).into_response())
}

/// The events of one operation.
struct Events {
    frames: Frames,
    /// Ends the operation with the stream. A mutation is not aborted: it may be committed already.
    abort: Option<AbortHandle>,
    expires_at: Option<Instant>,
    until_close: UntilClose,
    /// The turn of the last frame, which the connection has taken when it asks for the next one.
    turn: Option<OwnedSemaphorePermit>,
    is_complete: bool,
    _connection: Permit,
}

impl Events {
    fn into_stream(self) -> impl Stream<Item = Result<Bytes, Infallible>> {
        stream::unfold(self, |mut events| async move {
            let text = events.next().await?;
            Some((Ok(text), events))
        })
    }

    /// The next event or comment. A stream that ends without `complete` asks the client to continue on
    /// another connection.
    async fn next(&mut self) -> Option<Bytes> {
        self.turn = None;
        if self.is_complete {
            return None;
        }
        let is_mutation = self.abort.is_none();
        tokio::select! {
            outgoing = self.frames.recv() => {
                let Outgoing { frame, turn, .. } = outgoing?;
                self.turn = Some(turn);
                Some(self.event(frame))
            }
            () = tokio::time::sleep(KEEP_ALIVE) => Some(Bytes::from_static(b":\n\n")),
            () = super::expiry(self.expires_at), if !is_mutation => {
                Some(self.event(Frame::Unauthenticated))
            }
            () = self.until_close.closing(), if !is_mutation => None,
        }
    }

    fn event(&mut self, frame: Frame) -> Bytes {
        self.is_complete = !matches!(frame, Frame::Next(_));
        match frame {
            Frame::Next(body) => next(&body),
            Frame::Errors(errors) => last(&errors),
            Frame::Unauthenticated => last(UNAUTHENTICATED),
            Frame::Complete => Bytes::from_static(COMPLETE),
        }
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        if let Some(abort) = &self.abort {
            abort.abort();
        }
    }
}

/// The event of the end.
const COMPLETE: &[u8] = b"event: complete\ndata:\n\n";

/// The event of a result, whose JSON has no line breaks.
fn next(body: &[u8]) -> Bytes {
    [b"event: next\ndata: ", body, b"\n\n"].concat().into()
}

/// A result with errors, and the end.
fn last(errors: &[u8]) -> Bytes {
    let result = [b"{\"errors\":", errors, b"}"].concat();
    [&next(&result), COMPLETE].concat().into()
}
