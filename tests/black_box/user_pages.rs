//! The list of users page by page: cursors, totals, and cursors that are refused.

use std::slice;

use sea_orm::ConnectionTrait;
use serde_json::Value;
use test_database::{DatabaseKind, apply, on_every_database};

use crate::{
    list_users::populated,
    support::{Client, Server, blamed},
};

const FIELDS: [&str; 5] = ["username", "role", "is_active", "created_at", "updated_at"];

#[apply(on_every_database)]
#[tokio::test]
async fn pages_lead_from_one_to_the_next(database: DatabaseKind) {
    let (_server, root) = populated(database).await;
    for field in FIELDS {
        for order in ["ASC", "DESC"] {
            for filter in [
                "",
                "&role=user",
                "&is_active=true",
                "&username=al",
                "&role=admin&is_active=false&username=a",
            ] {
                let query = format!("sorting_field={field}&sorting_order={order}{filter}");
                let whole = list(&root, &query).await;
                assert_eq!(whole["next_cursor"], Value::Null);
                for limit in [1, 2, 7] {
                    let pages = walk(&root, &format!("{query}&limit={limit}")).await;
                    assert!(
                        pages
                            .iter()
                            .all(|page| page["total"] == whole["total"] && page["offset"] == 0)
                    );
                    assert!(
                        pages
                            .iter()
                            .all(|page| page["users"].as_array().unwrap().len() <= limit)
                    );
                    assert_eq!(users(&pages), users(slice::from_ref(&whole)), "{query} by {limit}");
                }
            }
        }
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_page_by_offset_leads_on_by_cursor(database: DatabaseKind) {
    let (_server, root) = populated(database).await;
    let page = list(&root, "limit=2&offset=3").await;
    let next = list(&root, &format!("limit=100&after={}", cursor(&page))).await;
    assert_eq!(users(&[page, next]), users(&[list(&root, "offset=3").await]));
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_user_who_changes_does_not_move_the_next_page(database: DatabaseKind) {
    let (_server, root) = populated(database).await;
    // The fields that can change, in the order in which the super admin, who cannot, is no second.
    for field in ["role", "is_active", "updated_at"] {
        let query = format!("sorting_field={field}&sorting_order=DESC");
        let before = list(&root, &format!("{query}&limit=2")).await;
        let last = before["users"][1]["username"].clone();
        let others = async || {
            let page = list(&root, &format!("{query}&after={}", cursor(&before))).await;
            let users = users(&[page]).into_iter().map(|user| user["username"].clone());
            Vec::from_iter(users.filter(|username| *username != last))
        };
        let expected = others().await;
        assert_eq!(expected.len(), 5);
        for change in ["grant", "inactivate", "reactivate", "revoke"] {
            root.change(change, last.as_str().unwrap()).await.expect(200);
            assert_eq!(others().await, expected, "{field}, {change} {last}");
        }
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_cursor_that_does_not_fit_is_refused(database: DatabaseKind) {
    let (_server, root) = populated(database).await;
    let by_name = cursor(&list(&root, "limit=1").await);
    let by_time = cursor(&list(&root, "limit=1&sorting_field=created_at").await);
    let field = "must be from a page with the same `sorting_field`; ask with that one, or leave this out";
    let offset = "must not be given with an `offset`; leave one of them out";
    let none = "must be the `next_cursor` of a page; leave it out to begin at the first one";
    for (query, rule) in [
        (format!("sorting_field=created_at&after={by_name}"), field),
        (format!("sorting_field=updated_at&after={by_time}"), field),
        (format!("after={by_time}"), field),
        (format!("after={by_name}&offset=1"), offset),
        (format!("after={by_name}x"), none),
        (format!("after={}", &by_name[..10]), none),
        ("after=".to_owned(), none),
        ("after=019b796d-d600-7c2e-9d5f-4b1a6e3c8f20".to_owned(), none),
        ("after=%00".to_owned(), none),
    ] {
        let answer = root.get(&format!("/api/v1/users/?{query}")).await;
        assert_eq!(blamed(&answer), ["after"], "{query}");
        assert_eq!(answer.json()["errors"][0]["message"], rule, "{query}");
    }
    for query in [
        format!("after={by_name}&offset=0"),
        format!("after={by_name}&sorting_field=username&sorting_order=DESC&role=user"),
    ] {
        list(&root, &query).await;
    }
}

#[apply(on_every_database)]
#[tokio::test]
async fn the_shape_of_a_request_is_judged_before_the_permission(database: DatabaseKind) {
    let (server, root) = populated(database).await;
    let by_name = cursor(&list(&root, "limit=1").await);
    let plain = server.logged_in("carol").await;
    let query = format!("/api/v1/users/?sorting_field=role&after={by_name}");
    assert_eq!(blamed(&plain.get(&query).await), ["after"]);
    plain
        .get(&format!("/api/v1/users/?after={by_name}"))
        .await
        .problem(403, "not_authorized");
}

#[apply(on_every_database)]
#[tokio::test]
async fn a_total_beyond_a_thousand_is_counted_only_if_asked_for(database: DatabaseKind) {
    let server = Server::start(database);
    let root = server.super_admin("super").await;
    let connection = server.open_database().await;
    // Ids that differ in their last digits, whatever the form in which the database keeps them.
    let id = match database {
        DatabaseKind::Sqlite => "unhex(printf('%032x', n))",
        DatabaseKind::Postgres => "lpad(to_hex(n), 32, '0')::uuid",
    };
    let insert = format!(
        "INSERT INTO users SELECT {id}, 'user' || n, 'user' || n, 'x', 10, true, \
         '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00' \
         FROM (WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 1000) \
         SELECT n FROM numbers) AS numbers"
    );
    connection.execute_unprepared(&insert).await.unwrap();
    for (query, total, is_exact) in [
        ("", 1000, false),
        ("include_total=false", 1000, false),
        ("include_total=true", 1001, true),
        ("role=user", 1000, true),
        ("username=user99", 11, true),
        ("offset=1001", 1000, false),
        ("offset=1001&include_total=true", 1001, true),
    ] {
        let list = list(&root, query).await;
        assert_eq!(
            (&list["total"], &list["total_is_exact"]),
            (&total.into(), &is_exact.into()),
            "{query}"
        );
    }
    assert_eq!(
        users(&walk(&root, "limit=100&sorting_field=created_at").await).len(),
        1001
    );
}

/// The list that is answered to `query`.
async fn list(client: &Client, query: &str) -> Value {
    client.get(&format!("/api/v1/users/?{query}")).await.expect(200)
}

/// Every page, from the first to the last.
async fn walk(client: &Client, query: &str) -> Vec<Value> {
    let mut pages = vec![list(client, query).await];
    while pages.last().unwrap()["next_cursor"] != Value::Null {
        let next = cursor(pages.last().unwrap());
        pages.push(list(client, &format!("{query}&after={next}")).await);
    }
    pages
}

fn cursor(page: &Value) -> String {
    page["next_cursor"].as_str().unwrap().to_owned()
}

fn users(pages: &[Value]) -> Vec<Value> {
    pages
        .iter()
        .flat_map(|page| page["users"].as_array().unwrap().clone())
        .collect()
}
