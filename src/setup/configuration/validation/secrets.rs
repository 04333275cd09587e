//! Rules for secrets.

use secrecy::{ExposeSecret, SecretString};

use crate::setup::configuration::{
    reading::Merged,
    secrets::{SECRETS, problem},
    sections::Rotating,
};

/// Returns the secrets that the algorithm requires or allows, with their values and least lengths in bytes.
fn used(merged: &Merged) -> impl Iterator<Item = (&'static str, Rotating<SecretString>, usize)> {
    let algorithm = merged.configuration.security.auth.jwt_algorithm;
    SECRETS.into_iter().filter_map(move |secret| {
        let least_bytes = (secret.least_bytes)(algorithm)?;
        Some((secret.path, merged.secret(secret.path), least_bytes))
    })
}

/// Returns whether a required secret is not set.
pub fn any_missing(merged: &Merged) -> bool {
    let is_empty = |secret: &SecretString| secret.expose_secret().is_empty();
    used(merged).any(|(_, values, least_bytes)| least_bytes > 0 && values.iter().all(is_empty))
}

/// Returns the secrets that are missing, weak or used twice, each with the ways to set it.
///
/// Former values may be of digits only or used twice, so that such a secret can be replaced.
pub fn problems(merged: &Merged) -> Vec<String> {
    let mut problems = Vec::new();
    let mut in_use: Vec<(SecretString, &str)> = Vec::new();
    for (path, values, least_bytes) in used(merged) {
        let mut faults = faults(&values, least_bytes);
        let current = values.current.expose_secret();
        let mut others = in_use.iter().filter(|_| !current.is_empty());
        if let Some((_, other)) = others.find(|(other, _)| other.expose_secret() == current) {
            faults.push(format!(
                "is the same as {other}, and every secret needs a value of its own"
            ));
        }
        in_use.push((values.current, path));
        let environment = &merged.configuration.environment;
        problems.extend(faults.iter().map(|fault| problem(path, fault, environment)));
    }
    problems
}

/// Returns what is wrong with the values of a secret; of several, each by its number.
fn faults(values: &Rotating<SecretString>, least_bytes: usize) -> Vec<String> {
    let of_digits = |secret: &str| secret.bytes().all(|byte| byte.is_ascii_digit());
    let faults = values.iter().enumerate().filter_map(|(index, secret)| {
        let secret = secret.expose_secret();
        let is_guessable = index == 0 && least_bytes > 0 && of_digits(secret);
        let fault = fault(secret, least_bytes)
            .or_else(|| is_guessable.then(|| "has digits only, so it can be guessed".to_owned()))?;
        Some(match values.former[..] {
            [] => fault,
            [..] => format!("(number {} of the list) {fault}", index + 1),
        })
    });
    faults.collect()
}

fn fault(secret: &str, least_bytes: usize) -> Option<String> {
    if secret.is_empty() {
        (least_bytes > 0).then(|| "is missing".to_owned())
    } else if is_placeholder(secret) {
        Some("is a placeholder".to_owned())
    } else {
        (secret.len() < least_bytes).then(|| format!("is shorter than {least_bytes} bytes"))
    }
}

