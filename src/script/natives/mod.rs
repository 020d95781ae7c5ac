pub fn register(e: &mut rhai::Engine, c: &std::rc::Rc<crate::context::Context>) {
    let c = c.clone();
    e.on_print(move |s| c.print(s));
}
