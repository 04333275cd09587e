use std::{
    collections::VecDeque,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};

use sea_orm::sqlx::{self, Pool, pool::PoolConnection};
use tokio::sync::oneshot;

use super::executor::Silence;

/// How many queries a connection serves before it goes back to its pool, where others wait, too.
const MAX_QUERIES: u32 = 16;

/// Lends the connections of a pool for one query each, and hands them on while other queries wait.
///
/// A pool of sqlx tests each connection that comes back, which takes a second round trip. One that has just answered
/// needs no test, unless the server fell silent lately.
pub struct Relay<D: sqlx::Database> {
    pool: Pool<D>,
    silence: Silence,
    waiting: Mutex<VecDeque<oneshot::Sender<Lent<D>>>>,
}

/// A connection that was lent. Dropped, it goes back to its pool.
pub struct Lent<D: sqlx::Database> {
    /// The connection itself.
    pub connection: PoolConnection<D>,
    /// How many queries it has answered since it left its pool.
    pub queries: u32,
}

impl<D: sqlx::Database> Relay<D> {
    /// Lends the connections of `pool`, whose server may fall silent.
    pub fn new(pool: &Pool<D>, silence: &Silence) -> Self {
        Self {
            pool: pool.clone(),
            silence: silence.clone(),
            waiting: Mutex::default(),
        }
    }

    /// Lends an idle connection, untested, or returns `None` if none can be had at once.
    pub fn lend_idle(&self) -> Option<Lent<D>> {
        if self.silence.is_recent() {
            return None;
        }
        self.pool.try_acquire().map(Lent::new)
    }

    /// Lends the first connection that is handed on or that the pool has.
    ///
    /// # Errors
    /// As [`Pool::acquire`].
    pub async fn lend(&self) -> Result<Lent<D>, sqlx::Error> {
        // Its future is large.
        let acquired = Box::pin(self.pool.acquire());
        if self.pool.size() < self.pool.options().get_max_connections() {
            // Opens a connection, which would be lost if it were given up for another one. That may still happen to one
            // that replaces a connection which is closed later.
            return acquired.await.map(Lent::new);
        }
        tokio::select! {
            biased;
            Ok(lent) = self.wait() => Ok(lent),
            acquired = acquired => acquired.map(Lent::new),
        }
    }

    /// Hands on a connection that has just answered, or gives it back to its pool.
    pub fn hand_on(&self, mut lent: Lent<D>) {
        lent.queries += 1;
        if lent.queries == MAX_QUERIES || self.silence.is_recent() {
            return;
        }
        while let Some(next) = self.next() {
            match next.send(lent) {
                Ok(()) => return,
                Err(refused) => lent = refused,
            }
        }
    }

    fn wait(&self) -> oneshot::Receiver<Lent<D>> {
        let (sender, receiver) = oneshot::channel();
        let mut waiting = self.waiting();
        // Those who got a connection from the pool, or gave up.
        while waiting.front().is_some_and(oneshot::Sender::is_closed) {
            waiting.pop_front();
        }
        waiting.push_back(sender);
        receiver
    }

    /// Takes the lock for a moment only: a waiter that was woken under it would have to wait again.
    fn next(&self) -> Option<oneshot::Sender<Lent<D>>> {
        self.waiting().pop_front()
    }

    fn waiting(&self) -> MutexGuard<'_, VecDeque<oneshot::Sender<Lent<D>>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<D: sqlx::Database> Lent<D> {
    fn new(connection: PoolConnection<D>) -> Self {
        Self { connection, queries: 0 }
    }
}

impl<D: sqlx::Database> fmt::Debug for Relay<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Relay").finish_non_exhaustive()
    }
}

impl<D: sqlx::Database> fmt::Debug for Lent<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lent").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use sea_orm::sqlx::{Sqlite, sqlite::SqlitePoolOptions};

    use super::*;

    fn relay(max_connections: u32) -> Relay<Sqlite> {
        let pool = SqlitePoolOptions::new().max_connections(max_connections);
        Relay::new(&pool.connect_lazy("sqlite::memory:").unwrap(), &Silence::default())
    }

    #[tokio::test]
    async fn who_waits_gets_the_connection_at_once() {
        let relay = relay(1);
        let lent = relay.lend().await.unwrap();
        let mut next = Box::pin(relay.lend());
        assert!((&mut next).now_or_never().is_none());

        relay.hand_on(lent);

        let lent = next.now_or_never().unwrap().unwrap();
        assert_eq!(lent.queries, 1);
    }

    #[tokio::test]
    async fn while_the_pool_can_open_connections_nobody_waits_for_another_one() {
        let relay = relay(2);
        let _lent = relay.lend().await.unwrap();

        assert_eq!(relay.lend().await.unwrap().queries, 0);

        assert!(relay.waiting().is_empty());
    }

    #[tokio::test]
    async fn after_some_queries_the_pool_has_its_turn() {
        let relay = relay(1);
        let mut lent = relay.lend().await.unwrap();
        lent.queries = MAX_QUERIES - 1;
        let mut other = Box::pin(relay.pool.acquire());
        assert!((&mut other).now_or_never().is_none());
        let mut next = Box::pin(relay.lend());
        assert!((&mut next).now_or_never().is_none());

        relay.hand_on(lent);

        drop(other.await.unwrap());
        assert_eq!(next.await.unwrap().queries, 0);
    }

    #[tokio::test]
    async fn after_a_silence_only_the_pool_lends() {
        let relay = relay(1);
        let lent = relay.lend().await.unwrap();
        let mut next = Box::pin(relay.lend());
        assert!((&mut next).now_or_never().is_none());

        relay.silence.record();
        relay.hand_on(lent);

        assert_eq!(next.await.unwrap().queries, 0);
        assert!(relay.lend_idle().is_none());
    }

    #[tokio::test]
    async fn who_has_given_up_gets_nothing_and_is_forgotten() {
        let relay = relay(1);
        let lent = relay.lend().await.unwrap();
        for _ in 0..3 {
            assert!(relay.lend().now_or_never().is_none());
        }
        assert_eq!(relay.waiting().len(), 1);

        relay.hand_on(lent);

        assert_eq!(relay.lend().await.unwrap().queries, 0);
        assert_eq!(relay.waiting().len(), 1);
    }
}