/// Returns whether this is a text that examples use for a secret, in any spelling, or one repeated character.
fn is_placeholder(secret: &str) -> bool {
    let letters = secret.chars().filter(char::is_ascii_alphanumeric);
    let letters = letters.collect::<String>().to_lowercase();
    let mut characters = secret.chars();
    let first = characters.next();
    ["changeme", "changethis", "replaceme", "replacethis", "placeholder"]
        .iter()
        .any(|word| letters.contains(word))
        || (first.is_some() && characters.all(|character| Some(character) == first))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::setup::configuration::{
        names::{SECRETS_FILE, variable},
        testing::{self, Scene},
    };

    const LEAST_BYTES: usize = 32;
    const PEPPER: &str = "security.password.pepper";
    const JWT_SECRET: &str = "security.auth.jwt_secret";
    const COOKIE_KEY: &str = "security.cookies.key";

    #[rstest]
    #[case::missing("", Some("is missing"))]
    #[case::placeholder("please-Change_Me-before-you-go-to-production", Some("is a placeholder"))]
    #[case::one_character("................................", Some("is a placeholder"))]
    #[case::short("kX3vQ9mZ7pL2wR8tY5uJ1nB6cD4fG0h", Some("is shorter than 32 bytes"))]
    #[case::long_enough("kX3vQ9mZ7pL2wR8tY5uJ1nB6cD4fG0hS", None)]
    fn a_secret_is_set_made_up_and_long_enough(#[case] secret: &str, #[case] expected: Option<&str>) {
        assert_eq!(fault(secret, LEAST_BYTES).as_deref(), expected);
    }

    #[rstest]
    fn of_several_secrets_each_is_judged(#[values(PEPPER, JWT_SECRET, COOKIE_KEY)] path: &str) -> anyhow::Result<()> {
        let scene = Scene::with_secrets("prod")?.file(
            SECRETS_FILE,
            &format!("[prod]\n{path} = [\"of thirty-two bytes and not less\", \"\", \"change-me\", \"short\"]"),
        )?;
        let refusal = scene.without_variable(&variable(path)).refusal()?;

        for fault in [
            "(number 2 of the list) is missing: set it in .secrets.toml",
            "(number 3 of the list) is a placeholder",
            "(number 4 of the list) is shorter than 32 bytes",
        ] {
            assert!(
                refusal.contains(&format!("{path} {fault}")),
                "missing: {fault}\n{refusal}"
            );
        }
        assert!(!refusal.contains("number 1"), "{refusal}");
        Ok(())
    }

    #[rstest]
    fn an_empty_list_is_a_missing_secret(#[values(PEPPER, JWT_SECRET, COOKIE_KEY)] path: &str) -> anyhow::Result<()> {
        let scene = Scene::with_secrets("prod")?.variable(&variable(path), "[]");
        assert!(scene.refusal()?.contains(&format!("{path} is missing")));
        Ok(())
    }

    #[test]
    fn a_secret_in_use_is_neither_of_digits_nor_another_one() -> anyhow::Result<()> {
        let digits = "31415926535897932384626433832795";
        let name = variable(COOKIE_KEY);
        let scene = Scene::with_secrets("prod")?;
        for (value, fault) in [
            (
                digits,
                "security.cookies.key has digits only, so it can be guessed: set it in",
            ),
            (
                testing::PEPPER,
                "security.cookies.key is the same as security.password.pepper, and every",
            ),
        ] {
            let refused = Scene::with_secrets("prod")?.variable(&name, value).refusal()?;
            assert!(refused.contains(fault) && !refused.contains(value), "{refused}");
            let former =
                Scene::with_secrets("prod")?.variable(&name, &format!("[\"{}\", \"{value}\"]", testing::COOKIE_KEY));
            former.load()?;
        }
        let refused = scene
            .variable("APP_POSTGRES__PASSWORD", testing::JWT_SECRET)
            .refusal()?;
        assert!(
            refused.contains("postgres.password is the same as security.auth.jwt_secret"),
            "{refused}"
        );
        Ok(())
    }

    #[test]
    fn one_message_lists_all_missing_secrets_and_the_ways_to_set_them() -> anyhow::Result<()> {
        let refusal = Scene::new()?.variable("APP_ENV", "prod").refusal()?;

        for secret in [PEPPER, JWT_SECRET, COOKIE_KEY] {
            let variable = variable(secret);
            let advice = format!(
                "{secret} is missing: set it in .secrets.toml under [prod], in the variable {variable}, or in a file \
                 named by the variable {variable}_FILE"
            );
            assert!(refusal.contains(&advice), "missing: {advice}\n{refusal}");
        }
        Ok(())
    }

    #[test]
    fn the_secrets_of_the_example_are_refused() -> anyhow::Result<()> {
        let example = include_str!("../../../../.secrets.toml.example");

        let refusal = Scene::new()?
            .variable("APP_ENV", "prod")
            .file(SECRETS_FILE, example)?
            .refusal()?;

        for secret in SECRETS {
            assert!(
                refusal.contains(&format!("{} is a placeholder", secret.path)),
                "{refusal}"
            );
        }
        Ok(())
    }

    #[rstest]
    #[case("HS256", 32)]
    #[case("HS384", 48)]
    #[case("HS512", 64)]
    fn the_secret_of_tokens_is_at_least_as_long_as_the_hash(
        #[case] algorithm: &str,
        #[case] least: usize,
    ) -> anyhow::Result<()> {
        let scene = Scene::with_secrets("prod")?.variable("APP_SECURITY__AUTH__JWT_ALGORITHM", algorithm);
        let name = variable(JWT_SECRET);
        let scene = scene.variable(&name, &testing::JWT_SECRET[..least]);
        scene.load()?;

        let refusal = scene.variable(&name, &testing::JWT_SECRET[..least - 1]).refusal()?;

        assert!(
            refusal.contains(&format!("security.auth.jwt_secret is shorter than {least} bytes")),
            "{refusal}"
        );
        assert!(!refusal.contains(&testing::JWT_SECRET[..8]), "{refusal}");
        Ok(())
    }
}
