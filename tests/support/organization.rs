//! Organizations made for one test, and invitations into them.

use futures::future::join_all;
use serde_json::{Value, json};

use crate::{Call, Mail, NewPerson, Person, Target, eventually, made_up};

/// An organization and its first admin.
#[derive(Clone, Debug)]
pub struct Organization {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Who created it: its only organization admin at first.
    pub creator: Person,
}

/// An invitation whose mail has arrived.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// Its id.
    pub id: String,
    /// The invited address.
    pub email: String,
    /// The token from the link in the mail.
    pub token: String,
}

impl Organization {
    /// Somebody signs up, names an organization on the way, and so has created it.
    ///
    /// # Panics
    /// When the sign-up created nothing.
    pub async fn create(target: &Target) -> Self {
        let name = made_up::organization_name();
        let creator = NewPerson::new(target).metadata("organizationName", &name).sign_up().await;
        let me = creator.me().await;
        let id = me["organizations"][0]["organizationId"].as_str().unwrap_or_else(|| panic!("nothing created: {me}"));
        Self { id: id.to_owned(), name, creator }
    }

    /// The path of something inside the organization.
    #[must_use]
    pub fn path(&self, rest: &str) -> String {
        format!("/organizations/{}{rest}", self.id)
    }

    /// The path of a member.
    #[must_use]
    pub fn member_path(&self, person: &Person) -> String {
        self.path(&format!("/members/{}", person.id))
    }

    /// A request that invites an address.
    pub fn invite(&self, inviter: &Person, email: &str, roles: &[&str]) -> Call {
        inviter.post(&self.path("/invitations"), &json!({"email": email, "roles": roles}))
    }

    /// A request that gives a member these roles.
    pub fn change_roles(&self, actor: &Person, target: &Person, roles: &[&str]) -> Call {
        actor.put(&(self.member_path(target) + "/roles"), &json!({"roles": roles}))
    }

    /// A request that removes a member, or leaves when both are the same.
    pub fn remove(&self, actor: &Person, target: &Person) -> Call {
        actor.delete(&self.member_path(target))
    }

    /// Invites an address and waits for the mail.
    pub async fn invitation(&self, inviter: &Person, email: &str, roles: &[&str]) -> Invitation {
        let known = self.creator.target.mails_to(email).await.len();
        let created = self.invite(inviter, email, roles).await.success(201);
        let token = self.creator.target.read_mail(email, known, Mail::invitation_token).await;
        Invitation { id: text(&created["invitationId"]), email: email.to_owned(), token }
    }

    /// The creator invites somebody new, who signs up and accepts.
    pub async fn add(&self, roles: &[&str]) -> Person {
        let person = NewPerson::new(&self.creator.target);
        let email = person.email.clone();
        let invitation = self.invitation(&self.creator, &email, roles).await;
        let person = person.sign_up().await;
        invitation.accept(&person).await.success(200);
        person
    }

    /// Adds one person for each set of roles.
    pub async fn add_all<const N: usize>(&self, roles: [&[&str]; N]) -> [Person; N] {
        let people = join_all(roles.iter().map(|roles| self.add(roles))).await;
        people.try_into().expect("as many people as sets of roles")
    }

    /// The creator invites somebody who is already signed up, and they accept.
    pub async fn admit(&self, person: &Person, roles: &[&str]) {
        self.invitation(&self.creator, &person.email, roles).await.accept(person).await.success(200);
    }

    /// Every item of a list, page by page.
    ///
    /// # Panics
    /// When a page has no items or more than were asked for, or when the pages never end.
    pub async fn pages(&self, reader: &Person, list: &str, limit: usize) -> Vec<Vec<Value>> {
        pages(reader, &self.path(list), limit).await
    }

    /// The creator's view of an invitation once its mail is no longer queued.
    pub async fn delivered(&self, invitation_id: &str) -> Value {
        let path = self.path(&format!("/invitations/{invitation_id}"));
        eventually("a delivery that is no longer queued", async || {
            let invitation = self.creator.get(&path).await.success(200);
            (invitation["delivery"]["status"] != "queued").then_some(invitation)
        })
        .await
    }
}

/// Whether SES accepted the email of an invitation. Emulators other than the local stack report no delivery.
pub fn was_sent(invitation: &Value) -> bool {
    invitation["delivery"]["status"] == "sent" || invitation["delivery"]["status"] == "delivered"
}

impl Invitation {
    /// A request that accepts it.
    pub fn accept(&self, person: &Person) -> Call {
        person.post("/invitations/accept", &json!({"token": self.token}))
    }

    /// A request that declines it, without signing in.
    pub fn decline(&self, target: &Target) -> Call {
        target.post("/invitations/decline", &json!({"token": self.token}))
    }

    /// A request that previews it, without signing in.
    pub fn preview(&self, target: &Target) -> Call {
        target.post("/invitations/preview", &json!({"token": self.token}))
    }
}

/// Every page of a list; `path` may carry filters.
///
/// # Panics
/// When a page has more items than were asked for, or when the pages never end.
pub async fn pages(reader: &Person, path: &str, limit: usize) -> Vec<Vec<Value>> {
    let separator = if path.contains('?') { '&' } else { '?' };
    let mut pages = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = reader.get(&format!("{path}{separator}limit={limit}{cursor}")).await.success(200);
        let items = page["items"].as_array().unwrap_or_else(|| panic!("no items: {page}")).clone();
        assert!(items.len() <= limit, "{} items for a limit of {limit}", items.len());
        pages.push(items);
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={}", encoded(next)),
            None => {
                assert_eq!(page.get("nextCursor"), Some(&Value::Null), "the last page says so: {page}");
                return pages;
            }
        }
        assert!(pages.len() < 1000, "pages without end");
    }
}

/// A value as part of a query string.
#[must_use]
pub fn encoded(value: &str) -> String {
    value
        .bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

/// A string that must be there.
///
/// # Panics
/// When it is not.
#[must_use]
#[track_caller]
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}
