//! Running the program, and waiting for what happens by itself.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

/// Longest wait for anything.
const WAIT_MAX: Duration = Duration::from_secs(30);

/// Looks again and again until it is so.
#[track_caller]
pub(crate) fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < WAIT_MAX, "{what}: not within {WAIT_MAX:?}");
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

/// A folder of its own in which the program runs, with none of the shell's settings.
pub(crate) struct Place {
    dir: tempfile::TempDir,
}

/// How a run of the program ended.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    /// The program, not yet started.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hansa"));
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("HANSA_") || text == "MINTING_AUTHORITY" {
                command.env_remove(name);
            }
        }
        // Logins of whoever runs the tests stay theirs.
        command.env("HOME", self.dir.path()).env_remove("XDG_CONFIG_HOME");
        command.current_dir(self.dir.path()).args(arguments).stdin(Stdio::null());
        command
    }

    /// Runs the program to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        finish(self.command(arguments))
    }

    /// As [`Place::run`], with environment variables.
    pub(crate) fn run_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Run {
        let mut command = self.command(arguments);
        command.envs(variables.iter().copied());
        finish(command)
    }

    /// As [`Place::run`], with something on standard input.
    pub(crate) fn run_fed(&self, arguments: &[&str], input: &str) -> Run {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        Run::of(child.wait_with_output().unwrap())
    }

    /// Starts a node on a free port.
    pub(crate) fn serve(&self, data_dir: &str) -> Served<'_> {
        self.serve_with(data_dir, &[])
    }

    /// As [`Place::serve`], with further arguments.
    pub(crate) fn serve_with(&self, data_dir: &str, arguments: &[&str]) -> Served<'_> {
        self.serve_at("127.0.0.1:0", data_dir, arguments)
    }

    /// As [`Place::serve_with`], with its log in the file `node.log`.
    pub(crate) fn serve_logged(&self, data_dir: &str, arguments: &[&str]) -> Served<'_> {
        let log = std::fs::File::create(self.path("node.log")).unwrap();
        self.serve_telling("127.0.0.1:0", data_dir, arguments, log.into())
    }

    /// Starts a node to try things out on, on a free port.
    pub(crate) fn dev(&self, arguments: &[&str]) -> Served<'_> {
        let start = ["dev", "-o", "json", "--bind", "127.0.0.1:0"];
        self.started(self.command(&[&start[..], arguments].concat()), Stdio::piped())
    }

    /// As [`Place::serve_with`], at an address.
    pub(crate) fn serve_at(&self, bind: &str, data_dir: &str, arguments: &[&str]) -> Served<'_> {
        self.serve_telling(bind, data_dir, arguments, Stdio::piped())
    }

    fn serve_telling(
        &self,
        bind: &str,
        data_dir: &str,
        arguments: &[&str],
        log: Stdio,
    ) -> Served<'_> {
        let start = ["serve", "-o", "json", "--bind", bind, "--data-dir", data_dir];
        self.started(self.command(&[&start[..], arguments].concat()), log)
    }

    /// What a command said when it listened, and the command itself, which goes on.
    fn started(&self, mut command: Command, log: Stdio) -> Served<'_> {
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut line).unwrap();
        let stderr = child.stderr.take();
        let mut served = Served { place: self, child, _stdout: stdout, stderr, told: Value::Null };
        served.told = match serde_json::from_str(&line) {
            Ok(told) => told,
            Err(_) => panic!("it did not start: {}", served.log()),
        };
        served
    }
}

fn finish(mut command: Command) -> Run {
    Run::of(command.output().unwrap())
}

impl Run {
    fn of(output: std::process::Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The answer of a run that went well.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        self.ok();
        serde_json::from_str(&self.stdout).unwrap()
    }

    /// Fails unless it went well.
    #[track_caller]
    pub(crate) fn ok(&self) -> &Self {
        assert_eq!(self.code, 0, "{self:#?}");
        self
    }

    /// Fails unless it ended so, saying each of these.
    #[track_caller]
    pub(crate) fn failed(&self, code: i32, said: &[&str]) {
        assert_eq!(self.code, code, "{self:#?}");
        for text in said {
            assert!(self.stderr.contains(text), "{text:?} is not in {self:#?}");
        }
    }
}

/// A running node. Killed when dropped.
pub(crate) struct Served<'a> {
    place: &'a Place,
    child: Child,
    /// Open for what it says later: without a reader it would end.
    _stdout: BufReader<ChildStdout>,
    stderr: Option<ChildStderr>,
    /// What it said when it listened.
    pub(crate) told: Value,
}

impl<'a> Served<'a> {
    pub(crate) fn url(&self) -> &str {
        self.told["url"].as_str().unwrap()
    }

    /// `host:port`.
    pub(crate) fn address(&self) -> &str {
        self.url().strip_prefix("http://").unwrap()
    }

    /// Completes the setup and answers the owner's API key.
    pub(crate) fn own(&self) -> String {
        let token = self.told["setup_token"].as_str().unwrap();
        let done = self.place.run_fed(&["setup", "--json", "--node", self.url()], token);
        done.json()["api_key"].as_str().unwrap().to_owned()
    }

    /// Runs a command that talks to this node.
    pub(crate) fn run(&self, key: &str, arguments: &[&str]) -> Run {
        let variables = [("HANSA_NODE", self.url()), ("HANSA_API_KEY", key)];
        self.place.run_with(arguments, &variables)
    }

    /// Starts a gateway that asks this node.
    pub(crate) fn gateway(&self, key: &str, arguments: &[&str]) -> Served<'a> {
        let mut command = self.place.command(&[&["gateway", "-o", "json"][..], arguments].concat());
        command.env("HANSA_NODE", self.url()).env("HANSA_API_KEY", key);
        self.place.started(command, Stdio::piped())
    }

    pub(crate) fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(pid(&self.child), signal).unwrap();
    }

    pub(crate) fn wait(&mut self) -> ExitStatus {
        wait(&mut self.child)
    }

    /// Ends it as it should end.
    #[track_caller]
    pub(crate) fn stop(mut self) {
        self.terminate();
        let status = self.wait();
        assert!(status.success(), "{status}: {}", self.log());
    }

    /// Everything it said on standard error. Waits for its end.
    pub(crate) fn log(&mut self) -> String {
        let mut text = String::new();
        let _ = self.child.kill();
        match &mut self.stderr {
            Some(stderr) => stderr.read_to_string(&mut text).unwrap(),
            None => return "see node.log".to_owned(),
        };
        text
    }
}

impl Drop for Served<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The number of a child.
pub(crate) fn pid(child: &Child) -> Pid {
    Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap()
}

/// Waits for the end of a child.
pub(crate) fn wait(child: &mut Child) -> ExitStatus {
    let mut status = None;
    eventually("the process ends", || {
        status = child.try_wait().unwrap();
        status.is_some()
    });
    status.unwrap()
}

/// Whether anybody takes connections there.
pub(crate) fn listens(address: &str) -> bool {
    TcpStream::connect(address).is_ok()
}

/// What lies in a folder.
pub(crate) fn names(dir: &Path) -> Vec<String> {
    let listed = std::fs::read_dir(dir).unwrap();
    listed.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}
