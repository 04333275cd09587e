//! `POST /console/users/{user_id}/issue-link`.

use actix_web::{HttpResponse, web::Data};
use uuid::Uuid;

use super::issued_link::show_issued_link;
use crate::{
    application::commands::links::{IssueLink, ManageLinkError},
    presentation::{
        http::{
            extract::{Authenticated, LinkOrigin, PathParam},
            failure::Failure,
        },
        pages::visit::Visit,
    },
};

/// Issues a one-time link to a user, and shows it.
pub async fn issue_link(
    Authenticated(actor, PathParam(id)): Authenticated<PathParam<Uuid>>,
    visit: Visit,
    origin: LinkOrigin,
    issue_link: Data<IssueLink>,
) -> Result<HttpResponse, Failure<ManageLinkError>> {
    let link = issue_link.execute(&actor, id.into()).await?;
    Ok(show_issued_link(&visit, &actor, &origin.0, id.into(), &link))
}
