// Package gcs reads and writes objects of Google Cloud Storage over its JSON API
// (https://cloud.google.com/storage/docs/json_api), as a driver of
// gocloud.dev/blob. Google's own client brings gRPC and telemetry exporters to
// every process, used or not; what files need is four requests: list, get, get
// the bytes, and a resumable upload.
//
// A Client belongs to one configuration (address, credentials, transport) and
// keeps its token; Client.Bucket gives a bucket of it. client.go makes requests and
// tries them again, bucket.go lists and reads, upload.go writes, auth.go and
// account.go get tokens.
//
// What must always hold:
//
//   - No request is sent more than Options.Attempts times, no wait between is
//     longer than maxWait, and all of it ends with the context. An upload may go on
//     for as long as the store takes bytes.
//   - Redirects are not followed, and a token is sent to the endpoint alone: not to
//     an upload's address on another host.
//   - Errors hold neither tokens nor upload addresses, which are as good as tokens.
//   - An object appears when its writer is closed, and not if the writer's context
//     has ended.
//   - Bytes come as they are stored: what the store holds gzipped is not unpacked on
//     the way, so sizes and ranges are those that a listing shows.
package gcs
