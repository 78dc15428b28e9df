package bench;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.apache.avro.Schema;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/** Decodes, checks and encodes orders; what fails goes to the dead letters as it came, in the same transaction. */
public final class Streams {
    private Streams() {}

    public static void main(String[] args) throws Exception {
        Map<String, String> flags = flags(args);
        Properties p = new Properties();
        p.put(StreamsConfig.APPLICATION_ID_CONFIG, flags.get("group"));
        p.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, flags.get("brokers"));
        p.put(StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG, Serdes.ByteArraySerde.class);
        p.put(StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG, Serdes.ByteArraySerde.class);
        p.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, flags.containsKey("eos") ? StreamsConfig.EXACTLY_ONCE_V2 : StreamsConfig.AT_LEAST_ONCE);
        p.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 100);
        p.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, Runtime.getRuntime().availableProcessors());
        p.put(StreamsConfig.STATE_DIR_CONFIG, java.nio.file.Files.createTempDirectory("streams").toString());
        p.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");

        Schema schema;
        try (InputStream in = Streams.class.getResourceAsStream("/order.avsc")) {
            schema = new Schema.Parser().parse(in);
        }
        Topology topology = new Topology();
        topology.addSource("in", flags.get("input"))
                .addProcessor("check", () -> new Check(schema), "in")
                .addSink("out", flags.get("output"), "check")
                .addSink("letters", flags.get("letters"), "check");
        CountDownLatch stopped = new CountDownLatch(1);
        KafkaStreams streams = new KafkaStreams(topology, p);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            streams.close(java.time.Duration.ofSeconds(10));
            stopped.countDown();
        }));
        streams.setUncaughtExceptionHandler(e -> {
            e.printStackTrace();
            return org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
        streams.start();
        stopped.await();
    }

    private static Map<String, String> flags(String[] args) {
        Map<String, String> flags = new HashMap<>();
        for (int i = 0; i < args.length; i++) {
            String name = args[i].substring(1);
            boolean alone = i + 1 == args.length || args[i + 1].startsWith("-");
            flags.put(name, alone ? "true" : args[++i]);
        }
        return flags;
    }

    /** One record after the other. */
    private static final class Check implements Processor<byte[], byte[], byte[], byte[]> {
        private final Orders orders;
        private ProcessorContext<byte[], byte[]> context;

        Check(Schema schema) {
            orders = new Orders(schema);
        }

        @Override
        public void init(ProcessorContext<byte[], byte[]> context) {
            this.context = context;
        }

        @Override
        public void process(Record<byte[], byte[]> record) {
            try {
                byte[] out = orders.checked(record.key(), record.value());
                context.forward(record.withValue(out), "out");
            } catch (IOException | RuntimeException e) {
                record.headers().add(new RecordHeader("reason", String.valueOf(e.getMessage()).getBytes(java.nio.charset.StandardCharsets.UTF_8)));
                context.forward(record, "letters");
            }
        }
    }
}
