use std::{net::IpAddr, sync::Arc};

use reqwest::{
    ClientBuilder, Method, RequestBuilder, StatusCode,
    cookie::{CookieStore, Jar},
    header::{CONTENT_TYPE, COOKIE, HeaderMap, SET_COOKIE},
    redirect::Policy,
};
use serde_json::{Value, json};

use super::{PASSWORD, Server};

/// A client with a cookie jar, who follows no redirect.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    jar: Arc<Jar>,
    base_url: String,
}

/// What the server answered.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Client {
    /// A client of the server at `base_url`, with an empty jar.
    pub fn new(base_url: &str) -> Self {
        let jar = Arc::default();
        let http = reqwest::Client::builder().cookie_provider(Arc::clone(&jar));
        Self::built(http, jar, base_url)
    }

    /// A client without a jar: every request carries this `Cookie` header, whatever the server sets or clears.
    pub fn carrying(base_url: &str, cookie: &str) -> Self {
        let headers = [(COOKIE, cookie.parse().unwrap())].into_iter().collect();
        Self::built(
            reqwest::Client::builder().default_headers(headers),
            Arc::default(),
            base_url,
        )
    }

    /// A client at the address `127.0.0.{address}`, without a jar: it never is logged in.
    pub fn forgetful(base_url: &str, address: u8) -> Self {
        let http = reqwest::Client::builder().local_address(IpAddr::from([127, 0, 0, address]));
        Self::built(http, Arc::default(), base_url)
    }

    /// The same client at another server: with the same cookies, as behind a load balancer.
    pub fn at(&self, server: &Server) -> Self {
        Self {
            base_url: server.base_url().to_owned(),
            ..self.clone()
        }
    }

    fn built(http: ClientBuilder, jar: Arc<Jar>, base_url: &str) -> Self {
        Self {
            http: http.redirect(Policy::none()).build().unwrap(),
            jar,
            base_url: base_url.to_owned(),
        }
    }

    /// The session cookie that the client would send now, as a `Cookie` header.
    pub fn cookie(&self) -> Option<String> {
        self.cookie_where(is_session_cookie)
    }

    /// The cookie by which the device is known, likewise.
    pub fn device_cookie(&self) -> Option<String> {
        self.cookie_where(is_device_cookie)
    }

    fn cookie_where(&self, is_wanted: impl Fn(&str) -> bool) -> Option<String> {
        let cookies = self.jar.cookies(&self.base_url.parse().unwrap())?;
        let mut pairs = cookies.to_str().unwrap().split("; ");
        pairs.find(|pair| is_wanted(pair)).map(str::to_owned)
    }

    /// A request to `path`, to be completed and handed to [`send`](Self::send).
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base_url))
    }

    /// Sends a request that must be answered in some way.
    pub async fn send(&self, request: RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        Answer {
            status: response.status(),
            headers: response.headers().clone(),
            text: response.text().await.unwrap(),
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::PATCH, path).json(body)).await
    }

    /// Sends these bytes as a body that is declared to be JSON.
    pub async fn send_json(&self, method: &Method, path: &str, body: impl Into<reqwest::Body>) -> Answer {
        let request = self.request(method.clone(), path);
        self.send(request.header(CONTENT_TYPE, "application/json").body(body))
            .await
    }

    /// Posts a form, as a page does.
    pub async fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request = self.request(Method::POST, path);
        self.send(
            request
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(body),
        )
        .await
    }

    pub async fn sign_up(&self, username: &str, password: &str) -> Answer {
        let body = json!({"username": username, "password": password});
        self.post("/api/v1/account/signup", &body).await
    }

    pub async fn log_in(&self, username: &str, password: &str) -> Answer {
        let body = json!({"username": username, "password": password});
        self.post("/api/v1/account/login", &body).await
    }

    pub async fn log_out(&self) -> Answer {
        self.delete("/api/v1/account/logout").await
    }

    pub async fn me(&self) -> Answer {
        self.get("/api/v1/account/me").await
    }

    /// `PATCH /api/v1/users/{operation}` for a user: `grant`, `revoke`, `inactivate` or `reactivate`.
    pub async fn change(&self, operation: &str, username: &str) -> Answer {
        let path = format!("/api/v1/users/{operation}");
        self.patch(&path, &json!({"username": username})).await
    }

    /// Creates a user of a role, `user` or `admin`, with the password of all test accounts.
    pub async fn create(&self, username: &str, role: &str) -> Value {
        let body = json!({"username": username, "password": PASSWORD, "role": role});
        self.post("/api/v1/users/", &body).await.expect(201)
    }

    /// The users whose names start so, in any case.
    pub async fn find(&self, prefix: &str) -> Vec<Value> {
        let list = self.get(&format!("/api/v1/users/?username={prefix}")).await.expect(200);
        list["users"].as_array().unwrap().clone()
    }

    pub async fn change_password(&self, username: &str, password: &str, current_password: Option<&str>) -> Answer {
        let mut body = json!({"username": username, "password": password});
        if let Some(current_password) = current_password {
            body["current_password"] = current_password.into();
        }
        self.patch("/api/v1/users/change_password", &body).await
    }
}

