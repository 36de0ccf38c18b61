//! Names that nobody bears: unique, so that no two tests meet, and found nowhere else, so that a log line that holds one is a leak.

use crate::seen;

const CONSONANTS: &[u8] = b"bdfgklmnprstvz";
const VOWELS: &[u8] = b"aeiou";
const SYLLABLES: usize = 5;

/// A capitalized word of ten letters.
#[must_use]
pub fn word() -> String {
    let mut random = getrandom::u64().expect("randomness");
    let mut draw = |letters: &[u8]| {
        let length = letters.len() as u64;
        let letter = letters[usize::try_from(random % length).unwrap_or(0)];
        random /= length;
        char::from(letter)
    };
    let mut word = String::new();
    for _ in 0..SYLLABLES {
        word.push(draw(CONSONANTS));
        word.push(draw(VOWELS));
    }
    word[..1].to_uppercase() + &word[1..]
}

/// A person's full name; no log line may hold either half.
#[must_use]
pub fn name() -> String {
    let halves = [word(), word()];
    seen::secret("name", &halves[0]);
    seen::secret("name", &halves[1]);
    halves.join(" ")
}

/// Where mail to made-up people goes, if the target is a stack that sends real mail: a domain that the suite can read.
pub const MAIL_DOMAIN_VARIABLE: &str = "ACCEPTANCE_MAIL_DOMAIN";

/// An e-mail address, at example.com unless told otherwise; no log line may hold it.
#[must_use]
pub fn email() -> String {
    let local = format!("{}.{}", word(), word()).to_lowercase();
    seen::secret("e-mail address", &local);
    let domain = std::env::var(MAIL_DOMAIN_VARIABLE).unwrap_or_else(|_| "example.com".to_owned());
    format!("{local}@{domain}")
}

/// The name of an organization; no log line may hold it.
#[must_use]
pub fn organization_name() -> String {
    let word = word();
    seen::secret("organization name", &word);
    format!("{word} Works")
}

/// A password; no log line may hold it.
#[must_use]
pub fn password() -> String {
    let password = format!("{}-{}-7", word(), word());
    seen::secret("password", &password);
    password
}

/// The id of an organization that does not exist: `org_` and a UUID of version 7, as real ones are.
#[must_use]
pub fn organization_id() -> String {
    format!("org_{}", uuid())
}

/// A UUID of version 7 that nothing has.
#[must_use]
pub fn uuid() -> String {
    let random = || getrandom::u64().expect("randomness");
    let (high, low) = (random(), random());
    format!(
        "0199{:04x}-{:04x}-7{:03x}-8{:03x}-{:012x}",
        high >> 48,
        (high >> 32) & 0xffff,
        (high >> 16) & 0xfff,
        high & 0xfff,
        low & 0xffff_ffff_ffff
    )
}
