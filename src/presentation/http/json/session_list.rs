use paperclip::actix::Apiv2Schema;
use serde::Serialize;

use super::session_view::SessionView;
use crate::application::{access::Actor, views};

/// The sessions of a user.
#[derive(Debug, Serialize, Apiv2Schema)]
pub struct SessionList {
    /// The active sessions, newest first.
    sessions: Vec<SessionView>,
}

impl SessionList {
    /// Builds the list that `actor` sees.
    pub fn new(sessions: Vec<views::SessionView>, actor: &Actor) -> Self {
        let views = sessions.into_iter();
        Self {
            sessions: views
                .map(|session| SessionView::new(session, actor.session_id()))
                .collect(),
        }
    }
}
