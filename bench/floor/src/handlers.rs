use actix_web::{
    HttpRequest, HttpResponse,
    cookie::Cookie,
    error::{ErrorForbidden, ErrorInternalServerError, ErrorUnauthorized, ErrorUnprocessableEntity},
    web::{self, Data, Json, Query, ServiceConfig},
};
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Header, Validation};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use sqlx::{QueryBuilder, Row, Transaction};
use uuid::Uuid;

type Floor = Data<crate::Floor<Db>>;
type Response = Result<HttpResponse, actix_web::Error>;
type DbRow = <Db as sqlx::Database>::Row;

/// Users up to this number are counted, those beyond it are not.
const MOST_COUNTED: i64 = 1000;
const ADMIN: i16 = 20;
const SUPER_ADMIN: i16 = 30;

pub fn mount(server: &mut ServiceConfig) {
    server
        .route("/api/v1/", web::get().to(alive))
        .route("/api/v1/account/signup", web::post().to(sign_up))
        .route("/api/v1/account/login", web::post().to(log_in))
        .route("/api/v1/account/me", web::get().to(who_am_i))
        .route("/api/v1/account/verify", web::get().to(verify_caller))
        .route("/api/v1/users/", web::get().to(list_users))
        .route("/api/v1/users/grant", web::patch().to(grant_admin))
        .route("/api/v1/users/revoke", web::patch().to(revoke_admin));
}

#[derive(Serialize, Deserialize)]
struct Claims {
    sid: String,
    exp: i64,
}

#[derive(Serialize)]
struct UserView {
    id: Uuid,
    username: String,
    role: &'static str,
    is_active: bool,
    is_invited: bool,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_expires_at: Option<DateTime<Utc>>,
}

#[derive(Serialize)]
struct ListedUser {
    #[serde(flatten)]
    user: UserView,
    last_seen_at: Option<DateTime<Utc>>,
}

struct Identity {
    user: UserView,
    role: i16,
    session_id: Uuid,
}

#[derive(Deserialize)]
struct Credentials {
    username: String,
    password: String,
}

#[derive(Deserialize)]
struct Target {
    username: String,
}

#[derive(Deserialize)]
struct ListParams {
    #[serde(default = "default_limit")]
    limit: i64,
    #[serde(default)]
    offset: i64,
    /// A username instead of an opaque cursor.
    after: Option<String>,
    role: Option<String>,
    username: Option<String>,
}

fn default_limit() -> i64 {
    20
}

async fn alive() -> HttpResponse {
    HttpResponse::Ok().json(json!({"status": "ok"}))
}

async fn who_am_i(request: HttpRequest, floor: Floor) -> Response {
    Ok(HttpResponse::Ok().json(identify(&request, &floor).await?.user))
}

async fn verify_caller(request: HttpRequest, floor: Floor) -> Response {
    let Identity { user, role, .. } = identify(&request, &floor).await?;
    let groups = match role {
        SUPER_ADMIN => "super_admin,admin,user",
        ADMIN => "admin,user",
        _ => "user",
    };
    Ok(HttpResponse::Ok()
        .insert_header(("remote-user", user.username))
        .insert_header(("remote-groups", groups))
        .insert_header(("remote-user-id", user.id.to_string()))
        .finish())
}

