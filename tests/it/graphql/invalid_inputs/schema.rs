//! The inputs and payloads of the mutations, read from the schema, and values that fit.

use serde_json::{Value, json};

use crate::support::Caller;

const SCHEMA: &str = r#"
    {
      __schema {
        mutationType {
          fields {
            name
            type { ...T }
            args { name type { ...T } }
          }
        }
        types {
          name kind
          enumValues { name }
          fields { name type { ...T } }
          inputFields { name defaultValue type { ...T } }
        }
      }
    }
    fragment T on __Type {
      kind name
      ofType {
        kind name
        ofType {
          kind name
          ofType { kind name ofType { kind name } }
        }
      }
    }
"#;

pub struct Schema(Value);

impl Schema {
    pub async fn of(caller: &Caller) -> Self {
        Self(caller.graphql(SCHEMA, json!({})).await.data("/__schema"))
    }

    pub fn mutations(&self) -> impl Iterator<Item = (&str, &Value)> {
        let fields = self.0["mutationType"]["fields"].as_array().expect("mutations");
        fields.iter().map(|field| {
            assert_eq!(field["args"].as_array().map(Vec::len), Some(1), "one input: {field}");
            (text(&field["name"]), &field["args"][0]["type"])
        })
    }

    /// The fields of the payload of a mutation.
    pub fn payload(&self, mutation: &str) -> &[Value] {
        let fields = self.0["mutationType"]["fields"].as_array().expect("mutations");
        let field = fields.iter().find(|it| it["name"] == mutation).expect("a mutation");
        self.named(&field["type"]["name"])["fields"].as_array().expect("fields")
    }

    /// Whether the payload of a mutation has a secret.
    pub fn has_secret(&self, mutation: &str) -> bool {
        self.payload(mutation).iter().any(|it| it["name"] == "clientSecret")
    }

    pub fn named(&self, name: &Value) -> &Value {
        let types = self.0["types"].as_array().expect("types");
        types.iter().find(|it| it["name"] == *name).expect("a type")
    }

    pub fn fields(&self, of: &Value) -> &[Value] {
        self.named(&of["name"])["inputFields"].as_array().expect("input fields")
    }

    /// A value that fits; of objects the required fields, or all.
    pub fn valid(&self, of: &Value, all: bool) -> Value {
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

    /// A value as a literal.
    pub fn literal(&self, of: &Value, value: &Value) -> String {
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

pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

pub fn join(path: &str, part: &str) -> String {
    if path.is_empty() { part.to_owned() } else { format!("{path}.{part}") }
}

pub fn is_required(field: &Value) -> bool {
    field["type"]["kind"] == "NON_NULL" && field["defaultValue"].is_null()
}

/// A type as documents spell it.
pub fn spelt(of: &Value) -> String {
    match text(&of["kind"]) {
        "NON_NULL" => format!("{}!", spelt(&of["ofType"])),
        "LIST" => format!("[{}]", spelt(&of["ofType"])),
        _ => text(&of["name"]).to_owned(),
    }
}

/// The named type behind lists and non-null.
pub fn base(of: &Value) -> &Value {
    if of["ofType"].is_null() { of } else { base(&of["ofType"]) }
}
