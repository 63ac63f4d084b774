//! The network between one phone and the server: it loses, repeats and reorders messages, and shows them to whoever
//! checks what went over the wire.

use async_trait::async_trait;
use keyturn_protocol::auth::{EnrolReply, EnrolRequest, TokenReply};
use keyturn_protocol::{ApiError, Entry, SyncApi, SyncReply, SyncRequest};
use std::sync::{Arc, Mutex, MutexGuard};

/// What happens to the next exchange.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Fault {
    /// Nothing.
    #[default]
    None,
    /// The request never arrives.
    LostRequest,
    /// The request never arrives now, but after the next one.
    LateRequest,
    /// The server did everything; its reply never arrives.
    LostReply,
    /// The request arrives twice; the second reply is the one that the phone gets.
    Repeated,
    /// The request arrives twice; the first reply is the one that the phone gets.
    RepeatedFirst,
    /// Another than the server answers.
    CaptivePortal,
    /// Somebody puts this entry into the reply, among those of the first page that names its project.
    Injected(Box<Entry>),
}

/// One exchange as it went over the wire.
#[derive(Clone, Debug)]
pub struct Seen {
    /// What the phone sent.
    pub request: SyncRequest,
    /// What the server did, when the request arrived.
    pub reply: Option<Result<SyncReply, ApiError>>,
    /// Whether the phone got it.
    pub delivered: bool,
}

#[derive(Default)]
struct State {
    /// The server, while it runs.
    server: Option<Arc<dyn SyncApi>>,
    fault: Fault,
    /// The fault happens at this exchange from now on.
    after: u32,
    late: Option<(String, SyncRequest)>,
    seen: Vec<Seen>,
    happened: Vec<&'static str>,
}

/// The network of one phone.
#[derive(Default)]
pub struct Net(Mutex<State>);

impl Net {
    /// A network that leads nowhere yet.
    #[must_use]
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Leads to this server from now on; none: it is down.
    pub fn lead_to(&self, server: Option<Arc<dyn SyncApi>>) {
        self.state().server = server;
    }

    /// Lets the exchange after `after` others fail.
    pub fn fail(&self, after: u32, fault: Fault) {
        let mut state = self.state();
        state.after = after;
        state.fault = fault;
    }

    /// Forgets a fault that has not happened, and what is still under way.
    pub fn heal(&self) {
        let mut state = self.state();
        state.fault = Fault::None;
        state.late = None;
    }

    /// Takes what went over the wire since the last call.
    pub fn take_seen(&self) -> Vec<Seen> {
        std::mem::take(&mut self.state().seen)
    }

    /// Takes the names of the faults that happened since the last call.
    pub fn take_happened(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.state().happened)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("not poisoned")
    }

    fn server(&self) -> Result<Arc<dyn SyncApi>, ApiError> {
        self.state().server.clone().ok_or_else(offline)
    }

    fn next_fault(&self) -> Fault {
        let mut state = self.state();
        if state.after > 0 {
            state.after -= 1;
            return Fault::None;
        }
        std::mem::take(&mut state.fault)
    }

    fn note(&self, request: &SyncRequest, reply: Option<Result<SyncReply, ApiError>>, delivered: bool) {
        self.state().seen.push(Seen {
            request: request.clone(),
            reply,
            delivered,
        });
    }

    fn happened(&self, name: &'static str) {
        self.state().happened.push(name);
    }
}

fn offline() -> ApiError {
    ApiError::Offline("simulated".into())
}

#[async_trait]
impl SyncApi for Net {
    async fn enrol(&self, request: EnrolRequest) -> Result<EnrolReply, ApiError> {
        self.server()?.enrol(request).await
    }

    async fn token(&self, proof: &str) -> Result<TokenReply, ApiError> {
        self.server()?.token(proof).await
    }

    async fn sync(&self, token: &str, request: SyncRequest) -> Result<SyncReply, ApiError> {
        let server = self.server()?;
        let fault = self.next_fault();
        match &fault {
            Fault::LostRequest | Fault::LateRequest => {
                let late = fault == Fault::LateRequest;
                self.happened(if late { "request late" } else { "request lost" });
                if late {
                    self.state().late = Some((token.to_owned(), request.clone()));
                }
                self.note(&request, None, false);
                return Err(offline());
            }
            Fault::CaptivePortal => {
                self.happened("captive portal");
                self.note(&request, None, false);
                return Err(ApiError::CaptivePortal);
            }
            _ => {}
        }
        let mut reply = server.sync(token, request.clone()).await;
        self.note(
            &request,
            Some(reply.clone()),
            fault != Fault::LostReply && fault != Fault::Repeated,
        );
        let late = self.state().late.take();
        if let Some((token, request)) = late {
            self.happened("request reordered");
            let answer = server.sync(&token, request.clone()).await;
            self.note(&request, Some(answer), false);
        }
        match fault {
            Fault::LostReply => {
                self.happened("reply lost");
                return Err(offline());
            }
            Fault::Repeated | Fault::RepeatedFirst => {
                self.happened("request repeated");
                let again = server.sync(token, request.clone()).await;
                let second = fault == Fault::Repeated;
                self.note(&request, Some(again.clone()), second);
                if second {
                    reply = again;
                }
            }
            Fault::Injected(entry) => {
                if let Ok(reply) = &mut reply {
                    self.inject(reply, *entry);
                }
            }
            _ => {}
        }
        reply
    }
}

impl Net {
    fn inject(&self, reply: &mut SyncReply, entry: Entry) {
        if let Some(page) = reply.pages.first_mut() {
            page.entries.push(entry);
            self.happened("entry injected");
        } else {
            // Nothing comes down this time; the next exchange may carry something.
            self.fail(0, Fault::Injected(Box::new(entry)));
        }
    }
}
