//! `POST /console/users/{user_id}/withdraw-link`.

use actix_web::{HttpResponse, web::Data};
use uuid::Uuid;

use super::address::address;
use crate::{
    application::commands::links::{ManageLinkError, WithdrawLink},
    presentation::{
        http::{
            extract::{Authenticated, PathParam},
            failure::Failure,
        },
        pages::{notice::Notice, visit::Visit},
    },
};

/// Withdraws the one-time link of a user.
pub async fn withdraw_link(
    Authenticated(actor, PathParam(id)): Authenticated<PathParam<Uuid>>,
    visit: Visit,
    withdraw_link: Data<WithdrawLink>,
) -> Result<HttpResponse, Failure<ManageLinkError>> {
    withdraw_link.execute(&actor, id.into()).await?;
    Ok(visit.redirect(&address(id.into()), Notice::LinkWithdrawn))
}
