/// Marks a test that needs a PostgreSQL server: `#[apply(needs_postgres)]` above `#[test]`.
#[cfg(postgres)]
#[macro_export]
macro_rules! needs_postgres {
    ($test:item) => {
        $test
    };
}

/// Marks a test that needs a PostgreSQL server: `#[apply(needs_postgres)]` above `#[test]`.
#[cfg(not(postgres))]
#[macro_export]
macro_rules! needs_postgres {
    // The attributes stand behind the cases of `rstest`. Before them, they would apply only to the first case.
    ($(#[$attribute:meta])* async fn $($signature_and_body:tt)*) => {
        $(#[$attribute])*
        #[allow(unused_attributes, reason = "it may be ignored for another reason as well")]
        #[ignore = "needs TEST_POSTGRES_URL"]
        async fn $($signature_and_body)*
    };
    ($(#[$attribute:meta])* fn $($signature_and_body:tt)*) => {
        $(#[$attribute])*
        #[allow(unused_attributes, reason = "it may be ignored for another reason as well")]
        #[ignore = "needs TEST_POSTGRES_URL"]
        fn $($signature_and_body)*
    };
}

/// Makes two tests of one, `on_sqlite` and `on_postgres`: `#[apply(on_every_database)]` above `#[test]`.
///
/// The first parameter of the function, a [`DatabaseKind`](crate::DatabaseKind), names the database.
#[macro_export]
macro_rules! on_every_database {
    ($(#[$attribute:meta])* async fn $($signature_and_body:tt)*) => {
        $crate::on_every_database! { @test [$(#[$attribute])*] [async] $($signature_and_body)* }
    };
    ($(#[$attribute:meta])* fn $($signature_and_body:tt)*) => {
        $crate::on_every_database! { @test [$(#[$attribute])*] [] $($signature_and_body)* }
    };
    (
        @test [$($attributes:tt)*] [$($async:tt)?]
        $name:ident($kind:ident: $type:ty $(, $($parameters:tt)*)?) $body:block
    ) => {
        mod $name {
            use super::*;

            $($attributes)*
            $($async)? fn on_sqlite($($($parameters)*)?) {
                let $kind: $type = $crate::DatabaseKind::Sqlite;
                $body
            }

            #[$crate::apply($crate::needs_postgres)]
            $($attributes)*
            $($async)? fn on_postgres($($($parameters)*)?) {
                let $kind: $type = $crate::DatabaseKind::Postgres;
                $body
            }
        }
    };
}
