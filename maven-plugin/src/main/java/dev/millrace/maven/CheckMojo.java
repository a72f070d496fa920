package dev.millrace.maven;

import java.io.File;
import java.util.ArrayList;
import java.util.List;
import javax.inject.Inject;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugin.descriptor.PluginDescriptor;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.toolchain.ToolchainManager;
import org.jspecify.annotations.Nullable;

/** Fails the build where a change of a schema breaks or damages events, against a commit or a registry. */
@Mojo(name = "check", defaultPhase = LifecyclePhase.VALIDATE, threadSafe = true)
@SuppressWarnings("NullAway.Init") // Maven fills the fields in
public final class CheckMojo extends AbstractMojo {
  private static final int FORBIDDEN = 100;

  /** The folder of the schemas. */
  @Parameter(defaultValue = "${project.basedir}/event-schemas")
  private File schemas;

  /** What others have: {@code git:REF}, {@code registry:URL} or a folder. Outside of a repository git:REF is passed over. */
  @Parameter(property = "millrace.against", defaultValue = "git:HEAD")
  private String against;

  /** Whom a change must not hurt; what each schema says where nothing is said. */
  @Parameter(property = "millrace.level")
  private @Nullable String level;

  @Parameter(defaultValue = "${session}", readonly = true)
  private MavenSession session;

  @Parameter(defaultValue = "${plugin}", readonly = true)
  private PluginDescriptor plugin;

  private final ToolchainManager toolchains;

  @Inject
  CheckMojo(ToolchainManager toolchains) {
    this.toolchains = toolchains;
  }

  @Override
  public void execute() throws MojoExecutionException, MojoFailureException {
    var arguments = new ArrayList<>(List.of(schemas.getPath(), against));
    if (level != null)
      arguments.add(level);
    int code = new ToolchainJava(toolchains, session, plugin, getLog()).run("dev.millrace.schema.ChangeCheck",
        arguments);
    if (code == FORBIDDEN)
      throw new MojoFailureException(
          "a change of " + schemas + " breaks or damages events: it is told above");
    if (code != 0)
      throw new MojoFailureException(
          schemas + " could not be checked against " + against + ": the reason is above");
  }
}
