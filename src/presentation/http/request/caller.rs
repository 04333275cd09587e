use crate::domain::user::UserId;

/// The id of the user who calls. The authenticating extractor leaves it in the extensions of the request.
pub struct Caller(pub UserId);
