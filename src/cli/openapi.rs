//! `postern openapi`.

use super::{Failure, print};
use crate::config::Config;
use crate::error::Error;
use crate::server::openapi;

pub fn run(config: &Config) -> Result<(), Failure> {
    let document = openapi::document(&config.issuer);
    let text = document.to_pretty_json().map_err(Error::internal)?;
    print::result(&(text + "\n"))
}
