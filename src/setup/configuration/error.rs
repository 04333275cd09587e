/// The configuration is rejected. The message lists every problem on a line of its own and shows no secret.
#[derive(Debug, thiserror::Error)]
#[error("the configuration is refused:\n  - {}", .0.join("\n  - "))]
pub struct ConfigurationError(Vec<String>);

impl ConfigurationError {
    /// Returns `Ok` if there are no problems.
    pub fn unless_empty(problems: Vec<String>) -> Result<(), Self> {
        if problems.is_empty() {
            Ok(())
        } else {
            Err(Self(problems))
        }
    }
}

impl From<String> for ConfigurationError {
    fn from(problem: String) -> Self {
        Self(vec![problem])
    }
}
