package dev.millrace.test;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/** Sets how long tests wait for a condition. JUnit finds this class by itself. */
public final class AwaitilityDefaults implements LauncherSessionListener {
  /** A deadline for a test that hangs, not an expectation: a machine at a tenth of the usual speed meets it. */
  static final Duration TIMEOUT = Duration.ofMinutes(3);
  private static final Duration POLL_INTERVAL = Duration.ofMillis(10);

  @Override
  public void launcherSessionOpened(LauncherSession session) {
    Awaitility.setDefaultTimeout(TIMEOUT);
    Awaitility.setDefaultPollDelay(Duration.ZERO);
    Awaitility.setDefaultPollInterval(POLL_INTERVAL);
    // Test classes run side by side: an exception in a thread of another class is not this test's failure.
    Awaitility.doNotCatchUncaughtExceptionsByDefault();
  }
}
