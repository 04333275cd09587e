/// Gives randomness; the only way in which it comes into the application.
pub trait Random: Send + Sync {
    /// Fills `bytes` from a cryptographically secure source.
    fn fill(&self, bytes: &mut [u8]);
}

/// What use cases ask of any [`Random`].
pub trait RandomExt: Random {
    /// As many random bytes as the caller's type asks for.
    fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }
}

impl<R: Random + ?Sized> RandomExt for R {}
