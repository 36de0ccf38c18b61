//! `/me/invitations`: what a signed-in user can do whose verified address was invited, without the link.

use jiff::SignedDuration;
use serde::Serialize;
use shared::{
    domain::{DeliveryStatus, Invitation, InvitationStatus, Member, PersonName, Timestamp, User},
    failure::Failure,
    http::{ApiRequest, Caller, Code, Cursor, Idempotency, Once, PageView, Problem, Reply},
    items::{Answer, InvitationItem, listing},
    table::{Found, MyInvitation, Occasion, Page, Refused, SendAgainCheck, StoreError, TRIES},
};

use crate::{
    InvitationReplies, MembershipView,
    accept::{Joined, Joining, NotAccepted, join},
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
                "The last email to your address did not arrive. Ask the person who invited you to confirm your address and resend the invitation.",
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
        if let Some(answer) = self.joined_before(&caller, idempotency.as_ref(), request.now()).await? {
            return Ok(answer);
        }
        let user = self.user(&caller, request.now()).await?;
        let mut invitation = match self.mine(&user, request).await {
            Ok(invitation) => Box::new(invitation),
            // The same request may have joined since the first look.
            Err(problem) => {
                let before = self.joined_before(&caller, idempotency.as_ref(), request.now()).await?;
                return before.ok_or(problem);
            }
        };
        let reply = |member: &Member| Reply::ok(&MembershipView::from(member));
        for _ in 0..TRIES {
            let joining = Joining { invitation: &invitation, user: &user, idempotency: idempotency.clone() };
            match join(&self.table, self, joining, reply, &request.occasion()).await? {
                Joined::Now(reply) => return Ok(reply),
                // The index was behind the table.
                Joined::Resent(current) => invitation = current,
            }
        }
        Err(StoreError::contended("the invitation keeps changing").into())
    }

    /// Declines. Without an idempotency key, asking again finds nothing to decline.
    pub(crate) async fn decline_mine(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let caller = request.caller()?;
        let idempotency = request.idempotency(&caller)?;
        if let Some(answer) = self.answered(idempotency.as_ref(), request.now()).await? {
            return Ok(answer.into());
        }
        let user = self.user(&caller, request.now()).await?;
        let invitation = self.mine(&user, request).await?;
        let once = Once::new(Reply::no_content(), idempotency, request.now());
        let occasion = request.occasion();
        let declined = self.table.decline_invitation(&invitation, Some(&user.id), once.record(), &occasion).await;
        match declined.map_err(Failure::<NotAccepted>::from)? {
            Ok(committed) => Ok(once.settle(committed)),
            Err(_) => Err(unknown()),
        }
    }

    /// Has the email sent again to the invited address.
    pub(crate) async fn resend_mine(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let caller = request.caller()?;
        let idempotency = request.idempotency(&caller)?;
        if let Some(answer) = self.answered(idempotency.as_ref(), request.now()).await? {
            return Ok(answer.into());
        }
        let user = self.user(&caller, request.now()).await?;
        let mut invitation = self.mine(&user, request).await?;
        let occasion = request.occasion();
        let limit = self.emails_per_address;
        for _ in 0..TRIES {
            if matches!(invitation.delivery.status, DeliveryStatus::Bounced | DeliveryStatus::Complained) {
                return Err(NotSentAgain::Undeliverable.into());
            }
            let view = SentAgainView {
                invitation_id: invitation.id.to_string(),
                expires_at: invitation.expires_at.to_string(),
            };
            let once = Once::new(Reply::with(202, &view)?, idempotency.clone(), request.now());
            let written =
                self.table.send_invitation_again(&invitation, &user.id, limit, once.record(), &occasion).await;
            match written.map_err(Failure::<NotAccepted>::from)? {
                Ok(committed) => return Ok(once.settle(committed)),
                Err(refused) => invitation = resent(&refused, &occasion)?,
            }
        }
        Err(StoreError::contended("the invitation keeps changing").into())
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

    /// The answer to the same request before (I9).
    async fn answered(&self, idempotency: Option<&Idempotency>, now: Timestamp) -> Result<Option<Answer>, Problem> {
        let Some(asked) = idempotency else { return Ok(None) };
        let Some(kept) = self.table.answered(asked.location()).await? else { return Ok(None) };
        Ok(kept.replay(asked.fingerprint(), now).map_err(Failure::<NotAccepted>::from)?)
    }

    /// The membership that the same request was answered with, for a user who is still a member (I7).
    async fn joined_before(
        &self,
        caller: &Caller,
        idempotency: Option<&Idempotency>,
        now: Timestamp,
    ) -> Result<Option<Reply>, Problem> {
        let Some(answer) = self.answered(idempotency, now).await? else { return Ok(None) };
        let Some(organization) = answer.membership() else { return Ok(None) };
        let memberships = self.table.memberships(&caller.user_id, &[organization]).await?;
        Ok((!memberships.is_empty()).then(|| answer.into()))
    }
}

/// The invitation as it is now, if it was only resent since the index showed it.
fn resent(refused: &Refused<SendAgainCheck>, occasion: &Occasion) -> Result<Invitation, Failure<NotSentAgain>> {
    let reason = match refused.found::<InvitationItem, Invitation>(SendAgainCheck::Invitation)? {
        Found::Was(invitation) if invitation.status(occasion.at) == InvitationStatus::Pending => return Ok(invitation),
        Found::Was(_) | Found::Missing => NotSentAgain::Gone,
        Found::HeldUp if refused.contains(SendAgainCheck::Inviter) => NotSentAgain::InviterLostAuthority,
        Found::HeldUp => NotSentAgain::TooMany(occasion.at.until_tomorrow()),
    };
    Err(Failure::Reason(reason))
}
