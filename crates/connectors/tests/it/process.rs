//! The child process: one request in, lines out, exit codes.

use agnes_connectors::run::{ExtractRequest, extract};
use agnes_connectors::{Line, Progress};
use agnes_store::Clock;
use chrono::DateTime;

use crate::support::{Folder, spec};

fn talk(input: &[u8]) -> (Vec<Line>, u8) {
    let mut output = Vec::new();
    let code = extract(&mut &*input, &mut output, &Clock::fixed(DateTime::UNIX_EPOCH));
    let text = String::from_utf8(output).unwrap();
    (text.lines().map(|line| serde_json::from_str(line).unwrap()).collect(), code)
}

fn request(folder: &Folder, files: &[(&str, &str)]) -> Vec<u8> {
    let source = folder.source();
    let request = ExtractRequest::Csv {
        root: source.root,
        extracts_dir: source.extracts_dir,
        tables: files.iter().map(|(name, file)| spec(name, file)).collect(),
        only: None,
        limits: source.limits,
    };
    serde_json::to_vec(&request).unwrap()
}

#[test]
fn a_run_tells_its_steps_and_ends_with_the_report() {
    let folder = Folder::with("a.csv", "x\n1\n");
    let (lines, code) = talk(&request(&folder, &[("a", "a.csv"), ("b", "b.csv")]));
    assert_eq!(code, 2);
    let Some(Line::Report(report)) = lines.last() else { panic!("{lines:?}") };
    assert_eq!((report.tables.len(), report.failed()), (2, 1));
    let started = lines.iter().filter(|line| matches!(line, Line::Progress(Progress::Started { .. }))).count();
    let finished = lines.iter().filter(|line| matches!(line, Line::Progress(Progress::Finished(_)))).count();
    assert_eq!((started, finished), (2, 2));
    assert!(lines.contains(&Line::Progress(Progress::Publishing)));
}

#[test]
fn the_exit_code_says_how_much_failed() {
    let folder = Folder::with("a.csv", "x\n1\n");
    for (files, expected) in [
        (&[][..], 0),
        (&[("a", "a.csv")][..], 0),
        (&[("a", "a.csv"), ("b", "b.csv")][..], 2),
        (&[("b", "b.csv")][..], 1),
    ] {
        assert_eq!(talk(&request(&folder, files)).1, expected, "{files:?}");
    }
}

#[test]
fn nonsense_is_an_error_line_and_exit_1() {
    for nonsense in ["", "{", "[]", "{\"kind\":\"keboola\"}", "{\"kind\":\"csv\"}", "\u{0}"] {
        let (lines, code) = talk(nonsense.as_bytes());
        assert_eq!(code, 1, "{nonsense:?}");
        assert!(matches!(lines.as_slice(), [Line::Error(_)]), "{nonsense:?}: {lines:?}");
    }
}

#[test]
fn the_request_needs_no_more_than_its_first_fields() {
    let folder = Folder::with("a.csv", "x\n1\n");
    let (root, extracts) = (folder.root(), folder.path().join("extracts"));
    let request = serde_json::json!({
        "kind": "csv", "root": root, "extracts_dir": extracts,
        "tables": [{"id": "a", "name": "a", "source_table": "a.csv"}],
    });
    assert_eq!(talk(request.to_string().as_bytes()).1, 0);
}
