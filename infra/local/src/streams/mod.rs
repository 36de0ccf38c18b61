//! The table's stream and the functions that read it.

mod delivery;
mod filter;
mod poller;
mod positions;
mod source;

pub(crate) use delivery::DeadLetters;
pub(crate) use filter::{check_filters, matches};
pub(crate) use poller::{Poller, Reading};
pub(crate) use positions::Positions;
pub(crate) use source::TableStream;

#[cfg(test)]
mod tests;
