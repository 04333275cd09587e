use std::error::Error;

use crate::presentation::http::problem::ProblemCode;

/// An error of a use case that has an answer in HTTP.
///
/// Implement it with `refusals!`, so that answer and documentation cannot differ.
pub trait Refusal: Error + 'static {
    /// Every code that [`code`](Self::code) can return.
    fn codes() -> Vec<ProblemCode>;

    /// The code of this very error.
    fn code(&self) -> ProblemCode;

    /// After how many seconds the same request may succeed, if this error knows.
    fn retry_after(&self) -> Option<u64> {
        None
    }
}

/// Implements [`Refusal`] for the error of a use case: one line for each variant, no wildcard, so that a new variant does not
/// compile before it has its code. Variants that hold an error with an answer of its own follow behind `delegating`.
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
                    #[allow(unreachable_patterns, reason = "some errors have no variants besides")]
                    _ => None,
                }
            })?
        }
    };
}

pub(in crate::presentation::http) use refusals;
