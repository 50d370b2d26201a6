//! Organizations: who is in them, what each role may do and see, and what belongs to them.

use hansa_kernel::org::{Joined, Left, OrgRole};
use hansa_kernel::principal::{self, Kind};
use hansa_kernel::{Auth, Entry, Event};
use hansa_types::{AnyId, EntryId, PrincipalId, Vis};

use crate::script::{Town, check, run_line};

/// An organization of pat's with somebody of each role, beside quinn, who is not in it.
const ACME: &str = "
    person pat
    person ada
    person mia
    person gus
    person quinn
    org acme @pat
    invite acme admin secret:a @pat
    join ada a
    invite acme member secret:m @ada
    join mia m
    invite acme guest secret:g @ada
    join gus g
";

fn check_acme(script: &str) {
    check(&format!("{ACME}\n{script}"));
}

#[test]
fn whoever_makes_an_organization_owns_it_and_nobody_controls_it() {
    check(
        "person pat
         org acme @pat => created principal ; joined member acme ; granted to pat
         role acme pat = owner
         controller acme = nobody
         rows orgs invites = 1 0
         org other @alice => forbidden
         org acme2 id:acme @pat => principal_exists
         agent x id:acme => principal_exists
         snapshot
         role acme pat = owner",
    );
}

#[test]
fn an_invitation_is_good_once_and_for_its_time() {
    check(
        "person pat
         person quinn
         person rita
         org acme @pat
         invite acme member secret:s for 1h @pat => invited member acme as i
         join quinn wrong => invite_invalid
         snapshot
         join quinn s => joined member acme ; granted to quinn
         join rita s => invite_invalid
         role acme quinn = member
         invite acme member secret:t for 1h @pat as j
         at +3599999ms
         join quinn t => member_exists
         at +1ms
         join rita t => invite_invalid
         rows invites = 1
         filler 1
         rows invites = 0",
    );
}

#[test]
fn an_invitation_is_taken_back_and_falls_with_who_made_it() {
    check_acme(
        "invite acme guest secret:x @ada as i
         uninvite i @mia => forbidden
         uninvite i @quinn => forbidden
         uninvite i @pat => revoked invite acme
         join quinn x => invite_invalid
         uninvite i @pat => not_found
         invite acme member secret:y @ada
         orgrole acme ada member @pat
         join quinn y => invite_invalid
         orgrole acme ada admin @pat
         join quinn y => joined",
    );
    check_acme(
        "invite acme member secret:y @ada
         dismiss acme ada @pat
         join quinn y => invite_invalid",
    );
    check_acme(
        "invite acme member secret:y @ada
         suspend ada
         join quinn y => invite_invalid
         reinstate ada
         suspend acme
         join quinn y => invite_invalid
         reinstate acme
         join quinn y => joined",
    );
}

#[test]
fn an_invitation_to_an_address_is_for_its_account_alone() {
    check(
        "person pat
         register dora dora@example.com pw
         register emil emil@example.com pw
         org acme @pat
         invite acme admin secret:s mail:dora@example.com @pat
         join pat s => invite_invalid
         join emil s => invite_invalid
         join alice s => invite_invalid
         join dora s => joined
         role acme dora = admin",
    );
}

#[test]
fn invitations_are_of_those_above_the_role() {
    check_acme(
        "invite acme owner @pat => invalid_field
         invite acme admin @pat => invited
         invite acme admin @ada => role_too_low
         invite acme member @ada => invited
         invite acme guest @mia => forbidden
         invite acme guest @gus => forbidden
         invite acme guest @quinn => forbidden
         invite acme guest @olga => forbidden
         invite acme member for 59s @pat => invalid_field
         invite acme member for 60s @pat => invited
         invite acme member for 30d @pat => invited as last
         invite acme member for 31d @pat => invalid_field
         invite acme member id:last @pat => invalid_field
         invite acme member secret:one @pat
         invite acme member secret:one @pat => invalid_field
         invite pat member @pat => org_unknown
         invite nobody member @pat => org_unknown",
    );
}

#[test]
fn a_hundred_invitations_are_pending() {
    let mut script = "person pat\n person quinn\n org acme @pat\n".to_owned();
    for number in 0..100 {
        script += &format!("invite acme guest secret:s{number} for 1h @pat as i{number}\n");
    }
    script += "invite acme guest @pat => state_full
         uninvite i0 @pat
         invite acme guest for 1h @pat => invited
         invite acme guest @pat => state_full
         join quinn s1
         invite acme guest for 1h @pat => invited
         at +1h
         invite acme guest @pat => invited";
    check(&script);
}

