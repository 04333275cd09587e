use std::io;

use sea_orm::DbErr;
use thiserror::Error;

use crate::infrastructure::persistence::error::explained;

/// Why the database could not be opened.
#[derive(Debug, Error)]
pub enum ConnectError {
    /// The database file cannot be made or written to.
    #[error("cannot write the database file {path}")]
    Unwritable {
        /// The file.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// There is no such file, and none is to be made.
    #[error("there is no database file {path}: is this the right directory? `gatehouse migrate up` makes one")]
    Missing {
        /// The file.
        path: String,
    },
    /// The database, or what is to be its replica, is not PostgreSQL.
    #[error("a replica needs PostgreSQL at both addresses")]
    NotReplicated,
    /// The PostgreSQL database has another encoding than UTF-8, so it cannot store every text.
    #[error(
        "the encoding of the database is {encoding}, and has to be UTF8: make another one with `createdb --encoding=UTF8 \
         --locale=C --template=template0 NAME`, and take what is in this one along with pg_dump and psql"
    )]
    NotUtf8 {
        /// Its encoding, as PostgreSQL calls it.
        encoding: String,
    },
    /// The database cannot be opened, for the reason that it, the network or the operating system gives.
    #[error("cannot open the database: {0}")]
    Open(String),
}

impl From<DbErr> for ConnectError {
    // Not as its source: the text holds that already.
    fn from(error: DbErr) -> Self {
        Self::Open(explained(&error))
    }
}
