//! The most common passwords.

use std::cmp::Ordering;

/// Those of the 100,000 or so most common passwords that have at least
/// [`LEAST_MIN_LENGTH`](super::PasswordPolicy::LEAST_MIN_LENGTH) characters: in NFC and lower case, one a line, sorted
/// by bytes. They are from the crate [passwords](https://crates.io/crates/passwords) 3.1.19 (MIT), whose form takes ten
/// times as much of the program.
const LINES: &[u8] = include_bytes!("common_passwords.txt");

/// Returns whether `lower_case` is a common password.
pub(super) fn is_common(lower_case: &str) -> bool {
    let mut lines = LINES;
    while !lines.is_empty() {
        let (before, after) = lines.split_at(lines.len() / 2);
        let start = before.iter().rposition(is_end).map_or(0, |end| end + 1);
        let end = after
            .iter()
            .position(is_end)
            .map_or(lines.len(), |end| before.len() + end);
        lines = match lower_case.as_bytes().cmp(&lines[start..end]) {
            Ordering::Less => &lines[..start],
            Ordering::Equal => return true,
            Ordering::Greater => lines.get(end + 1..).unwrap_or_default(),
        };
    }
    false
}

fn is_end(byte: &u8) -> bool {
    *byte == b'\n'
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_normalization::is_nfc;

    use super::*;
    use crate::domain::user::PasswordPolicy;

    const TEXT: &str = include_str!("common_passwords.txt");

    #[test]
    fn the_list_is_in_the_form_in_which_it_is_searched() {
        let lines: Vec<_> = TEXT.lines().collect();

        assert!(lines.is_sorted_by(|left, right| left < right));
        for line in lines {
            assert!(line.chars().count() >= PasswordPolicy::LEAST_MIN_LENGTH, "{line}");
            assert!(is_nfc(line) && line.to_lowercase() == line, "{line}");
        }
    }

    #[test]
    fn every_password_of_the_list_is_found() {
        assert!(TEXT.lines().count() > 46_000);
        for line in TEXT.lines() {
            assert!(is_common(line), "{line}");
        }
    }

    proptest! {
        #[test]
        fn nothing_else_is_found(text in "[a-z0-9]{0,10}|\\PC*") {
            prop_assert_eq!(is_common(&text), TEXT.lines().any(|line| line == text));
        }
    }

    #[test]
    fn what_is_more_or_less_than_a_line_is_not_found() {
        for text in ["", "\n", "iloveyou\n", "iloveyo", "iloveyou\niloveyou1"] {
            assert!(!is_common(text), "{text:?}");
        }
    }
}
