//! The one place that asks the operating system for randomness.

use uuid::Uuid;

/// Fills an array with random bytes. All zero if the operating system has none, which no supported system does.
#[expect(clippy::disallowed_methods, reason = "the local stack is the outside world that hands the product its ids")]
pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // A development tool has nothing better to do than to go on.
    let _ = getrandom::fill(&mut bytes);
    bytes
}

/// A random UUID, as Cognito and Lambda make them.
pub(crate) fn uuid() -> String {
    uuid::Builder::from_random_bytes(bytes::<16>()).into_uuid().to_string()
}

/// Random text over an alphabet.
#[expect(clippy::disallowed_methods, reason = "as in `bytes`")]
pub(crate) fn text(alphabet: &[u8], length: usize) -> String {
    // Asked once: every request to the API takes some fifty of these characters.
    let mut bytes = vec![0; length * size_of::<u32>()];
    let _ = getrandom::fill(&mut bytes);
    let (numbers, _) = bytes.as_chunks::<{ size_of::<u32>() }>();
    let character = |number: &[u8; 4]| {
        let index = u32::from_le_bytes(*number) as usize % alphabet.len().max(1);
        alphabet.get(index).copied().map_or('0', char::from)
    };
    numbers.iter().map(character).collect()
}

/// Random lower-case hexadecimal digits.
pub(crate) fn hex(length: usize) -> String {
    text(b"0123456789abcdef", length)
}

/// A UUID without hyphens, for ids that are compared and never parsed.
pub(crate) fn simple_id() -> String {
    Uuid::from_bytes(bytes::<16>()).simple().to_string()
}
