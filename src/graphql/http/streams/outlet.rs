//! Responses on their way from operations to their connection.

use tokio::sync::mpsc;

/// The maximum number of responses of a connection that wait for the client. Operations wait with
/// further ones.
const CAPACITY: usize = 8;

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

/// The frames of a connection, each with the number of its operation.
pub type Frames = mpsc::Receiver<(u64, Frame)>;

/// The sender of the frames of one operation.
pub struct Outlet {
    operation: u64,
    frames: mpsc::Sender<(u64, Frame)>,
}

/// The connection is closed.
pub struct Closed;

/// The frames of a new connection, and their sender.
pub fn channel() -> (mpsc::Sender<(u64, Frame)>, Frames) {
    mpsc::channel(CAPACITY)
}

impl Outlet {
    /// The sender of the frames of `operation`.
    pub fn new(operation: u64, frames: mpsc::Sender<(u64, Frame)>) -> Self {
        Self { operation, frames }
    }

    /// Sends a frame as soon as the client has read enough.
    ///
    /// # Errors
    /// The connection is closed.
    pub async fn send(&self, frame: Frame) -> Result<(), Closed> {
        self.frames.send((self.operation, frame)).await.map_err(|_| Closed)
    }

    /// Completes when the connection is closed.
    pub async fn closed(&self) {
        self.frames.closed().await;
    }
}
