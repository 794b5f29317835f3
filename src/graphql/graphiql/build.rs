//! Build script: embeds the files of GraphiQL that `.ci/graphiql-assets` installed. Without them
//! the page loads the same files from a CDN.

use std::error::Error;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

const FOLDER: &str = "src/graphql/graphiql";

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join(FOLDER);
    let assets = folder.join("assets");
    // The time of the folder itself changes when `assets` appears or disappears.
    println!("cargo::rerun-if-changed={FOLDER}");
    let list = fs::read_to_string(folder.join("files.txt"))?;
    let mut code = String::from("&[\n");
    for line in list.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let [name, source, integrity] = line.split_whitespace().collect::<Vec<_>>()[..] else {
            return Err(format!("files.txt: expected three fields in {line:?}").into());
        };
        let body = body(&assets, name)?;
        writeln!(code, "File::new({name:?}, {source:?}, {integrity:?}, {body}),")?;
    }
    code.push(']');
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("graphiql_files.rs"), code)?;
    Ok(())
}

/// The expression for the embedded content of one file, which is copied to where it is included
/// from: another checkout may share the folder of build results.
fn body(assets: &Path, name: &str) -> Result<String, Box<dyn Error>> {
    if !assets.exists() {
        return Ok("None".to_owned());
    }
    let (plain, gzip) = (name.to_owned(), format!("{name}.gz"));
    let folder = PathBuf::from(env::var("OUT_DIR")?);
    for file in [&plain, &gzip] {
        fs::copy(assets.join(file), folder.join(file))
            .map_err(|error| format!("{file}: {error}; run .ci/graphiql-assets"))?;
    }
    let body = "Some(Body { plain: include_bytes!";
    Ok(format!("{body}({plain:?}), gzip: include_bytes!({gzip:?}) }})"))
}
