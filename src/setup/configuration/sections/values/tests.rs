use rstest::rstest;

use crate::setup::configuration::testing::Scene;

#[rstest]
#[case("server.host", "\"not a host\"", "an IP address or a host name")]
#[case("server.port", "-1", "an integer from 0 to 65535")]
#[case("server.body_limit_bytes", "1023", "an integer from 1024 to 1048576")]
#[case("server.cors_allowed_origins", "\"https://app.example\"", "a list, such as [")]
#[case("server.request_timeout_seconds", "0", "an integer from 1 to 300")]
#[case("server.trusted_proxies", "\"10.0.0.0/8\"", "a list, such as [")]
#[case("server.trusted_proxy_header", "\"x-real-ip\"", "x-forwarded-for, forwarded")]
#[case(
    "database.url",
    "\"mysql://localhost/gatehouse\"",
    "`sqlite:` and the path of a file, or `postgres://"
)]
#[case("database.max_connections", "0", "an integer from 1 to 1000")]
#[case("security.password.bcrypt_cost", "32", "an integer from 4 to 31")]
#[case("security.password.min_length", "7", "an integer from 8 to 64")]
#[case(
    "security.password.lost_peppers",
    "[\"the old one\"]",
    "ids of 16 hexadecimal digits"
)]
#[case(
    "security.password.max_hash_wait_milliseconds",
    "60001",
    "an integer from 0 to 60000"
)]
#[case(
    "security.auth.jwt_algorithm",
    "\"none\"",
    "HS256, HS384, HS512, RS256, RS384, RS512"
)]
#[case("security.auth.jwt_algorithm", "0", "a text in quotation marks")]
#[case("security.auth.jwt_issuer", "\" \"", "a text that is not empty")]
#[case("security.auth.session_ttl_minutes", "525601", "an integer from 1 to 525600")]
#[case("security.auth.refresh_threshold", "1.01", "a number from 0.0 to 1.0")]
#[case("security.auth.refresh_threshold", "2", "a number from 0.0 to 1.0")]
#[case("security.auth.refresh_threshold", "nan", "a number from 0.0 to 1.0")]
#[case("security.cookies.name", "\"access token\"", "one or more letters, digits")]
#[case(
    "security.cookies.name",
    "\"__Host-access_token\"",
    "not beginning with `__`: the prefix `__Host-`"
)]
#[case("logs.format", "\"xml\"", "text, json")]
fn a_value_out_of_range_is_refused_with_what_is_allowed(
    #[case] key: &str,
    #[case] value: &str,
    #[case] allowed: &str,
) -> anyhow::Result<()> {
    let refusal = Scene::with_secrets("prod")?
        .file("config.toml", &format!("[prod]\n{key} = {value}"))?
        .refusal()?;

    assert!(refusal.contains(&format!("config.toml [prod] {key}: ")), "{refusal}");
    assert!(refusal.contains(allowed), "{refusal}");
    Ok(())
}

#[rstest]
#[case::no_list("https://app.example.com")]
#[case::address("[http://[::1]:3000]")]
#[case::other_quotation_marks("['https://app.example.com']")]
fn a_list_in_a_variable_that_is_none_is_refused_with_a_hint_to_quote(#[case] value: &str) -> anyhow::Result<()> {
    let refusal = Scene::with_secrets("prod")?
        .variable("APP_SERVER__PUBLIC_ORIGINS", value)
        .refusal()?;

    let expected =
        format!("found {value:?}, allowed: a list, such as [\"a\", \"b\"], with quotation marks around each text");
    assert!(refusal.contains(&expected), "{refusal}");
    Ok(())
}

#[rstest]
#[case::none("", None)]
#[case::domain("example.com", Some("example.com"))]
#[case::subdomain("users.example.com", Some("users.example.com"))]
#[case::international("xn--bcher-kva.example", Some("xn--bcher-kva.example"))]
fn a_cookie_has_a_domain_or_none(#[case] domain: &str, #[case] expected: Option<&str>) -> anyhow::Result<()> {
    let loaded = Scene::with_secrets("prod")?
        .variable("APP_SECURITY__COOKIES__DOMAIN", domain)
        .load()?;

    assert_eq!(loaded.configuration.security.cookies.domain.as_deref(), expected);
    Ok(())
}

#[rstest]
#[case::dot_in_front(".example.com")]
#[case::dot_at_the_end("example.com.")]
#[case::single_label("localhost")]
#[case::ipv4("192.0.2.1")]
#[case::what_browsers_take_for_ipv4("192.0.513")]
#[case::ipv6("[2001:db8::1]")]
#[case::in_capitals("Example.com")]
#[case::international("bücher.example")]
#[case::port("example.com:443")]
#[case::origin("https://example.com")]
#[case::attribute("example.com; Path=/")]
#[case::space(" example.com")]
fn what_is_no_domain_for_a_cookie_is_refused(#[case] domain: &str) -> anyhow::Result<()> {
    let refusal = Scene::with_secrets("prod")?
        .variable("APP_SECURITY__COOKIES__DOMAIN", domain)
        .refusal()?;

    let expected = format!("security.cookies.domain: found {domain:?}, allowed: a domain such as example.com");
    assert!(refusal.contains(&expected), "{refusal}");
    Ok(())
}

