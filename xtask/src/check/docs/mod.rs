//! Step `docs`: what the pages show is what happens.
//!
//! Every `console` block of README.md and docs/ is run, in order, in one shell for each page, with
//! the debug build of `hansa` first on its path, and its output is compared with what the page
//! shows. The format is described in [`extract`] and [`matcher`].
//!
//! Invariants: a page runs in a directory of its own, empty but for `examples` and `policies`, and
//! cannot see the machine's configuration; servers it starts end with it; a page that takes longer
//! than two minutes fails.
//!
//! Deliberately absent: rewriting a page from the output. A person decides which of the two is
//! wrong.

mod extract;
mod matcher;
mod server;
mod shell;

use super::{Request, Step};
use crate::workspace::run as run_command;
use anyhow::{Context as _, bail};
use extract::{Block, Command};
use shell::Shell;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const PAGE_MAX: Duration = Duration::from_secs(120);

/// Commands that a page may show and this step does not run: they would run this step again, or
/// take minutes.
const NOT_RUN: &[&str] = &["cargo xtask check", "cargo xtask bench"];

/// How pages name the binary, and the command that is run instead.
const TRANSLATIONS: &[(&str, &str)] = &[
    ("cargo run --release --quiet -- ", "hansa "),
    ("cargo run --release -- ", "hansa "),
    ("cargo run --quiet -- ", "hansa "),
    ("cargo run -- ", "hansa "),
];

/// The step.
pub(super) const STEP: Step = Step {
    name: "docs",
    about: "every `console` block of README.md and docs/ does what it shows",
    help: "Runs the blocks of each page in one bash, in one empty directory, against the debug\n\
           build. `$ ` begins a command, a trailing `\\` or a here-document continues it, a\n\
           trailing ` &` sends it to the background until the page ends (for `hansa serve` and\n\
           `hansa dev` the runner then waits for GET /readyz). Other lines are the output: `…` or\n\
           `...` alone is any number of lines, `…` inside a line any text. A command that fails\n\
           fails the page unless the block is marked `console fails`. `cargo run --release -- …`\n\
           runs as `hansa …`; `cargo xtask check` and `cargo xtask bench` are not run. Each page\n\
           has 120 seconds.",
    flag: None,
    run,
};

/// One page with its blocks.
struct Page {
    path: String,
    blocks: Vec<Block>,
}

fn run(request: &Request<'_>) -> anyhow::Result<()> {
    let pages = pages(request.workspace.root())?;
    if pages.is_empty() {
        eprintln!("    no console block in any page");
        return Ok(());
    }
    run_command(request.workspace.cargo(&["build", "--quiet", "--package", "hansa"]))?;
    let metadata = request.workspace.metadata()?;
    let target = metadata["target_directory"].as_str().context("no target directory")?;
    let programs = Path::new(target).join("debug");
    let mut failures = Vec::new();
    for page in &pages {
        let started = Instant::now();
        let result = run_page(page, &programs);
        let count: usize = page.blocks.iter().map(|block| block.commands.len()).sum();
        eprintln!("    {}: {count} command(s) in {:.1?}", page.path, started.elapsed());
        failures.extend(result.err().map(|error| format!("{error:#}")));
    }
    if failures.is_empty() { Ok(()) } else { bail!("{}", failures.join("\n")) }
}

/// The pages that have console blocks: README.md and everything under docs/, by path.
fn pages(root: &Path) -> anyhow::Result<Vec<Page>> {
    let mut paths = vec![PathBuf::from("README.md")];
    collect(root, Path::new("docs"), &mut paths)?;
    paths.sort();
    let mut pages = Vec::new();
    for path in paths.iter().filter(|path| root.join(path).is_file()) {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(root.join(path)).with_context(|| name.clone())?;
        let blocks = extract::blocks(&text).with_context(|| name.clone())?;
        if !blocks.is_empty() {
            pages.push(Page { path: name, blocks });
        }
    }
    Ok(pages)
}

fn collect(root: &Path, directory: &Path, paths: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let Ok(entries) = std::fs::read_dir(root.join(directory)) else {
        return Ok(());
    };
    for entry in entries {
        let entry = entry.with_context(|| format!("cannot read {}", directory.display()))?;
        let path = directory.join(entry.file_name());
        if root.join(&path).is_dir() {
            collect(root, &path, paths)?;
        } else if path.extension().is_some_and(|extension| extension == "md") {
            paths.push(path);
        }
    }
    Ok(())
}

/// Runs a page up to its first failure.
fn run_page(page: &Page, programs: &Path) -> anyhow::Result<()> {
    let deadline = Instant::now() + PAGE_MAX;
    let mut shell = Shell::start(programs)?;
    for block in &page.blocks {
        let mut failed = false;
        for command in &block.commands {
            let place = || format!("{}:{}: `{}`", page.path, command.line, command.text);
            let status = run_one(&mut shell, command, deadline).with_context(place)?;
            if status != 0 && !block.fails {
                bail!("{}: exit status {status}", place());
            }
            failed |= status != 0;
        }
        if block.fails && !failed {
            bail!("{}:{}: marked `console fails`, but nothing failed", page.path, block.line);
        }
    }
    shell.stop();
    Ok(())
}

