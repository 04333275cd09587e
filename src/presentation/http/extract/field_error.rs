//! Translates the errors of serde into messages that are safe to return to the client.

use crate::presentation::http::problem::FieldError;

/// The message if a better one would repeat a value.
const NOT_VALID: &str = "is not valid";

const WHOLE_NUMBER: &str = "must be a whole number in the allowed range";

/// The maximum length of an unknown field's name that is repeated, in bytes.
const MAX_NAME: usize = 64;

/// Returns the error for an unknown field, which is named only if its name is plain; else `whole` is.
pub(super) fn unknown_field(name: &str, whole: &str) -> FieldError {
    FieldError::new(if is_plain(name) { name } else { whole }, "is not a known field")
}

/// Translates the error that serde reported at `path`.
///
/// Serde's messages quote the value that was sent, which may be a password. So only the parts of `message` that come
/// from the server are kept: names of known fields, and the text after the last `, expected `. Value types of this
/// crate report their own rule, starting with `must ` and without the value.
pub(super) fn field_error(path: &str, message: &str) -> FieldError {
    let message = without_position(message);
    let named = |start| message.strip_prefix(start)?.split('`').next();
    let (field, rule) = if let Some(name) = named("missing field `") {
        (below(path, name), "is required".to_owned())
    } else if let Some(name) = named("duplicate field `") {
        (below(parent(path, name), name), "is given more than once".to_owned())
    } else {
        (below(path, ""), rule(message))
    };
    FieldError { field, message: rule }
}

fn rule(message: &str) -> String {
    const QUOTING: [&str; 4] = [
        "invalid type: ",
        "invalid value: ",
        "invalid length ",
        "unknown variant ",
    ];

    if message.starts_with("must ") {
        return message.to_owned();
    }
    let quoting = QUOTING.iter().any(|start| message.starts_with(start));
    match message.rsplit_once(", expected ").filter(|_| quoting) {
        Some((_, "i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64" | "usize")) => WHOLE_NUMBER.to_owned(),
        // Written for people. Anything else names a type of Rust.
        Some((_, expected))
            if ["a ", "an ", "one of ", "`"]
                .iter()
                .any(|start| expected.starts_with(start)) =>
        {
            format!("must be {expected}")
        }
        _ => unquoting_rule(message).to_owned(),
    }
}

/// Translates a message of the standard library or of another crate, which does not have serde's form.
fn unquoting_rule(message: &str) -> &'static str {
    match message {
        "invalid digit found in string"
        | "cannot parse integer from empty string"
        | "number too large to fit in target type"
        | "number too small to fit in target type" => WHOLE_NUMBER,
        "provided string was not `true` or `false`" => "must be `true` or `false`",
        other if other.starts_with("UUID parsing failed") => "must be a UUID",
        _ => NOT_VALID,
    }
}

/// Removes the position that serde_json appends: ` at line 1 column 23`.
fn without_position(message: &str) -> &str {
    message.rsplit_once(" at line ").map_or(message, |(before, _)| before)
}

/// Returns the full name of the field `name` in the object at `path`.
fn below(path: &str, name: &str) -> String {
    match (path, name) {
        ("." | "", "") => "body".to_owned(),
        (path, "") => path.to_owned(),
        ("." | "", name) => name.to_owned(),
        (path, name) => format!("{path}.{name}"),
    }
}

/// Returns the path of the object: serde_path_to_error reports a duplicate at the field itself.
fn parent<'a>(path: &'a str, name: &str) -> &'a str {
    path.strip_suffix(name)
        .map_or(path, |parent| parent.strip_suffix('.').unwrap_or(parent))
}

fn is_plain(name: &str) -> bool {
    (1..=MAX_NAME).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(path: &str, message: &str) -> (String, String) {
        let FieldError { field, message } = field_error(path, message);
        (field, message)
    }

    #[test]
    fn a_rule_is_told_without_the_value() {
        for (message, rule) in [
            (
                "invalid type: integer `12345`, expected a string at line 1 column 9",
                "must be a string",
            ),
            (
                "invalid type: string \"x, expected mine\", expected a boolean",
                "must be a boolean",
            ),
            (
                "unknown variant `king, expected a crown`, expected `user` or `admin`",
                "must be `user` or `admin`",
            ),
            (
                "unknown variant `king`, expected one of `a`, `b`, `c`",
                "must be one of `a`, `b`, `c`",
            ),
            ("invalid value: integer `-1`, expected u32", WHOLE_NUMBER),
            ("invalid type: string \"12345\", expected struct Secret", NOT_VALID),
            (
                "UUID parsing failed: invalid character: found `x` at 1",
                "must be a UUID",
            ),
            ("a crate says: 12345, expected a string", NOT_VALID),
            ("must be from 1 to 100", "must be from 1 to 100"),
        ] {
            assert_eq!(told("field", message), ("field".to_owned(), rule.to_owned()));
        }
    }

    #[test]
    fn the_field_to_blame_is_named() {
        for (path, message, field) in [
            (".", "missing field `username`", "username"),
            ("filter", "missing field `role`", "filter.role"),
            ("username", "duplicate field `username`", "username"),
            ("filter.role", "duplicate field `role`", "filter.role"),
            (".", "invalid type: null, expected a string", "body"),
        ] {
            assert_eq!(told(path, message).0, field);
        }
    }

    #[test]
    fn an_unknown_field_is_named_if_its_name_looks_like_one() {
        for (name, field) in [("admin", "admin"), ("no name at all", "query"), ("", "query")] {
            assert_eq!(unknown_field(name, "query").field, field);
        }
    }
}
