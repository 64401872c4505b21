# syntax=docker/dockerfile:1
# Agnes in a container: `docker build --tag agnes .`, then deploy/compose.yml or
# `docker run --publish 8000:8000 --volume agnes-data:/data agnes`.

FROM node:22-bookworm-slim AS node

FROM rust:1.95.0-bookworm AS build
# Node carries npm, which brings the prebuilt DuckDB library and the wasm optimiser; the digest and the lock file in
# xtask/ pin both.
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules /usr/local/lib/node_modules
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo xtask dist && cp --recursive target/dist /dist

FROM debian:bookworm-slim
# Certificates for what the server fetches over TLS. libstdc++, which libduckdb needs, is part of the base.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates libstdc++6 \
    && rm -rf /var/lib/apt/lists/* \
    # A fixed number, so that a volume keeps its owner from one image to the next. A volume written by another uid
    # wants `chown -R 10001:10001` once.
    && groupadd --gid 10001 agnes \
    && useradd --uid 10001 --gid agnes --home-dir /data --no-create-home --shell /usr/sbin/nologin agnes \
    && install --directory --owner agnes --group agnes --mode 0750 /data
COPY --from=build /dist /opt/agnes
COPY config /opt/agnes/config

ARG RELEASE_CHANNEL=dev
ARG AGNES_COMMIT_SHA=unknown
ARG AGNES_TAG=unknown
ENV RELEASE_CHANNEL=$RELEASE_CHANNEL \
    AGNES_COMMIT_SHA=$AGNES_COMMIT_SHA \
    AGNES_TAG=$AGNES_TAG \
    AGNES_BIND=0.0.0.0:8000 \
    AGNES_SITE_DIR=/opt/agnes/site \
    AGNES_CLI_DIST_DIR=/opt/agnes/cli \
    DATA_DIR=/data \
    PATH=/opt/agnes:$PATH

USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
# The server answers SIGTERM by draining; ten seconds is what it takes at most.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 CMD ["/opt/agnes/agnes", "healthcheck"]
ENTRYPOINT ["/opt/agnes/agnes"]
CMD ["serve"]
