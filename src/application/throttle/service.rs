use std::{net::IpAddr, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    AbandonedAttempts, ChangeBudget, Reservation, ThrottlePolicy, ThrottleSubject, Throttled, reservation::Count,
    subject::Counting,
};
use crate::{
    application::ports::{
        Clock, Credentials, DeviceToken, DeviceTokens, IssueError, KnownDevice, StorageError, ThrottleKeys,
        Transaction, UnitOfWork,
    },
    domain::{
        throttle::{ThrottleBucket, ThrottleKey, ThrottleRule},
        user::{User, UserId},
    },
};

/// Counts attempts, and rejects those that come too soon.
///
/// Without a policy it counts nothing and knows no device.
pub struct Throttle {
    pub(crate) policy: Option<ThrottlePolicy>,
    pub(crate) unit_of_work: Arc<dyn UnitOfWork>,
    pub(crate) keys: Arc<dyn ThrottleKeys>,
    pub(crate) device_tokens: Arc<dyn DeviceTokens>,
    pub(crate) changes: ChangeBudget,
    pub(crate) abandoned: AbandonedAttempts,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Throttle {
    /// Runs `attempt`, unless it comes too soon after others against one of `subjects`.
    ///
    /// Each subject determines whether the attempt is counted before it runs or after it has failed. A successful
    /// attempt must call [`succeed`](Self::succeed) in its own transaction. An error that is not a failure by
    /// `is_failure` is not counted. An attempt that is dropped while it runs counts as failed.
    ///
    /// # Errors
    /// [`Throttled`] if it comes too soon, [`StorageError`] if it could not be counted, and the errors of `attempt`.
    pub async fn attempt<T, E>(
        &self,
        subjects: &[ThrottleSubject],
        attempt: impl AsyncFnOnce(&Reservation) -> Result<T, E>,
        is_failure: impl FnOnce(&E) -> bool,
    ) -> Result<T, E>
    where
        E: From<Throttled> + From<StorageError>,
    {
        self.count_abandoned().await?;
        let reservation = self.reserve(subjects).await??;
        let open = self.abandoned.begin(&reservation);
        let outcome = attempt(&reservation).await;
        open.settle();
        if let Err(error) = &outcome {
            let settled = match is_failure(error) {
                true => self.count_failure(&reservation).await,
                false => self.release(&reservation).await,
            };
            if let Err(error) = settled {
                log::warn!("the outcome of an attempt was not counted: {error}");
            }
        }
        outcome
    }

    async fn reserve(&self, subjects: &[ThrottleSubject]) -> Result<Result<Reservation, Throttled>, StorageError> {
        let Some(policy) = self.policy.as_ref().filter(|_| !subjects.is_empty()) else {
            return Ok(Ok(Reservation::default()));
        };
        let mut counts = Vec::from_iter(subjects.iter().map(|subject| Count {
            key: self.keys.key(&subject.text()),
            rule: policy.rule(subject),
            counting: subject.counting(),
            is_last: false,
        }));

        let transaction = self.unit_of_work.begin().await?;
        let buckets = transaction.throttle_buckets();
        let found = buckets.find_for_update(&keys(&counts), self.clock.now()).await?;
        // Read the time after the locks were acquired: other attempts may have been counted meanwhile.
        let now = self.clock.now();
        let waits = found.iter().zip(&counts);
        let retry_after = waits.map(|(bucket, count)| bucket.wait(&count.rule, now)).max();
        if let Some(retry_after) = retry_after.filter(|wait| *wait > TimeDelta::zero()) {
            return Ok(Err(Throttled { retry_after }));
        }
        let mut counted = Vec::new();
        for (mut bucket, count) in found.into_iter().zip(&mut counts) {
            if count.counting != Counting::OnceFailed {
                bucket.count(&count.rule, now);
                count.is_last = bucket.is_at_limit(&count.rule);
                counted.push(bucket);
            }
        }
        buckets.save(&counted).await?;
        transaction.commit().await?;
        Ok(Ok(Reservation { counts }))
    }

    /// Clears, in `transaction`, the failures at the account of a successful attempt.
    ///
    /// # Errors
    /// [`StorageError`] if storage fails.
    pub async fn succeed(&self, transaction: &dyn Transaction, reservation: &Reservation) -> Result<(), StorageError> {
        let forgotten = reservation.counted(&[Counting::UntilSuccess]);
        transaction.throttle_buckets().delete(&keys(&forgotten)).await
    }

    /// Counts abandoned attempts as failed.
    async fn count_abandoned(&self) -> Result<(), StorageError> {
        let abandoned = self.abandoned.take();
        let counts = Vec::from_iter(abandoned.values().map(|abandoned| abandoned.count));
        self.change(&counts, |bucket, rule, now| {
            let times = abandoned
                .get(&bucket.state().key)
                .map_or(0, |abandoned| abandoned.times);
            (0..times).for_each(|_| bucket.count(rule, now));
        })
        .await
    }

    /// Counts a failed attempt in the buckets that count only failures.
    async fn count_failure(&self, reservation: &Reservation) -> Result<(), StorageError> {
        let counts = reservation.counted(&[Counting::OnceFailed]);
        self.change(&counts, |bucket, rule, now| bucket.count(rule, now)).await
    }

    /// Takes back an attempt that neither succeeded nor failed.
    async fn release(&self, reservation: &Reservation) -> Result<(), StorageError> {
        let counts = reservation.counted(&[Counting::UntilSuccess, Counting::Always]);
        self.change(&counts, |bucket, rule, _| bucket.take_back(rule)).await
    }

    async fn change(
        &self,
        counts: &[Count],
        change: impl Fn(&mut ThrottleBucket, &ThrottleRule, DateTime<Utc>),
    ) -> Result<(), StorageError> {
        if counts.is_empty() {
            return Ok(());
        }
        let transaction = self.unit_of_work.begin().await?;
        let buckets = transaction.throttle_buckets();
        let mut found = buckets.find_for_update(&keys(counts), self.clock.now()).await?;
        let now = self.clock.now();
        for (bucket, count) in found.iter_mut().zip(counts) {
            change(bucket, &count.rule, now);
        }
        buckets.save(&found).await?;
        transaction.commit().await
    }

    /// Clears, in `transaction`, the failed log-ins of a user whose password has changed, or who is erased.
    ///
    /// `address` is where the user has set the password, whose networks have no failures at the account any more.
    ///
    /// # Errors
    /// [`StorageError`] if storage fails.
    pub async fn forget(
        &self,
        transaction: &dyn Transaction,
        user: &User,
        address: Option<IpAddr>,
    ) -> Result<(), StorageError> {
        let username = user.state().username.as_str();
        let mut keys = self.account_keys(user.id(), username).to_vec();
        let from = ThrottleSubject::of_account_from(username, address);
        keys.extend(from.iter().map(|subject| self.keys.key(&subject.text())));
        transaction.throttle_buckets().delete(&keys).await
    }

    /// Returns the counts of failed log-ins to a user's account: those of strangers, and those on known devices.
    ///
    /// # Errors
    /// [`StorageError`] if storage fails.
    pub async fn failed_log_ins_of(&self, id: UserId, username: &str) -> Result<Vec<ThrottleBucket>, StorageError> {
        // Dropped without a commit, so that missing buckets are not created.
        let transaction = self.unit_of_work.begin().await?;
        let buckets = transaction.throttle_buckets();
        buckets
            .find_for_update(&self.account_keys(id, username), self.clock.now())
            .await
    }

    fn account_keys(&self, id: UserId, username: &str) -> [ThrottleKey; 2] {
        let name = username.to_ascii_lowercase();
        let subjects = [ThrottleSubject::Account(name), ThrottleSubject::KnownDevices(id)];
        subjects.map(|subject| self.keys.key(&subject.text()))
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

    /// Returns whether `token` belongs to a device that is known to the user of `credentials`.
    ///
    /// A device is known until the generation of the user's credentials changes.
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

    /// Issues a token that makes the device of a log-in known to `user`.
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
}

fn keys(counts: &[Count]) -> Vec<ThrottleKey> {
    counts.iter().map(|count| count.key).collect()
}

#[cfg(test)]
mod tests;
