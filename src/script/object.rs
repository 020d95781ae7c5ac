//! The map that comes from a server or from `parse_json`: like Rhai's own, with its order kept and copies for free.

use super::{
    exact,
    native::{Thrown, native},
    throw::into_script,
    value::{debug, from_dynamic, to_dynamic},
};
use crate::{
    error::{Error, Result},
    json::{self, Json, Object},
};
use rhai::{Array, Dynamic, Engine, FnPtr, INT, ImmutableString, Map, NativeCallContext};

/// Registers the type under the name of Rhai's own maps, and everything that they can do.
pub(super) fn register(engine: &mut Engine) {
    engine.register_type_with_name::<Object>("map");
    exact::register(engine);
    access(engine);
    whole(engine);
    closures(engine);
    sums(engine);
    equality(engine);
    texts(engine);
}

fn get(object: &Object, key: &str) -> Dynamic {
    object.pick(key).map_or(Dynamic::UNIT, |json| to_dynamic(&json))
}

/// Sets a member. Rhai writes back what it read along a chain; a value that did not change copies nothing.
fn set(object: &mut Object, key: &str, value: &Dynamic) -> Result<()> {
    let value = from_dynamic(value)?;
    let known = object.get(key);
    if known != Some(&value) && (known.is_some() || value != Json::Null) {
        object.set(key, value);
    }
    Ok(())
}

fn access(engine: &mut Engine) {
    engine.register_indexer_get(|object: &mut Object, key: ImmutableString| get(object, &key));
    engine.register_indexer_set(|object: &mut Object, key: ImmutableString, value: Dynamic| {
        set(object, &key, &value).map_err(into_script)
    });
    engine.register_fn("get", |object: &mut Object, key: &str| get(object, key));
    engine.register_fn("set", |object: &mut Object, key: &str, value: Dynamic| -> Thrown<()> {
        object.set(key, from_dynamic(&value).map_err(into_script)?);
        Ok(())
    });
    engine.register_fn("contains", |object: &mut Object, key: &str| object.get(key).is_some());
    engine.register_fn("remove", |object: &mut Object, key: &str| {
        object.remove(key).map_or(Dynamic::UNIT, |json| to_dynamic(&json))
    });
}

fn whole(engine: &mut Engine) {
    engine.register_fn("keys", |object: &mut Object| -> Array {
        object.iter().map(|(key, _)| key.as_ref().into()).collect()
    });
    engine.register_fn("values", |object: &mut Object| -> Array {
        object.iter().map(|(_, value)| to_dynamic(value)).collect()
    });
    engine.register_fn("len", |object: &mut Object| INT::try_from(object.len()).unwrap_or(INT::MAX));
    engine.register_get("len", |object: &mut Object| {
        // A member called len goes before the length.
        object.get("len").map_or_else(|| Dynamic::from(INT::try_from(object.len()).unwrap_or(INT::MAX)), to_dynamic)
    });
    engine.register_fn("is_empty", |object: &mut Object| object.is_empty());
    engine.register_fn("clear", |object: &mut Object| *object = Object::default());
}

/// Calls `f` with each key and value, and returns those members for which it says `wanted`.
fn chosen(ctx: &NativeCallContext, object: &Object, f: &FnPtr, wanted: bool) -> Thrown<Object> {
    let mut out = Vec::new();
    for (key, value) in object.iter() {
        if f.call_within_context::<bool>(ctx, (ImmutableString::from(key.as_ref()), to_dynamic(value)))? == wanted {
            out.push((key.clone(), value.clone()));
        }
    }
    Ok(Object::from_members(out))
}

fn closures(engine: &mut Engine) {
    engine
        .register_fn("filter", |ctx: NativeCallContext, object: &mut Object, f: FnPtr| chosen(&ctx, object, &f, true));
    engine.register_fn("retain", |ctx: NativeCallContext, object: &mut Object, f: FnPtr| -> Thrown<Object> {
        let gone = chosen(&ctx, object, &f, false)?;
        *object = chosen(&ctx, object, &f, true)?;
        Ok(gone)
    });
    engine.register_fn("drain", |ctx: NativeCallContext, object: &mut Object, f: FnPtr| -> Thrown<Object> {
        let taken = chosen(&ctx, object, &f, true)?;
        *object = chosen(&ctx, object, &f, false)?;
        Ok(taken)
    });
}

fn object_of(map: &Map) -> Result<Object> {
    map.iter()
        .map(|(key, value)| Ok((key.to_string(), from_dynamic(value)?)))
        .collect::<Result<Vec<_>>>()
        .map(|m| m.into_iter().collect())
}

