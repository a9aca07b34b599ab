mod held;
mod limiter;
mod peer;
mod store;
mod types_account;

pub use held::*;
pub use limiter::*;
pub use peer::*;
pub use store::*;
pub use types_account::*;
