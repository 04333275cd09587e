use chrono::TimeDelta;

use super::{START, Storage};
use crate::{
    application::{
        paging::{
            Counting, PageLimit, PageOffset, SortingOrder, Total, UserCursor, UserFilter, UserPage, UserPageRequest,
            UserPageStart, UserSortingField,
        },
        testing::user,
    },
    domain::user::{Role, User, UserId, UserState, UsernamePrefix},
};

const FIELDS: [UserSortingField; 5] = [
    UserSortingField::Username,
    UserSortingField::Role,
    UserSortingField::IsActive,
    UserSortingField::CreatedAt,
    UserSortingField::UpdatedAt,
];
const ORDERS: [SortingOrder; 2] = [SortingOrder::Ascending, SortingOrder::Descending];

/// The beginning of the list that is sorted by that field.
pub(super) fn first_place(sorting_field: UserSortingField) -> UserPageStart {
    place(sorting_field, 0)
}

fn place(sorting_field: UserSortingField, offset: u32) -> UserPageStart {
    UserPageStart::Offset {
        sorting_field,
        offset: PageOffset::new(offset).unwrap(),
    }
}

/// Pages of two.
fn two(start: UserPageStart, sorting_order: SortingOrder) -> UserPageRequest {
    UserPageRequest {
        limit: PageLimit::new(2).unwrap(),
        start,
        sorting_order,
        ..UserPageRequest::default()
    }
}

fn ids(page: &UserPage) -> Vec<UserId> {
    page.users.iter().map(|details| details.user.id).collect()
}

/// Users of whom several have the same value in every field but the username; some times differ in their last digit
/// alone. Not in the order of their ids.
async fn insert_nine(storage: &Storage) -> [User; 9] {
    let mut users = [0, 1, 2, 3, 4, 5, 6, 7, 8].map(|number: i64| {
        let role = [Role::User, Role::User, Role::Admin, Role::SuperAdmin][number as usize % 4];
        User::restore(UserState {
            is_active: number % 3 > 0,
            created_at: START + TimeDelta::microseconds(number / 2),
            updated_at: START + TimeDelta::milliseconds(number % 2),
            ..user(&format!("user{}", number * 4 % 9), role).state().clone()
        })
    });
    users.rotate_left(4);
    storage.insert_users(&users.each_ref()).await;
    users
}

fn filters() -> Vec<UserFilter> {
    let prefix = |text| Some(UsernamePrefix::new(text).unwrap());
    let mut filters = Vec::new();
    for role in [None, Some(Role::User), Some(Role::Admin), Some(Role::SuperAdmin)] {
        for is_active in [None, Some(true), Some(false)] {
            for username in [None, prefix("user"), prefix("user3")] {
                filters.push(UserFilter {
                    role,
                    is_active,
                    username,
                    not_seen_since: None,
                });
            }
        }
    }
    filters
}

pub(crate) async fn pages_by_cursor_are_the_pages_by_offset(storage: Storage) {
    insert_nine(&storage).await;
    for filter in filters() {
        for field in FIELDS {
            for order in ORDERS {
                let (mut seen, mut total) = (Vec::new(), 0);
                let mut next = Some(first_place(field));
                while let Some(start) = next {
                    let page = storage.users.list(&filter, &two(start, order)).await.unwrap();
                    let same = two(place(field, seen.len() as u32), order);
                    assert_eq!(storage.users.list(&filter, &same).await.unwrap(), page);
                    seen.extend(ids(&page));
                    total = page.total.count;
                    next = page.next.map(UserPageStart::After);
                }
                assert_eq!(seen.len() as u64, total, "{filter:?} {field:?} {order:?}");
                seen.sort();
                seen.dedup();
                assert_eq!(seen.len() as u64, total, "somebody is there twice");
            }
        }
    }
}

pub(crate) async fn a_page_behind_the_end_is_empty_and_counts_the_whole(storage: Storage) {
    insert_nine(&storage).await;
    let empty = UserPage {
        users: Vec::new(),
        next: None,
        total: Total {
            count: 9,
            is_exact: true,
        },
    };
    for field in FIELDS {
        for order in ORDERS {
            let whole = UserPageRequest {
                limit: PageLimit::new(9).unwrap(),
                ..two(first_place(field), order)
            };
            let page = storage.users.list(&UserFilter::default(), &whole).await.unwrap();
            assert_eq!(page.next, None);
            let last = UserCursor::of(&page.users[8].user, field);
            for start in [
                UserPageStart::After(last),
                place(field, 9),
                place(field, PageOffset::MAX),
            ] {
                let page = storage.users.list(&UserFilter::default(), &two(start, order)).await;
                assert_eq!(page.unwrap(), empty, "{field:?} {order:?}");
            }
        }
    }
}

