//! Scene 2: two agents make their own keys and are registered with their cards.

use hansa_crypto::Secret;
use hansa_wire::client::Credential;
use hansa_wire::scalar::WireKey;

use super::cast::{Actor, Cast, Member, register};
use super::process::Stage;
use super::tell::{Facts, Told};
use crate::failure::Failure;
use crate::remote::Remote;
use crate::sign::Signer;
use crate::{files, sign};

/// Registers alice and bob. The node never sees their private keys.
pub(super) async fn create(stage: &Stage, owner_key: Secret) -> Told<Cast> {
    let url = &stage.announced.url;
    let owner = Remote::new(url, Credential::ApiKey(owner_key.clone()), None)?;
    let alice = actor(stage, &owner, &Member::ALICE).await?;
    let bob = actor(stage, &owner, &Member::BOB).await?;
    let facts = Facts::new()
        .with("alice", alice.signer.did().as_str())
        .with("bob", bob.signer.did().as_str())
        .with("bob_skill", Member::BOB.skill)
        .with("bob_price", Member::BOB.price);
    Ok((Cast { owner, owner_key, alice, bob }, facts))
}

/// Registers one of the cast under a key of its own.
pub(super) async fn actor(
    stage: &Stage,
    owner: &Remote,
    member: &Member,
) -> Result<Actor, Failure> {
    let key = sign::new_key();
    let file = stage.dir.join(format!("{}.pem", member.name));
    files::write_new_secret(&file, &key.to_pkcs8_pem())?;
    let created = register(owner, member, Some(WireKey(key.public()))).await?;
    let missing = || Failure::new(format!("{} got no API key", member.name));
    let api_key = created.api_key.ok_or_else(missing)?.0;
    let remote = Remote::new(owner.url(), Credential::ApiKey(api_key.clone()), None)?;
    Ok(Actor { id: created.id, signer: Signer::new(key), api_key, remote })
}
