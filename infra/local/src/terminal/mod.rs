//! What people read on a terminal. Styles are always written; who prints them takes them out where no terminal is.

mod lines;
mod ready;

pub(crate) use lines::Pretty;
