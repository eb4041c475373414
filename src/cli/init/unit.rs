//! Owns the unit by which systemd runs firebell: only what a program that reads mail and writes a store has to be able to do.

use std::env;
use std::path::{self, Path};

/// The unit, before the places are filled in.
const UNIT: &str = include_str!("firebell.service");
/// Where the configuration of a service lies when nothing else is said.
const CONFIG: &str = "/etc/firebell/firebell.toml";

/// The unit for this program and this configuration.
pub(super) fn text(config: Option<&Path>) -> String {
    let config = config.and_then(|config| path::absolute(config).ok()).unwrap_or_else(|| CONFIG.into());
    let home = config.parent().unwrap_or(Path::new("/"));
    let program = env::current_exe().map_or_else(|_| "/usr/local/bin/firebell".into(), |at| quoted(&at));
    UNIT.replace("{program}", &program)
        .replace("{config}", &quoted(&config))
        .replace("{home}", &home.display().to_string().replace('%', "%%"))
}

/// A path as systemd reads it (systemd.syntax(7), systemd.unit(5)).
fn quoted(path: &Path) -> String {
    let text = path.display().to_string().replace('%', "%%");
    if text.contains(|c: char| c.is_whitespace() || "\"'\\$;".contains(c)) {
        return format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('$', "$$"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unit_names_program_and_configuration() {
        let unit = text(Some(Path::new("/srv/fire bell/site.toml")));
        assert!(unit.contains(" run --config \"/srv/fire bell/site.toml\"\n"), "{unit}");
        assert!(unit.contains("\nLoadCredential=key:/srv/fire bell/firebell.key\n"), "{unit}");
        assert!(text(None).contains(" --config /etc/firebell/firebell.toml\n"));
        assert!(!unit.contains(['{', '}']), "{unit}");
    }

    #[test]
    fn a_path_is_no_specifier_and_no_variable() {
        assert_eq!(quoted(Path::new("/a/100%/b")), "/a/100%%/b");
        assert_eq!(quoted(Path::new("/a/$b")), "\"/a/$$b\"");
    }
}
