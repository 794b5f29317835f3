//! The least compatible version: one row, the number of the last migration that a version must know.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::*;

use super::Definition;
use crate::compatibility::{LEAST_VERSION, TABLE};

pub(super) fn definition() -> Definition {
    let table = Table::create().table(TABLE).col(integer(LEAST_VERSION).primary_key()).take();
    Definition { table, indexes: Vec::new() }
}
