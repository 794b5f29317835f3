//! Parsers: what the text of a setting must be, said once for errors and help.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

/// Turns the text of a setting into its value.
pub struct Parser<T> {
    /// The rest of "SETTING must be …"; empty if every text is valid.
    pub expected: String,
    /// The value of a valid text.
    pub parse: Box<Parse<T>>,
}

type Parse<T> = dyn Fn(&str) -> Option<T>;

impl<T: 'static> Parser<T> {
    pub fn new(expected: impl Into<String>, parse: impl Fn(&str) -> Option<T> + 'static) -> Self {
        Self { expected: expected.into(), parse: Box::new(parse) }
    }

    /// The same texts, with their values converted.
    pub fn map<U: 'static>(self, convert: impl Fn(T) -> U + 'static) -> Parser<U> {
        let parse = self.parse;
        Parser::new(self.expected, move |text| parse(text).map(&convert))
    }

    /// The same texts, and a word for no value.
    pub fn or(self, word: &'static str) -> Parser<Option<T>> {
        let (expected, parse) = (format!("{word}, or {}", self.expected), self.parse);
        Parser::new(expected, move |text| match text {
            text if text == word => Some(None),
            text => parse(text).map(Some),
        })
    }

    /// The same texts, and the empty one for no value.
    pub fn optional(self) -> Parser<Option<T>> {
        let parse = self.parse;
        Parser::new(self.expected, move |text| match text {
            "" => Some(None),
            text => parse(text).map(Some),
        })
    }
}

/// Any text; `expected` is for help only.
pub fn text(expected: &str) -> Parser<String> {
    Parser::new(expected, |text| Some(text.to_owned()))
}

/// A number in a range.
pub fn within<T: FromStr + Display + PartialOrd + 'static>(range: RangeInclusive<T>) -> Parser<T> {
    let expected = format!("{} to {}", range.start(), range.end());
    Parser::new(expected, move |text| text.parse().ok().filter(|number| range.contains(number)))
}

/// A number that is not too small.
pub fn at_least(least: u32) -> Parser<u32> {
    let parse = move |text: &str| text.parse().ok().filter(|number| *number >= least);
    Parser::new(format!("at least {least}"), parse)
}

/// A duration in seconds.
pub fn seconds(range: RangeInclusive<u64>) -> Parser<Duration> {
    within(range).map(Duration::from_secs)
}

/// One of several words.
pub fn one_of<T: Copy + 'static>(words: &'static [(&'static str, T)]) -> Parser<T> {
    let all: Vec<_> = words.iter().map(|(word, _)| *word).collect();
    let expected = match all.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        _ => all.concat(),
    };
    Parser::new(expected, |text| {
        words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value)
    })
}

/// `true` or `false`.
pub fn boolean() -> Parser<bool> {
    one_of(&[("true", true), ("false", false)])
}

/// Items, separated by commas.
pub fn list<T: 'static>(items: &str, parse: fn(&str) -> Option<T>) -> Parser<Vec<T>> {
    Parser::new(format!("{items}, separated by commas"), move |text| {
        text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(parse).collect()
    })
}
