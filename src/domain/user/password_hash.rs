use crate::domain::redacted::define_redacted;

define_redacted! {
    /// The stored hash of a password, which only the hasher that made it can read.
    PasswordHash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing_of_it() {
        assert!(!format!("{:?}", PasswordHash::new("$2b$12$abc")).contains("$2b"));
    }
}
