//! Generated files are what the code makes.

#[test]
fn the_committed_schema_is_the_one_that_is_served() {
    let committed = include_str!("../../schema.graphql");
    assert!(
        committed == postern::graphql::sdl(),
        "schema.graphql is not current; run: cargo run -- schema > schema.graphql"
    );
}

#[test]
fn the_readme_names_every_setting() {
    let readme = include_str!("../../README.md");
    for setting in postern::config::SETTINGS {
        let variable = format!("`POSTERN_{}`", setting.name.to_ascii_uppercase());
        assert!(readme.contains(&variable), "{variable} is missing in the README");
    }
}
