//! Strict parser of `application/x-www-form-urlencoded`: anything but percent-encoded UTF-8 is
//! rejected, so that a value has one reading.

use zeroize::Zeroizing;

/// Not percent-encoded UTF-8; contains the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed(pub &'static str);

/// A name and its value.
pub type Pair = (Zeroizing<String>, Zeroizing<String>);

/// Pairs of a form or a query string, in their order.
///
/// # Errors
/// A pair is [`Malformed`].
pub fn pairs(encoded: &[u8]) -> impl Iterator<Item = Result<Pair, Malformed>> {
    encoded.split(|&byte| byte == b'&').filter(|pair| !pair.is_empty()).map(|pair| {
        let end = pair.iter().position(|&byte| byte == b'=').unwrap_or(pair.len());
        Ok((decode(&pair[..end])?, decode(pair.get(end + 1..).unwrap_or_default())?))
    })
}

/// Decodes one name or value.
///
/// # Errors
/// The value is [`Malformed`].
pub fn decode(encoded: &[u8]) -> Result<Zeroizing<String>, Malformed> {
    const PERCENT: Malformed = Malformed("invalid percent-encoding");
    let mut bytes = Zeroizing::new(Vec::with_capacity(encoded.len()));
    let mut rest = encoded;
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        bytes.push(match first {
            b'+' => b' ',
            b'%' => {
                let (digits, after) = rest.split_first_chunk::<2>().ok_or(PERCENT)?;
                rest = after;
                let byte = hex(digits[0]).zip(hex(digits[1])).map(|(high, low)| high << 4 | low);
                byte.ok_or(PERCENT)?
            }
            byte => byte,
        });
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| Malformed("invalid UTF-8"))?;
    Ok(Zeroizing::new(text.to_owned()))
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}