impl Answer {
    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The body as JSON, of an answer that must have this status.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{self:?}");
        self.json()
    }

    /// The problem document that the answer must be, by the rules that hold for all of them.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json"),
            "{self:?}"
        );
        let problem = self.expect(status);
        let scheme = (status == 401).then_some("Cookie");
        assert_eq!(self.header("www-authenticate"), scheme, "{self:?}");
        assert_eq!(problem["code"], code, "{self:?}");
        assert_eq!(problem["type"], format!("urn:gatehouse:problem:{code}"));
        assert_eq!(problem["status"], status);
        assert_eq!(problem["request_id"].as_str(), self.header("x-request-id"));
        for text in ["title", "detail"] {
            assert!(problem[text].as_str().is_some_and(|text| !text.is_empty()), "{self:?}");
        }
        problem
    }

    /// The page that the answer must be, by the rules that hold for all of them.
    #[track_caller]
    pub fn page(&self, status: u16) -> &str {
        self.page_with(status, "");
        assert!(!self.text.contains("<script"), "{self:?}");
        &self.text
    }

    /// The page that the answer must be: the one with a script of this server.
    #[track_caller]
    pub fn page_with_script(&self, status: u16) -> &str {
        self.page_with(status, "script-src 'self'; ");
        assert_eq!(self.text.matches("<script").count(), 1, "{self:?}");
        assert!(self.text.contains("<script src=\"/console/welcome.js?"), "{self:?}");
        &self.text
    }

    #[track_caller]
    fn page_with(&self, status: u16, scripts: &str) {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(
            self.header("content-type"),
            Some("text/html; charset=utf-8"),
            "{self:?}"
        );
        let policy = format!(
            "default-src 'none'; {scripts}style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; \
             frame-ancestors 'none'"
        );
        for (name, value) in [
            ("content-security-policy", &*policy),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
        ] {
            assert_eq!(self.header(name), Some(value), "{self:?}");
        }
    }

    /// Where the answer leads, which must be a redirect to be followed by GET.
    #[track_caller]
    pub fn leads_to(&self) -> &str {
        assert_eq!(self.status, 303, "{self:?}");
        self.header("location").unwrap()
    }

    /// A header, if there is just one of the name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next()?.to_str().ok();
        value.filter(|_| values.next().is_none())
    }

    /// All cookies that the answer sets, with their attributes.
    pub fn cookies(&self) -> Vec<&str> {
        let values = self.headers.get_all(SET_COOKIE).iter();
        values.map(|value| value.to_str().unwrap()).collect()
    }

    /// The session cookie that the answer must set: its name and value, and its attributes in alphabetical order.
    pub fn cookie(&self) -> (&str, Vec<&str>) {
        let mut cookies = self.cookies();
        cookies.retain(|cookie| is_session_cookie(cookie));
        let [cookie] = cookies[..] else {
            panic!("there must be one session cookie: {self:?}");
        };
        let (value, attributes) = cookie.split_once("; ").unwrap();
        let mut attributes: Vec<_> = attributes.split("; ").collect();
        attributes.sort_unstable();
        (value, attributes)
    }

    /// Asserts that the answer makes the client forget its session cookie.
    #[track_caller]
    pub fn assert_clears_the_cookie(&self) {
        let (cookie, attributes) = self.cookie();
        assert_eq!(cookie, "access_token=", "{self:?}");
        for attribute in ["Max-Age=0", "Path=/"] {
            assert!(attributes.contains(&attribute), "{self:?}");
        }
    }
}

/// Whether this is the cookie of the session, and not one of those whose names go on after its name.
fn is_session_cookie(pair: &str) -> bool {
    let others = ["_device", "_notice", "_pass"];
    pair.split_once('=')
        .is_some_and(|(name, _)| !others.iter().any(|end| name.ends_with(end)))
}

/// Whether this is the cookie by which a device is known.
fn is_device_cookie(pair: &str) -> bool {
    pair.split_once('=').is_some_and(|(name, _)| name.ends_with("_device"))
}
