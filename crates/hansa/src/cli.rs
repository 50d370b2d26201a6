//! The command line: global flags, the tree of commands, and what is said when it does not read.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser};

use crate::commands::Command;
use crate::failure::Failure;
use crate::profiles;
use crate::suggest;
use crate::ui::{Format, Ui};

/// Where a node listens unless somebody says otherwise.
pub(crate) const NODE_DEFAULT: &str = "http://127.0.0.1:7400";

/// A self-hosted node for AI agents: identity, authority, money and a verifiable journal
///
/// Exit codes: 0 done, 1 failed, 2 usage, 3 not authorised, 4 denied by a rule, a limit or the
/// books, 5 needs approval. Data goes to standard output, everything else to standard error.
#[derive(Debug, Parser)]
#[command(name = "hansa", version, propagate_version = true, arg_required_else_help = true)]
pub(crate) struct Cli {
    /// Flags that every command knows.
    #[command(flatten)]
    pub(crate) global: Global,

    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Flags that every command knows.
#[derive(Debug, Clone, Args)]
pub(crate) struct Global {
    /// How to write data
    #[arg(
        short,
        long,
        global = true,
        value_enum,
        default_value_t,
        help_heading = "Global options"
    )]
    pub(crate) output: Format,

    /// The same as -o json
    #[arg(long, global = true, help_heading = "Global options")]
    pub(crate) json: bool,

    /// Say nothing but data and errors
    #[arg(short, long, global = true, help_heading = "Global options")]
    pub(crate) quiet: bool,

    /// Use no colour; so does the variable NO_COLOR
    #[arg(long, global = true, help_heading = "Global options")]
    pub(crate) no_color: bool,

    /// The node to talk to; unless named, that of the profile, or http://127.0.0.1:7400
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "HANSA_NODE",
        help_heading = "Global options"
    )]
    pub(crate) node: Option<String>,

    /// The login to use, of those that hansa login keeps
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        env = "HANSA_PROFILE",
        default_value = profiles::DEFAULT,
        help_heading = "Global options"
    )]
    pub(crate) profile: String,

    /// Read the API key from this file; without it from the variable HANSA_API_KEY
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "HANSA_API_KEY_FILE",
        help_heading = "Global options"
    )]
    pub(crate) api_key_file: Option<PathBuf>,

    /// Trust the certificate authorities in this PEM file too, for a node with a private one
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "HANSA_CA_FILE",
        help_heading = "Global options"
    )]
    pub(crate) ca_file: Option<PathBuf>,

    /// Sign as the agent whose private key is in this PEM file, instead of using an API key
    #[arg(
        long,
        global = true,
        value_name = "PEM",
        env = "HANSA_KEY_FILE",
        help_heading = "Global options"
    )]
    pub(crate) key_file: Option<PathBuf>,
}

impl Global {
    /// The ways to the terminal that the flags ask for.
    pub(crate) fn ui(&self) -> Ui {
        let format = if self.json { Format::Json } else { self.output };
        Ui::new(format, self.quiet, self.no_color)
    }
}

/// Reads the command line, or says why it cannot and how the process ends.
pub(crate) fn parse(arguments: &[OsString]) -> Result<Cli, ExitCode> {
    if arguments.len() <= 1 {
        // Said here: a variable such as HANSA_NODE counts as an argument to the parser.
        eprint!("{}", Cli::command().render_help());
        return Err(ExitCode::from(2));
    }
    let matches = Cli::command().try_get_matches_from(arguments);
    let parsed = matches.and_then(|matches| Cli::from_arg_matches(&matches));
    parsed.map_err(|error| match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            // Whoever asked for help may have closed the pipe.
            let _ = error.print();
            let asked = error.kind() != ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
            if asked { ExitCode::SUCCESS } else { ExitCode::from(2) }
        }
        _ => explain(&error, arguments).tell(&Ui::new(wanted_format(arguments), false, true)),
    })
}

/// The format asked for on a command line that does not read.
fn wanted_format(arguments: &[OsString]) -> Format {
    let words: Vec<&str> = arguments.iter().filter_map(|word| word.to_str()).collect();
    let json = words.iter().enumerate().any(|(i, word)| match *word {
        "--json" | "-ojson" | "--output=json" | "-o=json" => true,
        "json" => matches!(words.get(i.wrapping_sub(1)), Some(&"-o" | &"--output")),
        _ => false,
    });
    if json { Format::Json } else { Format::Table }
}

