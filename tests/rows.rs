//! Rows in the border: none at all, secrets in cells, columns that no row has, limits that are no number.

use crate::common::tieline;

#[test]
fn no_rows_are_said_or_are_nothing_and_never_a_made_up_column() {
    let run = |words: &[&str]| tieline(words).run().ok();
    assert_eq!(run(&["-e", "table([])"]).out, "(no rows)\n");
    assert_eq!(run(&["--output", "table", "-e", "[]"]).out, "(no rows)\n");
    assert_eq!(run(&["--output", "csv", "-e", "[]"]).out, "");
    assert_eq!(run(&["-e", "csv([]) + markdown_table([]) + \".\""]).out, ".\n");
    assert_eq!(run(&["-e", "table([], [\"key\"])"]).out, "KEY\n");
    assert_eq!(run(&["-e", "print(write_csv(\"none.csv\", [])); read_text(\"none.csv\").len()"]).out, "0\n0\n");
}

#[test]
fn a_secret_in_a_cell_is_dots() {
    for shown in ["table([#{ a: secret(\"WORD\") }])", "csv([#{ a: secret(\"WORD\") }])"] {
        let run = tieline(&["-e", shown]).env("WORD", "open-sesame").run().ok();
        assert!(run.out.to_lowercase().starts_with("a\n••••\n"), "{run:?}");
    }
}

#[test]
fn a_cell_never_shows_the_name_of_a_type() {
    let run = tieline(&[
        "--sandbox",
        "-e",
        "print(csv([#{ a: parse_json(\"99999999999999999999\"), b: jira(), c: #{ d: secret(\"WORD\") } }]))",
    ]);
    run.env("WORD", "open-sesame").run().ok().prints("a,b,c\n99999999999999999999,(connection),(map)");
}

#[test]
fn a_chart_of_columns_that_no_row_has_is_refused() {
    for options in ["#{ x: \"nmae\" }", "#{ y: \"nmae\" }"] {
        let code = format!("chart([#{{ name: \"a\", n: 1 }}], {options})");
        tieline(&["-e", &code]).run().ends(2).says("chart(): no row has `nmae`").says("the rows have n, name");
    }
    tieline(&["-e", "chart([#{ name: \"a\", n: () }], #{ y: \"n\" })"]).run().ok();
}

#[test]
fn a_limit_is_a_whole_number() {
    for (limit, is) in [("-1", "-1"), ("\"5\"", "of type string"), ("1.5", "of type float")] {
        let code = format!("jira().search(\"project = OPS\", #{{ limit: {limit} }}).all()");
        let says = format!("`limit` is {is}; it must be a whole number, 0 or more");
        tieline(&["--sandbox", "-e", &code]).run().ends(2).says(&says);
    }
}
