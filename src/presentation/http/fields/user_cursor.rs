//! Cursors into the list of users, in the form that clients see.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Datelike, Utc};
use uuid::Uuid;

use crate::{
    application::paging::{UserCursor, UserSortingKey},
    domain::user::{Role, Username},
    presentation::http::fields::ParamValue,
};

/// The error for an invalid cursor.
const RULE: &str = "must be the `next_cursor` of a page; leave it out to begin at the first one";

/// Encodes a cursor in base64url.
///
/// The first byte is the sorting field, the next sixteen are the id of the user, and the rest is the value. Times are
/// in microseconds, the precision of the databases.
pub fn user_cursor(cursor: &UserCursor) -> String {
    let (field, value) = match &cursor.key {
        UserSortingKey::Username(key) => (b'u', key.as_bytes().to_vec()),
        UserSortingKey::Role(role) => (b'r', role.as_str().into()),
        UserSortingKey::IsActive(is_active) => (b'a', vec![u8::from(*is_active)]),
        UserSortingKey::CreatedAt(time) => (b'c', time.timestamp_micros().to_be_bytes().into()),
        UserSortingKey::UpdatedAt(time) => (b'm', time.timestamp_micros().to_be_bytes().into()),
    };
    URL_SAFE_NO_PAD.encode([&[field], &cursor.id.as_uuid().as_bytes()[..], &value].concat())
}

/// Decodes a cursor, if it is valid. Values that a database cannot compare are invalid.
fn cursor(text: &str) -> Option<UserCursor> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (field, rest) = bytes.split_first()?;
    let (id, value) = rest.split_first_chunk()?;
    let key = match field {
        b'u' => UserSortingKey::Username(username_key(value)?),
        b'r' => UserSortingKey::Role(role(value)?),
        b'a' => UserSortingKey::IsActive(is_active(value)?),
        b'c' => UserSortingKey::CreatedAt(time(value)?),
        b'm' => UserSortingKey::UpdatedAt(time(value)?),
        _ => return None,
    };
    let id = Uuid::from_bytes(*id).into();
    Some(UserCursor { key, id })
}

fn username_key(value: &[u8]) -> Option<String> {
    let username = Username::new(str::from_utf8(value).ok()?).ok()?;
    Some(username.key().to_owned())
}

fn role(value: &[u8]) -> Option<Role> {
    Role::named(str::from_utf8(value).ok()?)
}

fn is_active(value: &[u8]) -> Option<bool> {
    match value {
        [0] => Some(false),
        [1] => Some(true),
        _ => None,
    }
}

fn time(value: &[u8]) -> Option<DateTime<Utc>> {
    let time = DateTime::from_timestamp_micros(i64::from_be_bytes(value.try_into().ok()?))?;
    // Other years are out of the range of PostgreSQL, or do not sort as text in SQLite.
    Some(time).filter(|time| (0..=9999).contains(&time.year()))
}

impl ParamValue for UserCursor {
    fn read(text: &str) -> Result<Self, impl fmt::Display> {
        cursor(text).ok_or(RULE)
    }
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::select};

    use super::*;

    /// Generates any valid cursor.
    fn cursors() -> impl Strategy<Value = UserCursor> {
        // Up to the end of the year 9999.
        let time = (0..253_402_300_800_000_000_i64).prop_map(|micros| DateTime::from_timestamp_micros(micros).unwrap());
        let key = prop_oneof![
            "[a-z0-9]{5,20}".prop_map(UserSortingKey::Username),
            select(&Role::ALL[..]).prop_map(UserSortingKey::Role),
            any::<bool>().prop_map(UserSortingKey::IsActive),
            time.clone().prop_map(UserSortingKey::CreatedAt),
            time.prop_map(UserSortingKey::UpdatedAt),
        ];
        (key, any::<u128>()).prop_map(|(key, id)| UserCursor {
            key,
            id: Uuid::from_u128(id).into(),
        })
    }

    proptest! {
        #[test]
        fn a_cursor_comes_back_out_of_its_text(place in cursors()) {
            let text = user_cursor(&place);
            prop_assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{}", text);
            prop_assert_eq!(cursor(&text), Some(place));
        }

        #[test]
        fn what_is_read_as_a_cursor_is_the_text_of_one(
            bytes in proptest::collection::vec(any::<u8>(), 0..40),
            field in "[uracmx]?",
        ) {
            let garbage = URL_SAFE_NO_PAD.encode([field.as_bytes(), &bytes].concat());
            if let Some(place) = cursor(&garbage) {
                prop_assert_eq!(cursor(&user_cursor(&place)), Some(place));
            }
        }

        #[test]
        fn a_text_of_anything_is_read_without_a_panic(text in "\\PC{0,80}") {
            let _ = cursor(&text);
        }

        #[test]
        fn half_a_cursor_and_more_than_one_are_none(place in cursors(), length in 0_usize..23) {
            let whole = user_cursor(&place);
            prop_assert_eq!(cursor(&whole[..length]), None);
            prop_assert_eq!(cursor(&format!("{whole}{whole}")), None);
        }
    }

    #[test]
    fn a_value_that_its_field_cannot_have_makes_no_cursor() {
        let of = |field: u8, value: &[u8]| URL_SAFE_NO_PAD.encode([&[field], &[7; 16][..], value].concat());
        for text in [
            of(b'u', b"al\0ce"),
            of(b'u', "älice".as_bytes()),
            of(b'u', b""),
            of(b'r', b"king"),
            of(b'a', &[2]),
            of(b'a', &[]),
            of(b'c', &i64::MAX.to_be_bytes()),
            of(b'c', &i64::MIN.to_be_bytes()),
            of(b'm', &253_402_300_800_000_000_i64.to_be_bytes()),
            of(b'm', &[0; 7]),
            of(b'x', &[1]),
            format!("{}=", of(b'r', b"user")),
            String::new(),
        ] {
            assert_eq!(cursor(&text), None, "{text}");
        }
        assert!(cursor(&of(b'r', b"user")).is_some());
    }
}
