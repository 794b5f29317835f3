//! `postern settings`.

use super::{Failure, print};
use crate::config;

pub fn run() -> Result<(), Failure> {
    print::result(&config::markdown())
}
