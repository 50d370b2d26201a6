//! Where the lines of the log go: each at once while they are few, in pieces while they are many.
//!
//! A line that comes after a while of silence is written as it comes, and so is a warning with all
//! that came before it. What comes within [`PAUSE`] of the last write gathers until then, so that
//! a node under load does not call the system once more for every request. What is told last is
//! written when the [`Guard`] goes, and from then on nothing gathers.

use std::io::Write;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;

/// Least time between two writes, unless there is a reason not to wait.
const PAUSE: Duration = Duration::from_millis(100);
/// Bytes that are written before their time.
const GATHERED_BYTES_MAX: usize = 64 << 10;

/// Writes lines to one place.
pub(crate) struct LogWriter<W> {
    shared: Arc<Shared<W>>,
}

/// Writes what has gathered when it is dropped.
#[must_use = "what has gathered is written when this goes"]
pub(crate) struct Guard<W: Write>(Arc<Shared<W>>);

/// One line, for whoever words it.
pub(crate) struct Line<'a, W> {
    shared: &'a Shared<W>,
    at_once: bool,
}

struct Shared<W> {
    pause: Duration,
    lines: Mutex<Lines<W>>,
    /// Told when lines begin to gather.
    gathering: Condvar,
}

struct Lines<W> {
    to: W,
    gathered: Vec<u8>,
    written_at: Option<Instant>,
    /// Nobody will write later what gathers now.
    ended: bool,
}

impl<W: Write + Send + 'static> LogWriter<W> {
    /// Begins to write to a place.
    pub(crate) fn begin(to: W) -> std::io::Result<(Self, Guard<W>)> {
        Self::with_pause(to, PAUSE)
    }

    fn with_pause(to: W, pause: Duration) -> std::io::Result<(Self, Guard<W>)> {
        let lines = Lines { to, gathered: Vec::new(), written_at: None, ended: false };
        let shared =
            Arc::new(Shared { pause, lines: Mutex::new(lines), gathering: Condvar::new() });
        let (later, guard) = (Arc::clone(&shared), Guard(Arc::clone(&shared)));
        // The process does not wait for it: the guard writes what it has not.
        drop(hansa_node::env::thread("log", move || later.keep_writing())?);
        Ok((Self { shared }, guard))
    }
}

impl<W: Write> Drop for Guard<W> {
    fn drop(&mut self) {
        self.0.end();
    }
}

impl<W: Write> Shared<W> {
    fn lock(&self) -> MutexGuard<'_, Lines<W>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, line: &[u8], at_once: bool) {
        let mut lines = self.lock();
        let is_first = lines.gathered.is_empty();
        lines.gathered.extend_from_slice(line);
        let is_much = lines.gathered.len() >= GATHERED_BYTES_MAX;
        if at_once || is_much || lines.ended || lines.silent_for(self.pause) {
            lines.write();
        } else if is_first {
            self.gathering.notify_one();
        }
    }

    /// Writes what others leave, each time a while after it began to gather.
    fn keep_writing(&self) {
        let mut lines = self.lock();
        while !lines.ended {
            let nothing = |lines: &mut Lines<W>| lines.gathered.is_empty() && !lines.ended;
            let gathering = self.gathering.wait_while(lines, nothing);
            lines = gathering.unwrap_or_else(PoisonError::into_inner);
            let goes_on = |lines: &mut Lines<W>| !lines.ended;
            let gathered = self.gathering.wait_timeout_while(lines, self.pause, goes_on);
            lines = gathered.unwrap_or_else(PoisonError::into_inner).0;
            lines.write();
        }
    }

    fn end(&self) {
        let mut lines = self.lock();
        lines.write();
        lines.ended = true;
        self.gathering.notify_one();
    }
}

#[allow(clippy::disallowed_methods, reason = "when a line was written decides nothing")]
impl<W: Write> Lines<W> {
    fn silent_for(&self, pause: Duration) -> bool {
        self.written_at.is_none_or(|at| at.elapsed() >= pause)
    }

