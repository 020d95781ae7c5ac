pub fn register(_e: &mut rhai::Engine) {}
