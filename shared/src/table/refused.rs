use crate::items::{Attributes, Corrupt, Item};

/// The failed conditions of a write, with the items that they evaluated.
#[derive(Debug)]
pub struct Refused<C>(Vec<(C, Option<Attributes>)>);

/// The result of one condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found<T> {
    /// The condition holds.
    HeldUp,
    /// The item does not exist.
    Missing,
    /// The condition does not hold for this item.
    Was(T),
}

impl<T> Found<T> {
    /// The item for which the condition failed, if there is one.
    pub fn was(self) -> Option<T> {
        match self {
            Self::Was(item) => Some(item),
            Self::HeldUp | Self::Missing => None,
        }
    }
}

impl<C: Copy + PartialEq> Refused<C> {
    /// Creates the result from at least one failed condition.
    pub(super) fn new(failed: Vec<(C, Option<Attributes>)>) -> Self {
        Self(failed)
    }

    /// The result of `condition`, with the item as its domain type.
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

    /// Whether `condition` failed.
    pub fn contains(&self, condition: C) -> bool {
        self.0.iter().any(|(refused, _)| *refused == condition)
    }
}

pub(super) fn decoded<I: Item, T: TryFrom<I, Error: Into<Corrupt>>>(attributes: &Attributes) -> Result<T, Corrupt> {
    T::try_from(I::from_attributes(attributes.clone())?).map_err(Into::into)
}
