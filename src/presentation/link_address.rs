//! The address of a one-time link, which the API, the pages and the command line show.

use crate::domain::link::LinkToken;

/// Returns the address under which a user sets a password by the link with this `token`.
///
/// The token is the fragment, which browsers send to no server and in no `Referer`.
pub fn link_address(origin: &str, token: &LinkToken) -> String {
    format!("{origin}/console/welcome#{}", token.expose())
}
