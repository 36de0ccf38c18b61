//! What holds of every value, not only of the ones somebody thought of.

use proptest::prelude::*;
use uuid::Uuid;

use icu_normalizer::ComposingNormalizerBorrowed;
use icu_properties::{CodePointMapData, props::GeneralCategoryGroup};

use super::{text::second_opinion, *};

fn role_sets() -> impl Strategy<Value = RoleSet> {
    prop::sample::select(RoleSet::all().collect::<Vec<_>>())
}

fn timestamps() -> impl Strategy<Value = Timestamp> {
    // Years 1970 to 9999: beyond, the text gets wider.
    (0_i64..253_402_207_200_000)
        .prop_map(|milliseconds| Timestamp::new(jiff::Timestamp::from_millisecond(milliseconds).unwrap()))
}

/// Text as people and attackers write it: letters, marks, controls, invisible and direction-changing characters.
fn texts() -> impl Strategy<Value = String> {
    let special =
        prop::sample::select("\u{202e}\u{200b}\u{feff}\r\n\t<>:/.@\"#% e\u{301}é".chars().collect::<Vec<_>>());
    prop::collection::vec(prop_oneof![3 => any::<char>(), 2 => special, 4 => prop::char::range('a', 'z')], 0..40)
        .prop_map(String::from_iter)
}

/// Names put together from what addresses, scripts and emoji are made of, so that many are nearly one.
fn composed_names() -> impl Strategy<Value = String> {
    const PARTS: &[&str] = &[
        "evil",
        "com",
        "Acme",
        "\u{ff45}vil",
        "\u{5546}\u{5e97}",
        "www",
        "https",
        "mailto",
        "a",
        "1",
        "80",
        "pay",
        "S.p.A",
        "v1.0",
        ".",
        ".",
        ".",
        "..",
        "\u{3002}",
        "\u{ff0e}",
        "\u{ff61}",
        "\u{2024}",
        "/",
        "/",
        "//",
        "\u{ff0f}",
        "\u{2044}",
        "\\",
        ":",
        ":",
        "\u{ff1a}",
        "?",
        "\u{ff1f}",
        "#",
        "@",
        "\u{ff20}",
        " ",
        " ",
        "(",
        ")",
        ",",
        "-",
        "_",
        "=",
        "\u{2764}",
        "\u{fe0f}",
        "\u{200d}",
        "\u{200c}",
        "\u{1f468}",
        "\u{1f3fd}",
        "\u{6cc}",
        "\u{62e}",
        "\u{915}",
        "\u{94d}",
        "\u{301}",
        "\u{e47}",
        "\u{2800}",
        "\u{3164}",
        "\u{202e}",
        "\u{e0100}",
        "\u{1d173}",
        "\u{e000}",
        "\u{ffff}",
    ];
    prop::collection::vec(prop::sample::select(PARTS), 1..12).prop_map(|parts| parts.concat())
}

fn category_is_in(c: char, group: GeneralCategoryGroup) -> bool {
    group.contains(CodePointMapData::new().get(c))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_name_that_was_accepted_is_seen_and_is_no_link(text in prop_oneof![1 => texts(), 4 => composed_names()]) {
        if let Ok(name) = OrganizationName::parse(&text) {
            let name = name.as_str();
            let visible = GeneralCategoryGroup::Letter
                .union(GeneralCategoryGroup::Number)
                .union(GeneralCategoryGroup::Punctuation)
                .union(GeneralCategoryGroup::Symbol);
            // It begins with something that is seen, and nothing in it is of a kind that never is.
            prop_assert!(name.chars().next().is_some_and(|c| category_is_in(c, visible)), "{name:?}");
            let hides = |c: char| {
                c.is_control() || category_is_in(c, GeneralCategoryGroup::Other) && !"\u{200c}\u{200d}".contains(c)
                    || "\u{2028}\u{2029}\u{2800}\u{3164}\u{ffa0}".contains(c)
            };
            prop_assert!(!name.chars().any(hides), "{name:?}");
            let compatible = ComposingNormalizerBorrowed::new_nfkc().normalize(name).replace('\u{3002}', ".");
            prop_assert_eq!(second_opinion(&compatible), None, "{:?} as {:?}", name, compatible);
            for spelled in [compatible.as_str(), &compatible.to_uppercase(), &compatible.to_lowercase()] {
                prop_assert!(!spelled.contains("://") && !spelled.contains(['<', '>']), "{spelled:?}");
                prop_assert_ne!(OrganizationName::parse(spelled).err().map(|error| error.to_string()), Some("must not contain a URL or an email address".to_owned()));
            }
        }
    }

    #[test]
    fn what_is_kept_is_the_nfc_of_what_was_sent(text in composed_names()) {
        if let Ok(name) = OrganizationName::parse(&text) {
            let nfc = ComposingNormalizerBorrowed::new_nfc().normalize(&text).split_whitespace().collect::<Vec<_>>().join(" ");
            prop_assert_eq!(name.as_str(), nfc);
            prop_assert_eq!(&OrganizationName::parse(name.as_str()).unwrap(), &name);
            prop_assert!(InvitationMessage::parse(name.as_str()).is_ok());
        }
    }
}