async fn list_users(request: HttpRequest, floor: Floor, params: Query<ListParams>) -> Response {
    if identify(&request, &floor).await?.role < ADMIN {
        return Err(ErrorForbidden("not an admin"));
    }
    let mut query = QueryBuilder::<Db>::new(
        "SELECT id, username, role, is_active, created_at, updated_at, password_hash = '', username_key, last_seen_at, \
         (SELECT count(*) FROM (SELECT 1 FROM users",
    );
    filter(&mut query, &params);
    query.push(" LIMIT ").push_bind(MOST_COUNTED + 1);
    query.push(") AS counted) AS total FROM users");
    let separator = filter(&mut query, &params);
    if let Some(after) = &params.after {
        query.push(separator).push("username_key > ").push_bind(after);
    }
    query.push(" ORDER BY username_key LIMIT ").push_bind(params.limit + 1);
    query.push(" OFFSET ").push_bind(params.offset);
    let mut rows = query.build().fetch_all(&floor.reader).await.map_err(ErrorInternalServerError)?;

    let next = (rows.len() as i64 > params.limit).then(|| rows.pop()).flatten();
    let next_cursor = rows.last().filter(|_| next.is_some()).map(|row| row.get::<String, _>(7));
    let total = rows.first().map_or(0, |row| row.get::<i64, _>(9));
    let users = rows.iter().map(|row| ListedUser {
        user: user_view(row),
        last_seen_at: row.get(8),
    });
    Ok(HttpResponse::Ok().json(json!({
        "users": users.collect::<Vec<_>>(),
        "total": total.min(MOST_COUNTED),
        "total_is_exact": total <= MOST_COUNTED,
        "limit": params.limit,
        "offset": params.offset,
        "next_cursor": next_cursor,
    })))
}

/// Adds the conditions, and returns what separates them from a further one.
fn filter(query: &mut QueryBuilder<Db>, params: &ListParams) -> &'static str {
    let mut separator = " WHERE ";
    if let Some(role) = &params.role {
        let rank = [(10, "user"), (ADMIN, "admin"), (SUPER_ADMIN, "super_admin")];
        let rank = rank.into_iter().find(|(_, name)| name == role).map_or(0, |(rank, _)| rank);
        query.push(separator).push("role = ").push_bind(rank);
        separator = " AND ";
    }
    if let Some(prefix) = &params.username {
        let prefix = prefix.to_ascii_lowercase();
        query.push(separator).push("username_key >= ").push_bind(prefix.clone());
        query.push(" AND username_key < ").push_bind(prefix + "\u{7f}");
        separator = " AND ";
    }
    separator
}

async fn grant_admin(request: HttpRequest, floor: Floor, target: Json<Target>) -> Response {
    set_role(&request, &floor, &target, ADMIN, "grant_admin").await
}

async fn revoke_admin(request: HttpRequest, floor: Floor, target: Json<Target>) -> Response {
    set_role(&request, &floor, &target, 10, "revoke_admin").await
}

/// Changes the role under locks on all that the change rests on, and writes the audit trail.
async fn set_role(request: &HttpRequest, floor: &Floor, target: &Target, role: i16, action: &str) -> Response {
    let actor = identify(request, floor).await?;
    let now = Utc::now();
    let mut transaction = floor.writer.begin_with(BEGIN).await.map_err(ErrorInternalServerError)?;
    let confirm = if LOCKS_ROWS {
        "SELECT u.role FROM users u JOIN auth_sessions s ON s.user_id = u.id \
         WHERE s.id = $1 AND s.expires_at > $2 AND u.is_active FOR UPDATE"
    } else {
        "SELECT u.role FROM users u JOIN auth_sessions s ON s.user_id = u.id \
         WHERE s.id = $1 AND s.expires_at > $2 AND u.is_active"
    };
    let actor_role: Option<i16> = sqlx::query_scalar(confirm)
        .bind(actor.session_id)
        .bind(now)
        .fetch_optional(&mut *transaction)
        .await
        .map_err(ErrorInternalServerError)?;
    if actor_role != Some(SUPER_ADMIN) {
        return Err(ErrorForbidden("not a super admin"));
    }
    let find = if LOCKS_ROWS {
        "SELECT id, username, role, is_active, created_at, updated_at, password_hash = '' FROM users \
         WHERE username_key = $1 FOR UPDATE"
    } else {
        "SELECT id, username, role, is_active, created_at, updated_at, password_hash = '' FROM users \
         WHERE username_key = $1"
    };
    let row = sqlx::query(find)
        .bind(target.username.to_ascii_lowercase())
        .fetch_one(&mut *transaction)
        .await
        .map_err(ErrorUnprocessableEntity)?;
    let mut user = user_view(&row);
    if row.get::<i16, _>(2) != role {
        (user.role, user.updated_at) = (role_name(role), now);
        sqlx::query("UPDATE users SET role = $1, updated_at = $2 WHERE id = $3")
            .bind(role)
            .bind(now)
            .bind(user.id)
            .execute(&mut *transaction)
            .await
            .map_err(ErrorInternalServerError)?;
        sqlx::query("DELETE FROM one_time_links WHERE user_id = $1")
            .bind(user.id)
            .execute(&mut *transaction)
            .await
            .map_err(ErrorInternalServerError)?;
        record(&mut transaction, action, actor.user.id, user.id, now).await?;
        transaction.commit().await.map_err(ErrorInternalServerError)?;
    }
    Ok(HttpResponse::Ok().json(user))
}

