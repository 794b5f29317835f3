//! Addresses for servers in processes of their own.

use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicU32, Ordering};

/// An address of the loopback interface that nobody listens on, and that no other test gets.
///
/// Its port is below those that the system gives to connections: one of those could be taken between
/// here and the start of the server.
pub fn free_address() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    loop {
        let nth = std::process::id() * 97 + NEXT.fetch_add(1, Ordering::Relaxed);
        let port = u16::try_from(10_000 + nth % 20_000).expect("a port");
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        if TcpListener::bind(address).is_ok() {
            return address.to_string();
        }
    }
}
