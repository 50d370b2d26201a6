//! What must hold, and waiting for it without guessing how long that takes.

use std::fmt::{Debug, Display};
use std::future::Future;
use std::time::{Duration, Instant};

use crate::failure::Failure;

/// Longest wait for anything that happens by itself.
const WAIT_MAX: Duration = Duration::from_secs(15);
/// Pause between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// Fails unless two things are equal.
pub(super) fn equal<T: PartialEq + Debug>(
    what: impl Display,
    found: T,
    expected: T,
) -> Result<(), Failure> {
    match found == expected {
        true => Ok(()),
        false => Err(Failure::new(format!("{what}: expected {expected:?}, found {found:?}"))),
    }
}

/// Fails unless it holds.
pub(super) fn holds(what: impl Display, held: bool) -> Result<(), Failure> {
    match held {
        true => Ok(()),
        false => Err(Failure::new(format!("it does not hold that {what}"))),
    }
}

/// Looks again and again until there is something to see.
pub(super) async fn until<T, F>(what: &str, mut look: impl FnMut() -> F) -> Result<T, Failure>
where
    F: Future<Output = Result<Option<T>, Failure>>,
{
    let began = Instant::now();
    loop {
        if let Some(seen) = look().await? {
            return Ok(seen);
        }
        if began.elapsed() > WAIT_MAX {
            return Err(Failure::new(format!("{what} did not happen within {WAIT_MAX:?}")));
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Fails unless the node refused with the code. Answers its reason.
pub(super) fn refused<T>(
    what: &str,
    outcome: Result<T, Failure>,
    code: hansa_types::Code,
) -> Result<String, Failure> {
    match outcome {
        Ok(_) => Err(Failure::new(format!("{what} was accepted"))),
        Err(failure) => match failure.problem() {
            Some(problem) if problem.code == code.as_str() => Ok(problem.detail.clone()),
            Some(problem) => {
                let found = problem.code.clone();
                Err(Failure::new(format!("{what} was refused as {found}, not as {code}")))
            }
            None => Err(failure.context(what)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hansa_types::Code;
    use hansa_wire::Problem;

    #[test]
    fn only_the_right_refusal_will_do() {
        let outcome = |code: Code| Err::<(), _>(Failure::from(Problem::from(code)));
        assert!(refused("it", outcome(Code::NonceUsed), Code::NonceUsed).is_ok());
        assert!(refused("it", outcome(Code::Forbidden), Code::NonceUsed).is_err());
        assert!(refused("it", Ok(()), Code::NonceUsed).is_err());
        assert!(refused("it", Err::<(), _>(Failure::new("x")), Code::NonceUsed).is_err());
    }

    #[test]
    fn expectations_name_both_sides() {
        let failure = equal("the sum", 1, 2).unwrap_err();
        assert_eq!(failure.line(), "the sum: expected 2, found 1");
        assert!(holds("one is one", true).is_ok() && holds("x", false).is_err());
    }
}
