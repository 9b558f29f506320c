// Package protobuf reads Protocol Buffers messages straight into columns, and
// writes rows as messages: plain ones, or with the id of a schema in a registry and
// the message's place in it in front, as Confluent's serializers write them.
//
// # The way of a record
//
// A schema is a .proto text, compiled within the process, or a file of
// descriptors (protoc --descriptor_set_out --include_imports). A program
// (compile.go) is made of the message's descriptor once. For each record scan.go
// goes over the message once and notes where the wanted fields lie; then read.go
// reads the notes into the columns, nested messages in the same way.
//
// # What a field becomes
//
// A column takes the field of its name, or of its JSON name. Messages are ROWs,
// repeated fields ARRAYs, maps MAPs, enums their names (or numbers, in an integer
// column). google.protobuf.Timestamp is a timestamp, Duration an INTERVAL, the
// wrappers (Int64Value, …) are values that may be NULL.
//
// An absent field that has presence (optional, in a oneof, a message, all of
// proto2's) is NULL, or its default under protobuf.read-default-values. One
// without (proto3's plain fields) cannot be told from its default, and is that:
// 0, false, the empty text, the enum's first name. Absent lists and maps are
// empty. Written, NULL is absence; it reads back as the default where there is no
// presence. An enum's number without a name is its digits.
//
// # What must always hold
//
//   - Of a singular field the last counts, of a oneof the last member; of a message
//     that comes twice the parts are merged; unknown fields are passed over.
//   - No length in the data is believed before the bytes are there.
//   - On error the columns are as before. Good records cost no allocation.
package protobuf
