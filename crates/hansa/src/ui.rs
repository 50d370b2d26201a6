//! What a command says: data on standard output, talk on standard error.
//!
//! The same answer is a table for people, JSON for programs, or one line of JSON for each item.
//! Deliberately absent: prompts. A command that needs something says so and ends.

use std::fmt::Write as _;
use std::io::{IsTerminal as _, Write as _};

use clap::ValueEnum;
use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;
use serde_json::Value;

use crate::failure::Failure;

/// How data is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Format {
    /// Columns for people.
    #[default]
    Table,
    /// One JSON document.
    Json,
    /// One JSON value for each line.
    Jsonl,
}

/// Which members a table shows and in which order, as paths such as `price.amount`; for a list
/// within an object also its columns, as `checks:name,ok`. Nothing named means all of them.
pub(crate) type Columns = &'static [&'static str];

/// The ways to the terminal.
#[derive(Debug, Clone)]
pub(crate) struct Ui {
    format: Format,
    quiet: bool,
    colour: bool,
}

impl Ui {
    /// Colour is used on a terminal, unless it is switched off.
    pub(crate) fn new(format: Format, quiet: bool, no_colour: bool) -> Self {
        let switched_off = no_colour || std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
        let colour = !switched_off && std::io::stdout().is_terminal();
        Self { format, quiet, colour }
    }

    /// How data is written.
    pub(crate) fn format(&self) -> Format {
        self.format
    }

    /// Whether people read the data.
    pub(crate) fn is_for_people(&self) -> bool {
        self.format == Format::Table
    }

    /// Whether progress may be drawn.
    pub(crate) fn draws_progress(&self) -> bool {
        !self.quiet && std::io::stderr().is_terminal()
    }

    /// Talk, unless it is not wanted.
    pub(crate) fn say(&self, text: &str) {
        if !self.quiet {
            self.complain(text);
        }
    }

    /// Talk that cannot be switched off: errors, and secrets that are shown once.
    pub(crate) fn complain(&self, text: &str) {
        // Nobody is left to tell when standard error is gone.
        let _ = writeln!(std::io::stderr(), "{text}");
    }

    /// A line of data as it is.
    pub(crate) fn line(&self, text: &str) -> Result<(), Failure> {
        self.raw(format!("{text}\n").as_bytes())
    }

    /// Bytes of data as they are.
    pub(crate) fn raw(&self, bytes: &[u8]) -> Result<(), Failure> {
        let mut out = std::io::stdout().lock();
        match out.write_all(bytes).and_then(|()| out.flush()) {
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Err(Failure::enough()),
            result => result.map_err(|error| Failure::because("cannot write the output", &error)),
        }
    }

    /// An answer.
    pub(crate) fn answer(&self, data: &impl Serialize, columns: Columns) -> Result<(), Failure> {
        let unwritable = |error| Failure::because("cannot write the answer", &error);
        match self.format {
            Format::Json => self.line(&serde_json::to_string_pretty(data).map_err(unwritable)?),
            Format::Jsonl => {
                let value = serde_json::to_value(data).map_err(unwritable)?;
                match items(&value) {
                    Some(items) => items.iter().try_for_each(|item| self.line(&item.to_string())),
                    None => self.line(&serde_json::to_string(data).map_err(unwritable)?),
                }
            }
            Format::Table => {
                let value = serde_json::to_value(data).map_err(unwritable)?;
                self.raw(table(&value, columns).as_bytes())?;
                if let Some(cursor) = value.get("next_cursor").and_then(Value::as_str) {
                    self.say(&format!("there is more: --cursor {cursor}"));
                }
                Ok(())
            }
        }
    }

    /// A text in green, where colour is used.
    pub(crate) fn good(&self, text: &str) -> String {
        self.painted("32", text)
    }

    /// A text in red, where colour is used.
    pub(crate) fn bad(&self, text: &str) -> String {
        self.painted("31", text)
    }

    /// A text made less important, where colour is used.
    pub(crate) fn faint(&self, text: &str) -> String {
        self.painted("2", text)
    }

    fn painted(&self, code: &str, text: &str) -> String {
        match self.colour {
            true => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
            false => text.to_owned(),
        }
    }
}

