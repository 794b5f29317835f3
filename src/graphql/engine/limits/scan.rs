//! One pass over the characters of a document, before any parser.

use std::collections::HashSet;

use super::error::{DocumentError, Limit, LimitExceeded, check, check_depth};
use super::{BRACKETS, NAME, VALUE_BRACKETS};

/// Counts tokens and brackets, in linear time and without recursion. The parser checks whether the
/// document is well-formed.
pub fn scan(document: &str, max_tokens: usize) -> Result<(), DocumentError> {
    let mut brackets = Brackets::default();
    let mut tokens = 0;
    let mut rest = document.as_bytes();
    while let Some(&byte) = rest.first() {
        rest = match byte {
            b' ' | b'\t' | b'\r' | b'\n' | b',' => &rest[1..],
            b'#' => skip_comment(rest),
            b'"' => {
                tokens += 1;
                skip_string(rest)?
            }
            byte if is_name(byte) => {
                tokens += 1;
                let length = rest.iter().take_while(|&&byte| is_name(byte)).count();
                if length > NAME {
                    let limit = Limit { name: "name_length", maximum: NAME, reached: length };
                    let what = "characters in a name or a number";
                    return Err(LimitExceeded::new("BAD_USER_INPUT", what, limit).into());
                }
                if rest[0] == b'0' && rest.get(1).is_some_and(u8::is_ascii_digit) {
                    // The parser would read each zero as a number of its own.
                    return Err(DocumentError::invalid("a number must not have leading zeros"));
                }
                let (name, behind) = rest.split_at(length);
                if is_before_colon(behind) {
                    brackets.key(name)?;
                }
                behind
            }
            byte => {
                tokens += 1;
                brackets.count(byte);
                &rest[1..]
            }
        };
    }
    brackets.check()?;
    Ok(check("tokens", "tokens", tokens, max_tokens)?)
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Whether the next token is a colon.
fn is_before_colon(mut rest: &[u8]) -> bool {
    loop {
        rest = match rest.first() {
            Some(b' ' | b'\t' | b'\r' | b'\n' | b',') => &rest[1..],
            Some(b'#') => skip_comment(rest),
            next => return next == Some(&b':'),
        };
    }
}

fn skip_comment(rest: &[u8]) -> &[u8] {
    let end = rest.iter().position(|&byte| byte == b'\n' || byte == b'\r');
    &rest[end.unwrap_or(rest.len())..]
}

/// Skips a string or a block string. An unterminated one is rejected: the parser would read `"""` as an
/// empty string and continue right after it.
fn skip_string(rest: &[u8]) -> Result<&[u8], DocumentError> {
    let block = rest.starts_with(b"\"\"\"");
    let (quote, escape): (&[u8], &[u8]) =
        if block { (b"\"\"\"", b"\\\"\"\"") } else { (b"\"", b"\\") };
    let mut rest = &rest[quote.len()..];
    while let Some(&byte) = rest.first() {
        if rest.starts_with(escape) {
            rest = &rest[rest.len().min(if block { 4 } else { 2 })..];
        } else if rest.starts_with(quote) {
            return Ok(&rest[quote.len()..]);
        } else if !block && (byte == b'\n' || byte == b'\r') {
            break;
        } else {
            rest = &rest[1..];
        }
    }
    Err(DocumentError::invalid("a string is not terminated"))
}

#[derive(Default)]
struct Brackets<'a> {
    /// Open brackets of all kinds.
    open: usize,
    /// Open parentheses.
    arguments: usize,
    /// Open brackets of all kinds inside of parentheses.
    in_arguments: usize,
    /// Maximum of `open`.
    deepest: usize,
    /// Maximum of `in_arguments`.
    deepest_in_arguments: usize,
    /// Each open bracket inside of parentheses, with the names before a colon in it.
    values: Vec<(u8, HashSet<&'a [u8]>)>,
}

impl<'a> Brackets<'a> {
    /// Rejects an input object with two fields of one name (GraphQL specification, section 5.6.3): the
    /// parser would ignore all but the last.
    fn key(&mut self, name: &'a [u8]) -> Result<(), DocumentError> {
        if let Some((b'{', names)) = self.values.last_mut()
            && !names.insert(name)
        {
            let name = String::from_utf8_lossy(name);
            return Err(DocumentError::invalid(format!(
                "the input field {name} must be given only once"
            )));
        }
        Ok(())
    }

    fn count(&mut self, byte: u8) {
        match byte {
            b'(' | b'[' | b'{' => {
                self.open += 1;
                self.arguments += usize::from(byte == b'(');
                self.in_arguments += usize::from(self.arguments > 0);
                if self.arguments > 0 {
                    self.values.push((byte, HashSet::new()));
                }
                self.deepest = self.deepest.max(self.open);
                self.deepest_in_arguments = self.deepest_in_arguments.max(self.in_arguments);
            }
            b')' | b']' | b'}' => {
                self.open = self.open.saturating_sub(1);
                self.in_arguments = self.in_arguments.saturating_sub(1);
                self.values.pop();
                self.arguments -= usize::from(byte == b')' && self.arguments > 0);
            }
            _ => {}
        }
    }

    fn check(&self) -> Result<(), LimitExceeded> {
        check_depth("brackets", "nested brackets", self.deepest, BRACKETS)?;
        let what = "nested brackets in arguments";
        check_depth("value_brackets", what, self.deepest_in_arguments, VALUE_BRACKETS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(document: &str) -> Option<&'static str> {
        scan(document, 2_000).err().map(|error| match error {
            DocumentError::LimitExceeded(error) => error.code,
            DocumentError::Invalid(_) | DocumentError::Syntax(_) => "BAD_USER_INPUT",
        })
    }

    #[test]
    fn values_that_are_nested_too_deeply_are_rejected() {
        let lists = format!("{{ f(a: {}{}) }}", "[".repeat(5_000), "]".repeat(5_000));
        let objects = format!("{{ f(a: {}1{}) }}", "{b:".repeat(5_000), "}".repeat(5_000));
        let unclosed = format!("{{ f(a: {}", "[".repeat(20));
        for document in [lists, objects, unclosed, "{a".repeat(33)] {
            assert_eq!(code(&document), Some("QUERY_TOO_DEEP"));
        }
    }

    #[test]
    fn too_many_tokens_and_too_long_names_are_rejected() {
        assert_eq!(code(&format!("{{ {} }}", "a:b ".repeat(700))), Some("QUERY_TOO_COMPLEX"));
        assert_eq!(code(&format!("{{ {} }}", "a".repeat(101))), Some("BAD_USER_INPUT"));
    }

    #[test]
    fn an_unterminated_string_is_rejected() {
        let brackets = "[".repeat(2_000);
        for document in [
            format!("{{ f(a: [\"\"\" x\" {brackets} ]) }}"),
            format!("{{ f(a: [\" {brackets} ]) }}"),
            format!("{{ f(a: \"x\n{brackets}) }}"),
            format!("{{ f(a: {}) }}", "0".repeat(60)),
        ] {
            assert_eq!(code(&document), Some("BAD_USER_INPUT"), "{document}");
        }
    }

    #[test]
    fn a_duplicate_field_of_an_input_object_is_rejected() {
        for (document, expected) in [
            ("{ f(a: { b: 1, b: 2 }) }", Some("BAD_USER_INPUT")),
            ("{ f(a: [{ c: { b: 1 b #x\n : 2 } }]) }", Some("BAD_USER_INPUT")),
            ("query($a: A = { b: 1, c: [], b: 2 }) { f }", Some("BAD_USER_INPUT")),
            ("{ f(a: { b: { b: b }, c: [{ b: 1 }, { b: 2 }] }) g(a: { b: 1 }) }", None),
            ("{ b: f(b: 1) { b: g } b: f(b: 1) { b: g } }", None),
        ] {
            assert_eq!(code(document), expected, "{document}");
        }
    }

    #[test]
    fn strings_and_comments_do_not_count() {
        let brackets = "[".repeat(100);
        for document in [
            format!("{{ f(a: \"{brackets}\") }}"),
            format!("{{ f(a: \"\\\"{brackets}\") }}"),
            format!("{{ f(a: \"\"\" {brackets} \\\"\"\" {brackets} \"\"\") }}"),
            format!("{{ f # {brackets}\n }}"),
            format!("{{ {} }}", "f(a: [1]) ".repeat(50)),
        ] {
            assert_eq!(code(&document), None, "{document}");
        }
    }
}