fn mix(object: &mut Object, other: &Object) {
    for (key, value) in other.iter() {
        object.set(key, value.clone());
    }
}

fn sum(mut left: Object, right: &Object) -> Object {
    mix(&mut left, right);
    left
}

fn sums(engine: &mut Engine) {
    engine.register_fn("+", |a: Object, b: Object| sum(a, &b));
    engine.register_fn("+", |a: Object, b: Map| -> Thrown<Object> { Ok(sum(a, &object_of(&b).map_err(into_script)?)) });
    // A native map may hold what no object can, such as a function or a secret.
    engine.register_fn("+", |mut a: Map, b: Object| -> Map {
        a.extend(b.iter().map(|(key, value)| (key.as_ref().into(), to_dynamic(value))));
        a
    });
    for name in ["+=", "mixin"] {
        engine.register_fn(name, |a: &mut Object, b: Object| mix(a, &b));
        engine.register_fn(name, |a: &mut Object, b: Map| -> Thrown<()> {
            mix(a, &object_of(&b).map_err(into_script)?);
            Ok(())
        });
        engine.register_fn(name, |a: &mut Map, b: Object| {
            a.extend(b.iter().map(|(k, v)| (k.as_ref().into(), to_dynamic(v))));
        });
    }
    engine.register_fn("fill_with", |a: &mut Object, b: Object| {
        for (key, value) in
            b.iter().filter(|(key, _)| a.get(key).is_none()).map(|(k, v)| (k.clone(), v.clone())).collect::<Vec<_>>()
        {
            a.set(&key, value);
        }
    });
    engine.register_fn("fill_with", |a: &mut Object, b: Map| -> Thrown<()> {
        let filled = sum(object_of(&b).map_err(into_script)?, a);
        let fresh: Vec<_> =
            filled.iter().filter(|(key, _)| a.get(key).is_none()).map(|(k, v)| (k.clone(), v.clone())).collect();
        for (key, value) in fresh {
            a.set(&key, value);
        }
        Ok(())
    });
}

/// Compares with a native map; one that holds what is no data equals nothing that came as data.
fn same(object: &Object, map: &Map) -> bool {
    object.len() == map.len() && object_of(map).is_ok_and(|other| other == *object)
}

fn equality(engine: &mut Engine) {
    engine.register_fn("==", |a: Object, b: Object| a == b).register_fn("!=", |a: Object, b: Object| a != b);
    engine.register_fn("==", |a: Object, b: Map| same(&a, &b)).register_fn("!=", |a: Object, b: Map| !same(&a, &b));
    engine.register_fn("==", |a: Map, b: Object| same(&b, &a)).register_fn("!=", |a: Map, b: Object| !same(&b, &a));
}

fn parse_json(text: &str) -> Result<Dynamic> {
    json::parse(text.as_bytes()).map(|json| to_dynamic(&json))
}

fn to_json(value: &Dynamic) -> Thrown<String> {
    from_dynamic(value).map(|json| json.to_string()).map_err(into_script)
}

fn pretty_json(value: &Dynamic) -> Thrown<String> {
    from_dynamic(value).map(|json| format!("{json:#}")).map_err(into_script)
}

