use shared::table::StoreError;

/// What a run, or a part of one, did.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// Invitations whose expiry was materialized.
    pub(crate) expired: usize,
    /// Reminders that the mailer sends.
    pub(crate) reminded: usize,
    /// Invitations that no run can end, because an item of theirs is damaged.
    pub(crate) skipped: usize,
    /// Invitations that the next run has to look at again.
    pub(crate) left: usize,
    /// The first error that is neither throttling nor a conflict.
    pub(crate) malfunction: Option<StoreError>,
}

impl Counts {
    /// Of a write that failed. Throttling and conflicts pass, so they are no malfunction.
    pub(crate) fn of(error: StoreError) -> Self {
        let malfunction = matches!(error, StoreError::Unexpected(_)).then_some(error);
        Self { malfunction, ..Self::default() }
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.expired += other.expired;
        self.reminded += other.reminded;
        self.skipped += other.skipped;
        self.left += other.left;
        self.malfunction = self.malfunction.take().or(other.malfunction);
    }

    /// # Errors
    /// When something is wrong that does not pass by itself.
    pub(crate) fn failed(self) -> Result<(), StoreError> {
        self.malfunction.map_or(Ok(()), Err)
    }
}
