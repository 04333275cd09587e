//! The contract of the storage ports, as tests that every implementation of them must pass: the fakes, and each
//! database.

pub(crate) mod audit_events;
pub(crate) mod erased_usernames;
pub(crate) mod links;
pub(crate) mod readers;
pub(crate) mod sessions;
pub(crate) mod throttle_buckets;
pub(crate) mod touches;
pub(crate) mod transactions;
pub(crate) mod user_pages;
pub(crate) mod users;

use std::{any::Any, net::IpAddr, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    AuditEventReader, IdentityReader, OneTimeLinkReader, SessionReader, SessionToucher, Transaction, UnitOfWork,
    UserReader,
};
use crate::domain::{
    secret::Secret,
    session::{AuthSession, AuthSessionId, ClientDetails, SessionLifetime, UserAgent},
    user::User,
};

/// A fresh, empty store behind its ports.
pub(crate) struct Storage {
    pub(crate) unit_of_work: Arc<dyn UnitOfWork>,
    pub(crate) users: Arc<dyn UserReader>,
    pub(crate) identities: Arc<dyn IdentityReader>,
    pub(crate) sessions: Arc<dyn SessionReader>,
    pub(crate) session_toucher: Arc<dyn SessionToucher>,
    pub(crate) links: Arc<dyn OneTimeLinkReader>,
    pub(crate) audit_events: Arc<dyn AuditEventReader>,
    /// Whatever must live as long as the store: a temporary directory, say.
    #[expect(dead_code, reason = "it is held, not read")]
    pub(crate) guard: Box<dyn Any>,
}

impl Storage {
    async fn begin(&self) -> Box<dyn Transaction> {
        self.unit_of_work.begin().await.unwrap()
    }

    async fn insert_users(&self, users: &[&User]) {
        let transaction = self.begin().await;
        for user in users {
            transaction.users().insert(user).await.unwrap();
        }
        transaction.commit().await.unwrap();
    }

    async fn insert_sessions(&self, sessions: &[&AuthSession]) {
        let transaction = self.begin().await;
        for session in sessions {
            transaction.sessions().insert(session).await.unwrap();
        }
        transaction.commit().await.unwrap();
    }
}

/// The moment at which the sessions of [`session`] begin; with a fraction, for databases must not lose it.
const START: DateTime<Utc> = DateTime::from_timestamp(1_500_000_000, 123_456_000).unwrap();

/// Sessions live for an hour.
fn lifetime() -> SessionLifetime {
    SessionLifetime::new(TimeDelta::hours(1), TimeDelta::days(1), 0.5).unwrap()
}

/// The `number`th session, begun at [`START`] by the client of that number with the [`secret`] of that number.
fn session(user: &User, number: u8) -> AuthSession {
    let id = AuthSessionId::new(START, [number; 10]);
    let client = ClientDetails {
        address: Some(IpAddr::from([192, 0, 2, number])),
        user_agent: UserAgent::new(&format!("Agent/{number}")),
    };
    AuthSession::begin(id, user.id(), client, &secret(number), &lifetime(), START)
}

fn secret(number: u8) -> Secret {
    Secret::new([number; 32])
}

