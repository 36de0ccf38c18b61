use super::{OrganizationName, Violation, Violations, text};

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
        let phone = violations.check_optional("/phone", given(self.phone).map(|text| phone(&text)));
        let website = violations.check_optional("/website", given(self.website).map(|text| website(&text)));
        let industry = violations.check_optional("/industry", given(self.industry).map(|text| text::label(&text, 100)));
        let company_size =
            violations.check_optional("/companySize", given(self.company_size).map(|text| text::label(&text, 50)));
        let country = violations.check_optional("/country", given(self.country).map(|text| text::label(&text, 100)));
        violations.or(name.map(|name| OrganizationDetails { name, phone, website, industry, company_size, country }))
    }
}

fn given(field: Option<String>) -> Option<String> {
    field.filter(|text| !text.trim().is_empty())
}

fn phone(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let plain = text.chars().all(|c| c.is_ascii_digit() || " +-()./".contains(c));
    if plain && (4..=20).contains(&digits) && text.len() <= 40 {
        Ok(text.to_owned())
    } else {
        Err("must be a phone number such as +49 30 123456")
    }
}

fn website(text: &str) -> Result<String, &'static str> {
    const RULE: &str = "must be a URL such as https://example.com, with at most 200 characters";
    let text = text.trim();
    let address = url::Url::parse(text).map_err(|_| RULE)?;
    let is_web =
        matches!(address.scheme(), "http" | "https") && address.host_str().is_some_and(|host| host.contains('.'));
    let is_plain =
        address.username().is_empty() && address.password().is_none() && text.is_ascii() && text.len() <= 200;
    if is_web && is_plain { Ok(text.to_owned()) } else { Err(RULE) }
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
