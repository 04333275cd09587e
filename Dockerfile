# Builder and image stand on the same Debian, so that the program finds the C library that it was linked with.
FROM rust:1.95-slim-trixie AS builder
WORKDIR /build

# Dependencies in a layer of their own, built for stubs: it is built again only when the manifests change.
COPY .cargo .cargo
COPY Cargo.toml Cargo.lock ./
COPY migration/Cargo.toml migration/
COPY test-database/Cargo.toml test-database/
RUN mkdir -p data benches src migration/src test-database/src \
    && printf '//! A stub.\nfn main() {}\n' \
        | tee benches/micro.rs src/lib.rs src/main.rs migration/src/lib.rs migration/src/main.rs test-database/src/lib.rs \
    && cargo build --release --locked --bin gatehouse \
    && cargo clean --release --locked --package gatehouse --package migration

COPY config.toml ./
COPY migration migration
COPY src src
RUN cargo build --release --locked --bin gatehouse

# The C library and libgcc, no shell and no package manager.
FROM gcr.io/distroless/cc-debian13:nonroot
LABEL org.opencontainers.image.title="Gatehouse" \
    org.opencontainers.image.description="User management backend" \
    org.opencontainers.image.licenses="MIT"
COPY --from=builder /build/target/release/gatehouse /usr/local/bin/

# Where config.toml and .secrets.toml are looked for; without the former, the one built into the program holds.
WORKDIR /app
# For SQLite: a volume mounted here belongs to the user of the image, like the directory.
COPY --from=builder --chown=65532:65532 /build/data data

ENV APP_ENV=prod
USER 65532:65532
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["gatehouse", "healthcheck"]
ENTRYPOINT ["gatehouse"]
CMD ["serve"]
