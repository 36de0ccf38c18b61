//! Names that the product accepts and names that it rejects, each with its reason. First come the names of attacks on
//! an earlier release, which decided the other way for each of them.

use linkify::{LinkFinder, LinkKind};

use super::{
    InvalidText::{self, Empty, Invisible, Marks, Markup, TooLong, WebAddress},
    InvitationMessage, OrganizationName, PersonName, WorkspaceName, links,
};

/// Names that are stored without a change.
const TAKEN: &[&str] = &[
    "Big data: Analytics",
    "Grand Hotel: Berlin",
    "Acme v1.0/final",
    "Rossi S.p.A./GmbH",
    "\u{2764}\u{fe0f} Co",
    "شرکت می\u{200c}خواهم",
    // A host alone is a name: nothing says that it is meant as an address.
    "Booking.com",
    "Acme.io",
    "Amazon.de Services",
    "evil.com",
    "Ask.fm, Inc.",
    "Who is Booking.com?",
    "Booking.com?!",
    "(Who is \"Booking.com?\")",
    "Booking.com: the book",
    "Booking.com #1",
    "(Acme.io)",
    "Node.js User Group",
    "ASP.NET Friends",
    "St.Gallen Bus",
    "J.P.Morgan",
    "Dr.Oetker",
    "Yahoo! / AOL",
    "192.168.0.1",
    "4.5.6.7 Club",
    // Punctuation.
    "AC/DC",
    "AC//DC",
    "Smith & Sons: Est. 1900",
    "1/2 Price",
    "\u{bd} Price",
    "24/7 Fitness",
    "24:7 Fitness",
    "Ratio 3:1",
    "Team:Blue",
    "Project:Alpha:Beta",
    "Hotel:Berlin",
    "Motel:One",
    "Data:Lab",
    "News: Room",
    "Tel: a word",
    "Mailto what",
    "http",
    "https and more",
    "Www",
    "Awww.Bakery",
    "Inc./Ltd.",
    "Acme Inc./Acme Ltd.",
    "U.S./Canada Trade",
    "Ph.D./M.D. Partners",
    "e.V./Verein",
    "S.A.R.L/Fils",
    "No.5/Chanel",
    "v1.2.3/rc1",
    "v1.2.3.4/5",
    "Release 2.0?beta",
    "Release 2.0#beta",
    "3.14:15",
    "and/or",
    "TCP/IP",
    "A@B",
    "Sell@Home",
    "@Work",
    "C#",
    "F# & .NET",
    ".NET Foundation",
    "...and Justice",
    "Wait... what?",
    "What?#!",
    "100% Pure",
    "$1.00 Store",
    "Jack's",
    "Jack\u{2019}s \u{201c}Best\u{201d}",
    "\u{ab}Acme\u{bb}",
    "Acme \u{2013} Berlin",
    "Acme \u{2014} Berlin",
    "A\u{b7}B",
    "[Acme]",
    "{Acme}",
    "Acme | Berlin",
    "Acme * Berlin",
    "Acme = Berlin",
    "~Acme~",
    "^_^",
    "`Acme`",
    "\\Acme\\",
    "Acme\u{2122}",
    "Acme\u{ae} \u{a9} 2026",
    "\u{20ac}uro",
    "\u{b4}accent\u{b4}",
    "H\u{2082}O",
    "\u{2460} One",
    "\u{fb01}sh & Co",
    "\u{ff21}\u{ff43}\u{ff4d}\u{ff45}",
    "\u{212b}ngstr\u{f6}m \u{2126}",
    "1",
    "?",
    "\u{30}",
    // Scripts.
    "Caf\u{e9} Nord",
    "M\u{fc}ller & S\u{f6}hne",
    "\u{141}\u{f3}d\u{17a}",
    "Ng\u{1b0}\u{1edd}i Vi\u{1ec7}t",
    "\u{130}stanbul",
    "stra\u{df}e",
    "\u{1e9e}",
    "\u{391}\u{3b8}\u{3ae}\u{3bd}\u{3b1}",
    "\u{41c}\u{43e}\u{441}\u{43a}\u{432}\u{430}: \u{426}\u{435}\u{43d}\u{442}\u{440}",
    "\u{41e}\u{41e}\u{41e} \u{ab}\u{420}\u{43e}\u{433}\u{430}\u{bb}",
    "\u{531}\u{580}\u{561}\u{580}\u{561}\u{57f}",
    "\u{10d7}\u{10d1}\u{10d8}\u{10da}\u{10d8}\u{10e1}\u{10d8}",
    "\u{5d7}\u{5d1}\u{5e8}\u{5d4}",
    "\u{5e9}\u{5c1}\u{5b8}\u{5dc}\u{5d5}\u{5b9}\u{5dd}",
    "\u{634}\u{631}\u{643}\u{629}",
    "\u{645}\u{64f}\u{62d}\u{64e}\u{645}\u{651}\u{64e}\u{62f}",
    "\u{6a9}\u{62a}\u{627}\u{628}\u{200c}\u{647}\u{627}",
    "\u{646}\u{631}\u{645}\u{200c}\u{627}\u{641}\u{632}\u{627}\u{631}",
    "\u{6a9}\u{627}\u{631}\u{628}\u{631}\u{200c}\u{647}\u{627}",
    "\u{62e}\u{627}\u{646}\u{647}\u{200c}\u{627}\u{6cc}",
    "\u{647}\u{200d}. \u{634}",
    "\u{928}\u{92e}\u{938}\u{94d}\u{924}\u{947}",
    "\u{915}\u{94d}\u{200d}\u{937}",
    "\u{915}\u{94d}\u{200c}\u{937}",
    "\u{9b0}\u{200d}\u{9cd}\u{9af}\u{9be}\u{9ac}",
    "\u{dc1}\u{dca}\u{200d}\u{dbb}\u{dd3} \u{dbd}\u{d82}\u{d9a}\u{dcf}",
    "\u{d38}\u{d4b}\u{d2b}\u{d4d}\u{200c}\u{d31}\u{d4d}\u{d31}\u{d4d}\u{200c}\u{d35}\u{d46}\u{d2f}\u{d7c}",
    "\u{c38}\u{c3e}\u{c2b}\u{c4d}\u{c1f}\u{c4d}\u{200c}\u{c35}\u{c47}\u{c30}\u{c4d}",
    "\u{ba4}\u{bae}\u{bbf}\u{bb4}\u{bcd}",
    "\u{e17}\u{e35}\u{e48} \u{e19}\u{e49}\u{e33} \u{e1b}\u{e31}\u{e4a}\u{e21}",
    "\u{e9e}\u{eb2}\u{eaa}\u{eb2}",
    "\u{1019}\u{103c}\u{102d}\u{102f}\u{1037}",
    "\u{101c}\u{103b}\u{103e}\u{102d}\u{102f}\u{1037}\u{101d}\u{103e}\u{1000}\u{103a}",
    "\u{1797}\u{17b6}\u{179f}\u{17b6}\u{1781}\u{17d2}\u{1798}\u{17c2}\u{179a}",
    "\u{f56}\u{f66}\u{f92}\u{fb2}\u{f74}\u{f56}\u{f66}",
    "\u{1820}\u{180b}\u{1828}",
    "\u{1820}\u{180e}\u{1820}",
    "\u{12a2}\u{1275}\u{12ee}\u{1335}\u{12eb}",
    "\u{13e3}\u{13b3}\u{13a9}",
    "\u{65e5}\u{672c}\u{682a}\u{5f0f}\u{4f1a}\u{793e}",
    "\u{845b}\u{e0100}\u{57ce}\u{5e02}",
    "\u{3059}\u{3057}\u{30fb}\u{30d0}\u{30fc}",
    "\u{5546}\u{5e97}\u{3002}\u{516c}\u{53f8}",
    "\u{c0bc}\u{c131}",
    "\u{7532}\u{ff1a}\u{4e59}",
    "\u{7532}\u{ff0f}\u{4e59}",
    "\u{ff32}\u{ff06}\u{ff24}",
    "\u{2807}\u{2815}",
    "e\u{331}\u{303} t\u{331}a",
    "q\u{307}\u{323}",
    // Emoji.
    "\u{2764} Co",
    "\u{2764}\u{fe0e} Co",
    "\u{2600}\u{fe0f}",
    "\u{1f680} Rockets",
    "\u{1f44b}\u{1f3fd} Hi",
    "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467} Family",
    "\u{1f469}\u{1f3fd}\u{200d}\u{1f4bb}",
    "\u{2764}\u{fe0f}\u{200d}\u{1f525}",
    "\u{1f3f3}\u{fe0f}\u{200d}\u{1f308} Pride",
    "\u{1f3f4}\u{200d}\u{2620}\u{fe0f} Pirates",
    "\u{1f937}\u{1f3fd}\u{200d}\u{2640}\u{fe0f}",
    "\u{1f441}\u{fe0f}\u{200d}\u{1f5e8}\u{fe0f}",
    "\u{1f1e9}\u{1f1ea} Handel",
    "\u{1f3f4}\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f} Whisky",
    "1\u{fe0f}\u{20e3} First",
    "#\u{20e3}",
    "\u{a9}\u{fe0f} Acme",
    "\u{1fae0}",
];

