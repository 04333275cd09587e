use reqwest::Method;

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
        ["{user_id}", "{session_id}"]
            .iter()
            .fold(self.path.to_owned(), |path, variable| path.replace(variable, value))
    }
}

/// Every operation of the API.
pub fn operations() -> Vec<Operation> {
    use OpenTo::{Anonymous, Authenticated, Everyone};

    const TARGET: Option<&str> = Some(r#"{"username":"nobody"}"#);
    const CREDENTIALS: Option<&str> = Some(r#"{"username":"nobody","password":"correct horse battery"}"#);

    [
        (Method::GET, "/api/v1/", Everyone, 200, None),
        (Method::GET, "/health/live", Everyone, 200, None),
        (Method::GET, "/health/ready", Everyone, 200, None),
        (Method::POST, "/api/v1/account/signup", Anonymous, 201, CREDENTIALS),
        (Method::POST, "/api/v1/account/login", Anonymous, 200, CREDENTIALS),
        (Method::DELETE, "/api/v1/account/logout", Authenticated, 204, None),
        (Method::GET, "/api/v1/account/me", Authenticated, 200, None),
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
