"""OpenTelemetry traces of requests: off unless an endpoint is named, by the TOML or by OTEL_EXPORTER_OTLP_ENDPOINT."""

import os

from fastapi import FastAPI

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"


def trace(app: FastAPI, endpoint: str) -> None:
    """Send a span a request to an OTLP collector, over HTTP."""
    if not (endpoint or os.environ.get(ENDPOINT)):
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": "filmwright"}))
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces") if endpoint else OTLPSpanExporter()
    provider.add_span_processor(BatchSpanProcessor(exporter))
    FastAPIInstrumentor.instrument_app(app, tracer_provider=provider, excluded_urls="healthz,readyz,metrics")
    app.state.traces = provider
