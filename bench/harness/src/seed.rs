//! Fills a database with users, each with a live session, past the servers.

use std::fmt::Write;

use anyhow::Result;
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use indicatif::{ProgressBar, ProgressStyle};
use sqlx::{Connection as _, PgConnection, SqliteConnection};
use uuid::{NoContext, Timestamp, Uuid};

use crate::{database::Connection, place::Place};

/// The maximum number of users. With more, names have more than seven digits, and sort in another order.
pub const MOST_USERS: u64 = 10_000_000;
/// Users in a transaction of SQLite, and in a `COPY` of PostgreSQL.
const BATCH: u64 = 10_000;

const INSERT_USER: &str = "INSERT INTO users (id, username, username_key, password_hash, role, is_active, created_at, updated_at) \
     VALUES ($1, $2, $2, $3, $4, $5, $6, $6)";
const INSERT_SESSION: &str = "INSERT INTO auth_sessions (id, user_id, secret_digest, created_at, expires_at, last_seen_at) \
     VALUES ($1, $2, $3, $4, $5, $4)";

const COPY_USERS: &str = "COPY users \
     (id, username, username_key, password_hash, role, is_active, created_at, updated_at) FROM STDIN";
const COPY_SESSIONS: &str = "COPY auth_sessions \
     (id, user_id, secret_digest, created_at, expires_at, last_seen_at) FROM STDIN";

/// Selects the indexes that belong to no constraint, and the statements that create them.
const INDEXES: &str = "SELECT indexname::text, indexdef FROM pg_indexes \
     WHERE tablename IN ('users', 'auth_sessions') AND indexname LIKE 'ix%'";

struct Seed {
    id: Uuid,
    username: String,
    role: i16,
    is_active: bool,
    created_at: DateTime<Utc>,
    session_id: Uuid,
    secret_digest: [u8; 32],
    expires_at: DateTime<Utc>,
}

impl Seed {
    /// The user who was the `place`-th, from 0, of `users` to sign up in the year before `now`.
    fn new(place: u64, users: u64, now: DateTime<Utc>) -> Result<Self> {
        let number = number(place, users);
        let age = TimeDelta::microseconds(TimeDelta::days(365).num_microseconds().unwrap_or(0) / users as i64);
        let created_at = now - age * (users - place) as i32;
        let since_epoch = Timestamp::from_unix(
            NoContext,
            created_at.timestamp().cast_unsigned(),
            created_at.timestamp_subsec_nanos(),
        );
        let mut secret_digest = [0; 32];
        getrandom::fill(&mut secret_digest)?;
        Ok(Self {
            id: Uuid::new_v7(since_epoch),
            username: format!("user{number:07}"),
            role: if number % 100 == 1 { 20 } else { 10 },
            is_active: !number.is_multiple_of(20),
            created_at,
            session_id: Uuid::now_v7(),
            secret_digest,
            expires_at: now + TimeDelta::days(if place.is_multiple_of(2) { 1 } else { 3 }),
        })
    }
}

/// The number in a name. The order of names is not that of sign-ups: multiples of a prime greater than `users` meet
/// each number once.
fn number(place: u64, users: u64) -> u64 {
    place * 2_654_435_761 % users + 1
}

/// Adds `users` from `user0000001` on, who all have the password of `root.admin`. Of a hundred, one is admin and five
/// are inactive.
pub fn seed(place: &Place, users: u64) -> Result<()> {
    place.with_connection(async |connection| {
        let hash = connection
            .text("SELECT password_hash FROM users WHERE username_key = 'root.admin'")
            .await?;
        let now = Utc::now().trunc_subsecs(6);
        let style = ProgressStyle::with_template("{msg} {wide_bar} {human_pos}/{human_len} {eta}")?;
        let progress = ProgressBar::new(users).with_style(style).with_message("Seeding");
        let indexes = drop_indexes(connection).await?;
        for first in (0..users).step_by(BATCH as usize) {
            let batch = first..users.min(first + BATCH);
            let seeds = batch
                .map(|place| Seed::new(place, users, now))
                .collect::<Result<Vec<_>>>()?;
            match connection {
                Connection::Sqlite(connection) => insert_into_sqlite(connection, &seeds, &hash, now).await?,
                Connection::Postgres(connection) => copy_into_postgres(connection, &seeds, &hash, now).await?,
            }
            progress.inc(seeds.len() as u64);
        }
        progress.finish_and_clear();
        for index in indexes {
            connection.execute(&index).await?;
        }
        match connection {
            Connection::Sqlite(_) => connection.execute("ANALYZE; PRAGMA wal_checkpoint(TRUNCATE)").await,
            Connection::Postgres(_) => {
                connection.execute("VACUUM ANALYZE").await?;
                connection.execute("CHECKPOINT").await
            }
        }
    })
}

