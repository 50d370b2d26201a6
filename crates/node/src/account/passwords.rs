//! Argon2id (RFC 9106) in a few threads of its own, with a bounded queue.
//!
//! Hashing takes tens of milliseconds and 19 MiB on purpose. However many people log in at once,
//! only so many hash at once, and their threads stand aside and rest when processors are scarce, so that
//! the writer and everybody else keep theirs; whoever finds the queue full is told to come back, before
//! anything else is done for them. An unknown account costs what a known one does.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use hansa_crypto::Secret;
use hansa_store::pace::Pace;
use hansa_types::{Code, Rejection};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use zeroize::Zeroizing;

use crate::env::{Env, thread_aside};
use crate::limits::{HASHES_AT_ONCE, HASHES_WAITING_MAX};

type Work = Box<dyn FnOnce() + Send>;

/// Hashes and checks passwords.
pub struct Passwords {
    waiting: Arc<Semaphore>,
    threads: OnceLock<SyncSender<Work>>,
}

/// A place among those whose passwords are hashed or wait for that.
#[derive(Debug)]
pub struct Turn {
    _place: OwnedSemaphorePermit,
}

impl Default for Passwords {
    fn default() -> Self {
        let waiting = Arc::new(Semaphore::new(HASHES_WAITING_MAX));
        Self { waiting, threads: OnceLock::new() }
    }
}

impl Passwords {
    /// Takes a place, or refuses. Whoever has none should not ask the writer for anything either.
    pub fn turn(&self) -> Result<Turn, Rejection> {
        let place = Arc::clone(&self.waiting).try_acquire_owned();
        place.map(|place| Turn { _place: place }).map_err(|_| Code::LoginsBusy.into())
    }

    /// The PHC string of a new password.
    pub async fn hash(&self, env: &Env, password: &Secret) -> Result<Zeroizing<String>, Rejection> {
        let (turn, salt, password) = (self.turn()?, env.random::<16>(), password.clone());
        self.run(turn, move || hash(&password, &salt)).await
    }

    /// Whether a password belongs to a PHC string. Without one the work is done all the same.
    pub async fn verify(
        &self,
        turn: Turn,
        password: &Secret,
        hashed: Option<Zeroizing<String>>,
    ) -> Result<bool, Rejection> {
        let password = password.clone();
        self.run(turn, move || {
            let Some(hashed) = hashed else {
                return hash(&password, &[0; 16]).map(|_| false);
            };
            let hashed = PasswordHash::new(&hashed).map_err(|_| Code::Internal)?;
            Ok(Argon2::default().verify_password(password.expose().as_bytes(), &hashed).is_ok())
        })
        .await
    }

    /// Runs work in its turn.
    async fn run<T: Send + 'static>(
        &self,
        turn: Turn,
        work: impl FnOnce() -> Result<T, Rejection> + Send + 'static,
    ) -> Result<T, Rejection> {
        let (told, done) = oneshot::channel();
        let work = Box::new(move || {
            // Kept here: who asked may go away while the work is under way.
            let _turn = turn;
            let _ = told.send(work());
        });
        let threads = self.threads.get_or_init(start);
        threads.try_send(work).map_err(|_| Rejection::from(Code::LoginsBusy))?;
        done.await.map_err(|_| Code::Internal)?
    }
}

/// Starts the threads, which end with whoever hands them work.
fn start() -> SyncSender<Work> {
    let (waiting, taken) = sync_channel(HASHES_WAITING_MAX);
    let taken = Arc::new(Mutex::new(taken));
    for _ in 0..HASHES_AT_ONCE {
        let taken = Arc::clone(&taken);
        if let Err(error) = thread_aside("passwords", move || work(&taken)) {
            tracing::error!(%error, "a thread for passwords cannot be started");
        }
    }
    waiting
}

fn work(taken: &Mutex<Receiver<Work>>) {
    loop {
        let next = taken.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(next) = next else { return };
        if Pace::Gently.piece(|| catch_unwind(AssertUnwindSafe(next))).is_err() {
            tracing::error!("the hashing of a password panicked");
        }
    }
}

fn hash(password: &Secret, salt: &[u8]) -> Result<Zeroizing<String>, Rejection> {
    let hashed: Result<PasswordHash, _> =
        Argon2::default().hash_password_with_salt(password.expose().as_bytes(), salt);
    match hashed {
        Ok(hashed) => Ok(Zeroizing::new(hashed.to_string())),
        Err(error) => {
            tracing::error!(%error, "a password cannot be hashed");
            Err(Code::Internal.into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_told_from_others_by_its_hash() {
        let (passwords, secret) = (Passwords::default(), Secret::new("correct horse".to_owned()));
        let hashed = hash(&secret, &[7; 16]).unwrap();
        assert!(hashed.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", *hashed);
        let turn = || passwords.turn().unwrap();
        assert!(passwords.verify(turn(), &secret, Some(hashed.clone())).await.unwrap());
        let guess = Secret::new("correct house".to_owned());
        assert!(!passwords.verify(turn(), &guess, Some(hashed)).await.unwrap());
        assert!(!passwords.verify(turn(), &secret, None).await.unwrap());
    }

    #[tokio::test]
    async fn one_too_many_is_told_to_come_back() {
        let passwords = Passwords::default();
        let held: Vec<Turn> = (0..HASHES_WAITING_MAX).map(|_| passwords.turn().unwrap()).collect();
        assert_eq!(passwords.turn().unwrap_err().code, Code::LoginsBusy);
        drop(held);
        let (turn, secret) = (passwords.turn().unwrap(), Secret::new("correct horse".to_owned()));
        assert!(!passwords.verify(turn, &secret, None).await.unwrap());
    }
}
