/// What a JSON merge patch (RFC 7396) says of one field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Patch<T> {
    /// The field is absent: its value stays.
    #[default]
    Keep,
    /// The field is `null`: its value goes.
    Clear,
    Set(T),
}

impl<T> Patch<T> {
    /// The value after the patch. `parse` checks a new value only: a value that was stored before a rule existed stays.
    pub fn applied<U, E>(self, current: Option<U>, parse: impl FnOnce(T) -> Result<U, E>) -> Result<Option<U>, E> {
        match self {
            Self::Keep => Ok(current),
            Self::Clear => Ok(None),
            Self::Set(value) => parse(value).map(Some),
        }
    }
}
