//! A request as it is made up, before the names in it are filled in.

use crate::world::World;

/// Whose access token a request carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sender {
    /// No token at all.
    Nobody,
    /// Something that the gateway or the function must not take for an access token.
    Forger,
    /// A user without an organization.
    Stranger,
    /// An organization admin of another organization.
    Foreigner,
    /// Once a member.
    Removed,
    Member,
    BillingAdmin,
    UserAdmin,
    Admin,
    Creator,
}

impl Sender {
    pub(crate) const ALL: [Self; 10] = [
        Self::Nobody,
        Self::Forger,
        Self::Stranger,
        Self::Foreigner,
        Self::Removed,
        Self::Member,
        Self::BillingAdmin,
        Self::UserAdmin,
        Self::Admin,
        Self::Creator,
    ];

    /// As a name in a request has it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::Forger => "forger",
            Self::Stranger => "stranger",
            Self::Foreigner => "foreigner",
            Self::Removed => "removed",
            Self::Member => "member",
            Self::BillingAdmin => "billing_admin",
            Self::UserAdmin => "user_admin",
            Self::Admin => "admin",
            Self::Creator => "creator",
        }
    }
}

/// A request. Its texts hold names such as `«org»` for what differs from run to run, see [`World::fill`].
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) sender: Sender,
    /// The route of the template that it is made for; none if it is meant to miss all.
    pub(crate) route: Option<String>,
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<Vec<u8>>,
}

impl Request {
    /// As it goes over the wire.
    pub(crate) fn bytes(&self, world: &World, host: &str) -> Vec<u8> {
        let fill = |text: &str| world.fill(text.as_bytes(), self.sender);
        let mut bytes = format!("{} ", self.method).into_bytes();
        bytes.extend(fill(&self.target));
        bytes.extend(format!(" HTTP/1.1\r\nHost: {host}\r\n").as_bytes());
        for (name, value) in &self.headers {
            bytes.extend(format!("{name}: ").as_bytes());
            bytes.extend(fill(value));
            bytes.extend(b"\r\n");
        }
        let body = self.body.as_ref().map(|body| world.fill(body, self.sender));
        if let Some(body) = &body {
            bytes.extend(format!("Content-Length: {}\r\n", body.len()).as_bytes());
        }
        bytes.extend(b"\r\n");
        bytes.extend(body.unwrap_or_default());
        bytes
    }

    /// A command that sends exactly this once more, to the stack that is running.
    pub(crate) fn curl(&self, world: &World, url: &str) -> String {
        let fill = |text: &str| quoted(&world.fill(text.as_bytes(), self.sender));
        let method =
            if self.method == "HEAD" { "--head".to_owned() } else { format!("-X {}", quoted(self.method.as_bytes())) };
        let mut line = format!("curl -i --path-as-is {method} {}", fill(&format!("{url}{}", self.target)));
        for (name, value) in &self.headers {
            // This is how curl is told to send a header without a value.
            let header = if value.is_empty() { format!("{name};") } else { format!("{name}: {value}") };
            line += &format!(" -H {}", fill(&header));
        }
        let Some(body) = &self.body else { return line };
        if !self.headers.iter().any(|(name, _)| name == "Content-Type") {
            // Instead of the one that curl adds.
            line += " -H 'Content-Type:'";
        }
        let body = world.fill(body, self.sender);
        if body.contains(&0) {
            // No argument can hold it.
            let octal: String = body.iter().map(|byte| format!("\\{byte:03o}")).collect();
            return format!("printf '{octal}' | {line} --data-binary @-");
        }
        line + " --data-binary " + &quoted(&body)
    }

    /// The line for the table of known cases.
    pub(crate) fn case(&self) -> String {
        let body = self.body.as_ref().map(|body| body.escape_ascii().to_string());
        format!("{:?} {:?} {:?} {:?} {body:?}", self.sender, self.method, self.target, self.headers)
    }
}

/// For a shell, as `$'…'`: any bytes but NUL.
fn quoted(bytes: &[u8]) -> String {
    let mut text = String::from("$'");
    for byte in bytes {
        match byte {
            b'\'' | b'\\' => text.extend(['\\', char::from(*byte)]),
            b' '..=b'~' => text.push(char::from(*byte)),
            _ => text += &format!("\\x{byte:02x}"),
        }
    }
    text + "'"
}