fn texts(engine: &mut Engine) {
    for name in ["to_string", "to_debug"] {
        engine.register_fn(name, |object: &mut Object| debug(&Json::Object(object.clone())));
    }
    let comment = "/// Reads JSON.";
    native(engine, "parse_json", &["text: string"], comment, |text: ImmutableString| {
        parse_json(&text).map_err(into_script)
    });
    // Rhai has a parse_json with a second argument, which would evaluate what it reads.
    engine.register_fn("parse_json", |_: &str, _: Dynamic| -> Thrown<Dynamic> {
        Err(into_script(Error::client("parse_json() takes one text")))
    });
    let comment = "/// Writes a value as JSON on one line.";
    native(engine, "to_json", &["value: any"], comment, |value: Dynamic| to_json(&value));
    let comment = "/// Writes a value as JSON that people can read.";
    native(engine, "json", &["value: any"], comment, |value: Dynamic| pretty_json(&value));
    // Rhai's own for maps would win over one for any value.
    engine.register_fn("to_json", |map: &mut Map| to_json(&map.clone().into()));
    engine.register_fn("to_json", |items: &mut Array| to_json(&items.clone().into()));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn engine() -> Engine {
        let mut engine = Engine::new();
        engine.set_optimization_level(rhai::OptimizationLevel::None);
        engine.set_strict_variables(true);
        engine.set_max_expr_depths(256, 256);
        register(&mut engine);
        engine
    }

    /// Evaluates, and prints the value as a script would.
    fn shown(script: &str) -> String {
        let engine = engine();
        let printed = engine.eval::<Dynamic>(script).and_then(|value| {
            let mut scope = rhai::Scope::new();
            scope.push_dynamic("value", value);
            engine.eval_with_scope::<String>(&mut scope, "`${value}`")
        });
        printed.unwrap_or_else(|e| {
            let ours = crate::script::throw::from_script(&e);
            format!("error: {}", ours.map_or_else(|| e.to_string(), |e| e.message))
        })
    }

    const ISSUE: &str = r#"let j = parse_json(`{"key":"A-1","fields":{"summary":"S","status":{"name":"Open"},"labels":["b","a"],"n":null},"list":[{"x":1},{"x":2}],"default":7}`);"#;

    #[test]
    fn it_answers_like_a_map() {
        for (script, is) in [
            ("j.fields.status.name", "Open"),
            (r#"j["fields"]["status"]["name"]"#, "Open"),
            ("j.nope", ""),
            ("j.nope?.deeper", ""),
            ("j.nope ?? 5", "5"),
            ("j.fields.n ?? 6", "6"),
            (r#""key" in j"#, "true"),
            (r#"j.contains("nope")"#, "false"),
            ("j.keys()", r#"["key", "fields", "list", "default"]"#),
            ("j.fields.keys()", r#"["summary", "status", "labels", "n"]"#),
            ("j.fields.status.values()", r#"["Open"]"#),
            ("j.len()", "4"),
            ("j.is_empty()", "false"),
            ("type_of(j)", "map"),
            ("type_of(j.fields.labels)", "array"),
            ("j.list.map(|i| i.x)", "[1, 2]"),
            ("j.list.filter(|i| i.x > 1)", r#"[#{"x": 2}]"#),
            ("j.fields.status == #{name: \"Open\"}", "true"),
            ("#{name: \"Open\"} == j.fields.status", "true"),
            ("j.fields.status != #{name: \"Done\"}", "true"),
            ("#{x: 2} in j.list", "true"),
            ("j.list.index_of(j.list[1])", "1"),
            ("j.fields.status + #{id: 3}", r#"#{"name": "Open", "id": 3}"#),
            ("#{id: 3} + j.fields.status", r#"#{"id": 3, "name": "Open"}"#),
            ("`${j.fields.status}`", r#"#{"name": "Open"}"#),
            ("[j.fields.status]", r#"[#{"name": "Open"}]"#),
            ("#{a: j.fields.status}", r#"#{"a": #{"name": "Open"}}"#),
            ("j.fields.filter(|k, v| k == \"summary\")", r#"#{"summary": "S"}"#),
            (
                "j.to_json()",
                r#"{"key":"A-1","fields":{"summary":"S","status":{"name":"Open"},"labels":["b","a"],"n":null},"list":[{"x":1},{"x":2}],"default":7}"#,
            ),
            ("[j.fields.status, #{b: 1, a: 'c'}].to_json()", r#"[{"name":"Open"},{"a":"c","b":1}]"#),
        ] {
            assert_eq!(shown(&format!("{ISSUE} {script}")), is, "{script}");
        }
    }

    #[test]
    fn it_is_a_value() {
        for (script, is) in [
            (r#"j.fields.status.name = "Done"; j.fields.status.name"#, "Done"),
            (r#"let k = j; k.fields.status.name = "Done"; j.fields.status.name"#, "Open"),
            (r#"let k = j; k.fields.labels.push("c"); [k.fields.labels.len(), j.fields.labels.len()]"#, "[3, 2]"),
            ("j.list[0].x += 10; j.list", r#"[#{"x": 11}, #{"x": 2}]"#),
            ("let f = j.fields; f.summary = \"T\"; j.fields.summary", "S"),
            ("j.new_one = #{a: [1]}; j.new_one.a[0]", "1"),
            ("j.fields += #{z: 1}; j.fields.z", "1"),
            (r#"j.remove("fields"); j.keys()"#, r#"["key", "list", "default"]"#),
            ("j.fields.labels.sort(); j.fields.labels", r#"["a", "b"]"#),
            ("fn change(x) { x.key = 1; x } change(j).key.to_string() + j.key", "1A-1"),
        ] {
            assert_eq!(shown(&format!("{ISSUE} {script}")), is, "{script}");
        }
    }

    #[test]
    fn the_same_script_sees_no_difference_to_a_native_map() {
        let native = r#"let j = #{a: 1, b: #{c: [1, 2, #{d: "x"}], e: ()}, f: "t"};"#;
        let parsed = r#"let j = parse_json(`{"a":1,"b":{"c":[1,2,{"d":"x"}],"e":null},"f":"t"}`);"#;
        for script in [
            "j",
            "j.a",
            "j.b",
            "j.b.c",
            "j.b.c[2].d",
            "j.b.e",
            "j.zz",
            "j.keys()",
            "j.values()",
            "j.len()",
            "j.b.len()",
            "type_of(j.b)",
            "j.b.c.len()",
            "j.a + 1",
            "j.b.c[0] + 1",
            "j?.b?.c",
            "j?.x?.y",
            "j.x ?? 1",
            "\"a\" in j",
            "\"x\" in j",
            "j.b.c[2]",
            "j.b.c.pop()",
            "j.a = 5; j",
            "j.b.c[2].d = 9; j",
            "j.b.c.push(4); j",
            "j.b.g = 1; j",
            "j += #{h: 1}; j",
            "j.mixin(#{a: 2}); j",
            "j + #{z: 1}",
            "j.remove(\"a\"); j",
            "j.clear(); j",
            "j == j",
            "j.b == j",
            "let k = j; k.a = 7; j",
            "j.b.c.map(|x| `${x}`)",
            "j.b.c.contains(2)",
            "let s = 0; for k in j.keys() { s += 1; } s",
            "switch j.f { \"t\" => 1, _ => 2 }",
            "if j.b.c[0] == 1 { 1 } else { 2 }",
            "j[\"a\"]",
            "let k = \"f\"; j[k]",
            "j.fill_with(#{a: 9, q: 1}); j",
            "j.get(\"a\")",
            "j.set(\"a\", 3); j.a",
            "j.contains(\"a\")",
            "`${j.b}`",
            "j.is_empty()",
            "j.b.c[2] == #{d: \"x\"}",
            "[j].len()",
            "[j][0].a",
            "j.to_json()",
            "[1, j].to_json()",
            "j.b.to_json()",
            "j.filter(|k, v| k == \"a\")",
            "fn f(m) { m.a } f(j)",
            "j.a += 4; j.a",
            "j.b.c[0] += 4; j.b.c",
            "j.f += \"u\"; j.f",
            "j.f.len()",
        ] {
            assert_eq!(shown(&format!("{parsed} {script}")), shown(&format!("{native} {script}")), "{script}");
        }
    }

    #[test]
    fn what_is_no_data_is_refused_by_its_place() {
        for (script, says) in [
            ("j.fields.x = || 1; 1", "a value of type function cannot become JSON"),
            ("to_json(#{a: [1, || 2]})", "a value of type function cannot become JSON (at `a[1]`)"),
            ("to_json(1.0 / 0.0)", "the number inf cannot become JSON"),
            ("parse_json(\"{\\\"a\\\":1+1}\")", "this is not valid JSON"),
            ("let x = []; for i in 0..200 { x = [x]; } to_json(x)", "nested more than 128 levels deep"),
        ] {
            assert!(
                shown(&format!("{ISSUE} {script}")).contains(says),
                "{script}: {}",
                shown(&format!("{ISSUE} {script}"))
            );
        }
    }

    #[test]
    fn numbers_beyond_the_machines_keep_their_digits() {
        let script = "let n = parse_json(`[92233720368547758070, 0.12345678901234567890123]`);";
        for (expression, is) in [
            ("n", "[92233720368547758070, 0.12345678901234567890123]"),
            ("n.to_json()", "[92233720368547758070,0.12345678901234567890123]"),
            ("type_of(n[0])", "number"),
            (r#"n[0] == "92233720368547758070""#, "true"),
            ("n[0] == n[0]", "true"),
            ("n[0].to_int()", "error: Client error: 92233720368547758070 does not fit into a 64-bit integer"),
        ] {
            assert_eq!(shown(&format!("{script} {expression}")), is);
        }
    }

    #[test]
    fn reading_does_not_copy() {
        let engine = engine();
        let mut scope = rhai::Scope::new();
        let json = json::parse(br#"{"fields":{"labels":["a"],"status":{"name":"Open"}}}"#).unwrap();
        scope.push_dynamic("j", to_dynamic(&json));
        engine
            .run_with_scope(
                &mut scope,
                "for i in 0..10 { j.fields.labels.len(); j.fields.status.name; let f = j.fields; }",
            )
            .unwrap();
        let Json::Object(ours) = json else { unreachable!() };
        let seen = scope.get_value::<Object>("j").unwrap();
        assert!(ours.shares(&seen), "reading along a chain copied the object");
    }
}
