use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use thiserror::Error;

use super::{ChangeBudget, Reservation, ThrottlePolicy, ThrottleSubject, reservation::Count, subject::Settlement};
use crate::{
    application::ports::{
        Clock, Credentials, DeviceToken, DeviceTokens, IssueError, KnownDevice, StorageError, ThrottleKeys,
        Transaction, UnitOfWork,
    },
    domain::user::{User, UserId},
};

/// Counts attempts, and rejects those that come too soon. Without a policy it counts nothing and knows no device.
pub struct Throttle {
    pub(crate) policy: Option<ThrottlePolicy>,
    pub(crate) unit_of_work: Arc<dyn UnitOfWork>,
    pub(crate) keys: Arc<dyn ThrottleKeys>,
    pub(crate) device_tokens: Arc<dyn DeviceTokens>,
    pub(crate) changes: ChangeBudget,
    pub(crate) clock: Arc<dyn Clock>,
}

/// The attempt comes too soon after others.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("Too many attempts. Try again in {} s.", self.seconds())]
pub struct Throttled {
    /// How long it takes until the next attempt is allowed.
    pub retry_after: TimeDelta,
}

impl Throttled {
    /// The whole seconds after which the next attempt is allowed, at least 1.
    pub fn seconds(&self) -> u64 {
        let milliseconds = u64::try_from(self.retry_after.num_milliseconds()).unwrap_or_default();
        milliseconds.div_ceil(1000).max(1)
    }
}

impl Throttle {
    /// Makes an attempt, if it does not come too soon.
    ///
    /// It is counted before against all `subjects`, or against none of them if one has to wait; whoever asks at once is counted
    /// one after another. It stays counted if what comes of it `is_failure`, or if nobody waits for that; if it succeeds, unless
    /// it [says so](Self::succeed) in its transaction. Otherwise it is taken back.
    ///
    /// # Errors
    /// [`Throttled`] if it comes too soon, [`StorageError`] if it could not be counted, and whatever comes of it.
    pub async fn attempt<T, E>(
        &self,
        subjects: &[ThrottleSubject],
        attempt: impl AsyncFnOnce(&Reservation) -> Result<T, E>,
        is_failure: impl FnOnce(&E) -> bool,
    ) -> Result<T, E>
    where
        E: From<Throttled> + From<StorageError>,
    {
        let reservation = self.reserve(subjects).await??;
        let outcome = attempt(&reservation).await;
        if outcome.as_ref().is_err_and(|error| !is_failure(error)) {
            self.release(&reservation).await;
        }
        outcome
    }

    async fn reserve(&self, subjects: &[ThrottleSubject]) -> Result<Result<Reservation, Throttled>, StorageError> {
        let Some(policy) = self.policy.as_ref().filter(|_| !subjects.is_empty()) else {
            return Ok(Ok(Reservation::default()));
        };
        let counts = Vec::from_iter(subjects.iter().map(|subject| Count {
            key: self.keys.key(&subject.text()),
            rule: policy.rule(subject),
            on_success: subject.on_success(),
            is_last: false,
        }));
        let mut reservation = Reservation { counts };

        let transaction = self.unit_of_work.begin().await?;
        let buckets = transaction.throttle_buckets();
        let mut found = buckets.find_for_update(&reservation.keys(), self.clock.now()).await?;
        // Others may have counted while the locks were waited for, so that an earlier time would lie before theirs.
        let now = self.clock.now();
        let waits = found.iter().zip(&reservation.counts);
        let retry_after = waits.map(|(bucket, count)| bucket.wait(&count.rule, now)).max();
        if let Some(retry_after) = retry_after.filter(|wait| *wait > TimeDelta::zero()) {
            return Ok(Err(Throttled { retry_after }));
        }
        for (bucket, count) in found.iter_mut().zip(&mut reservation.counts) {
            bucket.count(&count.rule, now);
            count.is_last = bucket.is_at_limit(&count.rule);
        }
        buckets.save(&found).await?;
        transaction.commit().await?;
        Ok(Ok(reservation))
    }

