use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::{
    application::ports::{Random, RandomExt, StorageError, Transaction},
    domain::{
        link::{LinkKind, LinkLifetimes, LinkToken, OneTimeLink},
        secret::Secret,
        user::{User, Username},
    },
};

/// Issues one-time links, for the commands that invite users and recover accounts.
pub struct LinkIssue {
    pub(crate) lifetimes: LinkLifetimes,
    pub(crate) random: Arc<dyn Random>,
}

/// A link that was just issued. Nothing can return its token again.
#[derive(Clone, Debug)]
pub struct IssuedLink {
    /// The user whose password it sets.
    pub username: Username,
    /// What the link is for.
    pub kind: LinkKind,
    /// The token, for the fragment of an address.
    pub token: LinkToken,
    /// When the link expires.
    pub expires_at: DateTime<Utc>,
}

impl LinkIssue {
    /// Stores a link to `user`, who is locked or new, in the place of a former one.
    ///
    /// # Errors
    /// [`StorageError`] if storage fails.
    pub(in crate::application::commands) async fn issue(
        &self,
        transaction: &dyn Transaction,
        user: &User,
        now: DateTime<Utc>,
    ) -> Result<IssuedLink, StorageError> {
        let secret = Secret::new(self.random.bytes());
        let link = OneTimeLink::issue(user, &secret, &self.lifetimes, now);
        transaction.links().replace(&link).await?;
        Ok(IssuedLink {
            username: user.state().username.clone(),
            kind: link.state().kind,
            token: LinkToken::of(&secret),
            expires_at: link.state().expires_at,
        })
    }
}
