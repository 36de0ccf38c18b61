use super::{
    Days, EmailAddress, InvitationId, InvitationMessage, Locale, OrganizationId, PersonName, RoleSet, Timestamp,
    UserId, WorkspaceGrant, named,
};

/// How many invitations and emails a day (R24).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvitationLimits {
    /// Of one organization.
    pub organization: u32,
    /// Of one inviter in it.
    pub inviter: u32,
    /// Emails to one address, of all organizations together.
    pub address: u32,
}

/// What an inviter asks for.
#[derive(Clone, Debug)]
pub struct InvitationTerms {
    pub email: EmailAddress,
    pub roles: RoleSet,
    /// For how long.
    pub expires_in: Days,
    pub message: Option<InvitationMessage>,
    /// In which language.
    pub locale: Option<Locale>,
    /// How the link reaches the invited person.
    pub channel: DeliveryChannel,
    /// The workspaces that the person gets access to (R23).
    pub workspaces: Vec<WorkspaceGrant>,
}

/// How the link of an invitation reaches the invited person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DeliveryChannel {
    /// In an email to the invited address.
    #[default]
    Email,
    /// The inviter passes it on: the one response that creates or resends the invitation carries it (R14).
    Link,
}

impl DeliveryChannel {
    pub const ALL: [Self; 2] = [Self::Email, Self::Link];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Link => "link",
        }
    }

    /// The delivery that an invitation starts with.
    pub fn begins(self, at: Timestamp) -> Delivery {
        let status = match self {
            Self::Email => DeliveryStatus::Queued,
            Self::Link => DeliveryStatus::Link,
        };
        Delivery { status, reason: None, at }
    }
}

named!(DeliveryChannel);

/// An offer to one address to join one organization (R13).
#[derive(Clone, Debug)]
pub struct Invitation {
    pub id: InvitationId,
    pub organization_id: OrganizationId,
    pub email: EmailAddress,
    pub roles: RoleSet,
    pub invited_by: UserId,
    /// What the inviter was called when the mail was written; unknown until then.
    pub inviter_name: Option<PersonName>,
    /// What Cognito's API calls the inviter, where that is not the inviter's id.
    pub inviter_username: Option<String>,
    /// Words of the inviter's own.
    pub message: Option<InvitationMessage>,
    /// The language that the mail is wanted in.
    pub locale: Option<Locale>,
    pub created_at: Timestamp,
    /// From when on it is refused (I10).
    pub expires_at: Timestamp,
    /// What was done with it.
    pub state: InvitationState,
    /// What became of the mail (R15).
    pub delivery: Delivery,
    /// Hashes of the secrets that open it: more than one after another try of an email or after a resend.
    pub secret_hashes: Vec<String>,
    /// Hashes of secrets that opened it until it expired once. A link with one of them is told that it has expired.
    pub expired_hashes: Vec<String>,
    /// The workspaces that the acceptance gives access to, as far as they still exist (R23).
    pub workspaces: Vec<WorkspaceGrant>,
}

/// What was done with an invitation. Expiry is not among it: it is a matter of the clock (I10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvitationState {
    /// Nothing yet.
    Pending,
    Accepted,
    Declined,
    Revoked,
    /// It was found expired and its seat was given back.
    Expired,
}

/// What an invitation is at some instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvitationStatus {
    /// It can be accepted.
    Pending,
    /// It was.
    Accepted,
    /// It was not wanted.
    Declined,
    /// It was taken back.
    Revoked,
    /// Its time is over.
    Expired,
}

impl InvitationState {
    pub const ALL: [Self; 5] = [Self::Pending, Self::Accepted, Self::Declined, Self::Revoked, Self::Expired];

    pub const fn name(self) -> &'static str {
        self.as_status().name()
    }

    const fn as_status(self) -> InvitationStatus {
        match self {
            Self::Pending => InvitationStatus::Pending,
            Self::Accepted => InvitationStatus::Accepted,
            Self::Declined => InvitationStatus::Declined,
            Self::Revoked => InvitationStatus::Revoked,
            Self::Expired => InvitationStatus::Expired,
        }
    }
}

named!(InvitationState);

impl InvitationStatus {
    pub const ALL: [Self; 5] = [Self::Pending, Self::Accepted, Self::Declined, Self::Revoked, Self::Expired];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
        }
    }
}

impl Invitation {
    /// What Cognito's API calls the inviter.
    pub fn inviter_username(&self) -> &str {
        self.inviter_username.as_deref().unwrap_or(self.invited_by.as_str())
    }

    /// What it is at `now`: expired from the very instant of expiry, whatever the table says (I10).
    pub fn status(&self, now: Timestamp) -> InvitationStatus {
        match self.state {
            InvitationState::Pending if now >= self.expires_at => InvitationStatus::Expired,
            state => state.as_status(),
        }
    }
}

/// What became of an invitation's mail (R15).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// How far it came.
    pub status: DeliveryStatus,
    /// Why not further.
    pub reason: Option<String>,
    pub at: Timestamp,
}

/// How far a mail came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryStatus {
    /// Committed, not yet taken up.
    Queued,
    /// Taken up by the mailer; SES has not accepted it yet. On the wire it is still `queued`.
    Sending,
    /// SES accepted it.
    Sent,
    /// The recipient's server accepted it.
    Delivered,
    Bounced,
    /// The recipient reported it as spam.
    Complained,
    /// SES refused it for good.
    Failed,
    /// No email: the inviter has the link.
    Link,
}

impl DeliveryStatus {
    pub const ALL: [Self; 8] = [
        Self::Queued,
        Self::Sending,
        Self::Sent,
        Self::Delivered,
        Self::Bounced,
        Self::Complained,
        Self::Failed,
        Self::Link,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Bounced => "bounced",
            Self::Complained => "complained",
            Self::Failed => "failed",
            Self::Link => "link",
        }
    }

    pub const fn public_name(self) -> &'static str {
        match self {
            Self::Sending => Self::Queued.name(),
            other => other.name(),
        }
    }
}

named!(DeliveryStatus);
