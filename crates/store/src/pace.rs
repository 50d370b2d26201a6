//! Long work beside whoever is waited for.
//!
//! A thread of low priority still holds up the others: once it runs it is left alone for a while, and
//! what it gives the disk to do comes before what is given later. So it rests, for several times as
//! long as it had to wait for a processor or the disk itself. Where nobody else wants them it hardly
//! rests at all.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

use crate::{Error, disk, limits};

/// Whom long work gives way to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// Nobody: it is done as fast as it goes.
    AtOnce,
    /// Whoever commits meanwhile: it is done a piece at a time, with rests between.
    Gently,
}

impl Pace {
    /// Does a piece of work on this thread, and rests behind it.
    pub fn piece<T>(self, work: impl FnOnce() -> T) -> T {
        if self == Pace::AtOnce {
            return work();
        }
        let (wall, cpu) = (now(), thread_cpu());
        let done = work();
        let (wall, cpu) = (now().saturating_duration_since(wall), thread_cpu().saturating_sub(cpu));
        rest(wall, cpu);
        done
    }
}

/// Lets everything else on the machine run before the calling thread and those that it starts: on
/// Linux they have what nobody else wants of the processors (`SCHED_IDLE`), which disturbs others less
/// than the lowest priority does. There is no way back. Best effort: what is in nobody's way also
/// works in everybody's.
pub fn give_way() {
    #[cfg(target_os = "linux")]
    if let Err(error) = run_when_idle() {
        tracing::debug!(?error, "this thread is scheduled like others");
    }
    if let Err(error) = rustix::process::nice(limits::NICE_MAX) {
        tracing::debug!(%error, "this thread keeps its priority");
    }
}

#[cfg(target_os = "linux")]
fn run_when_idle() -> Result<(), thread_priority::Error> {
    use thread_priority::{NormalThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy};
    let thread = thread_priority::thread_native_id();
    let policy = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle);
    thread_priority::set_thread_priority_and_policy(thread, ThreadPriority::Min, policy)
}

/// How long to rest behind work that took so long, on the clock and of a processor.
fn rest_behind(wall: Duration, cpu: Duration) -> Duration {
    let waited = wall.saturating_sub(cpu);
    waited.saturating_mul(limits::GENTLE_RESTS).min(limits::GENTLE_REST_MAX)
}

#[allow(clippy::disallowed_methods, reason = "nothing waits for what is done gently")]
fn rest(wall: Duration, cpu: Duration) {
    std::thread::sleep(rest_behind(wall, cpu));
}

#[allow(clippy::disallowed_methods, reason = "how long work takes decides only how long it rests")]
fn now() -> Instant {
    Instant::now()
}

/// Processor time of this thread.
fn thread_cpu() -> Duration {
    clock_gettime(ClockId::ThreadCPUTime).try_into().unwrap_or_default()
}

/// A file for the owner alone that is written from its beginning to its end. Gently, no more than a
/// piece of it waits to be written out; whoever writes it rests.
pub(crate) struct PacedFile {
    file: File,
    pace: Pace,
    /// Bytes that were written since the last sync.
    unsynced: usize,
}

impl PacedFile {
    /// Creates the file, or empties it.
    pub(crate) fn create(path: &Path, pace: Pace) -> Result<Self, Error> {
        Ok(Self { file: disk::create(path)?, pace, unsynced: 0 })
    }

    /// Makes it durable; the folder is the caller's to sync.
    pub(crate) fn sync_all(&self) -> std::io::Result<()> {
        self.file.sync_all()
    }
}

impl Write for PacedFile {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.pace == Pace::AtOnce {
            return self.file.write(bytes);
        }
        let room = limits::GENTLE_BYTES - self.unsynced;
        let written = self.file.write(&bytes[..bytes.len().min(room)])?;
        self.unsynced += written;
        if self.unsynced == limits::GENTLE_BYTES {
            self.unsynced = 0;
            self.file.sync_data()?;
        }
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn whoever_waits_rests_several_times_as_long_and_nobody_for_ever() {
        let ms = Duration::from_millis;
        assert_eq!(rest_behind(ms(20), ms(20)), Duration::ZERO);
        assert_eq!(rest_behind(ms(20), ms(21)), Duration::ZERO);
        assert_eq!(rest_behind(ms(30), ms(20)), ms(10) * limits::GENTLE_RESTS);
        assert_eq!(rest_behind(ms(60_000), ms(20)), limits::GENTLE_REST_MAX);
    }

    #[test]
    fn a_file_is_the_same_at_every_pace() {
        let dir = tempfile::tempdir().unwrap();
        let byte = |at: usize| u8::try_from(at % 251).unwrap();
        let bytes: Vec<u8> = (0..limits::GENTLE_BYTES * 2 + 77).map(byte).collect();
        for pace in [Pace::AtOnce, Pace::Gently] {
            let path = dir.path().join("file");
            disk::write_synced(&path, &[&bytes[..100], &bytes[100..]], pace).unwrap();
            assert_eq!(std::fs::read(&path).unwrap(), bytes, "{pace:?}");
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    /// The number of SCHED_IDLE in sched(7).
    #[cfg(target_os = "linux")]
    const SCHED_IDLE: &str = "5";

    /// How the calling thread is scheduled: field 41 of proc_pid_stat(5), of which the first two end
    /// with a bracket.
    #[cfg(target_os = "linux")]
    fn policy() -> String {
        let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap();
        let (_, behind_name) = stat.rsplit_once(')').unwrap();
        behind_name.split_whitespace().nth(41 - 3).unwrap().to_owned()
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn whoever_gives_way_runs_when_nobody_else_wants_to_and_so_does_what_it_starts() {
        let before = policy();
        let gave_way = std::thread::spawn(|| {
            give_way();
            (policy(), std::thread::spawn(policy).join().unwrap())
        });
        assert_eq!(gave_way.join().unwrap(), (SCHED_IDLE.into(), SCHED_IDLE.into()));
        assert_eq!(policy(), before);
    }

    #[test]
    fn work_is_done_at_every_pace() {
        assert_eq!(Pace::AtOnce.piece(|| 7) + Pace::Gently.piece(|| 8), 15);
    }
}
