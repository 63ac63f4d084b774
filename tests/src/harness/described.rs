//! Holds answers of the API against the description that the server gives of itself.
//!
//! Knows the keywords of JSON Schema that the description uses, and none else: one that it does not know is a mistake, so
//! that nothing passes unread. A member that is described nowhere is a mistake, too.

use serde_json::{Map, Value};

/// Keywords that only tell.
const TELLING: &[&str] = &["description", "title", "format", "default", "$schema", "examples"];

/// The description of the API.
pub struct Description(Value);

impl Description {
    /// Reads the description that a server gives.
    pub async fn of(url: &str) -> Self {
        let answer = super::web()
            .get(format!("{url}/api/openapi.json"))
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status(), 200);
        Self(serde_json::from_str(&answer.text().await.expect("a body")).expect("JSON"))
    }

    /// Every operation: method and path.
    pub fn operations(&self) -> Vec<(String, String)> {
        let paths = self.0["paths"].as_object().expect("paths");
        let of = |path: &String, item: &Value| -> Vec<(String, String)> {
            let methods = item.as_object().expect("a path").keys();
            methods.map(|method| (method.to_uppercase(), path.clone())).collect()
        };
        paths.iter().flat_map(|(path, item)| of(path, item)).collect()
    }

    /// Returns the path of the description that an address is of.
    pub fn path(&self, address: &str) -> String {
        let bare = address.split('?').next().unwrap_or(address);
        let parts: Vec<&str> = bare.split('/').collect();
        let paths = self.0["paths"].as_object().expect("paths");
        let is = |path: &&String| {
            let described: Vec<&str> = path.split('/').collect();
            let same = |(part, is): (&&str, &&str)| part.starts_with('{') || part == is;
            described.len() == parts.len() && described.iter().zip(&parts).all(same)
        };
        // A path without parameters goes before one with.
        let mut found: Vec<&String> = paths.keys().filter(is).collect();
        found.sort_by_key(|path| path.contains('{'));
        found
            .first()
            .unwrap_or_else(|| panic!("{bare} is not described"))
            .to_string()
    }

    /// Holds an answer against the description.
    ///
    /// # Panics
    /// When it is not as described, with where and why.
    pub fn check(&self, method: &str, address: &str, status: u16, kind: &str, body: &[u8]) {
        let path = self.path(address);
        let operation = &self.0["paths"][&path][method.to_lowercase()];
        assert!(operation.is_object(), "{method} {path} is not described");
        let response = &operation["responses"][status.to_string()];
        assert!(
            response.is_object(),
            "{method} {path}: {status} is not described: {}",
            String::from_utf8_lossy(body)
        );
        let Some(content) = response["content"].as_object() else {
            assert!(body.is_empty(), "{method} {path}: {status} has a body");
            return;
        };
        let media = content
            .get(kind)
            .unwrap_or_else(|| panic!("{method} {path}: {status} is {kind}"));
        if !kind.ends_with("json") {
            return;
        }
        let body: Value = serde_json::from_slice(body).expect("JSON");
        if let Err(wrong) = self.fits(&media["schema"], &body, "") {
            panic!("{method} {address}: {status}: {wrong}");
        }
        if let Some(codes) = response["x-codes"].as_array() {
            assert!(
                codes.contains(&body["code"]),
                "{method} {path}: {} is not described",
                body["code"]
            );
        }
    }

    fn fits(&self, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
        let schema = match schema {
            Value::Bool(true) => return Ok(()),
            Value::Object(schema) => schema,
            other => return Err(format!("{at}: {other} is no schema")),
        };
        for (word, rule) in schema {
            self.holds(schema, word, rule, value, at)?;
        }
        Ok(())
    }

    fn holds(
        &self,
        schema: &Map<String, Value>,
        word: &str,
        rule: &Value,
        value: &Value,
        at: &str,
    ) -> Result<(), String> {
        let wrong = |why: String| Err(format!("{at}: {value}: {why}"));
        let list = |rule: &Value| rule.as_array().cloned().unwrap_or_default();
        let how_many = |rule: &Value| {
            list(rule)
                .iter()
                .filter(|one| self.fits(one, value, at).is_ok())
                .count()
        };
        match word {
            "$ref" => {
                let name = rule
                    .as_str()
                    .and_then(|of| of.strip_prefix("#/components/schemas/"))
                    .expect("a name");
                let of = &self.0["components"]["schemas"][name];
                assert!(of.is_object(), "{name} is not described");
                self.fits(of, value, at)
            }
            "type" => {
                let kinds = if rule.is_array() {
                    list(rule)
                } else {
                    vec![rule.clone()]
                };
                if kinds.iter().any(|kind| is_of(kind.as_str().expect("a type"), value)) {
                    Ok(())
                } else {
                    wrong(format!("no {rule}"))
                }
            }
            "enum" if !list(rule).contains(value) => wrong(format!("none of {rule}")),
            "const" if rule != value => wrong(format!("not {rule}")),
            "anyOf" if how_many(rule) == 0 => {
                let why: Vec<String> = list(rule)
                    .iter()
                    .filter_map(|one| self.fits(one, value, at).err())
                    .collect();
                wrong(format!("fits nothing: {}", why.join("; ")))
            }
            "oneOf" if how_many(rule) != 1 => wrong(format!("fits not exactly one of {rule}")),
            "minimum" if value.as_f64() < rule.as_f64() && value.is_number() => wrong(format!("below {rule}")),
            "maximum" if value.as_f64() > rule.as_f64() && value.is_number() => wrong(format!("above {rule}")),
            "minItems"
                if value
                    .as_array()
                    .is_some_and(|all| (all.len() as u64) < rule.as_u64().unwrap_or(0)) =>
            {
                wrong("too few".into())
            }
            "maxItems"
                if value
                    .as_array()
                    .is_some_and(|all| all.len() as u64 > rule.as_u64().unwrap_or(0)) =>
            {
                wrong("too many".into())
            }
            "items" => value
                .as_array()
                .into_iter()
                .flatten()
                .enumerate()
                .try_for_each(|(n, one)| self.fits(rule, one, &format!("{at}/{n}"))),
            "prefixItems" => value
                .as_array()
                .into_iter()
                .flatten()
                .zip(list(rule))
                .try_for_each(|(one, rule)| self.fits(&rule, one, at)),
            "required" if value.is_object() => match list(rule)
                .iter()
                .find(|name| value.get(name.as_str().expect("a name")).is_none())
            {
                Some(name) => wrong(format!("{name} is missing")),
                None => Ok(()),
            },
            "properties" if value.is_object() => self.members(schema, rule, value, at),
            // Told apart in `members`; a map has nothing but these.
            "additionalProperties"
                if value.is_object()
                    && !schema.contains_key("properties")
                    && !schema.contains_key("patternProperties") =>
            {
                value
                    .as_object()
                    .into_iter()
                    .flatten()
                    .try_for_each(|(name, one)| self.fits(rule, one, &format!("{at}/{name}")))
            }
            "enum"
            | "const"
            | "anyOf"
            | "oneOf"
            | "minimum"
            | "maximum"
            | "minItems"
            | "maxItems"
            | "required"
            | "properties"
            | "additionalProperties" => Ok(()),
            "uniqueItems" => {
                let all = value.as_array().cloned().unwrap_or_default();
                let twice = all
                    .iter()
                    .enumerate()
                    .any(|(n, one)| all.iter().skip(n + 1).any(|other| other == one));
                if twice { wrong("twice the same".into()) } else { Ok(()) }
            }
            // Forms of texts and of names of members are left to the schemas of whoever tests from outside.
            "pattern" | "patternProperties" => Ok(()),
            _ if TELLING.contains(&word) => Ok(()),
            other => panic!("{at}: this check does not know {other}"),
        }
    }

    fn members(&self, schema: &Map<String, Value>, rule: &Value, value: &Value, at: &str) -> Result<(), String> {
        for (name, one) in value.as_object().into_iter().flatten() {
            match (rule.get(name), schema.get("additionalProperties")) {
                (Some(rule), _) => self.fits(rule, one, &format!("{at}/{name}"))?,
                (None, Some(rest)) => self.fits(rest, one, &format!("{at}/{name}"))?,
                (None, None) => return Err(format!("{at}/{name} is described nowhere")),
            }
        }
        Ok(())
    }
}

fn is_of(kind: &str, value: &Value) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("no type {other}"),
    }
}
