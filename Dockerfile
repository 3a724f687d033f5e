# The image of the attested worker: one static binary and the licenses of what is in it.
#
#   docker build -t encompute-enclave .
#
# Releases are made by `make image` instead: it puts the very same two files into an image that has
# the same digest on every machine, which no container engine promises. `make test-dockerfile` holds
# the two to each other.
ARG GO_IMAGE=golang:1.26.8

FROM ${GO_IMAGE} AS build
ARG GOPROXY
WORKDIR /src
COPY go.mod go.sum LICENSE ./
# Only what the binary is made of (cmd/enclave/deps.txt), and what builds it.
COPY ring52 ring52
COPY protocol protocol
COPY fhe fhe
COPY dstack dstack
COPY privacy privacy
COPY internal/fetch internal/fetch
COPY internal/upload internal/upload
COPY enclave enclave
COPY cmd/enclave cmd/enclave
COPY cmd/release cmd/release
RUN go run ./cmd/release rootfs /out

FROM scratch
COPY --from=build /out/ /
ENV GOTRACEBACK=none
USER 65532:65532
ENTRYPOINT ["/enclave"]
