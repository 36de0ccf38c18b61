//! IAM's wildcards: `*` is any text, `?` is any one character.

/// Whether a text is as a pattern says.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut at, mut read) = (0, 0);
    // Where the last `*` is, and how much of the text it stands for so far.
    let mut star: Option<(usize, usize)> = None;
    while read < text.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, read));
                at += 1;
            }
            Some(letter) if *letter == '?' || text.get(read) == Some(letter) => {
                at += 1;
                read += 1;
            }
            _ => {
                let Some((begin, stands_for)) = star else { return false };
                star = Some((begin, stands_for + 1));
                at = begin + 1;
                read = stands_for + 1;
            }
        }
    }
    pattern.iter().skip(at).all(|letter| *letter == '*')
}

/// Actions do not know upper and lower case.
pub(super) fn matches_action(pattern: &str, action: &str) -> bool {
    matches(&pattern.to_ascii_lowercase(), &action.to_ascii_lowercase())
}

/// A wildcard stays within its field of an ARN; a `*` alone is every resource.
pub(super) fn matches_arn(pattern: &str, arn: &str) -> bool {
    let fields = |text: &str| text.splitn(6, ':').map(str::to_owned).collect::<Vec<_>>();
    let (patterns, parts) = (fields(pattern), fields(arn));
    pattern == "*"
        || (patterns.len() == parts.len() && patterns.iter().zip(&parts).all(|(pattern, part)| matches(pattern, part)))
}

/// Whether a pattern can match an ARN at all.
pub(super) fn is_arn(pattern: &str) -> bool {
    pattern == "*" || (pattern.starts_with("arn:") && pattern.splitn(6, ':').count() == 6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_stand_for_text_and_for_characters() {
        for (pattern, text, expected) in [
            ("", "", true),
            ("*", "", true),
            ("*", "anything", true),
            ("USER#*", "USER#1", true),
            ("USER#*", "ORG#1", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c-b", false),
            ("*Item", "ConditionCheckItem", true),
            ("Item", "PutItem", false),
            ("**", "x", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn actions_are_the_same_in_any_case() {
        assert!(matches_action("DynamoDB:putitem", "dynamodb:PutItem"));
        assert!(matches_action("dynamodb:*Item", "dynamodb:PutItem"));
        assert!(!matches_action("dynamodb:Put", "dynamodb:PutItem"));
    }

    #[test]
    fn a_wildcard_stays_within_its_field() {
        let table = "arn:aws:dynamodb:us-east-1:000000000000:table/items";
        for (pattern, expected) in [
            (table, true),
            ("*", true),
            ("arn:aws:dynamodb:*:*:table/*", true),
            ("arn:aws:dynamodb:us-east-1:000000000000:table/item", false),
            ("arn:aws:dynamodb:us-east-1:000000000000:table/ITEMS", false),
            ("arn:aws:*:table/items", false),
        ] {
            assert_eq!(matches_arn(pattern, table), expected, "{pattern}");
        }
        assert!(matches_arn("arn:aws:dynamodb:*:*:table/*", &format!("{table}/index/by-address")));
        assert!(is_arn(table) && is_arn("*") && !is_arn("table/items") && !is_arn("arn:aws:*"));
    }
}
