use std::sync::Arc;

use crate::application::ports::{NotReady, ReadinessProbe};

/// Tells whether this node can serve requests.
///
/// - Open to everyone, so the answer names the missing part and nothing of its inside.
pub struct CheckReadiness {
    pub(crate) probe: Arc<dyn ReadinessProbe>,
}

impl CheckReadiness {
    /// Answers the query.
    ///
    /// # Errors
    /// What is missing.
    pub async fn execute(&self) -> Result<(), NotReady> {
        self.probe.check().await
    }
}
