//! Reports a proxy that the configuration does not list.

use std::sync::Once;

use actix_web::{
    dev::ServiceRequest,
    http::header::{FORWARDED, X_FORWARDED_FOR},
};

use crate::presentation::http::request::TrustedProxies;

static REPORT: Once = Once::new();

/// Logs an error at the first request with a forwarding header whose peer is not a trusted proxy.
///
/// All clients of an unlisted proxy share its address, so if one of them guesses passwords, all others are delayed. The
/// error is logged only once per run, because any client can send such a header.
pub fn report_unlisted_proxy(request: &ServiceRequest, proxies: &TrustedProxies) {
    let mut names = [X_FORWARDED_FOR, FORWARDED].into_iter();
    let (Some(name), Some(peer)) = (
        names.find(|name| request.headers().contains_key(name)),
        request.peer_addr().map(|peer| peer.ip().to_canonical()),
    ) else {
        return;
    };
    if !proxies.trusts(peer) {
        REPORT.call_once(|| {
            log::error!(
                "{peer} sent the header {name}, but server.trusted_proxies does not list it, so the header is ignored. \
                 If it is your proxy, list it: until then all its clients count as one, and one who guesses passwords \
                 delays all. This is reported once."
            );
        });
    }
}
