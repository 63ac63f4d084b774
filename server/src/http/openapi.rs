//! `GET /api/openapi.json`: the description of the API (OpenAPI 3.1), made from the table of routes.
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use axum::http::{Method, header};
use axum::response::{IntoResponse, Response};
use keyturn_protocol::Code;
use schemars::generate::{Contract, SchemaSettings};
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::describe::{Media, Shape};
use super::problem::Problem;
use super::{Permission, Route, routes};

static TEXT: LazyLock<Vec<u8>> = LazyLock::new(|| serde_json::to_vec(&document(&routes())).unwrap_or_default());

/// Answers with the description.
pub async fn openapi() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], TEXT.clone()).into_response()
}

/// Describes routes.
pub(super) fn document(routes: &[Route]) -> Value {
    let mut maker = Maker::new();
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for route in routes {
        let method = route.method.as_str().to_lowercase();
        let operation = maker.operation(route);
        paths.entry(route.path).or_default().insert(method, operation);
    }
    maker.answers.subschema_for::<Problem<'static>>();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Keyturn",
            "version": "1",
            "description": "Records of homes that change hands. Errors are problems (RFC 9457) with a stable `code`; \
                            lists go on with `after`; answers carry an `ETag`. See docs/api.md.",
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "paths": paths,
        "components": {
            "schemas": maker.answers.take_definitions(true),
            "securitySchemes": {
                "bearer": { "type": "http", "scheme": "bearer", "description": "Of `keyturn token create`, or a phone's." },
            },
        },
    })
}

struct Maker {
    /// Shapes as we write them, under their names.
    answers: SchemaGenerator,
    /// Shapes as we read them, each where it is used.
    requests: SchemaGenerator,
}

impl Maker {
    fn new() -> Self {
        let settings = |contract, inline| {
            let mut settings = SchemaSettings::draft2020_12();
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
            settings.inline_subschemas = inline;
            settings.contract = contract;
            settings.into_generator()
        };
        Self {
            answers: settings(Contract::Serialize, false),
            requests: settings(Contract::Deserialize, true),
        }
    }

    fn operation(&mut self, route: &Route) -> Value {
        let about = &route.about;
        let mut operation = Map::new();
        operation.insert("operationId".into(), name(route).into());
        operation.insert("summary".into(), about.summary.into());
        operation.insert("tags".into(), json!([tag(route.path)]));
        operation.insert(
            "security".into(),
            match route.permission {
                Permission::Anyone => json!([]),
                _ => json!([{ "bearer": [] }]),
            },
        );
        if let Permission::Roles(roles)
        | Permission::Server(roles)
        | Permission::Writers(roles)
        | Permission::Keepers(roles) = route.permission
        {
            let roles: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
            operation.insert("x-roles".into(), json!(roles));
        }
        operation.insert("parameters".into(), self.parameters(route).into());
        if let Some(media) = about.body {
            let content = content(media, &mut self.requests);
            operation.insert("requestBody".into(), json!({ "required": true, "content": content }));
        }
        operation.insert("responses".into(), self.responses(route));
        operation.into()
    }

    fn parameters(&mut self, route: &Route) -> Vec<Value> {
        let inside = route.path.split('{').skip(1);
        let names = inside.filter_map(|rest| rest.split_once('}').map(|(name, _)| name));
        let mut all: Vec<Value> = names
            .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": of_path(name) }))
            .collect();
        if let Some(shape) = route.about.query {
            all.extend(members(shape, &mut self.requests));
        }
        if route.is_once() {
            all.push(json!({
                "name": "Idempotency-Key", "in": "header", "required": false,
                "description": "The same request under the same key is done once; its answer is kept for a day.",
                "schema": { "type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[A-Za-z0-9-]+$" },
            }));
        }
        if route.about.codes.contains(&Code::IfMatchMissing) {
            all.push(json!({
                "name": "If-Match", "in": "header", "required": true,
                "description": "The `ETag` of the record as it was read.",
                "schema": { "type": "string", "minLength": 1, "pattern": "^[A-Za-z0-9\".]+$" },
            }));
        }
        if route.is_conditional() {
            let about = "Answers 304 without a body when this is still the `ETag`.";
            all.push(json!({
                "name": "If-None-Match", "in": "header", "required": false,
                "description": about, "schema": { "type": "string" },
            }));
        }
        all
    }

