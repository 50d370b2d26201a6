//! Random interleavings of revoking, approving, suspending, stopping, editing and acting: no action
//! passes the gate without every key turned, as an independent account of the keys says.

use super::keys::Dice;
use crate::script::{Town, check, run_line};

const INTERLEAVINGS: u64 = 10_000;
const STEPS: usize = 12;
/// Minutes for which an approval counts, and those of one step of time.
const APPROVAL_MINUTES: u32 = 60;
const STEP_MINUTES: u32 = 25;
const SETTING: &str = "
    agent gus @machine
    person gil @machine
    role gus compliance_monitor
    role gil compliance_monitor
";
/// A task of bob's whose one call gus is asked to approve, and alice's grant for it.
const TASK: [&str; 5] = [
    "grant alice bob pay_vendor for 1d currency:AVT per_use:100 as g",
    "declare bob as d",
    "verdict bob d require_approval",
    "request bob d for:1h as r",
    "bound bob r pay_vendor",
];

/// The keys as an account of its own keeps them.
#[derive(Default)]
struct Keys {
    revoked: bool,
    approved: bool,
    suspended: bool,
    held: bool,
    acted: bool,
    minutes: u32,
}

impl Keys {
    /// Whether the approved call may be done now.
    fn turned(&self) -> bool {
        self.approved
            && !(self.revoked || self.suspended || self.held || self.acted)
            && self.minutes < APPROVAL_MINUTES
    }
}

fn does(town: &mut Town, line: &str) -> bool {
    run_line(town, line).is_ok()
}

fn step(town: &mut Town, keys: &mut Keys, dice: &mut Dice, seed: u64) {
    match dice.roll(12) {
        0 => keys.revoked |= does(town, "ungrant g"),
        1..=4 => keys.approved |= does(town, "approve gus r call:pay_vendor"),
        5 => {
            let line = if keys.suspended { "reinstate gus" } else { "suspend gus" };
            keys.suspended ^= does(town, line);
        }
        6 if keys.held => keys.held = !does(town, "resolve gil x dismissed"),
        6 => keys.held = does(town, "concern bob d quarantine as x"),
        7 => {
            keys.minutes += STEP_MINUTES;
            run_line(town, &format!("at +{STEP_MINUTES}m")).unwrap();
            let _ = run_line(town, "tick");
        }
        8 => {
            let other = "act bob d pay_vendor 10 AVT under g call:edited";
            assert!(!does(town, other), "seed {seed}: another call than the approved one");
            let more = "act bob d pay_vendor 101 AVT under g";
            assert!(!does(town, more), "seed {seed}: more than the grant allows");
        }
        _ => {
            let turned = keys.turned();
            let passed = does(town, "act bob d pay_vendor 10 AVT under g");
            assert!(turned || !passed, "seed {seed}: it passed without every key turned");
            keys.acted |= passed;
        }
    }
}

#[test]
fn no_action_passes_without_every_key_turned() {
    let setting = check(SETTING);
    let (mut acted, mut stopped) = (0, 0);
    for seed in 1..=INTERLEAVINGS {
        let mut town = setting.clone();
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let mut keys = Keys::default();
        for line in TASK {
            run_line(&mut town, line)
                .unwrap_or_else(|error| panic!("seed {seed}: {line}: {error}"));
        }
        (0..STEPS).for_each(|_| step(&mut town, &mut keys, &mut dice, seed));
        acted += u32::from(keys.acted);
        stopped += u32::from(!keys.acted);
    }
    // Both happen often, or the walks would show nothing.
    assert!(acted > 500 && stopped > 500, "{acted} acted, {stopped} stopped");
}