/// Names that are rejected, with the first rule that they break.
const REFUSED: &[(&str, InvalidText)] = &[
    ("evil.com?pay=1", WebAddress),
    ("evil.com#pay", WebAddress),
    ("evil.com:8080", WebAddress),
    ("support@evil.com", WebAddress),
    ("https:evil.com", WebAddress),
    ("evil\u{3002}com/pay", WebAddress),
    ("evil\u{ff0e}com\u{ff0f}pay", WebAddress),
    ("\u{2800}", Invisible),
    ("\u{1d173}", Invisible),
    ("\u{ffff}", Invisible),
    ("\u{1fffe}", Invisible),
    ("\u{fdd0}", Invisible),
    ("\u{e000}", Invisible),
    ("\u{f8ff} Inc", Invisible),
    ("\u{10fffd}", Invisible),
    ("\u{301}", Marks),
    // Web addresses.
    ("https://evil.example", WebAddress),
    ("Win at https://evil.example", WebAddress),
    ("HTTPS://EVIL.EXAMPLE", WebAddress),
    ("hxxp://evil", WebAddress),
    ("x-evil://pay", WebAddress),
    ("://", WebAddress),
    ("//evil.com", WebAddress),
    ("Pay//evil.com", WebAddress),
    ("www.evil.example", WebAddress),
    ("WWW.evil.example", WebAddress),
    ("www.evil", WebAddress),
    ("www2.evil.example", WebAddress),
    ("(www.evil.example)", WebAddress),
    ("\u{8bf7}www.evil.example", WebAddress),
    ("-www.evil.example", WebAddress),
    ("_www.evil.example", WebAddress),
    ("\u{ff57}\u{ff57}\u{ff57}.evil.example", WebAddress),
    ("\u{24e6}\u{24e6}\u{24e6}.evil.example", WebAddress),
    ("Prizes at evil.example/login", WebAddress),
    ("evil.com/", WebAddress),
    ("evil.com/pay", WebAddress),
    ("Evil.Com/Pay", WebAddress),
    ("a.b.evil.com/pay", WebAddress),
    ("evil.com./pay", WebAddress),
    ("evil.com.:80", WebAddress),
    ("...evil.com/pay", WebAddress),
    ("see..evil.com/pay", WebAddress),
    ("see...evil.com/pay", WebAddress),
    ("(evil.com/pay)", WebAddress),
    ("Pay,evil.com/pay", WebAddress),
    ("\"evil.com/pay\"", WebAddress),
    ("Pay\u{2014}evil.com/pay", WebAddress),
    ("Pay:evil.com/pay", WebAddress),
    ("Pay=evil.com/pay", WebAddress),
    ("[evil.com/pay](Acme)", WebAddress),
    ("evil.com\\pay", WebAddress),
    ("evil.com\u{2044}pay", WebAddress),
    ("evil.com\u{2215}pay", WebAddress),
    ("evil.com\u{ff1f}pay=1", WebAddress),
    ("evil.com\u{ff03}pay", WebAddress),
    ("evil.com\u{ff1a}8080", WebAddress),
    ("evil.com?=1", WebAddress),
    ("evil.com?/", WebAddress),
    ("evil.com?\u{1f468}", WebAddress),
    ("evil.com#=", WebAddress),
    ("evil.com?/x", WebAddress),
    ("evil.com#/x", WebAddress),
    ("evil.com:80/pay", WebAddress),
    ("evil\u{ff61}com/pay", WebAddress),
    ("evil\u{2024}com/pay", WebAddress),
    ("evil\u{fe52}com/pay", WebAddress),
    ("\u{ff45}\u{ff56}\u{ff49}\u{ff4c}.\u{ff43}\u{ff4f}\u{ff4d}/pay", WebAddress),
    ("\u{1d41e}\u{1d42f}\u{1d422}\u{1d425}.\u{1d41c}\u{1d428}\u{1d426}/pay", WebAddress),
    ("ev\u{131}l.com/pay", WebAddress),
    ("\u{fb01}sh.com/pay", WebAddress),
    ("b\u{fc}cher.example/pay", WebAddress),
    ("b\u{75}\u{308}cher.example/pay", WebAddress),
    ("\u{43f}\u{440}\u{438}\u{43c}\u{435}\u{440}.\u{440}\u{444}/x", WebAddress),
    ("\u{5546}\u{5e97}\u{3002}\u{516c}\u{53f8}/\u{652f}\u{4ed8}", WebAddress),
    ("\u{909}\u{926}\u{93e}\u{939}\u{930}\u{923}.\u{92d}\u{93e}\u{930}\u{924}/x", WebAddress),
    ("xn--bcher-kva.xn--p1ai/pay", WebAddress),
    ("i\u{2764}.ws/pay", WebAddress),
    ("\u{1f4a9}.la/pay", WebAddress),
    ("\u{2764}.ws:80", WebAddress),
    ("\u{2044}.evil/", WebAddress),
    ("\u{201c}evil.com/pay\u{201d}", WebAddress),
    ("support@evil.com\u{1f468}", WebAddress),
    ("\u{201c}support@evil.com\u{201d}", WebAddress),
    ("support@evil.com\u{8bf7}", WebAddress),
    ("\u{8bf7}evil.com/pay", WebAddress),
    ("//evil.com\u{bb}", WebAddress),
    ("evil_host.com/pay", WebAddress),
    ("evil-host.com/pay", WebAddress),
    ("-evil.com/pay", WebAddress),
    ("192.0.2.1/pay", WebAddress),
    ("192.0.2.1:8080", WebAddress),
    ("root@192.0.2.1", WebAddress),
    ("T.me/evil", WebAddress),
    ("bit.ly/3xyz", WebAddress),
    // A file of a framework would be one, too; who is right depends on next year's top-level domains.
    ("Node.js/React", WebAddress),
    // Mail addresses.
    ("a@b.co", WebAddress),
    ("Support: support@evil.com", WebAddress),
    ("<a@b.co>", Markup),
    ("support\u{ff20}evil.com", WebAddress),
    ("support\u{fe6b}evil.com", WebAddress),
    ("support@evil\u{3002}com", WebAddress),
    ("support@b\u{fc}cher.example", WebAddress),
    ("\"support\"@evil.com", WebAddress),
    ("s\u{fc}pport@evil.com", WebAddress),
    ("@evil.com", WebAddress),
    ("user:pass@evil.com", WebAddress),
    ("support+x@mail.evil.com!", WebAddress),
    // Schemes without slashes.
    ("http:evil.com", WebAddress),
    ("HTTP:\\\\evil", WebAddress),
    ("https:/evil", WebAddress),
    ("\u{ff48}\u{ff54}\u{ff54}\u{ff50}\u{ff53}\u{ff1a}evil", WebAddress),
    ("http\u{17f}:evil", WebAddress),
    ("\u{1d407}\u{1d413}\u{1d413}\u{1d40f}\u{1d412}:evil", WebAddress),
    ("\u{8bf7}https:evil", WebAddress),
    ("Acme (https:evil)", WebAddress),
    ("mailto:eve", WebAddress),
    ("mailto:eve@evil.example", WebAddress),
    ("MailTo:eve", WebAddress),
    ("javascript:alert(1)", WebAddress),
    ("vbscript:x", WebAddress),
    ("tel:+491234", WebAddress),
    ("Call tel:110", WebAddress),
    ("sms:110", WebAddress),
    ("data:text/html,x", WebAddress),
    ("data:,x", WebAddress),
    ("data:;base64,eA", WebAddress),
    ("ftp:evil", WebAddress),
    ("skype:evil", WebAddress),
    ("sip:evil", WebAddress),
    ("xmpp:evil", WebAddress),
    ("magnet:?xt=1", WebAddress),
    ("webcal:evil", WebAddress),
    ("facetime:evil", WebAddress),
    // Markup.
    ("<b>Acme</b>", Markup),
    ("Acme >", Markup),
    ("a<b", Markup),
    ("\u{ff1c}b\u{ff1e}", Markup),
    ("\u{fe64}b\u{fe65}", Markup),
    // Nothing.
    ("", Empty),
    (" ", Empty),
    ("\u{a0}\u{3000}\u{2003}", Empty),
    // Controls and line breaks.
    (" \t ", Invisible),
    ("Acme\r\nBcc: x", Invisible),
    ("Acme\n", Invisible),
    ("Acme\0", Invisible),
    ("Acme\u{7f}", Invisible),
    ("Acme\u{85}Berlin", Invisible),
    ("Acme\u{9b}", Invisible),
    ("Acme\u{1b}[31m", Invisible),
    ("Acme\u{2028}Berlin", Invisible),
    ("Acme\u{2029}", Invisible),
    // Direction.
    ("Acme\u{202e}emca", Invisible),
    ("Acme\u{202a}x", Invisible),
    ("Acme\u{202d}x\u{202c}", Invisible),
    ("Acme\u{2066}x\u{2069}", Invisible),
    ("Acme\u{200e}", Invisible),
    ("Acme\u{200f}", Invisible),
    ("Acme\u{61c}", Invisible),
    ("\u{634}\u{200f}\u{631}", Invisible),
    // Invisible.
    ("Ac\u{200b}me", Invisible),
    ("Ac\u{2060}me", Invisible),
    ("Ac\u{feff}me", Invisible),
    ("Ac\u{ad}me", Invisible),
    ("Ac\u{34f}me", Invisible),
    ("Ac\u{200c}me", Invisible),
    ("Ac\u{200d}me", Invisible),
    ("\u{200d}", Invisible),
    ("\u{200c}\u{628}", Invisible),
    ("\u{628}\u{200c}", Invisible),
    ("\u{628}\u{200c}\u{200c}\u{628}", Invisible),
    ("\u{628}\u{200c}a", Invisible),
    ("\u{628} \u{200c}\u{628}", Invisible),
    ("\u{915}\u{200c}\u{937}", Invisible),
    ("\u{915}\u{94d}\u{200d}\u{200d}\u{937}", Invisible),
    ("\u{1f468}\u{200d}", Invisible),
    ("\u{1f468}\u{200d} Co", Invisible),
    ("\u{1f468}\u{200d}a", Invisible),
    ("\u{1f468}\u{200d}\u{200d}\u{1f469}", Invisible),
    ("Acme\u{fe0f}", Invisible),
    ("1\u{fe0f}", Invisible),
    ("\u{fe0f}\u{2764}", Invisible),
    ("\u{2764}\u{fe0f}\u{fe0f}", Invisible),
    ("Acme\u{e0100}", Invisible),
    ("Acme\u{fe00}", Invisible),
    ("a\u{180b}", Invisible),
    ("a\u{180e}b", Invisible),
    ("\u{3164}", Invisible),
    ("Ac\u{3164}me", Invisible),
    ("\u{ffa0}", Invisible),
    ("\u{115f}\u{1160}", Invisible),
    ("\u{17b4}", Invisible),
    ("\u{2062}", Invisible),
    ("a\u{2063}b", Invisible),
    ("a\u{206a}b", Invisible),
    ("\u{1bca0}", Invisible),
    ("\u{1d159}", Invisible),
    ("\u{1d17a}", Invisible),
    ("\u{13441}", Invisible),
    ("\u{16fe4}", Invisible),
    ("Acme\u{2800}Berlin", Invisible),
    ("\u{fffc}", Invisible),
    ("Acme\u{fffd}", Invisible),
    ("a\u{fff9}b\u{fffb}", Invisible),
    ("Acme\u{e0041}", Invisible),
    ("\u{e0001}Acme", Invisible),
    ("\u{1f3f4}\u{e0067}\u{e0062}", Invisible),
    ("\u{1f3f4}\u{e0065}\u{e0076}\u{e0069}\u{e006c}\u{e007f}", Invisible),
    ("\u{1f680}\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}", Invisible),
    ("evil\u{200b}.com/pay", Invisible),
    // Not assigned, not for exchange.
    ("\u{378}", Invisible),
    ("\u{e0fff}", Invisible),
    ("\u{2fe0}", Invisible),
    ("\u{fdef}", Invisible),
    ("\u{10ffff}", Invisible),
    ("\u{f0000}", Invisible),
    // Marks.
    ("\u{301}Acme", Marks),
    ("Acme \u{301}", Marks),
    ("Acme \u{20dd}Berlin", Marks),
    ("\u{93e}", Marks),
    ("\u{e31}\u{e01}", Marks),
    ("a\u{300}\u{301}\u{302}\u{303}\u{304}", Marks),
    ("a\u{489}\u{489}", Marks),
    ("a\u{20dd}\u{20de}\u{20df}\u{20e0}", Marks),
    ("\u{e01}\u{e47}\u{e47}\u{e47}\u{e47}", Marks),
    ("\u{e01}\u{e34}\u{e35}\u{e36}\u{e37}\u{e38}\u{e39}\u{e47}", Marks),
    ("Z\u{335}\u{316}\u{33c}a\u{30d}\u{353}\u{317}\u{32e}\u{310}l\u{321}g\u{329}o", Marks),
];

