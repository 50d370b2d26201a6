//! Builds the recorder that stands between SQLite and the disk.

fn main() {
    println!("cargo:rerun-if-changed=src/images/recorder.c");
    // Nothing in Rust names the recorder: it registers itself when the program starts.
    let mut build = cc::Build::new();
    build.file("src/images/recorder.c").link_lib_modifier("+whole-archive");
    if let Some(include) = std::env::var_os("DEP_SQLITE3_INCLUDE") {
        build.include(include);
    }
    build.compile("hansa_recorder");
}