    /// Settles, in `transaction`, an attempt that has succeeded: former failures at the account are forgotten, and the attempt
    /// is no failure of the network.
    ///
    /// # Errors
    /// [`StorageError`] if storage fails.
    pub async fn succeed(&self, transaction: &dyn Transaction, reservation: &Reservation) -> Result<(), StorageError> {
        self.settle(transaction, reservation, |count| count.on_success).await
    }

    /// Forgets, in `transaction`, the failed log-ins of a user who has another password now.
    ///
    /// # Errors
    /// [`StorageError`] if storage fails.
    pub async fn forget(&self, transaction: &dyn Transaction, user: &User) -> Result<(), StorageError> {
        let name = user.state().username.key().to_owned();
        let subjects = [ThrottleSubject::Account(name), ThrottleSubject::KnownDevices(user.id())];
        let keys = subjects.map(|subject| self.keys.key(&subject.text()));
        transaction.throttle_buckets().delete(&keys).await
    }

    /// Counts a change that `user_id` is about to make.
    ///
    /// # Errors
    /// [`Throttled`] if the user has made too many changes within a minute.
    pub fn spend_change(&self, user_id: UserId) -> Result<(), Throttled> {
        match &self.policy {
            Some(policy) => self.changes.spend(user_id, policy.changes_per_minute, self.clock.now()),
            None => Ok(()),
        }
    }

    /// Returns whether `token` names a device that is known to the user of `credentials`.
    ///
    /// A device is known until the user's credentials get another generation.
    pub fn is_known_device(&self, token: Option<&DeviceToken>, credentials: &Credentials) -> bool {
        let device = match (&self.policy, token) {
            (Some(_), Some(token)) => self.device_tokens.verify(token, self.clock.now()),
            _ => None,
        };
        let of_credentials = KnownDevice {
            user_id: credentials.user_id,
            generation: credentials.generation,
        };
        device == Some(of_credentials)
    }

    /// Returns a token by which the device of a log-in will be known to `user`.
    ///
    /// # Errors
    /// [`IssueError`] if the token could not be signed.
    pub fn remember_device(&self, user: &User, now: DateTime<Utc>) -> Result<Option<DeviceToken>, IssueError> {
        let Some(policy) = &self.policy else { return Ok(None) };
        let device = KnownDevice {
            user_id: user.id(),
            generation: user.credentials_generation(),
        };
        let token = self.device_tokens.issue(&device, now, now + policy.device_ttl)?;
        Ok(Some(token))
    }

    /// Takes an attempt back that came to nothing through no fault of its own. If that cannot be stored it stays counted.
    async fn release(&self, reservation: &Reservation) {
        let released = async {
            let transaction = self.unit_of_work.begin().await?;
            self.settle(transaction.as_ref(), reservation, |_| Settlement::TakeBack)
                .await?;
            transaction.commit().await
        };
        if !reservation.counts.is_empty()
            && let Err(error) = released.await
        {
            log::warn!("an attempt that came to nothing stays counted: {error}");
        }
    }

    async fn settle(
        &self,
        transaction: &dyn Transaction,
        reservation: &Reservation,
        settlement: impl Fn(&Count) -> Settlement,
    ) -> Result<(), StorageError> {
        if reservation.counts.is_empty() {
            return Ok(());
        }
        let buckets = transaction.throttle_buckets();
        let found = buckets.find_for_update(&reservation.keys(), self.clock.now()).await?;
        let (mut forgotten, mut taken_back) = (Vec::new(), Vec::new());
        for (mut bucket, count) in found.into_iter().zip(&reservation.counts) {
            match settlement(count) {
                Settlement::Forget => forgotten.push(count.key),
                Settlement::TakeBack => {
                    bucket.take_back(&count.rule);
                    taken_back.push(bucket);
                }
                Settlement::Keep => {}
            }
        }
        buckets.delete(&forgotten).await?;
        buckets.save(&taken_back).await
    }
}

#[cfg(test)]
mod tests;
