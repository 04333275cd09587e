//! Log-in, the way back, and log-out.

use reqwest::Method;
use rstest::rstest;
use test_database::DatabaseKind;

use crate::support::{Answer, Client, GUARDING, PASSWORD, Server};

async fn log_in(client: &Client, rd: Option<&str>) -> Answer {
    let mut fields = vec![("username", "alice"), ("password", PASSWORD)];
    fields.extend(rd.map(|rd| ("rd", rd)));
    client.post_form("/console/login", &fields).await
}

/// The address to which a page leads by itself.
fn refreshed(page: &str) -> Option<&str> {
    let (_, rest) = page.split_once("http-equiv=\"refresh\" content=\"0;url=")?;
    Some(rest.split_once('"')?.0)
}

#[tokio::test]
async fn a_log_in_leads_back_to_the_page_that_was_asked_for() {
    let server = Server::start(DatabaseKind::Sqlite);
    let alice = server.anonymous();
    alice.sign_up("alice", PASSWORD).await.expect(201);
    let asked = "/console/users?username=a&role=user";
    let answer = alice.get(asked).await;
    let log_in_address = "/console/login?rd=%2Fconsole%2Fusers%3Fusername%3Da%26role%3Duser";
    assert_eq!(answer.leads_to(), log_in_address);
    let form = alice.get(log_in_address).await;
    assert!(
        form.page(200)
            .contains("name=\"rd\" value=\"/console/users?username=a&#38;role=user\""),
        "{form:?}"
    );

    let logged_in = log_in(&alice, Some(asked)).await;
    assert_eq!(logged_in.leads_to(), log_in_address);
    let page = alice.get(log_in_address).await;
    assert_eq!(
        refreshed(page.page(200)),
        Some("/console/users?username=a&#38;role=user")
    );
    let page = alice.get("/console/login").await;
    assert_eq!(refreshed(page.page(200)), Some("/console/"));
    assert!(alice.get("/console/").await.page(200).contains("alice"));
}

#[rstest]
#[case("https://example.com/")]
#[case("//example.com")]
#[case("/\\example.com")]
#[case("/console\\@example.com")]
#[case("/console/%0d%0aSet-Cookie:a=b\r\n")]
#[case("javascript:alert(1)")]
#[case("data:text/html,x")]
#[case("/docs/")]
#[case("/console/../docs/")]
#[case("/console/%2e%2e/docs/")]
#[case("")]
#[tokio::test]
async fn no_log_in_leads_to_another_server(#[case] rd: &str) {
    let server = Server::start(DatabaseKind::Sqlite);
    let alice = server.user("alice").await;
    let encoded = form_urlencoded::byte_serialize(rd.as_bytes()).collect::<String>();
    let address = format!("/console/login?rd={encoded}");
    for client in [&alice, &server.anonymous()] {
        let page = client.get(&address).await;
        assert_eq!(refreshed(page.page(400)), None);
        log_in(client, Some(rd)).await.page(400);
    }
}

#[tokio::test]
async fn a_wrong_password_is_told_without_repeating_it() {
    let server = Server::start(DatabaseKind::Sqlite);
    let alice = server.anonymous();
    alice.sign_up("alice", PASSWORD).await.expect(201);
    for username in ["alice", "nobody", "no"] {
        let fields = [
            ("username", username),
            ("password", "secret sentence"),
            ("rd", "/console/audit"),
        ];
        let answer = alice.post_form("/console/login", &fields).await;
        let text = answer.page(401);
        assert!(text.contains(&format!("value=\"{username}\"")), "{text}");
        assert!(text.contains("value=\"/console/audit\""), "{text}");
        assert!(
            text.contains("role=\"alert\">The username or the password is wrong"),
            "{text}"
        );
        assert!(!text.contains("secret sentence"), "{text}");
        assert_eq!(answer.cookies(), [""; 0]);
    }
}

#[tokio::test]
async fn too_many_attempts_are_told_with_the_time_to_wait() {
    let limit = [("APP_SECURITY__THROTTLE__FREE_PER_ACCOUNT_AND_ADDRESS", "1")];
    let server = Server::start_with(DatabaseKind::Sqlite, &limit);
    let alice = server.anonymous();
    alice.sign_up("alice", PASSWORD).await.expect(201);
    let attempt = || alice.post_form("/console/login", &[("username", "alice"), ("password", "wrong")]);
    let mut answer = attempt().await;
    for _ in 0..5 {
        answer = attempt().await;
    }
    assert!(answer.page(429).contains("role=\"alert\""), "{answer:?}");
    assert!(answer.header("retry-after").is_some());
}

