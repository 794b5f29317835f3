//! Responses on their way from operations to their connection. Nothing is queued: an operation gets a
//! turn once the client has taken the response before, so that what it may read is decided when it is
//! sent.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

/// A response, or the end of an operation.
pub enum Frame {
    /// An execution result.
    Next(Vec<u8>),
    /// The end with a list of errors.
    Errors(Vec<u8>),
    /// The end.
    Complete,
    /// The end of the connection: its token is no longer valid.
    Unauthenticated,
}

/// A frame on its way to the client.
pub struct Outgoing {
    /// The number of the operation.
    pub operation: u64,
    /// The frame.
    pub frame: Frame,
    /// Dropped when the client has taken the frame: then the next operation gets its turn.
    pub turn: OwnedSemaphorePermit,
}

/// The frames of a connection.
pub type Frames = mpsc::Receiver<Outgoing>;

/// The sending half of a connection.
#[derive(Clone)]
pub struct Sender {
    frames: mpsc::Sender<Outgoing>,
    turns: Arc<Semaphore>,
}

/// The sender of the frames of one operation.
pub struct Outlet {
    operation: u64,
    sender: Sender,
}

/// The turn of an operation to send one frame.
pub struct Turn<'a> {
    outlet: &'a Outlet,
    permit: OwnedSemaphorePermit,
}

/// The connection is closed.
pub struct Closed;

/// The frames of a new connection, and their sender.
pub fn channel() -> (Sender, Frames) {
    let (frames, receiver) = mpsc::channel(1);
    (Sender { frames, turns: Arc::new(Semaphore::new(1)) }, receiver)
}

impl Outlet {
    /// The sender of the frames of `operation`.
    pub fn new(operation: u64, sender: Sender) -> Self {
        Self { operation, sender }
    }

    /// The next turn, once the client has taken the frames of earlier ones.
    ///
    /// # Errors
    /// The connection is closed.
    pub async fn turn(&self) -> Result<Turn<'_>, Closed> {
        tokio::select! {
            permit = Arc::clone(&self.sender.turns).acquire_owned() => {
                Ok(Turn { outlet: self, permit: permit.map_err(|_| Closed)? })
            }
            () = self.closed() => Err(Closed),
        }
    }

    /// Sends a frame at the next turn.
    ///
    /// # Errors
    /// The connection is closed.
    pub async fn send(&self, frame: Frame) -> Result<(), Closed> {
        self.turn().await?.send(frame).await
    }

    /// Completes when the connection is closed.
    pub async fn closed(&self) {
        self.sender.frames.closed().await;
    }
}

impl Turn<'_> {
    /// Sends a frame.
    ///
    /// # Errors
    /// The connection is closed.
    pub async fn send(self, frame: Frame) -> Result<(), Closed> {
        let Self { outlet: Outlet { operation, sender }, permit } = self;
        let outgoing = Outgoing { operation: *operation, frame, turn: permit };
        sender.frames.send(outgoing).await.map_err(|_| Closed)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn an_operation_gets_its_turn_when_the_client_has_taken_the_frame_before() {
        let (sender, mut frames) = channel();
        let (first, second) = (Outlet::new(1, sender.clone()), Outlet::new(2, sender));
        assert!(first.send(Frame::Complete).await.is_ok());
        assert!(second.turn().now_or_never().is_none());
        let outgoing = frames.recv().await.expect("a frame");
        assert!(second.turn().now_or_never().is_none(), "the frame is being sent");
        drop(outgoing);
        assert!(second.turn().now_or_never().is_some());
        drop(frames);
        assert!(second.turn().await.is_err() || second.send(Frame::Complete).await.is_err());
    }
}
