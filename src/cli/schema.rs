//! `postern schema`.

use clap::Args as ClapArgs;

use super::{Failure, print};
use crate::error::Error;
use crate::graphql;

#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Print settings of normalized client caches (Apollo Client, urql) as JSON instead
    #[arg(long)]
    client_cache: bool,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    if !args.client_cache {
        return print::result(&graphql::sdl());
    }
    let cache = graphql::client_cache().map_err(Error::internal)?;
    let text = serde_json::to_string_pretty(&cache).map_err(Error::internal)?;
    print::result(&(text + "\n"))
}
