//! The questions before an action: `/console/users/{user_id}/inactivate` and so on.

use actix_web::{HttpResponse, web::Data};
use uuid::Uuid;

use super::{action::UserAction, address::address};
use crate::{
    application::{
        access::NotAuthorized,
        queries::users::{GetUser, GetUserError},
    },
    presentation::{
        http::{
            extract::{Authenticated, PathParam},
            failure::Failure,
        },
        pages::{
            question::Question,
            visit::{Visit, see_other},
        },
    },
};

/// Asks whether to do `action` to the user. Rejects what the use case would reject, and leads to the page of the user
/// if nothing would change.
pub async fn ask(
    action: UserAction,
    Authenticated(actor, PathParam(id)): Authenticated<PathParam<Uuid>>,
    visit: Visit,
    get_user: Data<GetUser>,
) -> Result<HttpResponse, Failure<GetUserError>> {
    let found = get_user.execute(&actor, id.into()).await?;
    let user = &found.user;
    if !action.is_permitted(&actor, user) {
        return Err(GetUserError::from(NotAuthorized).into());
    }
    if !action.changes(&found) {
        return Ok(see_other(&address(user.id)));
    }
    Ok(visit.page(&Question {
        shell: visit.shell(&actor),
        title: action.question(&user.username),
        text: action.consequences(),
        button: action.label(),
        back: address(user.id),
    }))
}
