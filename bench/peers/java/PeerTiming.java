// How the Java peers of bench/ time things: rounds are repeated until the median of the last ROUNDS has
// settled, so that what is timed was compiled by then. It is processor time of the whole process.

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

final class PeerTiming {
  private static final int MOST_ROUNDS = 90;
  private static final OperatingSystemMXBean PROCESS =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private static double seconds = 0.2;
  private static int rounds = 9;
  static Object sink; // what the compiler must not leave out

  interface Operation {
    Object run();
  }

  private PeerTiming() {}

  /** From the command line: DOCUMENTS [SECONDS [ROUNDS]]. */
  static void plan(String[] arguments) {
    if (arguments.length > 1) seconds = Double.parseDouble(arguments[1]);
    if (arguments.length > 2) rounds = Integer.parseInt(arguments[2]);
  }

  static void time(String peer, String name, int units, Operation operation) {
    long count = 1;
    while (round(operation, count) < seconds) count *= 2;
    List<Double> took = new ArrayList<>();
    double before = Double.MAX_VALUE, median = Double.MAX_VALUE;
    while (took.size() < MOST_ROUNDS) {
      for (int i = 0; i < rounds; ++i) took.add(round(operation, count));
      before = median;
      median = medianOf(took.subList(took.size() - rounds, took.size()));
      if (Math.abs(median - before) < 0.03 * before) break;
    }
    System.out.printf(
        Locale.ROOT,
        "{\"peer\":\"%s\",\"name\":\"%s\",\"ns\":%.1f,\"operations\":%d}%n",
        peer, name, median / count / units * 1e9, count * took.size());
  }

  private static double round(Operation operation, long count) {
    long begun = PROCESS.getProcessCpuTime();
    for (long i = 0; i < count; ++i) sink = operation.run();
    return (PROCESS.getProcessCpuTime() - begun) * 1e-9;
  }

  private static double medianOf(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
