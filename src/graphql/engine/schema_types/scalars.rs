//! The scalars of the schema and the values that each of them accepts.

use async_graphql_value::Number;

use crate::clock;

/// A value that may be a scalar.
pub enum Leaf<'a> {
    /// A number.
    Number(&'a Number),
    /// A string.
    Text(&'a str),
    /// `true` or `false`.
    Boolean,
}

/// A scalar type.
pub struct Scalar {
    /// Its name in the schema.
    pub name: &'static str,
    /// A noun phrase for error messages.
    pub expected: &'static str,
    /// Whether a value is one of its values. Never more lenient than the engine, which would fail
    /// during execution.
    pub accepts: fn(&Leaf<'_>) -> bool,
}

/// Every scalar of the schema.
pub const SCALARS: &[Scalar] = &[
    Scalar {
        name: "Int",
        expected: "an integer from -2147483648 to 2147483647",
        accepts: |leaf| {
            let whole =
                |number: &Number| number.as_i64().is_some_and(|it| i32::try_from(it).is_ok());
            matches!(leaf, Leaf::Number(number) if whole(number))
        },
    },
    Scalar { name: "Float", expected: "a number", accepts: |leaf| matches!(leaf, Leaf::Number(_)) },
    Scalar { name: "String", expected: "a string", accepts: |leaf| matches!(leaf, Leaf::Text(_)) },
    Scalar {
        name: "Boolean",
        expected: "true or false",
        accepts: |leaf| matches!(leaf, Leaf::Boolean),
    },
    Scalar {
        name: "ID",
        expected: "a string or an integer",
        accepts: |leaf| match leaf {
            Leaf::Text(_) => true,
            Leaf::Number(number) => number.is_i64(),
            Leaf::Boolean => false,
        },
    },
    Scalar {
        name: "Date",
        expected: "an RFC 3339 date, such as 2026-11-25",
        accepts: |leaf| matches!(leaf, Leaf::Text(text) if clock::parse_date(text).is_some()),
    },
    Scalar {
        name: "DateTime",
        expected: "an RFC 3339 date and time, such as 2026-11-25T08:00:00Z",
        accepts: |leaf| matches!(leaf, Leaf::Text(text) if clock::parse_rfc3339(text).is_some()),
    },
];

/// The scalar of that name.
pub fn named(name: &str) -> Option<&'static Scalar> {
    SCALARS.iter().find(|scalar| scalar.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(scalar: &str, number: &str) -> bool {
        let number: Number = number.parse().expect("a number");
        (named(scalar).expect("a scalar").accepts)(&Leaf::Number(&number))
    }

    #[test]
    fn integers_are_whole_and_of_32_bits() {
        for valid in ["0", "-1", "2147483647", "-2147483648"] {
            assert!(accepts("Int", valid), "{valid}");
        }
        for invalid in ["2147483648", "-2147483649", "1.5", "1.0", "1e3", "18446744073709551615"] {
            assert!(!accepts("Int", invalid), "{invalid}");
        }
        assert!(accepts("ID", "7") && !accepts("ID", "1.5") && !accepts("DateTime", "7"));
    }
}
