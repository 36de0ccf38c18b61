use shared::{
    domain::{DeliveryStatus, InvitationToken},
    metrics::Metric,
    post_office::{NotTaken, PostOffice},
    table::{MailRequest, StoreError, Table},
};

use crate::mail::{MailSettings, invitation_mail};

/// How often a mail is taken up before it counts as failed. The stream gives up at about the same time; this makes it
/// visible on the invitation (I8).
const ATTEMPTS: u32 = 10;

/// What became of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    Now,
    /// It is not wanted any more: sent before, answered, revoked, expired, or a newer one is on its way.
    NotWanted,
    /// SES refused it for good; the invitation says why.
    Failed,
}

impl Sent {
    /// For the log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Now => "sent",
            Self::NotWanted => "not_wanted",
            Self::Failed => "failed",
        }
    }

    /// For whoever is on call.
    pub(crate) const fn metric(self) -> Option<Metric> {
        match self {
            Self::Now => Some(Metric::MailsSent),
            Self::NotWanted => None,
            Self::Failed => Some(Metric::MailsFailed),
        }
    }
}

/// Why the mail has to be tried again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SendError {
    /// SES does not take it now.
    #[error("the mail was not taken")]
    Refused(#[source] NotTaken),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the mail could not be written")]
    Template(#[source] askama::Error),
}

/// Sends one mail, at least once: the hash of a fresh secret is stored before the secret leaves, the mail is marked after SES
/// took it. After a crash in between it is sent again with another secret, and both are good.
///
/// # Errors
/// When the stream is to deliver the record again.
pub(crate) async fn send(
    table: &Table,
    settings: &MailSettings,
    post_office: &dyn PostOffice,
    request: &MailRequest,
) -> Result<Sent, SendError> {
    let environment = table.environment();
    let token = InvitationToken::new(request.organization, request.invitation, environment.random_bytes());
    let Some(claimed) = table.claim_mail(request, &token.hash(), environment.now()).await? else {
        return Ok(Sent::NotWanted);
    };
    let inviter = claimed.inviter.as_ref();
    let mail = invitation_mail(settings, &claimed.invitation, &claimed.organization, inviter, &token)
        .map_err(SendError::Template)?;
    let refused = match post_office.post(&claimed.invitation.email, mail).await {
        Ok(()) => {
            table.mark_mail(request, DeliveryStatus::Sent, None, inviter, environment.now()).await?;
            return Ok(Sent::Now);
        }
        Err(NotTaken::ForNow(_)) if claimed.attempts >= ATTEMPTS => {
            NotTaken::ForGood("SES did not take the mail in ten attempts".to_owned())
        }
        Err(refused) => refused,
    };
    match refused {
        NotTaken::ForGood(reason) => {
            table.mark_mail(request, DeliveryStatus::Failed, Some(&reason), inviter, environment.now()).await?;
            Ok(Sent::Failed)
        }
        refused @ NotTaken::ForNow(_) => Err(SendError::Refused(refused)),
    }
}
