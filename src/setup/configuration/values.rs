//! Readers for single values that know what is allowed, so that a refusal can say it.

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use chrono::TimeDelta;
use ipnet::IpNet;
use serde::{
    Deserialize, Deserializer,
    de::{Error, IntoDeserializer, Unexpected, Visitor},
};
use url::{Host, Url};

/// What an origin looks like.
const ORIGIN: &str = "an origin such as https://app.example.com or http://localhost:3000, in lower case, without a path, a \
                      slash at the end, `*`, or the port that the scheme implies";

/// What a network looks like.
const NETWORK: &str = "an IP address or a network such as 10.0.0.0/8 or fd00::/8, with zeros behind its prefix; IPv4 as \
                       such, not as ::ffff:10.0.0.1; no network of all addresses";

/// Reads an integer from `MIN` to `MAX`.
pub(super) fn whole<'de, D, T, const MIN: u64, const MAX: u64>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<u64>,
{
    let number = deserializer.deserialize_u64(Whole { min: MIN, max: MAX })?;
    T::try_from(number).map_err(|_| D::Error::custom(format_args!("{number} is more than this system can count")))
}

/// Reads whole seconds.
pub(super) fn seconds<'de, D: Deserializer<'de>, const MIN: u64, const MAX: u64>(
    deserializer: D,
) -> Result<Duration, D::Error> {
    whole::<_, _, MIN, MAX>(deserializer).map(Duration::from_secs)
}

/// Reads whole milliseconds.
pub(super) fn milliseconds<'de, D: Deserializer<'de>, const MIN: u64, const MAX: u64>(
    deserializer: D,
) -> Result<Duration, D::Error> {
    whole::<_, _, MIN, MAX>(deserializer).map(Duration::from_millis)
}

/// Reads whole minutes.
pub(super) fn minutes<'de, D: Deserializer<'de>, const MIN: u64, const MAX: u64>(
    deserializer: D,
) -> Result<TimeDelta, D::Error> {
    whole::<_, u32, MIN, MAX>(deserializer).map(|minutes| TimeDelta::minutes(minutes.into()))
}

/// Reads whole hours.
pub(super) fn hours<'de, D: Deserializer<'de>, const MIN: u64, const MAX: u64>(
    deserializer: D,
) -> Result<TimeDelta, D::Error> {
    whole::<_, u32, MIN, MAX>(deserializer).map(|hours| TimeDelta::hours(hours.into()))
}

/// Reads whole days.
pub(super) fn days<'de, D: Deserializer<'de>, const MIN: u64, const MAX: u64>(
    deserializer: D,
) -> Result<TimeDelta, D::Error> {
    whole::<_, u32, MIN, MAX>(deserializer).map(|days| TimeDelta::days(days.into()))
}

/// Reads whole seconds, as a part of a date.
pub(super) fn seconds_delta<'de, D: Deserializer<'de>, const MIN: u64, const MAX: u64>(
    deserializer: D,
) -> Result<TimeDelta, D::Error> {
    whole::<_, u32, MIN, MAX>(deserializer).map(|seconds| TimeDelta::seconds(seconds.into()))
}

/// Reads a number from 0.0 to 1.0.
pub(super) fn fraction<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    deserializer.deserialize_f64(Fraction)
}

/// Reads an enum by the name of its variant. Left to itself, serde would also take a number, as the variant's position.
pub(super) fn named<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    T::deserialize(String::deserialize(deserializer)?.into_deserializer())
}

/// Reads an IP address or a host name.
pub(super) fn host<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    text(deserializer, "an IP address or a host name", is_host)
}

/// Reads an IP address with a port; empty for none.
pub(super) fn socket_address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SocketAddr>, D::Error> {
    let allowed = "an IP address and a port, such as 127.0.0.1:9464 or [::1]:9464; or nothing";
    let fits = |text: &str| text.is_empty() || text.parse::<SocketAddr>().is_ok();
    text(deserializer, allowed, fits).map(|text| text.parse().ok())
}

/// Reads origins of HTTP, each as it stands in the header `Origin` (RFC 6454, section 6.2).
pub(super) fn origins<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    fn fits(origin: &str) -> bool {
        Url::parse(origin).is_ok_and(|url| {
            ["http", "https"].contains(&url.scheme())
                && url.origin().ascii_serialization() == origin
                && url
                    .host_str()
                    .is_some_and(|host| is_host(host.trim_matches(['[', ']'])))
        })
    }
    let origins = Vec::<String>::deserialize(deserializer)?;
    match origins.iter().find(|origin| !fits(origin)) {
        Some(origin) => Err(D::Error::invalid_value(Unexpected::Str(origin), &ORIGIN)),
        None => Ok(origins),
    }
}

