use crate::items::{Attributes, Corrupt, Item};

/// Which of a write's conditions did not hold, and the items as they were.
#[derive(Debug)]
pub struct Refused<C>(Vec<(C, Option<Attributes>)>);

/// What one condition found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found<T> {
    /// What it asks for.
    HeldUp,
    /// No item at all.
    Missing,
    /// An item of which it does not hold.
    Was(T),
}

impl<T> Found<T> {
    /// The item that stood against the write.
    pub fn was(self) -> Option<T> {
        match self {
            Self::Was(item) => Some(item),
            Self::HeldUp | Self::Missing => None,
        }
    }
}

impl<C: Copy + PartialEq> Refused<C> {
    /// `failed`: at least one.
    pub(super) fn new(failed: Vec<(C, Option<Attributes>)>) -> Self {
        Self(failed)
    }

    /// What `condition` found, as the domain has it.
    ///
    /// # Errors
    /// When the item cannot be read.
    pub fn found<I: Item, T: TryFrom<I, Error: Into<Corrupt>>>(&self, condition: C) -> Result<Found<T>, Corrupt> {
        match self.0.iter().find(|(refused, _)| *refused == condition) {
            None => Ok(Found::HeldUp),
            Some((_, None)) => Ok(Found::Missing),
            Some((_, Some(attributes))) => decoded(attributes).map(Found::Was),
        }
    }

    /// Whether `condition` is among them.
    pub fn contains(&self, condition: C) -> bool {
        self.0.iter().any(|(refused, _)| *refused == condition)
    }
}

pub(super) fn decoded<I: Item, T: TryFrom<I, Error: Into<Corrupt>>>(attributes: &Attributes) -> Result<T, Corrupt> {
    T::try_from(I::from_attributes(attributes.clone())?).map_err(Into::into)
}
