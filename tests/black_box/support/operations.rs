use reqwest::Method;

/// Where a new operation is added, for the messages of tests that miss it.
pub const LISTED_IN: &str = "tests/black_box/support/operations.rs";

/// An operation of the API, as the contract lists it.
pub struct Operation {
    pub method: Method,
    pub path: &'static str,
    pub open_to: OpenTo,
    /// The query that the operation requires, with its question mark.
    pub query: &'static str,
    /// The status of success.
    pub success: u16,
    /// A body that the operation takes, if it takes one.
    pub body: Option<&'static str>,
}

/// Who may call an operation at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenTo {
    Everyone,
    /// Those who are not logged in.
    Anonymous,
    /// Those who are logged in, whatever their role permits.
    Authenticated,
}

impl Operation {
    /// The path, with `value` for its variable part, if it has one.
    pub fn path_with(&self, value: &str) -> String {
        let path = ["{user_id}", "{session_id}"]
            .iter()
            .fold(self.path.to_owned(), |path, variable| path.replace(variable, value));
        assert!(!path.contains('{'), "{path}: add the variable in {LISTED_IN}");
        path
    }
}

/// The environment variables with which a server has every operation: it guards a service.
pub const GUARDING: [(&str, &str); 4] = [
    ("APP_FORWARD_AUTH__ORIGINS", "[\"https://app.example.com\"]"),
    ("APP_FORWARD_AUTH__COOKIE_DOMAIN", "example.com"),
    ("APP_SERVER__PUBLIC_ORIGINS", "[\"https://auth.example.com\"]"),
    ("APP_SERVER__TRUSTED_PROXIES", "[127.0.0.1]"),
];

/// Every operation of the API.
pub fn operations() -> Vec<Operation> {
    use OpenTo::{Anonymous, Authenticated, Everyone};

    const ADDRESS: Option<&str> = Some(r#"{"rd":"https://app.example.com/"}"#);
    const TARGET: Option<&str> = Some(r#"{"username":"nobody"}"#);
    const LINK: Option<&str> = Some(r#"{"token":"nobody"}"#);
    const REDEMPTION: Option<&str> = Some(r#"{"token":"nobody","password":"correct horse battery"}"#);
    const CREDENTIALS: Option<&str> = Some(r#"{"username":"nobody","password":"correct horse battery"}"#);

    [
        (Method::GET, "/api/v1/", Everyone, 200, None),
        (Method::GET, "/health/live", Everyone, 200, None),
        (Method::GET, "/health/ready", Everyone, 200, None),
        (Method::POST, "/api/v1/account/signup", Anonymous, 201, CREDENTIALS),
        (Method::POST, "/api/v1/account/login", Anonymous, 200, CREDENTIALS),
        (Method::POST, "/api/v1/account/link", Everyone, 200, LINK),
        (Method::POST, "/api/v1/account/link/redeem", Everyone, 204, REDEMPTION),
        (Method::DELETE, "/api/v1/account/logout", Authenticated, 204, None),
        (Method::GET, "/api/v1/account/me", Authenticated, 200, None),
        (Method::POST, "/api/v1/account/pass", Authenticated, 200, ADDRESS),
        (Method::GET, "/api/v1/account/verify", Authenticated, 200, None),
        (Method::GET, "/api/v1/account/sessions", Authenticated, 200, None),
        (Method::DELETE, "/api/v1/account/sessions", Authenticated, 204, None),
        (
            Method::DELETE,
            "/api/v1/account/sessions/{session_id}",
            Authenticated,
            204,
            None,
        ),
        (Method::POST, "/api/v1/users/", Authenticated, 201, CREDENTIALS),
        (Method::GET, "/api/v1/users/", Authenticated, 200, None),
        (Method::GET, "/api/v1/users/{user_id}", Authenticated, 200, None),
        (Method::DELETE, "/api/v1/users/{user_id}", Authenticated, 204, None),
        (
            Method::GET,
            "/api/v1/users/{user_id}/sessions",
            Authenticated,
            200,
            None,
        ),
        (
            Method::DELETE,
            "/api/v1/users/{user_id}/sessions",
            Authenticated,
            204,
            None,
        ),
        (Method::POST, "/api/v1/users/{user_id}/link", Authenticated, 201, None),
        (Method::DELETE, "/api/v1/users/{user_id}/link", Authenticated, 204, None),
        (Method::GET, "/api/v1/audit/", Authenticated, 200, None),
        (Method::PATCH, "/api/v1/users/inactivate", Authenticated, 200, TARGET),
        (Method::PATCH, "/api/v1/users/reactivate", Authenticated, 200, TARGET),
        (Method::PATCH, "/api/v1/users/grant", Authenticated, 200, TARGET),
        (Method::PATCH, "/api/v1/users/revoke", Authenticated, 200, TARGET),
        (
            Method::PATCH,
            "/api/v1/users/change_password",
            Authenticated,
            204,
            CREDENTIALS,
        ),
    ]
    .into_iter()
    .map(|(method, path, open_to, success, body)| Operation {
        query: match (&method, path) {
            (&Method::DELETE, "/api/v1/account/sessions") => "?keep_current=false",
            _ => "",
        },
        method,
        path,
        open_to,
        success,
        body,
    })
    .collect()
}