/// Drops the indexes of PostgreSQL that belong to no constraint. Returns the statements that create them again.
///
/// To create an index is much faster than to add millions of rows to it.
async fn drop_indexes(connection: &mut Connection) -> Result<Vec<String>> {
    let Connection::Postgres(postgres) = connection else {
        return Ok(Vec::new());
    };
    let indexes: Vec<(String, String)> = sqlx::query_as(INDEXES).fetch_all(postgres).await?;
    for (name, _) in &indexes {
        connection.execute(&format!("DROP INDEX {name}")).await?;
    }
    connection.execute("SET maintenance_work_mem = '1GB'").await?;
    Ok(indexes.into_iter().map(|(_, definition)| definition).collect())
}

/// Lets half of the seeded sessions expire, at most 100,000. A server purges fewer than 1,000 in a second.
pub fn expire_half_of_the_sessions(place: &Place) -> Result<()> {
    const EXPIRE: &str = "UPDATE auth_sessions SET expires_at = $1 \
         WHERE id IN (SELECT id FROM auth_sessions WHERE expires_at < $2 LIMIT 100000)";
    let past = Utc::now().trunc_subsecs(6) - TimeDelta::hours(1);
    let between = past + TimeDelta::days(2);
    place.with_connection(async |connection| {
        match connection {
            Connection::Sqlite(connection) => {
                sqlx::query(EXPIRE).bind(past).bind(between).execute(connection).await?;
            }
            Connection::Postgres(connection) => {
                sqlx::query(EXPIRE).bind(past).bind(between).execute(connection).await?;
            }
        }
        Ok(())
    })
}

async fn insert_into_sqlite(
    connection: &mut SqliteConnection,
    seeds: &[Seed],
    hash: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut transaction = connection.begin().await?;
    for seed in seeds {
        sqlx::query(INSERT_USER)
            .bind(seed.id)
            .bind(&seed.username)
            .bind(hash)
            .bind(seed.role)
            .bind(seed.is_active)
            .bind(seed.created_at)
            .execute(&mut *transaction)
            .await?;
        sqlx::query(INSERT_SESSION)
            .bind(seed.session_id)
            .bind(seed.id)
            .bind(&seed.secret_digest[..])
            .bind(now)
            .bind(seed.expires_at)
            .execute(&mut *transaction)
            .await?;
    }
    Ok(transaction.commit().await?)
}

async fn copy_into_postgres(
    connection: &mut PgConnection,
    seeds: &[Seed],
    hash: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let (mut users, mut sessions) = (String::new(), String::new());
    let now = now.to_rfc3339();
    for seed in seeds {
        let Seed {
            id,
            username,
            role,
            is_active,
            session_id,
            ..
        } = seed;
        let (created_at, expires_at) = (seed.created_at.to_rfc3339(), seed.expires_at.to_rfc3339());
        writeln!(
            users,
            "{id}\t{username}\t{username}\t{hash}\t{role}\t{is_active}\t{created_at}\t{created_at}"
        )?;
        write!(sessions, "{session_id}\t{id}\t\\\\x")?;
        for byte in seed.secret_digest {
            write!(sessions, "{byte:02x}")?;
        }
        writeln!(sessions, "\t{now}\t{expires_at}\t{now}")?;
    }
    for (copy, rows) in [(COPY_USERS, users), (COPY_SESSIONS, sessions)] {
        let mut sink = connection.copy_in_raw(copy).await?;
        sink.send(rows.into_bytes()).await?;
        sink.finish().await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_given_once() {
        for users in [1000, MOST_USERS] {
            let mut is_given = vec![false; users as usize];
            for place in 0..users {
                is_given[number(place, users) as usize - 1] = true;
            }

            assert!(is_given.into_iter().all(|is_given| is_given));
        }
    }
}
