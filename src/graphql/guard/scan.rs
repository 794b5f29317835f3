//! One pass over the characters of a document, before any parser.

use super::refusal::{Refusal, within, within_depth};
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
                    let message = format!("a name or a number is longer than {NAME} characters");
                    return Err(Refusal::wrong(message));
                }
                if rest[0] == b'0' && rest.get(1).is_some_and(u8::is_ascii_digit) {
                    // The parser would take each zero for a number of its own.
                    return Err(Refusal::wrong("a number begins with a zero"));
                }
                &rest[length..]
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
struct Brackets {
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
}

impl Brackets {
    fn count(&mut self, byte: u8) {
        match byte {
            b'(' | b'[' | b'{' => {
                self.open += 1;
                self.arguments += usize::from(byte == b'(');
                self.in_arguments += usize::from(self.arguments > 0);
                self.deepest = self.deepest.max(self.open);
                self.deepest_in_arguments = self.deepest_in_arguments.max(self.in_arguments);
            }
            b')' | b']' | b'}' => {
                self.open = self.open.saturating_sub(1);
                self.in_arguments = self.in_arguments.saturating_sub(1);
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
