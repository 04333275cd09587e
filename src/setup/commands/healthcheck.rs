//! `gatehouse healthcheck`.

use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::Value;
use ureq::{Agent, Body, http::Response};

use crate::{
    presentation::cli::say,
    setup::{authority::authority, configuration::Configuration},
};

/// Time for the server to answer, without its database.
const TIMEOUT: Duration = Duration::from_secs(3);

/// Asks the configured server whether it is alive or, if `ready`, whether it can serve requests.
///
/// # Errors
/// If it does not answer in time, or not with 200.
pub fn run(ready: bool, configuration: &Configuration) -> anyhow::Result<()> {
    let (config, database) = (&configuration.server, &configuration.database);
    if config.port == 0 {
        bail!("server.port is 0, so nobody can know where the server listens: set a port (APP_SERVER__PORT)");
    }
    let (path, timeout) = if ready {
        // Longer than the server waits for its database, so that it can say so.
        let database_timeout = database.acquire_timeout.max(database.statement_timeout);
        ("/health/ready", database_timeout + TIMEOUT)
    } else {
        ("/health/live", TIMEOUT)
    };
    let url = format!("http://{}{path}", authority(&config.host, config.port));
    let agent = Agent::new_with_config(
        Agent::config_builder()
            .timeout_global(Some(timeout))
            .proxy(None)
            .max_redirects(0)
            .http_status_as_error(false)
            .build(),
    );

    let mut answer = agent
        .get(&url)
        .call()
        .with_context(|| format!("{url} does not answer"))?;

    if answer.status() != 200 {
        let detail = detail(&mut answer).map(|detail| format!(": {detail}"));
        bail!("{url} answers {}{}", answer.status(), detail.unwrap_or_default());
    }
    say(format_args!("{url} answers {}", answer.status()))
}

/// Returns the detail of a problem document.
fn detail(answer: &mut Response<Body>) -> Option<String> {
    let body = answer.body_mut().read_to_vec().ok()?;
    let problem: Value = serde_json::from_slice(&body).ok()?;
    Some(problem.get("detail")?.as_str()?.to_owned())
}