/// Instantiates the contract for the store that the given async function makes, each test with these attributes.
macro_rules! storage_contract {
    ($(#[$attribute:meta])* $make:ident) => {
        storage_contract!(@module [$(#[$attribute])*] $make, transactions:
            what_is_not_committed_did_not_happen,
            a_commit_is_seen_by_readers_at_once,
            transactions_that_change_the_same_user_lose_no_update,
        );
        storage_contract!(@module [$(#[$attribute])*] $make, users:
            a_stored_user_comes_back_unchanged,
            usernames_are_unique_whatever_their_case,
            a_saved_user_comes_back_changed,
            a_deleted_user_is_gone_with_all_sessions,
            active_super_admins_are_counted,
            of_many_who_ask_for_one_name_at_once_one_gets_it,
        );
        storage_contract!(@module [$(#[$attribute])*] $make, erased_usernames:
            a_name_is_known_once_it_was_erased_and_committed,
            of_many_who_insert_a_name_while_it_is_erased_none_gets_it,
        );
        storage_contract!(@module [$(#[$attribute])*] $make, sessions:
            a_live_session_comes_back_as_it_was,
            a_session_of_an_unknown_client_comes_back_as_it_was,
            a_session_that_has_expired_is_not_live,
            a_session_of_nobody_is_refused,
            a_saved_session_is_opened_by_its_new_secret_only,
            a_deleted_session_is_gone,
            all_sessions_of_a_user_are_deleted_but_the_kept_one,
            the_oldest_living_sessions_of_a_user_are_deleted,
            expired_sessions_are_deleted_up_to_the_limit_the_first_to_expire_first,
            of_many_who_delete_expired_sessions_at_once_each_is_deleted_by_one,
        );
        storage_contract!(@module [$(#[$attribute])*] $make, links:
            a_link_comes_back_as_it_was,
            a_link_takes_the_place_of_the_former_one,
            a_link_to_nobody_is_refused,
            a_deleted_link_is_gone,
            a_link_is_read_by_its_secret_while_it_lives_and_its_user_is_active,
            expired_links_are_deleted_up_to_the_limit_the_first_to_expire_first,
        );
        storage_contract!(@module [$(#[$attribute])*] $make, throttle_buckets:
            buckets_come_in_the_order_of_their_keys_and_new_ones_empty,
            a_saved_bucket_comes_back_as_it_was,
            what_is_not_committed_was_not_counted,
            of_many_who_count_at_once_none_is_missed,
            nobody_who_counts_or_deletes_waits_in_a_circle,
            a_deleted_bucket_begins_anew,
            no_buckets_can_be_saved_and_deleted,
            expired_buckets_are_deleted_up_to_the_limit_the_first_to_expire_first,
        );
        storage_contract!(@module [$(#[$attribute])*] $make, audit_events:
            an_event_comes_back_as_it_was_with_the_names_of_its_users,
            an_event_of_what_was_not_committed_is_not_there,
            events_are_listed_newest_first_in_pages_that_do_not_shift,
            filters_let_through_what_they_say,
            the_addresses_of_an_actor_are_removed_and_no_others,
            old_events_are_deleted_up_to_the_limit_the_oldest_first,
        );
        storage_contract!(@module [$(#[$attribute])*] $make, touches:
            a_session_is_recorded_as_seen_a_while_after_it_was_last,
            a_session_that_was_seen_lately_or_has_expired_is_not_recorded,
            a_living_session_is_extended,
            a_user_was_seen_when_a_session_was_last_begun_or_used,
            a_dead_deleted_or_renamed_session_is_not_extended,
        );
        storage_contract!(@module [$(#[$attribute])*] $make, readers:
            users_are_found_by_id_and_name,
            credentials_are_found_for_inactive_users_too,
            who_has_no_password_is_invited,
            an_identity_is_a_session_with_its_active_user,
            living_sessions_of_a_user_are_listed_newest_first,
            users_are_sorted_by_every_field_in_both_directions,
            filters_let_through_what_they_say,
            users_who_were_not_seen_since_a_time_are_found,
            a_prefix_is_matched_whatever_its_case_and_without_wildcards,
        );
        storage_contract!(@module [$(#[$attribute])*] $make, user_pages:
            pages_by_cursor_are_the_pages_by_offset,
            a_page_behind_the_end_is_empty_and_counts_the_whole,
            a_cursor_tells_times_to_the_microsecond,
            who_changes_between_pages_moves_nobody_else,
            users_are_counted_up_to_the_cap_unless_all_are_to_be,
        );
    };
    (@module $attributes:tt $make:ident, $module:ident: $($test:ident,)+) => {
        mod $module {
            use super::*;

            $(storage_contract!(@test $attributes $make, $module::$test);)+
        }
    };
    (@test [$($attribute:tt)*] $make:ident, $module:ident::$test:ident) => {
        $($attribute)*
        #[tokio::test]
        async fn $test() {
            crate::application::ports::contract::$module::$test($make().await).await;
        }
    };
}

pub(crate) use storage_contract;
