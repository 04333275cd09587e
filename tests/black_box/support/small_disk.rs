use std::{
    fs::{self, File},
    io::{self, Write},
    path::PathBuf,
    process::Command,
};

use tempfile::TempDir;

/// A small filesystem of a test's own. Only root can mount it.
pub struct SmallDisk {
    directory: TempDir,
    /// What `mount` is to be told of it.
    mount: Vec<String>,
}

impl SmallDisk {
    /// Two megabytes in memory.
    pub fn in_memory() -> Self {
        Self::mounted(["-t", "tmpfs", "-o", "size=2m", "tmpfs"], tempfile::tempdir().unwrap())
    }

    /// Eight megabytes in a file, with ext4, which becomes read-only when it finds itself damaged.
    pub fn in_a_file() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let image = directory.path().join("image");
        File::create(&image).unwrap().set_len(8 << 20).unwrap();
        let image = image.to_str().unwrap();
        run("mkfs.ext4", &["-q", image]);
        Self::mounted(["-t", "ext4", "-o", "loop", image], directory)
    }

    fn mounted(mount: [&str; 5], directory: TempDir) -> Self {
        let mount = Vec::from(mount.map(ToOwned::to_owned));
        let disk = Self { directory, mount };
        fs::create_dir(disk.root()).unwrap();
        disk.mount();
        disk
    }

    fn mount(&self) {
        let mut arguments = Vec::from_iter(self.mount.iter().map(String::as_str));
        let root = self.root();
        arguments.push(root.to_str().unwrap());
        run("mount", &arguments);
    }

    fn root(&self) -> PathBuf {
        self.directory.path().join("disk")
    }

    /// The address of the database on this disk.
    pub fn database_url(&self) -> String {
        format!("sqlite:{}", self.database_files()[0])
    }

    /// The file of the database, and its log.
    fn database_files(&self) -> [String; 2] {
        ["gatehouse.db", "gatehouse.db-wal"].map(|name| self.root().join(name).display().to_string())
    }

    /// Takes all room.
    pub fn fill(&self) {
        let mut file = File::create(self.root().join("filling")).unwrap();
        // What is left may be less than a block of many.
        for size in [65_536, 1] {
            let error = loop {
                if let Err(error) = file.write_all(&vec![0; size]) {
                    break error;
                }
            };
            assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        }
    }

    /// Gives the room back.
    pub fn make_room(&self) {
        fs::remove_file(self.root().join("filling")).unwrap();
    }

    /// Mounts it with another option.
    pub fn remount(&self, option: &str) {
        let root = self.root();
        run("mount", &["-o", &format!("remount,{option}"), root.to_str().unwrap()]);
    }

    /// Mounts it anew, as a repair does. Nobody may use it.
    pub fn repair(&self) {
        self.unmount(&[]);
        self.mount();
    }

    /// Sets or clears the attribute of ext4 that keeps the database from being written.
    pub fn set_immutable(&self, is_immutable: bool) {
        let [database, log] = self.database_files();
        run("chattr", &[if is_immutable { "+i" } else { "-i" }, &database, &log]);
    }

    fn unmount(&self, options: &[&str]) {
        let root = self.root();
        run("umount", &[options, &[root.to_str().unwrap()]].concat());
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // As soon as nobody uses it.
        self.unmount(&["--lazy"]);
    }
}

#[track_caller]
fn run(program: &str, arguments: &[&str]) {
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(output.status.success(), "{program} {arguments:?}: {output:?}");
}
