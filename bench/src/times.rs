//! How long the parts of a run took, told on stderr at its end so that a slow one is seen.

use std::cell::RefCell;
use std::time::{Duration, Instant};

/// What took how long, in the order in which it first began.
#[derive(Default)]
pub(crate) struct Times(RefCell<Vec<(&'static str, Duration)>>);

impl Times {
    /// Does a piece of work, whose time counts under a name.
    pub(crate) fn of<T>(&self, name: &'static str, work: impl FnOnce() -> T) -> T {
        let place = self.place(name);
        let begun = Instant::now();
        let done = work();
        self.0.borrow_mut()[place].1 += begun.elapsed();
        done
    }

    /// Where a name stands; at the end if it is new.
    fn place(&self, name: &'static str) -> usize {
        let mut times = self.0.borrow_mut();
        let known = times.iter().position(|(known, _)| *known == name);
        known.unwrap_or_else(|| {
            times.push((name, Duration::ZERO));
            times.len() - 1
        })
    }

    /// A line for each.
    pub(crate) fn lines(&self) -> Vec<String> {
        let times = self.0.borrow();
        times.iter().map(|(name, took)| format!("{:7.1} s  {name}", took.as_secs_f64())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_of_one_name_counts_together_and_parts_stand_behind_their_whole() {
        let times = Times::default();
        times.of("whole", || times.of("part", || ()));
        times.of("whole", || ());
        let names: Vec<String> = times.lines();
        assert_eq!(names, ["    0.0 s  whole", "    0.0 s  part"]);
    }
}
