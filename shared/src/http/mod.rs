//! Converts API Gateway requests into parsed values, and errors into error responses.

mod caller;
mod cursor;
mod idempotency;
mod patch;
mod problem;
mod reply;
mod request;
mod serve;

pub use caller::Caller;
use caller::Clients;
pub use cursor::Cursor;
pub use idempotency::{Idempotency, IdempotencyKey, Once};
pub use problem::{Code, Problem};
pub use reply::{PageView, Reply};
pub use request::{ApiRequest, PageRequest, object};
pub use serve::{Answering, Api, HttpFunction, serve};
