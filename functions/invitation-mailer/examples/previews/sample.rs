//! Made-up mails, for the previews and for the snapshots.

use shared::domain::{
    Delivery, DeliveryStatus, Invitation, InvitationId, InvitationMessage, InvitationState, InvitationToken, Member,
    Metadata, Organization, OrganizationId, OrganizationStatus, PersonName, RoleSet, SubmittedDetails, Timestamp,
    UserId, Version,
};
use uuid::Uuid;

/// Everything that a mail is about.
pub(crate) struct Sample {
    pub(crate) organization: Organization,
    pub(crate) invitation: Invitation,
    pub(crate) inviter: Member,
    /// The invited person after accepting.
    pub(crate) joined: Member,
    pub(crate) token: InvitationToken,
}

impl Sample {
    pub(crate) fn new(organization: &str, message: Option<&str>, person: Option<&str>) -> Self {
        let id = Uuid::from_u128(0x0190_a6a4_7b3c_7def_8123_4567_89ab_cdef);
        let now: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
        let (organization_id, invitation_id) = (OrganizationId::new(id), InvitationId::new(id));
        let roles = RoleSet::parse(["user_admin", "billing_admin"]).unwrap();
        let user: UserId = "u-1".parse().unwrap();
        let member = |email: &str, roles| Member {
            organization_id,
            user_id: user.clone(),
            email: email.parse().unwrap(),
            name: person.and_then(|name| PersonName::parse(name).ok()),
            locale: None,
            roles,
            joined_at: now,
            changed_at: None,
            version: Version::new(id),
        };
        Self {
            organization: Organization {
                id: organization_id,
                details: SubmittedDetails { name: Some(organization.to_owned()), ..SubmittedDetails::default() }
                    .parse()
                    .unwrap(),
                metadata: Metadata::default(),
                status: OrganizationStatus::Active,
                created_at: now,
                created_by: user.clone(),
                version: Version::new(id),
            },
            invitation: Invitation {
                id: invitation_id,
                organization_id,
                email: "eve@example.com".parse().unwrap(),
                roles,
                invited_by: user.clone(),
                inviter_name: None,
                inviter_username: None,
                message: message.map(|text| InvitationMessage::parse(text).unwrap()),
                locale: None,
                created_at: now,
                expires_at: now.plus_days(7),
                state: InvitationState::Pending,
                delivery: Delivery { status: DeliveryStatus::Queued, reason: None, at: now },
                secret_hashes: Vec::new(),
                expired_hashes: Vec::new(),
                workspaces: Vec::new(),
            },
            inviter: member("ada@example.com", RoleSet::ORGANIZATION_ADMIN),
            joined: member("eve@example.com", roles),
            token: InvitationToken::new(organization_id, invitation_id, [7; 32]),
        }
    }
}
