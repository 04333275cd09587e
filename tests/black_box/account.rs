//! Signing up, logging in and out, and who am I.

use crate::support::{PASSWORD, Server};

#[tokio::test]
async fn a_user_signs_up_logs_in_sees_himself_and_logs_out() {
    let server = Server::start();
    let alice = server.anonymous();

    let signed_up = alice.sign_up("Alice", PASSWORD).await;
    let user = signed_up.expect(201);
    assert_eq!(user["username"], "Alice");
    assert_eq!(user["role"], "user");
    assert_eq!(user["is_active"], true);
    assert!(signed_up.cookies().is_empty(), "signing up is not logging in");
    alice.me().await.problem(401, "not_authenticated");

    let logged_in = alice.log_in("ALICE", PASSWORD).await.expect(200);
    assert_eq!(logged_in["id"], user["id"]);
    assert_eq!(alice.me().await.expect(200), logged_in);

    let logged_out = alice.log_out().await;
    assert_eq!(logged_out.status, 204);
    assert!(
        logged_out
            .header("set-cookie")
            .is_some_and(|cookie| cookie.contains("Max-Age=0"))
    );
    alice.me().await.problem(401, "not_authenticated");
}
