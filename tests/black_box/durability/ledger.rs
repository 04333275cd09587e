//! What the server has acknowledged, and by what it is judged afterwards.

use std::convert::Infallible;

use reqwest::{Method, header::COOKIE};
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;

use crate::support::{Client, PASSWORD, Server};

/// The server was cut off before it answered: whether it did what it was asked is not known.
pub struct Gone;

/// An account whose sign-up was acknowledged.
pub struct Account {
    username: String,
    /// One of them is right: the last that was acknowledged, and one that may have taken its place.
    passwords: Vec<String>,
    /// Nothing, if that is not known.
    is_active: Option<bool>,
    pub sessions: Vec<Session>,
}

/// A session whose beginning was acknowledged.
pub struct Session {
    cookie: String,
    /// Nothing, if that is not known.
    lives: Option<bool>,
}

/// Somebody who signs up, logs in, and ends sessions in every way there is, for as long as the server answers.
pub struct Worker {
    base_url: String,
    admin: Client,
    acknowledge: UnboundedSender<()>,
}

impl Worker {
    pub fn new(server: &Server, admin: &str, acknowledge: UnboundedSender<()>) -> Self {
        Self {
            base_url: server.base_url().to_owned(),
            admin: server.carrying(admin),
            acknowledge,
        }
    }

    /// Makes one account after the other, and returns all that were acknowledged.
    pub async fn work(self, prefix: String) -> Vec<Account> {
        let mut accounts = Vec::new();
        let Err(Gone) = self.make_and_use(&prefix, &mut accounts).await;
        accounts
    }

    async fn make_and_use(&self, prefix: &str, accounts: &mut Vec<Account>) -> Result<Infallible, Gone> {
        for number in 0.. {
            let username = format!("{prefix}.{number}");
            let body = json!({"username": username, "password": PASSWORD});
            let visitor = Client::new(&self.base_url);
            self.request(&visitor, Method::POST, "account/signup", &body).await?;
            accounts.push(Account {
                username,
                passwords: vec![PASSWORD.to_owned()],
                is_active: Some(true),
                sessions: Vec::new(),
            });
            let account = accounts.last_mut().unwrap();
            let client = self.log_in(account).await?;
            match number % 5 {
                0 => self.log_out(account, &client).await?,
                1 => self.end_sessions(account, &client, true).await?,
                2 => self.end_sessions(account, &client, false).await?,
                3 => self.change_password(account, &client).await?,
                _ => self.inactivate(account).await?,
            }
            self.log_in_if_active(account).await?;
        }
        unreachable!("there are more numbers than this test has time")
    }

    /// Sends a request that must succeed if it is answered.
    async fn request(&self, client: &Client, method: Method, path: &str, body: &Value) -> Result<(), Gone> {
        let request = client.request(method, &format!("/api/v1/{path}"));
        let request = if body.is_null() { request } else { request.json(body) };
        let answer = request.send().await.map_err(|_| Gone)?;
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        // It is counted for the one who waits to kill, if that one still does.
        let _ = self.acknowledge.send(());
        Ok(())
    }

    async fn log_in(&self, account: &mut Account) -> Result<Client, Gone> {
        let client = Client::new(&self.base_url);
        let body = json!({"username": account.username, "password": account.passwords[0]});
        self.request(&client, Method::POST, "account/login", &body).await?;
        account.begun(&client);
        Ok(client)
    }

    async fn log_in_if_active(&self, account: &mut Account) -> Result<(), Gone> {
        if account.is_active == Some(true) {
            self.log_in(account).await?;
        }
        Ok(())
    }

    async fn log_out(&self, account: &mut Account, client: &Client) -> Result<(), Gone> {
        account.sessions[0].lives = None;
        self.request(client, Method::DELETE, "account/logout", &Value::Null)
            .await?;
        account.sessions[0].lives = Some(false);
        Ok(())
    }

    /// Ends the second session with the first, or by it.
    async fn end_sessions(&self, account: &mut Account, client: &Client, keeps_first: bool) -> Result<(), Gone> {
        self.log_in(account).await?;
        let ended = if keeps_first { 1.. } else { 0.. };
        account.set_lives(ended.clone(), None);
        let path = format!("account/sessions?keep_current={keeps_first}");
        self.request(client, Method::DELETE, &path, &Value::Null).await?;
        account.set_lives(ended, Some(false));
        Ok(())
    }

    /// Changes the password in the first session, which ends the second and gives the first another cookie.
    async fn change_password(&self, account: &mut Account, client: &Client) -> Result<(), Gone> {
        self.log_in(account).await?;
        let changed = format!("{PASSWORD} changed");
        account.passwords.push(changed.clone());
        account.set_lives(0.., None);
        let body = json!({"username": account.username, "password": changed, "current_password": PASSWORD});
        self.request(client, Method::PATCH, "users/change_password", &body)
            .await?;
        account.passwords.remove(0);
        account.set_lives(0.., Some(false));
        account.begun(client);
        Ok(())
    }

    async fn inactivate(&self, account: &mut Account) -> Result<(), Gone> {
        account.is_active = None;
        account.set_lives(0.., None);
        let body = json!({"username": account.username});
        self.request(&self.admin, Method::PATCH, "users/inactivate", &body)
            .await?;
        account.is_active = Some(false);
        account.set_lives(0.., Some(false));
        Ok(())
    }
}

impl Account {
    fn begun(&mut self, client: &Client) {
        self.sessions.push(Session {
            cookie: client.cookie().unwrap(),
            lives: Some(true),
        });
    }

    fn set_lives(&mut self, sessions: std::ops::RangeFrom<usize>, lives: Option<bool>) {
        for session in &mut self.sessions[sessions] {
            session.lives = lives;
        }
    }

    /// Asserts that the account and its sessions are what was acknowledged last.
    pub async fn judge(&mut self, server: &Server, admin: &Client) {
        let name = &self.username;
        let found = admin.find(name).await;
        let view = found.iter().find(|view| view["username"] == *name);
        let is_active = view.unwrap_or_else(|| panic!("{name} is lost"))["is_active"] == true;
        assert_eq!(is_active, self.is_active.unwrap_or(is_active), "{name}");
        for (number, session) in self.sessions.iter_mut().enumerate() {
            let request = admin.request(Method::GET, "/api/v1/account/me");
            let answer = admin.send(request.header(COOKIE, &session.cookie)).await;
            let lives = answer.status == 200;
            assert!(lives || answer.status == 401, "{answer:?}");
            assert_eq!(lives, session.lives.unwrap_or(lives), "session {number} of {name}");
            if !lives {
                // Whatever ended it, that is how it stays.
                session.lives = Some(false);
            }
        }
        let mut is_let_in = false;
        for password in &self.passwords {
            is_let_in |= server.anonymous().log_in(name, password).await.status == 200;
        }
        assert_eq!(is_let_in, is_active, "{name} by {:?}", self.passwords);
    }
}
