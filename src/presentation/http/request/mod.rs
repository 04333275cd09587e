//! The context of a request: its [id](request_id), the proxies that it came through, and its caller.

mod body_wanted;
mod caller;
mod for_proxy;
pub mod request_id;
mod trusted_proxies;

pub use body_wanted::BodyWanted;
pub use caller::Caller;
pub use for_proxy::ForProxy;
pub use trusted_proxies::{ForwardingHeader, TrustedProxies};