#[tokio::test]
async fn a_log_out_ends_the_session_and_is_told_once() {
    let server = Server::start(DatabaseKind::Sqlite);
    let alice = server.anonymous();
    alice.sign_up("alice", PASSWORD).await.expect(201);
    log_in(&alice, None).await.leads_to();
    let cookie = alice.cookie().unwrap();
    alice.get("/console/logout").await.page(405);

    let answer = alice.post_form("/console/logout", &[]).await;
    assert_eq!(answer.leads_to(), "/console/login");
    let notice = answer
        .cookies()
        .into_iter()
        .find(|cookie| cookie.contains("_notice"))
        .unwrap()
        .to_owned();
    assert_eq!(
        notice,
        "access_token_notice=logged_out; HttpOnly; SameSite=Lax; Path=/; Max-Age=60"
    );
    server.carrying(&cookie).me().await.problem(401, "not_authenticated");
    assert!(
        alice
            .get("/console/login")
            .await
            .page(200)
            .contains("You are logged out.")
    );
    assert!(
        !alice
            .get("/console/login")
            .await
            .page(200)
            .contains("You are logged out.")
    );
}

#[tokio::test]
async fn a_notice_is_one_of_ours() {
    let server = Server::start(DatabaseKind::Sqlite);
    for forged in ["<b>Pay_here</b>", "Pay", "led_to-<b>"] {
        let client = server.carrying(&format!("access_token_notice={forged}"));
        let text = client.get("/console/login").await.page(200).to_owned();
        assert!(!text.contains("Pay") && !text.contains("role=\"status\""), "{text}");
    }
}

#[tokio::test]
async fn a_dead_session_leads_to_the_log_in_and_its_cookie_is_cleared() {
    let server = Server::start(DatabaseKind::Sqlite);
    let alice = server.user("alice").await;
    let dead = alice.cookie().unwrap();
    alice.log_out().await;
    let answer = server.carrying(&dead).get("/console/password").await;
    assert_eq!(answer.leads_to(), "/console/login?rd=%2Fconsole%2Fpassword");
    answer.assert_clears_the_cookie();
    assert_eq!(answer.header("www-authenticate"), None);
    server
        .carrying("access_token=garbage")
        .get("/console/login")
        .await
        .page(200);
}

#[tokio::test]
async fn who_is_logged_in_logs_out_before_using_another_account() {
    let server = Server::start(DatabaseKind::Sqlite);
    let alice = server.user("alice").await;
    server.anonymous().sign_up("brian", PASSWORD).await.expect(201);
    let cookie = alice.cookie();
    let brian = [("username", "brian"), ("password", PASSWORD)];
    let told = alice.post_form("/console/login", &brian).await;
    assert!(told.page(403).contains("You are logged in as alice."), "{told:?}");
    let new = [
        ("username", "caroline"),
        ("password", PASSWORD),
        ("password_again", PASSWORD),
    ];
    let told = alice.post_form("/console/signup", &new).await;
    assert!(told.page(403).contains("You are logged in as alice."), "{told:?}");
    server
        .anonymous()
        .log_in("caroline", PASSWORD)
        .await
        .problem(401, "invalid_credentials");

    let twice = [("username", "Alice"), ("password", "whatever it is")];
    assert_eq!(
        alice.post_form("/console/login", &twice).await.leads_to(),
        "/console/login"
    );
    assert_eq!(alice.get("/console/signup").await.leads_to(), "/console/login");
    assert_eq!(alice.cookie(), cookie);
}

#[tokio::test]
async fn who_signs_up_first_is_led_back_too() {
    let server = Server::start(DatabaseKind::Sqlite);
    let alice = server.anonymous();
    let query = "?rd=%2Fconsole%2Fpassword";
    let log_in_page = alice.get(&format!("/console/login{query}")).await;
    assert!(
        log_in_page
            .page(200)
            .contains(&format!("href=\"/console/signup{query}\""))
    );
    let sign_up_page = alice.get(&format!("/console/signup{query}")).await;
    assert!(
        sign_up_page
            .page(200)
            .contains(&format!("href=\"/console/login{query}\""))
    );
    assert!(sign_up_page.text.contains("name=\"rd\" value=\"/console/password\""));
    let fields = [
        ("username", " alice "),
        ("password", PASSWORD),
        ("password_again", PASSWORD),
        ("rd", "/console/password"),
    ];
    let signed_up = alice.post_form("/console/signup", &fields).await;
    assert_eq!(signed_up.leads_to(), format!("/console/login{query}"));
    alice
        .get("/console/signup?rd=https%3A%2F%2Fexample.com")
        .await
        .page(400);
}

