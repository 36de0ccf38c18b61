//! The model of organizations that every function shares.
