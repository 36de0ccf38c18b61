use shared::metrics::Metric;

/// The outcome of an attempt to send an email.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// SES accepted the email.
    Sent,
    /// The email was sent before, was replaced by a newer one, or another process has claimed it.
    NotWanted,
    /// The email will not be sent. The invitation has the reason.
    Failed,
    /// The email waits in the table for the next attempt.
    Waiting,
    /// There was no attempt, because emails of the same organization wait already. The email waits with them.
    Joined,
    /// The record has no email, or one that does not exist.
    Skipped,
}

impl Outcome {
    pub const ALL: [Self; 6] = [Self::Sent, Self::NotWanted, Self::Failed, Self::Waiting, Self::Joined, Self::Skipped];

    /// The name of the outcome in the log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::NotWanted => "not_wanted",
            Self::Failed => "failed",
            Self::Waiting => "waiting",
            Self::Joined => "joined",
            Self::Skipped => "skipped",
        }
    }

    /// The metric of the outcome, if it has one.
    pub(crate) const fn metric(self) -> Option<Metric> {
        match self {
            Self::Sent => Some(Metric::MailsSent),
            Self::Failed => Some(Metric::MailsFailed),
            Self::Waiting => Some(Metric::MailsRetried),
            Self::NotWanted | Self::Joined | Self::Skipped => None,
        }
    }
}
