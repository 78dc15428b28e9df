package bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/** Decodes an order, holds it against the contract's rules, encodes it. One thread at a time. */
final class Orders {
    private static final Pattern ID = Pattern.compile("^[A-Z]{2}-\\d{4}-\\d{6}$");
    private static final Pattern HOSTNAME = Pattern.compile("^[a-z0-9-]+$");
    private static final Set<String> STATUS = Set.of("placed", "paid", "shipped");
    private static final Set<String> CURRENCY = Set.of("EUR", "GBP", "USD");
    private static final BigDecimal LEAST = new BigDecimal("0.01");
    private static final BigDecimal MOST = new BigDecimal(100000);
    private static final long EARLIEST_MILLIS = 1577836800000L;
    private static final int EARLIEST_DAY = 18262;

    private final GenericDatumReader<GenericRecord> reader;
    private final GenericDatumWriter<GenericRecord> writer;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream(512);
    private BinaryDecoder decoder;
    private BinaryEncoder encoder;
    private GenericRecord order;

    Orders(Schema schema) {
        reader = new GenericDatumReader<>(schema);
        writer = new GenericDatumWriter<>(schema);
    }

    /** Gives the encoded order, or throws what is wrong with it. */
    byte[] checked(byte[] key, byte[] value) throws IOException {
        if (value == null || value.length < 5 || value[0] != 0) {
            throw new IOException("frame");
        }
        decoder = DecoderFactory.get().binaryDecoder(value, 5, value.length - 5, decoder);
        order = reader.read(order, decoder);
        check(order, new String(key, StandardCharsets.UTF_8));
        out.reset();
        out.write(value, 0, 5);
        encoder = EncoderFactory.get().binaryEncoder(out, encoder);
        writer.write(order, encoder);
        encoder.flush();
        return out.toByteArray();
    }

    private static void check(GenericRecord o, String key) throws IOException {
        String customer = text(o, "customerId");
        demand(customer.equals(key), "key");
        demand(ID.matcher(text(o, "orderId")).matches(), "orderId");
        demand(customer.length() >= 4 && customer.length() <= 20, "customerId");
        demand(STATUS.contains(text(o, "status")), "status");
        demand(CURRENCY.contains(text(o, "currency")), "currency");
        ByteBuffer bytes = ((ByteBuffer) o.get("total")).duplicate();
        byte[] unscaled = new byte[bytes.remaining()];
        bytes.get(unscaled);
        BigDecimal total = new BigDecimal(new BigInteger(unscaled), 2);
        demand(total.compareTo(LEAST) >= 0 && total.compareTo(MOST) <= 0, "total");
        double discount = (Double) o.get("discount");
        demand(discount < 1 && multiple(discount, 20), "discount");
        demand((Long) o.get("placedAt") >= EARLIEST_MILLIS, "placedAt");
        demand(o.get("dueOn") != null && (Integer) o.get("dueOn") >= EARLIEST_DAY, "dueOn");
        String channel = text(o, "channel");
        demand(!channel.equals("n/a") && HOSTNAME.matcher(channel).matches(), "channel");
        int priority = (Integer) o.get("priority");
        demand(priority >= 1 && priority <= 5, "priority");
        demand(o.get("note") == null || text(o, "note").length() <= 200_000, "note");
        demand(text((GenericRecord) o.get("shipTo"), "country").length() == 2, "shipTo.country");
        Collection<?> lines = (Collection<?>) o.get("lines");
        demand(!lines.isEmpty() && lines.size() <= 100 && new HashSet<>(lines).size() == lines.size(), "lines");
        for (Object line : lines) {
            GenericRecord l = (GenericRecord) line;
            double price = (Double) l.get("price");
            demand((Integer) l.get("quantity") > 0 && price >= 0.01 && multiple(price, 100), "line");
        }
    }

    private static String text(GenericRecord o, String field) {
        return o.get(field).toString();
    }

    private static boolean multiple(double value, double parts) {
        return Math.abs(value * parts - Math.rint(value * parts)) < 1e-6;
    }

    private static void demand(boolean holds, String rule) throws IOException {
        if (!holds) {
            throw new IOException(rule);
        }
    }
}