#[test]
fn roles_are_set_by_those_above_them() {
    check_acme(
        "orgrole acme gus member @mia => forbidden
         orgrole acme gus member @gus => forbidden
         orgrole acme gus member @quinn => forbidden
         orgrole acme gus member @ada => role_changed member acme ; granted to gus
         orgrole acme gus guest @ada => role_changed member acme ; revoked grant
         orgrole acme gus guest @ada => invalid_field
         orgrole acme gus admin @ada => role_too_low
         orgrole acme pat member @ada => role_too_low
         orgrole acme ada member @ada => role_too_low
         orgrole acme quinn member @pat => member_unknown
         orgrole acme nobody member @pat => member_unknown
         orgrole acme ada owner @pat => role_changed
         orgrole acme pat member @ada => role_changed
         orgrole acme ada admin @ada => last_owner
         role acme pat = member
         role acme ada = owner",
    );
}

#[test]
fn the_last_owner_stays_until_there_is_another() {
    check_acme(
        "quit acme pat => last_owner
         orgrole acme pat admin @pat => last_owner
         dismiss acme pat @ada => role_too_low
         dismiss acme pat @pat => last_owner
         orgrole acme mia owner @pat
         suspend mia
         quit acme pat => last_owner
         reinstate mia
         quit acme pat => left member acme ; revoked grant
         role acme pat = none
         quit acme pat => member_unknown
         quit acme mia => last_owner",
    );
}

#[test]
fn an_owner_hands_the_organization_on() {
    check_acme(
        "handover acme ada @ada => forbidden
         handover acme quinn @pat => member_unknown
         handover acme pat @pat => invalid_field
         suspend mia
         handover acme mia @pat => principal_suspended
         handover acme ada @pat => owner_transferred org acme ; granted to ada
         role acme ada = owner
         role acme pat = admin
         orgrole acme mia admin @pat => role_too_low
         orgrole acme mia admin @ada => role_changed
         snapshot
         invite acme member @pat => invited
         handover acme pat @pat => grant_revoked",
    );
}

#[test]
fn members_leave_and_are_dismissed_by_those_above_them() {
    check_acme(
        "team acme @ada as crew
         teamed crew mia @ada
         quit acme mia @ada => forbidden
         quit acme mia => left member acme ; revoked grant
         role acme mia = none
         teamed crew mia @ada => member_unknown
         dismiss acme gus @ada => left member acme
         dismiss acme ada @ada => role_too_low
         dismiss acme ada @pat => left
         invite acme member @ada => grant_revoked
         dismiss acme quinn @pat => member_unknown",
    );
}

#[test]
fn what_comes_with_a_role_ends_with_it_and_not_by_itself() {
    check(
        "person pat
         person quinn
         org acme @pat
         mint acme 50
         transfer acme bob 1 @pat => posted under
         invite acme admin secret:s @pat
         join quinn s
         transfer acme bob 1 @quinn => posted under
         grant acme carol transfer_create for 1d @quinn => granted as g
         transfer acme bob 1 @carol => posted under g
         orgrole acme quinn member @pat => role_changed member acme ; revoked grant quinn ; granted to quinn",
    );
    check_acme(
        "mint acme 50
         grant acme carol transfer_create for 1d @ada => granted as g
         transfer acme bob 1 @carol => posted under g
         transfer acme bob 1 @mia => forbidden
         transfer acme bob 1 @gus => forbidden
         transfer acme bob 1 @quinn => forbidden
         dismiss acme ada @pat
         transfer acme bob 1 @carol => grant_revoked
         transfer acme bob 1 @ada => grant_revoked
         balance acme AVT = 48.995",
    );
}

#[test]
fn the_grant_of_a_role_is_no_grant_to_take_back() {
    check(
        "person pat
         person quinn
         org acme @pat
         invite acme member secret:s @pat
         join quinn s => joined member acme ; granted to quinn as q
         relinquish q.grant => invalid_field
         ungrant q.grant @pat => invalid_field
         rows grants = 3
         orgrole acme quinn admin @pat
         relinquish q.grant => grant_revoked",
    );
}

#[test]
fn an_organization_has_no_credentials() {
    check_acme(
        "key acme * @pat => invalid_field
         client acme * @pat => invalid_field
         rotate acme key:other @pat => invalid_field
         transfer acme bob 1 @acme !with:pat => credential_invalid
         card acme @pat => set
         card acme @ada => set
         card acme @mia => forbidden
         card acme @gus => forbidden
         card acme @quinn => forbidden",
    );
}

