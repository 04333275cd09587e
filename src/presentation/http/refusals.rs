//! The answers to errors that several use cases share.

use crate::{
    application::{
        commands::{ConfirmActorError, RegistrationError, users::ManageUserError},
        ports::{HashingError, IssueError, StorageError},
    },
    refusals,
};

refusals! {
    StorageError {
        Self::Unavailable(_) => ServiceUnavailable,
        Self::Failed(_) => InternalError,
    }
}

refusals! {
    HashingError {
        Self::Saturated => ServiceUnavailable,
        Self::Failed(_) => InternalError,
    }
}

refusals! {
    IssueError {
        Self(_) => InternalError,
    }
}

refusals! {
    ConfirmActorError {
        Self::NotAuthenticated => NotAuthenticated,
        Self::NotAuthorized(_) => NotAuthorized,
    } and passes on {
        Storage(StorageError),
    }
}

refusals! {
    RegistrationError {
        Self::InvalidUsername(_) => InvalidUsername,
        Self::InvalidPassword(_) => InvalidPassword,
        Self::UsernameAlreadyExists => UsernameAlreadyExists,
    } and passes on {
        Hashing(HashingError),
        Storage(StorageError),
    }
}

refusals! {
    ManageUserError {
        Self::NotAuthorized(_) => NotAuthorized,
        Self::InvalidUsername(_) => InvalidUsername,
        Self::UserNotFound => UserNotFound,
        Self::SystemAccount(_) => NotAuthorized,
    } and passes on {
        Actor(ConfirmActorError),
        Storage(StorageError),
    }
}