#[rstest]
#[case::none("", None)]
#[case::ipv4("127.0.0.1:9464", Some("127.0.0.1:9464"))]
#[case::ipv6("[::1]:0", Some("[::1]:0"))]
fn metrics_have_an_address_with_a_port_or_none(
    #[case] address: &str,
    #[case] expected: Option<&str>,
) -> anyhow::Result<()> {
    let loaded = Scene::with_secrets("prod")?
        .variable("APP_SERVER__METRICS_ADDR", address)
        .load()?;

    let address = loaded.configuration.server.metrics_addr;
    assert_eq!(address.map(|address| address.to_string()).as_deref(), expected);
    Ok(())
}

#[rstest]
#[case::no_port("127.0.0.1")]
#[case::no_address(":9464")]
#[case::port_alone("9464")]
#[case::impossible_port("127.0.0.1:65536")]
#[case::bare_ipv6("::1:9464")]
#[case::name("localhost:9464")]
#[case::url("http://127.0.0.1:9464")]
#[case::space(" 127.0.0.1:9464")]
fn what_is_no_address_with_a_port_is_refused(#[case] address: &str) -> anyhow::Result<()> {
    let refusal = Scene::with_secrets("prod")?
        .variable("APP_SERVER__METRICS_ADDR", address)
        .refusal()?;

    let expected = format!("server.metrics_addr: found {address:?}, allowed: an IP address and a port, such as 127.");
    assert!(refusal.contains(&expected), "{refusal}");
    Ok(())
}

#[rstest]
#[case::ipv4("192.0.2.1", "192.0.2.1/32")]
#[case::ipv4_network("10.0.0.0/8", "10.0.0.0/8")]
#[case::ipv6("::1", "::1/128")]
#[case::ipv6_network("fd00::/8", "fd00::/8")]
fn a_trusted_proxy_is_an_address_or_in_a_network(#[case] proxy: &str, #[case] network: &str) -> anyhow::Result<()> {
    let loaded = Scene::with_secrets("prod")?
        .variable("APP_SERVER__TRUSTED_PROXIES", &format!("[\"{proxy}\"]"))
        .load()?;

    let networks = loaded.configuration.server.trusted_proxies;
    assert_eq!(networks, [network.parse()?]);
    Ok(())
}

#[rstest]
#[case::empty("")]
#[case::name("proxy.example.com")]
#[case::all("*")]
#[case::all_of_ipv4("0.0.0.0/0")]
#[case::all_of_ipv6("::/0")]
#[case::port("10.0.0.1:8000")]
#[case::brackets("[::1]")]
#[case::prefix_too_long("10.0.0.0/33")]
#[case::prefix_too_short_for_the_address("10.0.0.1/8")]
#[case::mask("10.0.0.0/255.0.0.0")]
#[case::ipv4_in_ipv6("::ffff:10.0.0.1")]
#[case::ipv4_network_in_ipv6("::ffff:10.0.0.0/104")]
#[case::two_in_one("10.0.0.1, 10.0.0.2")]
#[case::space(" 10.0.0.1")]
fn what_is_no_proxy_is_not_trusted(#[case] proxy: &str) -> anyhow::Result<()> {
    let refusal = Scene::with_secrets("prod")?
        .file(
            "config.toml",
            &format!("[prod.server]\ntrusted_proxies = [\"::1\", \"{proxy}\"]"),
        )?
        .refusal()?;

    let expected = format!(
        "config.toml [prod] server.trusted_proxies: found {proxy:?}, allowed: an IP address or a network such as 10"
    );
    assert!(refusal.contains(&expected), "{refusal}");
    Ok(())
}

#[rstest]
#[case::https("https://app.example.com")]
#[case::development("http://localhost:3000")]
#[case::another_port("https://app.example.com:8443")]
#[case::ipv4("http://192.0.2.1:8080")]
#[case::ipv6("http://[2001:db8::1]")]
#[case::international("https://xn--bcher-kva.example")]
fn an_origin_is_taken_as_browsers_send_it(#[case] origin: &str) -> anyhow::Result<()> {
    let loaded = Scene::with_secrets("prod")?
        .variable("APP_SERVER__CORS_ALLOWED_ORIGINS", &format!("[\"{origin}\"]"))
        .load()?;

    assert_eq!(loaded.configuration.server.cors_allowed_origins, [origin]);
    Ok(())
}

#[rstest]
#[case::empty("")]
#[case::any("*")]
#[case::wildcard("https://*.example.com")]
#[case::null("null")]
#[case::no_scheme("app.example.com")]
#[case::another_scheme("ftp://app.example.com")]
#[case::scheme_in_capitals("HTTPS://app.example.com")]
#[case::host_in_capitals("https://App.example.com")]
#[case::slash("https://app.example.com/")]
#[case::path("https://app.example.com/login")]
#[case::query("https://app.example.com?")]
#[case::implied_port("https://app.example.com:443")]
#[case::impossible_port("https://app.example.com:65536")]
#[case::user("https://alice@app.example.com")]
#[case::no_host("https://")]
#[case::international("https://bücher.example")]
#[case::no_host_name("https://app'.example.com")]
#[case::space(" https://app.example.com")]
#[case::two_in_one("https://app.example.com https://www.example.com")]
fn what_no_browser_sends_as_origin_is_refused(#[case] origin: &str) -> anyhow::Result<()> {
    let refusal = Scene::with_secrets("prod")?
        .file(
            "config.toml",
            &format!("[prod.server]\ncors_allowed_origins = [\"https://www.example.com\", \"{origin}\"]"),
        )?
        .refusal()?;

    let expected = format!(
        "config.toml [prod] server.cors_allowed_origins: found {origin:?}, allowed: an origin such as https://app"
    );
    assert!(refusal.contains(&expected), "{refusal}");
    Ok(())
}
