use std::{
    collections::HashSet,
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Mutex, MutexGuard, PoisonError},
};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
/// Kept from run to run, so that only what a guide changes is built anew.
const DIRECTORY: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/how-to");

/// A copy of this tree in a repository of its own, for one guide at a time.
pub struct Tree {
    pub path: PathBuf,
    _turn: MutexGuard<'static, ()>,
}

impl Tree {
    /// The tree as it is here, without what Git ignores.
    pub fn pristine() -> Self {
        static TURN: Mutex<()> = Mutex::new(());
        let tree = Self {
            _turn: TURN.lock().unwrap_or_else(PoisonError::into_inner),
            path: Path::new(DIRECTORY).join("tree"),
        };
        fs::create_dir_all(&tree.path).unwrap();
        take_dependencies_along();
        let files = files(Path::new(ROOT));
        // What is the same already keeps its time, by which Cargo tells what has changed.
        for file in &files {
            let [from, to] = [Path::new(ROOT).join(file), tree.path.join(file)];
            if fs::read(&to).ok() != fs::read(&from).ok() {
                fs::create_dir_all(to.parent().unwrap()).unwrap();
                fs::copy(&from, &to).unwrap();
            }
        }
        let kept = HashSet::<_>::from_iter(files);
        for file in walk(&tree.path).into_iter().filter(|file| !kept.contains(file)) {
            fs::remove_file(tree.path.join(file)).unwrap();
        }
        for entry in fs::read_dir(DIRECTORY).unwrap().map(Result::unwrap) {
            if !["tree", "target"].map(Some).contains(&entry.file_name().to_str()) {
                fs::remove_dir_all(entry.path()).unwrap();
            }
        }
        // So `git diff` there shows what a guide has changed.
        tree.run("git init --quiet && git add --all");
        tree
    }

    pub fn apply(&self, patch: &str) {
        let mut git = self
            .command("git")
            .args(["apply", "-"])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        git.stdin.take().unwrap().write_all(patch.as_bytes()).unwrap();
        assert!(git.wait().unwrap().success(), "does not apply any more:\n{patch}");
    }

    pub fn write(&self, path: &str, content: &str) {
        let path = self.path.join(path);
        assert!(!path.exists(), "{} is there already", path.display());
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub fn run(&self, script: &str) {
        let status = self.command("bash").args(["-ex", "-c", script]).status().unwrap();
        assert!(status.success(), "in {}:\n{script}", self.path.display());
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(&self.path)
            .env("CARGO_TARGET_DIR", Path::new(DIRECTORY).join("target"));
        command
    }
}

/// Copies what was built here, so that the dependencies are not built again there. The copied sources are newer than
/// what was built of them, so Cargo builds those anew.
fn take_dependencies_along() {
    let [from, to] = [
        Path::new(env!("CARGO_TARGET_TMPDIR")).join("../debug"),
        Path::new(DIRECTORY).join("target/debug"),
    ];
    if to.exists() {
        return;
    }
    fs::create_dir_all(&to).unwrap();
    for folder in [".fingerprint", "build", "deps"].map(|folder| from.join(folder)) {
        let status = Command::new("cp").arg("-a").arg(folder).arg(&to).status();
        assert!(status.unwrap().success());
    }
}

/// The paths of all files of a repository that Git does not ignore.
fn files(repository: &Path) -> Vec<PathBuf> {
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(repository)
        .output()
        .unwrap();
    let names = String::from_utf8(output.stdout).unwrap();
    let files = names.split_terminator('\0').map(PathBuf::from);
    files.filter(|file| repository.join(file).is_file()).collect()
}

/// The paths of all files below a folder, but for what is Git's own.
pub fn walk(root: &Path) -> Vec<PathBuf> {
    let (mut folders, mut files) = (vec![root.to_owned()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.file_name() == ".git" {
                continue;
            }
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else {
                files.push(entry.path().strip_prefix(root).unwrap().to_owned());
            }
        }
    }
    files
}
