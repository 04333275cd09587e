//! What the guide to deployment has for a shell, where it takes no other machine.

use std::{
    env, fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use regex_lite::Regex;
use rstest::rstest;
use serde_json::{Value, json};
use tempfile::TempDir;
use test_database::DatabaseKind;

use crate::support::{PASSWORD, Page, Program, Server, files, shell_blocks, shell_lines, type_in};

const GUIDE: &str = "docs/deployment.md";
const OPERATOR: &str = include_str!("../../deploy/gatehouse-operator");

#[test]
#[ignore = "needs bash and openssl"]
fn a_new_secret_goes_behind_the_old_one_then_before_it_then_alone() {
    let program = Program::with(
        DatabaseKind::Sqlite,
        &[
            ("APP_SECURITY__AUTH__JWT_ALGORITHM", "RS256"),
            ("APP_SECURITY__AUTH__JWT_PRIVATE_KEY_FILE", "new.pem"),
            ("APP_SECURITY__AUTH__JWT_PUBLIC_KEY_FILE", "new.pub.pem"),
        ],
    );
    let directory = program.directory();
    // The last line of a file may have no end.
    fs::write(directory.join("jwt_secret"), "old").unwrap();
    let script = shell_lines("docs/deployment.md", "A new secret").replace("/etc/gatehouse/secrets", ".");
    let machine = "systemctl() { awk 1 jwt_secret; }\ntimeout() { true; }";

    let said = type_in(&format!("{machine}\n{script}"), directory);

    let restarted_with: Vec<_> = said.lines().collect();
    let new = *restarted_with.last().unwrap();
    assert!(new.len() >= 64, "{said}");
    assert_eq!(restarted_with, ["old", new, new, "old", new]);
    let kept = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name());
    let kept = kept.filter(|name| name.to_str().unwrap().starts_with("jwt_secret."));
    assert_eq!(kept.count(), 1, "the old one, by the date until which it was in use");
    program.run(&["config", "check"]).succeeded();
}

#[test]
#[ignore = "needs bash and openssl"]
fn an_old_pepper_survives_a_start_that_succeeds_and_is_then_refused() {
    let machine = Machine::new();
    let old = fs::read_to_string(machine.secret("pepper")).unwrap();
    // Its hash needs the old pepper as long as nobody logs in.
    machine.type_in("printf 'battery staple' | gatehouse-operator create-super-admin root.admin --password-stdin");
    let steps: Vec<_> = shell_blocks(GUIDE, "A new secret")
        .iter()
        .map(|block| block.replace("secret=jwt_secret", "secret=pepper"))
        .collect();
    let [make, append, to_the_front, take_out, clean_up, ..] = &steps[..] else {
        panic!("{steps:?}");
    };
    for step in [make, append, to_the_front] {
        assert!(machine.type_in(step), "{step}");
    }

    assert!(
        !machine.type_in(take_out),
        "the start is refused, so the node is never ready"
    );
    assert!(fs::read_to_string(machine.secret("pepper.old")).unwrap() == old, "kept");
    assert!(machine.type_in(to_the_front), "put back");

    assert!(machine.type_in(clean_up));
    let kept = fs::read_dir(machine.secret(""))
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let kept = kept.filter(|path| fs::read_to_string(path).unwrap() == old);
    assert_eq!(kept.count(), 1, "even then");
}

#[test]
#[ignore = "needs bash"]
fn what_a_restore_undoes_is_listed_from_the_database_that_was_moved_away() {
    let machine = Machine::new();
    let create = "printf 'battery staple' | gatehouse-operator create-super-admin";
    for name in ["root.admin", "alice", "brian"] {
        machine.type_in(&format!("{create} {name} --password-stdin"));
    }
    let backup = "systemctl stop gatehouse\ncp /var/lib/gatehouse/gatehouse.db \"$copy\"\nsystemctl start gatehouse";
    let restore = shell_lines("docs/deployment.md", "Restore");
    let copy = restore.lines().next().unwrap();
    assert!(machine.type_in(&format!("{copy}\n{backup}")));
    for command in ["inactivate alice", "demote brian"] {
        assert!(machine.type_in(&format!("gatehouse-operator {command}")));
    }

    let said = machine.said(&restore);

    let mut listed = said.lines().filter(|line| line.contains(" success "));
    for lost in [" demote brian ", " inactivate_user alice "] {
        assert!(listed.next().is_some_and(|line| line.contains(lost)), "{lost}:\n{said}");
    }
    let trail = machine.said("gatehouse-operator audit");
    assert!(!trail.contains("inactivate_user"), "alice is active again: {trail}");
}

