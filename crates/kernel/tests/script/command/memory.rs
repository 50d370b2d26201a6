//! ```text
//! remember NAME BYTES [id:M]     as M          forget M
//! ```

use hansa_kernel::{Command, memory};
use hansa_types::{AnyId, MemoryId};

use super::super::{Named, Town, Words};
use super::Asked;

pub(super) const VERBS: &[&str] = &["remember", "forget"];

pub(super) fn parse(town: &mut Town, verb: &str, words: &mut Words<'_>) -> Result<Asked, String> {
    let name = words.next()?;
    if verb == "forget" {
        let id = memory_id(town, name)?;
        let kept = town.state.memories.get(id);
        let agent = kept.map(|kept| town.name_of(town.state.principals.get(kept.agent).id.into()));
        let agent = agent.unwrap_or_else(|| "alice".to_owned());
        return Asked::by(&agent, Command::MemoryDelete(memory::Delete { id }));
    }
    let bytes = words.next()?;
    let number = town.entropy();
    let id = words.keyed("id:").map(|other| memory_id(town, other)).transpose()?;
    let write = memory::Write {
        id: id.unwrap_or(MemoryId::new(town.now.0, number)),
        agent: town.principal(name),
        bytes: bytes.parse().map_err(|_| format!("{bytes} is no number"))?,
        content: Town::digest_of(&format!("content {number}")),
        about: Town::digest_of(&format!("about {number}")),
    };
    Asked::by(name, Command::MemoryWrite(write))
}

fn memory_id(town: &Town, name: &str) -> Result<MemoryId, String> {
    match town.named(name)? {
        Named::Id(AnyId::Memory(id)) => Ok(id),
        other => Err(format!("{name} is {other:?} and no memory")),
    }
}
