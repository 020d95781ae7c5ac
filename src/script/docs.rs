//! What there is to call, with its description: one list for help, completion and hints, read from the engine itself.

use rhai::Engine;

/// One function that a script can call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// The type it is a method of, such as `Jira`.
    pub receiver: Option<String>,
    /// The names of its parameters, the receiver left out.
    pub parameters: Vec<String>,
    /// Its description, without comment marks.
    pub comment: String,
}

impl Function {
    /// Returns how it is written: `Jira.issue(key, options)`.
    pub fn form(&self) -> String {
        let call = format!("{}({})", self.name, self.parameters.join(", "));
        self.receiver.as_ref().map_or(call.clone(), |receiver| format!("{receiver}.{call}"))
    }
}

/// Returns every function of the engine that has a readable name.
pub fn functions(engine: &Engine) -> Vec<Function> {
    let all = engine.collect_fn_metadata(None, |info| Some(function(&info)), true);
    all.into_iter().filter(|f| f.name.starts_with(|c: char| c.is_ascii_alphabetic())).collect()
}

fn function(info: &rhai::FuncInfo<'_>) -> Function {
    let metadata = info.metadata;
    let comments: Vec<&str> = metadata.comments.iter().map(|c| c.trim_start_matches('/').trim()).collect();
    let names: Vec<String> =
        metadata.params_info.iter().map(|p| p.split(':').next().unwrap_or("_").trim().to_owned()).collect();
    let mut function =
        Function { name: metadata.name.to_string(), receiver: None, parameters: names, comment: comments.join("\n") };
    #[allow(clippy::collapsible_if)]
    if let Some(script) = &info.script {
        function.receiver = script.this_type.as_ref().map(ToString::to_string);
        function.parameters = script.params.iter().map(ToString::to_string).collect();
        function.comment =
            script.comments.iter().map(|c| c.trim_start_matches('/').trim()).collect::<Vec<_>>().join("\n");
    }
    function
}
