# The three programs, compiled on Debian 12 as scripts/build release does: an image of nothing but them, which
# deploy/images/Dockerfile takes them from. Built by scripts/images; the context is the repository.
FROM debian:bookworm-slim AS compile
WORKDIR /src
COPY scripts/machine.bash scripts/setup scripts/
RUN scripts/setup --compile
COPY . .
RUN cmake --preset release && cmake --build --preset release

FROM scratch
COPY --from=compile /src/build/release/bin/ /
