//! The commands: one file for each, named as the command.
//!
//! A command reads its arguments, asks the node (or opens the data directory), and hands the answer
//! to [`Ui`]. Whatever several of them share is in the modules beside this folder.

mod action;
mod admin;
pub(crate) mod agent;
mod api;
mod approval;
mod audit;
mod backup;
mod balance;
mod burn;
mod callback;
mod card;
mod completion;
mod config;
mod currency;
mod demo;
mod dev;
mod developer;
mod did;
mod discover;
mod doctor;
mod escalation;
mod export;
mod gateway;
mod grant;
mod init;
mod intent;
mod invite;
mod key;
mod login;
mod logout;
mod memory;
mod mint;
mod node_key;
mod onboard;
mod openapi;
mod org;
mod paging;
mod policy;
mod principal;
mod receipt;
mod replay;
mod report;
mod restore;
mod role;
mod serve;
mod setup;
mod snapshot;
mod status;
mod task;
mod token;
mod transfer;
mod upgrade;
mod user;
pub(crate) mod version;
mod views;
mod whoami;

use std::future::Future;
use std::pin::Pin;
use std::process::ExitCode;

use clap::Subcommand;

use crate::cli::{Cli, Global};
use crate::failure::Failure;
use crate::remote::Remote;
use crate::ui::Ui;

/// How a command ends.
pub(crate) type Outcome = Result<ExitCode, Failure>;

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the node
    Serve(serve::Args),
    /// Run a node for trying things out: loopback only, in a temporary directory
    Dev(dev::Args),
    /// Write a commented hansa.toml and make the data directory
    Init(init::Args),
    /// What only the operator on the machine, or the owner, may do
    #[command(subcommand)]
    Admin(admin::Command),
    /// Become the owner of a new node, with the token it printed
    Setup(setup::Args),
    /// The account of a person: registering, verifying, recovering
    #[command(subcommand)]
    Developer(developer::Command),
    /// Log in; later commands use the session
    Login(login::Args),
    /// End the session that login began
    Logout(logout::Args),
    /// Say whom the node takes you for
    Whoami(whoami::Args),
    /// Agents: principals with a key, a card and money
    #[command(subcommand)]
    Agent(agent::Command),
    /// Cards: the documents that others read of an agent, and the signatures on them
    #[command(subcommand)]
    Card(card::Command),
    /// Organizations: members, roles and teams
    #[command(subcommand)]
    Org(org::Command),
    /// Invitations to organizations
    #[command(subcommand)]
    Invite(invite::Command),
    /// Memories: what agents keep for themselves, sealed
    #[command(subcommand)]
    Memory(memory::Command),
    /// DIDs: identifiers that prove themselves and go where their owner goes
    #[command(subcommand)]
    Did(did::Command),
    /// Principals of any kind: erasing one
    #[command(subcommand)]
    Principal(principal::Command),
    /// What the owner does about a principal: suspending, freezing, reinstating, erasing
    #[command(subcommand)]
    User(user::Command),
    /// OAuth access tokens, for a client's id and secret
    #[command(subcommand)]
    Token(token::Command),
    /// API keys of the caller
    #[command(subcommand)]
    Key(key::Command),
    /// Grants: scoped, limited, expiring authority
    #[command(subcommand)]
    Grant(grant::Command),
    /// Policy sets, by which acts are judged, and their tests
    #[command(subcommand)]
    Policy(policy::Command),
    /// Currencies that the node holds
    #[command(subcommand)]
    Currency(currency::Command),
    /// Make money
    Mint(mint::Args),
    /// Destroy money
    Burn(burn::Args),
    /// Show what a principal holds
    Balance(balance::Args),
    /// Move money
    #[command(subcommand)]
    Transfer(transfer::Command),
    /// Agree on work and pay for it, by signed envelopes
    ///
    /// Each step is signed with --key-file and names the envelope it follows. The nonce is the
    /// clock in microseconds, so nothing has to be stored; where the clocks of two machines differ
    /// and nonce_used comes back, send the step again.
    #[command(subcommand)]
    Intent(intent::Command),
    /// Tasks: work that was agreed on or declared
    #[command(subcommand)]
    Task(task::Command),
    /// Approvals: asking for them and giving them
    #[command(subcommand)]
    Approval(approval::Command),
    /// Escalations: concerns that stop a task
    #[command(subcommand)]
    Escalation(escalation::Command),
    /// Governance roles
    #[command(subcommand)]
    Role(role::Command),
    /// Do something through the gate, and look at what became of it
    #[command(subcommand)]
    Action(action::Command),
    /// Callbacks: who wanted to be told how something ended, and whether they were
    #[command(subcommand)]
    Callback(callback::Command),
    /// Let requests through to a service only with an action of the gate
    Gateway(gateway::Args),
    /// Signed receipts of actions
    #[command(subcommand)]
    Receipt(receipt::Command),
    /// Replay a task: every entry of it, with what was known at each step
    Replay(replay::Args),
    /// Say why something was blocked
    Explain(replay::ExplainArgs),
    /// Hold the record of a task against a framework of law
    Report(report::Args),
    /// Find agents by skill, words, price and reputation
    Discover(discover::Args),
    /// Verify a journal offline: chain, tree, signatures and books
    Audit(audit::Args),
    /// Write the journal as lines that hansa audit verifies
    Export(export::Args),
    /// Sealed copies of a data directory, made beside a running node
    #[command(subcommand)]
    Backup(backup::Command),
    /// Make a new data directory of a backup
    Restore(restore::Args),
    /// Raise the journal to this release's format, after a backup
    #[command(subcommand)]
    Upgrade(upgrade::Command),
    /// The read models, which are a cache of the journal
    #[command(subcommand)]
    Views(views::Command),
    /// Check a data directory and its settings
    Doctor(doctor::Args),
    /// Ask a node whether it is well
    Status(status::Args),
    /// Call any operation of the API by its id
    Api(api::Args),
    /// Print the description of the API (OpenAPI 3.1)
    Openapi(openapi::Args),
    /// Show and check the settings
    #[command(subcommand)]
    Config(config::Command),
    /// Print a completion script for a shell
    Completion(completion::Args),
    /// Print the version
    Version(version::Args),
    /// Make a snapshot of the journal
    #[command(hide = true)]
    Snapshot(snapshot::Args),
    /// Tell the whole story on a node of its own, and prove it
    Demo(demo::Args),
}

