# A container engine for one worker, where the machine has none to share: rootless Podman, which serves its
# Docker-compatible interface on a socket that the worker's container sees too. Built by scripts/images.
FROM debian:bookworm-slim AS tree
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
      ca-certificates catatonit crun podman uidmap \
 && useradd --uid 10001 --user-group --no-create-home --home-dir /var/lib/engine --shell /usr/sbin/nologin probefarm \
 && echo probefarm:100000:65536 | tee /etc/subuid >/etc/subgid \
 && install -d -o probefarm -g probefarm -m 700 /var/lib/engine /run/probefarm
COPY containers.conf storage.conf /etc/containers/
COPY trim /
RUN sh /trim

FROM scratch
COPY --from=tree / /
ENV PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/var/lib/engine XDG_RUNTIME_DIR=/run/probefarm TMPDIR=/tmp
USER 10001:10001
ENTRYPOINT ["/usr/bin/podman"]
CMD ["system", "service", "--time=0", "unix:///run/probefarm/engine.sock"]
ARG VERSION=""
ARG REVISION=""
LABEL org.opencontainers.image.title="probefarm-engine" \
      org.opencontainers.image.description="Rootless Podman as the engine of a probefarm worker" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