/// What is wrong with a command line, in the words of every other failure.
fn explain(error: &clap::Error, arguments: &[OsString]) -> Failure {
    let rendered = error.render().to_string();
    let body = rendered.split("\n\n").next().unwrap_or_default();
    let mut lines = body.lines().map(str::trim);
    let first = lines.next().unwrap_or_default();
    let mut failure = Failure::usage(first.strip_prefix("error: ").unwrap_or(first));
    for line in lines.filter(|line| !line.is_empty()) {
        failure = failure.detail(line);
    }
    let next_step = match (suggested(error), rendered.lines().find_map(synopsis)) {
        (Some(suggested), _) => format!("did you mean {suggested}?"),
        (None, Some(command)) => format!("{command} --help shows how"),
        (None, None) => match command_of(arguments) {
            command if command == "hansa" => "hansa --help lists the commands".to_owned(),
            command => format!("{command} --help shows how"),
        },
    };
    failure.next_step(next_step)
}

/// The command that a command line names, as far as it reads.
fn command_of(arguments: &[OsString]) -> String {
    let mut command = &Cli::command();
    let mut path = command.get_name().to_owned();
    for word in arguments.iter().skip(1).filter_map(|word| word.to_str()) {
        let Some(sub) = command.find_subcommand(word) else { continue };
        path = format!("{path} {}", sub.get_name());
        command = sub;
    }
    path
}

/// What was meant, of the words that the parser knows to be near.
fn suggested(error: &clap::Error) -> Option<String> {
    let kinds = [
        (ContextKind::SuggestedSubcommand, ContextKind::InvalidSubcommand),
        (ContextKind::SuggestedArg, ContextKind::InvalidArg),
        (ContextKind::SuggestedValue, ContextKind::InvalidValue),
    ];
    kinds.into_iter().find_map(|(suggested, written)| {
        let candidates = words(error.get(suggested)?);
        let written = error.get(written).map(words).and_then(|words| words.into_iter().next());
        let candidates = candidates.iter().map(String::as_str);
        let nearest = suggest::nearest(written.as_deref().unwrap_or_default(), candidates.clone());
        nearest.or_else(|| candidates.into_iter().next()).map(str::to_owned)
    })
}

fn words(value: &ContextValue) -> Vec<String> {
    match value {
        ContextValue::Strings(words) => words.clone(),
        other => vec![other.to_string()],
    }
}

/// The command of a line such as `Usage: hansa agent create [OPTIONS] <NAME>`.
fn synopsis(line: &str) -> Option<String> {
    let usage = line.strip_prefix("Usage: ")?;
    let is_word = |word: &&str| word.starts_with(|c: char| c.is_ascii_lowercase());
    Some(usage.split(' ').take_while(is_word).collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_of_commands_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn global_flags_stand_before_and_behind_the_command() {
        for line in [&["hansa", "--json", "status"], &["hansa", "status", "--json"]] {
            let arguments: Vec<OsString> = line.iter().map(OsString::from).collect();
            assert_eq!(parse(&arguments).unwrap().global.ui().format(), Format::Json);
        }
    }

    #[test]
    fn every_command_and_flag_has_words_of_help() {
        fn walk(command: &clap::Command, path: &str) {
            let path = format!("{path} {}", command.get_name());
            assert!(command.is_hide_set() || command.get_about().is_some(), "{path}");
            for argument in command.get_arguments().filter(|a| !a.is_hide_set()) {
                assert!(argument.get_help().is_some(), "{path} {}", argument.get_id());
            }
            command.get_subcommands().for_each(|sub| walk(sub, &path));
        }
        walk(&Cli::command(), "");
    }

    #[test]
    fn the_nearest_command_is_suggested() {
        for (line, meant) in [
            (&["hansa", "agnt"][..], "did you mean agent?"),
            (&["hansa", "agent", "crate"], "did you mean create?"),
            (&["hansa", "status", "--nod", "x"], "did you mean --node?"),
            (&["hansa", "agent", "create"], "hansa agent create --help shows how"),
            (&["hansa", "transfer", "show", "x"], "hansa transfer show --help shows how"),
        ] {
            let error = Cli::command().try_get_matches_from(line).unwrap_err();
            let arguments: Vec<OsString> = line.iter().map(OsString::from).collect();
            let text = format!("{:?}", explain(&error, &arguments));
            assert!(text.contains(meant), "{line:?}: {text}");
        }
    }

    #[test]
    fn the_wanted_format_is_known_before_the_line_reads() {
        let format =
            |line: &[&str]| wanted_format(&line.iter().map(OsString::from).collect::<Vec<_>>());
        assert_eq!(format(&["hansa", "x", "-o", "json"]), Format::Json);
        assert_eq!(format(&["hansa", "x", "--json"]), Format::Json);
        assert_eq!(format(&["hansa", "json"]), Format::Table);
    }
}
