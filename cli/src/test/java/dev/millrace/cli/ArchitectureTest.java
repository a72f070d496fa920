package dev.millrace.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.onlyDependOnClassesThat;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.properties.HasName;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Holds the modules to who may import whom, and all of them to how code is written here. */
class ArchitectureTest {
  private static final ModuleClasses CLASSES = ModuleClasses.load();

  @ParameterizedTest
  @EnumSource
  void a_module_imports_only_what_it_may(Module module) {
    var allowed = resideInAnyPackage(module.mayImport()).and(module.mayUseSql()
        ? DescribedPredicate.alwaysTrue()
        : DescribedPredicate.not(resideInAnyPackage("java.sql..", "javax.sql..")));

    classes().should(onlyDependOnClassesThat(allowed.or(HasName.Predicates.nameMatching("\\[+[A-Z]"))))
        .allowEmptyShould(true)
        .as("module " + module + " imports only " + String.join(", ", module.mayImport())
            + (module.mayUseSql() ? "" : " and no java.sql"))
        .check(CLASSES.of(module));
  }

  // without the log's core and the producers: nearly all that they have is a noun of the contract
  @ParameterizedTest
  @EnumSource(names = {"SCHEMA", "KAFKA", "VIEW", "STREAMS", "CONNECT", "DEV", "RUNTIME"})
  void two_fifths_of_a_librarys_types_are_its_own_affair(Module module) {
    List<JavaClass> types = CLASSES.of(module).stream().filter(JavaClass::isTopLevelClass)
        .filter(type -> !type.getSimpleName().equals("package-info")).toList();
    long hidden = types.stream().filter(type -> !type.getModifiers().contains(JavaModifier.PUBLIC)).count();

    System.out.printf("%s: %d of %d types are package-private%n", module, hidden, types.size());
    assertThat(hidden * 10).as("%s: %d of %d", module, hidden, types.size())
        .isGreaterThanOrEqualTo(types.size() * 4L);
  }

  @Test
  void no_name_hides_a_missing_idea() {
    noClasses().should()
        .haveNameMatching(
            ".*\\.(\\w*(Util|Utils|Manager|Helper|Impl)|Abstract\\w*Base|Base\\w*Abstract)(\\$.*)?")
        .because("a name that explains nothing hides a missing idea").check(CLASSES.main());
  }

  @Test
  void dependencies_come_through_constructors() {
    fields().should().notBeAnnotatedWith("jakarta.inject.Inject").andShould()
        .notBeAnnotatedWith("javax.inject.Inject")
        .because("what a class needs is said by its constructor").check(CLASSES.main());
  }

  @Test
  void only_what_starts_a_process_ends_it() {
    noClasses().that(DescribedPredicate.describe("have no main method",
        type -> type.tryGetMethod("main", String[].class).isEmpty())).should()
        .callMethod(System.class, "exit", int.class)
        .because("a library must not end its user's process").check(CLASSES.main());
  }

  @Test
  void tests_wait_for_conditions_and_never_sleep() {
    noClasses().should().callMethod(Thread.class, "sleep", long.class)
        .orShould().callMethod(Thread.class, "sleep", java.time.Duration.class)
        .because("a pause is too short on a slow day and too long on all others").check(CLASSES.tests());
  }
}
