//! Owns cutting a mail's text into the parts that are one alert each.
//! Never searches more than a line at a time.

use super::Blocks;
use super::mail::captures;

/// How many alerts of one mail are read. A group of more is a storm, and the rest of it says nothing new.
const MAX: usize = 500;

/// A mail's text, cut up.
pub(super) struct Parts {
    /// What stands above the first block and the first section.
    pub(super) preamble: String,
    /// One for each alert; at most [`MAX`].
    pub(super) blocks: Vec<Block>,
}

/// The part of a text that is about one alert.
#[derive(Default)]
pub(super) struct Block {
    /// The captures of the section it stands in.
    pub(super) section: Vec<(String, String)>,
    /// Its lines, the one that began it included.
    pub(super) text: String,
}

/// Cuts a text up. Without a line that begins a block, the whole text is one.
pub(super) fn split(text: &str, blocks: Option<&Blocks>) -> Parts {
    let whole = || Parts {
        preamble: String::new(),
        blocks: vec![Block { section: Vec::new(), text: text.to_owned() }],
    };
    let Some(rule) = blocks else { return whole() };
    let mut parts = Parts { preamble: String::new(), blocks: Vec::new() };
    let mut section = None;
    let mut inside = false;
    for line in text.lines() {
        if let Some(groups) = rule.section.as_ref().and_then(|regex| captures(regex, line)) {
            section = Some(groups);
            inside = false;
        }
        if captures(&rule.start, line).is_some() {
            if parts.blocks.len() == MAX {
                break;
            }
            parts.blocks.push(Block { section: section.clone().unwrap_or_default(), text: String::new() });
            inside = true;
        }
        match parts.blocks.last_mut() {
            Some(block) if inside => push(&mut block.text, line),
            None if section.is_none() => push(&mut parts.preamble, line),
            _ => {}
        }
    }
    if parts.blocks.is_empty() { whole() } else { parts }
}

fn push(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::Expression;

    fn rule() -> Blocks {
        Blocks { start: Expression::later("^Item$"), section: Some(Expression::later("^== (?<state>.+)$")) }
    }

    #[test]
    fn a_section_holds_until_the_next_and_the_preamble_ends_at_the_first() {
        let parts = split("top\n== down\nno item\nItem\na\nItem\nb\n== up\nno item\nItem\nc", Some(&rule()));
        let shown: Vec<_> =
            parts.blocks.iter().map(|block| (block.section[0].1.as_str(), block.text.as_str())).collect();
        assert_eq!(parts.preamble, "top\n");
        assert_eq!(shown, [("down", "Item\na\n"), ("down", "Item\nb\n"), ("up", "Item\nc\n")]);
    }

    #[test]
    fn a_line_can_open_a_section_and_its_first_block() {
        let rule = Blocks {
            start: Expression::later("Item$"),
            section: Some(Expression::later("== (?<state>[a-z]+)")),
        };
        let parts = split("top == down Item\na", Some(&rule));
        assert_eq!(
            parts.blocks.iter().map(|block| block.section[0].1.as_str()).collect::<Vec<_>>(),
            ["down"]
        );
    }

    #[test]
    fn a_text_without_blocks_is_one() {
        let parts = split("a\n== down\nb", Some(&rule()));
        assert_eq!(
            parts.blocks.iter().map(|block| block.text.as_str()).collect::<Vec<_>>(),
            ["a\n== down\nb"]
        );
    }

    #[test]
    fn a_storm_in_one_mail_is_bounded() {
        assert_eq!(split(&"Item\nx\n".repeat(2 * MAX), Some(&rule())).blocks.len(), MAX);
    }
}
