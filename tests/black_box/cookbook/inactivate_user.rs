//! A leaver is shut out.

use super::support::Cookbook;

#[tokio::test]
#[ignore = "needs bash, curl and jq"]
async fn a_leaver_is_shut_out_at_once_and_only_once() {
    let cookbook = Cookbook::new().await;
    let brian = cookbook.server.user("Brian").await;
    let bystander = cookbook.server.user("brian2").await;
    let said = cookbook.run("inactivate-user.sh", &["brian"]).succeeded();
    assert!(
        said.starts_with("Brian (") && said.contains("), user, created 20"),
        "{said}"
    );
    assert!(
        said.ends_with("\nBrian is inactive now, and all its sessions have ended\n"),
        "{said}"
    );
    brian.me().await.problem(401, "not_authenticated");
    bystander.me().await.expect(200);

    let again = cookbook.run("inactivate-user.sh", &["--yes", "brian"]).succeeded();
    assert!(
        again.ends_with("\nBrian was inactive already and has no session\n"),
        "{again}"
    );
}

#[tokio::test]
#[ignore = "needs bash, curl and jq"]
async fn nobody_else_is_taken_for_the_leaver() {
    let cookbook = Cookbook::new().await;
    let similar = cookbook.server.user("brian2").await;
    let refusal = cookbook.run("inactivate-user.sh", &["brian"]).refused();
    assert_eq!(refusal, "nobody is named brian\n");
    let refusal = cookbook.run("inactivate-user.sh", &["b&limit=2#"]).refused();
    assert_eq!(refusal, "nobody is named b&limit=2#\n");
    similar.me().await.expect(200);

    let outcome = cookbook.run("inactivate-user.sh", &["super.admin"]);
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.stderr.contains("[not_authorized, request "), "{outcome:?}");
}
