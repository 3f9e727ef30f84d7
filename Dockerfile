# docker build -t lodegraph . && docker run -p 127.0.0.1:8000:8000 --read-only --tmpfs /tmp --cap-drop ALL --memory 5g --pids-limit 128 lodegraph
# A tag moves. To pin what it names today: `docker buildx imagetools inspect python:3.12-slim --format '{{.Manifest.Digest}}'`, then
# `docker build --build-arg BASE=python:3.12-slim@sha256:... -t lodegraph .`, and the same digest in the place where builds are kept.
ARG BASE=python:3.12-slim
FROM ${BASE} AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE LICENSE-DATA ./
COPY requirements requirements
COPY kg kg
COPY service service
COPY ontology ontology
COPY queries queries
RUN python -m venv /opt/lodegraph \
 && /opt/lodegraph/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements/serve.txt \
      -r requirements/mcp.txt -r requirements/parquet.txt -r requirements/png.txt \
 && /opt/lodegraph/bin/pip install --no-cache-dir --no-deps --no-build-isolation .
# The graph is built and checked here, so that the service starts at once.
RUN LODE_CACHE=/var/cache/lodegraph /opt/lodegraph/bin/lode ask pillars --format csv

FROM ${BASE}
RUN useradd --system --no-create-home lodegraph
COPY --from=build /opt/lodegraph /opt/lodegraph
COPY --from=build --chown=lodegraph /var/cache/lodegraph /var/cache/lodegraph
USER lodegraph
ENV LODE_CACHE=/var/cache/lodegraph LODE_HOST=0.0.0.0 PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
STOPSIGNAL SIGTERM
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["/opt/lodegraph/bin/python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["/opt/lodegraph/bin/lode", "serve"]
