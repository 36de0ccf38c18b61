//! invitation-mailer
