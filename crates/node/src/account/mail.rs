//! Mail that the node sends: to whoever registers, and to whoever owns an address already.

/// One message of plain text.
pub struct Mail {
    /// To whom.
    pub to: String,
    /// What it is about.
    pub subject: String,
    /// What it says.
    pub text: String,
}

/// A way to send mail. It must not wait for the other side: whether an address is known must not
/// show in how long an answer takes.
pub trait Mailer: std::fmt::Debug + Send + Sync {
    /// Sends a message, or says in the log why it could not.
    fn send(&self, mail: Mail);
}

/// Mail that the operator reads in the log: for trying things out, and for nodes of one person.
#[derive(Debug)]
pub struct LogMailer;

impl Mailer for LogMailer {
    fn send(&self, mail: Mail) {
        let Mail { to, subject, text } = mail;
        tracing::warn!(target: "hansa_node::mail", %to, %subject, %text, "mail");
    }
}