proptest! {
    #[test]
    fn a_name_that_was_accepted_is_accepted_as_it_was_kept(text in texts()) {
        if let Ok(name) = OrganizationName::parse(&text) {
            let again = OrganizationName::parse(name.as_str()).unwrap();
            prop_assert_eq!(again.as_str(), name.as_str());
            prop_assert!((1..=100).contains(&name.as_str().chars().count()));
            let deceives = |c: char| c.is_control() || "<>\u{202e}\u{200b}\u{feff}".contains(c);
            prop_assert!(!name.as_str().contains(deceives));
        }
    }

    #[test]
    fn a_pools_name_never_fails_and_can_always_be_shown(text in texts()) {
        if let Some(name) = PersonName::from_attribute(&text) {
            prop_assert!(PersonName::parse(name.as_str()).is_ok());
        }
    }

    #[test]
    fn an_address_that_was_accepted_is_one_line_and_one_mailbox(text in prop_oneof![texts(), "[a-zA-Z+.]{1,10}@[a-zäöü.]{1,12}\\.[a-z]{2,5}"]) {
        if let Ok(address) = text.parse::<EmailAddress>() {
            let kept = address.as_str();
            prop_assert!(kept.is_ascii() && !kept.contains(|c: char| c.is_control() || c == '"' || c == ' '));
            prop_assert_eq!(kept.parse::<EmailAddress>().unwrap().key(), address.key());
            prop_assert_eq!(kept.to_uppercase().parse::<EmailAddress>().unwrap().key(), address.key());
            prop_assert_eq!(kept.matches('@').count(), 1);
        }
    }

    #[test]
    fn a_token_comes_back_as_it_was_and_no_other_text_does(ids in any::<[u128; 2]>(), secret in any::<[u8; 32]>(), place in 0_usize..86, text in texts()) {
        let (organization, invitation) = (OrganizationId::new(Uuid::from_u128(ids[0])), InvitationId::new(Uuid::from_u128(ids[1])));
        let token = InvitationToken::new(organization, invitation, secret);
        let written = token.expose();
        let read = InvitationToken::parse(&written).unwrap();
        prop_assert_eq!((read.organization(), read.invitation()), (organization, invitation));
        prop_assert!(read.hash().is_one_of(&[token.hash().as_str().to_owned()]));
        prop_assert!(InvitationToken::parse(&text).is_err());

        let mut altered = written.clone().into_bytes();
        altered[place] = if altered[place] == b'A' { b'B' } else { b'A' };
        if let Ok(other) = InvitationToken::parse(std::str::from_utf8(&altered).unwrap()) {
            let same_place = (other.organization(), other.invitation()) == (organization, invitation);
            prop_assert!(!same_place || !other.hash().is_one_of(&[token.hash().as_str().to_owned()]));
        }
    }

    #[test]
    fn instants_compare_as_their_texts_do(a in timestamps(), b in timestamps()) {
        prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
        prop_assert_eq!(a.to_string().parse::<Timestamp>().unwrap(), a);
    }

    #[test]
    fn more_roles_never_allow_less(held in role_sets(), wanted in role_sets()) {
        // R7: a set of roles may do what any of its roles may do.
        let all = held.iter().fold(PermissionSet::default(), |all, role| all.union(PermissionSet::of_role(role)));
        prop_assert_eq!(PermissionSet::of(held), all);
        // The decision and the set agree, and what is refused names something that is missing.
        let (mine, theirs) = (PermissionSet::of(held), PermissionSet::of(wanted));
        match mine.decide(theirs) {
            Ok(()) => prop_assert!(mine.contains_all(theirs)),
            Err(missing) => prop_assert!(!mine.contains(missing) && theirs.contains(missing)),
        }
    }

    #[test]
    fn an_id_has_one_text(id in any::<u128>(), text in texts()) {
        let id = OrganizationId::new(Uuid::from_u128(id));
        prop_assert_eq!(id.to_string().parse::<OrganizationId>().unwrap(), id);
        if let Ok(user) = text.parse::<UserId>() {
            prop_assert!(!user.as_str().contains('#'));
        }
    }
}
