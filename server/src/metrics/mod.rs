//! What a server counts, for Prometheus: in text, on an address of its own, so that no right on the API is needed and
//! none is given. The list stands in docs/operations.md; a test compares it with what is told.
mod gauges;
mod labels;
mod serve;

pub(crate) use serve::serve;

use std::time::Duration;

use keyturn_protocol::Run;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use gauges::Gauges;
use labels::{Job, Route, RouteStatus, Verdict};

/// From a cached answer to the slowest sync over a bad line, in seconds.
const BUCKETS: [f64; 10] = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 60.0];

/// Counters of one process. None holds a name, an id of a person or anything that was recorded.
pub struct Metrics {
    registry: Registry,
    requests: Family<RouteStatus, Counter>,
    seconds: Family<Route, Histogram>,
    changes: Family<Verdict, Counter>,
    listening: Gauge,
    jobs: Family<Job, Counter>,
    gauges: Gauges,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("keyturn");
        let requests = Family::default();
        registry.register("requests", "Requests that were answered", requests.clone());
        let seconds = Family::new_with_constructor((|| Histogram::new(BUCKETS)) as fn() -> Histogram);
        let help = "How long requests took";
        registry.register_with_unit("request", help, Unit::Seconds, seconds.clone());
        let changes = Family::default();
        registry.register("changes", "Changes that phones handed in, by verdict", changes.clone());
        let listening: Gauge = Gauge::default();
        registry.register("phones_listening", "Phones that wait for pokes", listening.clone());
        let jobs = Family::default();
        registry.register("jobs", "Jobs that ended, by outcome", jobs.clone());
        let gauges = Gauges::register(&mut registry);
        Self {
            registry,
            requests,
            seconds,
            changes,
            listening,
            jobs,
            gauges,
        }
    }
}

impl Metrics {
    /// Counts a request; `route` is the path of the table, never that of the request.
    pub fn request(&self, method: &str, route: &str, status: u16, took: Duration) {
        let labels = RouteStatus {
            method: method.to_owned(),
            route: route.to_owned(),
            status,
        };
        self.requests.get_or_create(&labels).inc();
        let route = Route {
            route: route.to_owned(),
        };
        self.seconds.get_or_create(&route).observe(took.as_secs_f64());
    }

    /// Counts the verdicts of a push.
    pub fn verdicts(&self, runs: &[Run]) {
        for run in runs {
            let verdict = Verdict::of(&run.verdict);
            self.changes.get_or_create(&verdict).inc_by(run.n.into());
        }
    }

    /// Counts a job that ended: `planning` or `backup`.
    pub fn job(&self, name: &'static str, done: bool) {
        let outcome = if done { "done" } else { "failed" };
        self.jobs.get_or_create(&Job { name, outcome }).inc();
    }

    /// Counts a phone that waits for pokes, until what is returned is dropped.
    pub fn listens(&self) -> Listens {
        self.listening.inc();
        Listens(self.listening.clone())
    }
}

/// A phone that waits for pokes.
pub struct Listens(Gauge<i64, std::sync::atomic::AtomicI64>);

impl Drop for Listens {
    fn drop(&mut self) {
        self.0.dec();
    }
}
