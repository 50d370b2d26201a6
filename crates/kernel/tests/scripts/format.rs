//! The journal's format: what it may hold, and raising it.

use crate::script::check;

#[test]
fn a_new_journal_has_this_releases_format_and_there_is_nothing_to_raise() {
    check(
        "format 2 => invalid_field
         format 1 => invalid_field
         format 3 => invalid_field",
    );
}

#[test]
fn a_format_is_raised_once_by_the_machine_alone() {
    check(
        "found sovereign AVT format:0 => invalid_field
         found sovereign AVT format:3 => invalid_field
         found sovereign AVT genesis:10 format:1 => founded created
         owner olga => created
         agent alice => created
         format 2 @olga => forbidden
         format 1 => invalid_field
         format 3 => invalid_field
         format 2 => format_raised
         format 2 => invalid_field",
    );
}
