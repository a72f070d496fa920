package dev.millrace.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.Map;

/**
 * Sends logs to standard error. Written as code because reading XML takes longer than starting the rest of a command. Found by
 * Logback as a service, when the first logger is asked for.
 */
public final class LogSetup extends ContextAwareBase implements Configurator {
  /** What the servers say of their ordinary stops and starts, in words that frighten. */
  private static final Map<String, Level> NOISE = Map.of(
      "state.change.logger", Level.ERROR,
      "org.apache.kafka.clients", Level.ERROR,
      "org.apache.kafka.network", Level.ERROR,
      "org.apache.kafka.controller", Level.ERROR,
      "org.apache.kafka.streams", Level.ERROR,
      "io.debezium", Level.ERROR,
      "io.zonky.test", Level.ERROR);

  @Override
  public ExecutionStatus configure(LoggerContext loggers) {
    int verbosity = Integer.getInteger(Logs.VERBOSITY, 0);
    var root = loggers.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.addAppender(standardError(loggers, verbosity > 0));
    root.setLevel(verbosity > 1 ? Level.INFO : Level.WARN);
    loggers.getLogger("dev.millrace").setLevel(switch (verbosity) {
      case 0 -> Level.WARN;
      case 1 -> Level.INFO;
      default -> Level.DEBUG;
    });
    if (verbosity == 0)
      NOISE.forEach((name, level) -> loggers.getLogger(name).setLevel(level));
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  private static ConsoleAppender<ILoggingEvent> standardError(LoggerContext loggers, boolean traces) {
    var encoder = new PatternLayoutEncoder();
    encoder.setContext(loggers);
    encoder.setPattern("%d{HH:mm:ss.SSS} %-5level %logger{0}: %msg%n" + (traces ? "%ex" : "%ex{short}"));
    encoder.start();
    var appender = new ConsoleAppender<ILoggingEvent>();
    appender.setContext(loggers);
    appender.setTarget("System.err");
    appender.setEncoder(encoder);
    appender.start();
    return appender;
  }
}
