package dev.millrace.cli;

import java.util.Objects;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String version = Objects.requireNonNullElse(Version.class.getPackage().getImplementationVersion(),
        "unpackaged");
    return new String[]{"millrace " + version, "JDK " + Runtime.version()};
  }
}
