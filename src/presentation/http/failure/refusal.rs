use std::error::Error;

use crate::presentation::http::problem::ProblemCode;

/// Maps an error of a use case to an answer in HTTP.
///
/// Implement it with `refusals!`, so that answer and documentation cannot differ.
pub trait Refusal: Error + 'static {
    /// Returns every code that [`code`](Self::code) can return.
    fn codes() -> Vec<ProblemCode>;

    /// Returns the code of this error.
    fn code(&self) -> ProblemCode;

    /// Returns the number of seconds after which a retry may succeed, if it is known.
    fn retry_after(&self) -> Option<u64> {
        None
    }
}

/// Implements [`Refusal`] for the error of a use case.
///
/// Each variant has a line, without a wildcard, so that the compiler rejects a new variant without a code. Variants
/// that hold an error with its own codes follow after `delegating`.
///
/// ```text
/// refusals! {
///     LogInError {
///         Self::InvalidCredentials => InvalidCredentials,
///     } delegating {
///         Hashing(HashingError),
///         Storage(StorageError),
///     }
/// }
/// ```
macro_rules! refusals {
    ($error:ty {
        $($pattern:pat => $code:ident,)*
    } $(delegating {
        $($variant:ident($inner:ty),)+
    })?) => {
        impl $crate::presentation::http::failure::Refusal for $error {
            fn codes() -> Vec<$crate::presentation::http::problem::ProblemCode> {
                [
                    vec![$($crate::presentation::http::problem::ProblemCode::$code),*],
                    $($(<$inner as $crate::presentation::http::failure::Refusal>::codes(),)+)?
                ]
                .concat()
            }

            fn code(&self) -> $crate::presentation::http::problem::ProblemCode {
                match self {
                    $($pattern => $crate::presentation::http::problem::ProblemCode::$code,)*
                    $($(Self::$variant(error) => $crate::presentation::http::failure::Refusal::code(error),)+)?
                }
            }

            $(fn retry_after(&self) -> Option<u64> {
                match self {
                    $(Self::$variant(error) => $crate::presentation::http::failure::Refusal::retry_after(error),)+
                    #[allow(unreachable_patterns, reason = "some errors have no other variants")]
                    _ => None,
                }
            })?
        }
    };
}

pub(in crate::presentation::http) use refusals;
