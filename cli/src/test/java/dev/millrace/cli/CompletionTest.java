package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompletionTest {
  @TempDir
  Path folder;

  @Test
  void the_completion_script_is_one_that_bash_can_read_and_knows_the_commands() throws Exception {
    Run run = Run.of("generate-completion");
    Path script = Files.writeString(folder.resolve("completion"), run.out());
    var bash = new ProcessBuilder("bash", "-c", ". '" + script + "' && complete -p millrace")
        .redirectErrorStream(true).start();

    String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(bash.waitFor()).as(said).isZero();
    assertThat(said).contains("_complete_millrace");
    assertThat(run.out()).contains("view", "tail");
  }
}
