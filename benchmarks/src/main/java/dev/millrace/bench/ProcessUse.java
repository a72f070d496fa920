package dev.millrace.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/** What processes have used of the machine. */
final class ProcessUse {
  private static final long NANOS_A_TICK = 10_000_000; // Linux counts a process's time in hundredths of a second

  private ProcessUse() {}

  /** This process's CPU time. */
  static long cpuNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
  }

  /** The CPU time of a process, its children and, where the system tells it, of those that it has seen end. */
  static long cpuNanosOfAll(ProcessHandle process) {
    return Stream.concat(Stream.of(process), process.descendants()).mapToLong(ProcessUse::cpuNanos).sum();
  }

  private static long cpuNanos(ProcessHandle process) {
    try {
      var stat = Files.readString(Path.of("/proc", String.valueOf(process.pid()), "stat"));
      var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      long ticks = 0;
      for (int field = 11; field < 15; field++) // utime, stime, cutime, cstime of proc(5)
        ticks += Long.parseLong(fields[field]);
      return ticks * NANOS_A_TICK;
    } catch (IOException e) {
      return process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
    }
  }

  /** The most memory that this process has ever had: resident, where the system tells it, and all of the JVM's pools otherwise. */
  static long peakBytes() {
    try (var lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines.filter(line -> line.startsWith("VmHWM:")).findFirst()
          .map(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10).orElseGet(ProcessUse::poolsPeak);
    } catch (IOException e) {
      return poolsPeak();
    }
  }

  private static long poolsPeak() {
    return ManagementFactory.getMemoryPoolMXBeans().stream().map(MemoryPoolMXBean::getPeakUsage)
        .mapToLong(java.lang.management.MemoryUsage::getCommitted).sum();
  }
}
