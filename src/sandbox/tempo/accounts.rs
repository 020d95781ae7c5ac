//! Accounts, customers and categories.

use super::call::{Call, Outcome, Play, Refusal, refuse, text};
use super::world::place;
use crate::sandbox::table::{Row, row};
use serde_json::{Value, json};

pub(crate) const ROWS: &[Row<Play>] = &[
    row("GET", "accounts", list as Play),
    row("POST", "accounts", create),
    row("POST", "accounts/search", search),
    row("GET", "accounts/{}", one),
    row("PUT", "accounts/{}", update),
    row("DELETE", "accounts/{}", delete),
    row("GET", "accounts/{}/links", links),
    row("GET", "customers", customers),
    row("GET", "customers/{}", customer),
    row("GET", "customers/{}/accounts", accounts_of),
    row("GET", "account-categories", categories),
];

const STATES: [&str; 3] = ["OPEN", "CLOSED", "ARCHIVED"];

fn show(call: &Call, account: &Value) -> Value {
    let key = text(account, "key");
    let linked = |list: &[Value], path: &str, id: &Value| {
        list.iter().find(|d| d["id"] == *id).map(|d| {
            let mut shown = json!({ "self": call.at(&format!("{path}/{}", text(d, "key"))) });
            crate::sandbox::jira::merge(&mut shown, d.clone());
            shown
        })
    };
    json!({
        "self": call.at(&format!("accounts/{}", account["id"])), "key": key, "id": account["id"], "name": account["name"],
        "status": account["status"], "global": account["global"], "monthlyBudget": account["monthlyBudget"],
        "lead": call.person(&text(account, "leadAccountId")),
        "customer": linked(&call.world.customers, "customers", &account["customer"]),
        "category": linked(&call.world.categories, "account-categories", &account["category"]),
        "links": { "self": call.at(&format!("accounts/{key}/links")) },
    })
}

/// Finds an account by its id or its key.
fn found(call: &Call) -> Result<usize, Refusal> {
    let by = if call.arg(0).parse::<u64>().is_ok() { "id" } else { "key" };
    place(&call.world.accounts, by, call.arg(0), "Account")
}

fn list(call: &mut Call) -> Outcome {
    let status = call.request.param("status").map(str::to_owned);
    let fits = |a: &&Value| status.as_ref().is_none_or(|s| a["status"] == *s);
    call.page(call.world.accounts.iter().filter(fits).map(|a| show(call, a)).collect())
}

fn search(call: &mut Call) -> Outcome {
    let body = call.body()?;
    let among = |name: &str, value: &Value| body[name].as_array().is_none_or(|all| all.contains(value));
    let fits = |a: &&Value| {
        among("keys", &a["key"])
            && among("ids", &a["id"])
            && among("statuses", &a["status"])
            && (body["global"].is_null() || body["global"] == a["global"])
    };
    call.page(call.world.accounts.iter().filter(fits).map(|a| show(call, a)).collect())
}

fn one(call: &mut Call) -> Outcome {
    Call::ok(&show(call, &call.world.accounts[found(call)?]))
}

/// Reads what a body says about an account.
fn read(call: &Call, body: &Value, id: u64) -> Result<Value, Refusal> {
    for name in ["key", "name", "leadAccountId"] {
        if text(body, name).is_empty() {
            return Err(refuse(400, format!("{name} is required")));
        }
    }
    Call::known(&text(body, "leadAccountId"))?;
    let status = body["status"].as_str().unwrap_or("OPEN");
    if !STATES.contains(&status) {
        return Err(refuse(400, format!("status: '{status}' is none of {}", STATES.join(", "))));
    }
    let number = |list: &[Value], name: &str| {
        let key = text(body, name);
        if key.is_empty() { Ok(Value::Null) } else { place(list, "key", &key, name).map(|at| list[at]["id"].clone()) }
    };
    Ok(json!({
        "id": id, "key": body["key"], "name": body["name"], "status": status, "global": body["global"] == true,
        "leadAccountId": body["leadAccountId"], "monthlyBudget": body["monthlyBudget"],
        "customer": number(&call.world.customers, "customerKey")?,
        "category": number(&call.world.categories, "categoryKey")?,
    }))
}

fn create(call: &mut Call) -> Outcome {
    let body = call.body()?;
    let id = call.world.next_id();
    let account = read(call, &body, id)?;
    if call.world.accounts.iter().any(|a| a["key"] == account["key"]) {
        return Err(refuse(400, format!("Account with key '{}' already exists", text(&account, "key"))));
    }
    call.world.accounts.push(account.clone());
    Call::ok(&show(call, &account))
}

fn update(call: &mut Call) -> Outcome {
    let at = found(call)?;
    let id = call.world.accounts[at]["id"].as_u64().unwrap_or(0);
    let account = read(call, &call.body()?, id)?;
    call.world.accounts[at] = account.clone();
    Call::ok(&show(call, &account))
}

fn delete(call: &mut Call) -> Outcome {
    let at = found(call)?;
    call.world.accounts.remove(at);
    Call::done()
}

fn links(call: &mut Call) -> Outcome {
    found(call)?;
    call.page(Vec::new())
}

fn customers(call: &mut Call) -> Outcome {
    call.page(call.world.customers.iter().map(|customer| addressed(call, "customers", customer)).collect())
}

/// Writes a customer or a category with its address.
fn addressed(call: &Call, group: &str, item: &Value) -> Value {
    let mut item = item.clone();
    item["self"] = json!(call.at(&format!("{group}/{}", text(&item, "key"))));
    item
}

fn customer(call: &mut Call) -> Outcome {
    let by = if call.arg(0).parse::<u64>().is_ok() { "id" } else { "key" };
    let at = place(&call.world.customers, by, call.arg(0), "Customer")?;
    Call::ok(&addressed(call, "customers", &call.world.customers[at]))
}

fn accounts_of(call: &mut Call) -> Outcome {
    let at = place(&call.world.customers, "id", call.arg(0), "Customer")?;
    let id = call.world.customers[at]["id"].clone();
    call.page(call.world.accounts.iter().filter(|a| a["customer"] == id).map(|a| show(call, a)).collect())
}

fn categories(call: &mut Call) -> Outcome {
    call.whole(call.world.categories.iter().map(|category| addressed(call, "account-categories", category)).collect())
}
