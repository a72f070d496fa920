package dev.millrace.maven;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.descriptor.PluginDescriptor;
import org.apache.maven.plugin.logging.Log;
import org.apache.maven.toolchain.ToolchainManager;

/** Runs what this plugin depends on with the JDK of the build's toolchain, as Maven's own may be too old for it. */
record ToolchainJava(ToolchainManager toolchains, MavenSession session, PluginDescriptor plugin, Log log) {
  /**
   * Runs a main class to its end.
   *
   * @return its exit code; what it printed is logged
   */
  int run(String mainClass, List<String> arguments) throws MojoExecutionException {
    var command = new ArrayList<>(List.of(java(), "-classpath", classPath(), mainClass));
    command.addAll(arguments);
    try {
      var process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
        for (var line = lines.readLine(); line != null; line = lines.readLine())
          log.info(line);
      }
      return process.waitFor();
    } catch (IOException e) {
      throw new MojoExecutionException("cannot run " + command.get(0) + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MojoExecutionException("interrupted", e);
    }
  }

  private String java() {
    return Optional.ofNullable(toolchains.getToolchainFromBuildContext("jdk", session))
        .map(jdk -> jdk.findTool("java"))
        .orElse(Path.of(System.getProperty("java.home"), "bin", "java").toString());
  }

  private String classPath() {
    var files = new ArrayList<String>();
    plugin.getArtifacts().forEach(artifact -> files.add(artifact.getFile().getPath()));
    return String.join(File.pathSeparator, files);
  }
}