#[test]
fn an_agent_is_onboarded_for_the_organization_by_its_members() {
    check_acme(
        "onboard a1 org:acme @mia => created principal ; minted ; created client a1 ; transferred agent a1
         controller a1 = acme
         onboard a2 org:acme @gus => forbidden
         onboard a2 org:acme @quinn => forbidden
         onboard a2 org:pat @pat => org_unknown
         onboard a2 org:acme max:1 @pat => quota_exceeded
         onboard a2 org:acme max:2 @pat => created
         onboard a3 max:1 @mia => created
         card a1 @mia => set
         card a1 @pat => set
         card a1 @gus => forbidden
         card a1 @quinn => forbidden
         key a1 * @mia => forbidden
         key a1 * @ada => created as k
         unkey k @mia => forbidden
         unkey k @pat => revoked
         rotate a1 key:a1b @mia => forbidden
         rotate a1 key:a1b @ada => rotated
         ask a1 5 @ada => requested
         erase a1 @ada => forbidden
         erase a1 @pat => erased",
    );
}

#[test]
fn whoever_is_granted_it_for_the_organization_manages_its_agents_within_the_grant() {
    check_acme(
        "onboard a1 org:acme @mia
         onboard a2 org:acme @mia
         grant acme carol agent_card_set for 1d on:a1 uses:2 @pat => granted as g
         card a1 @carol => set ; used grant
         card a2 @carol => forbidden
         card a1 @carol => set ; used
         card a1 @carol => forbidden
         suspend acme
         card a1 @pat => forbidden
         key a1 * @ada => forbidden
         transfer a1 bob 1 => posted",
    );
}

#[test]
fn an_agent_goes_to_an_organization_and_back_to_a_member() {
    check_acme(
        "onboard mine @mia as o
         key mine * @mia => created as k
         hand mine acme @quinn => forbidden
         hand mine quinn @mia => invalid_field
         hand mine mia @mia => invalid_field
         hand mine bob @mia => invalid_field
         hand mia acme @olga => invalid_field
         hand nobody acme @mia => principal_unknown
         hand mine acme max:0 @mia => quota_exceeded
         hand mine acme @mia => transferred agent mine ; revoked api_key ; revoked client ; revoked tokens
         controller mine = acme
         transfer mine bob 1 @k => credential_invalid
         transfer mine bob 1 @client/mine => credential_invalid
         transfer mine bob 1 => posted
         hand mine mia @mia => forbidden
         hand mine mia @mine => forbidden
         hand mine acme @pat => invalid_field
         hand mine gus @ada => invalid_field
         hand mine quinn @ada => invalid_field
         key mine * @ada as l
         hand mine mia keep max:0 @ada => quota_exceeded
         hand mine mia keep @ada => transferred agent mine
         controller mine = mia
         transfer mine bob 1 @l => posted
         card mine @ada => forbidden
         card mine @mia => set",
    );
}

#[test]
fn nobody_hands_an_agent_to_an_organization_they_do_not_work_in() {
    check_acme(
        "onboard q1 @quinn
         hand q1 acme @quinn => org_unknown
         onboard g1 @gus
         hand g1 acme @gus => org_unknown
         onboard m1 @mia
         invite acme guest secret:n @pat
         join m1 n => joined
         hand m1 acme @mia => invalid_field
         quit acme m1
         suspend acme
         hand m1 acme @mia => org_unknown
         reinstate acme
         hand m1 acme @mia => transferred
         invite acme guest secret:o @pat
         join m1 o => invalid_field",
    );
}

#[test]
fn nobody_is_under_an_agent_that_is_theirs() {
    check(
        "grant node alice principal_create agent_create for 1d @olga
         person pat @alice
         controller pat = alice
         person rita
         org acme @rita
         invite acme admin secret:s @rita
         join pat s
         invite acme member secret:t @rita
         join olga t
         hand alice acme @olga => transferred
         hand alice pat @rita => invalid_field
         controller alice = acme",
    );
}

#[test]
fn teams_are_of_members() {
    check_acme(
        "team acme @mia => forbidden
         team acme @quinn => forbidden
         team acme @ada => created team acme as crew
         team acme id:crew @ada => invalid_field
         teamed crew mia @ada => joined team acme
         teamed crew mia @ada => member_exists
         teamed crew quinn @ada => member_unknown
         teamed crew gus @mia => forbidden
         role acme mia = member in 1 teams
         snapshot
         unteamed crew gus @ada => member_unknown
         unteamed crew mia @ada => left team acme
         role acme mia = member
         teamed crew mia @ada
         unteam crew @gus => forbidden
         unteam crew @ada => deleted team acme
         unteam crew @ada => team_unknown
         teamed crew mia @ada => team_unknown
         role acme mia = member",
    );
}

#[test]
fn an_organization_has_a_hundred_teams() {
    let mut script = "person pat\n org acme @pat\n".to_owned();
    script += &"team acme @pat\n".repeat(99);
    script += "team acme @pat as last
         team acme @pat => state_full
         unteam last @pat
         team acme @pat => created";
    check(&script);
}

