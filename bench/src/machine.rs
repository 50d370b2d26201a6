//! What the figures were measured on.

use std::process::Command;

use serde::Serialize;

/// Facts of the machine and of this run.
#[derive(Debug, Serialize)]
pub(crate) struct Machine {
    /// The command that was given.
    command: String,
    /// Rounds of each figure.
    rounds: usize,
    /// When it was begun, in seconds since 1970.
    begun_unix_s: u64,
    /// Cores this process may use.
    cores: usize,
    /// Their model.
    cpu: String,
    /// Bytes of memory.
    memory_bytes: u64,
    /// Release of the kernel.
    kernel: String,
    /// The compiler.
    rustc: String,
    /// Type of the file system that was written to.
    file_system: String,
    /// Load average of the last minute when it was begun.
    load: String,
    /// How long it all took.
    took_s: u64,
    /// Median of 4 KiB appends with fdatasync beside the rounds.
    fdatasync_p50_us: Option<f64>,
    /// Their slowest hundredth.
    fdatasync_p99_us: Option<f64>,
}

impl Machine {
    /// Looks at the machine.
    pub(crate) fn look(args: &[String], rounds: usize, work_dir: &std::path::Path) -> Self {
        let mut command = "cargo xtask bench".to_owned();
        for arg in args {
            command.push(' ');
            command.push_str(arg);
        }
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Self {
            command,
            rounds,
            begun_unix_s: since.map_or(0, |since| since.as_secs()),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            cpu: field("/proc/cpuinfo", "model name").unwrap_or_else(unknown),
            memory_bytes: memory_bytes(),
            kernel: file("/proc/sys/kernel/osrelease").unwrap_or_else(unknown),
            rustc: rustc().unwrap_or_else(unknown),
            file_system: file_system(work_dir).unwrap_or_else(unknown),
            load: first_word("/proc/loadavg").unwrap_or_else(unknown),
            took_s: 0,
            fdatasync_p50_us: None,
            fdatasync_p99_us: None,
        }
    }

    /// Adds what is known at the end.
    pub(crate) fn finish(
        &mut self,
        took: std::time::Duration,
        p50_us: Option<f64>,
        p99_us: Option<f64>,
    ) {
        self.took_s = took.as_secs();
        (self.fdatasync_p50_us, self.fdatasync_p99_us) = (p50_us, p99_us);
    }

    /// Prints the facts.
    pub(crate) fn print(&self) {
        println!("{}  ({} round(s), {} s)", self.command, self.rounds, self.took_s);
        println!(
            "{} core(s) of {}, {} MiB, Linux {}, {}, load {}",
            self.cores,
            self.cpu,
            self.memory_bytes >> 20,
            self.kernel,
            self.rustc,
            self.load
        );
        if let (Some(p50), Some(p99)) = (self.fdatasync_p50_us, self.fdatasync_p99_us) {
            println!(
                "{}: 4 KiB append + fdatasync p50 {p50:.0} us, p99 {p99:.0} us",
                self.file_system
            );
        }
    }
}

fn unknown() -> String {
    "unknown".to_owned()
}

fn file(path: &str) -> Option<String> {
    std::fs::read_to_string(path).ok().map(|text| text.trim().to_owned())
}

fn first_word(path: &str) -> Option<String> {
    file(path)?.split_whitespace().next().map(str::to_owned)
}

/// The value of a line `name : value`.
fn field(path: &str, name: &str) -> Option<String> {
    let text = file(path)?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    line.split_once(':').map(|(_, value)| value.trim().to_owned())
}

fn memory_bytes() -> u64 {
    let kib = field("/proc/meminfo", "MemTotal");
    let number = kib.and_then(|text| text.split_whitespace().next()?.parse::<u64>().ok());
    number.unwrap_or_default() * 1_024
}

fn rustc() -> Option<String> {
    let output = Command::new("rustc").arg("--version").output().ok()?;
    String::from_utf8(output.stdout).ok().map(|text| text.trim().to_owned())
}

/// The type of the mount with the longest path above `dir`.
fn file_system(dir: &std::path::Path) -> Option<String> {
    let dir = dir.canonicalize().ok()?;
    let mounts = file("/proc/self/mounts")?;
    let above = mounts.lines().filter_map(|line| {
        let mut words = line.split_whitespace().skip(1);
        let (point, kind) = (words.next()?, words.next()?);
        dir.starts_with(point).then(|| (point.len(), kind.to_owned()))
    });
    above.max_by_key(|(length, _)| *length).map(|(_, kind)| kind)
}
