# The image of the attested worker: one static binary, the roots of public TLS, nothing else.
#
#   docker build -t enclave .
#
# For a release name the compiler's image by digest, so that the binary can be built again
# byte for byte: --build-arg GO_IMAGE=golang:1.26.8@sha256:...
ARG GO_IMAGE=golang:1.26.8

FROM ${GO_IMAGE} AS build
ARG GOPROXY
ENV CGO_ENABLED=0 GOTOOLCHAIN=local GOFLAGS="-mod=readonly -trimpath -buildvcs=false"
WORKDIR /src
COPY go.mod go.sum ./
# Only what the binary is made of (cmd/enclave/deps.txt): no other change makes another image.
COPY protocol protocol
COPY fhe fhe
COPY dstack dstack
COPY enclave enclave
COPY cmd/enclave cmd/enclave
RUN go build -ldflags "-s -w -buildid=" -o /out/enclave ./cmd/enclave

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/enclave /enclave
USER 65532:65532
ENTRYPOINT ["/enclave"]