/// Reads IP addresses and networks, the addresses as networks of one.
pub(super) fn networks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IpNet>, D::Error> {
    fn network(text: &str) -> Option<IpNet> {
        let address = || text.parse::<IpAddr>().map(IpNet::from);
        let network = text.parse().or_else(|_| address()).ok()?;
        let is_fit = network.prefix_len() > 0
            && network.addr() == network.network()
            // Addresses are compared in their canonical form.
            && network.addr() == network.addr().to_canonical();
        is_fit.then_some(network)
    }
    let texts = Vec::<String>::deserialize(deserializer)?;
    let networks = texts
        .iter()
        .map(|text| network(text).ok_or_else(|| D::Error::invalid_value(Unexpected::Str(text), &NETWORK)));
    networks.collect()
}

/// Reads ids of peppers, as password hashes name them.
pub(super) fn pepper_ids<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let is_id = |id: &&String| id.len() == 16 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let ids = Vec::<String>::deserialize(deserializer)?;
    match ids.iter().find(|id| !is_id(id)) {
        Some(id) => Err(D::Error::invalid_value(
            Unexpected::Str(id),
            &"ids of 16 hexadecimal digits, as the refusal to start names them",
        )),
        None => Ok(ids),
    }
}

/// Reads the name of a cookie, a `token` of RFC 6265. Names that begin with `__` mean something to browsers.
pub(super) fn cookie_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    fn fits(name: &str) -> bool {
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        !name.is_empty() && name.bytes().all(is_token) && !name.starts_with("__")
    }
    text(
        deserializer,
        "one or more letters, digits and any of !#$%&'*+-.^_`|~, not beginning with `__`: the prefix `__Host-` or `__Secure-` \
         is added where it belongs",
        fits,
    )
}

/// Reads the domain of a cookie; empty for none.
pub(super) fn cookie_domain<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    fn fits(domain: &str) -> bool {
        let is_name = matches!(Host::parse(domain), Ok(Host::Domain(name)) if name == domain);
        // Browsers take none of a single label.
        domain.is_empty() || (is_name && is_host(domain) && domain.contains('.'))
    }
    let allowed =
        "a domain such as example.com, in lower case, without a dot at its ends, and no IP address; or nothing";
    text(deserializer, allowed, fits).map(|domain| Some(domain).filter(|domain| !domain.is_empty()))
}

/// Reads a text that is not blank.
pub(super) fn filled<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    text(deserializer, "a text that is not empty", |text| !text.trim().is_empty())
}

fn is_host(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    text.parse::<IpAddr>().is_ok() || (text.len() <= 253 && text.split('.').all(is_label))
}

fn text<'de, D>(deserializer: D, allowed: &str, fits: fn(&str) -> bool) -> Result<String, D::Error>
where
    D: Deserializer<'de>,
{
    let text = String::deserialize(deserializer)?;
    if fits(&text) {
        Ok(text)
    } else {
        Err(D::Error::invalid_value(Unexpected::Str(&text), &allowed))
    }
}

struct Whole {
    min: u64,
    max: u64,
}

impl Visitor<'_> for Whole {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an integer from {} to {}", self.min, self.max)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<u64, E> {
        if (self.min..=self.max).contains(&number) {
            Ok(number)
        } else {
            Err(E::invalid_value(Unexpected::Unsigned(number), &self))
        }
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<u64, E> {
        match u64::try_from(number) {
            Ok(number) => self.visit_u64(number),
            Err(_) => Err(E::invalid_value(Unexpected::Signed(number), &self)),
        }
    }
}

struct Fraction;

impl Visitor<'_> for Fraction {
    type Value = f64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number from 0.0 to 1.0")
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<f64, E> {
        if (0.0..=1.0).contains(&number) {
            Ok(number)
        } else {
            Err(E::invalid_value(Unexpected::Float(number), &self))
        }
    }

    // Of the whole numbers only 0 and 1 are in range, and those are exact as floats.
    fn visit_u64<E: Error>(self, number: u64) -> Result<f64, E> {
        match number {
            0 => Ok(0.0),
            1 => Ok(1.0),
            _ => Err(E::invalid_value(Unexpected::Unsigned(number), &self)),
        }
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<f64, E> {
        match u64::try_from(number) {
            Ok(number) => self.visit_u64(number),
            Err(_) => Err(E::invalid_value(Unexpected::Signed(number), &self)),
        }
    }
}

#[cfg(test)]
mod tests;
