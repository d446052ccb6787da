//! Compiles the thin layer over libjpeg, with the headers of the library that is linked.

fn main() {
    println!("cargo:rerun-if-changed=src/jpeg");
    #[expect(clippy::disallowed_methods, reason = "cargo speaks to build scripts this way")]
    let include = std::env::var("DEP_TURBOJPEG_INCLUDE");
    let include = include.expect("turbojpeg-sys says where its headers are");
    cc::Build::new()
        .files(["src/jpeg/decoder.c", "src/jpeg/encoder.c"])
        .include(include)
        .opt_level(3)
        .compile("recto_jpeg");
}
