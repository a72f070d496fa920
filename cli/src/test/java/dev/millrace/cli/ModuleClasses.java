package dev.millrace.cli;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The compiled classes of every module, taken from the build's folders: test classes are on nobody's class path. */
record ModuleClasses(Map<Module, JavaClasses> byModule, JavaClasses main, JavaClasses tests) {
  private static final Path HOME = Path.of("..").toAbsolutePath().normalize();

  static ModuleClasses load() {
    var importer = new ClassFileImporter();
    Map<Module, JavaClasses> byModule = new EnumMap<>(Module.class);
    for (Module module : Module.values()) {
      byModule.put(module, importer.importPaths(existing(Stream.of(folder(module, "classes")))));
    }
    return new ModuleClasses(byModule, importer.importPaths(existing(all("classes"))),
        importer.importPaths(existing(all("test-classes"))));
  }

  JavaClasses of(Module module) {
    return byModule.getOrDefault(module, main);
  }

  private static Stream<Path> all(String kind) {
    return Arrays.stream(Module.values()).map(module -> folder(module, kind));
  }

  private static Path folder(Module module, String kind) {
    return HOME.resolve(module.folder()).resolve("target").resolve(kind);
  }

  /** A module may have no tests. */
  private static List<Path> existing(Stream<Path> folders) {
    return folders.filter(Files::isDirectory).toList();
  }
}