/// Runs a command and compares its output; gives its exit status.
fn run_one(shell: &mut Shell, command: &Command, deadline: Instant) -> anyhow::Result<i32> {
    if NOT_RUN.iter().any(|name| command.text.starts_with(name)) {
        return Ok(0);
    }
    let text = translated(&command.text);
    if command.background {
        run_background(shell, command, &text, deadline)?;
        return Ok(0);
    }
    let outcome = shell.run(&text, deadline)?;
    if !matcher::matches(&command.want, &outcome.output) {
        let difference = matcher::difference(&command.want, &outcome.output);
        bail!("other output than shown (exit status {}):\n{difference}", outcome.status);
    }
    Ok(outcome.status)
}

/// Starts a command in the background and waits until it is ready and has printed what the page
/// shows. It may go on printing, so more output than shown is no failure.
fn run_background(
    shell: &mut Shell,
    command: &Command,
    text: &str,
    deadline: Instant,
) -> anyhow::Result<()> {
    if server::is_server(text) {
        server::refuse_if_taken(text)?;
    }
    let mut want = command.want.clone();
    want.push("…".to_owned());
    let background = shell.run_background(text, deadline)?;
    let enough = |output: &str| matcher::matches(&want, output);
    let output = server::wait(&background, text, deadline, enough)?;
    if enough(&output) {
        return Ok(());
    }
    bail!("other output than shown:\n{}", matcher::difference(&command.want, &output))
}

/// The command with the debug build in place of what the page tells a reader to type.
fn translated(text: &str) -> String {
    let with_end = format!("{text} ");
    let replaced =
        TRANSLATIONS.iter().fold(with_end, |text, (shown, instead)| text.replace(shown, instead));
    replaced.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(markdown: &str) -> anyhow::Result<()> {
        let page = Page { path: "p.md".into(), blocks: extract::blocks(markdown)? };
        run_page(&page, Path::new("/nonexistent"))
    }

    fn failure(markdown: &str) -> String {
        format!("{:#}", page(markdown).unwrap_err())
    }

    #[test]
    fn a_page_that_does_what_it_shows_passes() {
        let markdown = "```console\n$ export X=$(echo hello)\n```\n\nthen\n\n\
             ```console\n$ echo $X; echo at 12:03\nhello\nat …\n$ seq 9\n1\n…\n9\n```\n";
        page(markdown).unwrap();
    }

    #[test]
    fn other_output_fails_with_both_sides() {
        let failure = failure("```console\n$ echo a; echo b\na\nc\n```\n");
        assert!(failure.starts_with("p.md:2: `echo a; echo b`"), "{failure}");
        assert!(failure.contains(" a\n-c\n+b\n"), "{failure}");
    }

    #[test]
    fn a_failing_command_fails_unless_it_is_meant_to() {
        assert!(failure("```console\n$ (exit 7)\n```\n").contains("exit status 7"));
        page("```console fails\n$ (exit 7)\n```\n").unwrap();
        assert!(failure("```console fails\n$ true\n```\n").contains("nothing failed"));
    }

    #[test]
    fn a_background_command_shows_its_output_when_it_comes() {
        page("```console\n$ sh -c 'sleep 0.1; echo up; sleep 60' &\nup\n$ echo on\non\n```\n")
            .unwrap();
    }

    /// A directory with a `hansa` that prints where it listens and goes on running.
    fn programs(address: &str) -> tempfile::TempDir {
        use std::os::unix::fs::PermissionsExt as _;
        let directory = tempfile::tempdir().unwrap();
        let program = directory.path().join("hansa");
        let script = format!("#!/bin/sh\necho listening on http://{address}\nexec sleep 60\n");
        std::fs::write(&program, script).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        directory
    }

    #[test]
    fn a_server_is_waited_for_until_it_is_ready() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let programs = programs(&listener.local_addr().unwrap().to_string());
        let server = std::thread::spawn(move || {
            for status in ["503 Service Unavailable", "200 OK"] {
                let (mut stream, _) = listener.accept().unwrap();
                let mut request = [0; 1024];
                assert!(std::io::Read::read(&mut stream, &mut request).unwrap() > 0);
                let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
                std::io::Write::write_all(&mut stream, answer.as_bytes()).unwrap();
            }
        });
        let markdown =
            "```console\n$ hansa dev --listen 127.0.0.1:0 &\nlistening on http://…\n```\n";
        let blocks = extract::blocks(markdown).unwrap();
        run_page(&Page { path: "p.md".into(), blocks }, programs.path()).unwrap();
        server.join().unwrap();
    }

    #[test]
    fn a_server_that_ends_early_fails_with_what_it_said() {
        let failure =
            failure("```console\n$ sh -c 'echo bad config' hansa serve --listen x &\n```\n");
        assert!(failure.contains("ended before it was ready"), "{failure}");
        assert!(failure.contains("bad config"), "{failure}");
    }

    #[test]
    fn the_tools_own_commands_are_not_run() {
        page("```console\n$ cargo xtask check\nanything\n```\n").unwrap();
    }

    #[test]
    fn pages_may_name_the_binary_as_a_reader_would() {
        assert_eq!(translated("cargo run --release -- dev --seed"), "hansa dev --seed");
        assert_eq!(translated("cargo run --release --"), "hansa");
        assert_eq!(
            translated("A=b cargo run --release -- agent list | head"),
            "A=b hansa agent list | head"
        );
        assert_eq!(translated("cargo run --example x"), "cargo run --example x");
    }
}
