//! One pass over the characters of a document, before any parser.

use std::collections::HashSet;

use super::refusal::{Limit, Refusal, within, within_depth};
use super::{BRACKETS, NAME, VALUE_BRACKETS};

/// Counts tokens and brackets; linear, and never recursive. Whether the document is well-formed
/// is left to the parser.
pub fn scan(document: &str, max_tokens: usize) -> Result<(), Refusal> {
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
                    return Err(Refusal::over("BAD_USER_INPUT", what, limit));
                }
                if rest[0] == b'0' && rest.get(1).is_some_and(u8::is_ascii_digit) {
                    // The parser would take each zero for a number of its own.
                    return Err(Refusal::wrong("a number begins with a zero"));
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
    within("tokens", "tokens", tokens, max_tokens)
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Whether a colon comes next.
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

/// Skips a string or a block string. One without an end is refused: the parser would take `"""`
/// for an empty string and go on right behind it.
fn skip_string(rest: &[u8]) -> Result<&[u8], Refusal> {
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
    Err(Refusal::wrong("a string has no end"))
}

#[derive(Default)]
struct Brackets<'a> {
    /// Of all kinds.
    open: usize,
    /// Parentheses.
    arguments: usize,
    /// Of all kinds, inside of parentheses.
    in_arguments: usize,
    /// The most that were open at once.
    deepest: usize,
    /// The same inside of parentheses.
    deepest_in_arguments: usize,
    /// Those that are open inside of parentheses: which, and the names before a colon in each.
    values: Vec<(u8, HashSet<&'a [u8]>)>,
}

impl<'a> Brackets<'a> {
    /// Refuses an input object with two fields of one name (GraphQL specification, section
    /// 5.6.3): the parser keeps the last and drops the others.
    fn key(&mut self, name: &'a [u8]) -> Result<(), Refusal> {
        if let Some((b'{', names)) = self.values.last_mut()
            && !names.insert(name)
        {
            let name = String::from_utf8_lossy(name);
            return Err(Refusal::wrong(format!("the input field {name} is given twice")));
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

    fn check(&self) -> Result<(), Refusal> {
        within_depth("brackets", "nested brackets", self.deepest, BRACKETS)?;
        let what = "nested brackets in arguments";
        within_depth("value_brackets", what, self.deepest_in_arguments, VALUE_BRACKETS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(document: &str) -> Option<&'static str> {
        scan(document, 2_000).err().map(|refusal| refusal.code)
    }

    #[test]
    fn values_that_are_nested_too_deep_are_refused() {
        let lists = format!("{{ f(a: {}{}) }}", "[".repeat(5_000), "]".repeat(5_000));
        let objects = format!("{{ f(a: {}1{}) }}", "{b:".repeat(5_000), "}".repeat(5_000));
        let unclosed = format!("{{ f(a: {}", "[".repeat(20));
        for document in [lists, objects, unclosed, "{a".repeat(33)] {
            assert_eq!(code(&document), Some("QUERY_TOO_DEEP"));
        }
    }

    #[test]
    fn too_many_tokens_and_too_long_names_are_refused() {
        assert_eq!(code(&format!("{{ {} }}", "a:b ".repeat(700))), Some("QUERY_TOO_COMPLEX"));
        assert_eq!(code(&format!("{{ {} }}", "a".repeat(101))), Some("BAD_USER_INPUT"));
    }

    #[test]
    fn a_string_without_an_end_hides_nothing() {
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
    fn a_field_that_is_given_twice_in_one_input_object_is_refused() {
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
    fn what_stands_in_strings_and_comments_does_not_count() {
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
