//! Operations as event streams (server-sent events), after the distinct connections mode of the
//! protocol `graphql-sse`.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::parser::types::OperationType;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, stream};
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::connect;
use super::operation;
use super::outlet::{self, Frame, Frames, Outlet};
use super::session::Session;
use crate::graphql::http::endpoint::{Endpoint, NotExecuted, Operation, Transport};
use crate::graphql::http::negotiate::Format;
use crate::graphql::http::params::Params;
use crate::graphql::http::request_error::RequestError;
use crate::graphql::http::response::OperationResponse;
use crate::http::request_id::RequestId;
use crate::http::{client_address, content_negotiation};
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
    let mut session = Session::new(&endpoint.app, request.extensions(), &headers);
    let request_id = RequestId::from_extensions(request.extensions()).id;
    let address = client_address::resolve(&endpoint.app, request.extensions(), &headers);
    let params = Params::read(request, endpoint.limits()).await?;
    let actor = endpoint.actor(&headers, &request_id, address).await?;
    session.authorize(token(&headers));
    let transport = if method == Method::GET { Transport::GetStream } else { Transport::Stream };
    let operation = endpoint.prepare(params, &actor, transport)?;
    let permit = connect(endpoint, &session)?;
    let op = session.op().await.map_err(|error| RequestError::from_domain(&error))?;
    let expires_at = Instant::now().checked_add(session.remaining(&op));
    let events = Events::start(endpoint.clone(), session, operation, expires_at, permit);
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    // Proxies such as nginx would buffer the stream.
    let unbuffered = [("x-accel-buffering", "no")];
    Ok((headers, unbuffered, Body::from_stream(events.into_stream())).into_response())
}

fn token(headers: &HeaderMap) -> &str {
    headers.get(header::AUTHORIZATION).and_then(|it| it.to_str().ok()).unwrap_or_default()
}

/// The events of one operation.
struct Events {
    frames: Frames,
    /// Ends the operation with the stream. A mutation is not aborted: it may be committed already.
    abort: Option<AbortHandle>,
    expires_at: Option<Instant>,
    until_close: UntilClose,
    is_complete: bool,
    _permit: Permit,
}

impl Events {
    fn start(
        endpoint: Endpoint,
        session: Session,
        operation: Operation,
        expires_at: Option<Instant>,
        permit: Permit,
    ) -> Self {
        let (sender, frames) = outlet::channel();
        let until_close = endpoint.app.subscriptions.until_close();
        let is_mutation = operation.kind() == OperationType::Mutation;
        let (outlet, session) = (Outlet::new(0, sender), Arc::new(session));
        let task = tokio::spawn(async move {
            operation::run(&endpoint, &session, &operation, &outlet).await;
        });
        let abort = (!is_mutation).then(|| task.abort_handle());
        Self { frames, abort, expires_at, until_close, is_complete: false, _permit: permit }
    }

    fn into_stream(self) -> impl Stream<Item = Result<Bytes, Infallible>> {
        stream::unfold(self, |mut events| async move {
            let text = events.next().await?;
            Some((Ok(text), events))
        })
    }

    /// The next event or comment. A stream that ends without `complete` asks the client to continue on
    /// another connection.
    async fn next(&mut self) -> Option<Bytes> {
        if self.is_complete {
            return None;
        }
        let is_mutation = self.abort.is_none();
        tokio::select! {
            frame = self.frames.recv() => Some(self.event(frame?.1)),
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
