use shared::feedback::Feedback;

/// The outcome of an event of SES.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// SES tries to deliver the email again.
    Delayed,
    /// The recipient's server accepted the email.
    Delivered,
    /// SES did not send the email.
    Failed,
    Bounced,
    /// The recipient reported the email as spam.
    Complained,
    /// The event changes nothing: it is about an earlier email, the invitation is gone or has a reply, or a later event is
    /// stored already.
    NotWanted,
    /// The event is about no invitation, or unreadable.
    Skipped,
}

impl Outcome {
    pub const ALL: [Self; 7] =
        [Self::Delayed, Self::Delivered, Self::Failed, Self::Bounced, Self::Complained, Self::NotWanted, Self::Skipped];

    /// The name of the outcome in the log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Delayed => "delayed",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Bounced => "bounced",
            Self::Complained => "complained",
            Self::NotWanted => "not_wanted",
            Self::Skipped => "skipped",
        }
    }
}

impl From<&Feedback> for Outcome {
    fn from(feedback: &Feedback) -> Self {
        match feedback {
            Feedback::Delayed(_) => Self::Delayed,
            Feedback::Delivered => Self::Delivered,
            Feedback::Failed(_) => Self::Failed,
            Feedback::Returned(_) | Feedback::Bounced(_) => Self::Bounced,
            Feedback::Complained(_) => Self::Complained,
        }
    }
}
