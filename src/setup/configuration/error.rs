/// The configuration is refused. The message lists everything that is wrong with it, a line for each problem, and
/// shows no secret.
#[derive(Debug, thiserror::Error)]
#[error("the configuration is refused:\n  - {}", .problems.join("\n  - "))]
pub struct ConfigurationError {
    problems: Vec<String>,
}

impl ConfigurationError {
    /// `Ok` if nothing was found wrong.
    pub(super) fn unless_empty(problems: Vec<String>) -> Result<(), Self> {
        if problems.is_empty() {
            Ok(())
        } else {
            Err(Self { problems })
        }
    }
}

impl From<String> for ConfigurationError {
    fn from(problem: String) -> Self {
        Self {
            problems: vec![problem],
        }
    }
}
