//! A disk that a run can be left without room on.
//!
//! Where the system lets anybody have mounts of their own (`unshare` of util-linux, user namespaces), a
//! run lives on a file system in memory of a bounded size, for whose end every file is as near as any
//! other. Elsewhere a limit on the size of the node's files stands for it. Either way a write fails
//! as it would on a full disk, and the process under test is the only one to notice.

use std::ffi::OsStr;
use std::fmt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustix::process::{Resource, Rlimit, prlimit};

use hansa_store::JOURNAL_FILE;

/// What stands for the end of a disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disk {
    /// A limit on the size of the node's files.
    FileSize,
    /// A file system of so many bytes, mounted where the run has its folder; see [`Disk::bound`].
    Bounded {
        /// Its size while there is room.
        bytes: u64,
    },
}

/// How often a size is tried that the node may have outgrown before it is set.
const RESIZES_MAX: usize = 50;
/// Name of the mounted file system.
const SOURCE: &str = "hansa-chaos";
/// Mounts it on the first word with the second as its size, and becomes the rest.
const MOUNT: &str =
    "mount -t tmpfs -o size=\"$2\",mode=700 hansa-chaos \"$1\" && shift 2 && exec \"$@\"";

impl Disk {
    /// A command that runs a program with a file system of `bytes` of its own on the folder `dir`, if
    /// the system allows that.
    pub fn bound(dir: &Path, bytes: u64, program: &Path) -> Option<Command> {
        let command = |program: &OsStr| {
            let mut command = Command::new("unshare");
            command.args(["--map-root-user", "--mount", "--", "/bin/sh", "-c", MOUNT, "sh"]);
            command.arg(dir).arg(bytes.to_string()).arg(program);
            command
        };
        let mut tried = command(OsStr::new("true"));
        let tried = tried.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
        tried.is_ok_and(|status| status.success()).then(|| command(program.as_os_str()))
    }

    /// Leaves the running node with `room` bytes at most.
    pub(super) fn fill(self, dir: &Path, node: &Child, room: u64) -> Result<(), String> {
        match self {
            Disk::FileSize => limit_files(dir, node, room),
            Disk::Bounded { .. } => {
                let mut filled = resize_to(dir, room);
                for _ in 1..RESIZES_MAX {
                    filled = filled.or_else(|_| resize_to(dir, room));
                }
                filled
            }
        }
    }

    /// There is room again for a node that is started now.
    pub(super) fn clear(self, dir: &Path) -> Result<(), String> {
        match self {
            // The limit went with the process.
            Disk::FileSize => Ok(()),
            Disk::Bounded { bytes } => resize(dir, bytes),
        }
    }
}

impl fmt::Display for Disk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Disk::FileSize => "a limit on the size of its files",
            Disk::Bounded { .. } => "a file system of bounded size",
        })
    }
}

fn limit_files(dir: &Path, node: &Child, room: u64) -> Result<(), String> {
    let log = dir.join("node").join(format!("{JOURNAL_FILE}-wal"));
    let bytes = std::fs::metadata(log).map_or(0, |log| log.len()) + room;
    let limit = Rlimit { current: Some(bytes), maximum: None };
    let pid = super::pid(node).ok_or("the node has no number")?;
    prlimit(Some(pid), Resource::Fsize, limit).map(|_| ()).map_err(|error| error.to_string())
}

/// Leaves so much room behind what is used at this moment.
fn resize_to(dir: &Path, room: u64) -> Result<(), String> {
    let stat = rustix::fs::statvfs(dir).map_err(|error| error.to_string())?;
    resize(dir, (stat.f_blocks - stat.f_bfree) * stat.f_frsize + room)
}

/// The source is named, for without it the mount's other options would be set once more.
fn resize(dir: &Path, bytes: u64) -> Result<(), String> {
    let mut command = Command::new("mount");
    command.arg("-o").arg(format!("remount,size={bytes}")).arg(SOURCE).arg(dir);
    let output = command.output().map_err(|error| format!("mount: {error}"))?;
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
    }
}