#[tokio::test]
async fn a_session_that_has_ended_meanwhile_is_told() {
    let server = Server::start(DatabaseKind::Sqlite);
    let alice = server.user("alice").await;
    let dead = alice.cookie().unwrap();
    let other = server.logged_in("alice").await;
    other.delete("/api/v1/account/sessions?keep_current=false").await;
    let notice = |answer: &Answer| {
        let cookies = answer.cookies();
        let notice = cookies
            .iter()
            .find_map(|cookie| cookie.strip_prefix("access_token_notice="));
        notice.map(|value| value.split(';').next().unwrap().to_owned())
    };
    let client = server.carrying(&dead);
    assert_eq!(notice(&client.get("/console/").await).as_deref(), Some("session_over"));
    let fields = [
        ("username", "alice"),
        ("current_password", PASSWORD),
        ("password", PASSWORD),
        ("password_again", PASSWORD),
    ];
    let posted = client.post_form("/console/password", &fields).await;
    assert_eq!(posted.leads_to(), "/console/login");
    assert_eq!(notice(&posted).as_deref(), Some("not_saved"));
    assert_eq!(
        notice(&client.post_form("/console/logout", &[]).await).as_deref(),
        Some("logged_out")
    );
    assert_eq!(notice(&server.anonymous().get("/console/").await), None);
    let told = server
        .carrying("access_token_notice=not_saved")
        .get("/console/login")
        .await;
    assert!(told.page(200).contains("what you sent was not saved"), "{told:?}");
}

#[rstest]
#[case::from_another_site(&["cross-site", "navigate", "document"], "", true)]
#[case::with_a_cookie(&["cross-site", "navigate", "document"], "access_token=dead", false)]
#[case::from_the_address_bar(&["none", "navigate", "document"], "", false)]
#[case::after_the_reload(&["same-origin", "navigate", "document"], "", false)]
#[case::in_a_frame(&["cross-site", "navigate", "iframe"], "", false)]
#[case::an_image(&["cross-site", "no-cors", "image"], "", false)]
#[case::in_an_old_browser(&[], "", false)]
#[tokio::test]
async fn a_visitor_from_another_site_loads_the_page_again_before_the_log_in(
    #[case] fetch: &[&str],
    #[case] cookie: &str,
    #[case] is_reloaded: bool,
) {
    let server = Server::start(DatabaseKind::Sqlite);
    let visitor = server.carrying(cookie);
    for path in [
        "/console/users?username=a&role=user",
        "/console/login?rd=%2Fconsole%2Faudit",
    ] {
        let mut request = visitor.request(Method::GET, path);
        for (name, value) in ["sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest"].iter().zip(fetch) {
            request = request.header(*name, *value);
        }
        let answer = visitor.send(request).await;
        if is_reloaded {
            let address = refreshed(answer.page(200)).unwrap().replace("&#38;", "&");
            assert_eq!(address, path);
        } else if path.starts_with("/console/login") {
            assert!(answer.page(200).contains("current-password"), "{answer:?}");
        } else {
            assert!(answer.leads_to().starts_with("/console/login?rd="), "{answer:?}");
        }
    }
}

#[tokio::test]
async fn a_log_in_leads_on_to_a_guarded_service_with_a_pass() {
    let server = Server::start_with(DatabaseKind::Sqlite, &GUARDING);
    let alice = server.anonymous();
    alice.sign_up("alice", PASSWORD).await.expect(201);
    let rd = "https://app.example.com/reports?year=2026";
    let log_in_address = "/console/login?rd=https%3A%2F%2Fapp.example.com%2Freports%3Fyear%3D2026";
    assert_eq!(log_in(&alice, Some(rd)).await.leads_to(), log_in_address);
    let page = alice.get(log_in_address).await;
    assert_eq!(refreshed(page.page(200)), Some(rd));
    let pass = |answer: &Answer| {
        answer
            .cookies()
            .iter()
            .any(|cookie| cookie.starts_with("access_token_pass=ey"))
    };
    assert!(pass(&page), "{page:?}");

    // It was led there a moment ago.
    let again = alice.get(log_in_address).await;
    assert_eq!(refreshed(again.page(200)), None);
    assert!(again.text.contains("which has sent you back here"), "{again:?}");
    assert!(again.text.contains(&format!("href=\"{rd}\"")), "{again:?}");
    assert!(pass(&again), "{again:?}");
    let elsewhere = alice.get("/console/login?rd=https%3A%2F%2Fapp.example.com%2F").await;
    assert_eq!(refreshed(elsewhere.page(200)), Some("https://app.example.com/"));
    assert_eq!(
        refreshed(alice.get(log_in_address).await.page(200)),
        None,
        "both are remembered"
    );

    for rd in [
        "https://example.com/",
        "https://app.example.com.evil.test/",
        "http://app.example.com/",
    ] {
        log_in(&alice, Some(rd)).await.page(400);
    }
    let log_out = alice.post_form("/console/logout", &[]).await;
    let removed = |cookie: &&str| cookie.starts_with("access_token_pass=;") && cookie.contains("Domain=example.com");
    assert!(log_out.cookies().iter().any(removed), "{log_out:?}");
}