/// What every command is given.
pub(crate) struct App<'a> {
    /// The flags that every command knows.
    pub(crate) global: Global,
    /// The ways to the terminal.
    pub(crate) ui: &'a Ui,
}

impl App<'_> {
    /// The node that the flags name, with the credential that they name.
    pub(crate) fn remote(&self) -> Result<Remote, Failure> {
        Remote::from_flags(&self.global)
    }
}

/// Carries a command out.
pub(crate) async fn run(cli: Cli, ui: &Ui) -> Outcome {
    let app = App { global: cli.global, ui };
    chosen(&app, cli.command).await
}

/// The future of a command lies on the heap: together they would fill the stack of a thread.
fn chosen<'a>(app: &'a App<'a>, command: Command) -> Pin<Box<dyn Future<Output = Outcome> + 'a>> {
    match command {
        Command::Serve(args) => Box::pin(args.run(app)),
        Command::Dev(args) => Box::pin(args.run(app)),
        Command::Init(args) => Box::pin(async move { args.run(app) }),
        Command::Admin(command) => Box::pin(command.run(app)),
        Command::Setup(args) => Box::pin(args.run(app)),
        Command::Developer(command) => Box::pin(command.run(app)),
        Command::Login(args) => Box::pin(args.run(app)),
        Command::Logout(args) => Box::pin(args.run(app)),
        Command::Whoami(args) => Box::pin(args.run(app)),
        Command::Agent(command) => Box::pin(command.run(app)),
        Command::Card(command) => Box::pin(command.run(app)),
        Command::Org(command) => Box::pin(command.run(app)),
        Command::Invite(command) => Box::pin(command.run(app)),
        Command::Memory(command) => Box::pin(command.run(app)),
        Command::Did(command) => Box::pin(command.run(app)),
        Command::Principal(command) => Box::pin(command.run(app)),
        Command::User(command) => Box::pin(command.run(app)),
        Command::Token(command) => Box::pin(command.run(app)),
        Command::Key(command) => Box::pin(command.run(app)),
        Command::Grant(command) => Box::pin(command.run(app)),
        Command::Policy(command) => Box::pin(command.run(app)),
        Command::Currency(command) => Box::pin(command.run(app)),
        Command::Mint(args) => Box::pin(args.run(app)),
        Command::Burn(args) => Box::pin(args.run(app)),
        Command::Balance(args) => Box::pin(args.run(app)),
        Command::Transfer(command) => Box::pin(command.run(app)),
        Command::Intent(command) => Box::pin(command.run(app)),
        Command::Task(command) => Box::pin(command.run(app)),
        Command::Approval(command) => Box::pin(command.run(app)),
        Command::Escalation(command) => Box::pin(command.run(app)),
        Command::Callback(command) => Box::pin(command.run(app)),
        Command::Role(command) => Box::pin(command.run(app)),
        Command::Action(command) => Box::pin(command.run(app)),
        Command::Gateway(args) => Box::pin(args.run(app)),
        Command::Receipt(command) => Box::pin(command.run(app)),
        Command::Replay(args) => Box::pin(args.run(app)),
        Command::Explain(args) => Box::pin(args.run(app)),
        Command::Report(args) => Box::pin(args.run(app)),
        Command::Discover(args) => Box::pin(args.run(app)),
        Command::Audit(args) => Box::pin(args.run(app)),
        Command::Export(args) => Box::pin(args.run(app)),
        Command::Backup(command) => Box::pin(async move { command.run(app) }),
        Command::Restore(args) => Box::pin(args.run(app)),
        Command::Upgrade(command) => Box::pin(command.run(app)),
        Command::Views(command) => Box::pin(command.run(app)),
        Command::Doctor(args) => Box::pin(args.run(app)),
        Command::Status(args) => Box::pin(args.run(app)),
        Command::Api(args) => Box::pin(args.run(app)),
        Command::Openapi(args) => Box::pin(async move { args.run(app) }),
        Command::Config(command) => Box::pin(async move { command.run(app) }),
        Command::Completion(args) => Box::pin(async move { args.run(app) }),
        Command::Version(args) => Box::pin(async move { args.run(app) }),
        Command::Snapshot(args) => Box::pin(async move { args.run() }),
        Command::Demo(args) => Box::pin(args.run(app)),
    }
}

/// Everything went well.
pub(crate) const DONE: Outcome = Ok(ExitCode::SUCCESS);