    /// A place that takes nothing more, for example a pipe whose reader is gone, is none of the
    /// node's business.
    fn write(&mut self) {
        let _ = self.to.write_all(&self.gathered).and_then(|()| self.to.flush());
        self.gathered.clear();
        self.written_at = Some(Instant::now());
    }
}

impl<'a, W: Write + 'static> MakeWriter<'a> for LogWriter<W> {
    type Writer = Line<'a, W>;

    fn make_writer(&'a self) -> Self::Writer {
        Line { shared: &self.shared, at_once: true }
    }

    fn make_writer_for(&'a self, told: &Metadata<'_>) -> Self::Writer {
        Line { shared: &self.shared, at_once: *told.level() <= Level::WARN }
    }
}

impl<W: Write> Write for Line<'_, W> {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        self.shared.take(line, self.at_once);
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};

    use super::*;

    /// Hands on each write.
    struct Written(Sender<String>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            let text = String::from_utf8_lossy(bytes).into_owned();
            self.0.send(text).map_err(std::io::Error::other)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn log(pause: Duration) -> (LogWriter<Written>, Guard<Written>, Receiver<String>) {
        let (sender, written) = channel();
        let (log, guard) = LogWriter::with_pause(Written(sender), pause).unwrap();
        (log, guard, written)
    }

    fn tell(log: &LogWriter<Written>, line: &str) {
        log.shared.take(line.as_bytes(), false);
    }

    const NEVER: Duration = Duration::from_secs(3_600);
    const SOON: Duration = Duration::from_millis(1);
    const PATIENCE: Duration = Duration::from_secs(30);

    #[test]
    fn the_first_line_is_written_at_once_and_those_behind_it_gather_until_a_warning() {
        let (log, _guard, written) = log(NEVER);
        tell(&log, "a\n");
        assert_eq!(written.try_iter().collect::<Vec<_>>(), ["a\n"]);
        tell(&log, "b\n");
        tell(&log, "c\n");
        assert_eq!(written.try_iter().count(), 0);
        log.shared.take(b"WARN\n", true);
        assert_eq!(written.try_iter().collect::<Vec<_>>(), ["b\nc\nWARN\n"]);
    }

    #[test]
    fn warnings_and_errors_do_not_wait_and_what_is_less_does() {
        let (log, _guard, written) = log(NEVER);
        let subscriber = tracing_subscriber::fmt().without_time().with_writer(log).finish();
        tracing::subscriber::with_default(subscriber, || {
            let so_far = || written.try_iter().collect::<String>().lines().count();
            tracing::info!("first");
            assert_eq!(so_far(), 1);
            tracing::info!("second");
            assert_eq!(so_far(), 0);
            tracing::warn!("third");
            assert_eq!(so_far(), 2);
            tracing::error!("fourth");
            assert_eq!(so_far(), 1);
        });
    }

    #[test]
    fn what_gathers_is_written_in_the_order_told_by_itself() {
        let (log, _guard, written) = log(SOON);
        let told: String = (0..1_000).map(|number| format!("{number}\n")).collect();
        told.split_inclusive('\n').for_each(|line| tell(&log, line));
        let mut seen = String::new();
        while seen.len() < told.len() {
            seen.push_str(&written.recv_timeout(PATIENCE).unwrap());
        }
        assert_eq!(seen, told);
    }

    #[test]
    fn much_is_written_before_its_time() {
        let (log, _guard, written) = log(NEVER);
        tell(&log, "first\n");
        let line = "x".repeat(GATHERED_BYTES_MAX / 4);
        (0..4).for_each(|_| tell(&log, &line));
        let sizes: Vec<usize> = written.try_iter().map(|text| text.len()).collect();
        assert_eq!(sizes, [6, GATHERED_BYTES_MAX]);
    }

    #[test]
    fn the_end_writes_what_has_gathered_and_nothing_gathers_behind_it() {
        let (log, guard, written) = log(NEVER);
        tell(&log, "a\n");
        tell(&log, "b\n");
        drop(guard);
        assert_eq!(written.try_iter().collect::<Vec<_>>(), ["a\n", "b\n"]);
        tell(&log, "c\n");
        assert_eq!(written.try_iter().collect::<Vec<_>>(), ["c\n"]);
    }
}
