//! `/me/invitations`: what a signed-in user can do whose verified address was invited, without the link.

use jiff::SignedDuration;
use serde::Serialize;
use shared::{
    domain::{DeliveryStatus, Invitation, Member, PersonName, Timestamp, User},
    failure::Failure,
    http::{ApiRequest, Caller, Code, Cursor, Idempotency, Once, PageView, Problem, Reply},
    items::listing,
    table::{MyInvitation, Page, SendAgainCheck, StoreError, TRIES},
};

use crate::{
    InvitationReplies, MembershipView,
    accept::{Joining, NotAccepted, join},
};

/// A pending invitation, for the person whom it is to. Never a secret (R14).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MyInvitationView {
    invitation_id: String,
    organization_id: String,
    organization_name: String,
    inviter_name: Option<String>,
    roles: Vec<String>,
    expires_at: String,
}

impl From<MyInvitation> for MyInvitationView {
    fn from(mine: MyInvitation) -> Self {
        Self {
            invitation_id: mine.invitation.id.to_string(),
            organization_id: mine.organization.id.to_string(),
            organization_name: mine.organization.details.name.as_str().to_owned(),
            inviter_name: mine.invitation.inviter_name.as_ref().map(PersonName::as_str).map(str::to_owned),
            roles: mine.invitation.roles.names(),
            expires_at: mine.invitation.expires_at.to_string(),
        }
    }
}

/// An email that was asked for.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SentAgainView {
    invitation_id: String,
    expires_at: String,
}

/// Why an invitation of the caller's was not sent again.
#[derive(Debug)]
enum NotSentAgain {
    InviterLostAuthority,
    Undeliverable,
    TooMany(SignedDuration),
    /// It was answered, revoked or resent since it was read.
    Gone,
}

impl From<NotSentAgain> for Problem {
    fn from(reason: NotSentAgain) -> Self {
        match reason {
            NotSentAgain::InviterLostAuthority => NotAccepted::InviterLostAuthority.into(),
            NotSentAgain::Undeliverable => Self::new(
                Code::AddressUndeliverable,
                "The last email to your address did not arrive. Ask the organization to confirm your address and resend the invitation.",
            ),
            NotSentAgain::TooMany(pause) => Self::retry_after(
                Code::InvitationRateLimited,
                "Your address received all invitation emails that are allowed today. Look into your spam folder, or try again tomorrow.",
                pause,
            ),
            NotSentAgain::Gone => unknown(),
        }
    }
}

fn unknown() -> Problem {
    Problem::new(
        Code::InvitationNotFound,
        "Your email address has no pending invitation with this id. Load your invitations again.",
    )
}

impl InvitationReplies {
    /// The caller's pending invitations. Nobody is told about those of an address that they have not verified.
    pub(crate) async fn list_mine(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let caller = request.caller()?;
        let cursor = Cursor::of(format!("me/invitations/{}", caller.user_id), listing::is_invitation);
        let asked = request.page(&cursor)?;
        let user = self.user(&caller, request.now()).await?;
        let page = if user.email_verified {
            let after = asked.after.as_deref();
            self.table.list_my_invitations(&user.email.key(), request.now(), asked.limit, after).await?
        } else {
            Page { items: Vec::new(), next: None }
        };
        Reply::ok(&PageView::new(page.items.into_iter().map(MyInvitationView::from), page.next, &cursor))
    }

    /// Joins without the link, where `AcceptInApp` allows it: the verified address alone is the proof then.
    pub(crate) async fn accept_mine(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let caller = request.caller()?;
        let idempotency = request.idempotency(&caller)?;
        if !self.accept_in_app {
            return Err(Problem::new(
                Code::InAppAcceptanceDisabled,
                "This product does not accept invitations in the app. Open the link in the email, or have it sent again.",
            ));
        }
        if let Some(answer) = self.answered(&caller, idempotency.as_ref(), request.now()).await? {
            return Ok(answer);
        }
        let user = self.user(&caller, request.now()).await?;
        let reply = |member: &Member| Reply::ok(&MembershipView::from(member));
        for _ in 0..TRIES {
            let invitation = self.mine(&user, request).await?;
            let joining = Joining { invitation: &invitation, user: &user, idempotency: idempotency.clone() };
            if let Some(reply) = join(&self.table, self, joining, reply, &request.occasion()).await? {
                return Ok(reply);
            }
        }
        Err(StoreError::contended("the invitation keeps changing").into())
    }

    /// Declines. Asking again finds nothing to decline.
    pub(crate) async fn decline_mine(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let caller = request.caller()?;
        let user = self.user(&caller, request.now()).await?;
        let invitation = self.mine(&user, request).await?;
        let declined = self.table.decline_invitation(&invitation, Some(&user.id), &request.occasion()).await;
        match declined.map_err(Failure::<NotAccepted>::from)? {
            Ok(_) => Ok(Reply::no_content()),
            Err(_) => Err(unknown()),
        }
    }

    /// Has the email sent again to the invited address.
    pub(crate) async fn resend_mine(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let caller = request.caller()?;
        let idempotency = request.idempotency(&caller)?;
        let user = self.user(&caller, request.now()).await?;
        let invitation = self.mine(&user, request).await?;
        if matches!(invitation.delivery.status, DeliveryStatus::Bounced | DeliveryStatus::Complained) {
            return Err(NotSentAgain::Undeliverable.into());
        }
        let view =
            SentAgainView { invitation_id: invitation.id.to_string(), expires_at: invitation.expires_at.to_string() };
        let once = Once::new(Reply::with(202, &view)?, idempotency, request.now());
        let occasion = request.occasion();
        let limit = self.emails_per_address;
        let written = self.table.send_invitation_again(&invitation, &user.id, limit, once.record(), &occasion).await;
        match written.map_err(Failure::<NotAccepted>::from)? {
            Ok(committed) => Ok(once.settle(committed)),
            Err(refused) if refused.contains(SendAgainCheck::Invitation) => Err(NotSentAgain::Gone.into()),
            Err(refused) if refused.contains(SendAgainCheck::Inviter) => Err(NotSentAgain::InviterLostAuthority.into()),
            Err(_) => Err(NotSentAgain::TooMany(occasion.at.until_tomorrow()).into()),
        }
    }

    async fn user(&self, caller: &Caller, now: Timestamp) -> Result<User, Problem> {
        Ok(self.identity(caller, now).await?.into_user(caller.user_id.clone(), now))
    }

    /// The pending invitation that the path names, if it is the user's.
    async fn mine(&self, user: &User, request: &ApiRequest) -> Result<Invitation, Problem> {
        if !user.email_verified {
            return Err(NotAccepted::NotVerified.into());
        }
        let id = request.invitation_id();
        self.table.my_invitation(&user.email.key(), request.now(), id).await?.ok_or_else(unknown)
    }

    /// The answer to the same request before, for a user who is still a member (I7, I9).
    async fn answered(
        &self,
        caller: &Caller,
        idempotency: Option<&Idempotency>,
        now: Timestamp,
    ) -> Result<Option<Reply>, Problem> {
        let Some(asked) = idempotency else { return Ok(None) };
        let Some(kept) = self.table.answered(asked.location()).await? else { return Ok(None) };
        let Some(answer) = kept.replay(asked.fingerprint(), now).map_err(Failure::<NotAccepted>::from)? else {
            return Ok(None);
        };
        let Some(organization) = answer.membership() else { return Ok(None) };
        let memberships = self.table.memberships(&caller.user_id, &[organization]).await?;
        Ok((!memberships.is_empty()).then(|| answer.into()))
    }
}
