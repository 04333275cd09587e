use chrono::TimeDelta;

use super::*;
use crate::{
    application::testing::{FakeAccessTokens, World, provenance, user},
    domain::user::Role,
};

async fn authenticate(world: &World, token: &AccessToken) -> Result<Authenticated, AuthenticateError> {
    world.authenticate().execute(Some(token), provenance()).await
}

#[tokio::test]
async fn a_live_session_identifies_its_user_and_does_not_change() {
    let alice = user("alice", Role::Admin);
    let world = World::with([alice.clone()]).await;
    let session = world.begin_session(&alice);

    let authenticated = authenticate(&world, &session.token).await.unwrap();
    assert_eq!(authenticated.actor.id(), alice.id());
    assert_eq!(authenticated.actor.role(), Role::Admin);
    assert_eq!(authenticated.renewed_token, None);
}

#[tokio::test]
async fn no_token_and_a_token_we_did_not_make_are_refused() {
    let world = World::with([user("alice", Role::User)]).await;
    for token in [None, Some(&AccessToken::new("forged"))] {
        let refusal = world.authenticate().execute(token, provenance()).await;
        assert!(matches!(refusal, Err(AuthenticateError::NotAuthenticated(_))));
    }
}

#[tokio::test]
async fn a_forged_token_costs_no_query() {
    let world = World::new();
    world.store().fail();
    let refusal = authenticate(&world, &AccessToken::new("forged")).await;
    assert!(matches!(refusal, Err(AuthenticateError::NotAuthenticated(_))));
}

#[tokio::test]
async fn an_expired_session_is_refused() {
    let alice = user("alice", Role::User);
    let world = World::with([alice.clone()]).await;
    let session = world.begin_session(&alice);
    world.advance(TimeDelta::minutes(60));
    let refusal = authenticate(&world, &session.token).await;
    assert!(matches!(refusal, Err(AuthenticateError::NotAuthenticated(_))));
}

#[tokio::test]
async fn an_expired_session_is_refused_even_with_a_valid_token() {
    let alice = user("alice", Role::User);
    let world = World::with([alice.clone()]).await;
    let session = world.begin_session(&alice);
    world.store().fail_commits();
    let token = FakeAccessTokens.verify(&session.token).unwrap();
    let later = token.expires_at + TimeDelta::hours(1);
    let token = FakeAccessTokens.issue(&token.secret, world.now(), later).unwrap();
    world.advance(TimeDelta::minutes(60));
    let refusal = authenticate(&world, &token).await;
    assert!(matches!(refusal, Err(AuthenticateError::NotAuthenticated(_))));
}

