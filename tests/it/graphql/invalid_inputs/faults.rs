//! Inputs that do not fit their types.

use serde_json::{Value, json};

use super::schema::{Schema, is_required, join, text};

/// An input that does not fit, and the path that an error names.
pub struct Fault {
    pub path: String,
    pub input: Value,
}

impl Schema {
    /// Values that do not fit, with the paths of what is wrong.
    pub fn faults(&self, of: &Value, path: &str) -> Vec<Fault> {
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
}