async fn sign_up(floor: Floor, credentials: Json<Credentials>) -> Response {
    let hash = hash(&floor, credentials.password.clone()).await?;
    let (id, now) = (Uuid::now_v7(), Utc::now());
    let mut transaction = floor.writer.begin_with(BEGIN).await.map_err(ErrorInternalServerError)?;
    sqlx::query(
        "INSERT INTO users (id, username, username_key, password_hash, role, is_active, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, 10, true, $5, $5)",
    )
    .bind(id)
    .bind(&credentials.username)
    .bind(credentials.username.to_ascii_lowercase())
    .bind(hash)
    .bind(now)
    .execute(&mut *transaction)
    .await
    .map_err(ErrorUnprocessableEntity)?;
    record(&mut transaction, "sign_up", id, id, now).await?;
    transaction.commit().await.map_err(ErrorInternalServerError)?;
    let username = credentials.into_inner().username;
    Ok(HttpResponse::Created().json(json!({
        "id": id, "username": username, "role": "user", "is_active": true, "is_invited": false, "created_at": now,
        "updated_at": now,
    })))
}

async fn log_in(floor: Floor, credentials: Json<Credentials>) -> Response {
    let credentials = credentials.into_inner();
    let row = sqlx::query(
        "SELECT id, username, role, is_active, created_at, updated_at, password_hash = '', password_hash FROM users \
         WHERE username_key = $1",
    )
    .bind(credentials.username.to_ascii_lowercase())
    .fetch_one(&floor.reader)
    .await
    .map_err(ErrorUnauthorized)?;
    let stored: String = row.get(7);
    if !verify(&floor, credentials.password, stored.clone()).await? {
        return Err(ErrorUnauthorized("wrong password"));
    }
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(ErrorInternalServerError)?;
    let sid = secret.map(|byte| format!("{byte:02x}")).concat();
    let (now, mut user) = (Utc::now(), user_view(&row));
    let expires_at = now + TimeDelta::hours(1);

    let mut transaction = floor.writer.begin_with(BEGIN).await.map_err(ErrorInternalServerError)?;
    let recheck = if LOCKS_ROWS {
        "SELECT id FROM users WHERE id = $1 AND password_hash = $2 AND is_active FOR UPDATE"
    } else {
        "SELECT id FROM users WHERE id = $1 AND password_hash = $2 AND is_active"
    };
    sqlx::query(recheck)
        .bind(user.id)
        .bind(stored)
        .fetch_one(&mut *transaction)
        .await
        .map_err(ErrorUnauthorized)?;
    sqlx::query(
        "INSERT INTO auth_sessions (id, user_id, secret_digest, created_at, expires_at, last_seen_at) \
         VALUES ($1, $2, $3, $4, $5, $4)",
    )
    .bind(Uuid::now_v7())
    .bind(user.id)
    .bind(Sha256::digest(&sid).to_vec())
    .bind(now)
    .bind(expires_at)
    .execute(&mut *transaction)
    .await
    .map_err(ErrorInternalServerError)?;
    sqlx::query("UPDATE users SET last_seen_at = $1 WHERE id = $2")
        .bind(now)
        .bind(user.id)
        .execute(&mut *transaction)
        .await
        .map_err(ErrorInternalServerError)?;
    record(&mut transaction, "log_in", user.id, user.id, now).await?;
    transaction.commit().await.map_err(ErrorInternalServerError)?;

    let exp = expires_at.timestamp();
    let token = jsonwebtoken::encode(&Header::default(), &Claims { sid, exp }, &floor.encoding_key);
    let token = token.map_err(ErrorInternalServerError)?;
    user.session_expires_at = Some(expires_at);
    let cookie = Cookie::build("access_token", token).path("/").http_only(true).finish();
    Ok(HttpResponse::Ok().cookie(cookie).json(user))
}

