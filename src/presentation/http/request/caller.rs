use crate::domain::user::UserId;

/// The id of the calling user, which the authenticating extractor puts into the extensions of the request.
pub struct Caller(pub UserId);