#[test]
fn names_are_taken_as_they_are() {
    for name in TAKEN {
        assert_eq!(
            OrganizationName::parse(name).as_ref().map(OrganizationName::as_str),
            Ok(&*super::nfc(name)),
            "{name:?}"
        );
        assert!(WorkspaceName::parse(name).is_ok() && PersonName::parse(name).is_ok(), "{name:?}");
    }
    assert!(TAKEN.len() > 120, "{}", TAKEN.len());
}

#[test]
fn names_are_refused_for_the_first_rule_that_they_break() {
    for (name, reason) in REFUSED {
        assert_eq!(OrganizationName::parse(name).as_ref(), Err(reason), "{name:?} {:?}", links::folded(name));
        assert!(WorkspaceName::parse(name).is_err() && PersonName::parse(name).is_err(), "{name:?}");
        // In the middle of others, too.
        if !matches!(reason, Empty) && !name.starts_with([' ', '\n']) {
            let among = format!("Acme {name} Berlin");
            assert!(OrganizationName::parse(&among).is_err(), "{among:?}");
        }
    }
    assert!(REFUSED.len() > 180, "{}", REFUSED.len());
    assert_eq!(OrganizationName::parse(&"x".repeat(101)), Err(TooLong(100)));
    assert_eq!(OrganizationName::parse(&"e\u{301}".repeat(100)).map(|name| name.as_str().chars().count()), Ok(100));
}

