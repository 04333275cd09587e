//! Readers of single values. Each knows what is allowed, so that a rejection can say it.

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

use crate::domain::user::ContextWord;

/// Reads an integer from `MIN` to `MAX`.
pub fn whole<'de, D, T, const MIN: u64, const MAX: u64>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<u64>,
{
    number(
        deserializer,
        &format!("an integer from {MIN} to {MAX}"),
        |number| match number {
            Unexpected::Unsigned(number) if (MIN..=MAX).contains(&number) => T::try_from(number).ok(),
            _ => None,
        },
    )
}

/// Defines readers of a time in whole units, from `MIN` to `MAX` of them.
macro_rules! times {
    ($($reader:ident: $time:ty = $from_units:expr;)*) => {
        $(
            #[doc = concat!("Reads a time in whole ", stringify!($reader), ".")]
            pub fn $reader<'de, D: Deserializer<'de>, const MIN: u64, const MAX: u64>(
                deserializer: D,
            ) -> Result<$time, D::Error> {
                whole::<_, _, MIN, MAX>(deserializer).map($from_units)
            }
        )*
    };
}

times! {
    seconds: Duration = Duration::from_secs;
    milliseconds: Duration = Duration::from_millis;
    seconds_delta: TimeDelta = |seconds: u32| TimeDelta::seconds(seconds.into());
    minutes: TimeDelta = |minutes: u32| TimeDelta::minutes(minutes.into());
    hours: TimeDelta = |hours: u32| TimeDelta::hours(hours.into());
    days: TimeDelta = |days: u32| TimeDelta::days(days.into());
}

/// Reads a number from 0.0 to 1.0.
pub fn fraction<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    number(deserializer, "a number from 0.0 to 1.0", |number| match number {
        Unexpected::Float(number) if (0.0..=1.0).contains(&number) => Some(number),
        Unexpected::Unsigned(number @ 0..=1) => Some(number as f64),
        _ => None,
    })
}

/// Reads an enum by the name of its variant. Serde alone would also take a number, as the variant's position.
pub fn named<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    T::deserialize(String::deserialize(deserializer)?.into_deserializer())
}

/// Reads a value of another crate or layer by its name in lower case.
pub fn one_of<'de, D, T>(deserializer: D, values: impl IntoIterator<Item = T>) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: fmt::Display,
{
    let text = String::deserialize(deserializer)?;
    let mut names = Vec::new();
    for value in values {
        let name = value.to_string().to_lowercase();
        if name == text {
            return Ok(value);
        }
        names.push(name);
    }
    Err(D::Error::invalid_value(
        Unexpected::Str(&text),
        &names.join(", ").as_str(),
    ))
}

/// Reads an IP address or a host name.
pub fn host<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    text(deserializer, "an IP address or a host name", |text| {
        is_host(text).then(|| text.to_owned())
    })
}

/// Reads an IP address with a port; empty for none.
pub fn socket_address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SocketAddr>, D::Error> {
    let allowed = "an IP address and a port, such as 127.0.0.1:9464 or [::1]:9464; or nothing";
    text(deserializer, allowed, |text| or_none(text, |text| text.parse().ok()))
}

/// Reads origins of HTTP, each in the form of the header `Origin` (RFC 6454, section 6.2).
pub fn origins<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let allowed = "an origin such as https://app.example.com or http://localhost:3000, in lower case, without a path, \
                   a slash at the end, `*`, or the port that the scheme implies";
    texts(deserializer, allowed, |origin| {
        let url = Url::parse(origin).ok()?;
        let is_origin = ["http", "https"].contains(&url.scheme())
            && url.origin().ascii_serialization() == origin
            && is_host(url.host_str()?.trim_matches(['[', ']']));
        is_origin.then(|| origin.to_owned())
    })
}

