use jiff::SignedDuration;
use shared::environment::Environment;

/// The longest wait before the second attempt, in milliseconds.
const FIRST: i64 = 15_000;
/// The longest wait between later attempts, in milliseconds: two hours.
const LONGEST: i64 = 2 * 3600 * 1000;
/// The longest wait for an email that SES throttled: five minutes. Throttling says nothing about the email itself, and
/// the schedule limits its own rate.
const LONGEST_WHILE_BUSY: i64 = 5 * 60 * 1000;

/// The wait after the `attempts`th attempt: a random part, at least half, of a span that doubles from 15 seconds up to
/// two hours. So the first four attempts are within two minutes, and there are about two dozen in a day.
pub(crate) fn delay(attempts: u32, environment: &Environment) -> SignedDuration {
    within(LONGEST, attempts, environment)
}

/// The wait of an email that SES throttled.
pub(crate) fn delay_while_busy(attempts: u32, environment: &Environment) -> SignedDuration {
    within(LONGEST_WHILE_BUSY, attempts, environment)
}

fn within(longest: i64, attempts: u32, environment: &Environment) -> SignedDuration {
    let span = FIRST.saturating_mul(1 << attempts.saturating_sub(1).min(20)).min(longest);
    let random = i64::from(u32::from_le_bytes(environment.random_bytes()));
    SignedDuration::from_millis(span / 2 + random % (span / 2 + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Creates an environment whose random bytes are all `byte`.
    fn environment(byte: u8) -> Environment {
        let now = "2026-01-02T03:04:05Z".parse().unwrap();
        Environment::new(move || now, move |bytes| bytes.fill(byte))
    }

    #[test]
    fn the_first_attempts_follow_within_minutes_and_the_last_are_hours_apart() {
        for byte in 0..=u8::MAX {
            let environment = environment(byte);
            let spans = [15, 30, 60, 120, 240, 480, 960, 1920, 3840, 7200, 7200, 7200];
            for (attempts, span) in (1..).zip(spans) {
                let delay = delay(attempts, &environment).as_millis();
                assert!((span * 500..=span * 1000).contains(&delay), "{attempts}: {delay}");
            }
            assert!(delay(0, &environment).as_millis() <= 15_000);
            assert!(delay(u32::MAX, &environment).as_millis() <= 7_200_000);
            assert!((150..=300).contains(&delay_while_busy(u32::MAX, &environment).as_secs()));
        }
    }

    #[test]
    fn a_day_has_about_two_dozen_attempts() {
        for byte in 0..=u8::MAX {
            let environment = environment(byte);
            let mut elapsed = 0;
            let attempts = (1..).take_while(|attempts| {
                elapsed += delay(*attempts, &environment).as_secs();
                elapsed < 24 * 3600
            });
            assert!((18..=36).contains(&attempts.count()), "{byte}");
        }
    }

    #[test]
    fn mails_that_were_refused_together_are_tried_apart() {
        let delays: Vec<_> = (0..=9).map(|byte| delay(5, &environment(byte * 25))).collect();
        assert!(delays.iter().skip(1).any(|delay| *delay != delays[0]));
    }
}
