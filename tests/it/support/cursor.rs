//! Cursors that no response contained.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, NaiveDate};
use entity::OrganizationId;
use postern::context::OpContext;
use postern::domain::audit::log::Cursors;

use super::World;

/// A cursor with the right checksum for a place in a list that is named `list`: an instant, in
/// microseconds since 1970, and an id.
pub fn forged_cursor(list: &str, micros: i64, id: &[u8]) -> String {
    let place = [&micros.to_be_bytes()[..], id].concat();
    let mut check = crc32fast::Hasher::new();
    for part in [list.as_bytes(), &[0], &place] {
        check.update(part);
    }
    let check = check.finalize().to_be_bytes();
    URL_SAFE_NO_PAD.encode([&check[..], &place].concat())
}

/// Such cursors for places that no row can have and that a database could fail to compare.
pub fn forged_cursors(list: &str) -> Vec<String> {
    const ID: &[u8] = b"s0123456789abcdefghijklmno";
    let year = |year| {
        let day = NaiveDate::from_ymd_opt(year, 1, 1).expect("a year");
        day.and_hms_opt(0, 0, 0).expect("a time").and_utc().timestamp_micros()
    };
    let now = DateTime::UNIX_EPOCH.timestamp_micros();
    let places: [(i64, &[u8]); 8] = [
        (now, b"s0123456789abcdefghijklmn\0"),
        (now, b"\0"),
        (now, b"s0123456789abcdefghijklmn\xff"),
        (now, b""),
        (year(-200_000), ID),
        (year(0), ID),
        (year(10_000), ID),
        (i64::MIN, ID),
    ];
    places.iter().map(|(micros, id)| forged_cursor(list, *micros, id)).collect()
}

/// The cursor at a position, in the audit log of an organization or of all.
pub async fn log_cursor(
    world: &World,
    organization: Option<&OrganizationId>,
    position: i64,
) -> String {
    let cursors = Cursors::of(&OpContext::operator(&world.app), organization).await;
    cursors.expect("cursors").text(position).expect("a cursor")
}
