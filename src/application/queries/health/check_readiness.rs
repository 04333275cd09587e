use std::sync::Arc;

use crate::application::ports::{NotReady, ReadinessProbe};

/// Checks whether this node can serve requests.
///
/// - Open to everyone, so the result names the missing part without any details.
pub struct CheckReadiness {
    pub(crate) probe: Arc<dyn ReadinessProbe>,
}

impl CheckReadiness {
    /// Answers the query.
    ///
    /// # Errors
    /// [`NotReady`] with the missing part.
    pub async fn execute(&self) -> Result<(), NotReady> {
        self.probe.check().await
    }
}