#[tokio::test]
async fn an_expired_token_is_refused_and_leaves_a_session_that_lives_by_a_later_one() {
    let alice = user("alice", Role::User);
    let world = World::with([alice.clone()]).await;
    let session = world.begin_session(&alice);
    world.advance(TimeDelta::minutes(50));
    let renewed = authenticate(&world, &session.token).await.unwrap();
    world.advance(TimeDelta::minutes(10));

    let refusal = authenticate(&world, &session.token).await;
    assert!(matches!(refusal, Err(AuthenticateError::NotAuthenticated(_))));
    assert!(
        world
            .authenticate()
            .execute(renewed.renewed_token.as_ref(), provenance())
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn no_session_is_extended_beyond_its_absolute_end_by_a_clock_that_is_set() {
    let alice = user("alice", Role::User);
    let world = World::with([alice.clone()]).await;
    let session = world.begin_session(&alice);
    let end = world.now() + TimeDelta::minutes(150);
    for minutes in [-525_600, 525_659, -30, 525_600] {
        world.advance(TimeDelta::minutes(minutes));
        let _ = authenticate(&world, &session.token).await;
        assert!(world.store().sessions()[0].expires_at() <= end);
    }
    assert!(!world.is_live(&session).await);
}

#[tokio::test]
async fn the_session_of_a_user_who_is_inactive_now_is_refused() {
    let mut alice = user("alice", Role::User);
    let world = World::with([alice.clone()]).await;
    let session = world.begin_session(&alice);
    alice.inactivate(world.now());
    world.store().replace_user(&alice);
    let refusal = authenticate(&world, &session.token).await;
    assert!(matches!(refusal, Err(AuthenticateError::NotAuthenticated(_))));
}

#[tokio::test]
async fn a_change_of_role_affects_the_next_request() {
    let mut alice = user("alice", Role::Admin);
    let world = World::with([alice.clone()]).await;
    let session = world.begin_session(&alice);
    alice.revoke_admin(world.now()).unwrap();
    world.store().replace_user(&alice);
    let authenticated = authenticate(&world, &session.token).await.unwrap();
    assert_eq!(authenticated.actor.role(), Role::User);
}

#[tokio::test]
async fn a_session_used_near_its_end_gets_its_full_life_and_a_new_token() {
    let alice = user("alice", Role::User);
    let world = World::with([alice.clone()]).await;
    let session = world.begin_session(&alice);
    world.advance(TimeDelta::minutes(59));

    let renewed = authenticate(&world, &session.token).await.unwrap();
    assert_eq!(renewed.actor.session_expires_at(), world.now() + TimeDelta::minutes(60));
    world.advance(TimeDelta::minutes(29));
    assert!(
        world
            .authenticate()
            .execute(renewed.renewed_token.as_ref(), provenance())
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn the_last_use_of_a_session_is_recorded_at_intervals() {
    let alice = user("alice", Role::User);
    let world = World::with([alice.clone()]).await;
    let session = world.begin_session(&alice);
    let start = world.now();
    // The last one renews the session.
    for (passed, seen) in [(4, 0), (2, 6), (4, 6), (1, 11), (24, 35)] {
        world.advance(TimeDelta::minutes(passed));
        authenticate(&world, &session.token).await.unwrap();
        let last_seen_at = world.store().sessions()[0].state().last_seen_at;
        assert_eq!(last_seen_at, start + TimeDelta::minutes(seen));
    }
}

#[tokio::test]
async fn a_session_ends_at_its_absolute_end_however_it_is_used() {
    let alice = user("alice", Role::User);
    let world = World::with([alice.clone()]).await;
    let mut token = world.begin_session(&alice).token;
    for (passed, is_renewed) in [(50, true), (50, true), (40, false)] {
        world.advance(TimeDelta::minutes(passed));
        let authenticated = authenticate(&world, &token).await.unwrap();
        assert_eq!(authenticated.renewed_token.is_some(), is_renewed, "{passed}");
        token = authenticated.renewed_token.unwrap_or(token);
    }
    world.advance(TimeDelta::minutes(10));
    let refusal = authenticate(&world, &token).await;
    assert!(matches!(refusal, Err(AuthenticateError::NotAuthenticated(_))));
}

#[tokio::test]
async fn parallel_requests_near_the_end_all_succeed() {
    let alice = user("alice", Role::User);
    let world = World::with([alice.clone()]).await;
    let session = world.begin_session(&alice);
    world.advance(TimeDelta::minutes(59));
    let authenticate = world.authenticate();
    let (first, second) = tokio::join!(
        authenticate.execute(Some(&session.token), provenance()),
        authenticate.execute(Some(&session.token), provenance())
    );
    assert!(first.is_ok() && second.is_ok());
}

#[tokio::test]
async fn a_client_that_missed_the_new_token_gets_another() {
    let alice = user("alice", Role::User);
    let world = World::with([alice.clone()]).await;
    let session = world.begin_session(&alice);
    world.advance(TimeDelta::minutes(40));
    let missed = authenticate(&world, &session.token).await.unwrap();
    world.advance(TimeDelta::minutes(19));

    let again = authenticate(&world, &session.token).await.unwrap();
    assert_eq!(again.actor.session_expires_at(), missed.actor.session_expires_at());
    world.advance(TimeDelta::minutes(2));
    assert!(
        world
            .authenticate()
            .execute(again.renewed_token.as_ref(), provenance())
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn a_request_goes_on_while_its_session_cannot_be_renewed() {
    let alice = user("alice", Role::User);
    let world = World::with([alice.clone()]).await;
    let session = world.begin_session(&alice);
    world.advance(TimeDelta::minutes(59));
    world.store().fail_commits();
    let authenticated = authenticate(&world, &session.token).await.unwrap();
    assert_eq!(authenticated.renewed_token, None);
    assert_eq!(
        authenticated.actor.session_expires_at(),
        session.actor.session_expires_at()
    );
}

#[tokio::test]
async fn a_session_that_ends_before_its_renewal_is_not_revived() {
    let alice = user("alice", Role::User);
    let world = World::with([alice.clone()]).await;
    let session = world.begin_session(&alice);
    world.advance(TimeDelta::minutes(59));
    world.store().before_next_transaction({
        let store = world.store();
        let id = session.actor.session_id();
        move || store.remove_session(id)
    });
    let refusal = authenticate(&world, &session.token).await;
    assert!(matches!(refusal, Err(AuthenticateError::NotAuthenticated(_))));
    assert_eq!(world.session_count(), 0);
}

#[tokio::test]
async fn a_lost_database_is_not_taken_for_a_missing_log_in() {
    let alice = user("alice", Role::User);
    let world = World::with([alice.clone()]).await;
    let session = world.begin_session(&alice);
    world.store().fail();
    let refusal = authenticate(&world, &session.token).await;
    assert!(matches!(refusal, Err(AuthenticateError::Storage(_))));
}
