//! Orders of lists.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::SimpleExpr;
use sea_orm::{ColumnTrait, DbBackend, EntityName};

use super::PageItem;

/// The maximum number of characters of a name that its order depends on: a cursor has room for them.
pub const NAME_KEY_LENGTH: usize = 32;

/// A field that lists are ordered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortField {
    /// Time of creation.
    #[default]
    CreatedAt,
    /// The first characters of the name, with A to Z in lower case: [`name_key`].
    Name,
    /// Time of expiry: [`expiry_key`].
    ExpiresAt,
    /// The UTC day of the last usage: the number of days since 1970, or 0 if never used.
    LastUsedDay,
}

/// An order: by a field, and by the id where the field is the same, both in one direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sort {
    /// The field.
    pub field: SortField,
    /// Whether the greatest item comes first.
    pub descending: bool,
}

/// The value of an item in the field of an order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key<'a> {
    /// A time.
    Time(DateTime<Utc>),
    /// A number.
    Number(i64),
    /// A text of at most [`NAME_KEY_LENGTH`] characters, compared by bytes.
    Text(Cow<'a, str>),
}

impl Sort {
    /// Sorts the items of a complete list in memory.
    pub fn apply<T: PageItem>(self, items: &mut [T]) {
        items.sort_by(|a, b| {
            let (a, b) = if self.descending { (b, a) } else { (a, b) };
            let by_key = a.key(self.field).cmp(&b.key(self.field));
            by_key.then_with(|| a.position().id.cmp(b.position().id))
        });
    }
}

impl SortField {
    /// The name of the field in the name of a list.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::CreatedAt => "created_at",
            Self::Name => "name",
            Self::ExpiresAt => "expires_at",
            Self::LastUsedDay => "last_used_day",
        }
    }
}

/// The key of a name: only ASCII letters are folded, as both databases do alike.
#[must_use]
pub fn name_key(name: &str) -> Key<'static> {
    let key = name.chars().take(NAME_KEY_LENGTH).map(|it| it.to_ascii_lowercase());
    Key::Text(Cow::Owned(key.collect()))
}

/// The key of an expiry: after every other one if there is none.
#[must_use]
pub fn expiry_key(expires_at: Option<DateTime<Utc>>) -> Key<'static> {
    Key::Time(expires_at.unwrap_or_else(never))
}

/// The last microsecond that both databases store.
fn never() -> DateTime<Utc> {
    DateTime::from_timestamp_micros(253_402_300_799_999_999).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// The column in lower case, as an expression: A to Z only, so that both databases agree.
#[must_use]
pub fn folded(backend: DbBackend, column: impl ColumnTrait) -> SimpleExpr {
    SimpleExpr::Custom(folded_text(backend, column).into())
}

/// The expression of [`name_key`], which indexes have. SQLite has it as a generated column: it
/// compares row values by an index of columns only.
#[must_use]
pub fn name_expression(backend: DbBackend, column: impl ColumnTrait) -> SimpleExpr {
    if backend == DbBackend::Sqlite {
        return generated(column, "name_key");
    }
    let folded = folded_text(backend, column);
    SimpleExpr::Custom(format!("substr({folded}, 1, {NAME_KEY_LENGTH})").into())
}

/// The expression of [`expiry_key`], which indexes have. The instant is part of the text: the index
/// does not serve a parameter.
#[must_use]
pub fn expiry_expression(backend: DbBackend, column: impl ColumnTrait) -> SimpleExpr {
    if backend == DbBackend::Sqlite {
        return generated(column, "expiry_key");
    }
    let column = qualified(column);
    SimpleExpr::Custom(format!("coalesce({column}, {})", never_text(backend)).into())
}

/// The last microsecond that both databases store, as it is part of indexes and stands for never.
#[must_use]
pub fn never_text(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Sqlite => "'9999-12-31T23:59:59.999999+00:00'",
        _ => "timestamptz '9999-12-31 23:59:59.999999+00'",
    }
}

/// A generated column of the table of `column`.
fn generated<C: ColumnTrait>(_: C, name: &str) -> SimpleExpr {
    SimpleExpr::Custom(format!(r#""{}"."{name}""#, C::EntityName::default().table_name()).into())
}

fn folded_text(backend: DbBackend, column: impl ColumnTrait) -> String {
    let collation = if backend == DbBackend::Sqlite { "" } else { r#" COLLATE "C""# };
    format!("lower({}{collation})", qualified(column))
}

fn qualified<C: ColumnTrait>(column: C) -> String {
    format!(r#""{}"."{}""#, C::EntityName::default().table_name(), column.unquoted())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_of_a_name_is_short_and_folds_ascii_letters_only() {
        let Key::Text(key) = name_key(&"ÄB".repeat(100)) else { panic!("a text") };
        assert_eq!(key, "Äb".repeat(16));
        let longest = name_key(&"🚪".repeat(255));
        assert_eq!(longest, Key::Text("🚪".repeat(32).into()));
    }

    #[test]
    fn what_never_expires_comes_last() {
        assert_eq!(crate::clock::to_rfc3339(never()), "9999-12-31T23:59:59.999999Z");
    }
}
