//! stand-in
use crate::json::Json;
pub struct Converted<T> {
    pub value: T,
    pub lost: Vec<String>,
}
pub fn text_to_adf(t: &str) -> Json {
    Json::object([
        ("version", 1.into()),
        ("type", "doc".into()),
        (
            "content",
            Json::array([Json::object([
                ("type", "paragraph".into()),
                ("content", Json::array([Json::object([("type", "text".into()), ("text", t.into())])])),
            ])]),
        ),
    ])
}
pub fn markdown_to_adf(t: &str) -> Converted<Json> {
    Converted { value: text_to_adf(t), lost: vec![] }
}
pub fn markdown_to_wiki(t: &str) -> Converted<String> {
    Converted { value: t.into(), lost: vec![] }
}
