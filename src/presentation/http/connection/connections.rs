use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::Activity;
use crate::{
    domain::throttle::ClientNetwork,
    presentation::http::{log_limit::LogLimit, metrics::ConnectionMetrics, request::TrustedProxies},
};

/// How often a connection that waits for room retries.
const RETRY: Duration = Duration::from_millis(50);

/// The minimum time between two warnings about a limit.
const WARNING_INTERVAL: Duration = Duration::from_secs(60);

/// Limits for open connections.
#[derive(Clone, Copy, Debug)]
pub struct ConnectionLimits {
    /// The total number of connections.
    pub total: usize,
    /// The number of connections from one [`ClientNetwork`], unless it is a trusted proxy.
    pub per_client: usize,
}

/// The open connections of one listener.
///
/// At a limit, the connection that has been idle the longest is closed for a new one. Connections with a request in
/// flight are never closed.
pub struct Connections {
    limits: ConnectionLimits,
    proxies: TrustedProxies,
    metrics: ConnectionMetrics,
    open: Mutex<Open>,
    warnings: LogLimit,
}

/// The clients that share a limit; `None` is for trusted proxies, which have only the total limit.
type Group = Option<ClientNetwork>;

#[derive(Default)]
struct Open {
    total: usize,
    groups: HashMap<Group, Vec<Arc<Activity>>>,
}

/// The slot of an open connection, until this is dropped.
pub struct Slot {
    connections: Arc<Connections>,
    group: Group,
    activity: Arc<Activity>,
}

/// The limit that a new connection would exceed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Full {
    Client,
    Total,
}

impl Connections {
    /// Creates a listener's set of connections, initially empty.
    pub fn new(limits: ConnectionLimits, proxies: TrustedProxies, metrics: ConnectionMetrics) -> Self {
        metrics.set_max(limits.total);
        Self {
            limits,
            proxies,
            metrics,
            open: Mutex::default(),
            warnings: LogLimit::new(WARNING_INTERVAL),
        }
    }

    /// Returns a slot for a new connection from `peer`, and closes an idle connection for it at a limit.
    ///
    /// At the total limit, it waits for up to `timeout` until a connection is idle. Returns `None` after that, or if
    /// the client is at its limit and none of its connections is idle.
    pub async fn admit(self: &Arc<Self>, peer: IpAddr, timeout: Duration) -> Option<Slot> {
        let start = Instant::now();
        loop {
            match self.try_admit(peer.to_canonical()) {
                Ok(slot) => return Some(slot),
                Err(Full::Total) if start.elapsed() < timeout => tokio::time::sleep(RETRY).await,
                Err(full) => {
                    self.metrics.count_rejected(full.name());
                    return None;
                }
            }
        }
    }

    fn try_admit(self: &Arc<Self>, peer: IpAddr) -> Result<Slot, Full> {
        let group = (!self.proxies.trusts(peer)).then(|| ClientNetwork::widest_of(peer));
        let mut open = self.lock();
        if group.is_some() && open.count(group) >= self.limits.per_client {
            self.warn(|| {
                let limit = self.limits.per_client;
                format!("{peer} has server.max_connections_per_client = {limit} connections: its idle ones are closed")
            });
            self.evict(&mut open, Full::Client, |other| other == group)?;
        }
        if open.total >= self.limits.total {
            self.warn(|| {
                let limit = self.limits.total;
                format!(
                    "server.max_connections = {limit} connections are open: the idlest ones are closed for new ones"
                )
            });
            self.evict(&mut open, Full::Total, |_| true)?;
        }
        let activity = Arc::new(Activity::new());
        open.add(group, Arc::clone(&activity));
        self.metrics.set_open(open.total);
        Ok(Slot {
            connections: Arc::clone(self),
            group,
            activity,
        })
    }

    /// Closes the idlest connection of the groups that `may_close` selects.
    fn evict(&self, open: &mut Open, full: Full, may_close: impl Fn(Group) -> bool) -> Result<(), Full> {
        let (group, idlest) = open.idlest(may_close).ok_or(full)?;
        open.remove(group, &idlest);
        idlest.evict();
        self.metrics.count_closed(full.name());
        Ok(())
    }

