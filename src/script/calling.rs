//! One operation called from outside of a script, with the connection that a script would make.

use super::{
    host::{Ending, Host},
    trace::Failure,
    value::to_dynamic,
};
use crate::{
    json::{Json, Object},
    services::Service,
};
use rhai::{Dynamic, Scope};

impl Host {
    /// Calls the operation `id` of `service`, or of that part of `product`; credentials come from where a script's come
    /// from.
    pub fn call_operation(
        &mut self,
        service: &Service,
        product: Option<&str>,
        id: &str,
        arguments: Object,
    ) -> Result<Ending, Failure> {
        let mut scope = Scope::new();
        scope.push("id", id.to_owned()).push_dynamic("arguments", to_dynamic(&Json::Object(arguments)));
        let host = product.map(|product| format!("{product}()")).unwrap_or_default();
        let text = format!("{}({host}).op(id, arguments)", service.name);
        let text = self.prepared(&text);
        let done = self.engine().eval_with_scope::<Dynamic>(&mut scope, &text);
        self.ended("", done).map_err(|mut failure| {
            // The text is not the user's, so its lines say nothing.
            failure.report.frames.clear();
            failure
        })
    }
}
