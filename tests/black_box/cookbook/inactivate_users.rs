//! The leavers of a CSV file are shut out, and erased.

use std::fs;

use super::support::Cookbook;

#[tokio::test]
#[ignore = "needs bash, curl and jq"]
async fn leavers_are_shut_out_and_every_bad_line_is_told() {
    let cookbook = Cookbook::new().await;
    let brian = cookbook.server.user("Brian").await;
    let bystander = cookbook.server.user("brian2").await;
    let lines = "\u{feff}username\r\nbrian\r\nBRIAN\r\ncarol\r\nsuper.admin\r\nedgar,user";
    fs::write(cookbook.path("leavers.csv"), lines).unwrap();
    let outcome = cookbook.run("inactivate-users.sh", &["leavers.csv"]);

    assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(1), ""));
    let expected = [
        "Brian (",
        "super.admin (",
        "line 3: BRIAN: is listed already",
        "line 4: carol: nobody has this name",
        "line 6: edgar,user: there must be a username, no more",
        "line 5: super.admin: Your role does not permit this. [not_authorized, request ",
        "1 inactivated, 0 inactive already, 3 failed",
    ];
    let said: Vec<_> = outcome.stdout.lines().collect();
    assert_eq!(said.len(), expected.len(), "{outcome:?}");
    for (said, expected) in said.iter().zip(expected) {
        assert!(said.starts_with(expected), "{said} does not start with {expected}");
    }
    brian.me().await.problem(401, "not_authenticated");
    bystander.me().await.expect(200);
}

#[tokio::test]
#[ignore = "needs bash, curl and jq"]
async fn they_are_erased_only_if_that_is_asked_for_twice() {
    let cookbook = Cookbook::new().await;
    cookbook.root.create("user.one", "user").await;
    cookbook.run("inactivate-users.sh", &["leavers.csv"]).succeeded();
    let refusal = cookbook
        .run("inactivate-users.sh", &["--erase", "leavers.csv"])
        .misused();
    assert!(refusal.contains("--erase needs --yes"), "{refusal}");
    assert_eq!(cookbook.root.find("user.one").await.len(), 1);

    let said = cookbook
        .run("inactivate-users.sh", &["--erase", "--yes", "leavers.csv"])
        .succeeded();
    assert!(said.ends_with("\n1 erased, 0 failed\n"), "{said}");
    assert!(cookbook.root.find("user.one").await.is_empty());
    let again = cookbook
        .run("inactivate-users.sh", &["--erase", "--yes", "leavers.csv"])
        .refused();
    assert_eq!(again, "nothing was done: there is nobody to shut out\n");
}
