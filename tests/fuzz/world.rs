//! An organization with a member of every kind, another one beside it, and what the names in requests stand for.

use std::collections::{BTreeMap, BTreeSet};

use acceptance::organization::text;
use acceptance::{NewPerson, Person, Target, forgery, made_up, roles_of};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};

use crate::cursors;
use crate::people::{Made, Neighbor, creator, invite, join, workspace};
use crate::request::Sender;

/// Whom the organization consists of.
const CAST: [(Sender, &str); 5] = [
    (Sender::Admin, "organization_admin"),
    (Sender::UserAdmin, "user_admin"),
    (Sender::BillingAdmin, "billing_admin"),
    (Sender::Member, "member"),
    (Sender::Removed, "member"),
];

/// One organization's people and secrets, and who its members are by everything that was answered so far.
pub(crate) struct World {
    pub(crate) people: BTreeMap<Sender, Person>,
    pub(crate) organization: String,
    pub(crate) foreign: String,
    /// By user id.
    pub(crate) members: BTreeMap<String, BTreeSet<String>>,
    names: BTreeMap<String, String>,
}

impl World {
    /// A new organization, beside `neighbor`'s.
    pub(crate) async fn new(target: &Target, neighbor: &Neighbor) -> Made<Self> {
        let (creator, organization) = creator(target).await?;
        let mut people = BTreeMap::from([(Sender::Foreigner, neighbor.admin.clone())]);
        let mut spent = String::new();
        let mut members = BTreeMap::from([(creator.id.clone(), BTreeSet::from(["organization_admin".to_owned()]))]);
        for (sender, role) in CAST {
            let person = NewPerson::new(target).created_by_administrator(true).await;
            spent = join(&creator, &organization, &person, role).await?;
            members.insert(person.id.clone(), BTreeSet::from([role.to_owned()]));
            people.insert(sender, person);
        }
        let removed = &people[&Sender::Removed];
        let answer = creator.delete(&format!("/organizations/{organization}/members/{}", removed.id)).await;
        if answer.status != 204 {
            return Err(format!("nobody was removed: {}", answer.body));
        }
        members.remove(&removed.id);
        // An invitation apart from the one whose token is tried: the invited person answers it in the app.
        let (own, _) = invite(&creator, &organization, &removed.email, "member").await?;
        let stranger = NewPerson::new(target).created_by_administrator(true).await;
        let (invitation, token) = invite(&creator, &organization, &stranger.email, "member").await?;
        let etag = creator.get(&format!("/organizations/{organization}/members/{}", people[&Sender::Member].id)).await;
        let main = workspace(&creator, &organization, "Main").await?;
        let other = workspace(&creator, &organization, "Other").await?;
        people.insert(Sender::Stranger, stranger);
        people.insert(Sender::Creator, creator);
        let mut names: BTreeMap<String, String> = [
            ("org", organization.clone()),
            ("foreign-org", neighbor.organization.clone()),
            ("no-org", made_up::organization_id()),
            ("invitation", invitation),
            ("own-invitation", own),
            ("foreign-invitation", neighbor.invitation.clone()),
            ("no-invitation", format!("inv_{}", made_up::uuid())),
            ("workspace", main),
            ("other-workspace", other),
            ("foreign-workspace", neighbor.workspace.clone()),
            ("no-workspace", format!("ws_{}", made_up::uuid())),
            ("altered-token", altered(&token)),
            ("token", token),
            ("spent-token", spent),
            ("foreign-token", neighbor.token.clone()),
            ("etag", etag.etag()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        for (sender, person) in &people {
            names.insert(format!("user:{}", sender.name()), person.id.clone());
            names.insert(format!("access:{}", sender.name()), person.access_token.clone());
            names.insert(format!("id-token:{}", sender.name()), person.id_token.clone());
        }
        let creator = &people[&Sender::Creator];
        for (name, token) in [
            ("another-pool", forgery::of_another_pool(creator)),
            ("another-key", forgery::signed_by_another_key(creator)),
            ("unsigned", forgery::unsigned(creator)),
            ("another-user", forgery::for_another_user(&people[&Sender::Member], &creator.id)),
        ] {
            names.insert(format!("forged:{name}"), token);
        }
        Ok(Self { people, organization, foreign: neighbor.organization.clone(), members, names })
    }

    /// A text with the names in it replaced by what they stand for here; what is no name stays.
    pub(crate) fn fill(&self, text: &[u8], sender: Sender) -> Vec<u8> {
        const OPEN: &[u8] = "«".as_bytes();
        const CLOSE: &[u8] = "»".as_bytes();
        let find = |text: &[u8], mark: &[u8]| text.windows(mark.len()).position(|window| window == mark);
        let mut filled = Vec::new();
        let mut rest = text;
        while let Some(start) = find(rest, OPEN) {
            let inside = &rest[start + OPEN.len()..];
            let value = find(inside, CLOSE)
                .and_then(|end| Some((self.value(std::str::from_utf8(&inside[..end]).ok()?, sender)?, end)));
            filled.extend(&rest[..start]);
            match value {
                Some((value, end)) => {
                    filled.extend(value.as_bytes());
                    rest = &inside[end + CLOSE.len()..];
                }
                None => {
                    filled.extend(OPEN);
                    rest = inside;
                }
            }
        }
        filled.extend(rest);
        filled
    }

    fn value(&self, name: &str, sender: Sender) -> Option<String> {
        let caller = self.people.get(&sender).map_or("nobody", |person| person.id.as_str());
        let inner =
            |text: &str| text.replace("{o}", &self.organization).replace("{f}", &self.foreign).replace("{u}", caller);
        cursors::read(name, inner).or_else(|| self.names.get(name).cloned())
    }

    /// Somebody who may see everything: an organization admin by all that was answered so far.
    pub(crate) fn observer(&self) -> Option<&Person> {
        let is_admin =
            |person: &&Person| self.members.get(&person.id).is_some_and(|roles| roles.contains("organization_admin"));
        self.people.values().find(is_admin)
    }

    /// What the organization says about its members, which has to be what its answers have said.
    pub(crate) async fn check(&self) -> Made<()> {
        let observer = self.observer().ok_or("by its answers the organization has no admin left")?;
        let mut found = BTreeMap::new();
        for page in
            acceptance::organization::pages(observer, &format!("/organizations/{}/members", self.organization), 100)
                .await
        {
            found.extend(page.iter().map(|member| (text(&member["userId"]), roles_of(member))));
        }
        if found == self.members {
            return Ok(());
        }
        Err(format!("by its answers the members are {:?}, by its list {found:?}", self.members))
    }
}

/// A token with its last bits changed: of an invitation that exists, with a secret that does not.
fn altered(token: &str) -> String {
    let mut bytes = BASE64_URL_SAFE_NO_PAD.decode(token).unwrap_or_default();
    if let Some(last) = bytes.last_mut() {
        *last ^= 1;
    }
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}
