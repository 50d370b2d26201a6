//! hansa
fn main() {}
