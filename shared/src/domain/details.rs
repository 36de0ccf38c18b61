use super::{OrganizationName, Patch, Violation, Violations, text};

/// The details of an organization, for internal reference only (R4). Only the name is required.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganizationDetails {
    pub name: OrganizationName,
    /// The phone number: digits, spaces and `+ - ( ) . /`.
    pub phone: Option<String>,
    /// The URL of the website, http or https.
    pub website: Option<String>,
    /// The industry, as free text.
    pub industry: Option<String>,
    /// The number of employees, as free text such as `11-50`.
    pub company_size: Option<String>,
    /// The country, as free text: a name or an ISO code.
    pub country: Option<String>,
}

/// The details as a client sends them: in a request body, in Cognito's ClientMetadata or in user attributes.
#[derive(Clone, Default)]
pub struct SubmittedDetails {
    pub name: Option<String>,
    pub phone: Option<String>,
    pub website: Option<String>,
    pub industry: Option<String>,
    pub company_size: Option<String>,
    pub country: Option<String>,
}

impl SubmittedDetails {
    /// Parses every field. An optional field with only white space counts as missing.
    ///
    /// # Errors
    /// Every broken rule, with its field.
    pub fn parse(self) -> Result<OrganizationDetails, Vec<Violation>> {
        let mut violations = Violations::default();
        let name = violations.check("/name", OrganizationName::parse(self.name.as_deref().unwrap_or_default()));
        let given = |field: Option<String>| field.map_or(Patch::Keep, Patch::Set);
        let fields = [self.phone, self.website, self.industry, self.company_size, self.country].map(given);
        let [phone, website, industry, company_size, country] = checked(&mut violations, Default::default(), fields);
        violations.or(name.map(|name| OrganizationDetails { name, phone, website, industry, company_size, country }))
    }
}

/// A change of the details, field by field. Only the name cannot be removed.
#[derive(Clone, Default)]
pub struct DetailsPatch {
    pub name: Patch<String>,
    pub phone: Patch<String>,
    pub website: Patch<String>,
    pub industry: Patch<String>,
    pub company_size: Patch<String>,
    pub country: Patch<String>,
}

impl OrganizationDetails {
    /// These details after a change. An optional field that is set to white space only is removed.
    ///
    /// # Errors
    /// Every broken rule, with its field.
    pub fn patched(self, patch: DetailsPatch) -> Result<Self, Vec<Violation>> {
        let mut violations = Violations::default();
        let name = match patch.name {
            Patch::Keep => Some(self.name),
            Patch::Clear => violations.check("/name", Err("is required, so it cannot be removed")),
            Patch::Set(text) => violations.check("/name", OrganizationName::parse(&text)),
        };
        let current = [self.phone, self.website, self.industry, self.company_size, self.country];
        let fields = [patch.phone, patch.website, patch.industry, patch.company_size, patch.country];
        let [phone, website, industry, company_size, country] = checked(&mut violations, current, fields);
        violations.or(name.map(|name| Self { name, phone, website, industry, company_size, country }))
    }
}

/// Parses a field, or says which rule it breaks.
type Rule = fn(&str) -> Result<String, String>;

/// The rules of the optional fields, with the pointer of each.
const RULES: [(&str, Rule); 5] = [
    ("/phone", phone),
    ("/website", website),
    ("/industry", |text| label(text, 100)),
    ("/companySize", |text| label(text, 50)),
    ("/country", |text| label(text, 100)),
];

/// The optional fields after a change, in the order of [`RULES`]. White space only counts as no value.
fn checked(
    violations: &mut Violations,
    current: [Option<String>; 5],
    fields: [Patch<String>; 5],
) -> [Option<String>; 5] {
    let mut checked = current;
    for ((value, patch), (pointer, rule)) in checked.iter_mut().zip(fields).zip(RULES) {
        let patch = if matches!(&patch, Patch::Set(text) if text.trim().is_empty()) { Patch::Clear } else { patch };
        *value = violations.check(pointer, patch.applied(value.take(), |text| rule(&text))).flatten();
    }
    checked
}

fn label(text: &str, longest: usize) -> Result<String, String> {
    text::label(text, longest).map_err(|error| error.to_string())
}

fn phone(text: &str) -> Result<String, String> {
    let text = text.trim();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let plain = text.chars().all(|c| c.is_ascii_digit() || " +-()./".contains(c));
    if plain && (4..=20).contains(&digits) && text.len() <= 40 {
        Ok(text.to_owned())
    } else {
        Err("must be a phone number such as +49 30 123456".to_owned())
    }
}

fn website(text: &str) -> Result<String, String> {
    const RULE: &str = "must be a URL such as https://example.com, with at most 200 characters";
    let text = text.trim();
    let address = url::Url::parse(text).map_err(|_| RULE.to_owned())?;
    let is_web =
        matches!(address.scheme(), "http" | "https") && address.host_str().is_some_and(|host| host.contains('.'));
    let is_plain =
        address.username().is_empty() && address.password().is_none() && text.is_ascii() && text.len() <= 200;
    if is_web && is_plain { Ok(text.to_owned()) } else { Err(RULE.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn submitted(name: &str) -> SubmittedDetails {
        SubmittedDetails { name: Some(name.to_owned()), ..SubmittedDetails::default() }
    }

    #[test]
    fn a_name_is_enough_and_blank_fields_count_as_missing() {
        let details = SubmittedDetails { phone: Some("  ".to_owned()), ..submitted("Acme") }.parse().unwrap();
        assert_eq!((details.name.as_str(), details.phone), ("Acme", None));
    }

    #[test]
    fn a_patch_changes_what_it_names() {
        let stored = OrganizationDetails {
            phone: Some("stored before the rule".to_owned()),
            ..submitted("Acme").parse().unwrap()
        };
        let set = |text: &str| Patch::Set(text.to_owned());
        let patch = DetailsPatch { industry: set("Engines"), country: set("  "), ..DetailsPatch::default() };
        let after = stored.clone().patched(patch).unwrap();
        assert_eq!(after, OrganizationDetails { industry: Some("Engines".to_owned()), ..stored.clone() });
        let gone = DetailsPatch { phone: Patch::Clear, ..DetailsPatch::default() };
        assert_eq!(stored.clone().patched(gone).unwrap().phone, None);
        let wrong = DetailsPatch { name: Patch::Clear, phone: set("call me"), ..DetailsPatch::default() };
        let pointers: Vec<_> = stored.patched(wrong).unwrap_err().into_iter().map(|error| error.pointer).collect();
        assert_eq!(pointers, ["/name", "/phone"]);
    }

    #[test]
    fn every_violation_is_reported_at_once() {
        let wrong = SubmittedDetails {
            phone: Some("call me".to_owned()),
            website: Some("javascript:alert(1)".to_owned()),
            ..submitted("<Acme>")
        };
        let pointers: Vec<_> = wrong.parse().unwrap_err().into_iter().map(|violation| violation.pointer).collect();
        assert_eq!(pointers, ["/name", "/phone", "/website"]);
    }

    #[test]
    fn a_website_is_a_public_web_address() {
        for wrong in
            ["example.com", "ftp://example.com", "https://user:secret@example.com", "https://localhost", "https://"]
        {
            let details = SubmittedDetails { website: Some(wrong.to_owned()), ..submitted("Acme") };
            assert!(details.parse().is_err(), "{wrong}");
        }
        let details = SubmittedDetails { website: Some("https://example.com".to_owned()), ..submitted("Acme") };
        assert_eq!(details.parse().unwrap().website.unwrap(), "https://example.com");
    }
}
