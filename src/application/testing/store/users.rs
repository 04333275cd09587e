//! Users in memory.

use std::cmp::Ordering;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::{InMemoryStore, InMemoryTransaction, State};
use crate::{
    application::{
        paging::{SortingOrder, Total, UserCursor, UserFilter, UserPage, UserPageRequest, UserPageStart},
        ports::{InsertUserError, StorageError, UserReader, UserRepository},
        views::{UserDetails, UserView},
    },
    domain::user::{User, UserId, Username},
};

#[async_trait]
impl UserRepository for InMemoryTransaction {
    async fn insert(&self, user: &User) -> Result<(), InsertUserError> {
        let mut state = self.working.lock().unwrap();
        if state
            .users
            .values()
            .any(|other| other.state().username == user.state().username)
        {
            return Err(InsertUserError::UsernameAlreadyExists);
        }
        state.users.insert(user.id(), user.clone());
        Ok(())
    }

    async fn find_for_update(&self, username: &Username) -> Result<Option<User>, StorageError> {
        let state = self.working.lock().unwrap();
        Ok(state
            .users
            .values()
            .find(|user| user.state().username == *username)
            .cloned())
    }

    async fn find_by_id_for_update(&self, id: UserId) -> Result<Option<User>, StorageError> {
        Ok(self.working.lock().unwrap().users.get(&id).cloned())
    }

    async fn save(&self, user: &User) -> Result<(), StorageError> {
        self.working.lock().unwrap().users.insert(user.id(), user.clone());
        Ok(())
    }

    async fn delete(&self, id: UserId) -> Result<(), StorageError> {
        let mut state = self.working.lock().unwrap();
        state.users.remove(&id);
        state.last_seen.remove(&id);
        state.sessions.retain(|_, session| session.state().user_id != id);
        state.links.remove(&id);
        Ok(())
    }

    async fn count_active_super_admins_for_update(&self) -> Result<u64, StorageError> {
        let state = self.working.lock().unwrap();
        Ok(state.users.values().filter(|user| user.is_active_super_admin()).count() as u64)
    }
}

#[async_trait]
impl UserReader for InMemoryStore {
    async fn list(&self, filter: &UserFilter, page: &UserPageRequest) -> Result<UserPage, StorageError> {
        let state = self.read()?;
        let field = page.start.sorting_field();
        let users = state.users.values().map(|user| state.details(user));
        let mut users = Vec::from_iter(users.filter(|details| matches(filter, details)));
        let counted = users.len() as u64;
        users.sort_by(|one, other| {
            in_order(
                page.sorting_order,
                &UserCursor::of(&one.user, field),
                &UserCursor::of(&other.user, field),
            )
        });
        if let UserPageStart::After(cursor) = &page.start {
            users.retain(|other| in_order(page.sorting_order, cursor, &UserCursor::of(&other.user, field)).is_lt());
        }
        let behind = users.into_iter().skip(page.start.offset().get() as usize);
        let one_more = page.limit.get() as usize + 1;
        let total = Total::of(counted, page.counting);
        Ok(UserPage::of(behind.take(one_more).collect(), total, page))
    }

    async fn find_by_id(&self, id: UserId) -> Result<Option<UserDetails>, StorageError> {
        let state = self.read()?;
        Ok(state.users.get(&id).map(|user| state.details(user)))
    }

    async fn find_by_username(&self, username: &Username) -> Result<Option<UserDetails>, StorageError> {
        let state = self.read()?;
        let user = state.users.values().find(|user| user.state().username == *username);
        Ok(user.map(|user| state.details(user)))
    }
}

impl State {
    /// Records a user as seen, unless the user was seen later.
    pub(super) fn see(&mut self, id: UserId, time: DateTime<Utc>) {
        let last_seen_at = self.last_seen.entry(id).or_insert(time);
        *last_seen_at = time.max(*last_seen_at);
    }

    fn details(&self, user: &User) -> UserDetails {
        UserDetails {
            user: UserView::from(user),
            last_seen_at: self.last_seen.get(&user.id()).copied(),
        }
    }
}

fn matches(filter: &UserFilter, UserDetails { user, last_seen_at }: &UserDetails) -> bool {
    filter.role.is_none_or(|role| user.role == role)
        && filter.is_active.is_none_or(|is_active| user.is_active == is_active)
        && filter
            .username
            .as_ref()
            .is_none_or(|prefix| user.username.to_ascii_lowercase().starts_with(prefix.key()))
        && filter
            .not_seen_since
            .is_none_or(|time| last_seen_at.unwrap_or(user.created_at) < time)
}

fn in_order(order: SortingOrder, one: &UserCursor, other: &UserCursor) -> Ordering {
    match order {
        SortingOrder::Ascending => one.cmp(other),
        SortingOrder::Descending => other.cmp(one),
    }
}