/// Reads IP addresses and networks, the addresses as networks of one.
pub fn networks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IpNet>, D::Error> {
    let allowed = "an IP address or a network such as 10.0.0.0/8 or fd00::/8, with zeros behind its prefix; IPv4 as \
                   such, not as ::ffff:10.0.0.1; no network of all addresses";
    texts(deserializer, allowed, |text| {
        let address = || text.parse::<IpAddr>().map(IpNet::from);
        let network = text.parse().or_else(|_| address()).ok()?;
        let is_fit = network.prefix_len() > 0
            && network.addr() == network.network()
            // Addresses are compared in their canonical form.
            && network.addr() == network.addr().to_canonical();
        is_fit.then_some(network)
    })
}

/// Reads ids of peppers, as password hashes name them.
pub fn pepper_ids<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let allowed = "ids of 16 hexadecimal digits, as the refusal to start names them";
    texts(deserializer, allowed, |id| {
        let is_id = id.len() == 16 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        is_id.then(|| id.to_owned())
    })
}

/// Reads words that no new password may contain.
pub fn context_words<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<ContextWord>, D::Error> {
    let allowed = format!("words of {} characters or more", ContextWord::MIN_LENGTH);
    texts(deserializer, &allowed, |word| ContextWord::new(word).ok())
}

/// Reads the name of a cookie, a `token` of RFC 6265. Names that begin with `__` mean something to browsers.
pub fn cookie_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let allowed = "one or more letters, digits and any of !#$%&'*+-.^_`|~, not beginning with `__`: the prefix \
                   `__Host-` or `__Secure-` is added where it belongs";
    text(deserializer, allowed, |name| {
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        (!name.is_empty() && name.bytes().all(is_token) && !name.starts_with("__")).then(|| name.to_owned())
    })
}

/// Reads the domain of a cookie; empty for none.
pub fn cookie_domain<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let allowed =
        "a domain such as example.com, in lower case, without a dot at its ends, and no IP address; or nothing";
    text(deserializer, allowed, |text| {
        or_none(text, |domain| {
            let is_name = matches!(Host::parse(domain), Ok(Host::Domain(name)) if name == domain);
            // Browsers take none of a single label.
            (is_name && is_host(domain) && domain.contains('.')).then(|| domain.to_owned())
        })
    })
}

/// Reads a text that is not blank.
pub fn filled<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    text(deserializer, "a text that is not empty", |text| {
        (!text.trim().is_empty()).then(|| text.to_owned())
    })
}

fn is_host(text: &str) -> bool {
    let is_label = |label: &str| {
        let mut bytes = label.bytes();
        (1..=63).contains(&label.len()) && bytes.all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    text.parse::<IpAddr>().is_ok() || (text.len() <= 253 && text.split('.').all(is_label))
}

/// Returns `Some(None)` for an empty text.
fn or_none<T>(text: &str, parse: impl FnOnce(&str) -> Option<T>) -> Option<Option<T>> {
    if text.is_empty() {
        Some(None)
    } else {
        parse(text).map(Some)
    }
}

fn text<'de, D, T>(deserializer: D, allowed: &str, parse: impl Fn(&str) -> Option<T>) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
{
    let text = String::deserialize(deserializer)?;
    parse(&text).ok_or_else(|| D::Error::invalid_value(Unexpected::Str(&text), &allowed))
}

fn texts<'de, D, T>(deserializer: D, allowed: &str, parse: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
{
    let parse = |text: &String| parse(text).ok_or_else(|| D::Error::invalid_value(Unexpected::Str(text), &allowed));
    Vec::deserialize(deserializer)?.iter().map(parse).collect()
}

/// Reads a number. It is what serde calls unexpected until `read` accepts it.
fn number<'de, D, T>(deserializer: D, allowed: &str, read: impl Fn(Unexpected<'_>) -> Option<T>) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
{
    let number = deserializer.deserialize_any(Number(allowed))?;
    read(number).ok_or_else(|| D::Error::invalid_value(number, &allowed))
}

struct Number<'a>(&'a str);

impl Visitor<'_> for Number<'_> {
    type Value = Unexpected<'static>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Unexpected::Unsigned(number))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(u64::try_from(number).map_or(Unexpected::Signed(number), Unexpected::Unsigned))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Unexpected::Float(number))
    }
}

#[cfg(test)]
mod tests;