#[rstest]
#[tokio::test]
#[ignore = "needs bash"]
async fn what_a_restore_undoes_is_found_in_the_log(#[values("text", "json")] format: &str) {
    let server = Server::start_with(DatabaseKind::Sqlite, &[("APP_LOGS__FORMAT", format)]);
    let root = server.super_admin("root.admin").await;
    let brian = server.user("brian").await;
    for (operation, username) in [("grant", "brian"), ("revoke", "brian"), ("inactivate", "brian")] {
        root.change(operation, username).await.expect(200);
    }
    brian.me().await.problem(401, "not_authenticated");
    let created = root.create("alice", "user").await;
    let alice = server.logged_in("alice").await;
    let invited = root
        .post("/api/v1/users/", &json!({"username": "grace"}))
        .await
        .expect(201);
    let path = |user: &Value, rest: &str| format!("/api/v1/users/{}{rest}", user["id"].as_str().unwrap());
    assert_eq!(root.delete(&path(&created, "/sessions")).await.status, 204);
    assert_eq!(root.delete(&path(&invited, "/link")).await.status, 204);
    let link = root.post(&path(&invited, "/link"), &Value::Null).await.expect(201);
    let (_, token) = link["url"].as_str().unwrap().split_once('#').unwrap();
    let redemption = json!({"token": token, "password": "another horse battery"});
    let redeemed = server
        .anonymous()
        .post("/api/v1/account/link/redeem", &redemption)
        .await;
    assert_eq!(redeemed.status, 204);
    let set = root.change_password("alice", "another horse battery", None).await;
    assert_eq!(set.status, 204);
    alice.log_in("alice", "another horse battery").await.expect(200);
    let changed = alice
        .change_password("alice", PASSWORD, Some("another horse battery"))
        .await;
    assert_eq!(changed.status, 204);
    root.change("inactivate", "alice").await.expect(200);
    root.change("reactivate", "alice").await.expect(200);
    root.change("inactivate", "alice").await.expect(200);
    assert_eq!(root.delete(&path(&created, "")).await.status, 204);
    fs::write(server.directory().join("log"), server.log()).unwrap();

    let page = Page::read(GUIDE);
    let search = page.blocks.iter().find(|block| {
        block.headings.iter().any(|heading| heading == "Restore") && block.content.starts_with("journalctl ")
    });
    let search = &search.unwrap().content;
    let found = type_in(&format!("journalctl() {{ cat log; }}\n{search}"), server.directory());

    let (alice, grace) = (created["id"].as_str().unwrap(), invited["id"].as_str().unwrap());
    for change in [
        "signed up".to_owned(),
        "grant_admin of user ".to_owned(),
        "revoke_admin of user ".to_owned(),
        format!("inactivate_user of user {alice}"),
        format!("reactivate_user of user {alice}"),
        format!("created user {alice}"),
        format!("created user {grace}"),
        format!("ended 1 sessions of user {alice}"),
        format!("withdrew the link of user {grace}"),
        format!("issued a link to user {grace}"),
        format!("user {grace} set a password by a link"),
        format!("changed the password of user {alice}"),
        format!("user {alice} changed their password"),
        format!("erased user {alice}"),
    ] {
        assert!(found.contains(&change), "{change}:\n{found}");
    }
    assert!(!found.contains(" logged in"), "{found}");
}

/// `systemctl start` succeeds when the program was started, and so does `docker run --detach`: whatever is chained to
/// it is done even if the program refuses to start a moment later.
#[test]
fn nothing_is_chained_to_a_start_or_removed_in_its_block() {
    let start =
        Regex::new(r"(systemctl|service) .*\b(re)?start\b|enable --now|docker (run .*--detach|(re)?start)").unwrap();
    let removal = Regex::new(r"(^|[\s;&|(])(rm|mv|shred|unlink|truncate|DROP|DELETE)\s").unwrap();
    let mut scripts = Vec::new();
    for page in Page::all() {
        let blocks = page.blocks.into_iter().filter(|block| block.info.starts_with("sh"));
        scripts.extend(blocks.map(|block| (page.path.clone(), block.content)));
    }
    for file in files() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(&file);
        let text = fs::read_to_string(path).unwrap_or_default();
        if text.starts_with("#!") || file == "Makefile" {
            scripts.push((file, text));
        }
    }
    let mut found = 0;
    for (path, script) in &scripts {
        let lines: Vec<_> = script.lines().filter(|line| !line.starts_with('#')).collect();
        for (at, line) in lines.iter().enumerate() {
            if let Some(start) = start.find(line) {
                let rest = &line[start.end()..];
                assert!(!rest.contains("&&") && !rest.contains(';'), "{path}: {line}");
                let later = lines[at..].iter().find(|line| removal.is_match(line));
                assert_eq!(later, None, "{path}: {line}");
                found += 1;
            }
        }
    }
    assert!(found > 5, "{found}");
}

