//! Fills a database with users, each with a live session, past the servers.

use anyhow::Result;
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use indicatif::{ProgressBar, ProgressStyle};
use sqlx::{Connection as _, PgConnection, SqliteConnection};
use uuid::{NoContext, Timestamp, Uuid};

use crate::{database::Connection, place::Place};

/// Users in a transaction of SQLite, and in a statement of PostgreSQL.
const BATCH: u64 = 10_000;

const INSERT_USER: &str = "INSERT INTO users (id, username, username_key, password_hash, role, is_active, created_at, updated_at) \
     VALUES ($1, $2, $2, $3, $4, $5, $6, $6)";
const INSERT_SESSION: &str = "INSERT INTO auth_sessions (id, user_id, secret_digest, created_at, expires_at, last_seen_at) \
     VALUES ($1, $2, $3, $4, $5, $4)";

const INSERT_USERS: &str = "INSERT INTO users (id, username, username_key, password_hash, role, is_active, created_at, updated_at) \
     SELECT id, username, username, $2, role, is_active, created_at, created_at \
     FROM unnest($1::uuid[], $3::text[], $4::smallint[], $5::boolean[], $6::timestamptz[]) \
     AS seeded (id, username, role, is_active, created_at)";
const INSERT_SESSIONS: &str = "INSERT INTO auth_sessions (id, user_id, secret_digest, created_at, expires_at, last_seen_at) \
     SELECT id, user_id, secret_digest, $4, expires_at, $4 \
     FROM unnest($1::uuid[], $2::uuid[], $3::bytea[], $5::timestamptz[]) AS seeded (id, user_id, secret_digest, expires_at)";

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
        for first in (0..users).step_by(BATCH as usize) {
            let batch = first..users.min(first + BATCH);
            let seeds = batch
                .map(|place| Seed::new(place, users, now))
                .collect::<Result<Vec<_>>>()?;
            match connection {
                Connection::Sqlite(connection) => insert_into_sqlite(connection, &seeds, &hash, now).await?,
                Connection::Postgres(connection) => insert_into_postgres(connection, &seeds, &hash, now).await?,
            }
            progress.inc(seeds.len() as u64);
        }
        progress.finish_and_clear();
        match connection {
            Connection::Sqlite(_) => connection.execute("ANALYZE; PRAGMA wal_checkpoint(TRUNCATE)").await,
            Connection::Postgres(_) => connection.execute("VACUUM ANALYZE").await,
        }
    })
}

/// Lets half of the seeded sessions be over.
pub fn expire_half_of_the_sessions(place: &Place) -> Result<()> {
    const EXPIRE: &str = "UPDATE auth_sessions SET expires_at = $1 WHERE expires_at < $2";
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

async fn insert_into_postgres(
    connection: &mut PgConnection,
    seeds: &[Seed],
    hash: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let ids: Vec<_> = seeds.iter().map(|seed| seed.id).collect();
    sqlx::query(INSERT_USERS)
        .bind(&ids)
        .bind(hash)
        .bind(seeds.iter().map(|seed| seed.username.as_str()).collect::<Vec<_>>())
        .bind(seeds.iter().map(|seed| seed.role).collect::<Vec<_>>())
        .bind(seeds.iter().map(|seed| seed.is_active).collect::<Vec<_>>())
        .bind(seeds.iter().map(|seed| seed.created_at).collect::<Vec<_>>())
        .execute(&mut *connection)
        .await?;
    sqlx::query(INSERT_SESSIONS)
        .bind(seeds.iter().map(|seed| seed.session_id).collect::<Vec<_>>())
        .bind(&ids)
        .bind(
            seeds
                .iter()
                .map(|seed| seed.secret_digest.as_slice())
                .collect::<Vec<_>>(),
        )
        .bind(now)
        .bind(seeds.iter().map(|seed| seed.expires_at).collect::<Vec<_>>())
        .execute(&mut *connection)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_number_is_given_once() {
        let numbers: BTreeSet<_> = (0..1000).map(|place| number(place, 1000)).collect();

        assert_eq!(numbers, (1..=1000).collect());
    }
}
