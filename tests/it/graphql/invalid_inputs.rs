//! Every kind of invalid input, in every mutation of the schema: nothing is executed.

use serde_json::{Map, Value, json};

use crate::support::{Account, Caller, World};

const SCHEMA: &str = "{ __schema {
  mutationType { fields { name args { name type { ...T } } } }
  types { name kind enumValues { name } inputFields { name defaultValue type { ...T } } }
} }
fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } }";

/// An input that does not fit, and the path that an error names.
struct Fault {
    path: String,
    input: Value,
}

struct Schema(Value);

impl Schema {
    async fn of(caller: &Caller) -> Self {
        Self(caller.graphql(SCHEMA, json!({})).await.data("/__schema"))
    }

    fn mutations(&self) -> impl Iterator<Item = (&str, &Value)> {
        let fields = self.0["mutationType"]["fields"].as_array().expect("mutations");
        fields.iter().map(|field| {
            assert_eq!(field["args"].as_array().map(Vec::len), Some(1), "one input: {field}");
            (text(&field["name"]), &field["args"][0]["type"])
        })
    }

    fn named(&self, name: &Value) -> &Value {
        let types = self.0["types"].as_array().expect("types");
        types.iter().find(|it| it["name"] == *name).expect("a type")
    }

    fn fields(&self, of: &Value) -> &[Value] {
        self.named(&of["name"])["inputFields"].as_array().expect("input fields")
    }

    /// A value that fits; of objects the required fields, or all.
    fn valid(&self, of: &Value, all: bool) -> Value {
        match (text(&of["kind"]), of["name"].as_str()) {
            ("NON_NULL", _) => self.valid(&of["ofType"], all),
            ("LIST", _) => json!([self.valid(&of["ofType"], all)]),
            ("ENUM", _) => self.named(&of["name"])["enumValues"][0]["name"].clone(),
            ("INPUT_OBJECT", _) => {
                let wanted = |field: &&Value| all || is_required(field);
                let fields = self.fields(of).iter().filter(wanted);
                let entry =
                    |it: &Value| (text(&it["name"]).to_owned(), self.valid(&it["type"], all));
                Value::Object(fields.map(entry).collect())
            }
            (_, Some("Int")) => json!(60),
            (_, Some("Boolean")) => json!(true),
            (_, Some("DateTime")) => json!("2030-01-01T00:00:00Z"),
            _ => json!("x"),
        }
    }

    /// Values that do not fit, with the paths of what is wrong.
    fn faults(&self, of: &Value, path: &str) -> Vec<Fault> {
        let fault = |input: Value| Fault { path: path.to_owned(), input };
        match (text(&of["kind"]), of["name"].as_str()) {
            ("NON_NULL", _) => {
                let mut faults = self.faults(&of["ofType"], path);
                faults.push(fault(Value::Null));
                faults
            }
            ("LIST", _) => {
                let good = self.valid(&of["ofType"], false);
                let items = self.faults(&of["ofType"], &join(path, "1"));
                let list = |it: Fault| Fault { input: json!([good, it.input]), ..it };
                items.into_iter().map(list).collect()
            }
            ("ENUM", _) => vec![fault(json!("NO_SUCH_VALUE")), fault(json!(1))],
            ("INPUT_OBJECT", _) => self.faults_of_object(of, path),
            (_, Some("Int")) => {
                [json!(2_147_483_648_u64), json!(1.5), json!("1"), json!(true)].map(fault).into()
            }
            (_, Some("Boolean")) => vec![fault(json!("true")), fault(json!(0))],
            (_, Some("DateTime")) => {
                let bad = ["tomorrow", "2030-02-30T00:00:00Z", "2030-01-01T00:00:00"];
                bad.map(|it| fault(json!(it))).into_iter().chain([fault(json!(5))]).collect()
            }
            (_, Some("ID")) => vec![fault(json!(true)), fault(json!({ "a": 1 }))],
            _ => vec![fault(json!(5)), fault(json!(["a", "b"]))],
        }
    }

    fn faults_of_object(&self, of: &Value, path: &str) -> Vec<Fault> {
        let good = self.valid(of, false);
        let mut unknown = good.clone();
        unknown["noSuchField"] = json!(1);
        let mut faults = vec![
            Fault { path: path.to_owned(), input: json!(5) },
            Fault { path: join(path, "noSuchField"), input: unknown },
        ];
        for field in self.fields(of) {
            let (name, place) = (text(&field["name"]), join(path, text(&field["name"])));
            if is_required(field) {
                let mut missing = good.clone();
                missing.as_object_mut().expect("an object").remove(name);
                faults.push(Fault { path: place.clone(), input: missing });
            }
            faults.extend(self.faults(&field["type"], &place).into_iter().map(|it| {
                let mut input = good.clone();
                input[name] = it.input;
                Fault { path: it.path, input }
            }));
        }
        faults
    }

