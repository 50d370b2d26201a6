//! What can go wrong in the views.
//!
//! None of these reach a client as they are. Oddities of what is projected are not errors: they are
//! skipped with a warning, because the journal has accepted them already.

use std::path::PathBuf;

/// A failure of the views.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database refused a statement.
    #[error("the views could not {action}")]
    Database {
        /// What was being done, as an infinitive.
        action: &'static str,
        /// The database's reason.
        source: sqlx::Error,
    },
    /// The batch does not begin behind the last projected entry, or has a gap.
    #[error("entry {expected} is the next to project, not {found}")]
    Gap {
        /// The seq that should have come.
        expected: u64,
        /// The seq that came.
        found: u64,
    },
    /// The cursor is not one that this list gave out.
    #[error("the cursor is not one of this list")]
    Cursor,
    /// A row cannot be what was written.
    #[error("a row of {table} is malformed in {column}")]
    Malformed {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
    },
    /// The file is a database of something else and is left alone.
    #[error("{} is not a database of views", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The path has no form that the database understands.
    #[error("{} is not a path in UTF-8", path.display())]
    Path {
        /// The path.
        path: PathBuf,
    },
    /// The views were closed.
    #[error("the views are closed")]
    Closed,
}

impl Error {
    pub(crate) fn database(action: &'static str) -> impl FnOnce(sqlx::Error) -> Error {
        move |source| Error::Database { action, source }
    }

    /// Whether the file itself is broken, so that only opening it anew (and thereby projecting
    /// everything again) helps.
    pub fn is_damage(&self) -> bool {
        match self {
            Error::Database { source, .. } => is_damage(source),
            Error::Malformed { .. } => true,
            _ => false,
        }
    }
}

/// Whether SQLite calls the file corrupt (11) or no database at all (26).
fn is_damage(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    let code = code.and_then(|code| code.parse::<u32>().ok());
    matches!(code.map(|code| code & 0xFF), Some(11 | 26))
}
