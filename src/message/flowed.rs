//! Owns format=flowed (RFC 3676): lines that a mail program broke for the wire are whole again before anybody asks what
//! each line is.
//! Never joins lines of different quoting, nor anything with the signature's `-- `.

/// The text with its flowed lines joined. `delete_space` is the part's `DelSp=yes`: the space that marks a flowed line
/// is none of the text's (RFC 3676, 4.1; what Japanese mail programs send).
pub(super) fn unflow(text: &str, delete_space: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut flowing: Option<usize> = None;
    for (at, line) in text.split('\n').enumerate() {
        let inner = line.trim_start_matches('>');
        let depth = line.len() - inner.len();
        let inner = inner.strip_prefix(' ').unwrap_or(inner); // 4.4: space-stuffing
        let is_delimiter = inner == "-- ";
        if flowing != Some(depth) || is_delimiter {
            if at > 0 {
                // 4.5: a flowed line that nothing follows is fixed after all.
                out.push('\n');
            }
            out.push_str(&">".repeat(depth));
            if depth > 0 && !inner.is_empty() {
                out.push(' ');
            }
        }
        let flows = inner.ends_with(' ') && !is_delimiter;
        out.push_str(if flows && delete_space { inner.strip_suffix(' ').unwrap_or(inner) } else { inner });
        flowing = flows.then_some(depth);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flowed_lines_are_joined_and_others_are_not() {
        assert_eq!(
            unflow("web01 is \ndown since \n03:12.\nLooking.", false),
            "web01 is down since 03:12.\nLooking."
        );
        assert_eq!(unflow("応答が \nありません", true), "応答がありません");
    }

    #[test]
    fn a_line_flows_only_into_one_of_its_own_depth() {
        assert_eq!(unflow(">> a \n>> b \n> c \nd", false), ">> a b \n> c \nd");
    }

    #[test]
    fn stuffed_spaces_go_and_the_signature_stays_apart() {
        assert_eq!(
            unflow(" > no quote\n From the log \n-- \nKen", false),
            "> no quote\nFrom the log \n-- \nKen"
        );
    }
}
