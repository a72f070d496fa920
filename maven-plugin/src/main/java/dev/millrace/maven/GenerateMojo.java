package dev.millrace.maven;

import java.io.File;
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
import org.apache.maven.project.MavenProject;
import org.apache.maven.toolchain.ToolchainManager;

/** Generates the records of events from their schemas, and has them compiled with the module. */
@Mojo(name = "generate", defaultPhase = LifecyclePhase.GENERATE_SOURCES, threadSafe = true)
@SuppressWarnings("NullAway.Init") // Maven fills the fields in
public final class GenerateMojo extends AbstractMojo {
  /** The folder of the schemas, in the layout {@code <context>/<Event>/v1.avsc, v2.avsc …}. */
  @Parameter(defaultValue = "${project.basedir}/event-schemas")
  private File schemas;

  /** Where the sources go; all of it is the generator's. */
  @Parameter(defaultValue = "${project.build.directory}/generated-sources/events")
  private File sources;

  /** Whether they are the tests' own. */
  @Parameter(defaultValue = "false")
  private boolean tests;

  @Parameter(defaultValue = "${project}", readonly = true)
  private MavenProject project;

  @Parameter(defaultValue = "${session}", readonly = true)
  private MavenSession session;

  @Parameter(defaultValue = "${plugin}", readonly = true)
  private PluginDescriptor plugin;

  private final ToolchainManager toolchains;

  @Inject
  GenerateMojo(ToolchainManager toolchains) {
    this.toolchains = toolchains;
  }

  @Override
  public void execute() throws MojoExecutionException, MojoFailureException {
    int code = new ToolchainJava(toolchains, session, plugin, getLog()).run(
        "dev.millrace.schema.EventGenerator",
        List.of(schemas.getPath(), sources.getPath()));
    if (code != 0)
      throw new MojoFailureException(
          "the events of " + schemas + " were not generated: the faults are above");
    if (tests)
      project.addTestCompileSourceRoot(sources.getPath());
    else
      project.addCompileSourceRoot(sources.getPath());
  }
}