/// Finds links by another library's rules: everything with a scheme, email addresses, and hosts with more than a name.
pub(in crate::domain) fn second_opinion(text: &str) -> Option<String> {
    let mut finder = LinkFinder::new();
    finder.url_must_have_scheme(false);
    let mut links = finder.links(text).filter(|link| {
        // It takes `evil.com👨` for a host and `evil.com:👨` for one with a port. No top-level domain has a picture in it, and
        // no port.
        let end = link.as_str().find(['/', '?', '#', ':', '\\']).unwrap_or(link.as_str().len());
        let (host, rest) = link.as_str().split_at(end);
        let top = host.rsplit('.').next().unwrap_or_default();
        let is_host = top.chars().all(|c| c.is_alphabetic() || super::shown::is_mark(c));
        let bare = rest.is_empty()
            || rest.strip_prefix(':').is_some_and(|port| !port.starts_with(|c: char| c.is_ascii_digit()));
        *link.kind() == LinkKind::Email || (is_host && !bare)
    });
    links.next().map(|link| link.as_str().to_owned())
}

#[test]
fn nothing_that_is_taken_is_a_link_in_a_second_opinion() {
    for name in TAKEN {
        assert_eq!(second_opinion(&links::folded(name)), None, "{name:?}");
    }
    let seen =
        REFUSED.iter().filter(|(name, reason)| *reason == WebAddress && second_opinion(&links::folded(name)).is_some());
    let seen = seen.count();
    assert!(seen > 40, "the second opinion knows links when it sees them: {seen}");
}

