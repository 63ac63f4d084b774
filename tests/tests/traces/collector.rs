//! As much of a collector as a test needs: it takes `POST /v1/traces` and reads the spans out of protobuf.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A span that was sent.
#[derive(Clone, Debug, Default)]
pub struct Span {
    /// Its name.
    pub name: String,
    /// Attributes that are text, those of the resource among them.
    pub texts: BTreeMap<String, String>,
    /// How long it took.
    pub took_ns: u64,
}

/// Listens until the test ends.
pub struct Collector {
    /// Its address.
    pub url: String,
    bodies: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Collector {
    /// Begins to listen.
    pub fn begin() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let bodies: Arc<Mutex<Vec<Vec<u8>>>> = Arc::default();
        let taken = bodies.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, taken) = (stream.unwrap(), taken.clone());
                std::thread::spawn(move || take(stream, &taken));
            }
        });
        Self { url, bodies }
    }

    /// What came so far.
    pub fn spans(&self) -> Vec<Span> {
        self.bodies
            .lock()
            .unwrap()
            .iter()
            .flat_map(|body| spans_of(body))
            .collect()
    }
}

/// Answers the requests of one connection.
fn take(mut stream: TcpStream, taken: &Mutex<Vec<Vec<u8>>>) {
    let mut held = Vec::new();
    let mut buffer = [0; 65_536];
    loop {
        let end = held.windows(4).position(|w| w == b"\r\n\r\n");
        if let Some(end) = end {
            let head = String::from_utf8_lossy(&held[..end]).to_lowercase();
            assert!(head.starts_with("post /v1/traces http/1.1"), "{head}");
            assert!(head.contains("content-type: application/x-protobuf"), "{head}");
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "))
                .unwrap();
            let length: usize = length.parse().unwrap();
            if held.len() >= end + 4 + length {
                taken.lock().unwrap().push(held[end + 4..end + 4 + length].to_vec());
                held.drain(..end + 4 + length);
                let said = b"HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\r\n";
                stream.write_all(said).unwrap();
                continue;
            }
        }
        match stream.read(&mut buffer) {
            Ok(n) if n > 0 => held.extend_from_slice(&buffer[..n]),
            _ => return,
        }
    }
}

/// ExportTraceServiceRequest: 1 ResourceSpans { 1 Resource { 1 KeyValue }, 2 ScopeSpans { 2 Span } }.
fn spans_of(body: &[u8]) -> Vec<Span> {
    let mut spans = Vec::new();
    for resource_spans in inside(body, 1) {
        let of_resource: BTreeMap<_, _> = inside(resource_spans, 1)
            .into_iter()
            .flat_map(|resource| texts(resource, 1))
            .collect();
        for scope_spans in inside(resource_spans, 2) {
            for span in inside(scope_spans, 2) {
                let time = |field| match fields(span).into_iter().find(|(n, _)| *n == field) {
                    Some((_, Field::Number(n))) => n,
                    _ => 0,
                };
                let mut all = of_resource.clone();
                all.extend(texts(span, 9));
                spans.push(Span {
                    name: inside(span, 5)
                        .first()
                        .map(|b| String::from_utf8_lossy(b).into_owned())
                        .unwrap_or_default(),
                    texts: all,
                    took_ns: time(8) - time(7),
                });
            }
        }
    }
    spans
}

/// KeyValue { 1 key, 2 AnyValue { 1 text } }.
fn texts(message: &[u8], field: u64) -> Vec<(String, String)> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let one = |pair: &[u8]| {
        let key = inside(pair, 1).first().map(|b| text(b))?;
        let value = inside(pair, 2)
            .first()
            .map(|value| inside(value, 1).first().map(|b| text(b)))?;
        Some((key, value?))
    };
    inside(message, field).into_iter().filter_map(one).collect()
}

enum Field<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

fn inside(message: &[u8], field: u64) -> Vec<&[u8]> {
    let bytes = |(n, value)| match value {
        Field::Bytes(bytes) if n == field => Some(bytes),
        _ => None,
    };
    fields(message).into_iter().filter_map(bytes).collect()
}

/// The fields of a message, with their numbers.
fn fields(mut rest: &[u8]) -> Vec<(u64, Field<'_>)> {
    let mut found = Vec::new();
    while !rest.is_empty() {
        let tag = varint(&mut rest);
        let value = match tag & 7 {
            0 => Field::Number(varint(&mut rest)),
            1 => Field::Number(u64::from_le_bytes(cut(&mut rest, 8).try_into().unwrap())),
            2 => {
                let length = usize::try_from(varint(&mut rest)).unwrap();
                Field::Bytes(cut(&mut rest, length))
            }
            5 => Field::Number(u32::from_le_bytes(cut(&mut rest, 4).try_into().unwrap()).into()),
            other => panic!("no protobuf: wire type {other}"),
        };
        found.push((tag >> 3, value));
    }
    found
}

fn cut<'a>(rest: &mut &'a [u8], n: usize) -> &'a [u8] {
    let (head, tail) = rest.split_at(n);
    *rest = tail;
    head
}

fn varint(rest: &mut &[u8]) -> u64 {
    let mut value = 0;
    for n in 0.. {
        let byte = cut(rest, 1)[0];
        value |= u64::from(byte & 0x7f) << (7 * n);
        if byte < 0x80 {
            return value;
        }
    }
    value
}