#[test]
fn members_see_what_the_organization_owns_and_guests_what_is_shared() {
    check_acme(
        "onboard a1 org:acme @mia
         onboard a2 org:acme @mia
         onboard mine @mia
         sees pat acme = yes
         sees mia acme = yes
         sees mia a1 = yes
         sees mia mine = no
         sees mia pat = no
         sees gus acme = no
         sees gus a1 = no
         sees quinn a1 = no
         share a1 gus @mia => forbidden
         share mine gus @mia => invalid_field
         share a1 quinn @ada => member_unknown
         share a1 gus @quinn => forbidden
         share a1 gus @ada => shared agent acme
         share a1 gus @ada => invalid_field
         sees gus a1 = yes
         sees gus a2 = no
         sees gus acme = no
         snapshot
         sees gus a1 = yes
         unshare a2 gus @ada => not_found
         unshare a1 gus @ada => unshared agent acme
         sees gus a1 = no
         team acme @ada as crew
         share a2 crew @ada => shared
         sees gus a2 = no
         teamed crew gus @ada
         sees gus a2 = yes
         unteamed crew gus @ada
         sees gus a2 = no
         teamed crew gus @ada
         unteam crew @ada
         sees gus a2 = no
         share a2 gus @ada
         hand a2 mia @ada
         sees gus a2 = no
         sees pat a2 = no
         hand a2 acme @mia
         sees pat a2 = yes
         sees gus a2 = no",
    );
}

#[test]
fn an_erased_developer_leaves_no_organization_without_an_owner() {
    check_acme(
        "erase pat => last_owner
         erase pat @pat => last_owner
         handover acme ada @pat
         erase pat @pat => erased principal pat ; left member acme ; revoked grant
         role acme pat = none
         role acme ada = owner
         onboard a1 org:acme @ada
         erase acme @mia => forbidden
         erase acme @ada => org_not_empty
         erase a1 @ada => erased
         invite acme guest secret:z @ada
         erase acme @ada => erased principal acme
         rows orgs invites = 0 0
         erase ada @ada => erased
         join quinn z => invite_invalid
         invite acme guest @mia => org_unknown
         transfer acme bob 1 @mia => forbidden",
    );
}

#[test]
fn a_principal_owns_twenty_organizations_and_is_in_a_hundred() {
    let mut script = "person pat\n person quinn\n".to_owned();
    for number in 0..20 {
        script += &format!("org o{number} @pat\n");
    }
    script += "org more @pat => state_full
         invite o0 member secret:s @pat
         join quinn s
         handover o0 quinn @pat
         org more @pat => created\n";
    check(&script);
    let mut script = "person quinn\n".to_owned();
    for owner in 0..5 {
        script += &format!("person p{owner}\n");
        for number in 0..20 {
            script += &format!(
                "org o{owner}x{number} @p{owner}
                 invite o{owner}x{number} guest secret:s{owner}x{number} @p{owner}
                 join quinn s{owner}x{number}\n"
            );
        }
    }
    script += "person last
         org one @last
         invite one guest secret:s @last
         join quinn s => state_full
         quit o0x0 quinn
         join quinn s => joined";
    check(&script);
}

#[test]
fn an_organization_has_a_thousand_members() {
    let mut town = check("person pat\n org acme @pat\n");
    let org = town.principal("acme");
    for number in 1..1_000 {
        let id = PrincipalId::new(town.now.0, 1_000_000 + number);
        let key = Town::public_key(&number.to_string());
        let created = principal::Created { kind: Kind::Agent, key, card: None, owner: false };
        apply(&mut town, (id.into(), None), Event::PrincipalCreated(created));
        let joined = Joined { member: id, role: OrgRole::Guest, grant: None, invite: None };
        let entry = EntryId::new(town.now.0, number).into();
        apply(&mut town, (entry, Some(org.into())), Event::MemberJoined(joined));
    }
    for line in [
        "invite acme guest secret:t @pat",
        "join bob t => state_full",
        "invite acme guest secret:u @pat as i",
        "uninvite i @pat",
    ] {
        run_line(&mut town, line).unwrap();
    }
    let left = Left { member: PrincipalId::new(town.now.0, 1_000_001) };
    let entry = EntryId::new(town.now.0, 1_000).into();
    apply(&mut town, (entry, Some(org.into())), Event::MemberLeft(left));
    run_line(&mut town, "join bob t => joined").unwrap();
}

/// Applies an event without the pains of asking for it.
fn apply(town: &mut Town, (id, subject): (AnyId, Option<AnyId>), event: Event) {
    town.state.apply(&Entry {
        seq: town.state.seq + 1,
        ts: town.now,
        id,
        vis: Vis::Org,
        actor: None,
        auth: Auth::Machine,
        subject,
        corr: None,
        event,
    });
}
