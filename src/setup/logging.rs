//! Where log lines go, and what they look like.

use std::{
    env,
    fmt::Write as _,
    io::{self, Write},
    panic,
};

use env_logger::{Builder, DEFAULT_FILTER_ENV, fmt::Formatter};
use log::{
    LevelFilter, Record,
    kv::{Error, Key, Value, VisitSource},
};
use serde_json::{Map, json};

use super::configuration::LogFormat;
use crate::presentation::http::middleware::request_id;

/// Begins to log to standard error what Gatehouse has to say at `level` and above, and the warnings of its libraries; the
/// variable `RUST_LOG` overrides both. Every line that is written on behalf of a request carries its id. Panics are logged, too.
pub fn start(level: LevelFilter, format: LogFormat) {
    let write = match format {
        LogFormat::Text => write_text,
        LogFormat::Json => write_json,
    };
    let mut builder = Builder::new();
    // Its directives would be added to ours, and one for everything would lose against ours for a module.
    if env::var_os(DEFAULT_FILTER_ENV).is_none_or(|directives| directives.is_empty()) {
        builder
            .filter_level(level.min(LevelFilter::Warn))
            .filter_module("gatehouse", level)
            // They speak of every cookie that cannot be decrypted and every request that is not HTTP, which any client can
            // send at any rate.
            .filter_module("actix_session", level.min(LevelFilter::Error))
            .filter_module("actix_http", LevelFilter::Off);
    }
    builder.parse_default_env().format(write).init();
    panic::set_hook(Box::new(|panic| log::error!("{panic}")));
}

fn write_text(out: &mut Formatter, record: &Record<'_>) -> io::Result<()> {
    let mut fields = Text(String::new());
    record.key_values().visit(&mut fields).map_err(io::Error::other)?;
    if let Some(id) = request_id::current() {
        // Writing to a string cannot fail.
        let _ = write!(fields.0, " request_id={id}");
    }
    let level = record.level();
    let style = out.default_level_style(level);
    writeln!(
        out,
        "{} {style}{level:<5}{style:#} {} {}{}",
        out.timestamp_millis(),
        record.target(),
        record.args(),
        fields.0
    )
}

fn write_json(out: &mut Formatter, record: &Record<'_>) -> io::Result<()> {
    let mut line = Json(Map::new());
    line.0
        .insert("timestamp".into(), out.timestamp_millis().to_string().into());
    line.0.insert("level".into(), record.level().as_str().into());
    line.0.insert("target".into(), record.target().into());
    line.0.insert("message".into(), record.args().to_string().into());
    if let Some(id) = request_id::current() {
        line.0.insert("request_id".into(), id.to_string().into());
    }
    record.key_values().visit(&mut line).map_err(io::Error::other)?;
    serde_json::to_writer(&mut *out, &line.0)?;
    writeln!(out)
}

struct Text(String);

impl<'kvs> VisitSource<'kvs> for Text {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), Error> {
        Ok(write!(self.0, " {key}={value}")?)
    }
}

struct Json(Map<String, serde_json::Value>);

impl<'kvs> VisitSource<'kvs> for Json {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), Error> {
        let value = value
            .to_u64()
            .map(|number| json!(number))
            .or_else(|| value.to_f64().map(|number| json!(number)))
            .unwrap_or_else(|| json!(value.to_string()));
        self.0.insert(key.to_string(), value);
        Ok(())
    }
}