    fn warn(&self, message: impl FnOnce() -> String) {
        if self.warnings.admit().is_some() {
            log::warn!("{}", message());
        }
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    fn count(&self, group: Group) -> usize {
        self.groups.get(&group).map_or(0, Vec::len)
    }

    fn add(&mut self, group: Group, activity: Arc<Activity>) {
        self.groups.entry(group).or_default().push(activity);
        self.total += 1;
    }

    /// Removes the connection, unless it was evicted before.
    fn remove(&mut self, group: Group, activity: &Arc<Activity>) {
        let Some(members) = self.groups.get_mut(&group) else {
            return;
        };
        let Some(position) = members.iter().position(|member| Arc::ptr_eq(member, activity)) else {
            return;
        };
        members.swap_remove(position);
        self.total -= 1;
        if members.is_empty() {
            self.groups.remove(&group);
        }
    }

    fn idlest(&self, is_candidate: impl Fn(Group) -> bool) -> Option<(Group, Arc<Activity>)> {
        let groups = self.groups.iter().filter(|(group, _)| is_candidate(**group));
        let members = groups.flat_map(|(group, members)| members.iter().map(|member| (*group, member)));
        let idle = members.filter_map(|(group, member)| Some((member.idle_time()?, group, member)));
        let (_, group, member) = idle.max_by_key(|(time, ..)| *time)?;
        Some((group, Arc::clone(member)))
    }
}

impl Slot {
    /// Returns the state of the connection in this slot.
    pub fn activity(&self) -> &Arc<Activity> {
        &self.activity
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut open = self.connections.lock();
        open.remove(self.group, &self.activity);
        self.connections.metrics.set_open(open.total);
    }
}

impl Full {
    fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Total => "total",
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn connections(total: usize, per_client: usize) -> Arc<Connections> {
        let proxies = TrustedProxies {
            networks: vec!["10.0.0.0/8".parse().unwrap()],
            ..TrustedProxies::none()
        };
        let limits = ConnectionLimits { total, per_client };
        Arc::new(Connections::new(limits, proxies, ConnectionMetrics::default()))
    }

    fn admit(connections: &Arc<Connections>, peer: &str) -> Result<Slot, Full> {
        connections.try_admit(peer.parse::<IpAddr>().unwrap().to_canonical())
    }

    #[rstest]
    #[case::same_address("192.0.2.1", "192.0.2.1", true)]
    #[case::neighbours("192.0.2.1", "192.0.2.2", false)]
    #[case::mapped("::ffff:192.0.2.1", "192.0.2.1", true)]
    #[case::same_48("2001:db8:0:1::1", "2001:db8:0:2::2", true)]
    #[case::next_48("2001:db8:0:1::1", "2001:db8:1:1::1", false)]
    #[case::proxies("10.0.0.1", "10.0.0.1", false)]
    #[case::mapped_proxies("::ffff:10.0.0.1", "::ffff:10.0.0.1", false)]
    fn connections_of_one_network_share_a_limit(#[case] one: &str, #[case] other: &str, #[case] is_closed: bool) {
        let connections = connections(2, 1);
        let first = admit(&connections, one).unwrap();
        let _second = admit(&connections, other).unwrap();
        assert_eq!(first.activity().is_evicted(), is_closed);
    }

    #[test]
    fn a_connection_that_is_closed_or_has_ended_leaves_room() {
        let connections = connections(2, 2);
        let first = admit(&connections, "192.0.2.1").unwrap();
        let second = admit(&connections, "192.0.2.1").unwrap();
        let in_flight = [
            first.activity().begin_request(false),
            second.activity().begin_request(false),
        ];
        assert_eq!(admit(&connections, "192.0.2.1").err(), Some(Full::Client));
        assert_eq!(admit(&connections, "192.0.2.2").err(), Some(Full::Total));
        drop(in_flight);

        let third = admit(&connections, "192.0.2.2").unwrap();
        assert_eq!(connections.lock().total, 2);
        drop((first, second, third));

        let open = connections.lock();
        assert_eq!(open.total, 0);
        assert!(open.groups.is_empty());
    }
}
