//! JSON for `--json`: indented by two, safe on a terminal, in the order it came.

use serde::{Serialize, de::IgnoredAny};

use super::text::is_control;

/// A value as one document.
pub fn document(value: &impl Serialize) -> String {
    // Only maps with keys that are not text fail, and there are none.
    escape(&serde_json::to_string_pretty(value).unwrap_or_default())
}

/// A server's answer, indented, its fields in their order; `None` when it is not JSON.
pub fn verbatim(text: &str) -> Option<String> {
    serde_json::from_str::<IgnoredAny>(text).ok()?;
    Some(escape(&indent(text)))
}

/// What a terminal could act on, and JSON allows unescaped inside strings, as `\uXXXX`.
fn escape(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    for character in json.chars() {
        if character != '\n' && is_control(character) {
            safe.push_str(&format!("\\u{:04x}", u32::from(character)));
        } else {
            safe.push(character);
        }
    }
    safe
}

/// Valid JSON, indented like `serde_json` does it.
fn indent(json: &str) -> String {
    let mut out = String::with_capacity(json.len() * 2);
    let mut depth = 0_usize;
    let mut characters = json.chars().filter_outside_strings().peekable();
    while let Some((character, in_string)) = characters.next() {
        match character {
            _ if in_string => out.push(character),
            '{' | '[' => {
                out.push(character);
                if let Some((close @ ('}' | ']'), false)) = characters.peek().copied() {
                    out.push(close);
                    characters.next();
                } else {
                    depth += 1;
                    line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push(character);
            }
            ',' => {
                out.push(',');
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            character => out.push(character),
        }
    }
    out
}

fn line(out: &mut String, depth: usize) {
    out.push('\n');
    out.push_str(&"  ".repeat(depth));
}

trait OutsideStrings: Iterator<Item = char> + Sized {
    /// Drops blanks between tokens and tells which characters belong to a string.
    fn filter_outside_strings(self) -> impl Iterator<Item = (char, bool)> {
        let (mut in_string, mut escaped) = (false, false);
        self.filter_map(move |character| {
            if in_string {
                let ends = character == '"' && !escaped;
                escaped = character == '\\' && !escaped;
                in_string = !ends;
                return Some((character, true));
            }
            match character {
                ' ' | '\n' | '\r' | '\t' => None,
                '"' => {
                    in_string = true;
                    Some((character, true))
                }
                character => Some((character, false)),
            }
        })
    }
}

impl<I: Iterator<Item = char>> OutsideStrings for I {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_keeps_its_order_and_gains_lines() {
        let text = r#"{"b": [1,2 , {}], "a":"x\"{,:\\", "e": [ ], "n":-1.50e3}"#;
        let expected = "{\n  \"b\": [\n    1,\n    2,\n    {}\n  ],\n  \"a\": \"x\\\"{,:\\\\\",\n  \"e\": [],\n  \"n\": -1.50e3\n}";
        assert_eq!(verbatim(text).as_deref(), Some(expected));
        assert_eq!(verbatim("<html>"), None);
    }

    #[test]
    fn a_document_cannot_reach_the_terminal() {
        let text = document(&serde_json::json!({"a": "x\u{9b}y\u{202e}z\u{1b}"}));
        assert_eq!(text, "{\n  \"a\": \"x\\u009by\\u202ez\\u001b\"\n}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap()["a"], "x\u{9b}y\u{202e}z\u{1b}");
    }
}
