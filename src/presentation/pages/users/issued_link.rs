//! The page that shows a one-time link, once. Nothing else has it: no redirect, no cookie, no address.

use actix_web::HttpResponse;
use askama::Template;
use chrono::{DateTime, Utc};

use super::address::address;
use crate::{
    application::{access::Actor, commands::links::IssuedLink},
    domain::{link::LinkKind, user::UserId},
    presentation::{
        link_address::link_address,
        pages::visit::{Shell, Visit},
    },
};

#[derive(Template)]
#[template(path = "users/issued_link.html")]
struct IssuedLinkPage {
    shell: Shell,
    username: String,
    kind: LinkKind,
    url: String,
    expires_at: DateTime<Utc>,
    user_page: String,
}

/// Shows the link to `user_id` that `actor` has just issued.
pub fn show_issued_link(
    visit: &Visit,
    actor: &Actor,
    origin: &str,
    user_id: UserId,
    link: &IssuedLink,
) -> HttpResponse {
    visit.page(&IssuedLinkPage {
        shell: visit.shell(actor),
        username: link.username.to_string(),
        kind: link.kind,
        url: link_address(origin, &link.token),
        expires_at: link.expires_at,
        user_page: address(user_id),
    })
}
