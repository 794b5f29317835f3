//! `postern schema`.

use super::{Failure, print};
use crate::graphql;

pub fn run() -> Result<(), Failure> {
    print::result(&graphql::sdl())
}