    /// A value as a literal.
    fn literal(&self, of: &Value, value: &Value) -> String {
        match (text(&of["kind"]), value) {
            ("NON_NULL", _) => self.literal(&of["ofType"], value),
            ("ENUM", Value::String(name)) => name.clone(),
            ("LIST", Value::Array(items)) => {
                let items: Vec<_> =
                    items.iter().map(|it| self.literal(&of["ofType"], it)).collect();
                format!("[{}]", items.join(", "))
            }
            ("INPUT_OBJECT", Value::Object(members)) => {
                let ty = |name: &String| self.fields(of).iter().find(|it| it["name"] == **name);
                let member = |(name, value): (&String, &Value)| match ty(name) {
                    Some(field) => format!("{name}: {}", self.literal(&field["type"], value)),
                    None => format!("{name}: {value}"),
                };
                format!("{{ {} }}", members.iter().map(member).collect::<Vec<_>>().join(", "))
            }
            (_, Value::Object(members)) => {
                let members: Vec<_> =
                    members.iter().map(|(it, value)| format!("{it}: {value}")).collect();
                format!("{{ {} }}", members.join(", "))
            }
            (_, value) => value.to_string(),
        }
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn join(path: &str, part: &str) -> String {
    if path.is_empty() { part.to_owned() } else { format!("{path}.{part}") }
}

fn is_required(field: &Value) -> bool {
    field["type"]["kind"] == "NON_NULL" && field["defaultValue"].is_null()
}

/// A type as documents spell it.
fn spelt(of: &Value) -> String {
    match text(&of["kind"]) {
        "NON_NULL" => format!("{}!", spelt(&of["ofType"])),
        "LIST" => format!("[{}]", spelt(&of["ofType"])),
        _ => text(&of["name"]).to_owned(),
    }
}

/// A document: a valid create, then `second`, then one that is denied.
fn document(definitions: &str, second: &str) -> String {
    format!(
        r#"mutation($a: CreateCredentialInput!{definitions}) {{
  a: createCredential(input: $a) {{ clientSecret credential {{ id }} }}
  {second}
  c: deleteCredential(input: {{ id: "c0000000000000000000000000" }}) {{ deletedId }}
}}"#
    )
}

/// The same mutation with an input as a variable, as a literal, as the default of a variable, and
/// where it is not reached.
fn documents(schema: &Schema, name: &str, of: &Value, input: &Value) -> Vec<(String, Value)> {
    let (spelt, literal) = (spelt(of), schema.literal(of, input));
    let nullable = spelt.trim_end_matches('!');
    let by_variable = format!("b: {name}(input: $b) {{ __typename }}");
    let mut all = vec![
        (document(&format!(", $b: {spelt}"), &by_variable), json!({ "b": input })),
        (document("", &format!("b: {name}(input: {literal}) {{ __typename }}")), json!({})),
        (
            document(
                "",
                &format!("b: {name}(input: {literal}) @include(if: false) {{ __typename }}"),
            ),
            json!({}),
        ),
    ];
    if !input.is_null() {
        all.push((document(&format!(", $b: {nullable} = {literal}"), &by_variable), json!({})));
    }
    all
}

fn create(account: &Account) -> Value {
    json!({ "serviceAccountId": account.id, "name": "First" })
}

fn with(mut variables: Value, account: &Account) -> Value {
    variables["a"] = create(account);
    variables
}

#[tokio::test]
async fn an_invalid_input_of_any_mutation_executes_nothing_of_its_document() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let schema = Schema::of(&admin).await;
    let before = world.dump().await;
    let mut tried = 0;
    for (name, of) in schema.mutations() {
        for fault in schema.faults(of, "") {
            let path = if fault.path.is_empty() { "input" } else { &fault.path };
            for (document, variables) in documents(&schema, name, of, &fault.input) {
                let reply = admin.graphql(&document, with(variables, &account)).await;
                let json = reply.json();
                let seen = (
                    reply.status,
                    json.get("data"),
                    text(&json["errors"][0]["extensions"]["field"]),
                );
                assert_eq!(seen, (200, None, path), "{document}\n{json:#}");
                reply.is_refused("BAD_USER_INPUT");
                tried += 1;
            }
        }
        let missing = document("", &format!("b: {name} {{ __typename }}"));
        let reply = admin.graphql(&missing, with(json!({}), &account)).await;
        reply.is_refused("BAD_USER_INPUT");
        assert_eq!(reply.json()["errors"][0]["extensions"]["field"], "input");
        let absent = document(
            &format!(", $b: {}", spelt(of)),
            &format!("b: {name}(input: $b) {{ __typename }}"),
        );
        admin.graphql(&absent, with(json!({}), &account)).await.is_refused("BAD_USER_INPUT");
        assert_eq!(world.dump().await, before, "{name} changed something");
    }
    assert!(tried > 500, "{tried}");
}

#[tokio::test]
async fn an_input_that_fits_its_type_leaves_the_payload_of_the_first_mutation() {
    let world = World::new().await;
    let (admin, account) = (world.admin().await, world.account(&[]).await);
    let schema = Schema::of(&admin).await;
    for (name, of) in schema.mutations() {
        for input in [schema.valid(of, false), schema.valid(of, true), negative(&schema, of)] {
            let (document, variables) = documents(&schema, name, of, &input).swap_remove(0);
            let account = world.account(&[]).await;
            let reply = admin.graphql(&document, with(variables, &account)).await;
            let secret = &reply.json()["data"]["a"]["clientSecret"];
            assert!(secret.is_string(), "{document}: {}", reply.text);
        }
    }
    let denied = document(
        "",
        "b: grantRole(input: { serviceAccountId: \"x\", role: \"x\" }) { __typename }",
    );
    let reply = admin.graphql(&denied, with(json!({}), &account)).await;
    assert!(reply.json()["data"]["a"]["clientSecret"].is_string(), "{}", reply.text);
}

/// A value that fits, with every integer below zero.
fn negative(schema: &Schema, of: &Value) -> Value {
    fn turn(value: Value) -> Value {
        match value {
            Value::Number(_) => json!(-1),
            Value::Array(items) => items.into_iter().map(turn).collect(),
            Value::Object(members) => Value::Object(
                members.into_iter().map(|(name, it)| (name, turn(it))).collect::<Map<_, _>>(),
            ),
            other => other,
        }
    }
    turn(schema.valid(of, true))
}
