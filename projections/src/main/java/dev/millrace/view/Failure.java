package dev.millrace.view;

import dev.millrace.log.LogException;
import dev.millrace.log.LogRecord;
import dev.millrace.schema.EventCodec;
import dev.millrace.schema.SchemaException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;

/**
 * Why a record is kept aside.
 *
 * @param reason a stable name: a code of {@link SchemaException}, UNDECODABLE, KEY_FAILED, FOLD_FAILED, REFUSED_BY_DATABASE,
 *     FOLLOWS where an earlier record of its key is parked, or CUT_OFF where the redrive of its key ended before it
 * @param message what is wrong and where, for people; bounded
 * @param fingerprint the same for failures of the same cause, whatever the key and the place; empty for what only waits
 * @param stack where it failed, bounded; empty where nothing was thrown here
 */
record Failure(String reason, String message, String fingerprint, String stack) {
  /** A fold threw, which may be for want of what came before. */
  static final String FOLD_FAILED = "FOLD_FAILED";

  static final String FOLLOWS = "FOLLOWS";
  private static final String CUT_OFF = "CUT_OFF";
  private static final String REFUSED = "REFUSED_BY_DATABASE";

  private static final int MOST_MESSAGE = 4_000;
  private static final int MOST_STACK = 8_000;
  private static final int FRAMES_OF_A_CAUSE = 30;
  private static final int FRAMES_THAT_TELL = 5;
  private static final String ENGINE = Failure.class.getPackageName() + ".";

  Failure {
    message = bounded(message, MOST_MESSAGE);
    stack = bounded(stack, MOST_STACK);
  }

  /** What was thrown when the record was decoded, asked for its keys, or folded. */
  static Failure of(LogRecord record, String reason, Throwable thrown) {
    var traits = new ArrayList<String>(List.of(reason, type(record)));
    causes(thrown).forEach(cause -> traits.add(cause.getClass().getName()));
    traits.addAll(frames(thrown));
    return new Failure(reason, message(record, thrown), Fingerprint.of(traits), stack(thrown));
  }

  /** The database holds no such value; told apart by its SQLSTATE, as the message has the value. */
  static Failure refused(LogRecord record, SQLException refusal) {
    return new Failure(REFUSED, record + schema(record) + ": " + refusal.getMessage(),
        Fingerprint.of(List.of(REFUSED, type(record), String.valueOf(refusal.getSQLState()))), "");
  }

  static Failure follows(LogRecord record) {
    return new Failure(FOLLOWS,
        record + ": waits behind an earlier parked record of the key '" + record.key() + "'", "", "");
  }

  /** Of the record that a redrive of its key would have come to next: so that no key has followers alone. */
  static Failure cutOff() {
    return new Failure(CUT_OFF,
        "those before it went through when its key was redriven, which ended here: redrive it",
        Fingerprint.of(List.of(CUT_OFF)), "");
  }

  /** The id of the schema that wrote the record; empty where its payload has none. */
  static OptionalInt schemaId(LogRecord record) {
    try {
      return OptionalInt.of(EventCodec.schemaId(record.payload()));
    } catch (SchemaException e) {
      return OptionalInt.empty();
    }
  }

  private static String message(LogRecord record, Throwable thrown) {
    var what = thrown.getMessage() == null ? thrown.getClass().getName() : thrown.getMessage();
    var kind = thrown.getClass().getPackageName().startsWith("dev.millrace")
        ? ""
        : thrown.getClass().getSimpleName() + ": ";
    return record + schema(record) + ": " + kind + what;
  }

  private static String schema(LogRecord record) {
    var id = schemaId(record);
    return id.isEmpty() ? "" : " (schema id " + id.getAsInt() + ")";
  }

  /** As the envelope says, since the payload may be what cannot be read. */
  private static String type(LogRecord record) {
    try {
      return record.envelope().type();
    } catch (LogException e) {
      return "";
    }
  }

  private static List<Throwable> causes(Throwable thrown) {
    var causes = new ArrayList<Throwable>();
    var seen = new HashSet<Throwable>();
    for (Throwable cause = thrown; cause != null && seen.add(cause); cause = cause.getCause())
      causes.add(cause);
    return causes;
  }

  /** The innermost calls, without their lines, down to where this module called them: which thread did is no matter. */
  private static List<String> frames(Throwable thrown) {
    var frames = new ArrayList<String>();
    for (var frame : thrown.getStackTrace()) {
      if (frames.size() == FRAMES_THAT_TELL || isEngine(frame))
        break;
      frames.add(frame.getClassName() + "." + frame.getMethodName());
    }
    return frames;
  }

  private static boolean isEngine(StackTraceElement frame) {
    return frame.getClassName().startsWith(ENGINE + "Decoding")
        || frame.getClassName().startsWith(ENGINE + "Folding");
  }

  private static String stack(Throwable thrown) {
    var text = new StringBuilder();
    for (var cause : causes(thrown)) {
      text.append(text.isEmpty() ? "" : "caused by ").append(bounded(cause.toString(), MOST_MESSAGE / 4))
          .append('\n');
      var frames = cause.getStackTrace();
      for (int i = 0; i < Math.min(frames.length, FRAMES_OF_A_CAUSE); i++)
        text.append("  at ").append(frames[i]).append('\n');
      if (frames.length > FRAMES_OF_A_CAUSE)
        text.append("  … ").append(frames.length - FRAMES_OF_A_CAUSE).append(" more\n");
    }
    return text.toString();
  }

  private static String bounded(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most) + "…";
  }
}
