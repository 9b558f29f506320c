#!/usr/bin/env bash
# Runs a command beside an Apache Kafka of its own, whose address replaces the
# word $KAFKA in the arguments and stands in the variable KAFKA.
#   .ci/with-kafka.sh go run ./bench/s1 -brokers '$KAFKA'
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
libs=$("$here/kafka.sh")
dir=$(mktemp -d)
pid=
finish() {
	if [ -n "$pid" ]; then kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; fi
	rm -rf "$dir"
}
trap finish EXIT
port() { python3 -c 'import socket; s=socket.socket(); s.bind(("127.0.0.1",0)); print(s.getsockname()[1])'; }
broker=$(port) controller=$(port)
cat > "$dir/server.properties" <<P
process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=127.0.0.1:$controller
listeners=PLAINTEXT://127.0.0.1:$broker,CONTROLLER://127.0.0.1:$controller
advertised.listeners=PLAINTEXT://127.0.0.1:$broker
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=$dir/logs
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
P
id=$(java -cp "$libs/*" kafka.tools.StorageTool random-uuid 2>/dev/null | tail -n 1)
java -cp "$libs/*" kafka.tools.StorageTool format --standalone -t "$id" -c "$dir/server.properties" >"$dir/format.log" 2>&1 || { cat "$dir/format.log" >&2; exit 1; }
java -Xmx1g -cp "$libs/*" kafka.Kafka "$dir/server.properties" >"$dir/kafka.log" 2>&1 &
pid=$!
for i in $(seq 1 120); do
	if (exec 3<>"/dev/tcp/127.0.0.1/$broker") 2>/dev/null; then break; fi
	if ! kill -0 "$pid" 2>/dev/null || [ "$i" = 120 ]; then tail -n 20 "$dir/kafka.log" >&2; exit 1; fi
	sleep 0.5
done
export KAFKA=127.0.0.1:$broker
"${@//\$KAFKA/$KAFKA}"
