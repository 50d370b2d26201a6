//! One bash process that runs the commands of one page.
//!
//! Each command is written to a file, which the shell reads into itself, so variables, functions
//! and the current directory last from one command to the next. After each comes an end marker with
//! the exit status. Stdout and stderr are one stream, as in a terminal.
//!
//! Invariants: the home directory and the working directory, in which there are links to `examples`
//! and `policies`, are new and go away with the shell; no variable that would steer `hansa` leaks in; when the shell
//! is dropped its whole process group is ended, which holds only what this shell started.
//!
//! Deliberately absent: a terminal. Programs see a pipe and no colours.

use anyhow::{Context as _, bail};
use rustix::process::{Pid, Signal};
use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::symlink;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

/// The workspace, and what of it a page may use, as a reader of a clone does.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
const AT_HAND: [&str; 2] = ["examples", "policies"];
/// How often servers are asked to stop when the page ends, and how long each time is waited for.
const STOP_REQUESTS_MAX: usize = 5;
const STOP_INTERVAL: Duration = Duration::from_secs(2);
const POLL_INTERVAL: Duration = Duration::from_millis(20);
/// Lines of output that may wait to be read.
const LINES_WAITING_MAX: usize = 1024;

/// A running shell.
pub(super) struct Shell {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<Vec<u8>>,
    directory: tempfile::TempDir,
    marker: String,
    commands: usize,
    servers: Vec<Pid>,
}

/// What a command came to.
pub(super) struct Outcome {
    /// Everything it printed.
    pub(super) output: String,
    /// Its exit status.
    pub(super) status: i32,
    /// The process last sent to the background, 0 if none.
    background: i32,
}

/// A command in the background.
pub(super) struct Background {
    pid: Pid,
    log: PathBuf,
}

impl Shell {
    /// Starts a shell with `programs` first on its path.
    pub(super) fn start(programs: &Path) -> anyhow::Result<Self> {
        let directory = tempfile::tempdir().context("no temporary directory")?;
        for name in ["home", "work"] {
            std::fs::create_dir(directory.path().join(name)).context("no temporary directory")?;
        }
        for name in AT_HAND {
            let (here, there) = (Path::new(ROOT).join(name), directory.path().join("work"));
            symlink(here, there.join(name)).with_context(|| format!("no {name}"))?;
        }
        let mut child = bash(directory.path(), programs)?.spawn().context("cannot start bash")?;
        let stdin = child.stdin.take().context("bash has no stdin")?;
        let stdout = child.stdout.take().context("bash has no stdout")?;
        let marker = format!("__end_of_command_{}__", child.id());
        let lines = read_lines(stdout);
        let mut shell = Self {
            child,
            stdin: Some(stdin),
            lines,
            directory,
            marker,
            commands: 0,
            servers: Vec::new(),
        };
        // Should this tool be interrupted, its stdin closes and the shell takes its servers along.
        shell.feed("exec 2>&1; trap 'kill $(jobs -p) 2>/dev/null' EXIT")?;
        Ok(shell)
    }

    /// Runs a command to its end.
    pub(super) fn run(&mut self, text: &str, deadline: Instant) -> anyhow::Result<Outcome> {
        self.commands += 1;
        let script = self.directory.path().join(format!("command-{}", self.commands));
        std::fs::write(&script, format!("{text}\n")).context("cannot write the command")?;
        let line = format!(
            ". '{}' </dev/null; printf '\\n%s %s %s\\n' '{}' \"$?\" \"${{!:-0}}\"",
            script.display(),
            self.marker
        );
        self.feed(&line)?;
        self.collect(deadline)
    }

    /// Starts a command in the background. Unless it says itself where its output goes, that is
    /// kept for [`Background::output`].
    pub(super) fn run_background(
        &mut self,
        text: &str,
        deadline: Instant,
    ) -> anyhow::Result<Background> {
        let log = self.directory.path().join(format!("server-{}.log", self.servers.len() + 1));
        let redirect =
            if text.contains('>') { String::new() } else { format!(" >'{}' 2>&1", log.display()) };
        let outcome = self.run(&format!("{text}{redirect} &"), deadline)?;
        let Some(pid) = Pid::from_raw(outcome.background) else {
            bail!("it did not start: {}", outcome.output.trim());
        };
        self.servers.push(pid);
        Ok(Background { pid, log })
    }

    /// Stops what runs in the background and waits for its end. What does not end in time, or what
    /// a failed page left behind, is killed when the shell is dropped.
    pub(super) fn stop(mut self) {
        let mut servers = std::mem::take(&mut self.servers);
        // Asked again, because bash loses a signal that arrives between its fork and its exec.
        for _ in 0..STOP_REQUESTS_MAX {
            servers.retain(|pid| self.owns(*pid));
            for pid in &servers {
                let _ = rustix::process::kill_process(*pid, Signal::TERM);
            }
            let asked = Instant::now();
            while servers.iter().any(|pid| self.owns(*pid)) && asked.elapsed() < STOP_INTERVAL {
                std::thread::sleep(POLL_INTERVAL);
            }
        }
    }

