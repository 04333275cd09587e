//! The logger: levels and formats.

use std::{
    env,
    fmt::Write as _,
    io::{self, Write},
    panic,
};

use anyhow::bail;
use env_logger::{Builder, DEFAULT_FILTER_ENV, Logger, fmt::Formatter};
use log::{
    Level, LevelFilter, Log, Metadata, Record,
    kv::{Error, Key, Value, VisitSource},
};
use serde_json::{Map, json};

use super::configuration::LogFormat;
use crate::presentation::http::request_id;

/// Prefix of the names of our own modules.
const OURS: &str = "gatehouse";

/// Libraries that log their arguments at [`Level::Trace`], the password of the database included.
const TALKATIVE: [&str; 2] = ["sea_orm", "sqlx"];

/// Starts to log to standard error: Gatehouse at `level` and above, its libraries from warnings on.
///
/// The variable `RUST_LOG` overrides both. Every line that belongs to a request carries its id. Panics are logged, too.
///
/// # Errors
/// As for [`check_directives`].
pub fn start(level: LevelFilter, format: LogFormat) -> anyhow::Result<()> {
    let write = match format {
        LogFormat::Text => write_text,
        LogFormat::Json => write_json,
    };
    let mut builder = Builder::new();
    // Alone, because one for everything would lose against ours for a module.
    if let Some(directives) = check_directives()? {
        builder.parse_filters(&directives);
    } else {
        builder
            .filter_level(level.min(LevelFilter::Warn))
            .filter_module(OURS, level)
            // They log undecryptable cookies and requests that are not HTTP, which any client can send at any rate.
            .filter_module("actix_session", level.min(LevelFilter::Error))
            .filter_module("actix_http", LevelFilter::Off)
            // It logs each connection that it replaces. A request that needed the connection logs the failure.
            .filter_module("sqlx_core::pool", level.min(LevelFilter::Error));
    }
    let logger = builder.format(write).build();
    log::set_max_level(logger.filter());
    log::set_boxed_logger(Box::new(Discreet(logger)))?;
    panic::set_hook(Box::new(|panic| log::error!("{panic}")));
    Ok(())
}

/// Reads `RUST_LOG`, if it is set.
///
/// # Errors
/// If a part of it is not understood, or none of it covers Gatehouse, whose log would be silent.
pub fn check_directives() -> anyhow::Result<Option<String>> {
    let Some(directives) = env::var_os(DEFAULT_FILTER_ENV).filter(|directives| !directives.is_empty()) else {
        return Ok(None);
    };
    let Ok(directives) = directives.into_string() else {
        bail!("variable {DEFAULT_FILTER_ENV}: its value is not UTF-8");
    };
    if let Some(problem) = problem(&directives) {
        bail!(
            "variable {DEFAULT_FILTER_ENV}: {problem}. Such as `info`, or `warn,gatehouse=debug`; levels are off, \
             error, warn, info, debug and trace"
        );
    }
    Ok(Some(directives))
}

/// Returns what is wrong with directives for the log, if anything.
fn problem(directives: &str) -> Option<String> {
    let is_level = |text: &str| text.parse::<LevelFilter>().is_ok();
    let is_ours = |module: &str| module == OURS || module.starts_with("gatehouse::");
    // A slash begins a filter on messages.
    let (list, _) = directives.split_once('/').unwrap_or((directives, ""));
    let mut is_audible = false;
    for directive in list.split(',').map(str::trim).filter(|directive| !directive.is_empty()) {
        is_audible |= match directive.split_once('=') {
            Some((_, level)) if !is_level(level.trim()) => return Some(format!("{level:?} is no level")),
            Some((module, _)) => is_ours(module),
            None if is_level(directive) || is_ours(directive) => true,
            None => return Some(format!("{directive:?} is neither a level nor a module of gatehouse")),
        };
    }
    (!is_audible).then(|| format!("{directives:?} says nothing about gatehouse, whose log would be silent"))
}

/// Logger that discards lines that may hold secrets, whatever the directives.
struct Discreet(Logger);

impl Discreet {
    fn is_secret(metadata: &Metadata<'_>) -> bool {
        let is_talkative = || TALKATIVE.iter().any(|library| metadata.target().starts_with(library));
        metadata.level() == Level::Trace && is_talkative()
    }
}

impl Log for Discreet {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        !Self::is_secret(metadata) && self.0.enabled(metadata)
    }

    fn log(&self, record: &Record<'_>) {
        if !Self::is_secret(record.metadata()) {
            self.0.log(record);
        }
    }

    fn flush(&self) {
        self.0.flush();
    }
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

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::level("warn", None)]
    #[case::in_capitals("INFO", None)]
    #[case::silence("off", None)]
    #[case::of_a_library("warn,sqlx=debug", None)]
    #[case::of_a_module("gatehouse::access=off,gatehouse=info", None)]
    #[case::module_alone("gatehouse", None)]
    #[case::searched("info/request", None)]
    #[case::spaces(" warn , gatehouse=debug ", None)]
    #[case::no_level("WARNING", Some("\"WARNING\" is neither a level nor a module of gatehouse"))]
    #[case::no_level_of_a_module("gatehouse=verbose", Some("\"verbose\" is no level"))]
    #[case::no_level_at_all("gatehouse=", Some("\"\" is no level"))]
    #[case::misspelt_module("info,gatehuose", Some("\"gatehuose\" is neither"))]
    #[case::others_alone("sqlx=debug", Some("says nothing about gatehouse"))]
    #[case::misspelt_module("gatehuose=debug", Some("says nothing about gatehouse"))]
    #[case::two_levels("gatehouse=info=debug", Some("\"info=debug\" is no level"))]
    #[case::nothing(",", Some("says nothing about gatehouse"))]
    fn directives_that_would_silence_the_log_are_refused(#[case] directives: &str, #[case] expected: Option<&str>) {
        let problem = problem(directives);
        match expected {
            None => assert_eq!(problem, None),
            Some(expected) => assert!(problem.is_some_and(|problem| problem.contains(expected))),
        }
    }
}
