//! Traces: how long requests and jobs took, sent to an OpenTelemetry collector by OTLP over HTTP (feature `traces`).
//!
//! What is traced is marked by its target, so that lines of the log look the same with and without. A collector that does
//! not answer costs spans, and nothing else.

/// Sends what is waiting when it ends.
pub struct Traces(inner::Sending);

impl Traces {
    /// Sends what is waiting; what cannot be sent within seconds is lost.
    pub async fn end(self) {
        let ended = tokio::task::spawn_blocking(move || self.0.end()).await;
        if ended.is_err() {
            tracing::warn!("Traces ended before they were sent");
        }
    }
}

pub use inner::begin;

#[cfg(feature = "traces")]
mod inner {
    use super::Traces;
    use crate::failure::Failure;
    use keyturn_server::TRACE_TARGET;
    use keyturn_server::protocol::Code;
    use opentelemetry::trace::TracerProvider as _;
    use opentelemetry_otlp::{SpanExporter, WithExportConfig as _};
    use opentelemetry_sdk::Resource;
    use opentelemetry_sdk::trace::SdkTracerProvider;
    use tracing::Subscriber;
    use tracing_subscriber::Layer;
    use tracing_subscriber::filter::{LevelFilter, Targets};
    use tracing_subscriber::registry::LookupSpan;

    pub(super) struct Sending(Option<SdkTracerProvider>);

    impl Sending {
        pub(super) fn end(&self) {
            if let Some(provider) = &self.0
                && let Err(error) = provider.shutdown()
            {
                tracing::warn!(%error, "The last traces could not be sent");
            }
        }
    }

    /// Returns what collects spans for `collector`, such as `http://127.0.0.1:4318`; without one, nothing does.
    ///
    /// # Errors
    /// `config_bad` for an address that is none.
    pub fn begin<S>(collector: Option<&str>) -> Result<(Option<impl Layer<S>>, Traces), Failure>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let Some(collector) = collector else {
            return Ok((None, Traces(Sending(None))));
        };
        let bad = |detail: String| Failure::new(Code::ConfigBad, format!("{collector}: {detail}"));
        if !collector.starts_with("http://") && !collector.starts_with("https://") {
            return Err(bad("an address is like http://127.0.0.1:4318".to_owned()));
        }
        let exporter = SpanExporter::builder()
            .with_http()
            .with_endpoint(format!("{}/v1/traces", collector.trim_end_matches('/')))
            .build()
            .map_err(|e| bad(e.to_string()))?;
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(Resource::builder().with_service_name("keyturn").build())
            .build();
        let layer = tracing_opentelemetry::layer()
            .with_tracer(provider.tracer("keyturn"))
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_filter(Targets::new().with_target(TRACE_TARGET, LevelFilter::DEBUG));
        Ok((Some(layer), Traces(Sending(Some(provider)))))
    }
}

#[cfg(not(feature = "traces"))]
mod inner {
    use super::Traces;
    use crate::failure::Failure;
    use keyturn_server::protocol::Code;
    use tracing::Subscriber;
    use tracing_subscriber::Layer;
    use tracing_subscriber::layer::Identity;

    pub(super) struct Sending;

    impl Sending {
        pub(super) const fn end(&self) {}
    }

    /// Returns nothing that collects spans.
    ///
    /// # Errors
    /// `config_bad` where a collector is named: this program was built without the feature.
    pub fn begin<S: Subscriber>(collector: Option<&str>) -> Result<(Option<impl Layer<S>>, Traces), Failure> {
        match collector {
            None => Ok((None::<Identity>, Traces(Sending))),
            Some(_) => Err(Failure::new(
                Code::ConfigBad,
                "this program was built without the feature `traces`",
            )),
        }
    }
}
