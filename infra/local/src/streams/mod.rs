//! The table's stream and the functions that read it.

pub(crate) mod filter;
