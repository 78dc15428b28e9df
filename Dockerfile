# The image holds the static binaries and nothing else: no shell, no libc, no package manager. `make image` builds them
# into bin/image first, so that no base image and no image registry is needed.
#
# There are no authorities' certificates in it: TLS to brokers, registry or platform names its own with --tls-ca-file,
# --registry-ca-file and --platform-ca-file.
FROM scratch

ARG VERSION=devel
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Tidemark" \
      org.opencontainers.image.description="Data products on Kafka: the command line, the platform, and the demo's six domains" \
      org.opencontainers.image.source="https://github.com/tidemark-mesh/tidemark" \
      org.opencontainers.image.documentation="https://github.com/tidemark-mesh/tidemark/blob/main/docs/compose.md" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

COPY bin/image/ /usr/local/bin/

# A number, so that Kubernetes' runAsNonRoot can tell; 65532 is what images without users call nonroot.
USER 65532:65532

EXPOSE 8080
ENTRYPOINT ["/usr/local/bin/tidemark"]
