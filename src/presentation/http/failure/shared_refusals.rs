//! Answers for errors that several use cases share.

use super::{Refusal, refusals};
use crate::{
    application::{
        access::ActorError,
        commands::{NewPasswordError, RegistrationError, account::AuthenticateError, users::ManageUserError},
        ports::{BreachCheckError, HashingError, IssueError, StorageError},
        throttle::Throttled,
    },
    presentation::http::problem::ProblemCode,
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
    BreachCheckError {
        Self(_) => ServiceUnavailable,
    }
}

refusals! {
    NewPasswordError {
        Self::Invalid(_) => InvalidPassword,
    } delegating {
        Unchecked(BreachCheckError),
    }
}

impl Refusal for Throttled {
    fn codes() -> Vec<ProblemCode> {
        vec![ProblemCode::TooManyAttempts]
    }

    fn code(&self) -> ProblemCode {
        ProblemCode::TooManyAttempts
    }

    fn retry_after(&self) -> Option<u64> {
        Some(self.seconds())
    }
}

refusals! {
    IssueError {
        Self(_) => InternalError,
    }
}

refusals! {
    AuthenticateError {
        Self::NotAuthenticated(_) => NotAuthenticated,
    } delegating {
        Token(IssueError),
        Storage(StorageError),
    }
}

refusals! {
    ActorError {
        Self::NotAuthenticated(_) => NotAuthenticated,
    } delegating {
        Throttled(Throttled),
        Storage(StorageError),
    }
}

refusals! {
    RegistrationError {
        Self::InvalidUsername(_) => InvalidUsername,
        Self::UsernameAlreadyExists => UsernameAlreadyExists,
    } delegating {
        NewPassword(NewPasswordError),
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
    } delegating {
        Actor(ActorError),
        Storage(StorageError),
    }
}
