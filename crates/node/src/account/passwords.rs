//! Argon2id (RFC 9106) in a few threads of its own, with a bounded queue.
//!
//! Hashing takes tens of milliseconds and 19 MiB on purpose. However many people log in at once,
//! only so many hash at once, and their threads stand aside when processors are scarce, so that the
//! writer and everybody else keep theirs; whoever finds the queue full is told to come back. An
//! unknown account costs what a known one does.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use hansa_crypto::Secret;
use hansa_types::{Code, Rejection};
use tokio::sync::{Semaphore, oneshot};
use zeroize::Zeroizing;

use crate::env::{Env, thread_aside};
use crate::limits::{HASHES_AT_ONCE, HASHES_WAITING_MAX};

type Work = Box<dyn FnOnce() + Send>;

/// Hashes and checks passwords.
pub struct Passwords {
    waiting: Arc<Semaphore>,
    threads: OnceLock<SyncSender<Work>>,
}

impl Default for Passwords {
    fn default() -> Self {
        let waiting = Arc::new(Semaphore::new(HASHES_WAITING_MAX));
        Self { waiting, threads: OnceLock::new() }
    }
}

impl Passwords {
    /// The PHC string of a new password.
    pub async fn hash(&self, env: &Env, password: &Secret) -> Result<Zeroizing<String>, Rejection> {
        let (salt, password) = (env.random::<16>(), password.clone());
        self.run(move || hash(&password, &salt)).await
    }

    /// Whether a password belongs to a PHC string. Without one the work is done all the same.
    pub async fn verify(
        &self,
        password: &Secret,
        hashed: Option<Zeroizing<String>>,
    ) -> Result<bool, Rejection> {
        let password = password.clone();
        self.run(move || {
            let Some(hashed) = hashed else {
                return hash(&password, &[0; 16]).map(|_| false);
            };
            let hashed = PasswordHash::new(&hashed).map_err(|_| Code::Internal)?;
            Ok(Argon2::default().verify_password(password.expose().as_bytes(), &hashed).is_ok())
        })
        .await
    }

    /// Runs work in its turn, or refuses it.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Rejection> + Send + 'static,
    ) -> Result<T, Rejection> {
        let waiting = Arc::clone(&self.waiting).try_acquire_owned();
        let turn = waiting.map_err(|_| Rejection::from(Code::LoginsBusy))?;
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
        if catch_unwind(AssertUnwindSafe(next)).is_err() {
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
        assert!(passwords.verify(&secret, Some(hashed.clone())).await.unwrap());
        let guess = Secret::new("correct house".to_owned());
        assert!(!passwords.verify(&guess, Some(hashed)).await.unwrap());
        assert!(!passwords.verify(&secret, None).await.unwrap());
    }

    #[tokio::test]
    async fn one_too_many_is_told_to_come_back() {
        let passwords = Passwords::default();
        let all = u32::try_from(HASHES_WAITING_MAX).unwrap();
        let held = Arc::clone(&passwords.waiting).acquire_many_owned(all).await.unwrap();
        let secret = Secret::new("correct horse".to_owned());
        let refused = passwords.verify(&secret, None).await.unwrap_err();
        assert_eq!(refused.code, Code::LoginsBusy);
        drop(held);
        assert!(!passwords.verify(&secret, None).await.unwrap());
    }
}
