//! Single requests to a server.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, TcpStream},
};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

pub const ROOT: &str = "root.admin";
/// The password of all users, which the scripts of wrk know as well.
pub const PASSWORD: &str = "Correct-horse-battery-9";

/// The cookies that a log-in of `root.admin` gives, as `name=value; name=value`.
pub fn log_in(server: &str) -> Result<String> {
    let credentials = json!({"username": ROOT, "password": PASSWORD});
    let response = ureq::post(format!("{server}/api/v1/account/login")).send_json(credentials)?;
    let cookies = response.headers().get_all("set-cookie").into_iter();
    let cookies: Vec<_> = cookies
        .map(|cookie| Ok(cookie.to_str()?.split(';').next().unwrap_or_default()))
        .collect::<Result<_>>()?;
    ensure!(!cookies.is_empty(), "no cookie");
    Ok(cookies.join("; "))
}

pub fn sign_up_root(server: &str) -> Result<()> {
    let credentials = json!({"username": ROOT, "password": PASSWORD});
    ureq::post(format!("{server}/api/v1/account/signup")).send_json(credentials)?;
    Ok(())
}

/// The JSON at an address.
pub fn get(url: &str, cookie: &str) -> Result<Value> {
    Ok(ureq::get(url).header("cookie", cookie).call()?.body_mut().read_json()?)
}

/// Returns the cursor behind a user whose number differs from `number` in the last digit alone.
pub fn cursor_near(server: &str, cookie: &str, number: u64) -> Result<String> {
    let url = format!("{server}/api/v1/users/?limit=1&username=user{:06}", number / 10);
    let page = get(&url, cookie)?;
    let cursor = page["next_cursor"].as_str().context("no page follows")?;
    Ok(cursor.to_owned())
}

/// Asks `count` times over one connection.
pub fn ask_repeatedly(url: &str, cookie: &str, count: u32) -> Result<()> {
    let agent = ureq::agent();
    for _ in 0..count {
        agent
            .get(url)
            .header("cookie", cookie)
            .call()?
            .body_mut()
            .read_to_vec()?;
    }
    Ok(())
}

/// Whether a server answers with 200 there.
pub fn answers(port: u16, path: &str) -> bool {
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    let mut status = [0; 12];
    TcpStream::connect((Ipv4Addr::LOCALHOST, port))
        .and_then(|mut stream| {
            stream.write_all(request.as_bytes())?;
            stream.read_exact(&mut status)
        })
        .is_ok()
        && &status == b"HTTP/1.1 200"
}
