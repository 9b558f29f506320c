#!/usr/bin/env bash
# Fetches Apache Kafka's jars from Maven Central into a cache folder, unless they
# are there, and prints the folder. Needs mvn and java.
#   export PENSTOCK_KAFKA_LIBS=$(.ci/kafka.sh)
set -euo pipefail
version=4.3.0
dir="${XDG_CACHE_HOME:-$HOME/.cache}/penstock/kafka-$version"
if [ ! -e "$dir/complete" ]; then
	for tool in mvn java; do
		command -v "$tool" >/dev/null || { echo "kafka.sh: $tool is not installed" >&2; exit 1; }
	done
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	cat > "$work/pom.xml" <<P
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>penstock</groupId><artifactId>kafka-libs</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>$version</version></dependency>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-tools</artifactId><version>$version</version></dependency>
    <dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId><version>2.24.3</version></dependency>
  </dependencies>
</project>
P
	mkdir -p "$dir"
	(cd "$work" && mvn -q dependency:copy-dependencies -DoutputDirectory="$dir") >&2
	touch "$dir/complete"
fi
echo "$dir"
