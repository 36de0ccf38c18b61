use serde::{Deserialize, Serialize};

use super::{Item, Key, Text};
use crate::domain::Timestamp;

/// How far the sweeper has come, `SWEEPER` / `WATERMARK`. Both instants are beginnings of hours, and only move forward.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WatermarkItem {
    /// The sweeper has ended every invitation that expired before this instant.
    pub swept_until: Option<Text<Timestamp>>,
    /// The sweeper has looked at every invitation that expires before this instant, and sent the reminders.
    pub reminded_until: Option<Text<Timestamp>>,
}

impl Item for WatermarkItem {
    const ENTITY: &'static str = "watermark";

    fn key(&self) -> Key {
        Key::watermark()
    }
}
