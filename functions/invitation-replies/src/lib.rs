//! invitation-replies
