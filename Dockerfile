# A container for the store: docker build -t pings-store .
# docs/store.md describes its use. CI does not build this image.

FROM rust:1-bookworm AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked -p pings-cli && cp target/release/pings /usr/local/bin/pings

FROM debian:bookworm-slim
# The certificates are for PostgreSQL with TLS, curl is for the health check.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates curl \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /var/lib/pings --create-home pings
COPY --from=build /usr/local/bin/pings /usr/local/bin/pings
USER 10001:10001
WORKDIR /var/lib/pings
VOLUME /var/lib/pings
ENV PINGS_STORE_DATABASE=sqlite:///var/lib/pings/store.db
EXPOSE 8090
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
    CMD ["curl", "--fail", "--silent", "--show-error", "http://127.0.0.1:8090/healthz"]
ENTRYPOINT ["pings", "store", "serve", "--listen", "0.0.0.0:8090"]