    fn responses(&mut self, route: &Route) -> Value {
        let mut all = Map::new();
        let mut good = json!({ "description": route.about.summary });
        if let (Some(media), Value::Object(good)) = (route.about.answer, &mut good) {
            good.insert("content".into(), content(media, &mut self.answers));
            if route.is_conditional() {
                good.insert(
                    "headers".into(),
                    json!({ "ETag": { "required": true, "schema": { "type": "string" } } }),
                );
            }
        }
        all.insert(route.about.status.to_string(), good);
        if route.is_conditional() {
            all.insert(
                "304".into(),
                json!({ "description": "It is still what `If-None-Match` names." }),
            );
        }
        let mut by_status: BTreeMap<u16, Vec<&str>> = BTreeMap::new();
        for code in refusals(route) {
            by_status.entry(code.status()).or_default().push(code.as_str());
        }
        for (status, codes) in by_status {
            let problem = json!({ "$ref": "#/components/schemas/Problem" });
            all.insert(
                status.to_string(),
                json!({
                    "description": codes.join(", "),
                    "content": { "application/problem+json": { "schema": problem } },
                    "x-codes": codes,
                }),
            );
        }
        all.into()
    }
}

/// Every code that a route may answer with.
fn refusals(route: &Route) -> BTreeSet<Code> {
    let mut codes = BTreeSet::from([Code::Internal, Code::DbBusy, Code::Timeout, Code::ShuttingDown]);
    codes.extend(route.about.codes);
    if route.permission != Permission::Anyone {
        codes.extend([
            Code::TokenMissing,
            Code::TokenUnknown,
            Code::TokenExpired,
            Code::TokenRevoked,
            Code::Revoked,
            Code::Forbidden,
            Code::TooManyRequests,
        ]);
    }
    if route.lets_in() {
        codes.insert(Code::TooManyRequests);
    }
    if route.path.contains('{') {
        codes.insert(Code::NotFound);
    }
    if route.about.query.is_some() || route.about.body.is_some() {
        codes.insert(Code::BadValue);
    }
    if route.about.body.is_some() {
        codes.extend([Code::BodyTooLarge, Code::BodyTooDeep, Code::BodyNotJson]);
    }
    if route.method != Method::GET {
        codes.insert(Code::DiskFull);
    }
    if route.is_once() {
        codes.extend([
            Code::BadValue,
            Code::BodyTooLarge,
            Code::IdempotencyKeyReused,
            Code::RequestUnderWay,
        ]);
    }
    codes
}

fn name(route: &Route) -> String {
    let words = route.path.split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<&str> = words
        .filter(|word| !word.is_empty() && !matches!(*word, "api" | "v1"))
        .collect();
    format!("{}_{}", route.method.as_str().to_lowercase(), words.join("_"))
}

fn tag(path: &str) -> &str {
    let path = path.strip_prefix("/api/v1/").unwrap_or(path);
    path.trim_start_matches('/').split('/').next().unwrap_or(path)
}

fn of_path(name: &str) -> Value {
    match name {
        "edition" => json!({ "type": "string", "pattern": "^(draft|[1-9][0-9]{0,8})$" }),
        "hash" => json!({ "type": "string", "pattern": "^[0-9a-f]{64}$" }),
        _ => json!({ "type": "string", "format": "uuid" }),
    }
}

fn content(media: Media, generator: &mut SchemaGenerator) -> Value {
    let schema = match media.shape {
        Some(shape) => shape(generator).to_value(),
        None => json!({}),
    };
    json!({ media.kind: { "schema": schema } })
}

/// The members of a shape as parameters behind `?`.
fn members(shape: Shape, generator: &mut SchemaGenerator) -> Vec<Value> {
    let schema: Schema = shape(generator);
    let required: BTreeSet<&str> = match schema.get("required") {
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ => BTreeSet::new(),
    };
    let Some(Value::Object(properties)) = schema.get("properties") else {
        return Vec::new();
    };
    let one = |(name, schema): (&String, &Value)| {
        let mut schema = bounded(without_null(schema));
        let about = schema.as_object_mut().and_then(|schema| schema.remove("description"));
        json!({
            "name": name, "in": "query", "required": required.contains(name.as_str()),
            "description": about.unwrap_or_default(), "schema": schema,
        })
    };
    properties.iter().map(one).collect()
}

/// A format tells programs how large a number may be, and this people, and programs that do not know the format.
fn bounded(mut schema: Value) -> Value {
    if let Value::Object(members) = &mut schema
        && members.get("format").is_some_and(|format| format == "uint32")
    {
        members.insert("maximum".to_owned(), u32::MAX.into());
    }
    schema
}

/// What may be left out is left out; nobody writes `null` behind `?`.
fn without_null(schema: &Value) -> Value {
    let mut schema = schema.clone();
    let Value::Object(members) = &mut schema else {
        return schema;
    };
    members.remove("default");
    if let Some(Value::Array(kinds)) = members.get_mut("type") {
        kinds.retain(|kind| kind != "null");
        if let [only] = kinds.as_slice() {
            let only = only.clone();
            members.insert("type".into(), only);
        }
    }
    if let Some(Value::Array(any)) = members.remove("anyOf") {
        let mut rest = any.into_iter().filter(|one| one.get("type") != Some(&json!("null")));
        if let Some(Value::Object(only)) = rest.next() {
            members.extend(only);
        }
    }
    schema
}
