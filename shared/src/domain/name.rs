/// The text is not the name of a value of the enum.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("is not a known name")]
pub struct UnknownName;

/// Implements `Display` and `FromStr` by `name`, for an enum that lists its values in `ALL`.
macro_rules! named {
    ($type:ty) => {
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }

        impl std::str::FromStr for $type {
            type Err = $crate::domain::UnknownName;

            fn from_str(text: &str) -> Result<Self, $crate::domain::UnknownName> {
                Self::ALL.into_iter().find(|value| value.name() == text).ok_or($crate::domain::UnknownName)
            }
        }
    };
}

pub(crate) use named;
