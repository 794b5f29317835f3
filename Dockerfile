# syntax=docker/dockerfile:1

# The files of GraphiQL, which the binary embeds.
FROM node:22-bookworm-slim AS graphiql
WORKDIR /src
COPY .ci/graphiql-assets .ci/graphiql-assets
COPY src/graphql/graphiql/.npmrc src/graphql/graphiql/files.txt src/graphql/graphiql/package.json \
    src/graphql/graphiql/package-lock.json src/graphql/graphiql/
RUN .ci/graphiql-assets

FROM rust:1.95-slim-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends gcc libc6-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
COPY --from=graphiql /src/src/graphql/graphiql/assets src/graphql/graphiql/assets
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --profile dist --locked --bin postern \
    && cp target/dist/postern /usr/local/bin/postern

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates curl \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --create-home --home-dir /var/lib/postern postern
COPY --from=build /usr/local/bin/postern /usr/local/bin/postern
USER postern
WORKDIR /var/lib/postern
# A container is reached from outside, so `serve` asks for POSTERN_ISSUER, the public URL.
ENV POSTERN_LISTEN=0.0.0.0:8080
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s \
    CMD ["curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:8080/readyz"]
ENTRYPOINT ["postern"]
CMD ["serve"]
