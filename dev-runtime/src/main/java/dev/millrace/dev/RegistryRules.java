package dev.millrace.dev;

import java.util.Map;

/** The endpoints of compatibility rules: a subject's own, and the global one. */
final class RegistryRules {
  private final RegistryStore store;

  RegistryRules(RegistryStore store) {
    this.store = store;
  }

  void on(RegistryRoutes routes) {
    routes
        .on("GET", "/config",
            request -> level(store.read(c -> RegistryStore.effectiveRule(c, RegistryStore.GLOBAL))))
        .on("PUT", "/config", request -> setRule(RegistryStore.GLOBAL, request))
        .on("DELETE", "/config", request -> removeGlobalRule())
        .on("GET", "/config/{}", this::rule)
        .on("PUT", "/config/{}", request -> setRule(request.subject(), request))
        .on("DELETE", "/config/{}", this::removeRule);
  }

  private Object rule(RegistryRequest request) {
    return level(store.read(connection -> {
      if (request.asks("defaultToGlobal")) {
        return RegistryStore.effectiveRule(connection, request.subject());
      }
      return RegistryStore.rule(connection, request.subject()).orElseThrow(() -> noRule(request.subject()));
    }));
  }

  private Object setRule(String subject, RegistryRequest request) {
    var rule = CompatibilityRule.parse(request.json().path("compatibility").asText(""));
    store.change(connection -> {
      RegistryStore.setRule(connection, subject, rule);
      return rule;
    });
    return Map.of("compatibility", rule.name());
  }

  private Object removeGlobalRule() {
    return level(store.change(connection -> {
      var removed = RegistryStore.effectiveRule(connection, RegistryStore.GLOBAL);
      RegistryStore.removeRule(connection, RegistryStore.GLOBAL);
      return removed;
    }));
  }

  private Object removeRule(RegistryRequest request) {
    return level(store.change(connection -> {
      var removed = RegistryStore.rule(connection, request.subject())
          .orElseThrow(() -> noRule(request.subject()));
      RegistryStore.removeRule(connection, request.subject());
      return removed;
    }));
  }

  private static RegistryError noRule(String subject) {
    return new RegistryError(40408, "Subject '" + subject
        + "' does not have subject-level compatibility configured");
  }

  private static Object level(CompatibilityRule rule) {
    return Map.of("compatibilityLevel", rule.name());
  }
}