/// The items of a list answer: a page, a batch's results or a bare array.
fn items(value: &Value) -> Option<&Vec<Value>> {
    let lists = ["data", "results", "agents"];
    value.as_array().or_else(|| lists.iter().find_map(|name| value.get(name)?.as_array()))
}

/// Draws a value: rows for a list, a line for each member of anything else.
fn table(value: &Value, columns: Columns) -> String {
    match (items(value), value) {
        (Some(items), _) if items.iter().all(Value::is_object) => rows(items, columns),
        (Some(items), _) => items.iter().map(|item| text(item) + "\n").collect(),
        (None, Value::Object(_)) => members(value, columns),
        (None, other) => text(other) + "\n",
    }
}

fn rows(items: &[Value], columns: &[&str]) -> String {
    let derived: Vec<&str> = match (columns, items.first()) {
        ([], Some(Value::Object(first))) => first.keys().map(String::as_str).collect(),
        _ => columns.to_vec(),
    };
    let mut table = plain_table();
    table.set_header(derived.iter().map(|path| heading(path)));
    for item in items {
        table.add_row(derived.iter().map(|path| at(item, path).map(text).unwrap_or_default()));
    }
    finished(&table)
}

fn members(value: &Value, columns: Columns) -> String {
    let derived: Vec<&str> = match (columns, value) {
        ([], Value::Object(members)) => members.keys().map(String::as_str).collect(),
        _ => columns.to_vec(),
    };
    let (mut plain, mut lists) = (Vec::new(), Vec::new());
    for column in derived {
        let (path, within) = column.split_once(':').unwrap_or((column, ""));
        match at(value, path) {
            Some(Value::Array(items))
                if !items.is_empty() && items.iter().all(Value::is_object) =>
            {
                lists.push((path, items, within));
            }
            Some(value) => plain.push((path, value)),
            None => {}
        }
    }
    let width = plain.iter().map(|(path, _)| path.chars().count()).max().unwrap_or(0);
    let mut out = String::new();
    for (path, value) in plain {
        let value = text(value);
        // A document of several lines, such as a key, stands below its name.
        let _ = match value.trim_end().contains('\n') {
            true => writeln!(out, "{path}\n{}", value.trim_end()),
            false => writeln!(out, "{path:width$}  {value}"),
        };
    }
    for (path, items, within) in lists {
        let columns: Vec<&str> = within.split(',').filter(|column| !column.is_empty()).collect();
        let _ = write!(out, "{path}\n{}", rows(items, &columns));
    }
    out
}

fn plain_table() -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table
}

/// The table without blanks at the end of its lines.
fn finished(table: &Table) -> String {
    let lines = table.to_string();
    lines.lines().map(|line| format!("{}\n", line.trim().to_owned())).collect()
}

fn heading(path: &str) -> String {
    path.replace(['_', '.'], " ").to_uppercase()
}

fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(value, |value, name| value.get(name))
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.iter().all(|i| !i.is_object() && !i.is_array()) => {
            items.iter().map(text).collect::<Vec<_>>().join(" ")
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_page_is_drawn_as_rows() {
        let page = json!({
            "data": [{ "id": "a", "price": { "amount": "5" } }, { "id": "bcd", "price": null }],
            "next_cursor": null,
        });
        let drawn = table(&page, &["id", "price.amount"]);
        assert_eq!(drawn, "ID   PRICE AMOUNT\na    5\nbcd\n");
    }

    #[test]
    fn an_object_is_drawn_as_members_with_its_lists_below() {
        let object = json!({ "id": "a", "long_name": true, "list": [{ "x": 1 }], "none": null });
        let drawn = table(&object, &[]);
        assert_eq!(drawn, "id         a\nlong_name  true\nnone       -\nlist\nX\n1\n");
        assert_eq!(table(&object, &["long_name"]), "long_name  true\n");
        let list = json!({ "list": [{ "a": 1, "b": 2 }], "pem": "BEGIN\nEND\n" });
        assert_eq!(table(&list, &["list:b,a", "pem"]), "pem\nBEGIN\nEND\nlist\nB  A\n2  1\n");
    }

    #[test]
    fn an_empty_page_has_its_headings() {
        assert_eq!(table(&json!({ "data": [] }), &["id"]), "ID\n");
    }
}
