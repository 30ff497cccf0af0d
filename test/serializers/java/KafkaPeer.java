// AWS's own serializer and deserializer, unmodified, inside Kafka's own producer and consumer: one
// JSON line for each JSON line, as SerializerPeer.
//
//   {"op":"produce", "bootstrap":B, "topic":T, "config":{}, "schema":S, "record":R}   {"ok":true}
//   {"op":"consume", "bootstrap":B, "topic":T, "config":{}, "count":N}   {"ok":true,"records":[R]}
//
// S, R, "message" and the keys are spelled as there. The topic has one partition.

import com.amazonaws.services.schemaregistry.deserializers.GlueSchemaRegistryKafkaDeserializer;
import com.amazonaws.services.schemaregistry.serializers.GlueSchemaRegistryKafkaSerializer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

public final class KafkaPeer {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  public static void main(String[] arguments) throws Exception {
    SerializerPeer.serve(KafkaPeer::answer);
  }

  private static void answer(JsonNode request, ObjectNode answer) throws Exception {
    switch (request.get("op").asText()) {
      case "produce" -> produce(request);
      case "consume" -> consume(request, answer.putArray("records"));
      default -> throw new IllegalArgumentException("no such op");
    }
  }

  private static void produce(JsonNode request) throws Exception {
    Map<String, Object> config = SerializerPeer.config(request);
    Object record = SerializerPeer.record(request, (String) config.get("dataFormat"));
    var serializer =
        new GlueSchemaRegistryKafkaSerializer(SerializerPeer.credentials(request), config);
    serializer.configure(config, false);
    Map<String, Object> kafka = Map.of("bootstrap.servers", request.get("bootstrap").asText());
    try (var producer = new KafkaProducer<>(kafka, new ByteArraySerializer(), serializer)) {
      producer.send(new ProducerRecord<>(request.get("topic").asText(), record)).get();
    }
  }

  private static void consume(JsonNode request, ArrayNode records) {
    Map<String, Object> config = SerializerPeer.config(request);
    var deserializer =
        new GlueSchemaRegistryKafkaDeserializer(SerializerPeer.credentials(request), config);
    deserializer.configure(config, false);
    Map<String, Object> kafka = Map.of("bootstrap.servers", request.get("bootstrap").asText());
    int count = request.get("count").asInt();
    long end = System.nanoTime() + PATIENCE.toNanos();
    try (var consumer = new KafkaConsumer<>(kafka, new ByteArrayDeserializer(), deserializer)) {
      var partition = List.of(new TopicPartition(request.get("topic").asText(), 0));
      consumer.assign(partition);
      consumer.seekToBeginning(partition);
      while (records.size() < count) {
        if (System.nanoTime() > end) {
          throw new IllegalStateException("only " + records.size() + " records came");
        }
        consumer
            .poll(Duration.ofMillis(200))
            .forEach(each -> records.add(SerializerPeer.text(each.value())));
      }
    }
  }
}
