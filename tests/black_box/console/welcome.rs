//! One-time links on pages: an admin gets one, and its user sets a password.

use reqwest::Method;
use test_database::DatabaseKind;

use crate::support::{Answer, Client, PASSWORD, Server};

const NEW_PASSWORD: &str = "another horse battery";

/// The one-time link that a page shows in a field.
#[track_caller]
fn link_on(answer: &Answer) -> &str {
    let (before, rest) = answer.page(200).split_once("value=\"http").unwrap();
    assert!(
        before
            .rsplit('<')
            .next()
            .unwrap()
            .starts_with("input type=\"text\" id=\"link\"")
    );
    let link = rest.split_once('"').unwrap();
    assert!(
        link.1.split_once('>').unwrap().0.contains("readonly autofocus"),
        "{answer:?}"
    );
    &rest[rest.find("/console").unwrap()..link.0.len()]
}

async fn set(client: &Client, link: &str, password: &str, again: &str) -> Answer {
    let fields = [
        ("token", link),
        ("username", "alice"),
        ("password", password),
        ("password_again", again),
    ];
    client.post_form("/console/welcome", &fields).await
}

#[tokio::test]
async fn an_admin_invites_a_user_who_pastes_the_link_and_sets_a_password() {
    let server = Server::start(DatabaseKind::Sqlite);
    let (admin, alice) = (server.admin("admin").await, server.anonymous());
    let fields = [
        ("username", "alice"),
        ("password", ""),
        ("password_again", ""),
        ("role", "user"),
    ];
    let created = admin.post_form("/console/users/new", &fields).await;
    let link = link_on(&created).to_owned();
    assert!(created.text.contains("<h1>Invitation for alice</h1>"), "{created:?}");
    assert!(created.cookies().is_empty(), "{created:?}");
    let id = admin.find("alice").await[0]["id"].as_str().unwrap().to_owned();
    for page in ["/console/users".to_owned(), format!("/console/users/{id}")] {
        let answer = admin.get(&page).await;
        assert!(answer.page(200).contains("Invited"), "{answer:?}");
        assert!(!answer.text.contains(link.split_once('#').unwrap().1), "{answer:?}");
    }

    let form = alice.get("/console/welcome").await;
    assert!(
        form.page_with_script(200)
            .contains("<label for=\"token\">Your link</label>")
    );
    let script = alice
        .get(
            form.text
                .split_once("<script src=\"")
                .unwrap()
                .1
                .split_once('"')
                .unwrap()
                .0,
        )
        .await;
    assert_eq!(script.header("content-type"), Some("text/javascript"));
    assert!(script.text.contains("history.replaceState"), "{script:?}");

    let second = alice.post_form("/console/welcome", &[("token", &link)]).await;
    let text = second.page(200);
    assert!(text.contains("<strong>alice</strong>"), "{text}");
    assert!(text.contains("type=\"hidden\" name=\"token\""), "{text}");
    assert!(
        set(&alice, &link, PASSWORD, NEW_PASSWORD)
            .await
            .page(422)
            .contains("id=\"password_again-error\"")
    );
    assert!(
        set(&alice, &link, "short", "short")
            .await
            .page(400)
            .contains("id=\"password-error\"")
    );
    let done = set(&alice, &link, NEW_PASSWORD, NEW_PASSWORD).await;
    assert_eq!(done.leads_to(), "/console/login");
    let page = alice.get("/console/login").await;
    assert!(
        page.page(200).contains("Your password was set. Log in now."),
        "{page:?}"
    );
    alice.log_in("alice", NEW_PASSWORD).await.expect(200);

    let void = set(&alice, &link, PASSWORD, PASSWORD).await;
    let text = void.page_with_script(404);
    assert!(
        text.contains("id=\"token-error\" role=\"alert\">This link does not work any more."),
        "{text}"
    );
}

#[tokio::test]
async fn an_admin_issues_and_withdraws_a_recovery_link() {
    let server = Server::start(DatabaseKind::Sqlite);
    let admin = server.admin("admin").await;
    server.user("alice").await;
    let id = admin.find("alice").await[0]["id"].as_str().unwrap().to_owned();
    let page = format!("/console/users/{id}");
    let question = admin.get(&format!("{page}/issue-link")).await;
    assert!(
        question.page(200).contains("<button>Issue a link</button>"),
        "{question:?}"
    );
    let issued = admin
        .post_form(&format!("{page}/issue-link"), &[("username", "alice")])
        .await;
    let link = link_on(&issued).to_owned();
    assert!(issued.text.contains("<h1>Recovery link for alice</h1>"), "{issued:?}");

    let alice = server.anonymous();
    alice.post_form("/console/welcome", &[("token", &link)]).await.page(200);
    let offer = "/withdraw-link\">Withdraw the link</a>";
    let outstanding = admin.get(&page).await;
    assert!(
        outstanding.page(200).contains("Recovery, not used yet") && outstanding.text.contains(offer),
        "{outstanding:?}"
    );
    let withdrawn = admin
        .post_form(&format!("{page}/withdraw-link"), &[("username", "alice")])
        .await;
    assert_eq!(withdrawn.leads_to(), page);
    let confirmed = admin.get(&page).await;
    assert!(
        confirmed.page(200).contains("The user has no link any more.") && !confirmed.text.contains(offer),
        "{confirmed:?}"
    );
    alice
        .post_form("/console/welcome", &[("token", &link)])
        .await
        .page_with_script(404);
}

#[tokio::test]
async fn a_page_of_another_site_redeems_nothing() {
    let server = Server::start(DatabaseKind::Sqlite);
    let client = server.anonymous();
    let request = client.request(Method::POST, "/console/welcome");
    let request = request
        .header("sec-fetch-site", "same-site")
        .header("origin", "https://evil.test");
    let request = request
        .header("content-type", "application/x-www-form-urlencoded")
        .body("token=x");
    client.send(request).await.page(403);
}
