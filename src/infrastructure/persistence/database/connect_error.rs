use std::io;

use sea_orm::DbErr;
use thiserror::Error;

use crate::infrastructure::persistence::error::describe;

/// Why the database could not be opened.
#[derive(Debug, Error)]
pub enum ConnectError {
    /// The database file cannot be created or written.
    #[error("cannot write the database file {path}")]
    Unwritable {
        /// The file.
        path: String,
        /// The cause.
        source: io::Error,
    },
    /// The database file does not exist and must not be created.
    #[error("there is no database file {path}: is this the right directory? `gatehouse migrate up` makes one")]
    Missing {
        /// The file.
        path: String,
    },
    /// The database or its replica is not PostgreSQL.
    #[error("a replica needs PostgreSQL at both addresses")]
    NotReplicated,
    /// The PostgreSQL database cannot store every text, because its encoding is not UTF-8.
    #[error(
        "the encoding of the database is {encoding}, and has to be UTF8: make another one with `createdb \
         --encoding=UTF8 --locale=C --template=template0 NAME`, and take what is in this one along with pg_dump and psql"
    )]
    NotUtf8 {
        /// The encoding.
        encoding: String,
    },
    /// The database, the network or the operating system gives another reason.
    #[error("cannot open the database: {0}")]
    Open(String),
}

impl From<DbErr> for ConnectError {
    // The text includes the source.
    fn from(error: DbErr) -> Self {
        Self::Open(describe(&error))
    }
}