#[test]
fn a_message_may_name_addresses_but_hides_nothing() {
    for (name, reason) in REFUSED {
        let message = InvitationMessage::parse(name);
        match reason {
            // Line breaks are fine within it, and white space around it is cut off.
            Invisible if name.trim() == *name && !name.contains("\r\n") => {
                assert_eq!(message, Err(Invisible), "{name:?}")
            }
            Marks => assert_eq!(message, Err(Marks), "{name:?}"),
            WebAddress | Markup => assert!(message.is_ok(), "{name:?}"),
            _ => {}
        }
    }
    for name in TAKEN {
        assert!(InvitationMessage::parse(&format!("{name}\n\n{name}")).is_ok(), "{name:?}");
    }
    assert_eq!(InvitationMessage::parse("Hello\n\u{301}"), Err(Marks));
    assert_eq!(InvitationMessage::parse(&"x".repeat(1001)), Err(TooLong(1000)));
}

#[test]
fn a_pools_name_loses_what_cannot_be_shown() {
    for (attribute, shown) in [
        ("Ada\u{202e} <i>Lovelace", Some("Ada iLovelace")),
        ("Ada\tLovelace\r\n", Some("Ada Lovelace")),
        ("\u{301}Ada", Some("Ada")),
        ("Ada\u{2800}\u{fe0f}\u{e000}", Some("Ada")),
        ("A\u{300}\u{302}\u{303}\u{304}\u{305}da", Some("\u{c0}\u{302}\u{303}\u{304}da")),
        (
            "\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{627}\u{647}\u{645}",
            Some("\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{627}\u{647}\u{645}"),
        ),
        ("\u{1f468}\u{200d}\u{200b}\u{1f469}", Some("\u{1f468}\u{1f469}")),
        ("\u{ff1c}Ada\u{ff1e}", Some("Ada")),
        ("\u{200b}", None),
        ("", None),
        // A name that is an address is none: taking a part of it out would leave another one.
        ("https://evil.example", None),
        ("eve@evil.example", None),
    ] {
        let name = PersonName::from_attribute(attribute);
        assert_eq!(name.as_ref().map(PersonName::as_str), shown, "{attribute:?}");
    }
    let long = PersonName::from_attribute(&"\u{1f468}\u{200d}\u{1f469}\u{200d}".repeat(500)).unwrap();
    assert!(long.as_str().chars().count() <= 100 && long.as_str().ends_with('\u{1f469}'), "{long:?}");
}