    /// Whether a process still runs in this shell's group. Its number may be somebody else's by
    /// now, and only our own processes are touched.
    fn owns(&self, pid: Pid) -> bool {
        let shell = Pid::from_child(&self.child);
        rustix::process::getpgid(Some(pid)).is_ok_and(|group| group == shell)
    }

    fn feed(&mut self, line: &str) -> anyhow::Result<()> {
        let stdin = self.stdin.as_mut().context("the shell is closed")?;
        writeln!(stdin, "{line}").context("the shell has ended")
    }

    /// Reads up to the end marker.
    fn collect(&mut self, deadline: Instant) -> anyhow::Result<Outcome> {
        let mut output = Vec::new();
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) => match self.end_marker(&line) {
                    Some((status, background)) => {
                        // The newline before the marker is ours.
                        output.pop();
                        let output = String::from_utf8_lossy(&output).into_owned();
                        return Ok(Outcome { output, status, background });
                    }
                    None => output.extend_from_slice(&line),
                },
                Err(RecvTimeoutError::Timeout) => bail!(
                    "not finished when the page's time was up, so far:\n{}",
                    String::from_utf8_lossy(&output)
                ),
                Err(RecvTimeoutError::Disconnected) => {
                    bail!("it ended the shell:\n{}", String::from_utf8_lossy(&output))
                }
            }
        }
    }

    /// The exit status and background process of an end marker.
    fn end_marker(&self, line: &[u8]) -> Option<(i32, i32)> {
        let line = std::str::from_utf8(line).ok()?;
        let mut words = line.strip_prefix(&self.marker)?.split_whitespace();
        Some((words.next()?.parse().ok()?, words.next()?.parse().ok()?))
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        self.stdin.take();
        // The child is not reaped yet, so its number, and that of its group, is still its own.
        let _ = rustix::process::kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        let _ = self.child.wait();
    }
}

impl Background {
    /// Whether it still runs.
    pub(super) fn is_alive(&self) -> bool {
        rustix::process::test_kill_process(self.pid).is_ok()
    }

    /// What it has printed so far.
    pub(super) fn output(&self) -> String {
        let bytes = std::fs::read(&self.log).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// The shell's command line and environment.
fn bash(directory: &Path, programs: &Path) -> anyhow::Result<Command> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::iter::once(programs.to_path_buf()).chain(std::env::split_paths(&path));
    let path = std::env::join_paths(path).context("the target directory cannot stand in PATH")?;
    let mut command = Command::new("bash");
    command.args(["--noprofile", "--norc"]).current_dir(directory.join("work"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| steers(name)) {
        command.env_remove(name);
    }
    command
        .env("PATH", path)
        .env("HOME", directory.join("home"))
        .env("LC_ALL", "C.UTF-8")
        .env("NO_COLOR", "1")
        .env("TERM", "dumb")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .process_group(0);
    Ok(command)
}

/// Whether a variable could change what a page's commands do.
fn steers(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    ["HANSA_", "XDG_", "BASH_", "RUST_LOG"].iter().any(|prefix| name.starts_with(prefix))
}

/// Passes the stream on line by line from a thread of its own, which ends with the stream.
fn read_lines(stdout: ChildStdout) -> Receiver<Vec<u8>> {
    let (sender, receiver) = sync_channel(LINES_WAITING_MAX);
    std::thread::spawn(move || {
        let mut reader = BufReader::new(stdout);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
            if sender.send(std::mem::take(&mut line)).is_err() {
                return;
            }
        }
    });
    receiver
}

#[cfg(test)]
mod tests {
    use super::*;

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(20)
    }

    fn shell() -> Shell {
        Shell::start(Path::new("/nonexistent")).unwrap()
    }

    #[test]
    fn variables_and_directories_last() {
        let mut shell = shell();
        shell.run("export A=$(echo one)", soon()).unwrap();
        shell.run("mkdir d && cd d", soon()).unwrap();
        let outcome = shell.run("echo $A; basename $PWD; printf 'no newline'", soon()).unwrap();
        assert_eq!((outcome.output.as_str(), outcome.status), ("one\nd\nno newline", 0));
    }

    #[test]
    fn stderr_and_status_are_seen() {
        let mut shell = shell();
        let outcome = shell.run("echo out; echo err >&2; (exit 3)", soon()).unwrap();
        assert_eq!((outcome.output.as_str(), outcome.status), ("out\nerr\n", 3));
        assert_ne!(shell.run("if", soon()).unwrap().status, 0);
        assert_eq!(shell.run("cat", soon()).unwrap().output, "");
    }

    #[test]
    fn a_command_past_the_time_is_an_error() {
        let mut shell = shell();
        let deadline = Instant::now() + Duration::from_millis(200);
        let error = shell.run("echo begun; sleep 60", deadline).err().unwrap().to_string();
        assert!(error.contains("begun"), "{error}");
    }

    #[test]
    fn a_command_that_ends_the_shell_is_an_error() {
        let error = shell().run("exit 0", soon()).err().unwrap().to_string();
        assert!(error.contains("ended the shell"), "{error}");
    }

    #[test]
    fn what_runs_in_the_background_ends_with_the_shell() {
        let mut shell = shell();
        let background = shell.run_background("sleep 60", soon()).unwrap();
        assert!(background.is_alive());
        shell.stop();
        assert!(!background.is_alive());
    }
}
