# Debian's Prometheus, in the place of the image that deploy/compose.yaml names: scripts/test-deploy runs where no
# registry can be reached.
FROM debian:bookworm-slim
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends prometheus \
 && install -d -o 10001 /prometheus
USER 10001
ENTRYPOINT ["/usr/bin/prometheus"]
