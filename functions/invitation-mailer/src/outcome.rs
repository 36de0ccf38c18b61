use shared::metrics::Metric;

/// What became of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// SES took it.
    Sent,
    /// Sent before, replaced by a newer one, or in the hands of another process.
    NotWanted,
    /// It will not be sent; the invitation says why.
    Failed,
    /// It waits in the table and is tried again.
    Waiting,
    /// It was not tried: mails of its organization wait already, and it joins them.
    Joined,
    /// The record asks for no mail, or for one that nobody could find.
    Skipped,
}

impl Outcome {
    pub const ALL: [Self; 6] = [Self::Sent, Self::NotWanted, Self::Failed, Self::Waiting, Self::Joined, Self::Skipped];

    /// For the log.
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

    /// For whoever is on call.
    pub(crate) const fn metric(self) -> Option<Metric> {
        match self {
            Self::Sent => Some(Metric::MailsSent),
            Self::Failed => Some(Metric::MailsFailed),
            Self::Waiting => Some(Metric::MailsRetried),
            Self::NotWanted | Self::Joined | Self::Skipped => None,
        }
    }
}
