//! What the rules answer to a request.

use shared::domain::{DeliveryChannel, InvitationState, InvitationStatus, Permission};

use super::{
    answer::{Answer, Given, answered},
    model::{DAY, Email, Holder, Invitation, MOST_SECRETS, Model},
    operation::{Link, Operation},
};

impl Email {
    fn begins(channel: DeliveryChannel, since: i64) -> Self {
        match channel {
            DeliveryChannel::Email => Self::Queued { since },
            DeliveryChannel::Link => Self::Link,
        }
    }
}

impl Invitation {
    /// Hands out another link that opens it.
    pub(super) fn add_link(&mut self) {
        self.good.push(self.links);
        self.links += 1;
        keep_latest(&mut self.good);
    }

    fn shown(&self, status: u16) -> Answer {
        Answer { expires: Some(self.expires), roles: Some(self.roles.names()), ..Answer::new(status, "") }
    }
}

fn keep_latest(links: &mut Vec<usize>) {
    links.drain(..links.len().saturating_sub(MOST_SECRETS));
}

impl Model {
    /// `None` for what is no request.
    pub(crate) fn answer(&mut self, operation: Operation) -> Option<Answer> {
        let given = match operation {
            Operation::Invite { actor, invited, roles, channel, days } => {
                let expires = self.now + days * DAY;
                let email = Email::begins(channel, self.now);
                let state = InvitationState::Pending;
                let (good, over) = (Vec::new(), Vec::new());
                self.invite(
                    Invitation {
                        invited,
                        inviter: actor,
                        roles,
                        state,
                        expires,
                        email,
                        is_out: false,
                        links: 0,
                        good,
                        over,
                    },
                    channel,
                )
            }
            Operation::Resend { actor, which, channel, days, confirms } => {
                self.resend(actor, which, channel, days, confirms)
            }
            Operation::Revoke { actor, which } => self.revoke(actor, which),
            Operation::Preview(link) => self.preview(link),
            Operation::Accept(user, link) => self.accept(self.person(user, link.which), link),
            Operation::Decline(link) => self.decline(link),
            Operation::AcceptInApp(user, which) => self.accept_in_app(self.person(user, which), which),
            Operation::DeclineInApp(user, which) => self.decline_in_app(self.person(user, which), which),
            Operation::ResendToMe(user, which) => self.resend_to_me(self.person(user, which), which),
            Operation::SetRoles(actor, target, roles) => self.changed(|model| model.set_roles(actor, target, roles)),
            Operation::Remove(actor, target) => self.changed(|model| model.remove(actor, target)),
            Operation::List(actor, status) => self.list(actor, status),
            Operation::ListMine(user) => self.list_mine(user),
            Operation::Deliver(..)
            | Operation::Schedule
            | Operation::Report(..)
            | Operation::Sweep
            | Operation::Pass(_) => return None,
        };
        Some(given.unwrap_or_else(|refusal| refusal))
    }

    fn changed(
        &mut self,
        change: impl FnOnce(&mut crate::model::members::Members) -> Result<u16, crate::model::members::Problem>,
    ) -> Given {
        let status = change(&mut self.members)?;
        answered(status, "")
    }

    fn invite(&mut self, mut invitation: Invitation, channel: DeliveryChannel) -> Given {
        let Invitation { invited, inviter, roles, .. } = invitation;
        self.members.may_grant(inviter, roles)?;
        let replaced = match self.holder(invited) {
            Some(Holder::Member(_)) => return answered(409, "already-a-member"),
            Some(Holder::Invitation(held)) if self.status(held) == InvitationStatus::Expired => {
                Some((held, InvitationState::Expired))
            }
            // Nobody could accept it any more (I15).
            Some(Holder::Invitation(held)) if self.inviter_may(&self.invitations[held]).is_err() => {
                Some((held, InvitationState::Revoked))
            }
            Some(Holder::Invitation(_)) => return answered(409, "invitation-already-pending"),
            None => None,
        };
        self.make_room(inviter, invited, channel, replaced.is_none())?;
        if let Some((held, state)) = replaced {
            self.invitations[held].state = state;
        }
        if channel == DeliveryChannel::Link {
            invitation.add_link();
        }
        let answer = invitation.shown(201);
        self.invitations.push(invitation);
        Ok(answer)
    }

    fn to_change(&self, actor: usize, which: usize) -> Result<usize, Answer> {
        self.members.may(actor, Permission::MANAGE_USERS)?;
        Ok(self.nth(which).ok_or((404, "invitation-not-found"))?)
    }

