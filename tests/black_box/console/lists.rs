//! The lists of users and events.

use test_database::DatabaseKind;

use crate::support::{Client, Server};

/// The usernames on a page of the list of users.
fn usernames(page: &str) -> Vec<&str> {
    let rows = page.split("<th scope=\"row\"><a href=\"/console/users/").skip(1);
    rows.map(|row| row.split_once("\">").unwrap().1.split_once('<').unwrap().0)
        .collect()
}

/// Where the link to the next page leads.
fn next(page: &str) -> Option<String> {
    let (before, _) = page.split_once("\" rel=\"next\">")?;
    Some(before.rsplit_once("href=\"")?.1.replace("&#38;", "&"))
}

async fn all_pages(client: &Client, first: &str) -> Vec<Vec<String>> {
    let (mut pages, mut address) = (Vec::new(), Some(first.to_owned()));
    while let Some(current) = address {
        let answer = client.get(&current).await;
        let text = answer.page(200);
        pages.push(usernames(text).into_iter().map(str::to_owned).collect());
        address = next(text);
    }
    pages
}

#[tokio::test]
async fn users_are_searched_filtered_sorted_and_paged() {
    let server = Server::start(DatabaseKind::Sqlite);
    let root = server.super_admin("super").await;
    for number in 0..45 {
        root.create(
            &format!("user.{number:02}"),
            if number % 5 == 0 { "admin" } else { "user" },
        )
        .await;
    }
    root.change("inactivate", "user.07").await.expect(200);

    let pages = all_pages(&root, "/console/users?username=user").await;
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [20, 20, 5]);
    let all = pages.concat();
    assert_eq!(all.first().map(String::as_str), Some("user.00"));
    assert!(all.is_sorted());
    let admins = all_pages(&root, "/console/users?username=USER&role=admin&is_active=&sort=newest").await;
    assert_eq!(admins.concat().first().map(String::as_str), Some("user.40"));
    assert_eq!(admins.concat().len(), 9);
    let backwards = all_pages(
        &root,
        "/console/users?username=user&role=&is_active=true&sort=username-desc",
    )
    .await;
    assert_eq!(backwards.concat().len(), 44);
    assert_eq!(backwards.concat().first().map(String::as_str), Some("user.44"));
    let inactive = all_pages(&root, "/console/users?username=&role=&is_active=false&sort=username").await;
    assert_eq!(inactive.concat(), ["user.07"]);
    for sort in ["oldest", "changed", "role", "inactive"] {
        let pages = all_pages(&root, &format!("/console/users?sort={sort}")).await.concat();
        assert_eq!(pages.len(), 46, "{sort}");
    }
    let unseen = all_pages(&root, "/console/users?role=admin&not_seen_since=2099-01-01").await;
    assert_eq!(unseen.concat().len(), 9);
    let unseen = all_pages(&root, "/console/users?username=&not_seen_since=2020-01-01").await;
    assert!(unseen.concat().is_empty());
    for date in ["-4714-11-23", "%2B10000-01-01"] {
        root.get(&format!("/console/users?not_seen_since={date}"))
            .await
            .page(422);
    }
    let none = root.get("/console/users?username=zzz").await;
    assert!(none.page(200).contains("No users match."));
    let too_long = root.get("/console/users?username=abcdefghijklmnopqrstuvwxyz").await;
    assert!(
        too_long
            .page(422)
            .contains("id=\"username-error\" role=\"alert\">It must have at most 20")
    );
    root.get(&format!("{}x", next(&root.get("/console/users").await.text).unwrap()))
        .await
        .page(422);
}

#[tokio::test]
async fn events_are_filtered_and_paged() {
    let server = Server::start(DatabaseKind::Sqlite);
    let root = server.super_admin("super").await;
    for number in 0..30 {
        root.create(&format!("user.{number:02}"), "user").await;
    }
    let id = root.find("user.07").await[0]["id"].as_str().unwrap().to_owned();
    let count = |page: &str| page.matches("<th scope=\"row\">").count();

    let first = root
        .get("/console/audit?action=create_user&outcome=&since=&until=")
        .await;
    assert_eq!(count(first.page(200)), 20);
    let second = root.get(&next(&first.text).unwrap()).await;
    assert_eq!(count(second.page(200)), 10);
    assert_eq!(next(&second.text), None);
    let of_target = root.get(&format!("/console/audit?target_id={id}")).await;
    assert_eq!(count(of_target.page(200)), 1);
    assert!(of_target.text.contains(&format!("name=\"target_id\" value=\"{id}\"")));
    let later = root.get("/console/audit?since=2999-01-01T00%3A00").await;
    assert!(later.page(200).contains("No events match."));
    assert!(later.text.contains("value=\"2999-01-01T00:00\""));
    let refused = root.get("/console/audit?outcome=refused").await;
    assert!(refused.page(200).contains("No events match."));
    let before = root
        .get("/console/audit?until=2999-01-01T00%3A00&action=create_super_admin")
        .await;
    assert!(before.page(200).contains("Operator"), "{before:?}");
}