pub(crate) async fn a_cursor_tells_times_to_the_microsecond(storage: Storage) {
    let [first, second] = [0, 1].map(|microseconds| {
        let time = START + TimeDelta::microseconds(microseconds);
        User::restore(UserState {
            created_at: time,
            updated_at: time,
            ..user(&format!("user{microseconds}"), Role::User).state().clone()
        })
    });
    storage.insert_users(&[&second, &first]).await;
    for field in [UserSortingField::CreatedAt, UserSortingField::UpdatedAt] {
        for (order, before, after) in [(ORDERS[0], &first, &second), (ORDERS[1], &second, &first)] {
            let start = UserPageStart::After(UserCursor::of(&before.into(), field));
            let page = storage.users.list(&UserFilter::default(), &two(start, order)).await;
            assert_eq!(ids(&page.unwrap()), [after.id()], "{field:?} {order:?}");
        }
    }
}

pub(crate) async fn who_changes_between_pages_moves_nobody_else(storage: Storage) {
    let users = insert_nine(&storage).await;
    for (field, number) in FIELDS.into_iter().zip(0..) {
        for order in ORDERS {
            let everyone = UserFilter::default();
            let mut page = storage
                .users
                .list(&everyone, &two(first_place(field), order))
                .await
                .unwrap();
            let mut seen = ids(&page);
            // The very user at whom the next page begins.
            let changed = *seen.last().unwrap();
            let user = users.iter().find(|user| user.id() == changed).unwrap();
            let state = user.state().clone();
            let transaction = storage.begin().await;
            let elsewhere = User::restore(UserState {
                role: if state.role == Role::User {
                    Role::SuperAdmin
                } else {
                    Role::User
                },
                is_active: !state.is_active,
                updated_at: START + TimeDelta::hours(number + 1),
                ..state
            });
            transaction.users().save(&elsewhere).await.unwrap();
            transaction.commit().await.unwrap();

            while let Some(cursor) = page.next {
                let next = two(UserPageStart::After(cursor), order);
                page = storage.users.list(&everyone, &next).await.unwrap();
                seen.extend(ids(&page));
            }
            seen.retain(|id| *id != changed);
            seen.sort();
            let mut others = Vec::from_iter(users.iter().map(User::id).filter(|id| *id != changed));
            others.sort();
            assert_eq!(seen, others, "{field:?} {order:?}");

            let transaction = storage.begin().await;
            transaction.users().save(user).await.unwrap();
            transaction.commit().await.unwrap();
        }
    }
}

pub(crate) async fn users_are_counted_up_to_the_cap_unless_all_are_to_be(storage: Storage) {
    let users = Vec::from_iter((0..Total::CAP).map(|number| user(&format!("user{number}"), Role::User)));
    storage.insert_users(&users.iter().collect::<Vec<_>>()).await;
    let total = async |role, counting, start| {
        let filter = UserFilter {
            role,
            ..UserFilter::default()
        };
        let request = UserPageRequest {
            counting,
            start,
            ..UserPageRequest::default()
        };
        let total = storage.users.list(&filter, &request).await.unwrap().total;
        (total.count, total.is_exact)
    };
    let first = UserPageStart::default;
    assert_eq!(total(None, Counting::Capped, first()).await, (1_000, true));

    storage.insert_users(&[&user("one.more", Role::Admin)]).await;
    let behind_the_end = || place(UserSortingField::Username, 2_000);
    for start in [first, behind_the_end] {
        assert_eq!(total(None, Counting::Capped, start()).await, (1_000, false));
        assert_eq!(total(None, Counting::Complete, start()).await, (1_001, true));
        assert_eq!(total(Some(Role::User), Counting::Capped, start()).await, (1_000, true));
        assert_eq!(total(Some(Role::Admin), Counting::Capped, start()).await, (1, true));
    }
}