    fn resend(&mut self, actor: usize, which: usize, channel: DeliveryChannel, days: i64, confirms: bool) -> Given {
        let index = self.to_change(actor, which)?;
        let before = self.invitations[index].clone();
        match before.state {
            InvitationState::Accepted => return answered(409, "invitation-already-accepted"),
            InvitationState::Declined => return answered(410, "invitation-declined"),
            InvitationState::Revoked => return answered(410, "invitation-revoked"),
            InvitationState::Pending | InvitationState::Expired => {}
        }
        if before.email.is_undeliverable() && channel == DeliveryChannel::Email && !confirms {
            return answered(409, "address-undeliverable");
        }
        self.members.may_grant(actor, before.roles)?;
        let uses_a_seat = before.state == InvitationState::Expired;
        match self.holder(before.invited) {
            Some(Holder::Member(_)) => return answered(409, "already-a-member"),
            Some(Holder::Invitation(held)) if held != index => {
                if self.status(held) == InvitationStatus::Pending {
                    return answered(409, "invitation-already-pending");
                }
                self.reclaim();
            }
            Some(Holder::Invitation(_)) | None => {}
        }
        self.make_room(actor, before.invited, channel, uses_a_seat)?;
        let now = self.now;
        let invitation = &mut self.invitations[index];
        (invitation.inviter, invitation.state) = (actor, InvitationState::Pending);
        (invitation.expires, invitation.email) = (now + days * DAY, Email::begins(channel, now));
        invitation.is_out = false;
        if before.expires <= now {
            invitation.over.append(&mut invitation.good);
            keep_latest(&mut invitation.over);
        }
        if channel == DeliveryChannel::Link {
            invitation.add_link();
        }
        Ok(invitation.shown(202))
    }

    fn revoke(&mut self, actor: usize, which: usize) -> Given {
        let index = self.to_change(actor, which)?;
        match self.invitations[index].state {
            InvitationState::Accepted => return answered(409, "invitation-already-accepted"),
            InvitationState::Declined => return answered(410, "invitation-declined"),
            InvitationState::Revoked => return answered(204, ""),
            InvitationState::Pending | InvitationState::Expired => {}
        }
        self.members.may_grant(actor, self.invitations[index].roles)?;
        self.invitations[index].state = InvitationState::Revoked;
        answered(204, "")
    }

    /// The invitation that a link opens, or why it opens none.
    fn opened(&self, link: Link) -> Result<usize, Answer> {
        let (index, link) = match self.link(link) {
            Some((index, Some(link))) => (index, link),
            Some((_, None)) | None => return Err((404, "invitation-not-found").into()),
        };
        let Invitation { good, over, .. } = &self.invitations[index];
        let status = match self.status(index) {
            _ if !good.contains(&link) && !over.contains(&link) => return Err((404, "invitation-not-found").into()),
            InvitationStatus::Pending if over.contains(&link) => InvitationStatus::Expired,
            status => status,
        };
        match status {
            InvitationStatus::Pending => Ok(index),
            InvitationStatus::Accepted => Err((409, "invitation-already-accepted").into()),
            InvitationStatus::Declined => Err((410, "invitation-declined").into()),
            InvitationStatus::Revoked => Err((410, "invitation-revoked").into()),
            InvitationStatus::Expired => Err((410, "invitation-expired").into()),
        }
    }

    fn preview(&self, link: Link) -> Given {
        Ok(self.invitations[self.opened(link)?].shown(200))
    }

    fn accept(&mut self, user: usize, link: Link) -> Given {
        let index = self.opened(link)?;
        if self.invitations[index].invited != user {
            return answered(403, "invitation-for-another-address");
        }
        self.join(user, index)
    }

    fn join(&mut self, user: usize, index: usize) -> Given {
        if self.inviter_may(&self.invitations[index]).is_err() {
            return answered(409, "inviter-lost-authority");
        }
        let invitation = &mut self.invitations[index];
        invitation.state = InvitationState::Accepted;
        self.members.join(user, invitation.roles);
        Ok(Answer { roles: Some(invitation.roles.names()), ..Answer::new(200, "") })
    }

    fn decline(&mut self, link: Link) -> Given {
        match self.opened(link) {
            Ok(index) => self.invitations[index].state = InvitationState::Declined,
            Err(refusal) if refusal.code == "invitation-declined" => {}
            Err(refusal) => return Err(refusal),
        }
        answered(204, "")
    }

    /// The user's own pending invitation.
    fn own(&self, user: usize, which: usize) -> Result<usize, Answer> {
        let index = self.nth(which).filter(|index| self.mine(user).any(|mine| mine == *index));
        Ok(index.ok_or((404, "invitation-not-found"))?)
    }

    fn accept_in_app(&mut self, user: usize, which: usize) -> Given {
        let index = self.own(user, which)?;
        self.join(user, index)
    }

    fn decline_in_app(&mut self, user: usize, which: usize) -> Given {
        let index = self.own(user, which)?;
        self.invitations[index].state = InvitationState::Declined;
        answered(204, "")
    }

    fn resend_to_me(&mut self, user: usize, which: usize) -> Given {
        let index = self.own(user, which)?;
        let invitation = &self.invitations[index];
        if invitation.email.is_undeliverable() {
            return answered(409, "address-undeliverable");
        }
        if self.inviter_may(invitation).is_err() {
            return answered(409, "inviter-lost-authority");
        }
        let sent = self.mailbox.get(&(user, self.now / DAY)).copied().unwrap_or_default();
        if sent >= self.limits.address {
            return self.until_tomorrow();
        }
        self.count_email(user);
        let since = self.now;
        let invitation = &mut self.invitations[index];
        (invitation.email, invitation.is_out) = (Email::Queued { since }, false);
        Ok(Answer { expires: Some(invitation.expires), ..Answer::new(202, "") })
    }
}