/// A machine with one node, as the guide installs it, and a systemd for which a program that was started has succeeded.
struct Machine {
    root: TempDir,
}

impl Machine {
    /// The machine, with the service running.
    fn new() -> Self {
        let machine = Self {
            root: tempfile::tempdir().unwrap(),
        };
        for folder in ["bin", "etc/secrets", "lib", "backups"] {
            fs::create_dir_all(machine.root.path().join(folder)).unwrap();
        }
        for (number, secret) in ["pepper", "jwt_secret", "cookie_key"].iter().enumerate() {
            fs::write(
                machine.secret(secret),
                format!("{number}f0e1d2c3b4a5968778695a4b3c2d1e0ff0e1d2c3b4a59687\n"),
            )
            .unwrap();
        }
        let config =
            "[prod.server]\ntrusted_proxies = []\n[prod.database]\nurl = \"sqlite:/var/lib/gatehouse/gatehouse.db\"\n";
        fs::write(machine.root.path().join("etc/config.toml"), machine.here(config)).unwrap();
        let program = env!("CARGO_BIN_EXE_gatehouse");
        let (as_root, _) = OPERATOR.split_once("exec setpriv").unwrap();
        machine.install("gatehouse-operator", &format!("{as_root}exec {program} \"$@\""));
        machine.install(
            "systemctl",
            "#!/bin/bash
            cd /var/lib/gatehouse
            case $1 in stop | restart)
                if [ -e pid ]; then
                    kill $(cat pid)
                    while kill -0 $(cat pid); do sleep 0.05; done
                    rm pid
                fi
            esac 2>/dev/null
            case $1 in start | restart)
                gatehouse-operator serve </dev/null >log 2>&1 &
                echo $! >pid
            esac",
        );
        assert!(machine.type_in("systemctl start gatehouse\ntimeout 60 sh -c 'until gatehouse-operator healthcheck --ready; do sleep 1; done'"));
        machine
    }

    fn install(&self, name: &str, script: &str) {
        let path = self.root.path().join("bin").join(name);
        fs::write(&path, self.here(script)).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// The file of a secret.
    fn secret(&self, name: &str) -> PathBuf {
        self.root.path().join("etc/secrets").join(name)
    }

    /// What is meant for the whole machine, for this one.
    fn here(&self, text: &str) -> String {
        let root = self.root.path().display();
        text.replace("/etc/gatehouse", &format!("{root}/etc"))
            .replace("/var/lib/gatehouse", &format!("{root}/lib"))
            .replace("/var/backups/gatehouse", &format!("{root}/backups"))
            .replace("-o gatehouse -g gatehouse ", "")
            .replace("sleep 1;", "sleep 0.1;")
            .replace("timeout 60", "timeout 10")
            .replace("since=2026-11-28T03:00:00Z", "since=2026-01-01T00:00:00Z")
    }

    /// Whether the last line of a block succeeds, whose lines are typed in one by one: none of them keeps the next from
    /// being done.
    fn type_in(&self, block: &str) -> bool {
        self.bash(block).status().unwrap().success()
    }

    /// What is printed by lines that are typed in.
    fn said(&self, block: &str) -> String {
        String::from_utf8(self.bash(block).output().unwrap().stdout).unwrap()
    }

    fn bash(&self, block: &str) -> Command {
        let mut bash = Command::new("bash");
        let path = format!(
            "{}:{}",
            self.root.path().join("bin").display(),
            env::var("PATH").unwrap()
        );
        bash.args(["-c", &self.here(block)]).env("PATH", path);
        // A port that nobody else has: of this machine's loopback addresses, of which there are millions.
        bash.env("APP_SERVER__HOST", self.address())
            .env("APP_SERVER__PORT", "18000");
        bash
    }

    /// A loopback address of its own, so that the port can be known before the start.
    fn address(&self) -> String {
        let digits = self.root.path().file_name().unwrap().to_str().unwrap().bytes();
        let number = digits.fold(0_u32, |number, digit| {
            number.wrapping_mul(31).wrapping_add(digit.into())
        });
        let [_, a, b, c] = number.to_be_bytes();
        format!("127.{a}.{b}.{}", c.clamp(1, 254))
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        self.type_in("systemctl stop gatehouse");
    }
}