/// Who calls, by the token in the cookie and one query.
async fn identify(request: &HttpRequest, floor: &Floor) -> Result<Identity, actix_web::Error> {
    let cookie = request.cookie("access_token").ok_or_else(|| ErrorUnauthorized("no token"))?;
    let claims = jsonwebtoken::decode::<Claims>(cookie.value(), &floor.decoding_key, &Validation::default());
    let claims = claims.map_err(ErrorUnauthorized)?.claims;
    let row = sqlx::query(
        "SELECT u.id, u.username, u.role, u.is_active, u.created_at, u.updated_at, u.password_hash = '', s.id, s.expires_at \
         FROM auth_sessions s JOIN users u ON u.id = s.user_id WHERE s.secret_digest = $1 AND u.is_active",
    )
    .bind(Sha256::digest(claims.sid).to_vec())
    .fetch_optional(&floor.reader)
    .await
    .map_err(ErrorInternalServerError)?
    .ok_or_else(|| ErrorUnauthorized("no session"))?;
    let expires_at: DateTime<Utc> = row.get(8);
    if expires_at <= Utc::now() {
        return Err(ErrorUnauthorized("expired"));
    }
    let mut user = user_view(&row);
    user.session_expires_at = Some(expires_at);
    let (role, session_id) = (row.get(2), row.get(7));
    Ok(Identity { user, role, session_id })
}

async fn record(
    transaction: &mut Transaction<'_, Db>,
    action: &str,
    actor_id: Uuid,
    target_id: Uuid,
    now: DateTime<Utc>,
) -> Result<(), actix_web::Error> {
    sqlx::query(
        "INSERT INTO audit_events (id, occurred_at, actor_kind, actor_id, action, target_id, count) \
         VALUES ($1, $2, 'user', $3, $4, $5, 1)",
    )
    .bind(Uuid::now_v7())
    .bind(now)
    .bind(actor_id)
    .bind(action)
    .bind(target_id)
    .execute(&mut **transaction)
    .await
    .map_err(ErrorInternalServerError)?;
    Ok(())
}

async fn hash(floor: &Floor, password: String) -> Result<String, actix_web::Error> {
    let _permit = floor.hash_permits.acquire().await.map_err(ErrorInternalServerError)?;
    let cost = floor.bcrypt_cost;
    let hash = web::block(move || bcrypt::hash(password, cost)).await?;
    hash.map_err(ErrorInternalServerError)
}

async fn verify(floor: &Floor, password: String, stored: String) -> Result<bool, actix_web::Error> {
    let _permit = floor.hash_permits.acquire().await.map_err(ErrorInternalServerError)?;
    let matches = web::block(move || bcrypt::verify(password, &stored)).await?;
    matches.map_err(ErrorInternalServerError)
}

fn user_view(row: &DbRow) -> UserView {
    UserView {
        id: row.get(0),
        username: row.get(1),
        role: role_name(row.get(2)),
        is_active: row.get(3),
        created_at: row.get(4),
        updated_at: row.get(5),
        is_invited: row.get(6),
        session_expires_at: None,
    }
}

fn role_name(rank: i16) -> &'static str {
    match rank {
        SUPER_ADMIN => "super_admin",
        ADMIN => "admin",
        _ => "user",
    }
}
