use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use thiserror::Error;

use super::{Reservation, ThrottlePolicy, ThrottleSubject, reservation::Count};
use crate::{
    application::ports::{
        Clock, DeviceId, DeviceToken, DeviceTokens, IssueError, KnownDevice, Random, RandomExt, StorageError,
        ThrottleKeys, Transaction, UnitOfWork,
    },
    domain::user::{User, UserId},
};

/// Counts attempts, and refuses those that come too soon. Without a policy it counts nothing and knows no device.
pub struct Throttle {
    pub(crate) policy: Option<ThrottlePolicy>,
    pub(crate) unit_of_work: Arc<dyn UnitOfWork>,
    pub(crate) keys: Arc<dyn ThrottleKeys>,
    pub(crate) device_tokens: Arc<dyn DeviceTokens>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
}

/// Too much failed before.
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
            is_forgotten_by_success: subject.is_forgotten_by_success(),
        }));
        let reservation = Reservation { counts };

        let transaction = self.unit_of_work.begin().await?;
        let now = self.clock.now();
        let buckets = transaction.throttle_buckets();
        let mut found = buckets.find_for_update(&reservation.keys(), now).await?;
        let waits = found.iter().zip(&reservation.counts);
        let retry_after = waits.map(|(bucket, count)| bucket.wait(&count.rule, now)).max();
        if let Some(retry_after) = retry_after.filter(|wait| *wait > TimeDelta::zero()) {
            return Ok(Err(Throttled { retry_after }));
        }
        for (bucket, count) in found.iter_mut().zip(&reservation.counts) {
            bucket.count(&count.rule, now);
            buckets.save(bucket).await?;
        }
        transaction.commit().await?;
        Ok(Ok(reservation))
    }

    /// The attempt has succeeded, in `transaction`: what failed before does not count any more where it was about the account,
    /// and the attempt itself does not where it was about the place.
    ///
    /// # Errors
    /// [`StorageError`] if storage fails.
    pub async fn succeed(&self, transaction: &dyn Transaction, reservation: &Reservation) -> Result<(), StorageError> {
        self.take_back(transaction, reservation, |count| count.is_forgotten_by_success)
            .await
    }

    /// Somebody who stands above the user has given the user another password: what failed with the old one does not count
    /// any more, in `transaction`.
    ///
    /// # Errors
    /// [`StorageError`] if storage fails.
    pub async fn forget(&self, transaction: &dyn Transaction, user: &User) -> Result<(), StorageError> {
        let name = user.state().username.key().to_owned();
        for subject in [
            ThrottleSubject::Account(name),
            ThrottleSubject::CurrentPassword(user.id()),
        ] {
            let key = self.keys.key(&subject.text());
            transaction.throttle_buckets().delete(key).await?;
        }
        Ok(())
    }

    /// The device that `token` names, if `user_id` has logged in on it.
    pub fn known_device(&self, token: Option<&DeviceToken>, user_id: UserId) -> Option<KnownDevice> {
        self.policy.as_ref()?;
        let device = self.device_tokens.verify(token?, self.clock.now())?;
        (device.user_id == user_id).then_some(device)
    }

    /// A token by which the device of a log-in will be known to `user_id`: `device`, if it is already.
    ///
    /// # Errors
    /// [`IssueError`] if the token could not be signed.
    pub fn remember_device(
        &self,
        user_id: UserId,
        device: Option<KnownDevice>,
        now: DateTime<Utc>,
    ) -> Result<Option<DeviceToken>, IssueError> {
        let Some(policy) = &self.policy else { return Ok(None) };
        let device = device.unwrap_or_else(|| KnownDevice {
            id: DeviceId::new(self.random.bytes()),
            user_id,
        });
        let token = self.device_tokens.issue(&device, now, now + policy.device_ttl)?;
        Ok(Some(token))
    }

    /// Takes an attempt back that came to nothing through no fault of its own. If that cannot be stored it stays counted.
    async fn release(&self, reservation: &Reservation) {
        let released = async {
            let transaction = self.unit_of_work.begin().await?;
            self.take_back(transaction.as_ref(), reservation, |_| false).await?;
            transaction.commit().await
        };
        if !reservation.counts.is_empty()
            && let Err(error) = released.await
        {
            log::warn!("an attempt that came to nothing stays counted: {error}");
        }
    }

    async fn take_back(
        &self,
        transaction: &dyn Transaction,
        reservation: &Reservation,
        is_forgotten: impl Fn(&Count) -> bool,
    ) -> Result<(), StorageError> {
        if reservation.counts.is_empty() {
            return Ok(());
        }
        let buckets = transaction.throttle_buckets();
        let found = buckets.find_for_update(&reservation.keys(), self.clock.now()).await?;
        for (mut bucket, count) in found.into_iter().zip(&reservation.counts) {
            if is_forgotten(count) {
                buckets.delete(count.key).await?;
            } else {
                bucket.take_back(&count.rule);
                buckets.save(&bucket).await?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
