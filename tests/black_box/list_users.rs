//! The list of users: pages, order, filters, and parameters that are refused.

use serde_json::{Value, json};
use test_database::{DatabaseKind, apply, on_every_database};

use crate::support::{Client, PASSWORD, Server, assert_listed_user, blamed, time};

/// The users of [`populated`], by role and activity.
const USERS: [(&str, &str, bool); 6] = [
    ("Bob.Admin", "admin", true),
    ("alice", "user", true),
    ("al_bert", "user", false),
    ("ALBERTA", "admin", false),
    ("carol", "user", true),
    ("al-fons", "user", true),
];

#[apply(on_every_database)]
#[tokio::test]
async fn a_list_shows_users_as_they_are_with_their_total(database: DatabaseKind) {
    let (_server, root) = populated(database).await;
    let list = root.get("/api/v1/users/").await.expect(200);
    let users = &list["users"];
    assert_eq!(
        list,
        json!({"users": users, "next_cursor": null, "total": 7, "total_is_exact": true, "limit": 20, "offset": 0})
    );
    for user in users.as_array().unwrap() {
        assert_listed_user(user);
        let id = user["id"].as_str().unwrap();
        let mut found = root.get(&format!("/api/v1/users/{id}")).await.expect(200);
        assert!(found.as_object_mut().unwrap().remove("link").unwrap().is_null());
        assert_eq!(&found, user);
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_list_is_sorted_by_name_unless_something_else_is_asked_for(database: DatabaseKind) {
    let (_server, root) = populated(database).await;
    let by_name = ["al-fons", "al_bert", "ALBERTA", "alice", "Bob.Admin", "carol", "super"];
    for query in ["", "sorting_field=username", "sorting_order=ASC", "sorting_order=asc"] {
        assert_eq!(names(&root, query).await, by_name, "{query}");
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_list_is_sorted_by_any_field_in_either_direction(database: DatabaseKind) {
    let (_server, root) = populated(database).await;
    for field in ["username", "role", "is_active", "created_at", "updated_at"] {
        let mut users = root.find("").await;
        users.sort_by_key(|user| (rank(field, user), user["id"].to_string()));
        assert_eq!(
            listed(&root, &format!("sorting_field={field}")).await,
            users,
            "ties are broken by id"
        );

        let descending = listed(&root, &format!("sorting_field={field}&sorting_order=DESC")).await;
        let ranks = |users: &[Value]| users.iter().map(|user| rank(field, user)).collect::<Vec<_>>();
        users.reverse();
        assert_eq!(ranks(&descending), ranks(&users), "{field}");
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_user_who_changed_moves_in_the_order_of_changes(database: DatabaseKind) {
    let (_server, root) = populated(database).await;
    root.change("grant", "alice").await.expect(200);
    assert_eq!(
        names(&root, "sorting_field=updated_at&sorting_order=DESC&limit=1").await,
        ["alice"]
    );
}

#[apply(on_every_database)]
#[tokio::test]
async fn pages_never_overlap_and_together_show_everyone(database: DatabaseKind) {
    let (_server, root) = populated(database).await;
    // All but one or two rows are equal in these fields, so only the id keeps the pages apart.
    for field in ["username", "role", "is_active", "created_at", "updated_at"] {
        for order in ["ASC", "DESC"] {
            for limit in [1, 2, 3, 100] {
                let query = format!("sorting_field={field}&sorting_order={order}");
                let whole = names(&root, &query).await;
                let mut pages = Vec::new();
                for offset in (0..whole.len()).step_by(limit) {
                    let page = names(&root, &format!("{query}&limit={limit}&offset={offset}")).await;
                    assert!(page.len() <= limit);
                    pages.extend(page);
                }
                assert_eq!(pages, whole, "{query} by {limit}");
            }
        }
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_page_behind_the_end_is_empty_and_tells_the_total(database: DatabaseKind) {
    let (_server, root) = populated(database).await;
    for offset in [7, 2_147_483_647] {
        let list = root
            .get(&format!("/api/v1/users/?offset={offset}&limit=5"))
            .await
            .expect(200);
        assert_eq!(
            list,
            json!({
                "users": [], "next_cursor": null, "total": 7, "total_is_exact": true, "limit": 5, "offset": offset,
            })
        );
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn filters_narrow_the_list_and_its_total(database: DatabaseKind) {
    let (_server, root) = populated(database).await;
    for (query, expected) in [
        ("role=user", &["al-fons", "al_bert", "alice", "carol"][..]),
        ("role=admin", &["ALBERTA", "Bob.Admin"]),
        ("role=super_admin", &["super"]),
        ("is_active=false", &["al_bert", "ALBERTA"]),
        ("is_active=true", &["al-fons", "alice", "Bob.Admin", "carol", "super"]),
        ("username=al", &["al-fons", "al_bert", "ALBERTA", "alice"]),
        ("username=AL", &["al-fons", "al_bert", "ALBERTA", "alice"]),
        ("username=alice", &["alice"]),
        ("username=lice", &[]),
        ("username=al_", &["al_bert"]),
        ("username=al%25", &[]),
        ("username=%25", &[]),
        ("username=_", &[]),
        ("username=al-", &["al-fons"]),
        ("username=%5C", &[]),
        ("username=al%5C_", &[]),
        ("username='", &[]),
        ("username=%F0%9F%A6%80", &[]),
        (
            "username=",
            &["al-fons", "al_bert", "ALBERTA", "alice", "Bob.Admin", "carol", "super"],
        ),
        ("username=al&role=admin", &["ALBERTA"]),
        ("username=al&role=user&is_active=true", &["al-fons", "alice"]),
        ("username=b&is_active=false", &[]),
    ] {
        assert_eq!(names(&root, query).await, expected, "{query}");
        let list = root.get(&format!("/api/v1/users/?{query}&limit=1")).await.expect(200);
        assert_eq!(list["total"], expected.len(), "{query}");
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn users_whom_nobody_saw_since_a_time_are_found(database: DatabaseKind) {
    let (server, root) = populated(database).await;
    let carol = server.anonymous();
    carol.log_in("carol", PASSWORD).await.expect(200);
    let seen = time(&root.find("carol").await[0]["last_seen_at"]);
    assert_eq!(carol.log_out().await.status, 204);
    let user = &root.find("carol").await[0];
    assert_eq!(time(&user["last_seen_at"]), seen, "it outlives the session");
    assert!(root.find("alice").await[0]["last_seen_at"].is_null());

    let since = seen.format("%Y-%m-%dT%H:%M:%S%.6fZ");
    let unseen = names(&root, &format!("not_seen_since={since}&role=user")).await;
    assert_eq!(unseen, ["al-fons", "al_bert", "alice"]);
    let later = (seen + chrono::TimeDelta::microseconds(1)).format("%Y-%m-%dT%H:%M:%S%.6fZ");
    let unseen = names(&root, &format!("not_seen_since={later}&role=user&is_active=true")).await;
    assert_eq!(unseen, ["al-fons", "alice", "carol"]);
    for before in ["2020-01-01T00:00:00Z", "0000-06-01T00:00:00Z", "2016-12-31T23:59:60.5Z"] {
        for page in ["", "&offset=1", "&username=al&sorting_field=role"] {
            let query = format!("not_seen_since={before}{page}");
            assert_eq!(names(&root, &query).await, Vec::<String>::new(), "{query}");
        }
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_bad_parameter_is_named(database: DatabaseKind) {
    let server = Server::start(database);
    let root = server.super_admin("super").await;
    for (query, parameter) in [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=-1", "limit"),
        ("limit=1.5", "limit"),
        ("limit=ten", "limit"),
        ("limit=", "limit"),
        ("limit=99999999999999999999", "limit"),
        ("offset=-1", "offset"),
        ("offset=2147483648", "offset"),
        ("offset=%00", "offset"),
        ("sorting_field=password_hash", "sorting_field"),
        ("sorting_field=Username", "sorting_field"),
        ("sorting_field=", "sorting_field"),
        ("sorting_order=up", "sorting_order"),
        ("role=king", "role"),
        ("role=Admin", "role"),
        ("is_active=maybe", "is_active"),
        ("is_active=1", "is_active"),
        ("include_total=1", "include_total"),
        ("include_total=", "include_total"),
        ("not_seen_since=", "not_seen_since"),
        ("not_seen_since=2026-01-01", "not_seen_since"),
        ("not_seen_since=-4713-01-01T00:00:00Z", "not_seen_since"),
        ("not_seen_since=%2B10000-01-01T00:00:00Z", "not_seen_since"),
        ("not_seen_since=9999-12-31T23:59:59-23:59", "not_seen_since"),
        ("username=%00", "username"),
        ("username=aaaaaaaaaaaaaaaaaaaaa", "username"),
        ("limit=1&limit=2", "limit"),
        ("role=user&role=user", "role"),
        ("page=1", "page"),
        ("Limit=1", "Limit"),
        ("limit=5&nonsense", "nonsense"),
    ] {
        let answer = root.get(&format!("/api/v1/users/?{query}")).await;
        assert_eq!(blamed(&answer), [parameter], "{query}");
    }
    for query in [
        "limit=1&offset=0",
        "limit=100",
        "offset=2147483647",
        "sorting_order=desc",
        "",
    ] {
        root.get(&format!("/api/v1/users?{query}")).await.expect(200);
    }
}

/// A server with [`USERS`], created in that order, and the super admin who created them.
pub async fn populated(database: DatabaseKind) -> (Server, Client) {
    let server = Server::start(database);
    let root = server.super_admin("super").await;
    for (username, role, is_active) in USERS {
        root.create(username, role).await;
        if !is_active {
            root.change("inactivate", username).await.expect(200);
        }
    }
    (server, root)
}

/// The users that are listed for `query`.
async fn listed(client: &Client, query: &str) -> Vec<Value> {
    let list = client.get(&format!("/api/v1/users/?{query}")).await.expect(200);
    list["users"].as_array().unwrap().clone()
}

/// Their names.
async fn names(client: &Client, query: &str) -> Vec<String> {
    let users = listed(client, query).await;
    users
        .iter()
        .map(|user| user["username"].as_str().unwrap().to_owned())
        .collect()
}

/// Where users stand in the order by `field`, as far as that tells them apart.
fn rank(field: &str, user: &Value) -> (i64, String) {
    let number = match (field, &user[field]) {
        ("username", name) => return (0, name.as_str().unwrap().to_lowercase()),
        ("role", role) => ["user", "admin", "super_admin"]
            .iter()
            .position(|name| role == name)
            .unwrap() as i64,
        ("is_active", is_active) => i64::from(is_active == true),
        (_, moment) => time(moment).timestamp_micros(),
    };
    (number, String::new())
}
