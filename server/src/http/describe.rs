//! What the description of the API says of a route, beside who may call it: parameters, body, answer, codes.
use keyturn_protocol::Code;
use schemars::{JsonSchema, Schema, SchemaGenerator};

/// Gives the shape of a type, whatever the type is.
pub type Shape = fn(&mut SchemaGenerator) -> Schema;

/// A body of a request or of an answer.
#[derive(Clone, Copy)]
pub struct Media {
    /// Its media type.
    pub kind: &'static str,
    /// Its shape; none: bytes or text of a form of their own.
    pub shape: Option<Shape>,
}

/// What is said of a route.
#[derive(Clone, Copy)]
pub struct About {
    /// One line.
    pub summary: &'static str,
    /// The shape whose members are the parameters behind `?`.
    pub query: Option<Shape>,
    /// The body of the request.
    pub body: Option<Media>,
    /// The body of the answer; none: the answer has none.
    pub answer: Option<Media>,
    /// The status of an answer that is no error.
    pub status: u16,
    /// Codes of errors beyond those that every such route has.
    pub codes: &'static [Code],
}

const JSON: &str = "application/json";

fn shape<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

impl About {
    /// Begins a description with its one line.
    pub const fn new(summary: &'static str) -> Self {
        Self {
            summary,
            query: None,
            body: None,
            answer: None,
            status: 200,
            codes: &[],
        }
    }

    /// It takes the members of `T` behind `?`.
    #[must_use]
    pub const fn asks<T: JsonSchema>(mut self) -> Self {
        self.query = Some(shape::<T>);
        self
    }

    /// It takes a JSON body.
    #[must_use]
    pub const fn takes<T: JsonSchema>(mut self) -> Self {
        self.body = Some(Media {
            kind: JSON,
            shape: Some(shape::<T>),
        });
        self
    }

    /// It takes a body of another form.
    #[must_use]
    pub const fn takes_raw(mut self, kind: &'static str) -> Self {
        self.body = Some(Media { kind, shape: None });
        self
    }

    /// It answers with JSON.
    #[must_use]
    pub const fn gives<T: JsonSchema>(mut self) -> Self {
        self.answer = Some(Media {
            kind: JSON,
            shape: Some(shape::<T>),
        });
        self
    }

    /// It answers with another form.
    #[must_use]
    pub const fn gives_raw(mut self, kind: &'static str) -> Self {
        self.answer = Some(Media { kind, shape: None });
        self
    }

    /// It answers with this status.
    #[must_use]
    pub const fn with(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// It may refuse with these codes.
    #[must_use]
    pub const fn refuses(mut self, codes: &'static [Code]) -> Self {
        self.codes = codes;
        self
    }
}
